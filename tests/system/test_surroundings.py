"""What is around the program fails: a verb does what it can, says so in a line, loses nothing.

A table of verbs, against every kind of stdout and stderr, and against every kind of disk: each cell
looks at what lies on the disk, at what was said, and at the exit code.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    VIRTUAL,
    environment,
    files_below,
    make_card,
    run,
    run_into,
    run_raw,
    virtual,
)

PICTURE = "DCIM/101CANON/IMG_0101.JPG"  # of 700,000 bytes
SMALL = "DCIM/100CANON/IMG_0001.JPG"
PTP = "virtual:powershot-s60?mode=ptp"


class Verb(NamedTuple):
    """A verb, and what it does where all goes well.

    Attributes:
        words: what is typed.
        files: how many files it saves in the folder `to`.
        port: the camera, where it is not the one with the card.
        told: what it says to people at its end, on stderr.
    """

    words: str
    files: int = 0
    port: str = ""
    told: str = ""


SAVING = (
    Verb(f"get {PICTURE} -o to/", 1),
    Verb(f"get {PICTURE} -o to/new.jpg --overwrite", 1),
    Verb("get DCIM -o to", 5),
    Verb(f"get --thumbnail {SMALL} -o to/", 1, VIRTUAL),
    Verb("capture -o to/", 1),
    Verb("capture -n 2 -o to/", 2),
    Verb("live -n 2 -o to/", 2),
    Verb("thumbs -o to/sheet.jpg", 1),
    Verb("ptp GetObjectHandles 0xffffffff -o to/handles", 1, PTP),
    Verb("decode --redact talk.pcapng to/shown.pcapng", 1),
)
KEEPING = (
    Verb("import to", 6, told="canon-remote: 5 imported\n"),
    Verb(
        "tether -o to --existing --count 6",
        8,
        VIRTUAL,
        "canon-remote: waiting for pictures of the Canon PowerShot G3 adsf\n"
        "canon-remote: 7 saved\n",
    ),
    Verb("timelapse --every 10s --count 2 -o to", 3, told="canon-remote: 2 taken, 0 missed\n"),
    Verb("bracket --ev -1,1 -o to", 3),
)
"""One of their files is the index."""
TELLING = (
    Verb("list", port=VIRTUAL),
    Verb("info"),
    Verb("id"),
    Verb("power"),
    Verb("cards"),
    Verb("shots"),
    Verb("ls -r"),
    Verb("put up.jpg DCIM/100CANON"),
    Verb(f"rm --yes {SMALL}"),
    Verb("owner Ada"),
    Verb("clock --sync"),
    Verb("settings iso"),
    Verb("settings iso=100"),
    Verb("custom-functions", port="virtual:eos-300d"),
    Verb("capture --target card"),
    Verb("remote stop"),
    Verb("focus auto"),
    Verb("zoom"),
    Verb("ptp", port=PTP),
    Verb("virtual --list"),
    Verb("decode talk.pcapng"),
    Verb("doctor"),
    Verb("udev"),
    Verb("help"),
    Verb("help get"),
    Verb("get --help"),
    Verb("--help"),
    Verb("--version"),
)
SILENT = (
    Verb("mkdir DCIM/105CANON"),
    Verb(f"protect {SMALL}"),
    Verb(f"new {SMALL}"),
    Verb(f"old {SMALL}"),
)
PASSING = (
    Verb(f"get {SMALL} -o -"),
    Verb(f"get --thumbnail {SMALL} -o -", port=VIRTUAL),
    Verb("capture -o -"),
    Verb("live -n 2 -o -"),
)


def typed(verbs: tuple[Verb, ...]) -> pytest.MarkDecorator:
    """Each verb as a case that is named by its words."""
    return pytest.mark.parametrize("verb", verbs, ids=[verb.words for verb in verbs])


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A recording of a conversation."""
    folder = tmp_path_factory.mktemp("talk")
    run(folder, "id", "--record", "talk.pcapng")
    return (folder / "talk.pcapng").read_bytes()


@pytest.fixture
def here(tmp_path: Path, talk: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a card, a file to put on it, a recording, and one for temporary files."""
    card = make_card(tmp_path)
    (card / "DCIM/100CANON/SND_0002.WAV").write_bytes(bytes(64))  # one of no bytes needs no room
    (tmp_path / "up.jpg").write_bytes(b"up")
    (tmp_path / "talk.pcapng").write_bytes(talk)
    (tmp_path / "temporary").mkdir()
    (tmp_path / "to").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return tmp_path


def port_of(verb: Verb, here: Path) -> str:
    return verb.port or virtual(here / "card")


def saved_in(here: Path) -> list[str]:
    return files_below(here / "to")


def rescued_in(here: Path) -> list[Path]:
    """The pictures that were kept among the temporary files."""
    return [file for file in (here / "temporary").rglob("*") if file.is_file()]


# --- stdout and stderr ----------------------------------------------------------------------------


class Stdout(NamedTuple):
    """A kind of stdout, and what is said about it."""

    kind: str
    said: str


STDOUTS = (
    Stdout("closed", "canon-remote: standard output: it is closed\n"),
    Stdout("full", "canon-remote: standard output: No space left on device\n"),
    Stdout("gone", ""),  # `| head` has had enough
)
no_stdout = pytest.mark.parametrize("stdout", STDOUTS, ids=[stdout.kind for stdout in STDOUTS])


@contextmanager
def opened(kind: str) -> Iterator[TextIO | None]:
    """A stream of that kind; what it still holds at its end is no error either."""
    if kind == "closed":
        yield None
    elif kind == "full":
        with open("/dev/full", "w", 1, encoding="utf-8") as stream:
            yield stream
    else:
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "w", 1, encoding="utf-8") as stream:
            yield stream


def run_at(stdout: str, here: Path, verb: Verb, *more: str) -> tuple[int, str]:
    """Run a verb with that stdout: its exit code, and what it says."""
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with opened(stdout) as out:
        code = run_into(out, err, here, *verb.words.split(), *more, port=port_of(verb, here))
    buffer = err.buffer
    assert isinstance(buffer, io.BytesIO)
    return code, buffer.getvalue().decode()


@no_stdout
@typed((*SAVING, *KEEPING))
def test_what_cannot_be_told_is_saved_all_the_same(verb: Verb, stdout: Stdout, here: Path) -> None:
    assert run_at(stdout.kind, here, verb) == (1, verb.told + stdout.said)
    assert len(saved_in(here)) == verb.files
    assert rescued_in(here) == []


@no_stdout
@typed(TELLING)
def test_what_cannot_be_told_is_told_in_a_line(verb: Verb, stdout: Stdout, here: Path) -> None:
    assert run_at(stdout.kind, here, verb) == (1, stdout.said)


@no_stdout
@typed(tuple(one for one in (*TELLING, *SAVING, *SILENT, *KEEPING) if "--" not in one.words))
def test_in_json_an_untold_deed_is_an_error_as_any_other(
    verb: Verb, stdout: Stdout, here: Path
) -> None:
    code, said = run_at(stdout.kind, here, verb, "--json")
    assert (code, len(saved_in(here))) == (1, verb.files)
    if stdout.said:
        error = json.loads(said)["error"]
        said = f"canon-remote: {error['message']}\n"
        assert (error["kind"], error["exit"]) == ("OSError", 1)
    assert said == stdout.said


@no_stdout
@typed(PASSING)
def test_bytes_for_a_stdout_that_takes_none(verb: Verb, stdout: Stdout, here: Path) -> None:
    """A picture that only we have is kept; one on the card still is, and a frame is none."""
    code, said = run_at(stdout.kind, here, verb)
    kept = rescued_in(here)
    taken = verb.words == "capture -o -" and stdout.kind != "closed"
    enough = verb.words == "live -n 2 -o -" and stdout.kind == "gone"  # a player was closed
    assert (code, len(kept)) == (0 if enough else 1, taken)
    for file in kept:
        assert file.read_bytes()[:2] == b"\xff\xd8"
        assert said.startswith("canon-remote: so that the picture is not lost, it was saved elsew")
        assert f"{file}\n" in said
        said = said.partition("\n")[2]
    assert said == stdout.said


@no_stdout
@typed(SILENT)
def test_who_says_nothing_needs_no_stdout(verb: Verb, stdout: Stdout, here: Path) -> None:
    assert run_at(stdout.kind, here, verb) == (0, "")


@typed(PASSING)
def test_no_camera_is_asked_where_stdout_is_closed(verb: Verb, here: Path) -> None:
    code, said = run_at("closed", here, verb, "-v")
    assert (code, said) == (1, STDOUTS[0].said)
    assert b"opened the Canon" in run_raw(here, *verb.words.split(), "-v").stderr


def test_all_deeds_are_done_where_none_can_be_told(here: Path) -> None:
    """Those after the first, too; and with --json the error has the form of all errors."""
    code, said = run_at("full", here, Verb("get DCIM nowhere -o to --json"))
    assert (code, len(saved_in(here))) == (1, 5)
    error = json.loads(said.splitlines()[-1])["error"]
    assert (error["kind"], error["exit"]) == ("OSError", 1)
    assert error["message"] == "standard output: No space left on device"


def test_a_card_is_changed_where_nobody_is_told(here: Path) -> None:
    code, said = run_at("full", here, Verb(f"rm --yes {SMALL} {PICTURE} -v"))
    assert code == 1
    assert said.endswith("standard output: No space left on device\n")
    assert "failed" not in said


@pytest.mark.parametrize("kind", ["closed", "full", "gone"])
@typed(tuple(one for one in (*SAVING, *TELLING, *PASSING, *KEEPING) if "help" not in one.words))
def test_messages_that_nobody_takes_change_nothing(verb: Verb, kind: str, here: Path) -> None:
    words = [*verb.words.split(), "-vv"]
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with opened(kind) as err:
        assert run_into(out, err, here, *words, port=port_of(verb, here)) == 0
    assert len(saved_in(here)) == verb.files
    buffer = out.buffer
    assert isinstance(buffer, io.BytesIO)
    assert buffer.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "verb",
    [
        Verb(f"get {SMALL} -o 写真/"),
        Verb("capture -o 写真/"),
        Verb("live -n 1 -o 写真/"),
        Verb("decode --redact talk.pcapng 写真/shown.pcapng"),
    ],
    ids=["get", "capture", "live", "decode"],
)
def test_letters_that_stdout_has_not_are_escaped(verb: Verb, encoding: str, here: Path) -> None:
    (here / "写真").mkdir()
    out = io.TextIOWrapper(io.BytesIO(), encoding, write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding, "backslashreplace", write_through=True)
    assert run_into(out, err, here, *verb.words.split(), port=port_of(verb, here)) == 0
    (name,) = files_below(here / "写真")
    for stream, told in (out, rf"\u5199\u771f/{name}" + "\n"), (err, ""):
        buffer = stream.buffer
        assert isinstance(buffer, io.BytesIO)
        assert buffer.getvalue().decode(encoding) == told


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('exec "$@" >&-', STDOUTS[0].said),
        ('exec "$@" >/dev/full', STDOUTS[1].said),
        ('exec "$@" >/dev/full 2>/dev/full', ""),
        ('exec "$@" >&- 2>&-', ""),
    ],
)
@pytest.mark.parametrize("words", [("get", SMALL, "-o", "to/"), ("get", SMALL, "-o", "-")])
def test_the_end_of_the_program_says_nothing_more(
    words: tuple[str, ...], script: str, said: str, here: Path
) -> None:
    """What Python still holds for a stream at its end would be a second error, and code 120."""
    ran = subprocess.run(
        ["sh", "-c", script, "sh", PROGRAM, *words],
        cwd=here,
        env=environment(here, virtual(here / "card")),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (1, said)
    assert len(saved_in(here)) == (words[-1] == "to/")


# --- the disk -------------------------------------------------------------------------------------


def refuse(
    monkeypatch: pytest.MonkeyPatch, call: str, code: int, below: Path, *, after: int = 0
) -> None:
    """Let the system refuse a call for what lies below a folder, as a share or a full disk does."""
    real, left = getattr(os, call), after

    def refusing(where: Any, *others: Any, **named: Any) -> Any:
        nonlocal left
        path = os.readlink(f"/proc/self/fd/{where}") if isinstance(where, int) else where
        if str(below) in os.path.abspath(path) and (left := left - 1) < 0:
            raise OSError(code, os.strerror(code), str(where))
        return real(where, *others, **named)

    monkeypatch.setattr(os, call, refusing)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("chmod", errno.EPERM),
        ("chmod", errno.ENOTSUP),
        ("utime", errno.EPERM),
        ("fsync", errno.EINVAL),
        ("fsync", errno.ENOTSUP),
        ("link", errno.EPERM),
        ("link", errno.ENOSYS),
    ],
)
@typed(SAVING)
def test_a_disk_that_refuses_a_nicety_keeps_every_file(
    verb: Verb, call: str, code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, call, code, here / "to")
    ran = run(here, *verb.words.split(), port=port_of(verb, here))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(saved_in(here)) == verb.files
    assert not any(".part" in name for name in saved_in(here))
    assert rescued_in(here) == []


class FullFile(io.FileIO):
    """A file on a disk that has room for so many bytes, or tells at its end that it had not."""

    def __init__(self, path: str, mode: str, room: int | None) -> None:
        super().__init__(path, mode)
        self._room = room

    def write(self, data: Any) -> int:
        piece = bytes(data)
        if self._room is None:
            return super().write(piece)
        if piece and not self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = super().write(piece[: self._room])
        self._room -= done
        return done

    def close(self) -> None:
        fails = self._room is None and not self.closed
        super().close()
        if fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def let_fail(monkeypatch: pytest.MonkeyPatch, phase: str, code: int, below: Path) -> None:
    """Let files that are written below a folder fail in a phase of theirs."""
    if phase in ("sync", "rename"):
        for call in ("fsync",) if phase == "sync" else ("link", "rename", "replace"):
            refuse(monkeypatch, call, code, below)
        return
    real = io.open

    def opened(path: Any, mode: str = "r", *others: Any, **named: Any) -> Any:
        name = str(path)
        if not set(mode) & {"w", "x", "a", "+"} or str(below) not in os.path.abspath(name):
            return real(path, mode, *others, **named)
        if phase == "open":
            raise OSError(code, os.strerror(code), name)
        room = {"first write": 0, "middle": 10, "close": None}[phase]
        raw = FullFile(name, mode.replace("b", ""), room)
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr(builtins, "open", opened)


PHASES = (
    ("open", errno.ENOSPC),
    ("open", errno.EROFS),
    ("open", errno.EACCES),
    ("first write", errno.ENOSPC),
    ("middle", errno.ENOSPC),
    ("sync", errno.ENOSPC),
    ("sync", errno.EIO),
    ("close", errno.ENOSPC),
    ("rename", errno.ENOSPC),
    ("rename", errno.EACCES),
)
in_each_phase = pytest.mark.parametrize(
    ("phase", "code"), PHASES, ids=[f"{phase} {errno.errorcode[code]}" for phase, code in PHASES]
)


@in_each_phase
@typed(SAVING)
def test_a_disk_that_takes_no_file(
    verb: Verb, phase: str, code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a file is there; pictures that only we have are kept elsewhere, and told of."""
    let_fail(monkeypatch, phase, code, here / "to")
    ran = run(here, *verb.words.split(), port=port_of(verb, here))
    assert (ran.returncode, saved_in(here)) == (1, [])
    assert f": {os.strerror(code)}" in ran.stderr
    assert "to/" in ran.stderr
    assert ".part" not in ran.stderr
    kept = rescued_in(here)
    assert len(kept) == (verb.files if verb.words.startswith("capture") else 0)
    assert sorted(ran.stdout.splitlines()) == sorted(map(str, kept))


@in_each_phase
@pytest.mark.parametrize("words", [f"get {SMALL} -o - --alone", f"get {SMALL} -o -"])
def test_no_room_for_what_goes_to_stdout(
    words: str, phase: str, code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_fail(monkeypatch, phase, code, here / "temporary")
    ran = run(here, *words.split(), port=virtual(here / "card"))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert os.strerror(code) in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert rescued_in(here) == []


@in_each_phase
@pytest.mark.parametrize("old", [b"old", b""])
def test_a_file_to_be_replaced_stays_where_its_successor_fails(
    old: bytes, phase: str, code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("IMG_0101.JPG", "frame_000001.jpg")
    for name in names:
        (here / "to" / name).write_bytes(old)
    let_fail(monkeypatch, phase, code, here / "to")
    for words in f"get {PICTURE} -o to --overwrite", "live -n 1 -o to --overwrite":
        assert run(here, *words.split(), port=virtual(here / "card")).returncode == 1
    assert [(here / "to" / name).read_bytes() for name in names] == [old, old]
    assert saved_in(here) == sorted(names)


@pytest.mark.parametrize("room", ["first write", "middle"])
@pytest.mark.parametrize("words", ["info", f"get {SMALL} -o elsewhere/", "capture -o elsewhere/"])
def test_a_recording_that_has_no_room_ends_alone(
    words: str, room: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_fail(monkeypatch, room, errno.ENOSPC, here / "to")
    ran = run(here, *words.split(), "--record", "to/talk.pcapng", port=virtual(here / "card"))
    assert ran.returncode == 0
    assert "No space left on device" in ran.stderr
    assert ran.stdout
    assert len(files_below(here / "elsewhere")) == (words != "info")


# --- a real disk ----------------------------------------------------------------------------------


def run_on_a_disk(here: Path, verb: Verb, options: str) -> subprocess.CompletedProcess[str]:
    """Run a verb with `to` a disk in memory; what lies on it at the end follows in stdout."""
    (here / "try.sh").write_text(
        f'mount -t tmpfs -o "{options}" none to || exit 99\n'
        '"$@"; code=$?\n'
        "echo ---; find to -type f; exit $code\n"
    )
    whose = "-m" if os.getuid() == 0 else "-rm"  # a name space of our own; its end unmounts
    return subprocess.run(
        ["unshare", whose, "sh", "try.sh", PROGRAM, *verb.words.split()],
        cwd=here,
        env=environment(here, port_of(verb, here)),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [("size=16k", "No space left on device"), ("ro", "Read-only file system")],
    ids=["full", "read-only"],
)
@typed(SAVING)
def test_a_real_disk_that_takes_no_file(verb: Verb, options: str, said: str, here: Path) -> None:
    if options == "ro" and verb.words == "get DCIM -o to":
        verb = Verb("get DCIM -o to/new", 5)  # a folder to be made
    small = verb.words.startswith(("decode", "ptp", "get --thumbnail", "thumbs"))
    ran = run_on_a_disk(here, verb, "nr_inodes=1" if small and options != "ro" else options)
    assert ran.returncode == 1, ran.stderr
    assert f": {said}" in ran.stderr
    assert ".part" not in ran.stderr + ran.stdout
    told, _, on_disk = ran.stdout.partition("---\n")
    kept = rescued_in(here)
    looks_first = options == "ro"  # and takes no picture
    assert len(kept) == (verb.files if verb.words[:4] == "capt" and not looks_first else 0)
    written = [*map(str, kept), *on_disk.splitlines()]
    assert sorted(told.splitlines()) == sorted(written)
