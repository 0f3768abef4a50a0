"""Code tables: golden rows, from recordings and from tables of two specifications, both ways."""

from __future__ import annotations

import copy
import csv
import pickle
import re
from typing import Any

import pytest

from canon import codes
from canon.codes import NATIVE, POWERSHOT, REVISED, Codes
from canon.models.model import Numbering
from canon.native.codes import code_at, is_missing, rows_of
from canon.native.release import ReleaseParameters
from canon.ptp.powershot.codes import ROWS
from canon.ptp.powershot.layouts import Property
from canon.ptp.powershot.picture_kinds import PICTURE_KINDS
from canon.values import Aperture, Compensation, Format, Iso, ShootingMode, WhiteBalance
from conftest import table

CLASSIC, TWENTY_D = rows_of(Numbering.CLASSIC), rows_of(Numbering.REVISED)
G3 = bytes.fromhex(
    "200301006400000001ff00000301033000ff00ff0000007fffff4000280070001818ffff18003800e6009a03e6002000"
)

# canon-native-usb, section 9.2: a G3's lists as recorded, and a 20D's as printed.
LISTED = [
    (CLASSIC, "flash", {0: "off", 1: "auto", 2: "on", 5: "auto-red-eye", 6: "on-red-eye"}),
    (CLASSIC, "shooting_mode", {1: "program", 2: "shutter-priority", 4: "manual", 0x69: "night"}),
    (CLASSIC, "metering", {0: "center-weighted", 1: "spot", 3: "evaluative"}),
    (CLASSIC, "macro", {1: False, 3: True}),
    (CLASSIC, "af_distance", {1: "auto", 3: "close-up"}),
    (CLASSIC, "focusing_point", {0x3003: "center"}),
    (CLASSIC, "white_balance", {0: "auto", 7: "fluorescent-h", 0x0F: "custom-1"}),
    (CLASSIC, "iso", {0x40: 50, 0x48: 100, 0x50: 200, 0x58: 400, 0x00: "auto"}),
    (CLASSIC, "aperture", {0x18: 2, 0x28: 4, 0x38: 8, 0x50: 22}),
    (CLASSIC, "shutter_speed", {0x04: "bulb", 0x38: 1, 0x10: 30}),
    (CLASSIC, "exposure_compensation", {0x08: 2, 0x18: 0, 0x20: -1, 0x28: -2}),
    (CLASSIC, "photo_effect", {0: "off", 4: "sepia", 5: "black-and-white"}),
    (CLASSIC, "self_timer", {0: 0.0, 20: 2.0, 100: 10.0}),
    (CLASSIC, "beep", {0: False, 1: True}),
    (CLASSIC, "contrast", {0: 0, 1: 1, -1: -1}),
    (CLASSIC, "image_format", {0x010003: "large-fine", 0x010202: "small-normal", 0x020004: "raw"}),
    (TWENTY_D, "exposure_compensation", {0x10: 2, 0x08: 1, 0x00: 0, 0xF8: -1, 0xF0: -2}),
    (TWENTY_D, "image_format", {0x120034: "raw+large-fine", 0x122024: "raw+small-normal"}),
    (ROWS, "shooting_mode", {1: "program", 3: "aperture-priority", 0x82: "portrait"}),
    (ROWS, "auto_rotate", {0: True, 1: False}),
    (ROWS, "assist_light", {0: False, 1: True}),
    (CLASSIC, "assist_light", {0: False, 1: True}),
    (ROWS, "beep", {0: True, 1: False}),
    (ROWS, "rotation", {0: 0, 1: 90, 3: 270}),
    (ROWS, "exposure_compensation", {0x00: 3, 0x18: 0, 0x30: -3}),
]


@pytest.mark.parametrize(("rows", "name", "pairs"), LISTED, ids=lambda row: str(row)[:20])
def test_golden_rows(rows: Any, name: str, pairs: dict[int, object]) -> None:
    row = rows[name]
    for code, value in pairs.items():
        assert row.codes.value(code) == value
        assert row.codes.code(row.kind.parse(value)) == code


def test_the_recorded_block_of_a_g3() -> None:
    block = ReleaseParameters.decode(G3)
    told = {
        name: row.kind.label(row.codes.value(code_at(block, row)))
        for name, row in CLASSIC.items()
        if not row.extended and not row.unit and not is_missing(row, code_at(block, row))
    }
    assert told == {
        "image_format": "large-fine",
        "self_timer": "10",
        "flash": "off",
        "beep": "off",
        "shooting_mode": "program",
        "drive_mode": "single",
        "digital_zoom": "0",
        "metering": "evaluative",
        "macro": "off",
        "af_distance": "auto",
        "focusing_point": "center",
        "white_balance": "auto",
        "focus_mode": "one-shot",
        "contrast": "0",
        "saturation": "0",
        "sharpness": "0",
        "iso": "50",
        "aperture": "f/4",
        "shutter_speed": "1/125",
        "exposure_compensation": "0",
        "flash_compensation": "0",
        "largest_aperture": "f/2",
        "smallest_aperture": "f/8",
    }


def test_two_settings_share_a_place() -> None:
    for rows in (CLASSIC, TWENTY_D, ROWS):
        assert rows["macro"].place == rows["af_distance"].place


@pytest.mark.parametrize("dialect", [CLASSIC, TWENTY_D, ROWS], ids=["classic", "revised", "PTP"])
def test_names_and_kinds_are_the_same_in_all_dialects(dialect: Any) -> None:
    for name, row in dialect.items():
        assert row.name == name
        assert row.kind is (CLASSIC | ROWS)[name].kind


# --- the tables of the specification --------------------------------------------------------------

SPELLED: dict[str, tuple[str, dict[str, str]]] = {
    "ps_afdistance_d011": (
        "af_distance",
        {
            "Zone Focus (Close-up)": "close-up",
            "Zone Focus (Very Close)": "very close",
            "Zone Focus (Close)": "close",
            "Zone Focus (Medium)": "medium",
            "Zone Focus (Far)": "far",
        },
    ),
    "ps_focusingpoint_d012": (
        "focusing_point",
        {
            "Focusing Point on Center Only, Manual": "center manual",
            "Focusing Point on Center Only, Auto": "center auto",
            "Multiple Focusing Points (No Specification), Manual": "none",
            "Multiple Focusing Points, Auto": "auto",
            "Multiple Focusing Points (Right)": "right",
            "Multiple Focusing Points (Center)": "center",
            "Multiple Focusing Points (Left)": "left",
        },
    ),
    "ps_shootingmode_d00c": (
        "shooting_mode",
        {
            "full auto": "auto",
            "P (gphoto2 shows it as Auto)": "program",
            "TV": "tv",
            "AV": "av",
            "A_DEP": "a-dep",
            "M_DEP": "m-dep",
            "manual (camera)": "manual 2",
            "landscape": "far scene",
            "night scene": "night",
            "foliage / forest": "foliage",
            "party / indoor": "indoor",
            "gray": "grey scale",
            "flash inhibited": "flash off",
        },
    ),
    "ps_selftime_d009": ("self_timer", {}),
    "ps_rotationangle_d043": ("rotation", {}),
    "ps_flashmode_d00a": ("flash", {"red eye suppression": "red-eye", "fill in": "fill-in"}),
    "ps_meteringmode_d010": (
        "metering",
        {"Spot metering interlocked with AF frame": "spot at AF frame"},
    ),
    "ps_photoeffect_d040": ("photo_effect", {"Black & white": "black and white"}),
    "ps_iso_d01c": ("iso", {}),
    "ps_expcomp_d01f_d020_d021": ("exposure_compensation", {}),
    "ps_whitebalance_d013": ("white_balance", {}),
}


@pytest.mark.parametrize("name", SPELLED)
def test_tables_of_the_specification(name: str) -> None:
    setting, spelled = SPELLED[name]
    row, looked_at = ROWS[setting], 0
    with table(f"{name}.csv").open() as file:
        for line in csv.DictReader(file):
            value = row.codes.value(int(line["code"], 16))
            if getattr(value, "code", None) is not None:
                continue  # not one that any camera of these is known to have
            word = line["meaning"] if line["meaning"] in spelled else line["gphoto2_choice"]
            word = spelled.get(word, word) or line["meaning"]
            word = word.partition(" (unit")[0].replace(" seconds", "").rstrip("'")
            word = "0" if word == "Not used" else word
            for longer, shorter in (
                (" + red eye suppression", " red eye"),
                ("Custom Whitebalance ", ""),
            ):
                word = word.replace(longer, shorter)
            assert row.kind.parse(word) == value, line
            looked_at += 1
    assert looked_at >= 3


@pytest.mark.parametrize(
    ("name", "setting", "words"),
    [
        ("ps_beepmode_d001", "beep", ["on", "off"]),
        ("ps_assistlight_d041", "assist_light", ["off", "on"]),
        ("ps_rotationscene_d044", "auto_rotate", ["On", "Off"]),
    ],
)
def test_switches_of_the_specification(name: str, setting: str, words: list[str]) -> None:
    """What is on, and what is off, by its own word where gphoto2 shows it the other way round."""
    row = ROWS[setting]
    assert row.place == int(name[-4:], 16)
    with table(f"{name}.csv").open() as file:
        for line, word in zip(csv.DictReader(file), words, strict=True):
            said = line["meaning"].partition(" (")[0] or line["gphoto2_choice"]
            assert said == word
            assert row.codes.value(int(line["code"], 16)) is (word.lower() == "on")


def told_by(name: str) -> dict[int, str]:
    """What gphoto2 shows for each code of a table."""
    with table(f"{name}.csv").open() as file:
        return {int(line["code"], 16): line["gphoto2_choice"] for line in csv.DictReader(file)}


def test_the_format_of_the_specification() -> None:
    """Its three properties; no quality is "undefined", and that of a RAW file is "lossless"."""
    assert {1: "JPEG", 2: "CRW"}.items() <= told_by("ps_fullviewfileformat_d007").items()
    assert {code: str(kind) for code, kind in codes.FILE_KIND.table.items()} == {
        1: "jpeg",
        2: "raw",
    }
    assert {code: str(word) for code, word in codes.QUALITY.table.items()} == {
        code: word for code, word in told_by("ps_imagequality_d006").items() if code in (1, 2, 3, 5)
    }
    assert {code: str(word).replace("-", " ") for code, word in codes.IMAGE_SIZE.table.items()} == {
        code: word.lower() for code, word in told_by("ps_imagesize_d008").items()
    }
    assert {word: code for code, word in told_by("ps_imagequality_d006").items()}[
        "lossless"
    ] == codes.RAW_QUALITY


@pytest.mark.parametrize(
    ("name", "setting"),
    [("ps_aperture_d01d", "aperture"), ("ps_shutterspeed_d01e", "shutter_speed")],
)
def test_scales_of_the_specification(name: str, setting: str) -> None:
    """The tables give the numbers of the scale, which the labels round."""
    row = ROWS[setting]
    with table(f"{name}.csv").open() as file:
        for line in csv.DictReader(file):
            value = row.codes.value(int(line["code"], 16))
            if value.code is not None or value.number is None:
                continue
            exact = line["meaning"].split(" (")[0].removeprefix("f/").removesuffix(" s")
            over = exact.removeprefix("1/")
            size = 1 / float(over) if over != exact else float(exact)
            assert float(value) == pytest.approx(size, rel=0.07), line


# --- what has no name, and what has no code -------------------------------------------------------

EVERY = [(rows[name].codes, name) for rows in (CLASSIC, TWENTY_D, ROWS) for name in rows]


CODES = (*range(0x100), 0x1001, 0x3004, 0x7FFF, 0xFFFF, 0x10003, 0x30009, 0x120034, 0x770077)


@pytest.mark.parametrize(("table", "name"), EVERY)
def test_every_code_survives(table: Codes[Any], name: str) -> None:
    """Read, shown, typed back, copied and written: the same number comes out, or its twin."""
    for code in CODES:
        _survives(table, name, code)


def _survives(table: Codes[Any], name: str, code: int) -> None:
    value = table.value(code)
    kind = (CLASSIC | ROWS)[name].kind
    typed = kind.parse(kind.label(value)) if getattr(value, "code", None) is not None else value
    for one in (value, typed, copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        again = table.code(one)
        assert again is not None
        assert table.value(again) == value
        if getattr(value, "code", None) is not None:
            assert again == code


def test_a_code_is_not_written_to_another_kind_of_body() -> None:
    odd = codes.WHITE_BALANCE.value(0x7D)
    assert (odd.dialect, codes.WHITE_BALANCE.code(odd)) == (POWERSHOT, 0x7D)
    assert codes.WHITE_BALANCE.code(WhiteBalance.unknown("eos", 0x7D)) is None
    scene = codes.SHOOTING_MODE.value(0x99)
    assert (scene.dialect, ROWS["shooting_mode"].codes.code(scene)) == (NATIVE, None)
    steps = codes.REVISED_COMPENSATION.value(0x7D)
    assert (steps.dialect, codes.COMPENSATION.code(steps)) == (REVISED, None)
    format_ = codes.FORMAT.value(0x030003)
    assert (str(format_), codes.FORMAT.code(format_)) == ("unknown-0x30003", 0x030003)
    assert codes.FORMAT.code(Format.unknown("eos", 3)) is None


def test_what_a_kind_of_body_has_no_code_for() -> None:
    assert codes.COMPENSATION.code(Compensation("+4")) is None
    assert codes.REVISED_COMPENSATION.code(Compensation("+4")) == 0x20
    assert codes.ISO.code(Iso(123)) is None
    assert codes.APERTURE.code(Aperture(1.75)) is None
    assert codes.SHOOTING_MODE.code(ShootingMode.STITCH_ASSIST) is None
    assert ROWS["shooting_mode"].codes.code(ShootingMode.STITCH_ASSIST) == 0x8B


def test_the_properties_are_those_of_the_specification() -> None:
    """Each that has a class of its own, by its number; the types are those that bodies gave."""
    with table("powershot_properties.csv").open() as file:
        types = {int(line["code"], 16): line["type_seen"] for line in csv.DictReader(file)}
    assert {int(place) for place in Property} <= types.keys()
    looked_at = 0
    for row in ROWS.values():
        for place in row.places:
            if types[place]:
                assert row.stored.name in types[place].split(), row.name
                looked_at += 1
    assert looked_at > 25


@pytest.mark.parametrize(
    ("setting", "dialects"),
    [("drive_mode", (CLASSIC, ROWS)), ("focus_mode", (CLASSIC, ROWS)), ("beep", (ROWS,))],
)
def test_words_of_the_notes_of_the_specification(setting: str, dialects: tuple[Any, ...]) -> None:
    """`0 single 1 continuous …`: what Canon's own SDK calls the codes of a property."""
    place = int(ROWS[setting].place)
    with table("powershot_properties.csv").open() as file:
        (note,) = (line["notes"] for line in csv.DictReader(file) if int(line["code"], 16) == place)
    called = {"single": "one-shot"} if setting == "focus_mode" else {}
    called |= {"continuous slow": "continuous-low", "continuous fast": "continuous-high"}
    told = dict(re.findall(r"(\d+) ([^\d;(,]*[^\d;(, ])", note.partition(";")[0] + ""))
    told.pop("255", None)
    assert len(told) >= 2
    for rows in dialects:
        kind, table_of = rows[setting].kind, rows[setting].codes
        for code, word in told.items():
            assert table_of.value(int(code)) == kind.parse(called.get(word, word)), (code, word)


def test_both_ways_to_say_5000th_are_read() -> None:
    assert codes.SHUTTER_SPEED.value(0x9A) == codes.SHUTTER_SPEED.value(0x9B)
    assert codes.SHUTTER_SPEED.code(codes.SHUTTER_SPEED.value(0x9A)) == 0x9B


def test_raw_of_the_g1s_time_is_raw() -> None:
    assert codes.FORMAT.value(0x020003) == codes.FORMAT.value(0x020004) == "raw"


def test_kinds_of_pictures_have_a_code_each() -> None:
    assert len(set(PICTURE_KINDS.values())) == len(PICTURE_KINDS) == 16
    assert {1: "large-superfine", 7: "medium-1-fine", 15: "small-normal", 16: "raw"}.items() <= {
        code: str(form) for code, form in PICTURE_KINDS.items()
    }.items()
    assert PICTURE_KINDS[18] == "medium-3-fine"
