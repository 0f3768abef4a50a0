"""What people say: choices, scales, formats, and how they compare, print and travel."""

from __future__ import annotations

import copy
import json
import pickle
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.values import (
    AfDistance,
    Aperture,
    CaptureTarget,
    Choice,
    Compensation,
    File,
    FileKind,
    Flash,
    Format,
    ImageSize,
    Iso,
    Metering,
    PhotoEffect,
    Quality,
    Scale,
    ShootingMode,
    ShutterSpeed,
    WhiteBalance,
    body,
    choices,
    formats,
    kinds,
)
from canon.values.value import Value

CHOICES = [
    kind
    for kind in (vars(choices) | vars(formats) | vars(body)).values()
    if isinstance(kind, type) and issubclass(kind, Choice) and kind is not Choice
]
SCALES = (Iso, Aperture, ShutterSpeed, Compensation)
UNKNOWN: list[Any] = [
    kind.unknown("powershot", 0x7D) for kind in (WhiteBalance, Aperture, Format, ShootingMode)
]


# --- choices -------------------------------------------------------------------------------------


def test_all_choices_are_looked_at() -> None:
    assert len(CHOICES) >= 13
    assert {Flash, ShootingMode, WhiteBalance, ImageSize} <= set(CHOICES)


@pytest.mark.parametrize("kind", CHOICES)
def test_every_name_is_read_back(kind: type[Choice]) -> None:
    for member in kind:
        assert kind.parse(member) is member
        name = str(member)
        for text in (name, name.replace("-", "_"), name.replace("-", " "), f" {name} "):
            assert kind.parse(text) is member
            assert kind.parse(text.upper()) is member


def test_a_choice_is_its_word() -> None:
    daylight = WhiteBalance.DAYLIGHT
    assert daylight == "daylight"
    assert "daylight" == daylight  # noqa: SIM300  (either way round)
    assert hash(daylight) == hash("daylight")
    assert {"daylight": 1}[daylight] == 1
    assert f"{daylight}" == str(daylight) == "daylight"
    assert daylight != "cloudy"


def test_choices_of_different_kinds_are_never_equal() -> None:
    same_word = 0
    for one, other in combinations(CHOICES, 2):
        for here in one:
            for there in other:
                same_word += str(here) == str(there)
                assert here != there
                assert not here == there  # noqa: SIM201  (both operators)
    assert same_word > 10
    assert len({WhiteBalance.AUTO, Flash.AUTO, AfDistance.AUTO, ShootingMode.AUTO}) == 4


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
def test_names_as_people_type_them(kind: type[Choice], typed: str, member: Choice) -> None:
    assert kind.parse(typed) is member


@pytest.mark.parametrize("typed", ["", "sometimes", "2", None, 2, PhotoEffect.OFF])
def test_no_such_name(typed: object) -> None:
    with pytest.raises(ValueError, match=r"is no flash; .*take one of: off, auto, on, red-eye"):
        Flash.parse(typed)


def test_a_message_has_the_nearest() -> None:
    with pytest.raises(ValueError, match="'redeyes' is no flash; the nearest is red-eye; take one"):
        Flash.parse("redeyes")
    with pytest.raises(ValueError, match="'dusk' is no shooting mode; take one of: auto, program"):
        ShootingMode.parse("dusk")
    with pytest.raises(ValueError, match="'macr' is no AF distance; "):
        AfDistance.parse("macr")
    with pytest.raises(ValueError, match="'1/7' is no shutter speed; the nearest is 1/8"):
        ShutterSpeed.parse("1/7")
    with pytest.raises(ValueError, match="'eight' is no aperture; give one like f/8"):
        Aperture.parse("eight")
    with pytest.raises(ValueError, match="'atuo' is no ISO; the nearest is auto"):
        Iso.parse("atuo")
    with pytest.raises(ValueError, match="'lagre fine' is no image format; the nearest is large-f"):
        Format.parse("lagre fine")


# --- what has no name yet ------------------------------------------------------------------------


@pytest.mark.parametrize("odd", UNKNOWN)
def test_a_code_without_a_name_travels(odd: Any) -> None:
    copies = [copy.copy(odd), copy.deepcopy(odd)]
    copies += [pickle.loads(pickle.dumps(odd, protocol)) for protocol in range(6)]
    for one in copies:
        assert (one, str(one), one.code, one.dialect) == (odd, "unknown-0x7d", 0x7D, "powershot")
        assert type(one) is type(odd)
        assert hash(one) == hash(odd) == hash("unknown-0x7d")
    assert json.dumps([odd]) == '["unknown-0x7d"]'
    assert odd == "unknown-0x7d"


@pytest.mark.parametrize("odd", UNKNOWN)
def test_it_can_be_typed_again(odd: Any) -> None:
    typed = type(odd).parse(" Unknown-0x7D ")
    assert (typed, typed.code, typed.dialect) == (odd, 0x7D, "")
    assert type(odd).unknown("eos", 0x7D) != odd, "another camera's number"
    assert type(odd).unknown("powershot", 0x7E) != odd


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("code", [0, 0x7D, 0xFFFF_FFFF])
def test_it_is_in_no_list(kind: type[Choice], code: int) -> None:
    member = kind.unknown("powershot", code)
    assert (member.code, member.name) == (code, f"UNKNOWN_{code:#x}")
    assert member not in list(kind)
    assert kind(str(member)) == member


def test_what_has_a_name_has_no_code() -> None:
    named: list[Value] = [Flash.ON, Iso(400), Iso("auto"), Format("raw")]
    assert [(one.code, one.dialect) for one in named] == [(None, "")] * 4


# --- scales --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SCALES)
def test_every_step_is_read_back(kind: type[Scale]) -> None:
    for place, label in kind.places.items():
        step = kind.at(place)
        assert step is not None
        assert (str(step), step.place) == (label, place)
        assert kind.parse(step) == step
        assert kind.parse(label) == kind.parse(f" {label.upper()} ") == step
        assert kind.parse(step.number) == kind.parse(float(step)) == step
        assert eval(repr(step)) == step
    assert len(set(kind.places.values())) == len(kind.places)


def test_a_value_is_its_number() -> None:
    assert Iso(400) == Iso.parse(400) == 400
    assert Aperture("f/8") == 8
    assert ShutterSpeed("1/125") == Fraction(1, 125)
    assert Compensation("+1/3") == Fraction(1, 3)
    assert hash(Iso(400)) == hash(400)
    assert hash(ShutterSpeed("1/125")) == hash(Fraction(1, 125))
    assert {400: "fast"}.get(Iso(400)) == "fast"  # type: ignore[call-overload]  # it is no int
    assert Iso(400) != 401
    assert Iso(8) != Aperture(8)
    assert Iso(400) != "400", "a number is no text"
    assert Iso("auto") == "auto"
    assert hash(Iso("auto")) == hash("auto")
    assert Iso("auto") != 0
    assert Iso("auto") != Flash.AUTO
    assert (float(Aperture(2.8)), Iso("auto").number) == (2.8, None)
    with pytest.raises(ValueError, match="shutter speed bulb is no number"):
        float(ShutterSpeed("bulb"))


@pytest.mark.parametrize(
    "in_order",
    [
        [Iso("auto"), Iso(50), Iso(400), Iso(1600)],
        [Aperture("f/22"), Aperture("f/8"), Aperture("f/2.8"), Aperture("f/1.4")],
        [ShutterSpeed("1/8000"), ShutterSpeed("1/125"), ShutterSpeed("0.5"), ShutterSpeed("bulb")],
        [Compensation("-1 1/3"), Compensation("-1/3"), Compensation(0), Compensation("+2")],
    ],
    ids=lambda row: type(row[0]).__name__,
)
def test_values_are_ordered_by_light(in_order: list[Any]) -> None:
    assert sorted([*in_order[1:], in_order[0]]) == in_order
    for darker, brighter in combinations(in_order, 2):
        assert darker < brighter
        assert brighter > darker
        assert darker <= brighter
        assert brighter >= darker
        assert not darker >= brighter
        assert not brighter <= darker


def test_values_are_ordered_among_numbers() -> None:
    assert Iso(400) < 800 <= Iso(800)
    assert ShutterSpeed("1/125") < 0.5 < ShutterSpeed(1)
    assert Aperture("f/8") < 4, "f/4 lets in more light"
    for other in ("400", Aperture(8), None):
        with pytest.raises(TypeError):
            _ = Iso(400) < other


def test_a_value_does_not_change() -> None:
    for value in (Iso(400), Format("raw")):
        with pytest.raises(AttributeError, match="does not change"):
            value._dialect = "mine"


@pytest.mark.parametrize("kind", SCALES)
def test_scales_travel(kind: type[Scale]) -> None:
    for label in kind.places.values():
        step = kind(label)
        for one in (pickle.loads(pickle.dumps(step)), copy.copy(step), copy.deepcopy(step)):
            assert (one, type(one), str(one)) == (step, kind, label)


# A place counts eighths of a stop; the labels are rounded, as on the cameras.
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (Iso, lambda place: 100 * 2 ** (place / 8)),
        (Aperture, lambda place: 2 ** (place / 16)),
        (ShutterSpeed, lambda place: 2 ** (-place / 8)),
        (Compensation, lambda place: place / 8),
    ],
)
def test_a_place_is_an_eighth_of_a_stop(kind: type[Scale], size: Any) -> None:
    for place, label in kind.places.items():
        assert float(kind(label)) == pytest.approx(size(place), rel=0.07, abs=0.05), label


@pytest.mark.parametrize(
    ("kind", "typed", "label"),
    [
        (Aperture, "f/8", "f/8"),
        (Aperture, "f8", "f/8"),
        (Aperture, "F8", "f/8"),
        (Aperture, "8.0", "f/8"),
        (Aperture, 8, "f/8"),
        (Aperture, 2.8, "f/2.8"),
        (ShutterSpeed, "1/125", "1/125"),
        (ShutterSpeed, "1/125 s", "1/125"),
        (ShutterSpeed, 1 / 125, "1/125"),
        (ShutterSpeed, 0.008, "1/125"),
        (ShutterSpeed, 1 / 60, "1/60"),
        (ShutterSpeed, Fraction(1, 8000), "1/8000"),
        (ShutterSpeed, "1/126", "1/125"),
        (ShutterSpeed, "2s", "2"),
        (ShutterSpeed, 0.5, "0.5"),
        (ShutterSpeed, "1/2", "0.5"),
        (ShutterSpeed, "0.25", "1/4"),
        (ShutterSpeed, "Bulb", "bulb"),
        (Iso, 400, "400"),
        (Iso, 400.0, "400"),
        (Iso, 123, "125"),
        (Iso, "ISO 400", "400"),
        (Iso, "AUTO", "auto"),
        (Compensation, "+1/3", "+1/3"),
        (Compensation, "1/3", "+1/3"),
        (Compensation, 1 / 3, "+1/3"),
        (Compensation, 0.3, "+1/3"),
        (Compensation, "+0.3", "+1/3"),
        (Compensation, "-.7", "-2/3"),
        (Compensation, "+1 1/3", "+1 1/3"),
        (Compensation, "-1 2/3", "-1 2/3"),
        (Compensation, "1 1/3 EV", "+1 1/3"),
        (Compensation, 0, "0"),
        (Compensation, "-0", "0"),
        (Compensation, 0.5, "+1/2"),
        (Compensation, -2, "-2"),
        (Compensation, "+5", "+5"),
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
        (Aperture, "9" * 5000),
        (ShutterSpeed, "1/0"),
        (ShutterSpeed, "1/131"),
        (ShutterSpeed, "-1"),
        (ShutterSpeed, float("nan")),
        (ShutterSpeed, float("inf")),
        (Iso, "4e2"),
        (Iso, 90),
        (Iso, ""),
        (Iso, None),
        (Iso, Aperture(8)),
        (Compensation, "+0.4"),
        (Compensation, "+6"),
        (Compensation, "1/0"),
        (Compensation, "1 1/3 2/3"),
    ],
)
def test_no_such_step(kind: type[Scale], typed: object) -> None:
    with pytest.raises(ValueError, match=f" is no {'ISO' if kind is Iso else ''}"):
        kind.parse(typed)


@pytest.mark.parametrize("kind", SCALES)
@given(text=st.text(max_size=12) | st.from_regex(r"[+-]?[\d./ ]{1,8}", fullmatch=True))
def test_whatever_is_typed_is_a_step_or_an_error(kind: type[Scale], text: str) -> None:
    try:
        step = kind.parse(text)
    except ValueError:
        return
    assert step.place is not None or step in ("auto", "bulb") or step.code is not None


def test_a_number_between_the_steps_is_a_value_too() -> None:
    assert [str(Iso(123)), str(Aperture(Fraction(17, 10))), str(ShutterSpeed(Fraction(1, 3)))] == [
        "123",
        "f/1.7",
        "1/3",
    ]
    assert Iso(123).place is None


# --- formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("raw", "raw"),
        ("RAW", "raw"),
        ("large-fine", "large-fine"),
        ("Large Fine", "large-fine"),
        ("medium_1 super-fine", "medium-1-superfine"),
        ("raw+large-fine", "raw+large-fine"),
        ("large fine + RAW", "raw+large-fine"),
    ],
)
def test_formats_as_people_type_them(typed: str, label: str) -> None:
    form = Format.parse(typed)
    assert (form, str(form), repr(form)) == (label, label, f"Format({label!r})")
    assert form == Format(label)
    assert hash(form) == hash(label)


@pytest.mark.parametrize(
    "typed", ["", "+", "raw+", "raw+raw", "large-fine+small-fine", "large", "fine", None, 3]
)
def test_no_such_format(typed: object) -> None:
    with pytest.raises(ValueError, match="is no image format"):
        Format.parse(typed)


def test_a_format_has_its_files() -> None:
    large = File(FileKind.JPEG, ImageSize.LARGE, Quality.FINE)
    assert Format("large-fine").files == (large,)
    assert Format("raw+large-fine").files == (File(FileKind.RAW), large)
    assert Format.of(large, File(FileKind.RAW)) == "raw+large-fine"
    assert (Format("raw").raw, Format("raw").jpeg) == (File(FileKind.RAW), None)
    assert Format("raw+large-fine").jpeg == large
    assert Format.unknown("powershot", 0x30000).files == ()


def test_a_format_is_no_choice() -> None:
    assert Format("raw") != FileKind.RAW
    assert Format("raw") != FileKind.RAW


# --- JSON and kinds ------------------------------------------------------------------------------


def test_json_says_what_was_meant() -> None:
    told = {
        "iso": Iso(400),
        "t": ShutterSpeed("1/125"),
        "wb": WhiteBalance.AUTO,
        "f": Format("raw"),
    }
    assert json.loads(json.dumps(told)) == {"iso": "400", "t": "1/125", "wb": "auto", "f": "raw"}
    assert json.loads(json.dumps({Iso(400): 1, Flash.ON: 2})) == {"400": 1, "on": 2}


@pytest.mark.parametrize(
    ("kind", "typed", "label", "plain"),
    [
        (kinds.SHUTTER_SPEED, "1/125", "1/125", {"label": "1/125", "seconds": 0.008}),
        (kinds.ISO, 400, "400", {"label": "400", "iso": 400}),
        (kinds.ISO, "auto", "auto", {"label": "auto", "iso": None}),
        (kinds.APERTURE, "f8", "f/8", {"label": "f/8", "f_number": 8}),
        (kinds.COMPENSATION, "-.5", "-1/2", {"label": "-1/2", "stops": -0.5}),
        (kinds.FLASH, "Red Eye", "red-eye", "red-eye"),
        (kinds.SWITCH, "yes", "on", True),
        (kinds.SWITCH, False, "off", False),
        (kinds.STEPS, "+1", "1", 1),
        (kinds.ZOOM_STEPS, "0x10", "16", 16),
        (kinds.SECONDS, "2s", "2", 2.0),
        (kinds.MEASURE, 7.1875, "7.1875", 7.1875),
        (kinds.TEXT, "me", "me", "me"),
        (kinds.RAW, "00 ff", "00ff", "00ff"),
        (kinds.RAW, b"\0\xff", "00ff", "00ff"),
        (
            kinds.FORMAT,
            "raw+large-fine",
            "raw+large-fine",
            {
                "label": "raw+large-fine",
                "files": [
                    {"kind": "raw", "size": None, "quality": None},
                    {"kind": "jpeg", "size": "large", "quality": "fine"},
                ],
            },
        ),
    ],
)
def test_kinds_parse_and_tell(kind: Any, typed: object, label: str, plain: object) -> None:
    value = kind.parse(typed)
    assert kind.label(value) == label
    assert kind.parse(label) == value, "as it can be typed back"
    assert kind.plain(value) == plain
    assert json.loads(json.dumps(kind.plain(value))) == plain


def test_targets() -> None:
    assert CaptureTarget.HOST in CaptureTarget.BOTH
    assert CaptureTarget.CARD in CaptureTarget.BOTH
    assert CaptureTarget.HOST | CaptureTarget.CARD is CaptureTarget.BOTH
    assert not CaptureTarget(0)


def test_quality_is_not_metering() -> None:
    assert Quality.FINE != Metering.EVALUATIVE
