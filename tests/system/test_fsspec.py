"""fsspec on a card: its own abstract suites, and what people do with it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.callbacks import Callback
from fsspec.generic import rsync
from fsspec.tests import abstract
from upath import UPath

import canon
from canon.driver.card import CardPath
from canon.driver.features import Feature
from canon.fs import shared
from canon.fs.spec import CanonFileSystem

PICTURE = "DCIM/100CANON/IMG_0001.JPG"
G3 = "canon://virtual.powershot-g3"
HOSTS = ["virtual.powershot-g3", "virtual.powershot-g9", "virtual.eos-60d"]
"""One of the native protocol, which gives whole files, and two of PTP."""


@pytest.fixture(autouse=True)
def a_new_card() -> Iterator[None]:
    """Each test has cards as new: cameras are closed with the cache of file systems."""
    yield
    CanonFileSystem.clear_instance_cache()


class Folded(CanonFileSystem):
    """Lets the suites have their names, in small letters and long; a card has none such."""

    short: ClassVar[dict[str, str]] = {}
    long: ClassVar[dict[str, str]] = {}

    @contextmanager
    def _card(self, path: str) -> Iterator[tuple[canon.Camera, CardPath]]:
        names = self._strip_protocol(path).split("/")
        with super()._card("/".join(map(self.folded, names))) as found:
            yield found

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        found = [self.unfolded(one) for one in super().ls(path)]
        return found if detail else [one["name"] for one in found]

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        return self.unfolded(super().info(path))

    def folded(self, name: str) -> str:
        stem, dot, suffix = name.partition(".")
        if len(stem) > 8:
            stem = f"L{len(self.short):07}"
        short = self.short.setdefault(name, f"{stem}{dot}{suffix}".upper())
        self.long[short] = name
        return short

    def unfolded(self, info: dict[str, Any]) -> dict[str, Any]:
        names = info["name"].split("/")
        return {**info, "name": "/".join(self.long.get(name, name.lower()) for name in names)}


class OnCard(abstract.AbstractFixtures):  # type: ignore[misc]
    """What the suites of fsspec ask for."""

    @pytest.fixture
    def fs(self) -> CanonFileSystem:
        return Folded("virtual.powershot-g3")

    @pytest.fixture
    def fs_path(self) -> str:
        return "/fsspec"


class TestCopy(abstract.AbstractCopyTests, OnCard):  # type: ignore[misc]
    pass


class TestGet(abstract.AbstractGetTests, OnCard):  # type: ignore[misc]
    pass


class TestOpen(abstract.AbstractOpenTests, OnCard):  # type: ignore[misc]
    pass


class TestPipe(abstract.AbstractPipeTests, OnCard):  # type: ignore[misc]
    pass


class TestPut(abstract.AbstractPutTests, OnCard):  # type: ignore[misc]
    pass


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def in_the_camera(host: str, path: str = PICTURE) -> bytes:
    """The bytes of a file, as a program that opens the same body itself has them."""
    with canon.open(host.replace("virtual.", "virtual:")) as cam:
        return cam.storage.read(path)


def test_a_picture_is_opened_by_its_address(host: str) -> None:
    wanted = in_the_camera(host)
    with fsspec.open(f"canon://{host}/{PICTURE}") as file:
        assert file.size == len(wanted)
        assert file.seek(1000) == 1000
        assert file.read(500) == wanted[1000:1500]
        file.seek(-10, 2)
        assert file.read() == wanted[-10:]
        file.seek(0)
        assert file.read() == wanted


def test_the_host_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANON_REMOTE_PORT", "virtual:eos-60d")
    with fsspec.open(f"canon:///{PICTURE}") as file:
        assert file.read() == in_the_camera("virtual.eos-60d")
    with fsspec.open(f"canon://whatever/{PICTURE}", port="virtual:powershot-g9") as file:
        assert file.read() == in_the_camera("virtual.powershot-g9")


def test_the_host_is_a_name_or_a_serial_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "canon-remote").mkdir()
    (tmp_path / "canon-remote" / "cameras.toml").write_text('left = "virtual:powershot-g3"\n')
    assert fsspec.filesystem("canon", host="left").ls("/", detail=False) == ["/MISC", "/DCIM"]
    with pytest.raises(canon.CameraNotFound, match="1234567"):
        fsspec.filesystem("canon", host="1234567").ls("/")


def test_a_card_is_fetched_as_a_folder(host: str, tmp_path: Path) -> None:
    fs = fsspec.filesystem("canon", host=host)
    fs.get("/DCIM", str(tmp_path / "card"), recursive=True)
    found = sorted(path for path in (tmp_path / "card").rglob("*") if path.is_file())
    told = fs.find("/DCIM", detail=True)
    assert [str(path.relative_to(tmp_path / "card")) for path in found] == [
        name.removeprefix("/DCIM/") for name in sorted(told)
    ]
    for path in found:
        info = told[f"/DCIM/{path.relative_to(tmp_path / 'card')}"]
        assert (path.stat().st_size, path.stat().st_mtime) == (info["size"], info["mtime"])
    assert found[0].read_bytes() == fs.cat_file(min(told))


def test_progress_is_told_both_ways(tmp_path: Path) -> None:
    fs = fsspec.filesystem("canon", host="virtual.powershot-g3")
    there, back = Callback(), Callback()
    fs.get_file(f"/{PICTURE}", str(tmp_path / "a.jpg"), callback=there)
    fs.put_file(str(tmp_path / "a.jpg"), "/DCIM/A.JPG", callback=back)
    size = (tmp_path / "a.jpg").stat().st_size
    assert (there.size, there.value, back.size, back.value) == (size, size, size, size)


def test_only_what_is_read_is_fetched_where_a_camera_gives_parts() -> None:
    fs = fsspec.filesystem("canon", host="virtual.powershot-g9")
    fetched: list[int] = []
    with fs._card("/") as (cam, _):
        assert Feature.RANGES in cam.features
        driver = cam._verbs()
    whole = driver.read_range

    def counted(entry: Any, offset: int, size: int, sink: Any) -> Any:
        fetched.append(size)
        return whole(entry, offset, size, sink)

    driver.read_range = counted
    with fs.open(f"/{PICTURE}") as file:
        assert len(file.read(1000)) == 1000
    assert sum(fetched) == 64 << 10


def test_pillow_opens_it(host: str) -> None:
    from PIL import Image

    with fsspec.open(f"canon://{host}/{PICTURE}") as file, Image.open(file) as picture:
        assert picture.format == "JPEG"
        assert picture.getexif()[0x010F] == "Canon"


def test_glob_and_names_that_come_back(host: str) -> None:
    files = fsspec.open_files(f"canon://{host}/DCIM/*/IMG_000[12].JPG")
    assert [file.full_name for file in files] == [
        f"canon://{host}/DCIM/100CANON/IMG_0001.JPG",
        f"canon://{host}/DCIM/100CANON/IMG_0002.JPG",
    ]
    fs, path = fsspec.url_to_fs(f"canon://{host}/DCIM/")
    assert path == "/DCIM"
    assert fs.unstrip_protocol(path) == f"canon://{host}/DCIM"


@pytest.mark.parametrize(
    "pattern",
    ["DCIM/*/*_0001.JPG", "/store_{}/DCIM/*/*_0001.JPG", "store_{}/*/*/*_0001.JPG"],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_pattern_names_the_card_as_a_path_does(pattern: str, slash: str, host: str) -> None:
    card = fsspec.filesystem("canon", host=host)
    pattern = pattern.format("00020001" if "eos" in host else "00010001")
    assert card.glob(pattern) == ["/DCIM/100CANON/IMG_0001.JPG"]
    folder = pattern.replace("*_0001.JPG", slash).rstrip("/") + slash
    assert "/DCIM/100CANON" in card.glob(folder)


def test_a_local_cache_before_it(host: str, tmp_path: Path) -> None:
    options = {"simplecache": {"cache_storage": str(tmp_path)}}
    for _ in range(2):
        with fsspec.open(f"simplecache::canon://{host}/{PICTURE}", **options) as file:
            assert file.read() == in_the_camera(host)
    assert len(list(tmp_path.iterdir())) == 1


def test_rsync(host: str, tmp_path: Path) -> None:
    how = {"inst_kwargs": {"default_method": "options"}}
    card, there = f"canon://{host}", f"file://{tmp_path}/card"
    done = rsync(f"{card}/DCIM", there, **how)
    fs = fsspec.filesystem("canon", host=host)
    assert sorted(done) == [f"{card}{name}" for name in sorted(fs.find("/DCIM"))]
    assert (tmp_path / "card" / "100CANON" / "IMG_0001.JPG").read_bytes() == fs.cat(f"/{PICTURE}")
    (tmp_path / "card" / "100CANON" / "NEW.JPG").write_bytes(b"new")
    assert rsync(there, f"{card}/DCIM", **how) == {
        f"{there}/100CANON/NEW.JPG": f"{card}/DCIM/100CANON/NEW.JPG"
    }
    assert fs.cat("/DCIM/100CANON/NEW.JPG") == b"new"


def test_paths_in_the_manner_of_pathlib(host: str) -> None:
    folder = UPath(f"canon://{host}/DCIM/100CANON")
    assert str(folder / "IMG_0001.JPG") == f"canon://{host}/{PICTURE}"
    first = next(iter(sorted(folder.glob("*1.JPG"), key=str)))
    assert str(first) == f"canon://{host}/{PICTURE}"
    assert str(first.parent) == str(folder)
    assert first.read_bytes() == in_the_camera(host)
    assert first.stat().st_size == len(in_the_camera(host))
    assert str(first.with_name("IMG_0002.JPG")) == f"canon://{host}/DCIM/100CANON/IMG_0002.JPG"
    assert pickle.loads(pickle.dumps(first)) == first
    assert not (folder / "NONE.JPG").exists()


@pytest.mark.parametrize(
    "said",
    [
        f"UPath('{G3}/{PICTURE}')",
        f"UPath('{G3}', 'DCIM', '100CANON', 'IMG_0001.JPG')",
        f"UPath('/{PICTURE}', protocol='canon', host='virtual.powershot-g3')",
        f"CanonPath('{G3}/{PICTURE}')",
    ],
)
def test_a_path_is_the_first_that_a_program_has(said: str) -> None:
    """Before anything else asked fsspec for the card: no warning, and the host is the host."""
    program = f"""
from upath import UPath
{"from canon.fs.paths import CanonPath" if said.startswith("Canon") else ""}
picture = {said}
print(picture, len(picture.read_bytes()) == picture.stat().st_size)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (ran.stderr, ran.stdout) == ("", f"{G3}/{PICTURE} True\n")


def test_what_is_written_and_deleted() -> None:
    fs = fsspec.filesystem("canon", host="virtual.powershot-g3")
    with fs.open("/DCIM/200CANON/NOTE.TXT", "wb") as file:
        file.write(b"a note")
    assert fs.cat("/DCIM/200CANON/NOTE.TXT") == b"a note"
    fs.mv("/DCIM/200CANON/NOTE.TXT", "/DCIM/300CANON/NOTE.TXT")
    assert not fs.exists("/DCIM/200CANON/NOTE.TXT")
    with pytest.raises(IsADirectoryError, match="recursive"):
        fs.rm("/DCIM/300CANON")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        fs.open("/DCIM", "wb")
    with pytest.raises(FileNotFoundError):
        fs.open("/DCIM/NONE.TXT")
    with pytest.raises(ValueError, match="as a whole"):
        fs.open(f"/{PICTURE}", "ab")
    fs.rm("/DCIM/300CANON", recursive=True)
    assert not fs.exists("/DCIM/300CANON")


def test_a_picture_is_written_moved_and_deleted(host: str) -> None:
    fs = fsspec.filesystem("canon", host=host)
    with fs.open("/DCIM/200CANON/IMG_0001.JPG", "wb") as file:
        file.write(in_the_camera(host))
    fs.mv("/DCIM/200CANON/IMG_0001.JPG", "/DCIM/300CANON/IMG_0001.JPG")
    assert not fs.exists("/DCIM/200CANON/IMG_0001.JPG")
    assert fs.cat("/DCIM/300CANON/IMG_0001.JPG") == in_the_camera(host)
    fs.rm("/DCIM/300CANON", recursive=True)
    assert not fs.exists("/DCIM/300CANON")


def test_an_error_while_it_is_written_leaves_no_half_file() -> None:
    fs = fsspec.filesystem("canon", host="virtual.powershot-g3")
    with pytest.raises(ZeroDivisionError), fs.open("/DCIM/HALF.TXT", "wb") as file:  # noqa: PT012
        file.write(b"half")
        1 / 0  # noqa: B018
    assert not fs.exists("/DCIM/HALF.TXT")


def test_a_transaction_puts_all_at_its_end_or_nothing() -> None:
    fs = fsspec.filesystem("canon", host="virtual.powershot-g3")
    with fs.transaction:
        with fs.open("/DCIM/A.TXT", "wb") as file:
            file.write(b"a")
        assert not fs.exists("/DCIM/A.TXT")
    assert fs.cat("/DCIM/A.TXT") == b"a"


def test_errors_of_the_camera_are_not_taken_for_a_missing_file() -> None:
    fs = CanonFileSystem(port="virtual:powershot-g3?card=none")
    for asked in fs.exists, fs.isdir, fs.isfile:
        with pytest.raises(canon.NoCard):
            asked(f"/{PICTURE}")


def test_a_camera_that_was_lost_is_opened_anew() -> None:
    fs = CanonFileSystem(port="virtual:powershot-g3?fault=unplug@GetFile:20000")
    with pytest.raises(canon.Disconnected):
        fs.cat(f"/{PICTURE}")
    assert fs.exists(f"/{PICTURE}")


def test_one_camera_for_all_threads_and_copies(host: str) -> None:
    fs = CanonFileSystem(host)
    wanted = in_the_camera(host)
    fs.pipe("/DCIM/IMG_0099.JPG", wanted)  # only this camera has it
    assert pickle.loads(pickle.dumps(fs)) is fs
    assert CanonFileSystem.from_json(fs.to_json()).cat("/DCIM/IMG_0099.JPG") == wanted
    found: list[bytes] = []
    thread = threading.Thread(
        target=lambda: found.append(CanonFileSystem(host).cat("/DCIM/IMG_0099.JPG"))
    )
    thread.start()
    thread.join()
    assert found == [wanted]
    with fs.open("/DCIM/IMG_0099.JPG") as file:
        file.seek(100)
        assert pickle.loads(pickle.dumps(file)).read() == wanted[100:]


def test_the_camera_is_closed_with_the_cache(host: str) -> None:
    with CanonFileSystem(host)._card("/") as (cam, _):
        pass
    CanonFileSystem.clear_instance_cache()
    assert repr(cam).endswith(", closed>")
    assert not shared._open


def test_the_camera_is_closed_when_the_program_ends(host: str) -> None:
    script = (
        "import atexit, fsspec\n"
        "atexit.register(lambda: print(cam))\n"  # the last registered is called first
        f"fs = fsspec.url_to_fs('canon://{host}/DCIM')[0]\n"
        "with fs._card('/') as (cam, _): print(cam)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    opened, closed = ran.stdout.splitlines()
    assert opened.startswith("<Canon ")
    assert closed == opened.replace(">", ", closed>")
    assert ran.stderr == ""
