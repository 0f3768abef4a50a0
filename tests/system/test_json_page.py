"""The page on JSON has the keys and types that every verb prints, failures included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import run

from conftest import ROOT

NATIVE = "virtual:powershot-g3"
PTP = "virtual:powershot-s60?mode=ptp"
EOS = "virtual:eos-20d"
EOS_PTP = "virtual:eos-60d"
PAGE = (ROOT / "docs/guide/json.md").read_text(encoding="utf-8")
PICTURE = "DCIM/100CANON/IMG_0001.JPG"


def rows(section: str) -> dict[str, set[str]]:
    """The keys of a section's table, each with the types that it may have."""
    text = re.split(r"^## ", PAGE, flags=re.M)
    body = next(part for part in text if part.startswith(f"{section}\n"))
    return {
        key: set(re.split(r", | or ", kind))
        for key, kind in re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", body, flags=re.M)
    }


def types(value: object) -> set[str]:
    """What the page calls the type of a value."""
    if value is None:
        return {"null"}
    if isinstance(value, bool):
        return {["true", "false"][not value]}
    names = {str: "text", int: "number", float: "number", list: "list", dict: "object"}
    return {names[type(value)]}


def leaves(value: Any, table: dict[str, set[str]], path: str = "") -> Iterator[tuple[str, object]]:
    """Each value of a document with its key, as deep as the table goes."""
    if path in table:
        yield path, value
    below = [key for key in table if key != path and key.startswith((f"{path}.", f"{path}[]"))]
    if path and not below:
        return
    if isinstance(value, list):
        for one in value:
            yield from leaves(one, table, f"{path}[]")
    elif isinstance(value, dict):
        stands = next((key[: key.index(">") + 1] for key in table if key.startswith("<")), "")
        for key, one in value.items():
            name = stands if stands and not path else f"{path}.{key}" if path else key
            yield from leaves(one, table, name)


def missing(value: Any, table: dict[str, set[str]]) -> set[str]:
    """Keys of the table that an object does not have."""
    tops = {found[1] for key in table if (found := re.match(r"(?:\[\]\.)?(\w+)", key))}
    return tops - set(value) if isinstance(value, dict) else set()


def check(document: Any, section: str) -> None:
    table = rows(section)
    assert table, f"the page has no table for {section}"
    for key, value in leaves(document, table):
        allowed = table[key]
        assert "any" in allowed or types(value) <= allowed, (section, key, value)
    objects = document if isinstance(document, list) else [document]
    for one in objects:
        assert not missing(one, table), (section, one)
        if isinstance(one, dict) and not any(key.startswith("<") for key in table):
            known = {re.split(r"[.\[]", key.removeprefix("[]."))[0] for key in table}
            assert set(one) <= known, f"{section}: not on the page"
        error = one.get("error") if isinstance(one, dict) else None
        if error and section != "Errors":
            check({"error": error}, "Errors")


CASES = [
    ("list", ["list"]),
    ("info", ["info"]),
    ("id", ["id"]),
    ("power", ["power"]),
    ("cards", ["cards"]),
    ("shots", ["shots"]),
    ("ls", ["ls", "-r", "DCIM"]),
    ("import", ["import", "library", "--only", "jpg", "--delete-after"]),
    ("tether", ["tether", "-o", "tethered", "--existing", "--count", "2", "--hook", "true"]),
    ("get", ["get", PICTURE, "DCIM/NOPE.JPG", "-o", "out/"]),
    ("put", ["put", "UP.JPG", "gone.jpg", "DCIM/100CANON/"]),
    ("thumbs", ["thumbs", "-o", "sheet.jpg"]),
    ("rm", ["rm", "--yes", PICTURE, "DCIM/NOPE.JPG"]),
    ("mkdir", ["mkdir", "DCIM/123CANON", "DCIM/100CANON"]),
    ("rmdir", ["rmdir", "DCIM/100CANON"]),
    ("protect", ["protect", PICTURE, "DCIM/NOPE.JPG"]),
    ("new", ["new", PICTURE]),
    ("old", ["old", PICTURE]),
    ("owner", ["owner"]),
    ("clock", ["clock"]),
    ("settings", ["settings"]),
    ("settings", ["settings", "iso=100", "shutter_speed"]),
    ("capture", ["capture", "--target", "both", "-n", "2", "-o", "pictures/"]),
    ("timelapse", ["timelapse", "--every", "1s", "--count", "9", "--target", "both", "-o", "to"]),
    ("bracket", ["bracket", "--ev", "-1,1", "--target", "both", "-o", "to"]),
    ("remote", ["remote", "stop"]),
    ("focus", ["focus", "auto"]),
    ("zoom", ["zoom", "2"]),
    ("live", ["live", "-n", "2", "-o", "frames/"]),
    ("models", ["models", "s230"]),
    ("models", ["models", "350"]),
    ("models", ["models", "a610"]),
    ("virtual", ["virtual", "--list"]),
    ("doctor", ["doctor"]),
    ("udev", ["udev"]),
]


@pytest.mark.parametrize("port", [NATIVE, PTP], ids=["native", "ptp"])
@pytest.mark.parametrize(("section", "words"), CASES, ids=[" ".join(words) for _, words in CASES])
def test_what_a_verb_prints(section: str, words: list[str], port: str, tmp_path: Path) -> None:
    (tmp_path / "UP.JPG").write_bytes(b"\xff\xd8\xff\xd9")
    ran = run(tmp_path, *words, "--json", port=port)
    documents = [json.loads(line) for line in ran.stdout.splitlines()]
    assert documents, ran.stderr
    for document in documents:
        check(document, section)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("capture", ["capture", "--no-focus", "-o", "pictures/"]),
        ("focus", ["focus", "drive", "-2", "--size", "3"]),
        ("flash", ["flash", "up"]),
        ("live", ["live", "--zoom", "5", "-n", "2", "-o", "frames/"]),
        ("movie", ["movie", "--seconds", "1"]),
        ("info", ["info"]),
    ],
    ids=str,
)
def test_what_a_verb_of_an_eos_prints(section: str, words: list[str], tmp_path: Path) -> None:
    ran = run(tmp_path, *words, "--json", port=EOS_PTP)
    documents = [json.loads(line) for line in ran.stdout.splitlines()]
    assert documents, ran.stderr
    assert ran.returncode == 0
    for document in documents:
        check(document, section)


def test_a_bulb_exposure(tmp_path: Path) -> None:
    ran = run(tmp_path, "bulb", "1.5", "--json", port=f"{EOS_PTP}?dial=bulb")
    (document,) = map(json.loads, ran.stdout.splitlines())
    check(document, "bulb")
    assert document["files"]


def test_custom_functions(tmp_path: Path) -> None:
    ran = run(tmp_path, "custom-functions", "--json", port=EOS)
    check(json.loads(ran.stdout), "custom-functions")


def test_an_operation(tmp_path: Path) -> None:
    ran = run(tmp_path, "ptp", "GetStorageIDs", "--json", port=PTP)
    check(json.loads(ran.stdout), "ptp")


@pytest.mark.parametrize(
    ("words", "port"),
    [
        (["captur"], NATIVE),
        (["info", "surplus"], NATIVE),
        (["settings", "nope=1"], PTP),
        (["settings", "iso=123"], NATIVE),
        (["clock"], "virtual:powershot-s45?mode=ptp"),
        (["capture"], "virtual:powershot-sx200-is"),
        (["capture"], f"{NATIVE}?fault=silence@Release"),
        (["info"], f"{NATIVE}?fault=unplug@GetPowerStatus"),
        (["list"], "usbip:127.0.0.1:1"),
    ],
    ids=str,
)
def test_an_error_has_one_form(words: list[str], port: str, tmp_path: Path) -> None:
    ran = run(tmp_path, *words, "--json", port=port)
    lines = (ran.stdout + ran.stderr).splitlines()
    told = json.loads(lines[-1])
    assert told["error"]["exit"] == ran.returncode
    check({"error": told["error"]}, "Errors")


def test_every_verb_has_a_section(tmp_path: Path) -> None:
    shown = run(tmp_path, "--help").stdout
    verbs = re.findall(r"^  ([a-z-]+) +[A-Z]", shown[shown.index("Commands:") :], flags=re.M)
    assert len(verbs) > 15
    without = {"shell", "help", "completion", "view"}
    assert set(verbs) - without <= set(re.findall(r"^## (.+)$", PAGE, flags=re.M))
