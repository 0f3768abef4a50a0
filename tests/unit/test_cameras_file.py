"""The names of cameras.toml: read, resolved wherever a port string stands, and told when wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import canon
from canon import cameras_file, ports

GOOD = """
left = "usb:serial=1234567"   # the one with the tele
"right" = "usb:1-2.3"
table = "virtual:powershot-g3"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file's path, in a configuration folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "canon-remote"
    folder.mkdir()
    return folder / "cameras.toml"


def test_where_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cameras_file.path() == str(file)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    for system, place in (
        ("linux", "/home/ada/.config"),
        ("darwin", "/home/ada/Library/Application Support"),
    ):
        monkeypatch.setattr(sys, "platform", system)
        assert cameras_file.path() == f"{place}/canon-remote/cameras.toml"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", "/roaming")
    assert cameras_file.path() == "/roaming/canon-remote/cameras.toml"


def test_names_are_ports(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(GOOD)
    assert {name: one.port for name, one in cameras_file.read().items()} == {
        "left": "usb:serial=1234567",
        "right": "usb:1-2.3",
        "table": "virtual:powershot-g3",
    }
    assert ports.address("left") == "usb:serial=1234567"
    assert [one.port for one in canon.list("table")] == ["virtual:powershot-g3"]
    with canon.open("table") as cam:
        assert (cam.port, cam.model) == ("table", "Canon PowerShot G3")
    monkeypatch.setenv("CANON_REMOTE_PORT", "table")
    with canon.open() as cam:
        assert cam.model == "Canon PowerShot G3"


def test_no_file_names_no_camera(file: Path) -> None:
    assert cameras_file.read() == {}
    with pytest.raises(ValueError, match=r"'left' is no port and no camera's name; a port begins"):
        canon.open("left")


def test_a_name_that_is_not_there(file: Path) -> None:
    file.write_text(GOOD)
    with pytest.raises(ValueError, match=r"cameras\.toml names left, right, table$"):
        canon.open("lefty")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('left = "usb:"\nright = usb:1-2\n', "line 2: invalid value; write left ="),
        ('left = "usb:"\nleft = "usb:1-2"\n', "line 2: a name stands there twice"),
        ('left = "usb:"\nright', "end of document: "),
        ('left = "usb:"\nLEFT = "usb:1-2"', "line 2: another camera is called LEFT already"),
        ('a = "usb:"\n"my camera" = "usb:"', "line 2: a camera cannot be called 'my camera'"),
        ('usb = "usb:1-2"', "line 1: a camera cannot be called 'usb'"),
        ('\nleft = 5\na = "usb:"', "line 2: left has no port; write left ="),
        ('right = "left"\nleft = "usb:"', "line 1: right has no port"),
        ('# mine\n[left]\nport = "usb:"', "line 2: left has no port"),
        ('\n\nleft = "usb:nonsense"', "line 3: 'usb:nonsense' is no port; write usb: or"),
        ('left = "usbip:"', "line 1: 'usbip:' is no port; write usbip:HOST"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(ValueError, match=r"cameras\.toml") as caught:
        ports.address("left")
    found = str(caught.value)
    assert found.startswith(str(file))
    assert said in found


def test_no_utf8(file: Path) -> None:
    file.write_bytes(b'# f\xfcr Ada\nleft = "usb:"')
    with pytest.raises(ValueError, match="it is no UTF-8"):
        ports.address("left")
