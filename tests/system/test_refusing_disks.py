"""Real disks that refuse what is not needed: a share, a stick, a union of disks, through FUSE."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
from cli_helpers import files_below, make_card, run, virtual

from canon.web.files import Fetched
from canon.work.library import Library
from rigs.refusing_disk import refusing_disk

REFUSED = {
    "another owner": {"chmod": errno.EPERM, "utimens": errno.EPERM, "link": errno.EPERM},
    "no locks": {"flock": errno.EOPNOTSUPP, "lock": errno.EOPNOTSUPP},
    "no lock server": {"flock": errno.ENOLCK, "lock": errno.ENOLCK},
    "no flush": {"fsync": errno.EINVAL, "fsyncdir": errno.EINVAL},
    "a union of disks": {"link": errno.EXDEV},
}
VERBS = {
    "get DCIM -o to": 5,
    "capture -o to/": 1,
    "import to": 6,
    "tether -o to --existing --count 4": 6,
    "timelapse --every 10s --count 1 -o to": 2,
}
"""How many files each leaves there; the index is one of them."""


@pytest.fixture(params=REFUSED)
def to(request: Any, tmp_path: Path) -> Iterator[Path]:
    """Such a disk."""
    below, where = tmp_path / "below", tmp_path / "to"
    below.mkdir()
    where.mkdir()
    with refusing_disk(below, where, REFUSED[request.param]):
        yield where


@pytest.mark.parametrize("words", VERBS)
def test_a_disk_that_refuses_a_nicety_keeps_every_file(
    words: str, to: Path, tmp_path: Path
) -> None:
    port = virtual(make_card(tmp_path))
    ran = run(tmp_path, *words.split(), port=port)
    assert ran.returncode == 0, ran.stderr
    kept = files_below(to)
    assert len(kept) == VERBS[words], kept
    assert not [name for name in kept if ".part" in name or name.endswith("lock")]


@pytest.mark.parametrize("to", ["no locks", "no flush"], indirect=True)
def test_the_index_there_is_one_like_any_other(to: Path, tmp_path: Path) -> None:
    port = virtual(make_card(tmp_path))
    assert run(tmp_path, "import", "to", port=port).returncode == 0
    again = run(tmp_path, "import", "to", port=port)
    assert (again.returncode, again.stdout) == (0, "")
    assert "5 were imported before" in again.stderr


@pytest.mark.parametrize("to", ["no locks"], indirect=True)
def test_where_nothing_can_be_locked_two_imports_of_this_computer_are_kept_apart(
    to: Path, tmp_path: Path
) -> None:
    port = virtual(make_card(tmp_path))
    with Library(to) as another, another.part().file as part:
        ran = run(tmp_path, "import", "to", port=port)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert f"process {os.getpid()} on " in ran.stderr
        assert len(list(another.workshop.iterdir())) == 2
        part.close()
    ended = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    (another.workshop / "lock").write_text(f"process {ended.stdout.strip()} on {gethostname()}")
    assert run(tmp_path, "import", "to", port=port).returncode == 0


@pytest.mark.parametrize("to", ["no locks"], indirect=True)
def test_where_nothing_can_be_locked_a_server_leaves_the_files_of_another(
    to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(to))
    one = Fetched()
    (one.folder / "1").write_bytes(b"a file of the card")
    other = Fetched()
    assert (one.folder / "1").read_bytes() == b"a file of the card"
    for server in (one, other):
        server.close()


@pytest.mark.parametrize("to", ["another owner"], indirect=True)
def test_a_folder_below_may_lie_on_such_a_disk(to: Path, tmp_path: Path) -> None:
    port = virtual(make_card(tmp_path))
    home = tmp_path / "pictures"
    home.mkdir()
    (home / "cards").symlink_to(to)
    ran = run(tmp_path, "import", "pictures", "--template", "cards/{folder}-{name}", port=port)
    assert ran.returncode == 0, ran.stderr
    assert len(files_below(to)) == 5
