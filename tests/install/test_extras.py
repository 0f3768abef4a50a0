"""Each extra alone in an empty Python: its part works; without it the error says what to type."""

from __future__ import annotations

import filecmp
import re
import signal
import subprocess
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rigs.installs import ROOT, environment, new_python, run

G3 = "virtual:powershot-g3"
FIRST = "DCIM/100CANON/IMG_0001.JPG"

WITHOUT: dict[str, list[tuple[str, ...]]] = {
    "virtual": [
        ("--port", G3, "capture", "-o", "not-made/"),
        ("--port", G3, "live", "-n", "1", "-o", "not-made/"),
        ("virtual", "powershot-g3", "--usbip", "127.0.0.1:0"),
    ],
    "serial": [("--port", "serial:/dev/null", "info")],
    "pictures": [("--port", G3, "thumbs", "-o", "not-made.jpg")],
    "web": [("serve", "--listen", "127.0.0.1:0")],
    "mount": [("--port", G3, "mount", "card")],
}
"""What is typed that needs an extra. Of fsspec it is fsspec itself that finds us."""


@contextmanager
def serving(*words: str | Path) -> Iterator[str]:
    """The line that a program prints first, while it runs; Ctrl-C ends it."""
    with subprocess.Popen(
        list(map(str, words)), env=environment(), stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        try:
            yield program.stdout.readline().strip()
        finally:
            program.send_signal(signal.SIGINT)
            program.wait(timeout=60)


def virtual(programs: Path, folder: Path) -> None:
    ours = programs / "canon-remote"
    saved = run(ours, "--port", G3, "capture", "-o", f"{folder}/").strip()
    assert Path(saved).read_bytes()[:2] == b"\xff\xd8"
    with serving(ours, "virtual", "powershot-g3", "--usbip", "127.0.0.1:0") as port:
        assert "Canon PowerShot G3" in run(ours, "--port", port, "info")


def serial(programs: Path, folder: Path) -> None:
    ours = programs / "canon-remote"
    with serving(ours, "virtual", "powershot-a50", "--serial") as port:
        assert "PowerShot A50" in run(ours, "--port", port, "info")


def pictures(programs: Path, folder: Path) -> None:
    sheet = folder / "sheet.jpg"
    run(programs / "canon-remote", "--port", G3, "thumbs", "-o", sheet)
    assert sheet.read_bytes()[:2] == b"\xff\xd8"
    run(programs / "python", "-c", "import textual_image.renderable")


def web(programs: Path, folder: Path) -> None:
    words = ("serve", "--all", "--listen", "127.0.0.1:0", "-o", folder)
    with serving(programs / "canon-remote", *words) as link:
        for page in ("", "page/app.js", "page/vendor/preact.js"):
            with urllib.request.urlopen(link + page, timeout=60) as answer:
                assert answer.status == 200


def fsspec(programs: Path, folder: Path) -> None:
    script = f"import fsspec\nwith fsspec.open('canon:///{FIRST}') as file: print(file.read(2))"
    assert (
        run(programs / "python", "-c", script, more={"CANON_REMOTE_PORT": G3}) == "b'\\xff\\xd8'\n"
    )


def mount(programs: Path, folder: Path) -> None:
    ours, card = programs / "canon-remote", folder / "card"
    card.mkdir()
    run(ours, "--port", G3, "get", FIRST, "-o", f"{folder}/")
    run(ours, "--port", G3, "mount", card)
    try:
        assert filecmp.cmp(card / FIRST, folder / "IMG_0001.JPG", shallow=False)
    finally:
        run("umount", card)


WORKS: dict[str, Callable[[Path, Path], None]] = {
    "virtual": virtual,
    "serial": serial,
    "pictures": pictures,
    "web": web,
    "fsspec": fsspec,
    "mount": mount,
}


def extras() -> dict[str, list[str]]:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = declared["project"]["optional-dependencies"]
    return found


def test_each_extra_is_here_and_on_the_page() -> None:
    names = set(extras()) - {"all", "dev"}
    assert set(WORKS) == set(WITHOUT) | {"fsspec"} == names
    (everything,) = extras()["all"]
    assert everything.partition("[")[2] == f"{','.join(sorted(names))}]"
    page = (ROOT / "docs" / "guide" / "install.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == names | {"all"}


@pytest.mark.long
@pytest.mark.parametrize("extra", WORKS)
def test_its_part_works(extra: str, wheel: Path, house: Path, tmp_path: Path) -> None:
    WORKS[extra](new_python(tmp_path / "python", house, f"{wheel}[{extra}]"), tmp_path)


def hint(wheel: Path, extra: str) -> str:
    """What is said of an extra that is not there."""
    return f'which is not installed; to add it, type: pip install "{wheel}[{extra}]"'


@pytest.mark.long
def test_a_module_that_needs_an_extra_says_so(wheel: Path, plain: Path) -> None:
    script = "try: import canon.fs.spec\nexcept ImportError as error: print(error)"
    assert hint(wheel, "fsspec") in run(plain / "python", "-c", script)


@pytest.mark.long
def test_without_any_what_needs_none_works(plain: Path, tmp_path: Path) -> None:
    ours = plain / "canon-remote"
    assert "PowerShot G3" in run(ours, "--port", G3, "info")
    assert "powershot-g3 " in run(ours, "virtual", "--list")
    listed = run(ours, "--port", G3, "ls", "DCIM/100CANON").splitlines()
    saved = run(ours, "--port", G3, "get", "DCIM/100CANON", "-o", f"{tmp_path}/").splitlines()
    assert [Path(line).name for line in saved] == [Path(line).name for line in listed]


@pytest.mark.long
@pytest.mark.parametrize("extra", WITHOUT)
def test_without_it_the_error_says_what_to_type(
    extra: str, wheel: Path, plain: Path, tmp_path: Path
) -> None:
    (tmp_path / "card").mkdir()
    for words in WITHOUT[extra]:
        ran = subprocess.run(
            [plain / "canon-remote", *words],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stdout) == (3, ""), ran.stderr
        assert hint(wheel, extra) in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["card"], (
        "it says so before it does a thing"
    )
