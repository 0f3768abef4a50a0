"""What is compared: for each task, what each of the two programs is told to do."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.programs import Cost, gphoto2, ours, whole_run
from bench.station import FOLDER, station

_FOLDER = "/".join(FOLDER)
_PYTHON = sys.executable
_COMMAND = str(Path(_PYTHON).with_name("canon-remote"))
_MODEL = "import canon\nwith canon.open('usb:') as cam: print(cam.model)"


@dataclass(frozen=True)
class Sizes:
    """How much is listed and fetched."""

    listed: int
    many: tuple[int, int]
    large: int
    growth: tuple[int, ...]


USUAL = Sizes(1000, (100, 1_000_000), 50_000_000, (10, 100, 1000, 10_000))
TINY = Sizes(10, (2, 10_000), 100_000, (1, 10))


@dataclass(frozen=True)
class Task:
    """Something that both programs do when the port is open, as lines for their shells.

    Attributes:
        title: what the table calls it.
        ours: the lines for `bench/shell.py`.
        theirs: the lines for `gphoto2 --shell`.
        prepared: a line for each that comes before, unmeasured; empty for nothing. gphoto2 opens
            the camera only with its first command.
        card: number and size of the files on the card.
        moved: bytes of the files that are fetched; 0 where there are none.
    """

    title: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    prepared: tuple[str, str] = ("", "storage-info")
    card: tuple[int, int] = (6, 1_000_000)
    moved: int = 0


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
    """All that is compared from the open port on."""
    count, size = sizes.many
    return (
        Task("ten summaries", ("summary",) * 10, ("summary",) * 10),
        _listing(f"list {sizes.listed:,} files", sizes.listed),
        _download(f"download {count} files of {size:,} bytes", count, size),
        _download(f"download a file of {sizes.large:,} bytes", 1, sizes.large),
        Task(
            "change seven settings",
            (
                "set iso=200 aperture=f/5.6 exposure_compensation=+1 flash=on beep=on "
                "image_size=medium-1 shooting_mode=aperture-priority",
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
            prepared=("set shooting_mode=aperture-priority", "set-config shootingmode=Av"),
        ),
        Task(
            "capture to the host",
            ("capture",),
            ("capture-preview",),
            prepared=("", "set-config capturesizeclass=2"),
        ),
        Task("capture, gphoto2 by way of the card", ("capture",), ("capture-image-and-download",)),
    )


def growth(sizes: Sizes) -> tuple[Task, ...]:
    """The same listing of folders of different sizes."""
    return tuple(_listing(f"{files:,}", files) for files in sizes.growth)


def _listing(title: str, files: int) -> Task:
    return Task(title, (f"ls {_FOLDER}",), (f"ls /{_FOLDER}",), card=(files, 1000))


def _download(title: str, count: int, size: int) -> Task:
    names = (f"get IMG_{number:04}.JPG" for number in range(count))
    return Task(
        title,
        (f"get {_FOLDER}",),
        (f"cd /{_FOLDER}", *names),
        card=(count, size),
        moved=count * size,
    )


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

    def costs(self, tasks: Sequence[Task]) -> Iterator[Pair]:
        """What each task takes from the open port on."""
        for task in tasks:
            self._tell(task.title)
            mine, others = [], []
            for _ in range(self._runs):
                mine.append(self._cost(task, by_us=True))
                others.append(self._cost(task, by_us=False))
            yield Pair(task, _median(mine), _median(others))

    def starts(self, starts: Sequence[Start]) -> list[tuple[Start, Cost]]:
        """What each program takes from its start to its end."""
        self._tell("starts")
        costs: list[list[Cost]] = [[] for _ in starts]
        for _ in range(self._runs):
            for start, of_start in zip(starts, costs, strict=True):
                with station(1, 1000, self._env) as here:
                    of_start.append(whole_run(start.command, here, self._home))
        return list(zip(starts, map(_median, costs), strict=True))

    def _cost(self, task: Task, *, by_us: bool) -> Cost:
        with (
            tempfile.TemporaryDirectory(dir=self._home) as folder,
            station(*task.card, self._env) as here,
            (ours if by_us else gphoto2)(here, Path(folder)) as shell,
        ):
            if first := task.prepared[0 if by_us else 1]:
                shell.run([first])
            cost = shell.run(task.ours if by_us else task.theirs)
            saved = sum(path.stat().st_size for path in Path(folder).iterdir())
            if saved < task.moved:
                raise RuntimeError(f"{task.title}: {saved} of {task.moved} bytes were saved")
        return cost


def _median(costs: Sequence[Cost]) -> Cost:
    rows = zip(*(vars(cost).values() for cost in costs), strict=True)
    return Cost(*(median(row) for row in rows))
