"""What the help shows, and how one comes to it."""

from pathlib import Path

from cli_helpers import output, run, started


def test_without_a_verb_the_help_is_shown(tmp_path: Path) -> None:
    bare = output(tmp_path)
    assert bare == output(tmp_path, "help") == output(tmp_path, "--help")
    assert "Exit codes:" in bare


def test_help_of_a_verb(tmp_path: Path) -> None:
    shown = output(tmp_path, "help", "zoom")
    assert shown == output(tmp_path, "zoom", "--help")
    assert "canon-remote zoom 5" in shown


def test_common_options_are_one_line_in_a_verb(tmp_path: Path) -> None:
    shown = output(tmp_path, "zoom", "-h")
    assert "--port, --json, -v and --record: see canon-remote --help." in shown
    assert "pcapng" not in shown
    assert "pcapng" in output(tmp_path, "-h")


def test_help_of_what_is_no_verb_names_the_nearest(tmp_path: Path) -> None:
    ran = run(tmp_path, "help", "zom")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "there is no verb 'zom'; the nearest is zoom" in ran.stderr


def test_one_frame_is_a_file(tmp_path: Path) -> None:
    assert output(tmp_path, "live", "-n", "1", "-o", "x.jpg") == "x.jpg\n"
    assert (tmp_path / "x.jpg").read_bytes().startswith(b"\xff\xd8")
    again = run(tmp_path, "live", "-n", "1", "-o", "x.jpg")
    assert "x.jpg is there already" in again.stderr
    several = run(tmp_path, "live", "-n", "2", "-o", "y.jpg")
    assert (several.returncode, "end -o with /" in several.stderr) == (2, True)


def test_remote_control_is_entered_and_left(tmp_path: Path) -> None:
    assert output(tmp_path, "remote", "start") == "the camera is in remote control\n"
    assert output(tmp_path, "remote", "stop") == "remote control is off\n"


def test_v_tells_each_deed(tmp_path: Path) -> None:
    ran = run(tmp_path, "-v", "capture", "-o", "one.jpg", "--target", "both")
    assert ran.returncode == 0
    assert ran.stderr.splitlines() == [
        "canon-remote: opened the Canon PowerShot G3 at virtual:powershot-g3",
        "canon-remote: entered remote control",
        "canon-remote: took a picture: IMG_0007.JPG, DCIM/100CANON/IMG_0007.JPG",
    ]


def test_a_served_camera_tells_who_came_and_what_was_asked(tmp_path: Path) -> None:
    with started(tmp_path, "-v", "virtual", "powershot-g3", "--usbip", "127.0.0.1:0") as serving:
        assert serving.stdout
        assert serving.stderr
        port = serving.stdout.readline().strip()
        assert output(tmp_path, "owner", port=port) == "adsf\n"
        told = list[str]()
        while "canon-remote: the camera is free again" not in told:
            told.append(serving.stderr.readline().strip())
    told.remove("canon-remote: serving until Ctrl-C")
    assert told[0].endswith(" took the camera")
    assert told[1] == "canon-remote: asked: Identify()"
