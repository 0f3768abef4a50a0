"""`canon-remote shell` with its commands on stdin; on a terminal see test_shell_terminal.py."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    VIRTUAL,
    environment,
    files_below,
    make_card,
    output,
    run,
    virtual,
)

FIRST = "DCIM/100CANON/IMG_0001.JPG"
ALL = [
    "100CANON/IMG_0001.JPG",
    "100CANON/IMG_0002.JPG",
    "100CANON/SND_0002.WAV",
    "101CANON/IMG_0001.JPG",
    "101CANON/IMG_0101.JPG",
]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path)


def play(
    folder: Path, *lines: str, words: Sequence[str] = (), port: str = VIRTUAL
) -> subprocess.CompletedProcess[str]:
    """Run the shell with its commands on stdin."""
    return run(folder, "shell", *words, port=port, typed="\n".join(lines))


def told(folder: Path, *lines: str, words: Sequence[str] = (), port: str = VIRTUAL) -> list[str]:
    """The lines that a script prints when all goes well."""
    ran = play(folder, *lines, words=words, port=port)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.splitlines()


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([], "/"),
        (["DCIM"], "/DCIM"),
        (["dcim", "100canon"], "/DCIM/100CANON"),
        (["dcim/100canon/"], "/DCIM/100CANON"),
        (["DCIM/100CANON", ".."], "/DCIM"),
        (["DCIM/100CANON", "../101CANON/./"], "/DCIM/101CANON"),
        (["DCIM/100CANON", "/DCIM"], "/DCIM"),
        (["DCIM/100CANON", "../../.."], "/"),
        (["DCIM/100CANON", ""], "/"),
        ([r"D:\DCIM\100CANON"], "/DCIM/100CANON"),
        (["DCIM", "d:100canon"], None),
        (["DCIM", "nowhere"], None),
        (["DCIM/100CANON/IMG_0001.JPG"], None),
        (["E:"], None),
    ],
)
def test_cd_goes_to_folders_of_the_card(
    steps: list[str], place: str | None, tmp_path: Path, card: Path
) -> None:
    ran = play(tmp_path, *(f"cd {step}" for step in steps), "pwd", port=virtual(card))
    if place is None:
        assert ran.returncode != 0
        assert ran.stdout == ""
        assert ran.stderr.splitlines()[-1].endswith(f"cd {steps[-1]}")
    else:
        assert (ran.returncode, ran.stdout) == (0, f"{place}\n")


def test_ls_names_paths_as_they_are_typed(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    assert told(tmp_path, "ls", "ls DCIM", port=port) == [
        "DCIM/",
        "DCIM/100CANON/",
        "DCIM/101CANON/",
    ]
    names = ["IMG_0001.JPG", "IMG_0002.JPG", "SND_0002.WAV"]
    assert told(tmp_path, "cd DCIM/100CANON", "ls", port=port) == names
    assert told(tmp_path, "cd DCIM/101CANON", "ls ../100CANON", port=port) == [
        f"/DCIM/100CANON/{name}" for name in names
    ]
    long = told(tmp_path, "cd DCIM", "ls -l 100CANON/IMG_0001.JPG", "ls -l", port=port)
    assert re.fullmatch(r"--n +70000 [-: 0-9]+ 100CANON/IMG_0001\.JPG", long[0])
    assert long[1].endswith(" 100CANON/")
    deep = told(tmp_path, "cd DCIM", "ls -r", port=port)
    assert [line for line in deep if not line.endswith("/")] == ALL


def test_every_listed_path_can_be_typed_back(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    for place in ("/", "DCIM", "DCIM/100CANON"):
        listed = told(tmp_path, f"cd {place}", "ls -r /", port=port)
        files = [path for path in listed if not path.endswith("/")]
        again = told(tmp_path, f"cd {place}", *(f"ls {path}" for path in files), port=port)
        assert len(files) == len(ALL)
        assert again == files


def test_put_warns_of_a_file_that_jams_the_next_session(tmp_path: Path, card: Path) -> None:
    (tmp_path / "big.dat").write_bytes(bytes(65_572))
    ran = play(tmp_path, "cd DCIM", "put big.dat", port=virtual(card))
    assert (ran.returncode, ran.stdout) == (0, "BIG.DAT\n")
    (line,) = ran.stderr.splitlines()
    assert line.startswith("canon-remote: DCIM/BIG.DAT has 65572 bytes; after a file of more than")


@pytest.mark.parametrize("words", ["owner", "ls -r DCIM", "ls -l DCIM", "settings", "zoom"])
def test_a_verb_answers_as_on_the_command_line(words: str, tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    for more in ((), ("--json",)):
        alone = output(tmp_path, *words.split(), *more, port=port)
        assert told(tmp_path, words, words=more, port=port) == alone.splitlines()


def test_getting_files(tmp_path: Path, card: Path) -> None:
    (tmp_path / "out").mkdir()
    lines = told(
        tmp_path,
        "cd DCIM/100CANON",
        "get IMG_0001.JPG ../101CANON/IMG_0101.JPG",
        "lcd out",
        "get IMG_0001.JPG",
        "get . -o all",
        "cd ..",
        "get --new . -o new/",
        "get --new . -o none/",
        port=virtual(card),
    )
    assert lines == [
        "100CANON/IMG_0001.JPG",
        "101CANON/IMG_0101.JPG",
        "IMG_0001.JPG",
        "all/IMG_0001.JPG",
        "all/IMG_0002.JPG",
        "all/SND_0002.WAV",
        "new/101CANON/IMG_0001.JPG",
    ]
    assert files_below(tmp_path / "out") == lines[2:]
    for name in ("100CANON/IMG_0001.JPG", "out/IMG_0001.JPG", "out/all/IMG_0001.JPG"):
        assert (tmp_path / name).read_bytes() == (card / FIRST).read_bytes()


def test_thumb_saves_thumbnails(tmp_path: Path) -> None:
    lines = told(
        tmp_path, "cd DCIM/100CANON", "get --thumbnail IMG_0001.JPG IMG_0002.JPG -o small/"
    )
    assert lines == [f"small/IMG_000{number}.JPG.thumb.jpg" for number in (1, 2)]
    assert (tmp_path / lines[0]).read_bytes().startswith(b"\xff\xd8\xff")


def test_changing_the_card(tmp_path: Path, card: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.txt"):
        (tmp_path / name).write_text(f"this is {name}")
    lines = told(
        tmp_path,
        "mkdir DCIM/200CANON",
        "cd DCIM/200CANON",
        "put c.txt",
        "put *.jpg .",
        "ls",
        "get C.TXT -o back.txt",
        "rm --yes *.JPG",
        "ls",
        "rm --yes C.TXT",
        "cd ..",
        "rmdir 200CANON",
        "ls",
        port=virtual(card),
    )
    assert lines == [
        *("C.TXT", "A.JPG", "B.JPG"),
        *("C.TXT", "A.JPG", "B.JPG"),
        "back.txt",
        *("A.JPG", "B.JPG"),
        "C.TXT",
        "C.TXT",
        *("100CANON/", "101CANON/"),
    ]
    assert (tmp_path / "back.txt").read_text() == "this is c.txt"


def test_marks(tmp_path: Path, card: Path) -> None:
    lines = told(
        tmp_path,
        "cd DCIM/100CANON",
        "protect IMG_*",
        "ls -l",
        "old *",
        "ls -l",
        "protect --off IMG_000[!2].JPG",
        "new SND_0002.WAV",
        "ls -l",
        port=virtual(card),
    )
    marks = {(number // 3, line.split()[4]): line[:3] for number, line in enumerate(lines)}
    one, two, sound = "IMG_0001.JPG", "IMG_0002.JPG", "SND_0002.WAV"
    assert [marks[0, name] for name in (one, two, sound)] == ["-pn", "-pn", "--n"]
    assert [marks[1, name] for name in (one, two, sound)] == ["-p-", "-p-", "---"]
    assert [marks[2, name] for name in (one, two, sound)] == ["---", "-p-", "--n"]


def test_the_camera_itself(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    assert told(tmp_path, "id", port=port) == [
        "model     Canon PowerShot G3",
        "firmware  1.0.2.0",
        "owner     adsf",
    ]
    assert told(tmp_path, 'owner "Ada Lovelace"', "owner", port=port) == ["Ada Lovelace"] * 2
    assert told(tmp_path, "power", port=port) == ["mains, good"]
    assert re.fullmatch(r"D: \d+\.\d MB free of 268\.4 MB", told(tmp_path, "cards", port=port)[0])
    set_to = told(tmp_path, 'clock --set "2003-06-14 09:30:00"', port=port)
    assert set_to[0].startswith("2003-06-14 09:30:")
    rows = [
        json.loads(row) for row in told(tmp_path, "power", "cards", words=("--json",), port=port)
    ]
    assert rows[0] == {"power": "mains", "battery": "good"}
    assert [(card["name"], card["capacity"]) for card in rows[1]["cards"]] == [("D:", 256 << 20)]


def test_body_number_where_the_model_tells_it(tmp_path: Path) -> None:
    lines = told(tmp_path, "id", port="virtual:eos-d60")
    assert [line.split()[0] for line in lines] == ["model", "firmware", "owner", "body"]


def test_taking_pictures(tmp_path: Path) -> None:
    lines = told(
        tmp_path,
        "shots",
        "zoom 5",
        "settings iso=100 --json",
        "capture -o pictures/ --json",
        "cd DCIM/100CANON",
        "capture --target card --json",
        "live -n 2 -o frames",
        "ls",
    )
    assert int(lines[0]) > 0
    assert lines[1] == "5 of 17"
    assert json.loads(lines[2])["iso"]["value"]["label"] == "100"
    picture, on_card = json.loads(lines[3])["files"][0], json.loads(lines[4])["card"][0]
    assert (tmp_path / picture).read_bytes().startswith(b"\xff\xd8\xff")
    assert lines[5:7] == ["frames/frame_000001.jpg", "frames/frame_000002.jpg"]
    assert Path(on_card).name in lines[7:]


def test_focus_is_kept_from_command_to_command(tmp_path: Path) -> None:
    ran = play(tmp_path, "focus lock", "capture -o a/", "capture -o b/", "focus unlock")
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("the focus is locked", "the focus is free", 4)


def test_folders_of_this_computer(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    lines = told(tmp_path, "lpwd", "lcd there", "lpwd", "lcd", "lpwd", "lcd ~/..", "lpwd")
    here = str(tmp_path.resolve())
    assert lines == [here, f"{here}/there", f"{here}/home", here]


def test_one_camera_is_opened_once(tmp_path: Path) -> None:
    ran = play(tmp_path, "id", "ls", "power", "quit", "nonsense", words=("--record", "talk.pcapng"))
    assert ran.returncode == 0
    assert "recording to talk.pcapng" in ran.stderr
    talk = output(tmp_path, "decode", "talk.pcapng")
    assert talk.count(" ReadStatusLetter()") == 1
    assert talk.count(" GetPowerStatus()") == 1


def test_comments_and_empty_lines(tmp_path: Path) -> None:
    assert told(tmp_path, "# a comment", "", "  ", "\t# another", "pwd") == ["/"]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("dance", 2, "no command 'dance'"),
        ("list", 2, "no command 'list'"),
        ("shell", 2, "no command 'shell'"),
        ("ls --colour", 2, "No such option"),
        ("ls --port usb:", 2, "`canon-remote shell` itself"),
        ("info --record x.pcapng", 2, "`canon-remote shell` itself"),
        ('owner "Ada', 2, "quotation mark"),
        ("owner Ada Lovelace", 2, "unexpected extra argument"),
        ("rm IMG_0001.JPG", 2, "--yes"),
        ("put", 2, "name the files"),
        ("cd nowhere", 5, "no such file or folder"),
        ("rm --yes nothing.jpg", 5, "no such file or folder"),
        ("rm --yes *.CRW", 5, "nothing on the card fits it"),
        ("lcd nowhere", 2, "nowhere: No such file"),
        ("put nothing.jpg", 2, "nothing.jpg"),
        ("help dance", 2, "no command 'dance'"),
    ],
)
def test_a_script_stops_at_the_first_error(line: str, code: int, said: str, tmp_path: Path) -> None:
    ran = play(tmp_path, "cd DCIM/100CANON", "", line, "pwd")
    assert (ran.returncode, ran.stdout) == (code, "")
    first, last = ran.stderr.splitlines()
    assert said in first
    assert last == f"canon-remote: stopped at line 3: {line}"


@pytest.mark.parametrize(
    ("words", "line", "kind"),
    [
        (("--json",), "cd nowhere", "ObjectNotFound"),
        ((), "ls nowhere --json", "ObjectNotFound"),
        ((), "ls --colour --json", "NoSuchOption"),
    ],
)
def test_an_error_is_told_in_json_too(
    words: tuple[str, ...], line: str, kind: str, tmp_path: Path
) -> None:
    ran = play(tmp_path, line, words=words)
    assert ran.returncode != 0
    assert json.loads(ran.stderr.splitlines()[0])["error"]["kind"] == kind


def test_done_in_part_stops_a_script_with_1(tmp_path: Path, card: Path) -> None:
    (tmp_path / "IMG_0001.JPG").write_text("mine")
    ran = play(tmp_path, "cd DCIM/100CANON", "get .", "pwd", port=virtual(card))
    assert (ran.returncode, ran.stdout) == (1, "IMG_0002.JPG\nSND_0002.WAV\n")
    assert (tmp_path / "IMG_0001.JPG").read_text() == "mine"


def test_no_camera_is_told_at_once(tmp_path: Path) -> None:
    ran = play(tmp_path, "ls", port="usbip:127.0.0.1:1/1-1")
    assert (ran.returncode, ran.stdout) == (3, "")


def test_logging_is_told_once_a_command(tmp_path: Path) -> None:
    ran = play(tmp_path, "power -vv", "power -vv", "power")
    assert ran.returncode == 0
    assert ran.stderr.count("GetPowerStatus() →") == 2


def test_help_tells_each_command(tmp_path: Path) -> None:
    lines = told(tmp_path, "help")
    names = [line.split()[0] for line in lines]
    wanted = (
        "ls cd pwd get put rm mkdir rmdir id owner clock power cards shots "
        "capture remote settings focus zoom live protect new old lcd lpwd reopen "
        "help quit"
    )
    assert set(wanted.split()) <= set(names)
    assert all(len(line) <= 80 for line in lines)
    explained = told(tmp_path, *(f"help {name}" for name in names))
    assert {line.split()[1] for line in explained if line.startswith("Usage: ")} > {"cd", "get"}
    assert "exit is short for: quit" in explained


def test_shell_help_imports_only_what_it_needs(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "canon.cli.main", "shell", "--help"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert not imported & {"readline", "rich", "usb", "canon.camera", "canon.virtual"}
