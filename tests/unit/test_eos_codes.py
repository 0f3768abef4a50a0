"""The settings of an EOS: golden rows, the specification's tables, and every recorded burst."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canon.models.model import Numbering
from canon.native.codes import rows_of
from canon.ptp.eos.codes import NAMES, ROWS, EosRow, Stored, name_of, row_at, row_of
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import AvailListChanged, OlcInfoChanged, read_record
from canon.ptp.powershot import codes as powershot
from canon.values.kinds import Kind
from canon.values.value import Value
from conftest import table

LISTED = [
    ("shooting_mode", {0: "program", 3: "manual", 4: "bulb", 0x16: "auto", 0x37: "Fv"}),
    ("aperture", {0x08: 1, 0x20: "f/2.8", 0x30: 5.6, 0x48: 16, 0: "auto"}),
    ("shutter_speed", {0x10: 30, 0x38: 1, 0x70: "1/125", 0x9B: "1/5000", 0x0C: "bulb", 0: "auto"}),
    ("iso", {0x40: 50, 0x48: 100, 0x4B: 125, 0x98: 102400, 0: "auto"}),
    ("exposure_compensation", {0: 0, 3: "+1/3", 0xF8: -1, 0xD8: -5, 0x28: 5}),
    ("exposure_bracketing", {0: 0, 0x0B: "+1 1/3", 0x18: 3}),
    ("drive_mode", {0: "single", 4: "continuous-high", 0x10: "self-timer-10", 0x13: "silent"}),
    ("metering", {1: "spot", 3: "evaluative", 4: "partial", 5: "center-weighted-average"}),
    ("focus_mode", {0: "one-shot", 1: "ai-servo", 2: "ai-focus", 3: "manual"}),
    ("white_balance", {0: "auto", 8: "shade", 9: "color-temperature", 0x17: "auto-white"}),
    ("picture_style", {0x81: "standard", 0x87: "auto", 0x21: "user-1"}),
    ("capture_destination", {1: "card-1", 2: "card", 4: "host", 6: "card-and-host"}),
    ("battery_level", {0: "low", 1: "half", 2: "full", 4: "three-quarters", 5: "quarter"}),
    ("aspect_ratio", {0: "3:2", 7: "16:9", 0x0D: "1.6x"}),
    ("review_time", {0: "off", 2: "2", 0xFF: "hold"}),
    ("af_method", {0: "quick", 2: "live-face", 14: "whole-area"}),
    ("lighting_optimizer", {0: "standard", 3: "off", 0x10303: "off-always"}),
    ("color_space", {1: "sRGB", 2: "Adobe RGB"}),
    ("bracketing", {0: "off", 1: "exposure", 8: "flash"}),
    ("summertime", {0: False, 1: True}),
    ("white_balance_adjust_a", {0: 0, 9: 9, 0xFFFFFFF7: -9}),
    ("auto_power_off", {60: 60, 0xFFFFFFFF: -1}),
    ("available_shots", {0xA5D2: 42450}),
    ("color_temperature", {5200: 5200}),
]


def slot(code: int) -> bytes:
    return code.to_bytes(4, "little")


@pytest.mark.parametrize(("name", "pairs"), LISTED, ids=lambda row: str(row)[:20])
def test_golden_rows(name: str, pairs: dict[int, object]) -> None:
    row = ROWS[name]
    for code, typed in pairs.items():
        value = row.kind.parse(typed)
        assert row.read(slot(code)) == value
        assert row.write(value) == slot(code)


def test_names_and_kinds_are_those_of_the_other_dialects() -> None:
    others = {**powershot.ROWS, **rows_of(Numbering.CLASSIC)}
    shared = ROWS.keys() & others.keys()
    assert len(shared) >= 10
    for name in shared:
        assert ROWS[name].kind is others[name].kind, name


def test_every_property_that_has_a_name_has_a_row() -> None:
    assert len(NAMES) == len(ROWS)
    missing = {member.name for member in Eos if member not in NAMES}
    assert not missing
    with table("eos_properties.csv").open() as file:
        for line in csv.DictReader(file):
            named = not line["name"].startswith(("(", "Unknown"))
            assert (int(line["code"], 16) in NAMES) == named, line


LATER_WRITABLE = {"brightness", "movie_switch"}  # bodies of the R series list values for them


def test_types_are_those_of_the_specification() -> None:
    kinds = {
        "STRUCT": Stored.BYTES,
        "STR": Stored.TEXT,
        "UINT": Stored.NUMBER,
        "INT3": Stored.NUMBER,
    }
    with table("eos_properties.csv").open() as file:
        for line in csv.DictReader(file):
            code, kind = int(line["code"], 16), line["gphoto2_type"]
            row = ROWS.get(NAMES.get(code, ""))
            if row is None or not kind or 0xD180 <= code <= 0xD192 or code == 0xD1B5:
                continue  # custom functions of the first bodies are five bytes, the click is 48
            stored = next(kinds[start] for start in kinds if kind.startswith(start))
            assert row.stored is stored, line
            told = line["gphoto2_access"] == "ro" and line["config_access"] != "rw"
            assert row.settable is not told or row.name in LATER_WRITABLE, line


TABLES = {
    "aeb_d1d9": "exposure_bracketing",
    "aemode_d105_d138": "shooting_mode",
    "afmethod_d1ba": "af_method",
    "alomode_d1c1": "lighting_optimizer",
    "aperture_d101": "aperture",
    "aspectratio_d194": "aspect_ratio",
    "batterypower_d111": "battery_level",
    "bracketmode_d11d": "bracketing",
    "capturedestination_d11c": "capture_destination",
    "colorspace_d10f": "color_space",
    "drivemode_d106": "drive_mode",
    "expcomp_d104": "exposure_compensation",
    "focusmode_d108": "focus_mode",
    "highisonr_d178": "high_iso_noise_reduction",
    "iso_d103": "iso",
    "meteringmode_d107": "metering",
    "picturestyle_d110": "picture_style",
    "quickreviewtime_d1a9": "review_time",
    "shutterspeed_d102": "shutter_speed",
    "whitebalance_d109": "white_balance",
}
NAMELESS = {
    ("white_balance", 7),
    ("iso", 0xFFFF),  # "Factory Default" of gphoto2; no camera was seen with it
    *(("aperture", code) for code in (0x80, 0x85, 0xA2, 0xF00)),
}
"""What the tables list, and nobody can say what it is."""


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_the_specification_have_names(name: str) -> None:
    row, looked_at = ROWS[TABLES[name]], 0
    for line in lines(f"eos_{name}.csv"):
        code = int(line["code"], 16)
        value = row.read(slot(code))
        assert row.read(row.write(value) or b"") == value
        known = bool(line["gphoto2_choice"]) or "memory" in line["source"]
        if known and (row.name, code) not in NAMELESS:
            assert value.code is None, line
            looked_at += 1
    assert looked_at


def lines(name: str) -> Iterator[dict[str, str]]:
    with table(name).open() as file:
        yield from csv.DictReader(file)


def test_the_scales_of_the_specification() -> None:
    """The tables give the numbers of the scales, which the labels round."""
    for name, setting in ("aperture_d101", "aperture"), ("shutterspeed_d102", "shutter_speed"):
        for line in lines(f"eos_{name}.csv"):
            value = ROWS[setting].read(slot(int(line["code"], 16)))
            if value.code is not None or value.number is None:
                continue
            exact = line["meaning"].split(" (")[0].removeprefix("f/").removesuffix(" s")
            over = exact.removeprefix("1/")
            size = 1 / float(over) if over != exact else float(exact)
            assert float(value) == pytest.approx(size, rel=0.07), line


SPELLED = {
    "aemode_d105_d138": {
        "TV": "Tv", "AV": "Av", "A_DEP": "a-dep", "Green": "full-auto", "Closeup": "macro",
        "C2": "custom-2", "C3": "custom-3", "SCN": "scene",
        "Handheld Night Scene": "handheld-night", "HDR Backlight Control": "backlight",
        "Grainy B/W": "grainy-black-and-white",
    },
    "drivemode_d106": {
        "Single silent": "silent", "Single: Silent shooting": "silent",
        "Continuous high speed": "continuous-high", "Continuous low speed": "continuous-low",
        "Continuous timer": "self-timer-continuous", "Timer 10 sec": "self-timer-10",
        "Timer 2 sec": "self-timer-2", "Silent HS continuous": "continuous-silent-high",
        "Super high speed continuous shooting": "continuous-super-high",
        "Silent LS continuous": "continuous-silent-low",
    },
    "meteringmode_d107": {"Spot metering interlocked with AF frame": "spot-at-af-frame"},
    "focusmode_d108": {},
    "picturestyle_d110": {f"User defined {number}": f"user-{number}" for number in (1, 2, 3)},
    "whitebalance_d109": {
        "Manual": "custom", "Shadow": "shade", "AWB White": "auto-white",
        **{f"Manual {number}": f"custom-{number - 1}" for number in (2, 3, 4, 5)},
        **{f"Custom Whitebalance: PC-{number}": f"pc-{number}" for number in range(1, 6)},
    },
    "highisonr_d178": {},
    "aspectratio_d194": {},
    "colorspace_d10f": {},
}  # fmt: skip
"""How gphoto2 spells words that have another name here."""


@pytest.mark.parametrize("name", SPELLED)
def test_words_are_those_of_the_specification(name: str) -> None:
    row = ROWS[TABLES[name]]
    for line in lines(f"eos_{name}.csv"):
        word, code = line["gphoto2_choice"], int(line["code"], 16)
        if not word or (row.name, code) in NAMELESS:
            continue
        word = SPELLED[name].get(word, word.removesuffix(" effect"))
        assert row.kind.parse(word) == row.read(slot(code)), line


# --- rows as they are used ------------------------------------------------------------------------


def test_texts() -> None:
    row = ROWS["artist"]
    assert row.read(b"Ann\0\0\0\0") == "Ann"
    assert row.write("Ann") == b"Ann\0"
    assert row.write("") == b"\0"
    for name in ("安", "a\0b"):
        with pytest.raises(ValueError, match=r"camera cannot store|NUL"):
            row.write(name)


def test_a_property_without_a_name() -> None:
    number, structure = row_at(0xD2FE), row_at(0xD2FF, bytes(12))
    assert row_of("0xd2fe") == number
    assert (number.place, number.read(b"\7\0\0\0"), number.write(7)) == (0xD2FE, 7, b"\7\0\0\0")
    assert (structure.read(bytes(12)), structure.write(bytes(12))) == (bytes(12), bytes(12))
    assert (name_of(0xD2FE), name_of(0xD101)) == ("0xd2fe", "aperture")


def test_a_property_by_its_number_is_its_row() -> None:
    assert row_of("0xd101") is row_of("aperture") is ROWS["aperture"]
    assert row_of("apertur") is None


def test_the_bytes_of_the_body_are_written() -> None:
    row = ROWS["shutter_speed"]
    bulb = row.kind.parse("bulb")
    assert row.write(bulb) == slot(0x0C)
    assert row.write(bulb, [slot(0x10), slot(0x04)]) == slot(0x04)  # as a 400D counts
    assert row.write(row.kind.parse("1/125"), [slot(0x04)]) == slot(0x70)


def test_what_no_body_has() -> None:
    assert ROWS["shooting_mode"].write(ROWS["shooting_mode"].kind.parse("stitch assist")) is None
    assert ROWS["image_format"].write(ROWS["image_format"].kind.parse("medium-3-economy")) is None


def test_lists() -> None:
    row = ROWS["iso"]
    assert row.entries(AvailListChanged(0xD103, 3, 2, slot(0x48) + slot(0x50))) == (
        slot(0x48),
        slot(0x50),
    )
    assert row.entries(AvailListChanged(0xD103, 3, 0, b"")) == ()
    assert row.entries(AvailListChanged(0xD103, 1, 1, slot(0x48))) is None
    assert row.entries(AvailListChanged(0xD103, 3, 0xFFFFFFFF, slot(0x48))) == (slot(0x48),)
    zones = ROWS["timezone"].entries(AvailListChanged(0xD17D, 3, 2, bytes(range(24))))
    assert zones == (bytes(range(12)), bytes(range(12, 24)))
    assert ROWS["timezone"].entries(AvailListChanged(0xD17D, 3, 9, b"ab")) == ()


# --- every recorded burst -------------------------------------------------------------------------


def bursts() -> list[Path]:
    return sorted((table("eos_properties.csv").parents[2] / "events").glob("*.json"))


def told(path: Path) -> Iterator[tuple[EosRow, dict[str, Any], bytes]]:
    for burst in json.loads(path.read_text())["bursts"]:
        for record in burst["records"]:
            if "prop" in record and "data" in record:
                raw = bytes.fromhex(record["data"])
                yield row_at(int(record["prop"], 16), raw), record, raw


def test_recorded_values_are_read_typed_and_written_back() -> None:
    looked_at = 0
    for path in bursts():
        for row, record, raw in told(path):
            if record["event"] != "c189":
                continue
            value = row.read(raw)
            assert typed_back(row.kind, value) == value
            if row.stored is not Stored.TEXT and raw and not padded(row, raw):
                assert row.read(row.write(value) or b"") == value
                assert row.write(value, [raw]) == raw
            looked_at += 1
    assert looked_at > 2000


def typed_back(kind: Kind[Any], value: Any) -> Any:
    return kind.parse(kind.label(value)) if isinstance(value, Value | bytes) else value


def padded(row: EosRow, raw: bytes) -> bool:
    return row.kind.name == "number" and len(raw) != 4


def test_recorded_lists_are_read_whole() -> None:
    looked_at = 0
    for path in bursts():
        for row, record, raw in told(path):
            if record["event"] != "c18a" or record["form"] != 3:
                continue
            listed = AvailListChanged(row.place, 3, record["count"], raw)
            entries = row.entries(listed)
            assert entries is not None
            assert (len(entries), b"".join(entries)) == (record["count"], raw)
            for entry in entries:
                assert row.write(row.read(entry), entries) == entry
                looked_at += 1
    assert looked_at > 4000


def test_recorded_records_are_written_as_they_were_read() -> None:
    seen = set()
    for path in bursts():
        version = 0
        for burst in json.loads(path.read_text())["bursts"]:
            for record in burst["records"]:
                if record.get("prop") == "d199" and record["event"] == "c189":
                    version = int.from_bytes(bytes.fromhex(record["data"])[:4], "little")
                if "prop" in record or "data" not in record:
                    continue
                fields = bytes.fromhex(record["data"])
                told = read_record(int(record["event"], 16), fields)
                assert told.encode() == fields
                seen.add(type(told).__name__)
                if isinstance(told, OlcInfoChanged):
                    fits = b"".join(told.groups(version).values()) == told.data
                    assert fits or told.mask == MISPRINTED, (path.name, record)
    assert seen == {"CtgInfoCheckComplete", "ObjectAddedEx", "OlcInfoChanged"}


MISPRINTED = 0x1F02
"""The mask of one record of an EOS R, whose 76 bytes are those of all groups."""
