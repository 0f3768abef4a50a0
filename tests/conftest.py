"""What all tests share: the recordings, the foreign programs, and the camera they run on."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from hypothesis import HealthCheck, settings

import canon
from canon.camera import Camera
from rigs.installs import build, new_python, pip

if TYPE_CHECKING:
    from mount_helpers import Mounter

ROOT = Path(__file__).resolve().parent.parent
NO_RECORDINGS = "there are no recordings of real cameras at"

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("canon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("canon")


class Body(NamedTuple):
    """A virtual body that tests/camera runs on.

    Attributes:
        name: its row in SUPPORTED.md.
        lacks: what it has not.
        small: the format of its smallest JPEG, which is quickly drawn.
        pixels: how large that is.
        frame: how large a frame of its live view is.
        grey: the setting that takes the colours away, with what it is then and usually.
    """

    name: str
    lacks: frozenset[str] = frozenset()
    small: str = "small-fine"
    pixels: tuple[int, int] = (640, 480)
    frame: tuple[int, int] = (320, 240)
    grey: tuple[str, str, str] = ("photo_effect", "black and white", "off")


_OF_AN_EOS = frozenset(
    {
        *("camera output", "file times", "known lengths", "lists of all it can be"),
        *("mode by host", "protect", "raw quality", "timer and contrast", "zoom"),
    }
)
_STYLE = "picture_style", "monochrome", "standard"


BODIES = {
    "virtual:powershot-g3": Body("PowerShot G3"),
    "virtual:powershot-s60?mode=ptp": Body(
        "PowerShot S60 (PTP)", frozenset({"file times", "raw quality", "timer and contrast"})
    ),
    "virtual:powershot-sx200-is": Body(
        "PowerShot SX200 IS (PTP)", frozenset({"file times", "release"})
    ),
    "virtual:eos-60d": Body(
        "EOS 60D (PTP)", _OF_AN_EOS, "small-3-fine", (720, 480), (1056, 704), _STYLE
    ),
    "virtual:eos-r6": Body(
        "EOS R6 (PTP)", _OF_AN_EOS, "small-2-fine", (2032, 1344), (1024, 680), _STYLE
    ),
}
"""One of the native protocol, one of PTP with release control, one that only gives its files.

Then two EOS, one with a mirror and one without. tests/camera/test_ptp_card.py, test_ptp_release.py
and test_eos.py show the error that comes for what one lacks.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cameras")
    group.addoption(
        "--camera-port",
        default="",
        help="the camera that tests/camera runs on, as a port string; virtual ones by default",
    )
    group.addoption(
        "--yes-erase-my-card",
        action="store_true",
        help="run the tests that delete pictures on a real camera too",
    )
    group.addoption(
        "--lacks",
        action="append",
        default=[],
        help="what the camera of --camera-port has not, as it is named in tests/conftest.py",
    )
    group.addoption("--evidence", help="write what the passed tests show of each model to a file")


def bodies(config: pytest.Config) -> dict[str, Body]:
    """The cameras under test by their ports: the one that is named, or the virtual ones."""
    if named := config.getoption("--camera-port"):
        return {named: Body("named", frozenset(config.getoption("--lacks")))}
    return BODIES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the camera under test on each of them."""
    if "camera_port" in metafunc.fixturenames:
        under_test = bodies(metafunc.config)
        names = [body.name for body in under_test.values()]
        metafunc.parametrize("camera_port", list(under_test), indirect=True, ids=names)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a camera has not, and on hardware what would delete the owner's pictures.

    What takes longest is run first: at the end no process waits for another.
    """
    hardware = config.getoption("--camera-port").startswith("usb:")
    spare = hardware and not config.getoption("--yes-erase-my-card")
    left_out = {
        item for item in items if _lacks(item) or (spare and item.get_closest_marker("erases"))
    }
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=_turn)
    config.hook.pytest_deselected(items=list(left_out))


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    """What a test is sorted by: the long ones come first, then those that start programs."""
    folder = item.path.parent.name
    return item.get_closest_marker("long") is None, folder not in ("interop", "system")


def _lacks(item: pytest.Item) -> bool:
    """Whether the camera of this test has not all that it needs."""
    needs = {need for mark in item.iter_markers("needs") for need in mark.args}
    body = bodies(item.config).get(camera_of(item))
    return body is not None and bool(needs & body.lacks)


def camera_of(item: pytest.Item) -> str:
    """The port of the camera that a test runs on; empty when it makes one of its own."""
    call = getattr(item, "callspec", None)
    return str(call.params.get("camera_port", "")) if call else ""


def pytest_configure(config: pytest.Config) -> None:
    # What a shell starts in the background ignores Ctrl-C, and so would the programs that we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(Recordings())
    if config.getoption("--evidence") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Evidence(Path(config.getoption("--evidence"))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what a test shows into its report, so that it travels with it."""
    report = yield
    body = BODIES.get(camera_of(item), BODIES["virtual:powershot-g3"])
    for mark in item.iter_markers("shows"):
        shown = {"evidence": "simulated", "model": body.name, **mark.kwargs}
        report.user_properties += [
            ("shows", (shown["model"], verb, shown["evidence"]))
            for verb in mark.args
            if verb not in body.lacks
        ]
    return report


class Evidence:
    """Collects what the passed tests show, for SUPPORTED.md (tests/supported.py).

    What is in the file already stays there: the long tests have a run of their own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        before = json.loads(path.read_text()) if path.exists() else []
        self.shown: set[tuple[str, str, str]] = {cast("Any", tuple(row)) for row in before}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            shown = [value for name, value in report.user_properties if name == "shows"]
            self.shown |= {cast("tuple[str, str, str]", tuple(cast("Any", row))) for row in shown}

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(sorted(self.shown), indent=1))


class Recordings:
    """Tells at the end what of the recordings of real cameras was missing, or read by no test."""

    def __init__(self) -> None:
        self.skipped = 0
        self.unread: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.skipped += report.skipped and NO_RECORDINGS in str(report.longrepr)
        self.unread |= {str(name) for kind, name in report.user_properties if kind == "unread"}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Have the last words."""
        yield
        if self.skipped:
            terminalreporter.write_line(
                f"{self.skipped} cases were skipped because {NO_RECORDINGS} {traces_folder()}: "
                "CONTRIBUTING.md says how to get some."
            )
        if self.unread:
            names = ", ".join(sorted(self.unread))
            terminalreporter.write_line(f"There are recordings that no test reads: {names}.")


def long_unless(shown: bool) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of a case that `make test` leaves to `make test-all` unless it shows this one."""
    return () if shown else (pytest.mark.long,)


def needed(reason: str) -> None:
    """Something that the test needs is not here: in CI that is a failure, elsewhere a skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def traces_folder() -> Path:
    """Where recordings of real cameras are looked for: CANON_TRACES, or ../shared/traces."""
    return Path(os.environ.get("CANON_TRACES", ROOT.parent / "shared" / "traces"))


def recordings_needed() -> None:
    """The recordings are not here: as `needed`, but where CANON_TRACES is none that was known."""
    reason = f"{NO_RECORDINGS} {traces_folder()}"
    if os.environ.get("CANON_TRACES") == "none":
        pytest.skip(reason)
    needed(reason)


def recorded(name: str) -> bytes:
    """A file of the recordings; without them the test is skipped, in CI it fails."""
    path = traces_folder() / name
    if not path.is_file():
        recordings_needed()
    return path.read_bytes()


def table(name: str) -> Path:
    """A table of the specification, which lies beside the recordings and is missed as they are."""
    path = traces_folder().parent / "spec" / "tables" / name
    if not path.is_file():
        recordings_needed()
    return path


@pytest.fixture(scope="session")
def traces() -> Path:
    """The folder of recordings of real cameras."""
    folder = traces_folder()
    if not folder.is_dir():
        recordings_needed()
    return folder


def program(name: str) -> str:
    """The path of a foreign program that a test runs."""
    path = shutil.which(name)
    if path is None:
        needed(f"{name} is not installed")
    return str(path)


@pytest.fixture
def camera_port(request: pytest.FixtureRequest) -> str:
    """The port string of the camera under test."""
    return str(request.param)


@pytest.fixture
def body(camera_port: str, pytestconfig: pytest.Config) -> Body:
    """What is known of the camera under test."""
    return bodies(pytestconfig)[camera_port]


@pytest.fixture
def cam(camera_port: str) -> Iterator[Camera]:
    """The camera under test, initialized."""
    with canon.open(camera_port) as camera:
        yield camera


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mounter]:
    """Mounts cards; when the test is over, none is left."""
    from mount_helpers import mounter

    with mounter(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def house(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels: all that any of our extras needs, and pytest."""
    folder = tmp_path_factory.mktemp("house")
    pip("wheel", "--quiet", "--wheel-dir", folder, f"{wheel}[all]", "pytest")
    return folder


@pytest.fixture(scope="session")
def plain(wheel: Path, house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a Python that has the wheel, what that needs, and no extra."""
    return new_python(tmp_path_factory.mktemp("plain"), house, wheel)
