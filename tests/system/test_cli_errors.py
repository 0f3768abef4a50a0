"""What goes wrong: exit codes, one line on stderr, nothing half-done left behind."""

import dataclasses
import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    VIRTUAL,
    environment,
    files_below,
    make_card,
    output,
    run,
    served,
    started,
    virtual,
)

from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer

PICTURE = "DCIM/101CANON/IMG_0101.JPG"
INTERRUPTED = {
    "error": {
        "kind": "Interrupted",
        "message": "interrupted",
        "advice": None,
        "code": None,
        "command": None,
        "exit": 130,
    }
}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path)


@pytest.mark.parametrize(
    ("fault", "code", "kind", "status"),
    [
        ("unplug@GetTime", 3, "Disconnected", None),
        ("silence@GetTime", 3, "PortTimeout", None),
        ("stall@GetTime", 3, "PortStalled", None),
        ("letter-e", 4, "ProtocolError", None),
        ("echo@GetTime", 4, "ProtocolError", None),
        ("refuse@GetTime:0x42", 5, "Refused", 0x42),
        ("refuse@GetTime:0x02000029", 5, "WriteProtected", 0x02000029),
    ],
)
def test_the_exit_code_tells_what_went_wrong(
    fault: str, code: int, kind: str, status: int | None, tmp_path: Path
) -> None:
    port = virtual(None, fault)
    ran = run(tmp_path, "clock", port=port)
    assert (ran.returncode, ran.stdout) == (code, "")
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("canon-remote: ")
    assert "Traceback" not in ran.stderr

    ran = run(tmp_path, "clock", "--json", port=port)
    assert (ran.returncode, ran.stdout) == (code, "")
    error = json.loads(ran.stderr.splitlines()[-1])["error"]
    assert (error["kind"], error["code"]) == (kind, status)
    assert last.startswith(f"canon-remote: {error['message']}; {error['advice']}")
    assert (error["command"], error["exit"]) == ("GetTime" if status else None, code)


def test_v_names_the_command_that_was_refused(tmp_path: Path) -> None:
    port = virtual(None, "refuse@DeleteFiles:0x02000029")
    words = ("rm", "--yes", "DCIM/100CANON/IMG_0001.JPG")
    said = "canon-remote: DCIM/100CANON/IMG_0001.JPG: the file is protected; take the protection "
    assert run(tmp_path, *words, port=port).stderr == f"{said}off first\n"
    last = run(tmp_path, *words, "-v", port=port).stderr.splitlines()[-1]
    assert last == f"{said}off first (DeleteFiles, status 0x02000029)"


@pytest.mark.parametrize(
    ("words", "port", "code"),
    [
        (("rmdir", "DCIM/100CANON"), VIRTUAL, 5),
        (("mkdir", "DCIM/100CANON"), VIRTUAL, 5),
        (("put", "nothing.jpg", "DCIM/100CANON"), VIRTUAL, 2),
        (("list",), "usb:serial=nobody", 3),
    ],
)
def test_what_stands_in_the_way_has_its_exit_code(
    words: tuple[str, ...], port: str, code: int, tmp_path: Path
) -> None:
    ran = run(tmp_path, *words, port=port)
    assert (ran.returncode, ran.stdout) == (code, "")


def test_no_card(tmp_path: Path) -> None:
    ran = run(tmp_path, "ls", port=f"{VIRTUAL}?card=none")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "no card in the camera" in ran.stderr


def test_no_camera(tmp_path: Path) -> None:
    ran = run(tmp_path, "info", "-v", port="usbip:127.0.0.1:1/1-1")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.count("\n") == len(ran.stderr.splitlines())
    assert "because of ConnectionRefusedError" in ran.stderr


def test_a_camera_in_a_mode_that_nobody_speaks(tmp_path: Path) -> None:
    device = make_virtual("powershot-g3")
    disk = device.descriptors.configuration.replace(bytes([255, 255, 255]), bytes([8, 6, 80]))
    assert disk != device.descriptors.configuration
    device.descriptors = dataclasses.replace(device.descriptors, configuration=disk)
    with UsbipServer(device) as server:
        ran = run(tmp_path, "info", port="usbip:{}:{}/1-1".format(*server.address))
    assert (ran.returncode, ran.stdout) == (6, "")
    assert "its class is 08/06/50" in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shutter"], "there is no verb 'shutter'"),
        (["captur"], "there is no verb 'captur'; the nearest is capture;"),
        (["download"], "there is no verb 'download'; the nearest is get;"),
        (["thumb", "x"], "the nearest is get --thumbnail;"),
        (["ls", "--colour"], "No such option"),
        (["get"], "--new"),
        (["ls", "../etc"], "goes up with '..'"),
        (["owner", "x" * 40], "31 are the most"),
        (["clock", "--set", "yesterday"], "yesterday"),
        (["clock", "--sync", "--set", "2026-01-01"], "exclude each other"),
        (["put", "a.jpg"], "name the files"),
        (["--port", "nix:", "info"], "is no port"),
        (["--port", "virtual:leica-m3", "info"], "virtual --list"),
        (["--port", f"{VIRTUAL}?fault=fire", "info"], "is not a fault"),
    ],
)
def test_a_mistake_in_the_command_is_2(words: list[str], said: str, tmp_path: Path) -> None:
    ran = run(tmp_path, *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("canon-remote: ")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_mistake_is_told_in_json_too(tmp_path: Path) -> None:
    ran = run(tmp_path, "ls", "--colour", "--json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert json.loads(ran.stderr)["error"]["kind"] == "NoSuchOption"


def test_a_traceback_is_shown_only_with_vvv(tmp_path: Path) -> None:
    port = virtual(None, "refuse@GetTime:0x42")
    assert "Traceback" not in run(tmp_path, "clock", "-vv", port=port).stderr
    assert "Traceback" in run(tmp_path, "clock", "-vvv", port=port).stderr


# --- several files -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["stall@GetFile:500", "short@GetFile:64", "empty@GetFile"])
def test_a_file_that_fails_does_not_stop_the_others(fault: str, tmp_path: Path, card: Path) -> None:
    ran = run(tmp_path, "get", "DCIM", "-o", "out", port=virtual(card, fault))
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "canon-remote: 4 saved, 1 failed"
    assert "100CANON/IMG_0001.JPG: " in ran.stderr
    names = files_below(tmp_path / "out")
    assert [f"out/{name}" for name in names] == ran.stdout.splitlines()
    assert len(names) == 4


def test_one_file_that_fails_gives_its_own_exit_code(tmp_path: Path, card: Path) -> None:
    ran = run(tmp_path, "get", PICTURE, "-o", "out/", port=virtual(card, "short@GetFile:64"))
    assert (ran.returncode, ran.stdout) == (4, "")
    assert files_below(tmp_path / "out") == []


def test_an_unplugged_camera_stops_everything_and_what_is_saved_stays(
    tmp_path: Path, card: Path
) -> None:
    port = virtual(card, "silence@GetFile:1000000", "unplug@GetFile")  # behind the whole first file
    ran = run(tmp_path, "get", "DCIM", "-o", "out", port=port)
    assert (ran.returncode, ran.stdout) == (3, "out/100CANON/IMG_0001.JPG\n")
    assert "unplugged" in ran.stderr
    assert files_below(tmp_path / "out") == ["100CANON/IMG_0001.JPG"]


def test_a_port_that_fails_twice_in_a_row_stops_everything(tmp_path: Path, card: Path) -> None:
    port = virtual(card, "silence@GetFile:64", "silence@GetFile:64")
    ran = run(tmp_path, "get", "DCIM", "-o", "out", port=port)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert files_below(tmp_path / "out") == []


def test_a_saved_file_that_cannot_be_marked_is_a_warning(tmp_path: Path, card: Path) -> None:
    port = virtual(card, "refuse@SetAttributes:0x42")
    ran = run(tmp_path, "get", PICTURE, "-o", "out/", port=port)
    assert (ran.returncode, ran.stdout) == (0, "out/IMG_0101.JPG\n")
    assert "warning" in ran.stderr


def test_a_body_that_cannot_mark_files_says_so_once(tmp_path: Path) -> None:
    ran = run(tmp_path, "get", "DCIM", "-o", "out", port="virtual:eos-20d")
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == len(files_below(tmp_path / "out")) > 1
    (line,) = ran.stderr.splitlines()
    assert line == (
        "canon-remote: warning: what is saved still counts as new in the camera: "
        "the EOS 20D has no known way to mark files as downloaded"
    )


def test_a_body_that_cannot_protect_files_says_so(tmp_path: Path) -> None:
    path = "DCIM/100CANON/IMG_0001.JPG"
    for words in (("protect", path), ("protect", "--off", path)):
        ran = run(tmp_path, *words, port="virtual:eos-20d")
        assert (ran.returncode, ran.stdout) == (6, "")
        assert "EOS 20D has no known way to protect files" in ran.stderr


@pytest.mark.parametrize("over", [0, 1])
def test_before_a_file_that_jams_the_next_session_there_is_a_warning(
    over: int, tmp_path: Path, card: Path
) -> None:
    most = 65572 - len(r"D:\DCIM\100CANON\BIG.DAT")
    (tmp_path / "big.dat").write_bytes(bytes(most + over))
    ran = run(tmp_path, "put", "big.dat", "DCIM/100CANON", port=virtual(card))
    assert (ran.returncode, ran.stdout) == (0, "DCIM/100CANON/BIG.DAT\n")
    warned = [line for line in ran.stderr.splitlines() if "switched off and on" in line]
    assert len(warned) == over
    assert ran.stderr.splitlines() == warned


# --- pipes, terminals, signals -------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error_to_talk_about(tmp_path: Path) -> None:
    card = tmp_path / "many" / "DCIM" / "100CANON"
    card.mkdir(parents=True)
    for number in range(4000):  # more than a pipe holds
        (card / f"IMG_{number:04}.JPG").touch()
    with started(tmp_path, "ls", "-r", port=virtual(tmp_path / "many")) as listing:
        assert listing.stdout
        assert listing.stderr
        assert listing.stdout.readline() == "DCIM/\n"
        listing.stdout.close()
        assert listing.stderr.read() == ""
        listing.wait(PATIENCE_S)


@pytest.mark.parametrize(
    ("number", "as_json"), [(signal.SIGINT, ("--json",)), (signal.SIGTERM, ())]
)
def test_interrupted_in_mid_transfer(
    number: int, as_json: tuple[str, ...], tmp_path: Path, card: Path
) -> None:
    with served(virtual(card, "silence@GetFile:600000", pace="real")) as port:
        with started(tmp_path, "get", PICTURE, "-o", "out/", *as_json, port=port) as getting:
            while not any(file.stat().st_size for file in (tmp_path / "out").glob(".*.part")):
                assert getting.poll() is None
            getting.send_signal(number)
            told, said = getting.communicate(timeout=PATIENCE_S)
        assert (getting.returncode, told) == (130, "")
        last = said.splitlines()[-1]
        assert last == ("canon-remote: interrupted" if not as_json else json.dumps(INTERRUPTED))
        assert files_below(tmp_path / "out") == []

        assert output(tmp_path, "get", PICTURE, "-o", "out/", port=port) == "out/IMG_0101.JPG\n"
    assert (tmp_path / "out" / "IMG_0101.JPG").read_bytes() == (card / PICTURE).read_bytes()


def on_a_terminal(folder: Path, *words: str, port: str, typed: bytes = b"") -> tuple[int, str]:
    """Run with stdin and stderr on a terminal; the exit code, and what the terminal showed."""
    ours, theirs = pty.openpty()
    with (folder / "stdout").open("wb") as out:
        process = subprocess.Popen(
            [PROGRAM, *words],
            cwd=folder,
            env=environment(folder, port),
            stdin=theirs,
            stdout=out,
            stderr=theirs,
        )
    os.close(theirs)
    os.write(ours, typed)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # how Linux tells that the other end is closed
    os.close(ours)
    return process.wait(PATIENCE_S), shown.decode()


def test_a_bar_is_drawn_on_a_terminal_only(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    code, shown = on_a_terminal(tmp_path, "get", "DCIM", "-o", "one", port=port)
    assert code == 0
    assert "━" in shown
    assert "770.2/770.2 kB" in shown
    assert (tmp_path / "stdout").read_text() == output(
        tmp_path, "get", "DCIM", "-o", "two", port=port
    ).replace("two/", "one/")


@pytest.mark.parametrize(("typed", "code", "left"), [(b"n\n", 1, True), (b"y\n", 0, False)])
def test_rm_asks_on_a_terminal(
    typed: bytes, code: int, left: bool, tmp_path: Path, card: Path
) -> None:
    with served(virtual(card)) as port:
        ended, shown = on_a_terminal(tmp_path, "rm", PICTURE, port=port, typed=typed)
        assert ended == code
        assert f"Delete {PICTURE} from the card for good? [y/N]" in shown
        assert (PICTURE in output(tmp_path, "ls", "-r", port=port)) is left


def test_nothing_that_a_camera_says_reaches_the_terminal_unseen(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        assert output(tmp_path, "owner", "\x1b[31mred\x07", port=port) == "\ufffd[31mred\ufffd\n"
        assert json.loads(output(tmp_path, "owner", "--json", port=port)) == {
            "owner": "\x1b[31mred\x07"
        }
