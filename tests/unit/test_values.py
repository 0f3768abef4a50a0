"""What people type and what cameras store: enumerations and scales."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon import values
from canon.values import (
    AfDistance,
    Aperture,
    CaptureTarget,
    Compensation,
    Flash,
    ImageFormat,
    ImageSize,
    Iso,
    OpenEnum,
    PhotoEffect,
    Scale,
    ShootingMode,
    ShutterSpeed,
    WhiteBalance,
)

ENUMS = [
    kind
    for kind in vars(values).values()
    if isinstance(kind, type) and issubclass(kind, OpenEnum) and kind is not OpenEnum
]
SCALES = (Iso, Aperture, ShutterSpeed, Compensation)


def test_all_enumerations_are_looked_at() -> None:
    assert len(ENUMS) >= 13
    assert {Flash, ShootingMode, WhiteBalance, ImageSize} <= set(ENUMS)


@pytest.mark.parametrize("kind", ENUMS)
def test_every_name_is_read_back(kind: type[OpenEnum]) -> None:
    for member in kind:
        assert kind.parse(member) is member
        name = str(member)
        for text in (name, name.replace("-", "_"), name.replace("-", " "), f" {name} "):
            assert kind.parse(text) is member
            assert kind.parse(text.upper()) is member


@pytest.mark.parametrize("kind", ENUMS)
@given(code=st.integers(0x1_0000, 0xFFFF_FFFF))
def test_an_unknown_code_keeps_its_number(kind: type[OpenEnum], code: int) -> None:
    member = kind(code)
    assert int(member) == code
    assert member.name == f"UNKNOWN_{code:#x}"
    assert member not in list(kind)


@pytest.mark.parametrize(
    ("kind", "typed", "member"),
    [
        (Flash, "Red Eye", Flash.RED_EYE),
        (Flash, "auto_red_eye", Flash.AUTO_RED_EYE),
        (ShootingMode, "Aperture priority", ShootingMode.APERTURE_PRIORITY),
        (ShootingMode, "Av", ShootingMode.APERTURE_PRIORITY),
        (ShootingMode, "tv", ShootingMode.SHUTTER_PRIORITY),
        (ShootingMode, "P", ShootingMode.PROGRAM),
        (ShootingMode, "m", ShootingMode.MANUAL),
        (ShootingMode, "B", ShootingMode.BULB),
        (ShootingMode, "A-DEP", ShootingMode.A_DEP),
        (ShootingMode, "Auto", ShootingMode.AUTO),
        (PhotoEffect, "black and white", PhotoEffect.BLACK_AND_WHITE),
        (AfDistance, "close-up", AfDistance.CLOSE_UP),
        (ImageSize, "medium 1", ImageSize.MEDIUM_1),
        (WhiteBalance, "fluorescent-h", WhiteBalance.FLUORESCENT_H),
    ],
)
def test_names_as_people_type_them(kind: type[OpenEnum], typed: str, member: OpenEnum) -> None:
    assert kind.parse(typed) is member


@pytest.mark.parametrize("typed", ["", "sometimes", "2", None, 2])
def test_no_such_name(typed: object) -> None:
    with pytest.raises(ValueError, match=r"is no flash; take one of: off, auto, on, red-eye"):
        Flash.parse(typed)


def test_a_message_has_words() -> None:
    with pytest.raises(ValueError, match="'dusk' is no shooting mode; take one of: auto, program"):
        ShootingMode.parse("dusk")
    with pytest.raises(ValueError, match=r"no image format; take one of: jpeg, raw, raw\+jpeg"):
        ImageFormat.parse("tiff")
    with pytest.raises(ValueError, match="'1/7' is no shutter speed; take one of: bulb, 30"):
        ShutterSpeed.parse("1/7")


# --- scales --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SCALES)
def test_every_step_is_read_back(kind: type[Scale]) -> None:
    for code, label in kind.labels.items():
        step = kind(code)
        assert (str(step), repr(step)) == (label, f"<{kind.__name__} {label}>")
        assert kind.parse(step) is step
        assert int(kind.parse(label)) == code
        assert int(kind.parse(f" {label.upper()} ")) == code


@pytest.mark.parametrize("kind", SCALES)
def test_every_number_is_read_back(kind: type[Scale]) -> None:
    numbers = [kind(code).number for code in kind.labels]
    named = [number for number in numbers if number is not None]
    assert len(set(named)) == len(named)
    assert len(numbers) - len(named) == (kind in (Iso, ShutterSpeed)), "auto, bulb"


# Codes count eighths of a stop (canon-native-usb, section 9.2), which the scale rounds.
@pytest.mark.parametrize(
    ("kind", "stops"),
    [
        (Iso, lambda code: Fraction(100) * Fraction(2) ** ((code - 0x48) // 8)),
        (Aperture, lambda code: 2 ** ((code - 0x08) / 16)),
        (ShutterSpeed, lambda code: 2 ** (-(code - 0x38) / 8)),
        (Compensation, lambda code: -(code - 0x18) / 8),
    ],
)
def test_a_step_is_an_eighth_of_a_stop(kind: type[Scale], stops: Any) -> None:
    for code in kind.labels:
        number = kind(code).number
        if number is None or (kind is Iso and code % 8):
            continue
        assert float(number) == pytest.approx(float(stops(code)), rel=0.14, abs=0.05), hex(code)


@pytest.mark.parametrize(
    ("kind", "typed", "label"),
    [
        (Aperture, "f/8", "f/8"),
        (Aperture, "F8", "f/8"),
        (Aperture, "8.0", "f/8"),
        (Aperture, 8, "f/8"),
        (Aperture, 2.8, "f/2.8"),
        (ShutterSpeed, "1/125", "1/125"),
        (ShutterSpeed, "1/125 s", "1/125"),
        (ShutterSpeed, "2s", "2"),
        (ShutterSpeed, 0.5, "0.5"),
        (ShutterSpeed, "1/2", "0.5"),
        (ShutterSpeed, "0.25", "1/4"),
        (ShutterSpeed, "Bulb", "bulb"),
        (Iso, 400, "400"),
        (Iso, "ISO 400", "400"),
        (Iso, "AUTO", "auto"),
        (Compensation, "+1/3", "+1/3"),
        (Compensation, "1/3", "+1/3"),
        (Compensation, "-1 2/3", "-1 2/3"),
        (Compensation, "1 1/3 EV", "+1 1/3"),
        (Compensation, 0, "0"),
        (Compensation, "-0", "0"),
        (Compensation, 0.5, "+1/2"),
        (Compensation, -2, "-2"),
    ],
)
def test_numbers_as_people_type_them(kind: type[Scale], typed: object, label: str) -> None:
    assert str(kind.parse(typed)) == label


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Aperture, "f/0"),
        (Aperture, "f/-8"),
        (Aperture, "eight"),
        (ShutterSpeed, "1/0"),
        (ShutterSpeed, "1/126"),
        (ShutterSpeed, "-1"),
        (Iso, "4e2"),
        (Iso, 99),
        (Iso, ""),
        (Iso, None),
        (Compensation, "+4"),
        (Compensation, "1/0"),
        (Compensation, "1 1/3 2/3"),
    ],
)
def test_no_such_step(kind: type[Scale], typed: object) -> None:
    with pytest.raises(ValueError, match="take one of"):
        kind.parse(typed)


@pytest.mark.parametrize("kind", SCALES)
@given(text=st.text(max_size=12))
def test_whatever_is_typed_is_a_step_or_an_error(kind: type[Scale], text: str) -> None:
    try:
        step = kind.parse(text)
    except ValueError:
        return
    assert int(step) in kind.labels


def test_an_unknown_step_keeps_its_code() -> None:
    odd = Aperture(0x7777)
    assert (int(odd), str(odd), odd.number) == (0x7777, "UNKNOWN_0x7777", None)


def test_targets() -> None:
    assert CaptureTarget.HOST in CaptureTarget.BOTH
    assert CaptureTarget.CARD in CaptureTarget.BOTH
    assert CaptureTarget.HOST | CaptureTarget.CARD is CaptureTarget.BOTH
    assert not CaptureTarget(0)
