"""Who builds canon-remote gets the same bytes, wherever and whenever, and all of it."""

from __future__ import annotations

import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from rigs.installs import ROOT, build, run

JUNK = ("build/junk.txt", "dist/junk.whl", "src/canon/__pycache__/junk.pyc", ".coverage.junk")


def copy(to: Path) -> Path:
    """The files that git knows, as they are now."""
    listed = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_bytes((ROOT / name).read_bytes())
            (to / name).chmod((ROOT / name).stat().st_mode)
    return to


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist of a clean copy."""
    source = copy(tmp_path_factory.mktemp("clean"))
    to = tmp_path_factory.mktemp("dist")
    return build("wheel", source, to), build("sdist", source, to)


def test_another_folder_at_another_time_gives_the_same_bytes(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    source = copy(tmp_path / "elsewhere")
    for name in JUNK:
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("left by an earlier build")
    for file in [path for path in source.rglob("*") if path.is_file()]:
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(file.stat().st_mode & 0o700)
    for kind, first in zip(("wheel", "sdist"), built, strict=True):
        second = build(kind, source, tmp_path / "dist")
        assert (second.name, digest(second)) == (first.name, digest(first))


def test_the_sdist_is_the_repository_and_builds_the_same_wheel(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    wheel, sdist = built
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    listed = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    assert names == {name for name in listed if name and (ROOT / name).exists()} | {"PKG-INFO"}
    run("tar", "--extract", "--file", sdist, "--directory", tmp_path)
    (source,) = tmp_path.iterdir()
    assert os.access(source / ".ci" / "run", os.X_OK)
    assert digest(build("wheel", source, tmp_path / "dist")) == digest(wheel)


def test_the_wheel_is_the_package_its_manual_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as archive:
        names = set(archive.namelist())
    package = run("git", "ls-files", "-z", "src/canon", cwd=ROOT).split("\0")
    files = {name.removeprefix("src/") for name in package if name and (ROOT / name).exists()}
    assert {"canon/py.typed", "canon/web/page/index.html", "canon/web/page/app.js"} < files
    about = {name for name in names - files if not name.startswith("canon/")}
    assert files == names - about
    kind = {name.partition("/")[2] for name in about}
    assert kind == {
        "data/share/man/man1/canon-remote.1",
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"),
    }
