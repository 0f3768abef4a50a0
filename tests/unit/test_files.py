"""Files that are either whole or not there, and names that every disk takes."""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path

import pytest

from canon.files import beside, new_file, safe_name, target_path

# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["x", "é", "漢", "𝄞"])
def test_a_name_is_not_longer_than_a_disk_takes(letter: str, tmp_path: Path) -> None:
    with new_file(target_path(tmp_path, letter * 254)) as file:
        file.write(b"whole")
    (path,) = tmp_path.iterdir()
    assert path.read_bytes() == b"whole"
    assert len(path.name.encode()) > 190


def test_a_name_that_is_cut_does_not_end_in_a_dot() -> None:
    assert safe_name("x" * 199 + "." + "y" * 50) == "x" * 199
    assert safe_name("x" * 199 + ". .") == "x" * 199


def test_a_name_that_is_cut_keeps_its_suffix() -> None:
    names = [safe_name("é" * 254 + suffix) for suffix in (".JPG", ".CRW")]
    assert [name[-5:] for name in names] == ["é.JPG", "é.CRW"]
    assert all(len(name.encode()) <= 200 for name in names)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("cat.jpg", "cat.THM"),
        ("cat", "cat.THM"),
        ("out/my.cat.Jpeg", "out/my.cat.THM"),
        ("2024.01.15", "2024.01.15.THM"),
        ("no. 2 of 5", "no. 2 of 5.THM"),
    ],
)
def test_what_lies_beside_a_file_keeps_its_name(path: str, other: str) -> None:
    assert beside(Path(path), ".THM") == Path(other)


# --- whole or not there ---------------------------------------------------------------------------


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "IMG_0001.JPG"
    target.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="is there already"), new_file(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_there_already_may_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / "IMG_0001.JPG"
    target.write_bytes(b"old")
    with new_file(target, overwrite=True) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old", "until it is whole"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_of_a_file_that_broke_off_nothing_stays(tmp_path: Path) -> None:
    def break_off() -> None:
        with new_file(tmp_path / "IMG_0001.JPG") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_what_appears_meanwhile_is_left_alone(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:
        forbid_links(monkeypatch)
    target = tmp_path / "IMG_0001.JPG"

    def write() -> None:
        with new_file(target) as file:
            file.write(b"ours")
            target.write_bytes(b"theirs")

    with pytest.raises(FileExistsError, match="appeared meanwhile"):
        write()
    assert target.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_links(monkeypatch)
    with new_file(tmp_path / "IMG_0001.JPG") as file:
        file.write(b"whole")
    (path,) = tmp_path.iterdir()
    assert (path.name, path.read_bytes()) == ("IMG_0001.JPG", b"whole")


def forbid_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this disk be one like FAT."""

    def link(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)


def test_a_file_may_be_read_by_whom_the_user_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with new_file(tmp_path / "IMG_0001.JPG") as file:
            file.write(b"whole")
        assert os.umask(0o027) == 0o027, "it is as it was"
    finally:
        os.umask(before)
    assert (tmp_path / "IMG_0001.JPG").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("taken", [datetime(2003, 6, 14, 9, 30), datetime(1980, 1, 1), None])
def test_a_file_has_the_time_of_its_picture(taken: datetime | None, tmp_path: Path) -> None:
    target = tmp_path / "IMG_0001.JPG"
    (tmp_path / "before").touch()
    with new_file(target, modified=taken) as file:
        file.write(b"whole")
    kept = target.stat().st_mtime
    if taken:
        assert kept == taken.timestamp()
    else:
        assert kept >= (tmp_path / "before").stat().st_mtime


def test_no_file_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        with new_file(tmp_path / f"{number}") as file:
            file.write(b"whole")
    assert len(os.listdir("/proc/self/fd")) == before


# --- file systems that refuse a nicety ------------------------------------------------------------


def refusing(monkeypatch: pytest.MonkeyPatch, name: str, code: int) -> None:
    """Let the system refuse one call, as a share of another owner or an old file system does."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, name, refuse)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("utime", errno.EPERM),
        ("fsync", errno.EINVAL),
        ("fsync", errno.ENOTSUP),
        ("link", errno.EPERM),
    ],
)
def test_a_nicety_that_is_refused_costs_no_file(
    name: str, code: int, overwrite: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, name, code)
    target = tmp_path / "IMG_0001.JPG"
    with new_file(target, overwrite=overwrite, modified=datetime(2003, 6, 14)) as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_data_that_did_not_reach_the_disk_are_no_file(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, "fsync", code)
    with (
        pytest.raises(OSError, match=os.strerror(code)) as caught,
        new_file(tmp_path / "IMG_0001.JPG") as file,
    ):
        file.write(b"lost")
    assert caught.value.errno == code
    assert list(tmp_path.iterdir()) == []
