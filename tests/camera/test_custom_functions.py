"""Custom functions by name: what each body has, what goes over the wire, and what is refused."""

from __future__ import annotations

import re
import subprocess
from typing import Any
from xml.etree import ElementTree

import pytest

from canon.errors import NotSupported, Refused, ValueRefused
from canon.models.custom import CustomFunction
from canon.native.commands import Command, CustomFunctions, GetCustomFunctions, Nothing
from canon.native.release import SetCustomFunction
from canon.virtual.card import File, MemoryCard
from canon.virtual.native.camera import NativeCamera
from canon.wire import Message
from conftest import program
from rigs.bodies import a_camera, native_body, native_device, native_row
from rigs.watched import WatchedPort

OLD, NEW = "eos-10d", "eos-20d"
PRINTED = "28000000" + "".join(f"0{number in (6, 8):d}{number:02x}" for number in range(1, 19))
"""The dump of a 20D in section 8: a length, then value and number of each."""


@pytest.mark.parametrize(
    ("slug", "numbers"),
    [
        ("eos-d30", range(1, 14)),
        ("eos-d60", range(2, 16)),
        ("eos-10d", range(1, 18)),
        ("eos-300d", range(1, 14)),
        ("eos-digital-rebel", range(1, 14)),
        ("eos-kiss-digital", range(1, 14)),
    ],
)
def test_an_old_eos_is_asked_for_each(slug: str, numbers: range) -> None:
    port = WatchedPort(native_device(slug=slug))
    with port.camera() as cam:
        with cam.remote():
            port.names()
            read = cam.custom_functions.read()
            assert port.names() == ["GetCustomFunction"] * len(numbers)
        assert [function.number for function in read.values()] == list(numbers)
        assert [function.name for function in read.values()] == list(read)
        assert {str(function) for function in read.values()} >= {"on", "off", "1/2"}
        assert not cam.remote.active, "release control is left as it was"


def test_a_20d_tells_them_all_at_once() -> None:
    device = native_device(slug=NEW)
    dump = device.answer(GetCustomFunctions(0))
    assert isinstance(dump, CustomFunctions)
    assert dump.encode()[:40].hex() == PRINTED
    port = WatchedPort(device)
    with port.camera() as cam, cam.remote():
        port.names()
        read = cam.custom_functions.read()
        assert port.names() == ["GetCustomFunctions"]
    changed = {name: function.choice for name, function in read.items() if function.value}
    assert changed == {"exposure_steps": "1/2", "iso_expansion": "on"}
    assert (read["iso_expansion"].number, len(read)) == (8, 18)


def test_they_are_set_by_name() -> None:
    port = WatchedPort(native_device(slug=OLD))
    with port.camera() as cam, cam.remote():
        before = cam.custom_functions.read()
        port.names()
        now = cam.custom_functions.set(
            mirror_lockup=True, exposure_steps="1/3", set_button=2, menu_return="Previous"
        )
        assert port.names() == ["SetCustomFunction"] * 4 + ["GetCustomFunction"] * 17
        changed = {name: str(now[name]) for name in now if now[name] != before[name]}
        assert changed == {
            "mirror_lockup": "on",
            "exposure_steps": "1/3",
            "set_button": "parameters",
            "menu_return": "previous",
        }
        assert cam.custom_functions.read() == now
        assert cam.custom_functions.set(mirror_lockup="off")["mirror_lockup"].value == 0


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        (
            {"mirror_lockup": True, "iso_expansion": True},
            "10D has no custom function iso_expansion",
        ),
        ({"mirror_lockup": True, "exposure_steps": "1/4"}, "take one of: 1/2, 1/3"),
        ({"exposure_steps": 2}, "no choice of exposure_steps"),
        ({"exposure_steps": True}, "no choice of exposure_steps"),
        ({"mirror_lockup": "-1"}, "take one of: off, on"),
    ],
)
def test_what_is_not_understood_is_told_before_anything_is_sent(
    choices: dict[str, Any], says: str
) -> None:
    port = WatchedPort(native_device(slug=OLD))
    with port.camera() as cam:
        port.names()
        with pytest.raises(ValueError, match=says):
            cam.custom_functions.set(**choices)
        assert port.names() == []


@pytest.mark.parametrize("slug", ["powershot-g3", "powershot-s230", "eos-350d", "eos-5d"])
def test_a_body_without_known_ones_is_not_asked(slug: str) -> None:
    port = WatchedPort(native_device(slug=slug))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="has no custom functions that are known"):
            cam.custom_functions.read()
        with pytest.raises(NotSupported, match="custom functions"):
            cam.custom_functions.set(mirror_lockup=True)
        assert port.names() == []


def test_how_a_20d_is_set_is_not_known() -> None:
    port = WatchedPort(native_device(slug=NEW))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="20D has no known command to set a custom function"):
            cam.custom_functions.set(mirror_lockup=True)
        assert port.names() == []


class Stubborn(NativeCamera):
    """A body that takes no custom function, and does not say so."""

    def answer(self, command: Command[Any]) -> Message | bytes | File:
        return Nothing() if isinstance(command, SetCustomFunction) else super().answer(command)


def test_a_choice_that_reads_back_unchanged_was_refused() -> None:
    with a_camera(Stubborn(native_body(OLD, MemoryCard()))) as cam:
        with pytest.raises(ValueRefused, match="safety_shift cannot be on just now") as caught:
            cam.custom_functions.set(safety_shift="on")
        assert (caught.value.setting, caught.value.allowed) == ("safety_shift", ("off", "on"))
        assert not cam.remote.active


def test_a_refusal_is_told() -> None:
    device = native_device("refuse@SetCustomFunction:0x02000086", slug=OLD)
    with a_camera(device) as cam:
        with pytest.raises(Refused) as caught:
            cam.custom_functions.set(safety_shift="on")
        assert caught.value.command == "SetCustomFunction"
        assert cam.custom_functions.set(safety_shift="on")["safety_shift"].choice == "on"


@pytest.mark.parametrize("slug", [OLD, NEW])
def test_one_that_the_body_does_not_tell_is_left_out(slug: str) -> None:
    """A 300D answers for those of a 10D that it lacks with number 0xffff."""
    device = native_device(slug=slug)
    del device.release.custom.values[12]
    with a_camera(device) as cam:
        assert "mirror_lockup" not in cam.custom_functions.read()


def test_a_value_that_nobody_has_named_is_its_number() -> None:
    device = native_device(slug=NEW)
    device.release.custom.values[12] = 7
    with a_camera(device) as cam:
        assert cam.custom_functions.read()["mirror_lockup"].choice == "7"


# --- against another table ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "table", "first"),
    [("eos-d60", "FunctionsD30", 1), (OLD, "Functions10D", 1), (NEW, "Functions20D", 0)],
)
def test_exiftool_has_as_many_choices_of_each(slug: str, table: str, first: int) -> None:
    """Its tables were checked by owners of these bodies, with the EXIF of their pictures."""
    listed = subprocess.run(
        [program("exiftool"), "-listx", "-CanonCustom:All"], capture_output=True, check=True
    ).stdout
    tags = ElementTree.fromstring(listed).findall(f"table[@name='CanonCustom::{table}']/tag")
    counts = {int(tag.attrib["id"]) + 1 - first: len(tag.findall("values/key")) for tag in tags}
    ours = {row.number: len(row.choices) for row in native_row(slug).custom}
    assert {number: counts[number] for number in ours} == ours


def test_names_and_choices_can_be_typed() -> None:
    rows = {row for slug in ("eos-d30", "eos-d60", OLD, NEW) for row in native_row(slug).custom}
    for row in rows:
        assert re.fullmatch(r"[a-z0-9_]+", row.name)
        assert [row.parse(choice) for choice in row.choices] == [
            (value,) for value in range(len(row.choices))
        ]
        assert [row.parse(str(number)) for number in range(len(row.choices))] == [
            (value,) for value in range(len(row.choices))
        ]
    assert CustomFunction(1, "x", ("off", "on")).choice == "off"
