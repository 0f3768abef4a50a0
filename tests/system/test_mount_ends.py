"""However a mount ends, no dead mount point is left; what keeps it from beginning is said."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from cli_helpers import PATIENCE_S, PROGRAM, VIRTUAL, files_below, process, run, served
from mount_helpers import Mount, Mounter, ran, until

from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import ROOT, needed

PICTURE = "DCIM/100CANON/IMG_0001.JPG"


def is_mounted(folder: Path) -> bool:
    """Whether something is mounted there, dead or alive."""
    return f" {folder} " in Path("/proc/self/mounts").read_text()


# --- the end ------------------------------------------------------------------------------------


def test_umount_ends_it_and_lets_the_camera_go(tmp_path: Path, mount: Mounter) -> None:
    with served(VIRTUAL) as port:
        mounted = mount(port)
        refused = run(tmp_path, "info", port=port)
        assert refused.returncode == 3
        assert "another program" in refused.stderr
        mounted.end()
        assert not is_mounted(mounted.folder)
        assert run(tmp_path, "info", port=port).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(number: signal.Signals, tmp_path: Path, mount: Mounter) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # what nohup has set does not end it
    try:
        running = mount.foreground(VIRTUAL)
    finally:
        signal.signal(number, before)
    held = os.open(tmp_path / "mnt" / PICTURE, os.O_RDONLY)  # that does not hold it up
    try:
        assert os.read(held, 2) == b"\xff\xd8"
        running.send_signal(number)
        assert running.communicate(timeout=PATIENCE_S) == ("", "")
        assert running.returncode == 0
    finally:
        with suppress(OSError):  # the mount is gone
            os.close(held)
    assert not is_mounted(tmp_path / "mnt")


def test_a_signal_ends_one_in_the_background(mount: Mounter) -> None:
    mounted = mount(VIRTUAL)
    os.kill(mounted.process, signal.SIGTERM)
    mounted.wait()
    assert not is_mounted(mounted.folder)


def test_a_signal_ends_one_that_is_read(tmp_path: Path, mount: Mounter) -> None:
    """Whoever waits for bytes that come no more gets an error."""
    film = tmp_path / "card" / PICTURE
    film.parent.mkdir(parents=True)
    with film.open("wb") as file:
        file.truncate(2_000_000_000)
    running = mount.foreground(f"{VIRTUAL}?card={quote(str(tmp_path / 'card'))}", "--cache", "3G")
    with subprocess.Popen(
        ["cat", tmp_path / "mnt" / PICTURE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        assert reader.stdout
        assert reader.stdout.read(2) == b"\0\0"
        running.terminate()
        running.communicate(timeout=PATIENCE_S)
        assert running.returncode == 0
        reader.stdout.read()
        assert reader.wait(PATIENCE_S) == 1
    assert not is_mounted(tmp_path / "mnt")


def test_an_unplugged_camera_takes_the_folder_with_it(mount: Mounter) -> None:
    mounted = mount(f"{VIRTUAL}?fault=unplug@GetFile:20000")
    with pytest.raises(OSError, match=r"error|not connected|No such"):
        (mounted.folder / PICTURE).read_bytes()
    mounted.wait()
    assert not is_mounted(mounted.folder)


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9", "eos-60d"])
def test_a_camera_that_is_unplugged_while_nobody_reads(body: str, mount: Mounter) -> None:
    server = UsbipServer(make_virtual(body))
    with server:
        mounted = mount("usbip:{}:{}/{}".format(*server.address, server.busid))
        assert os.listdir(mounted.folder)
    mounted.wait()
    assert not is_mounted(mounted.folder)


def test_an_unplugged_camera_is_told_in_the_foreground(tmp_path: Path, mount: Mounter) -> None:
    running = mount.foreground(f"{VIRTUAL}?fault=unplug@GetFile:20000")
    with pytest.raises(OSError, match=r"error|not connected|No such"):
        (tmp_path / "mnt" / PICTURE).read_bytes()
    _, said = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 3
    assert "unplugged" in said


@pytest.mark.long
@pytest.mark.parametrize("library", ["fuse", "fuse3"])
def test_killed_while_all_is_copied(library: str, tmp_path: Path, mount: Mounter) -> None:
    card = tmp_path / "card"
    (card / "DCIM" / "100CANON").mkdir(parents=True)
    for number in range(200):
        (card / "DCIM" / "100CANON" / f"IMG_{number:04}.JPG").write_bytes(os.urandom(20_000))
    port = f"{VIRTUAL}?card={quote(str(card))}"
    for turn in range(10):
        kill_while_copying(mount(port, FUSE_LIBRARY_NAME=library), tmp_path / str(turn), 5 * turn)
    mounted = mount(port, FUSE_LIBRARY_NAME=library)
    ran("diff", "--recursive", card, mounted.folder)


def kill_while_copying(mounted: Mount, copy: Path, files: int) -> None:
    """Kill a mount when so many files have been copied; its folder is free then."""
    with subprocess.Popen(["cp", "-a", mounted.folder, copy], stderr=subprocess.DEVNULL) as copying:
        until(lambda: len(files_below(copy)) >= files or copying.poll() is not None)
        os.kill(mounted.process, signal.SIGKILL)
        copying.wait(PATIENCE_S)
    until(lambda: not is_mounted(mounted.folder))


def test_what_an_earlier_run_left_is_cleared(mount: Mounter) -> None:
    """It was killed, and the program too that takes the mount down then."""
    mounted = mount(VIRTUAL)
    for helper in helpers_of(mounted.folder):
        os.kill(helper, signal.SIGKILL)
    os.kill(mounted.process, signal.SIGKILL)
    mounted.wait()
    assert is_mounted(mounted.folder)
    with pytest.raises(OSError, match="not connected"):
        os.listdir(mounted.folder)
    again = mount(VIRTUAL)
    assert (again.folder / PICTURE).is_file()
    again.end()
    assert not is_mounted(again.folder)


def helpers_of(folder: Path) -> list[int]:
    """The processes that take a mount down when its program is killed."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == b"/bin/sh" and os.fsencode(folder) in words:
            found.append(int(place.parent.name))
    assert found
    return found


# --- the beginning ------------------------------------------------------------------------------


def test_what_is_wrong_is_told_before_it_goes_into_the_background(
    tmp_path: Path, mount: Mounter
) -> None:
    folder = tmp_path / "mnt"
    missing = process(tmp_path, "mount", str(folder))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "mkdir" in missing.stderr
    folder.mkdir()
    for port, code, said in (
        ("virtual:powershot-g33", 2, "powershot-g33"),
        ("virtual:powershot-g3?card=none", 5, "there is no card"),
        ("usbip:127.0.0.1:1/1-1", 3, "127.0.0.1"),
    ):
        refused = process(tmp_path, "mount", str(folder), port=port)
        assert (refused.returncode, refused.stdout) == (code, "")
        assert said in refused.stderr
        assert not is_mounted(folder)
    (folder / "file").touch()
    taken = process(tmp_path, "mount", str(folder))
    assert (taken.returncode, taken.stdout) == (5, "")
    assert "name an empty folder" in taken.stderr
    file = process(tmp_path, "mount", str(folder / "file"))
    assert file.returncode == 2
    assert "Not a directory" in file.stderr
    assert process(tmp_path, "mount", str(folder), "--cache", "0").returncode == 2


def test_a_folder_has_one_mount(tmp_path: Path, mount: Mounter) -> None:
    mounted = mount(VIRTUAL)
    second = process(tmp_path, "mount", str(mounted.folder))
    assert second.returncode == 5
    assert f"umount {mounted.folder}" in second.stderr
    assert (mounted.folder / PICTURE).is_file()


def test_the_shell_keeps_its_camera(tmp_path: Path) -> None:
    (tmp_path / "mnt").mkdir()
    said = run(tmp_path, "shell", typed="mount mnt\n")
    assert said.returncode == 2
    assert "the shell has the camera open" in said.stderr


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mnt"
    folder.mkdir()
    monkeypatch.setenv("FUSE_LIBRARY_NAME", "no-such-library")
    library = process(tmp_path, "mount", str(folder))
    assert library.returncode == 3
    assert "sudo apt install fuse3" in library.stderr
    monkeypatch.delenv("FUSE_LIBRARY_NAME")
    monkeypatch.setitem(sys.modules, "mfusepy", None)
    extra = run(tmp_path, "mount", str(folder))
    assert extra.returncode == 3
    assert '[mount]"' in extra.stderr


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that all may enter."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def alone(home: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as root in a mount namespace of its own, which ends with it."""
    if os.getuid():
        needed("only root can set up a namespace, and become nobody")
    env = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    return subprocess.run(
        ["unshare", "--mount", "sh", "-ec", script],
        env=env | {"HOME": str(home), "CANON_REMOTE_PORT": VIRTUAL},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def as_nobody(home: Path, mode: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as nobody, where /dev/fuse has that mode."""
    return alone(
        home,
        f"""
        mount -t tmpfs -o mode=1777 none {home}
        mknod -m {mode} {home}/fuse c 10 229
        mount --bind {home}/fuse /dev/fuse
        {opened(home, Path(sys.base_prefix), ROOT)}
        exec setpriv --reuid=nobody --regid=nogroup --clear-groups sh -ec '{script}'
        """,
    )


def test_who_is_not_root_mounts_too(home: Path) -> None:
    script = f"""
        mkdir {home}/card
        {PROGRAM} mount {home}/card
        cp -a {home}/card {home}/copy
        find {home}/copy -type f
        stat --format=%U {home}/card/DCIM
        fusermount3 -u {home}/card
        ! grep {home}/card /proc/self/mounts
        process=$({PROGRAM} mount --json {home}/card | sed "s/.*: //; s/}}//")
        kill -9 "$process"
        while grep -q {home}/card /proc/self/mounts; do :; done
    """
    done = as_nobody(home, "0666", script)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert f"{home}/copy/{PICTURE}" in lines
    assert lines[-1] == "nobody"


def test_who_may_not_use_fuse_is_told(home: Path) -> None:
    refused = as_nobody(home, "0600", f"mkdir {home}/card; {PROGRAM} mount {home}/card")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "/dev/fuse: Permission denied" in refused.stderr
    assert f"{home}/card cannot be mounted" in refused.stderr


def test_a_kernel_without_fuse_is_told(home: Path) -> None:
    script = f"mount -t tmpfs none /dev; mknod /dev/null c 1 3; {PROGRAM} mount {home}"
    refused = alone(home, script)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "sudo modprobe fuse" in refused.stderr


def opened(home: Path, *trees: Path) -> str:
    """Commands that let all enter trees that are below a folder of root's own, as /root is."""
    shut = {
        tree: closed
        for tree in trees
        for closed in tree.parents
        if not closed.stat().st_mode & 0o001
    }
    kept = {tree: home / f"tree{number}" for number, tree in enumerate(shut)}
    return "\n".join(
        [
            *(f"mkdir {there}; mount --bind {tree} {there}" for tree, there in kept.items()),
            *(f"mount -t tmpfs -o mode=755 none {closed}" for closed in set(shut.values())),
            *(f"mkdir -p {tree}; mount --bind {there} {tree}" for tree, there in kept.items()),
        ]
    )
