"""`virtual`, `decode` and `--record`."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    answer,
    answers,
    environment,
    make_card,
    output,
    process,
    run,
    started,
    virtual,
)
from PIL import Image

from conftest import program

PICTURE = "DCIM/100CANON/IMG_0001.JPG"
SERVE = ("virtual", "powershot-g3", "--usbip")


# --- virtual -------------------------------------------------------------------------------------


def test_virtual_lists_the_models(tmp_path: Path) -> None:
    listed = output(tmp_path, "virtual", "--list").splitlines()
    told = {tuple(line.split()[:2]): line for line in listed}
    assert told["powershot-g3", "native"].endswith("by a recording of a real one")
    assert told["powershot-g3", "ptp"].endswith("by libgphoto2's table alone")
    assert "release" not in told["powershot-s230", "ptp"]
    assert "release" in told["powershot-s230", "native"]
    assert {
        "model": "powershot-g3",
        "name": "Canon PowerShot G3",
        "mode": "ptp",
        "can": ["files", "release", "viewfinder"],
        "known": "table",
    } in answer(tmp_path, "virtual", "--list")


def test_virtual_serves_a_camera_until_ctrl_c(tmp_path: Path) -> None:
    card = make_card(tmp_path)
    with started(tmp_path, *SERVE, "127.0.0.1:0", "--card", str(card), "--json") as serving:
        assert serving.stdout
        port = json.loads(serving.stdout.readline())["port"]
        assert port.startswith("usbip:127.0.0.1:")
        assert output(tmp_path, "get", PICTURE, "-o", "out/", port=port) == "out/IMG_0001.JPG\n"
        assert (tmp_path / "out" / "IMG_0001.JPG").read_bytes() == (card / PICTURE).read_bytes()
        output(tmp_path, "rm", "--yes", PICTURE, port=port)
        serving.send_signal(signal.SIGINT)
        told, said = serving.communicate(timeout=PATIENCE_S)
    assert (serving.returncode, told, "Ctrl-C" in said) == (0, "", True)
    assert (card / PICTURE).exists()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run(tmp_path, *SERVE, f"127.0.0.1:{taken.getsockname()[1]}")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "in use" in ran.stderr


def test_a_program_runs_on_a_virtual_camera(tmp_path: Path) -> None:
    program("umockdev-run")
    card = make_card(tmp_path)
    words = ("virtual", "powershot-g3", "--card", str(card), "--run", PROGRAM, "--port", "usb:")
    assert PICTURE in process(tmp_path, *words, "ls", "-r").stdout
    seen = json.loads(process(tmp_path, *words, "list", "--json").stdout)
    assert [(one["vendor"], one["product"]) for one in seen] == [(0x04A9, 0x306E)]


def test_the_programs_exit_code_is_the_exit_code(tmp_path: Path) -> None:
    program("umockdev-run")
    words = ("virtual", "powershot-g3", "--run", sys.executable, "-c")
    assert process(tmp_path, *words, "raise SystemExit(7)").returncode == 7


def test_a_program_gets_no_socket_for_a_stream_that_is_closed(tmp_path: Path) -> None:
    program("umockdev-run")
    words = ("virtual", "powershot-g3", "--run", sys.executable, "-c")
    look = "import os, sys; sys.exit(os.fstat(1).st_rdev != os.stat('/dev/null').st_rdev)"
    for closed in ">&-", "<&- >&-":
        ran = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", PROGRAM, *words, look],
            cwd=tmp_path,
            env=environment(tmp_path, ""),
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--list"),
        (["powershot-g3"], "--usbip HOST:PORT, --serial"),
        (["powershot-g3", "--run"], "--usbip HOST:PORT, --serial"),
        (["powershot-g3", "--usbip", "127.0.0.1:0", "--run", "gphoto2"], "say one of --usbip"),
        (["leica-m3", "--usbip", "127.0.0.1:0"], "`canon-remote virtual --list` lists"),
        (["powershot-g1", "--mode", "ptp", "--usbip", "127.0.0.1:0"], "that speaks PTP"),
        (["powershot-sx200-is", "--serial"], "PTP goes over USB only"),
        (["powershot-g3", "--usbip", "here"], "is no address"),
        (["powershot-g3", "--usbip", "127.0.0.1:99999"], "is no address"),
        (["powershot-g3", "--usbip", "127.0.0.1:0", "--fault", "fire"], "is not a fault"),
        (["powershot-g3", "--usbip", "127.0.0.1:0", "--card", "nowhere"], "no such folder"),
        (["powershot-g3", "--run", "no-such-program"], "no-such-program"),
    ],
)
def test_mistakes(words: list[str], said: str, tmp_path: Path) -> None:
    ran = run(tmp_path, "virtual", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


# --- record, decode ------------------------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A conversation in which a picture was fetched."""
    port = virtual(make_card(tmp_path))
    ran = run(tmp_path, "--record", "talk.pcapng", "get", PICTURE, "-o", "out/", port=port)
    assert (ran.returncode, ran.stdout) == (0, "out/IMG_0001.JPG\n")
    assert "owner" in ran.stderr
    assert "pictures" in ran.stderr
    return tmp_path / "talk.pcapng"


def test_what_is_recorded_is_decoded(tmp_path: Path, recording: Path) -> None:
    shown = output(tmp_path, "decode", str(recording))
    told = answers(tmp_path, "decode", str(recording))
    names = [one["name"] for one in told]
    for name in ("Identify", "GetFile", "SetAttributes"):
        assert name in names
        assert f"  {name}(" in shown
    assert all({"index", "name", "fields", "reply", "unexplained"} <= set(one) for one in told)
    assert "owner=adsf" in shown


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (("virtual", "powershot-g3", "--run", "true"), "gphoto2 --debug --debug-logfile"),
        (("virtual", "--list"), "decode reads"),
        (("list",), "give --record to a verb that opens one"),
        (("decode", "-"), "give --record"),
        (("help",), "give --record"),
    ],
)
def test_what_opens_no_camera_records_nothing_and_says_so(
    tmp_path: Path, words: tuple[str, ...], instead: str
) -> None:
    for line in (
        ("--record", "talk.pcapng", *words),
        (words[0], "--record", "talk.pcapng", *words[1:]),
    ):
        ran = run(tmp_path, *line)
        assert ran.returncode == 2
        assert f"{words[0]} opens no camera, so there is nothing to record; " in ran.stderr
        assert instead in ran.stderr
        assert not (tmp_path / "talk.pcapng").exists()


def test_time_on_a_pseudo_terminal_does_not_jump(tmp_path: Path) -> None:
    ran = run(tmp_path, "virtual", "powershot-a50", "--serial", "--pace", "jump")
    assert ran.returncode == 2
    assert "leave --pace jump out" in ran.stderr


def test_what_a_folder_holds_and_a_card_cannot_is_told(tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "IMG_0001.JPG").write_bytes(b"1")
    (tmp_path / "card" / "IMG_0002.JPG").symlink_to("gone")
    ran = run(tmp_path, "--port", "virtual:powershot-g9?card=card", "ls", "DCIM/100CANON")
    assert ran.returncode == 0
    assert ran.stdout == "DCIM/100CANON/IMG_0001.JPG\n"
    assert ran.stderr == ("canon-remote: card card: left out, leads nowhere: IMG_0002.JPG\n")


def test_a_recording_never_replaces_a_file(tmp_path: Path, recording: Path) -> None:
    before = recording.read_bytes()
    ran = run(tmp_path, "--record", str(recording), "owner")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "talk.pcapng" in ran.stderr
    assert recording.read_bytes() == before


def test_a_recording_is_redacted(tmp_path: Path, recording: Path) -> None:
    picture = (tmp_path / "card" / PICTURE).read_bytes()[:200]
    assert b"adsf" in recording.read_bytes()
    assert picture in recording.read_bytes()
    assert output(tmp_path, "decode", "--redact", str(recording), "safe.pcapng") == "safe.pcapng\n"
    safe = (tmp_path / "safe.pcapng").read_bytes()
    assert b"adsf" not in safe
    assert picture not in safe
    assert "GetFile" in output(tmp_path, "decode", "safe.pcapng")

    again = run(tmp_path, "decode", "--redact", str(recording), "safe.pcapng")
    assert again.returncode == 5
    assert (tmp_path / "safe.pcapng").read_bytes() == safe


def test_recordings_of_a_real_camera_are_decoded(traces: Path, tmp_path: Path) -> None:
    for trace in traces.glob("*.jsonl"):
        told = answers(tmp_path, "decode", str(trace))
        assert told
        assert all(one["name"] for one in told)


@pytest.mark.parametrize("words", [[], ["nowhere.pcap"], ["noise"], ["--redact", "noise"]])
def test_decode_needs_one_recording(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    ran = run(tmp_path, "decode", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("canon-remote: ")


@pytest.mark.parametrize(
    ("model", "path", "saved", "ends"),
    [
        ("powershot-a50", PICTURE, ["picture.jpg"], ""),
        (
            "powershot-350",
            "DC97/CTG_0000/AUT_0021.JPG",
            ["picture.jpg", "picture_2.JPG"],  # its thumbnail is a file of the card, too
            "?model=powershot-350",
        ),
    ],
)
def test_a_camera_on_a_serial_port(
    model: str, path: str, saved: list[str], ends: str, tmp_path: Path
) -> None:
    """`virtual --serial` prints a port string that another canon-remote opens.

    Where this computer is busy, both sides try again, and say so on stderr.
    """
    with started(tmp_path, "virtual", model, "--serial") as serving:
        assert serving.stdout
        port = serving.stdout.readline().strip()
        assert port.startswith("serial:/dev/pts/")
        assert port.endswith(ends)
        speed = f"{port}{'&' if ends else '?'}speed=115200"
        ran = run(tmp_path, "get", path, "-o", "picture.jpg", port=speed)
        assert (ran.returncode, ran.stdout.splitlines()) == (0, saved), ran.stderr
        with Image.open(tmp_path / "picture.jpg") as image:
            assert image.width >= 640
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=PATIENCE_S)
        assert serving.returncode == 0
