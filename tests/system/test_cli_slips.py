"""What people type wrong, or meet by bad luck: what they are told, and that nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    answers,
    environment,
    files_below,
    output,
    process,
    run,
    virtual,
)

import canon
from canon.cli.capture import _take
from canon.cli.output import Tally
from canon.errors import Disconnected
from canon.work.saving import Saving

PICTURE = "DCIM/100CANON/IMG_0001.JPG"
WITH_NOTE = "DCIM/100CANON/IMG_0002.JPG"
G9 = "virtual:powershot-g9"


def told(folder: Path, *words: str, code: int, port: str = virtual()) -> str:
    """What it says on stderr when it ends with that code, and prints nothing."""
    ran = run(folder, *words, port=port)
    assert (ran.returncode, ran.stdout) == (code, "")
    return ran.stderr


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("-h",), ("ls", "-h")])
def test_help_is_there_by_its_short_name(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert output(tmp_path, *words).startswith("Usage: canon-remote")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("capture", "-o", "FILE/x"), "FILE is a file, not a folder"),
        (("capture", "-o", "FILE/x/"), "FILE is a file, not a folder"),
        (("get", "DCIM", "-o", "FILE/x/"), "FILE is a file, not a folder"),
        (("import", "FILE/x"), "FILE"),
        (("import", ""), "it is empty"),
        (("get", "DCIM", "-o", ""), "it is empty"),
        (("import", "to", "--template", "COM¹/{name}"), "device"),
        (("movie", "--seconds", "nan"), "is no time"),
        (("movie", "--seconds", "inf"), "is no time"),
        (("movie", "--seconds", "-1"), "is no time"),
    ],
    ids=str,
)
def test_what_cannot_work_is_told_before_the_camera_is_asked(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    """There is no such camera: who asks for it first says that, by another exit code."""
    (tmp_path / "FILE").touch()
    assert why in told(tmp_path, *words, code=2, port="usb:04a9:ffff")


def test_a_misspelt_verb_is_told_with_its_neighbour(tmp_path: Path) -> None:
    assert "the nearest is settings" in told(tmp_path, "setings", code=2)
    assert "nearest" not in told(tmp_path, "xyzzy", code=2)


def test_a_choice_that_is_missing_is_told_in_one_line(tmp_path: Path) -> None:
    said = told(tmp_path, "focus", code=2)
    assert "lock, unlock, auto" in said
    assert "\N{REPLACEMENT CHARACTER}" not in said


def test_put_without_a_folder_says_what_it_wants(tmp_path: Path) -> None:
    assert "the files, and the folder of the card" in told(tmp_path, "put", "a.jpg", code=2)


def test_a_time_that_is_none_is_told_with_one_that_is(tmp_path: Path) -> None:
    said = told(tmp_path, "clock", "--set", "yesterday", code=2)
    assert "'yesterday' is no time; write 2026-12-31 23:59:00" in said
    assert "%" not in said
    assert output(tmp_path, "clock", "--set", "2030-01-02 03:04").startswith("2030-01-02 03:04:00")


def test_names_of_settings_may_be_written_as_their_values_may(tmp_path: Path) -> None:
    lines = output(tmp_path, "settings", "White-Balance=Daylight", "ISO").splitlines()
    assert [line.split()[:2] for line in lines] == [["white_balance", "daylight"], ["iso", "50"]]
    said = output(tmp_path, "custom-functions", "Mirror-Lockup=ON", port="virtual:eos-10d")
    assert "mirror_lockup  on" in said


def test_a_setting_that_is_named_twice_is_shown_once(tmp_path: Path) -> None:
    assert len(output(tmp_path, "settings", "iso=100", "iso").splitlines()) == 1


def test_what_says_nothing_to_people_is_shown_when_it_is_asked_for(tmp_path: Path) -> None:
    port = "virtual:eos-r6"
    ran = [run(tmp_path, *words, "settings", port=port) for words in ((), ("-v",), ("--json",))]
    few, every = ([line.split()[0] for line in one.stdout.splitlines()] for one in ran[:2])
    named = json.loads(ran[2].stdout)
    more = len(named) - len(few)
    said = f"canon-remote: {more} more are bare numbers and bytes; -v shows them too\n"
    assert (ran[0].stderr, ran[2].stderr) == (said, "")
    assert few[0] == every[0] == "shooting_mode"
    assert {"artist", "iso", "color_temperature"} <= {*few}
    assert not {"lens_id", "custom_func_ex", "0xd19a"} & {*few}
    assert {*few} < {*every} == {*named}
    assert "0x0000" not in named


# --- the card ------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [virtual(), G9, "virtual:powershot-a50", "virtual:eos-20d"])
def test_what_is_not_on_the_card_is_told_once(tmp_path: Path, port: str) -> None:
    for verb in "ls", "get", "rmdir", "protect":
        said = told(tmp_path, verb, "DCIM/NOPE", code=5, port=port)
        assert said == (
            "canon-remote: DCIM/NOPE: no such file or folder on the card; "
            "list the folder to see what is there\n"
        )


@pytest.mark.parametrize(("port", "drive"), [(virtual(), "A:"), (G9, "D:")])
def test_a_card_that_is_not_there_is_no_empty_card(tmp_path: Path, port: str, drive: str) -> None:
    assert f"{drive}: no such file or folder" in told(tmp_path, "ls", drive, code=5, port=port)


@pytest.mark.parametrize("port", [virtual(), G9])
def test_a_folder_that_cannot_be_made_is_told_with_its_reason(tmp_path: Path, port: str) -> None:
    said = told(tmp_path, "mkdir", "DCIM/100CANON", code=5, port=port)
    assert said == "canon-remote: DCIM/100CANON is on the card already; choose another name\n"
    said = told(tmp_path, "mkdir", "DCIM/X/Y", code=5, port=port)
    assert said.startswith("canon-remote: DCIM/X/Y: ")
    assert "DCIM/X: no such file or folder" in said


def test_a_file_is_no_folder_to_remove(tmp_path: Path) -> None:
    said = told(tmp_path, "rmdir", PICTURE, code=2)
    assert said == f"canon-remote: {PICTURE} is a file, not a folder\n"


def test_a_file_that_is_named_twice_goes_once(tmp_path: Path) -> None:
    assert [one["path"] for one in answers(tmp_path, "rm", "--yes", PICTURE, PICTURE.lower())] == [
        PICTURE
    ]
    assert output(tmp_path, "get", PICTURE, PICTURE, "-o", "to").splitlines() == ["to/IMG_0001.JPG"]


# --- files of this computer ----------------------------------------------------------------------


def test_what_was_fetched_already_is_no_failure(tmp_path: Path) -> None:
    first = output(tmp_path, "get", "DCIM", "-o", "to")
    again = run(tmp_path, "get", "DCIM", "-o", "to")
    assert (again.returncode, again.stdout) == (0, first)
    assert again.stderr == "canon-remote: 7 files were there already\n"
    (tmp_path / "to/100CANON/IMG_0001.JPG").write_bytes(b"another picture of that name")
    (tmp_path / "to/100CANON/IMG_0003.JPG").unlink()
    again = run(tmp_path, "get", "DCIM", "-o", "to", "--json")
    ends = [json.loads(line) for line in again.stdout.splitlines()]
    assert again.returncode == 1
    assert [one["error"] and one["error"]["kind"] for one in ends] == ["AlreadyThere"] + [None] * 6
    assert [one.get("fetched") for one in ends] == [None, False, True, False, False, False, False]
    assert (tmp_path / "to/100CANON/IMG_0001.JPG").read_bytes() == b"another picture of that name"


def test_a_file_is_no_folder_to_save_in(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("mine")
    said = told(tmp_path, "get", "DCIM", "-o", "here", code=2)
    assert said == "canon-remote: here is a file, not a folder; name another with -o\n"


def test_a_sound_has_no_thumbnail(tmp_path: Path) -> None:
    said = told(tmp_path, "get", "--thumbnail", "DCIM/100CANON/SND_0002.WAV", code=2)
    assert said == (
        "canon-remote: DCIM/100CANON/SND_0002.WAV has no thumbnail; pictures and films have one\n"
    )


def test_a_recording_does_not_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "talk.pcapng").write_text("mine")
    assert "names no file" in told(tmp_path, "--record", "", "info", code=2)
    said = told(tmp_path, "--record", "talk.pcapng", "info", code=5)
    assert said == "canon-remote: talk.pcapng is there already; name another file\n"


def test_pictures_go_into_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    assert output(tmp_path, "capture", "-o", "new/one.jpg") == "new/one.jpg\n"
    assert len(output(tmp_path, "capture", "-n", "2", "-o", "two/", port=G9).splitlines()) == 2
    assert files_below(tmp_path / "two") == ["IMG_0009.JPG", "IMG_0010.JPG"]


def test_where_nothing_can_be_saved_no_picture_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for to in "file/one.jpg", "file/":
        said = told(tmp_path, "-vv", "capture", "-o", to, code=2)
        assert said.startswith("canon-remote: file")
        assert "Release" not in said


def test_a_picture_that_had_to_go_elsewhere_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saving = Saving(tmp_path / "gone/one.jpg")
    with canon.open("virtual:powershot-g3") as cam, Tally(False, "shot", "taken") as tally:
        _take(cam, cam.capture.shoot, 1, saving, tally, None)
    out, err = capsys.readouterr()
    assert Path(out.strip()).read_bytes().startswith(b"\xff\xd8")
    assert "so that the picture is not lost, it was saved elsewhere" in err
    assert tally.exit_code == 1


def test_frames_replace_nothing_unless_told(tmp_path: Path) -> None:
    output(tmp_path, "live", "-n", "1", "-o", "frames")
    before = (tmp_path / "frames/frame_000001.jpg").read_bytes()
    (tmp_path / "frames/frame_000001.jpg").write_bytes(b"mine")
    assert "frames has frames already" in told(tmp_path, "live", "-n", "1", "-o", "frames", code=5)
    assert (tmp_path / "frames/frame_000001.jpg").read_bytes() == b"mine"
    output(tmp_path, "live", "-n", "1", "-o", "frames", "--overwrite")
    assert len((tmp_path / "frames/frame_000001.jpg").read_bytes()) == len(before)


def test_frames_that_cannot_be_written_end_the_verb(tmp_path: Path) -> None:
    (tmp_path / "frames/frame_000002.jpg").mkdir(parents=True)
    ran = run(tmp_path, "live", "-o", "frames", "--overwrite")
    assert (ran.returncode, ran.stdout) == (5, "frames/frame_000001.jpg\n")
    assert "frame_000002.jpg is no file" in ran.stderr


# --- the camera ----------------------------------------------------------------------------------


def test_a_picture_that_was_taken_is_told_when_the_camera_goes(tmp_path: Path) -> None:
    port = virtual(None, "unplug@RetrieveCapture:20000")
    where = "The picture was taken; it is on the card: DCIM/100CANON/IMG_0007.JPG."
    assert where in told(tmp_path, "capture", "--target", "both", code=3, port=port)
    last = told(tmp_path, "capture", "--target", "both", "--json", code=3, port=port)
    error = json.loads(last.splitlines()[-1])["error"]
    assert (error["kind"], where in error["message"]) == (Disconnected.__name__, True)


def test_which_picture_failed_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "capture", "-n", "2", port=virtual(None, "no-focus"))
    assert ran.returncode == 1
    assert ran.stderr.startswith("canon-remote: picture 1: the lens found nothing")


# --- programs that start it ----------------------------------------------------------------------


@pytest.mark.parametrize(("closed", "code"), [(">&- 2>&-", 1), ("<&-", 0), ("2>&-", 0)])
def test_it_works_without_standard_streams(closed: str, code: int, tmp_path: Path) -> None:
    ran = subprocess.run(
        ["sh", "-c", f'"{PROGRAM}" get {PICTURE} -o to/ {closed}'],
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=False,
        capture_output=True,
    )
    assert (ran.returncode, files_below(tmp_path / "to")) == (code, ["IMG_0001.JPG"])


def test_questions_need_a_terminal_even_when_stdin_is_closed(tmp_path: Path) -> None:
    for words, code in (("rm", PICTURE), 2), (("shell",), 0):
        ran = subprocess.run(
            ["sh", "-c", f'"{PROGRAM}" {" ".join(words)} <&-'],
            cwd=tmp_path,
            env=environment(tmp_path),
            timeout=PATIENCE_S,
            check=False,
            capture_output=True,
            text=True,
        )
        assert (ran.returncode, "Traceback" in ran.stderr) == (code, False)


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_ctrl_c_while_it_starts_is_told_like_any_other(
    as_json: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class CtrlC:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, CtrlC())\n"
    )
    ran = subprocess.run(
        [PROGRAM, "info", *as_json],
        env={**environment(tmp_path), "PYTHONPATH": str(tmp_path)},
        timeout=PATIENCE_S,
        check=False,
        capture_output=True,
        text=True,
    )
    if as_json:
        ran.stderr = f"canon-remote: {json.loads(ran.stderr)['error']['message']}\n"
    assert (ran.returncode, ran.stderr) == (130, "canon-remote: interrupted\n")


@pytest.mark.parametrize("words", [("zoom", "-vv"), ("zoom", "-v", "--json"), ("ls", "NOWHERE")])
def test_nobody_reads_its_messages(tmp_path: Path, words: tuple[str, ...]) -> None:
    """The data come all the same, and no message among them."""
    usual = run(tmp_path, *words)
    shell = f'exec "$@" 2> {tmp_path}/pipe'
    os.mkfifo(tmp_path / "pipe")
    for script in (shell, 'exec "$@" 2>&-'):
        with subprocess.Popen(
            ["sh", "-c", script, "sh", PROGRAM, *words],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            text=True,
        ) as running:
            if script is shell:
                (tmp_path / "pipe").open().close()  # who reads it goes away at once
            out, _ = running.communicate(timeout=PATIENCE_S)
        assert (running.returncode, out) == (usual.returncode, usual.stdout)


def test_nohup_is_obeyed(tmp_path: Path) -> None:
    """What was started to outlive its terminal does."""
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from canon.cli.main import main\n"
        "assert main(['list']) == 0\n"
        "for name in (signal.SIGHUP, signal.SIGTERM):\n"
        "    print(signal.getsignal(name) == signal.SIG_IGN)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.splitlines()[-2:] == ["True", "False"]


def test_a_virtual_camera_is_served_to_this_computer_only_unless_told(tmp_path: Path) -> None:
    said = told(tmp_path, "virtual", "powershot-g3", "--usbip", ":0", code=2)
    assert "write HOST:PORT" in said


def test_a_body_without_usb_is_not_served_over_usb(tmp_path: Path) -> None:
    for road in ("--usbip", "127.0.0.1:0"), ("--run", "true"):
        said = told(tmp_path, "virtual", "powershot-a50", *road, code=2)
        assert "the PowerShot A50 has no USB; serve it by --serial" in said


def test_a_camera_on_usb_is_listed_by_the_name_of_its_model(tmp_path: Path) -> None:
    words = "virtual", "powershot-g9", "--run", PROGRAM, "--port", "usb:", "list"
    assert process(tmp_path, *words).stdout.endswith("Canon PowerShot G9\n")
