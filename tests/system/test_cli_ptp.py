"""The command line on PowerShots that speak PTP, and the verb `ptp`, as a user runs them.

A G9 has release control; an SX200 IS only gives its files; an S45 in PTP knows the standard's
eleven operations.
"""

import json
import subprocess
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    VIRTUAL,
    answer,
    answers,
    environment,
    files_below,
    make_card,
    output,
    run,
    served,
)

from canon.exif import read
from canon.trace.files import read as records
from canon.trace.telling import tell
from canon.virtual.faults import Fault, FaultKind, Faults
from canon.virtual.usbip import UsbipServer
from rigs.bodies import eos, ptp_body, tells

G9, SX200, S45 = (
    "virtual:powershot-g9",
    "virtual:powershot-sx200-is",
    "virtual:powershot-s45?mode=ptp",
)
FOLDER = "DCIM/100CANON"
FIRST = f"{FOLDER}/IMG_0001.JPG"
IN_FOLDER = [f"{FOLDER}/IMG_0001.JPG", f"{FOLDER}/IMG_0002.JPG", f"{FOLDER}/SND_0002.WAV"]
both = pytest.mark.parametrize("port", [G9, SX200], ids=["G9", "SX200"])


def refused(folder: Path, *words: str, port: str, code: int) -> str:
    """What stands on stderr when it fails with that exit code; nothing is on stdout."""
    ran = run(folder, *words, port=port)
    assert (ran.returncode, ran.stdout) == (code, ""), ran.stderr
    return ran.stderr


# --- the camera, and its card ---------------------------------------------------------------------


class Witness(Faults):
    """No faults; it remembers what the camera was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def take(self, command: str, misses: frozenset[FaultKind] = frozenset()) -> Fault | None:
        self.asked.append(command)
        return super().take(command, misses)


def test_info_leaves_an_eos_alone_that_tells_its_number_at_once(tmp_path: Path) -> None:
    body = ptp_body("eos-m10")
    tells(body, serial="0123")
    faults = Witness()
    with UsbipServer(eos(body, faults)) as server:
        told = answer(tmp_path, "info", port="usbip:{}:{}/1-1".format(*server.address))
    assert (told["body_id"], told["battery"], told["clock"]) == ("123", "low", None)
    assert "GetDeviceInfo" in faults.asked
    assert "SetRemoteMode" not in faults.asked


@both
def test_who_it_is(tmp_path: Path, port: str) -> None:
    with served(f"{port}?card={make_card(tmp_path)}") as there:
        [found] = answer(tmp_path, "list", port=there)
        info = answer(tmp_path, "info", port=there)
        assert info["model"] == found["name"]
        assert (info["owner"], info["battery"]) == ("", "good")
        assert [card["name"] for card in info["cards"]] == ["A:"]
        assert {"name": "Large:Fine", "width": 4000, "height": 3000} in info["sizes"]
        assert output(tmp_path, "owner", "Ada Lovelace", port=there) == "Ada Lovelace\n"
        assert output(tmp_path, "owner", port=there) == "Ada Lovelace\n"
        clock = answer(tmp_path, "clock", "--set", "2009-12-31 23:58:00", port=there)
        assert clock["camera_time"] == "2009-12-31T23:58:00"


def test_what_a_camera_does_not_tell_is_left_out(tmp_path: Path) -> None:
    lines = output(tmp_path, "info", port=S45).splitlines()
    assert [line.split()[0] for line in lines] == ["model", "firmware", "owner", "card", "can"]
    info = answer(tmp_path, "info", port=S45)
    assert (info["power"], info["battery"], info["clock"], info["sizes"]) == (None,) * 3 + ([],)
    assert "no clock" in refused(tmp_path, "clock", port=S45, code=6)
    assert "no owner's name" in refused(tmp_path, "owner", "Ada", port=S45, code=6)


@both
def test_files_come_and_go(tmp_path: Path, port: str) -> None:
    card = make_card(tmp_path)
    (tmp_path / "UP.JPG").write_bytes(b"\xff\xd8" + bytes(70_000))
    with served(f"{port}?card={card}") as there:
        assert output(tmp_path, "ls", FOLDER, port=there).splitlines() == IN_FOLDER
        assert output(tmp_path, "get", FIRST, "-o", "first.jpg", port=there) == "first.jpg\n"
        assert (tmp_path / "first.jpg").read_bytes() == (card / FIRST).read_bytes()
        saved = answers(tmp_path, "get", "--new", "-o", "new/", port=there)
        assert {row["path"] for row in saved} == {
            f"DCIM/{name}" for name in files_below(card / "DCIM")
        } - {FIRST}
        assert output(tmp_path, "get", "--new", "-o", "new/", port=there) == ""
        assert output(tmp_path, "put", "UP.JPG", FOLDER, port=there) == f"{FOLDER}/UP.JPG\n"
        assert output(tmp_path, "get", f"{FOLDER}/UP.JPG", "-o", "back.jpg", port=there)
        assert (tmp_path / "back.jpg").read_bytes() == (tmp_path / "UP.JPG").read_bytes()
        output(tmp_path, "protect", FIRST, port=there)
        assert "protected" in refused(tmp_path, "rm", "--yes", FIRST, port=there, code=5)
        output(tmp_path, "protect", "--off", FIRST, port=there)
        output(tmp_path, "rm", "--yes", FIRST, f"{FOLDER}/UP.JPG", port=there)
        assert output(tmp_path, "ls", FOLDER, port=there).splitlines() == IN_FOLDER[1:]
        output(tmp_path, "mkdir", "DCIM/200CANON", port=there)
        assert "DCIM/200CANON/" in output(tmp_path, "ls", "DCIM", port=there).splitlines()
        output(tmp_path, "rmdir", "DCIM/200CANON", port=there)
        assert "DCIM/200CANON/" not in output(tmp_path, "ls", "DCIM", port=there).splitlines()


@both
def test_thumbnails(tmp_path: Path, port: str) -> None:
    output(tmp_path, "get", "--thumbnail", FIRST, port=port)
    assert (tmp_path / "IMG_0001.JPG.thumb.jpg").read_bytes().startswith(b"\xff\xd8")


def test_files_that_the_camera_does_not_take(tmp_path: Path) -> None:
    (tmp_path / "A.TXT").write_text("hello")
    assert "no way to take TXT files" in refused(tmp_path, "put", "A.TXT", FOLDER, port=G9, code=6)
    assert "no known way to take files" in refused(
        tmp_path, "put", "A.TXT", FOLDER, port=S45, code=6
    )


# --- release control ------------------------------------------------------------------------------


def test_settings_by_name_and_by_number(tmp_path: Path) -> None:
    shown = answer(tmp_path, "settings", "iso", "macro=on", "0xd029=3", port=G9)
    assert shown["iso"]["value"] == {"label": "80", "iso": 80}
    assert {"label": "1600", "iso": 1600} in shown["iso"]["allowed"]
    assert (shown["macro"]["value"], shown["macro"]["allowed"]) == (True, [False, True])
    assert (shown["0xd029"]["value"], shown["0xd029"]["allowed"]) == (3, [1, 2, 3])
    told = refused(tmp_path, "settings", "iso=3200", port=G9, code=5)
    assert "the camera takes auto, 80, 100, 200, 400, 800, 1600" in told
    told = refused(tmp_path, "settings", "0xd029=99", port=G9, code=5)
    assert "0xd029 cannot be 99: the camera takes 1, 2, 3" in told
    assert "'3 mm' is no number" in refused(tmp_path, "settings", "0xd029=3 mm", port=G9, code=2)


def test_properties_that_are_always_there_need_no_release_control(tmp_path: Path) -> None:
    told = output(tmp_path, "settings", "0xd032", port=SX200)
    assert told == "0xd032  Canon PowerShot SX200 IS  (can only be read)\n"
    assert "no property 0xd032 as it is connected" in refused(
        tmp_path, "settings", "0xd032", port=VIRTUAL, code=6
    )


def test_pictures_and_frames(tmp_path: Path) -> None:
    shots = answers(
        tmp_path,
        *("capture", "--target", "both", "--af-lock", "--macro", "--set", "iso=100"),
        *("-n", "2", "-o", "shots/"),
        port=G9,
    )
    assert [shot["card"] for shot in shots] == [
        [f"{FOLDER}/IMG_0009.JPG"],
        [f"{FOLDER}/IMG_0010.JPG"],
    ]
    for shot in shots:
        [name] = shot["files"]
        assert read((tmp_path / name).read_bytes()).iso == 100
    frames = answers(tmp_path, "live", "-n", "2", "-o", "frames/", port=G9)
    assert all((tmp_path / frame["file"]).read_bytes()[:2] == b"\xff\xd8" for frame in frames)


def test_zoom_and_focus(tmp_path: Path) -> None:
    assert answer(tmp_path, "zoom", "3", port=G9)["position"] == 3
    assert "the camera takes 0 to 19" in refused(tmp_path, "zoom", "99", port=G9, code=5)
    assert output(tmp_path, "focus", "auto", port=G9) == "focused once\n"
    assert "outlives its session" in refused(tmp_path, "focus", "lock", port=G9, code=6)


@pytest.mark.parametrize(
    "words",
    [
        ("settings",),
        ("capture",),
        ("focus", "auto"),
        ("zoom",),
        ("live", "-n", "1", "-o", "frames"),
    ],
    ids=lambda words: words[0],
)
def test_a_body_without_release_control_says_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "SX200 IS has no" in refused(tmp_path, *words, port=SX200, code=6)


def test_release_control_lasts_in_the_shell(tmp_path: Path) -> None:
    script = (
        "remote start\nzoom 3\nfocus lock\ncapture --target card\nfocus unlock\n"
        "ptp GetStorageIDs\nzoom\nremote stop\nzoom\n"
    )
    shell = run(tmp_path, "shell", port=G9, typed=script)
    assert shell.returncode == 0
    assert shell.stdout.splitlines() == [
        "the camera is in remote control",
        "3 of 19",
        "the focus is locked",
        f"card:{FOLDER}/IMG_0009.JPG",
        "the focus is free",
        "response  0x2001 OK",
        f"00000000  {'01 00 00 00 01 00 01 00':48} |........|",
        "3 of 19",
        "remote control is off",
        "0 of 19",
    ]


# --- the raw door ---------------------------------------------------------------------------------


def test_an_operation_by_name_and_by_number(tmp_path: Path) -> None:
    shown = "response  0x2001 OK\n00000000  01 00 00 00 01 00 01 00 "
    for operation in "GetStorageIDs", "getstorageids", "0x1004", "4100":
        assert output(tmp_path, "ptp", operation, port=SX200).startswith(shown)
    told = answer(tmp_path, "ptp", "GetObjectInfoEx", "0x10001", "0", "0", "0", port=SX200)
    assert (told["response"], told["name"], told["parameters"]) == (0x2001, "OK", [2])
    assert len(bytes.fromhex(told["data"])) == 2 * 28
    lines = output(tmp_path, "ptp", "0x9021", "0x10001", "0", "0", "0", port=SX200).splitlines()
    assert lines[1] == "parameter 0x00000002"
    assert lines[-1] == f"00000030  {'00 ' * 8:48} |........|"


def test_a_name_that_two_operations_have_is_the_camera_s_own(tmp_path: Path) -> None:
    words = "ptp", "GetObjectInfoEx", "0xffffffff", "0xffffffff", "0x200000"
    entries = answer(tmp_path, *words, port="virtual:eos-60d")
    assert entries == answer(tmp_path, "ptp", "0x9109", *words[2:], port="virtual:eos-60d")
    assert entries["name"] == "OK"
    assert answer(tmp_path, "ptp", "GetObjectInfoEx", "0x10001", "0", "0", "0", port=SX200)["data"]


def test_operations_of_an_eos_have_names_before_the_camera_is_open(tmp_path: Path) -> None:
    ran = subprocess.run(
        [PROGRAM, "ptp", "SetRemoteMode", "1"],
        env=environment(tmp_path, "virtual:eos-60d"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "response  0x2001 OK\n", "")


def test_data_go_as_hex_digits_or_from_a_file_and_come_into_one(tmp_path: Path) -> None:
    (tmp_path / "mode.bin").write_bytes(b"\3\0")
    with served(f"{G9}?card={make_card(tmp_path)}") as port:
        for data, value in ("05 00", 5), ("mode.bin", 3):
            output(tmp_path, "ptp", "SetDevicePropValue", "0xd045", "--data", data, port=port)
            assert answer(tmp_path, "settings", "0xd045", port=port)["0xd045"]["value"] == value
    told = answer(tmp_path, "ptp", "GetDeviceInfo", "-o", "info.bin", port=G9)
    assert told == {
        "response": 0x2001,
        "name": "OK",
        "parameters": [],
        "file": "info.bin",
        "size": (tmp_path / "info.bin").stat().st_size,
    }
    again = refused(tmp_path, "ptp", "GetDeviceInfo", "-o", "info.bin", port=G9, code=5)
    assert "info.bin is there already" in again


def test_what_the_camera_lists(tmp_path: Path) -> None:
    lines = output(tmp_path, "ptp", port=G9).splitlines()
    assert "0x9008  InitiateReleaseControl" in lines
    assert "0xd033  OWNER" in lines
    listed = answer(tmp_path, "ptp", port=S45)
    assert len(listed["operations"]) == 11
    assert listed["operations"]["0x1001"] == "GetDeviceInfo"


@pytest.mark.parametrize(
    ("words", "port", "code", "told"),
    [
        (("FocusLock",), G9, 5, "(FocusLock, response CANON_REFUSED 0xa005)"),
        (("0x9999",), G9, 5, "does not have the operation"),
        (("FocusLock",), VIRTUAL, 6, "the PowerShot G3 has no PTP as it is connected now"),
        ((), VIRTUAL, 6, "the PowerShot G3 has no PTP as it is connected now"),
        (("FocusLok",), G9, 2, "'FocusLok' is no operation"),
        (("0x11001",), G9, 2, "'0x11001' is no operation"),
        (("0x1008", "first"), G9, 2, "'first' is no number of 32 bits"),
        (("0x1008", "0x100000000"), G9, 2, "is no number of 32 bits"),
        (("0x1008", *"123456"), G9, 2, "5 parameters at the most"),
        (("0x1016", "0xd045", "--data", "nowhere"), G9, 2, "nowhere: No such file"),
    ],
)
def test_what_goes_wrong(
    tmp_path: Path, words: tuple[str, ...], port: str, code: int, told: str
) -> None:
    assert told in refused(tmp_path, "ptp", *words, port=port, code=code)


def test_a_conversation_is_recorded_and_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "--record", "talk.pcapng", "ptp", "GetStorageIDs", port=SX200)
    assert (ran.returncode, "recording to talk.pcapng" in ran.stderr) == (0, True)
    told = [step.name for step in tell(records(tmp_path / "talk.pcapng"))]
    assert "OpenSession" in told
    assert told[-2:] == ["GetStorageIDs", "CloseSession"]
    shown = [
        json.loads(line)
        for line in output(tmp_path, "decode", "talk.pcapng", "--json").splitlines()
    ]
    assert [step["name"] for step in shown] == told
