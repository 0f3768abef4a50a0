"""What a verb can do without costs only itself where a camera does not tell it.

A table of dialects, answers and verbs: each answer in turn is refused, cut short, or never comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import run

G3, EOS = "virtual:powershot-g3?", "virtual:eos-20d?"
S60 = "virtual:powershot-s60?mode=ptp&"
G9, BIG = "virtual:powershot-g9?", "virtual:eos-5d-mark-ii?"
SERIAL, OLD = "virtual:powershot-a50?", "virtual:powershot-350?"
WAYS = ("refuse@{}:0x2005", "short@{}:8", "silence@{}")
REFUSED = WAYS[:1]  # over RS-232 what is lost is asked for again

EVERY = ("info", "id", "ls -r", "capture -n 2", "live -n 2 -o to/")
SETTING = ("settings", "settings iso=100", "settings iso", "capture --set iso=100")
TABLE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        G3,
        ("GetPowerStatus", "GetTime", "GetAbilities", "GetDiskSpace"),
        (*EVERY, *SETTING, "get DCIM/100CANON/IMG_0001.JPG", "zoom 2"),
        WAYS,
    ),
    (
        G3,
        ("GetAllowedSize", "GetAllowedValues", "GetExtendedSize", "GetExtendedParameters"),
        (*SETTING, "settings macro=on white_balance=daylight", "capture --macro"),
        WAYS,
    ),
    (EOS, ("GetPowerStatus", "GetTime", "GetAbilities", "GetDiskSpace"), ("info", EVERY[3]), WAYS),
    (G3, ("GetZoom",), ("zoom 2",), WAYS),
    (G3, ("GetReleaseParameters",), ("settings photo_effect", EVERY[3], EVERY[4], "zoom"), WAYS),
    (EOS, ("GetReleaseParameters",), (EVERY[3],), WAYS),
    (EOS, ("GetBodyId", "GetOwner"), ("info", "id", "ls -r"), WAYS),
    (EOS, ("GetAllowedSize", "GetAllowedValues"), SETTING, WAYS),
    (S60, ("GetDevicePropValue",), EVERY, WAYS),
    (S60, ("GetStorageInfo",), (*EVERY, "get DCIM/100CANON/IMG_0001.JPG -o to"), WAYS),
    (BIG, ("GetStorageInfo",), ("ls -r", "get DCIM/100CANON/IMG_0001.JPG -o to"), WAYS),
    (G9, ("GetDevicePropDesc",), ("zoom 2",), WAYS),
    (S60, ("GetDevicePropValue", "GetDevicePropDesc"), SETTING, WAYS),
    (S60, ("GetDevicePropDesc",), ("info", "id"), WAYS),
    (
        SERIAL,
        ("GetPowerStatus", "GetTime", "GetAbilities", "GetDiskSpace"),
        ("info", "id", "ls -r", "get DCIM/100CANON"),
        REFUSED,
    ),
    (OLD, ("UseDisk",), ("info",), REFUSED),
    (OLD, ("CloseFolder", "CloseFile"), ("info", "ls -r", "get DC97 -o to"), REFUSED),
)


def cells() -> Iterator[Any]:
    for port, answers, verbs, ways in TABLE:
        for answer in answers:
            for verb in verbs:
                name = re.split("[:?]", port)[1]
                yield pytest.param(port, answer, verb, ways, id=f"{name} {answer} {verb}")


@pytest.mark.parametrize(("port", "answer", "verb", "ways"), list(cells()))
def test_a_verb_goes_on_without(
    port: str, answer: str, verb: str, ways: tuple[str, ...], tmp_path: Path
) -> None:
    for number, way in enumerate(ways):
        folder = tmp_path / str(number)
        folder.mkdir()
        ran = run(folder, *verb.split(), port=f"{port}fault={way.format(answer)}")
        assert ran.returncode == 0, (way, ran.stderr)
        assert ran.stdout
        assert "failed" not in ran.stderr


@pytest.mark.parametrize(
    ("port", "answer", "key", "what"),
    [
        (G3, "GetPowerStatus", "power", "the power"),
        (G3, "GetTime", "clock", "the clock"),
        (G3, "GetDiskSpace", "cards", "what is free on the card"),
        (EOS, "GetBodyId", "body_id", "the number of the body"),
        (SERIAL, "GetPowerStatus", "power", "the power"),
        (SERIAL, "GetTime", "clock", "the clock"),
        (OLD, "UseDisk", "cards", "what is free on the card"),
    ],
)
def test_what_is_not_told_is_null_with_a_warning(
    port: str, answer: str, key: str, what: str, tmp_path: Path
) -> None:
    ran = run(tmp_path, "info", "--json", port=f"{port}fault=refuse@{answer}:0x2005")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told[key]) == (0, None)
    assert ran.stderr.startswith(f"canon-remote: {what} is not known: ")
    assert ran.stderr.count("\n") == 1
    whole = json.loads(run(tmp_path, "info", "--json", port=port).stdout)
    assert whole[key] is not None
    assert {name for name in whole if whole[name] != told[name]} <= {
        key,
        "battery",
        "clock",
        "port",
    }


@pytest.mark.parametrize("way", WAYS)
def test_a_setting_without_its_list_is_read_and_set(way: str, tmp_path: Path) -> None:
    for port, answer in (G3, "GetAllowedValues"), (S60, "GetDevicePropDesc"):
        port = f"{port}fault={way.format(answer)}"
        ran = run(tmp_path, "settings", "iso=100", "--json", port=port)
        told = json.loads(ran.stdout)["iso"]
        assert (told["label"], told["allowed"]) == ("100", None)


def test_a_camera_that_is_gone_is_no_optional_answer(tmp_path: Path) -> None:
    for verb in ("info", "capture -n 2"):
        ran = run(tmp_path, *verb.split(), port=f"{G3}fault=unplug@GetPowerStatus")
        assert ran.returncode in (1, 3)
        assert "is not known" not in ran.stderr


def test_a_silent_camera_is_asked_for_one_list_only(tmp_path: Path) -> None:
    """Each of twenty would take five seconds."""
    faults = "&".join(["fault=silence@GetAllowedSize"] * 5)
    ran = run(tmp_path, "settings", port=f"{G3}{faults}")
    assert ran.returncode == 0
    assert ran.stderr.count("is not known") == 1


@pytest.mark.parametrize("way", ["refuse@{}:0x2002", *WAYS[1:]])
def test_only_the_space_of_a_card_hangs_on_what_the_store_says(way: str, tmp_path: Path) -> None:
    port = f"{S60}fault={way.format('GetStorageInfo')}"
    listed = run(tmp_path, "ls", port=port)
    assert (listed.returncode, listed.stdout) == (0, run(tmp_path, "ls", port=S60).stdout)
    assert "the size of store 0x00010001 is not known: " in listed.stderr
    assert listed.stderr.count("\n") == 1
    assert run(tmp_path, "cards", port=port).returncode != 0
    told = json.loads(run(tmp_path, "info", "--json", port=port).stdout)
    assert told["cards"] is None


def test_a_zoom_that_does_not_tell_where_it_went_has_moved(tmp_path: Path) -> None:
    ran = run(tmp_path, "zoom", "2", "--json", port=f"{G3}fault=refuse@GetZoom:0x2005")
    assert json.loads(ran.stdout) == {"position": 2, "maximum": None}
    assert ran.stderr.startswith("canon-remote: where the zoom stands is not known: ")


def test_without_its_range_a_zoom_is_asked_to_move(tmp_path: Path) -> None:
    port = f"{G9}fault=refuse@GetDevicePropDesc:0x2005"
    ran = run(tmp_path, "zoom", "2", port=port)
    assert ran.stdout.startswith("2 of ")
    assert "how far the zoom goes is not known: " in ran.stderr
