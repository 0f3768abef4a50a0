"""What is compared: for each task, what each of the two programs is told to do."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.programs import Cost, Shell, gphoto2, ours, pressed_by_hand, whole_run
from bench.station import FOLDER, Cable, Files, Station, station
from canon.models.model import Model, Numbering
from canon.ptp.powershot.layouts import FOLDER_ENTRY

_FOLDER = "/".join(FOLDER)
_PYTHON = sys.executable
_COMMAND = str(Path(_PYTHON).with_name("canon-remote"))
_MODEL = "import canon\nwith canon.open('usb:') as cam: print(cam.model)"
_G3 = Cable("powershot-g3")
G9, SX200_IS = Cable("powershot-g9"), Cable("powershot-sx200-is")
"""PowerShots that speak PTP: one with release control, one that only gives its files."""
EOS_60D, EOS_R6 = Cable("eos-60d"), Cable("eos-r6")
"""EOS: one of 2010, and one of 2020."""
_ENTRY = 23  # bytes that a listing has for one file: canon-native-usb, section 7.9
_SOURCE = "PICTURE.JPG"
_UPLOADED = "AUT_0001.JPG"  # what gphoto2 makes of every name, in the card's first folder
_MOST_UPLOADED = 61_440  # over USB: a camera takes more, and jams in the next session
_BLOCK = 1536  # of an upload over RS-232: gphoto2 dies of a last block that is much shorter
_WIRE_LISTED = 200
_PICTURES = Files(6, 1_000_000)


@dataclass(frozen=True)
class Sizes:
    """How much is listed, fetched, sent and taken.

    A pair is a number of files, and the size of each; pictures are taken small or large.
    """

    listed: int
    many: tuple[int, int]
    large: int
    movie: int
    eos_many: tuple[int, int]
    eos_movie: int
    thumbnails: int
    imported: tuple[int, int]
    frames: int
    picture: str
    growth: tuple[int, ...]
    wire_large: dict[Cable, int]
    wire_many: tuple[int, int]


USUAL = Sizes(
    1000,
    (100, 1_000_000),
    50_000_000,
    64_000_000,
    (100, 8_000_000),
    1_000_000_000,
    500,
    (1000, 107_000),
    10,
    "large",
    (10, 100, 1000, 10_000),
    {
        _G3: 5_000_000,
        Cable("eos-20d"): 5_000_000,
        Cable("powershot-g1", 115_200): 1_000_000,
        G9: 64_000_000,
        EOS_60D: 64_000_000,
    },
    (20, 50_000),
)
TINY = Sizes(
    10,
    (2, 10_000),
    100_000,
    3_000_000,
    (2, 2_000_000),
    3_000_000,
    5,
    (5, 20_000),
    2,
    "small",
    (1, 10),
    {
        _G3: 500_000,
        Cable("powershot-g1", 115_200): 200_000,
        G9: 8_000_000,
    },
    (3, 20_000),
)


@dataclass(frozen=True)
class Task:
    """Something that both programs do when the port is open, as lines for their shells.

    Attributes:
        title: what the table calls it.
        ours: the lines for `bench/shell.py`.
        theirs: the lines for `gphoto2 --shell`; none where it cannot do this.
        prepared: the lines for each that come before, unmeasured. gphoto2 opens the camera only
            with its first command.
        card: the files on the card.
        moved: bytes of the files that are fetched; 0 where there are none.
        sent: bytes of the file that is put on the card; 0 where there is none.
        cable: which camera it is, and how it is connected.
        each: what the cost is divided by, and how many they are, where that is no megabyte.
        whole: the lines are commands, whose words are run from their start to their end; their
            peak of memory is not measured. So are those before, in the same folder.
        by_hand: the line is a command that waits; measured is from a press of the button to the
            file.
        paced: the camera takes its time. Its clock jumps for a host that waits at a pipe, but not
            for one that asks for events again and again.
    """

    title: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    prepared: tuple[tuple[str, ...], tuple[str, ...]] = ((), ("storage-info",))
    card: Files = _PICTURES
    moved: int = 0
    sent: int = 0
    cable: Cable = _G3
    each: tuple[str, int] | None = None
    whole: bool = False
    by_hand: bool = False
    paced: bool = False

    @property
    def parts(self) -> tuple[str, float] | None:
        """What the cost is divided by, and how many they are."""
        return ("megabyte", self.moved / 1e6) if self.moved else self.each

    @property
    def payload(self) -> int:
        """Bytes that have to pass: those of files, or else of one listing."""
        entry = FOLDER_ENTRY if self.cable.is_ptp else _ENTRY
        return self.moved or self.sent or self.card.count * entry


@dataclass(frozen=True)
class Start:
    """A program from its start to its end; without a camera it is a part of another one's start."""

    title: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """The medians of both programs at one task."""

    task: Task
    ours: Cost
    theirs: Cost


@dataclass(frozen=True)
class OnTheWire:
    """How long both programs keep the wire busy with a task.

    Attributes:
        task: what they do.
        ours: our seconds.
        theirs: gphoto2's seconds; None where it cannot do this.
    """

    task: Task
    ours: float
    theirs: float | None

    def share(self, wire_s: float) -> float:
        """Which part of the wire's limit the payload had, if the wire was busy for so long."""
        return self.task.payload / self.task.cable.line.limit / wire_s


def starts() -> tuple[Start, ...]:
    """gphoto2's start comes first: the others are compared with it."""
    return (
        Start("`gphoto2 --summary`", ("gphoto2", "--summary")),
        Start("`canon-remote info`", (_COMMAND, "info")),
        Start("the library: open, and print the model", (_PYTHON, "-c", _MODEL)),
        Start("of this: an empty Python", (_PYTHON, "-c", "")),
        Start("of this: `import canon.camera`", (_PYTHON, "-c", "import canon.camera")),
        Start("of this: and list the bus", (_PYTHON, "-c", "import canon; canon.list()")),
        Start("`canon-remote --version`", (_COMMAND, "--version")),
    )


def tasks(sizes: Sizes) -> tuple[Task, ...]:
    """What a PowerShot G3 is asked for from the open port on."""
    return (
        *_files(sizes, Files(1, sizes.large), _G3),
        Task(
            "change seven settings",
            (
                "set iso=200 aperture=f/5.6 exposure_compensation=+1 flash=on beep=on "
                "image_format=medium-1-fine shooting_mode=aperture-priority",
            ),
            (
                "set-config iso=200",
                "set-config aperture=5.6",
                "set-config exposurecompensation=+1",
                "set-config flashmode=1",
                "set-config beep=1",
                "set-config imageformat=5",
                "set-config shootingmode=Av",
            ),
            prepared=(("set shooting_mode=aperture-priority",), ("set-config shootingmode=Av",)),
        ),
        Task(
            "capture to the host",
            ("capture",),
            ("capture-preview",),
            prepared=((), ("set-config capturesizeclass=2",)),
        ),
        Task("capture, gphoto2 by way of the card", ("capture",), ("capture-image-and-download",)),
    )


def card_tasks(sizes: Sizes, cable: Cable) -> tuple[Task, ...]:
    """What is done with the card of a PowerShot that speaks PTP."""
    size = sizes.many[1]
    return (
        *_files(sizes, Files(1, sizes.movie, "MVI_{:04}.AVI"), cable),
        Task(
            f"upload a file of {size:,} bytes, start to end",
            (f"{_COMMAND} put {_SOURCE} {_FOLDER}",),
            (f"gphoto2 --folder {cable.folder} --upload-file {_SOURCE}",),
            ((), ()),
            sent=size,
            cable=cable,
            whole=True,
        ),
    )


def release_tasks(sizes: Sizes, cable: Cable) -> tuple[Task, ...]:
    """What is done in the release control of a PowerShot that speaks PTP."""
    ours, theirs = "start", "set-config capture=1"

    def shot(title: str, verb: str, target: int) -> Task:
        before = (
            (ours, f"set image_format={sizes.picture}-fine"),
            (
                theirs,
                f"set-config imagesize={sizes.picture.capitalize()}",
                f"set-config capturetarget={target}",
            ),
        )
        fetched = ("capture-image-and-download",)
        return Task(title, (verb,), fetched, before, cable=cable, paced=True)

    return (
        Task("enter release control", (ours,), (theirs,), cable=cable, paced=True),
        Task(
            "change seven settings",
            (
                "set shooting_mode=manual aperture=f/8 shutter_speed=1/30 iso=200 "
                "image_format=small-fine flash=on white_balance=cloudy",
            ),
            (
                "set-config shootingmode=Manual",
                "set-config aperture=8",
                "set-config shutterspeed=1/30",
                "set-config iso=200",
                "set-config imagesize=Small",
                "set-config imagequality=fine",
                "set-config flashmode=on",
                "set-config whitebalance=Cloudy",
            ),
            ((ours,), (theirs,)),
            cable=cable,
        ),
        shot("capture to the host", "capture", 0),
        shot("capture to the card, and download", "shoot", 1),
        Task(
            "ten live frames",
            ("live 10",),
            ("capture-preview",) * 10,
            ((ours,), (theirs,)),
            cable=cable,
        ),
    )


def eos_card_tasks(sizes: Sizes, cable: Cable) -> tuple[Task, ...]:
    """What is done with the card of an EOS."""
    return (
        Task(
            "start to first reply",
            (f"{_COMMAND} info",),
            ("gphoto2 --summary",),
            ((), ()),
            cable=cable,
            whole=True,
        ),
        _listing(f"list {sizes.listed:,} files", sizes.listed, cable),
        _thumbnails(Files(sizes.thumbnails, 100_000, pictures=True), cable),
        _download(Files(*sizes.eos_many), cable),
        _download(Files(1, sizes.eos_movie, "MVI_{:04}.MOV"), cable),
    )


def eos_tasks(cable: Cable) -> tuple[Task, ...]:
    """What an EOS is asked for in remote control."""
    ours, theirs = "start", "get-config iso"
    fetched = ("capture-image-and-download",)

    def shot(title: str, verb: str, target: int, *, again: bool = False) -> Task:
        mine: tuple[str, ...] = (ours,)
        other: tuple[str, ...] = (theirs, f"set-config capturetarget={target}")
        if again:
            mine, other = (*mine, verb), (*other, *fetched)
        return Task(title, (verb,), fetched, (mine, other), cable=cable, paced=True)

    return (
        Task("enter remote control, and read a setting", ("read iso",), (theirs,), cable=cable),
        Task(
            "change seven settings",
            (
                "set iso=400 drive_mode=single metering=partial white_balance=cloudy "
                "color_space=adobe-rgb picture_style=neutral exposure_compensation=+1",
            ),
            (
                "set-config iso=400",
                "set-config drivemode=Single",
                "set-config meteringmode=Partial",
                "set-config whitebalance=Cloudy",
                "set-config colorspace=AdobeRGB",
                "set-config picturestyle=Neutral",
                "set-config exposurecompensation=1",
            ),
            ((ours,), (theirs,)),
            cable=cable,
        ),
        shot("capture to the host", "capture", 0),
        shot("and the next one", "capture", 0, again=True),
        shot("capture to the card, and download", "shoot", 1),
        Task(
            "fifty live frames",
            ("live 50",),
            ("capture-preview",) * 50,
            ((ours,), (theirs,)),
            cable=cable,
            each=("frame", 50),
            paced=True,
        ),
    )


def growth(sizes: Sizes) -> tuple[Task, ...]:
    """The same listing of folders of different sizes."""
    return tuple(_listing(f"{files:,}", files, _G3) for files in sizes.growth)


def on_the_wire(sizes: Sizes) -> Iterator[Task]:
    """What is done over each cable."""
    for cable, large in sizes.wire_large.items():
        yield _download(Files(1, large), cable)
        yield _download(Files(*sizes.wire_many), cable)
        yield _listing(f"list {_WIRE_LISTED} files", _WIRE_LISTED, cable)
        yield from _uploads(cable, large)


def _uploads(cable: Cable, large: int) -> Iterator[Task]:
    """An upload, where the camera takes one. Debian's gphoto2 has it for serial lines only."""
    size = (large if cable.speed else min(large, _MOST_UPLOADED)) // _BLOCK * _BLOCK
    model = cable.model
    if isinstance(model, Model) and model.numbering is Numbering.CLASSIC:
        yield Task(
            f"upload a file of {size:,} bytes",
            (f"put {_SOURCE} {_UPLOADED}",),
            (f"put {_SOURCE}",) if cable.speed else (),
            ((), _opening(cable)),
            sent=size,
            cable=cable,
        )


def _files(sizes: Sizes, large: Files, cable: Cable) -> Iterator[Task]:
    """What every camera can do."""
    yield Task("ten summaries", ("summary",) * 10, ("summary",) * 10, cable=cable)
    yield _listing(f"list {sizes.listed:,} files", sizes.listed, cable)
    yield _download(Files(*sizes.many), cable)
    yield _download(large, cable)


def _listing(title: str, count: int, cable: Cable) -> Task:
    seen = ("ls /",) if cable.is_eos else ()  # gphoto2 lists the roots of an EOS as it opens it
    return Task(
        title,
        (f"ls {_FOLDER}",),
        (f"ls {cable.folder}",),
        (seen, _opening(cable)),
        Files(count, 1000),
        cable=cable,
    )


def _thumbnails(files: Files, cable: Cable) -> Task:
    return Task(
        f"{files.count} thumbnails",
        (f"thumbs {_FOLDER}",),
        (f"cd {cable.folder}", *(f"get-thumbnail {name}" for name in files.names)),
        ((), _opening(cable)),
        files,
        cable=cable,
        each=("thumbnail", files.count),
    )


def work_tasks(sizes: Sizes, cable: Cable) -> tuple[Task, ...]:
    """What people do with a card and a camera, each a program from its start to its end."""
    count, size = sizes.imported
    card = Files(count, size, differ=True)
    get = f"gphoto2 --folder {cable.folder} --get-all-files"
    again = f"{get} --skip-existing"
    bring = f"{_COMMAND} import ."
    return (
        Task(
            f"first import of {count:,} files of {size:,} bytes",
            (bring,),
            (get,),
            ((), ()),
            card,
            moved=count * size,
            cable=cable,
            whole=True,
        ),
        Task(
            "second import of the same card",
            (bring,),
            (again,),
            ((bring,), (get,)),
            card,
            cable=cable,
            whole=True,
        ),
        Task(
            "hand press to finished file, in tether",
            (f"{_COMMAND} tether -o . --template {{name}}",),
            ("gphoto2 --set-config capturetarget=1 --capture-tethered --keep",),
            cable=cable,
            by_hand=True,
            paced=True,
        ),
        Task(
            f"{sizes.frames} frames of a time-lapse, 3 s apart",
            (f"{_COMMAND} timelapse --every 3s --count {sizes.frames} -o .",),
            (
                "gphoto2 --set-config capturetarget=0 --filename %03n.jpg "
                f"--capture-image-and-download -F {sizes.frames} -I 3",
            ),
            ((), ()),
            cable=cable,
            whole=True,
            paced=True,
        ),
    )


def _download(files: Files, cable: Cable) -> Task:
    what = "a file" if files.count == 1 else f"{files.count} files"
    return Task(
        f"download {what} of {files.size:,} bytes",
        (f"get {_FOLDER}",),
        (f"cd {cable.folder}", *(f"get {name}" for name in files.names)),
        ((), _opening(cable)),
        files,
        moved=files.count * files.size,
        cable=cable,
    )


def _opening(cable: Cable) -> tuple[str]:
    """The command with which gphoto2 opens the camera; it has the usual one for USB only."""
    return ("ls /" if cable.speed else "storage-info",)


Program = Callable[[Station, Path], Shell]
"""Starts a program that takes lines."""


class Alternated:
    """Runs the programs in turn, each with a fresh camera, and takes medians.

    Args:
        runs: how often each runs.
        home: a folder for what they save.
        env: their environment.
        tell: is told what begins.
    """

    def __init__(
        self, runs: int, home: Path, env: dict[str, str], tell: Callable[[str], object]
    ) -> None:
        self._runs, self._home, self._env, self._tell = runs, home, env, tell

    def costs(self, tasks: Sequence[Task], other: Program = gphoto2) -> Iterator[Pair]:
        """What each task takes from the open port on, for us and the other program."""
        for task in tasks:
            self._tell(task.title)
            mine, others = [], []
            for _ in range(self._runs):
                mine.append(self._cost(task))
                others.append(self._cost(task, other))
            yield Pair(task, _median(mine), _median(others))

    def starts(self, starts: Sequence[Start]) -> list[tuple[Start, Cost]]:
        """What each program takes from its start to its end."""
        self._tell("starts")
        costs: list[list[Cost]] = [[] for _ in starts]
        for _ in range(self._runs):
            for start, of_start in zip(starts, costs, strict=True):
                with station(Files(1, 1000), self._env, _G3) as here:
                    of_start.append(whole_run(start.command, here, self._home))
        return list(zip(starts, map(_median, costs), strict=True))

    def wires(self, tasks: Iterable[Task]) -> Iterator[OnTheWire]:
        """How long each task keeps the wire busy. One run tells: it is counted, not timed."""
        for task in tasks:
            self._tell(f"{task.cable}: {task.title}")
            mine = self._cost(task).wire_s
            others = self._cost(task, gphoto2).wire_s if task.theirs else None
            yield OnTheWire(task, mine, others)

    def _cost(self, task: Task, other: Program | None = None) -> Cost:
        """What a task takes us, or another program."""
        lines = task.theirs if other else task.ours
        before = task.prepared[1 if other else 0]
        with (
            tempfile.TemporaryDirectory(dir=self._home) as name,
            station(task.card, self._env, task.cable, real=task.paced) as here,
        ):
            folder, free = Path(name), here.card.free
            if task.sent:
                (folder / _SOURCE).write_bytes(random.Random(task.sent).randbytes(task.sent))  # noqa: S311
            if task.by_hand:
                cost = pressed_by_hand(lines[0].split(), here, folder)
            elif task.whole:
                for line in before:
                    whole_run(line.split(), here, folder)
                cost = whole_run(lines[0].split(), here, folder)
            else:
                with (other or ours)(here, folder) as shell:
                    shell.run(before)
                    cost = shell.run(lines)
            saved = sum(path.stat().st_size for path in folder.rglob("*.*")) - task.sent
            taken = free - here.card.free
            if saved < task.moved or taken < task.sent:
                raise RuntimeError(
                    f"{task.title}: {saved} of {task.moved} bytes were saved, "
                    f"and {taken} of {task.sent} put on the card"
                )
        return cost


def _median(costs: Sequence[Cost]) -> Cost:
    rows = zip(*(vars(cost).values() for cost in costs), strict=True)
    return Cost(*(median(row) for row in rows))
