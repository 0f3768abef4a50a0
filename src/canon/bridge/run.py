"""Runs other people's programs on a camera behind USB/IP, without root, kernel module or hardware.

The program runs under umockdev's preload library, which shows it a small tree in place of the
machine's USB devices; `canon.bridge.usbfs` answers there in the kernel's place.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from canon.bridge.bus import UsbipBus
from canon.bridge.tree import Plugged, Tree
from canon.bridge.usbfs import Node
from canon.errors import PortError
from canon.usb.usbip import open_usbip

_PRELOAD = "libumockdev-preload.so.0"
_LIBRARIES = tuple(Path(path) for path in ("/usr/local/lib", "/usr/lib", "/usr/lib64"))
_PATIENCE_S = 5.0

_Stream = int | IO[bytes] | None


def run(
    command: Sequence[str],
    address: tuple[str, int],
    busid: str = "1-1",
    *,
    env: Mapping[str, str] | None = None,
    stdin: _Stream = None,
    stdout: _Stream = None,
    stderr: _Stream = None,
) -> int:
    """Run a program that finds the camera as if it were plugged into this computer.

    Args:
        command: the program and its arguments.
        address: host and TCP port of the USB/IP server.
        busid: the camera's name there.
        env: the program's environment; by default that of this process.
        stdin: as `subprocess.Popen` takes it, like `stdout` and `stderr`; by default inherited, or
            /dev/null where ours is closed: its number may be a socket's by now.
        stdout: where the output goes.
        stderr: where the messages go.

    Returns:
        The program's exit status; 128 + n when signal n ended it.

    Raises:
        PortError: umockdev is not installed, or the camera cannot be had.
        ValueError: there is no such program.
    """
    with attached(address, busid, env=env) as environment:
        streams = (stdin, sys.__stdin__), (stdout, sys.__stdout__), (stderr, sys.__stderr__)
        stdin, stdout, stderr = (
            subprocess.DEVNULL if stream is None and ours is None else stream
            for stream, ours in streams
        )
        try:
            child = subprocess.Popen(  # noqa: S603  (running what the user names is its purpose)
                command, env=environment, stdin=stdin, stdout=stdout, stderr=stderr
            )
        except OSError as error:
            raise ValueError(f"{command[0]} cannot be run: {error.strerror}") from error
        with child, _passing_on(signal.SIGTERM, child):
            try:
                status = child.wait()
            except BaseException:  # Ctrl-C, which the terminal sends to the program as well
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(_PATIENCE_S)
                child.kill()
                raise
    return status if status >= 0 else 128 - status


@contextlib.contextmanager
def attached(
    address: tuple[str, int], busid: str = "1-1", *, env: Mapping[str, str] | None = None
) -> Iterator[dict[str, str]]:
    """Hold a camera so that programs find it: the environment in which to run them.

    Args:
        address: host and TCP port of the USB/IP server.
        busid: the camera's name there.
        env: the environment to start from; by default that of this process.

    Raises:
        PortError: umockdev is not installed, or the camera cannot be had.
    """
    library = preload_library()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="canon-bridge", daemon=True)
    with contextlib.ExitStack() as stack:
        stack.callback(loop.close)
        tree = stack.enter_context(Tree())
        thread.start()
        stack.callback(thread.join)
        stack.callback(loop.call_soon_threadsafe, loop.stop)
        node = asyncio.run_coroutine_threadsafe(_plug(tree, address, busid), loop).result()
        stack.callback(lambda: asyncio.run_coroutine_threadsafe(node.close(), loop).result())
        environment = dict(os.environ if env is None else env)
        preloads = (str(library), environment.get("LD_PRELOAD", ""))
        environment["LD_PRELOAD"] = ":".join(filter(None, preloads))
        environment["UMOCKDEV_DIR"] = str(tree.root)
        yield environment


async def _plug(tree: Tree, address: tuple[str, int], busid: str) -> Node:
    """Import the device, show it in the tree and answer for it."""
    port = open_usbip(*address, busid)
    device = port.device
    plugged = Plugged(tree, port.descriptors, "1-1", device.busnum, device.devnum, device.speed)
    node = Node(plugged, await UsbipBus.over(port))
    await node.listen()
    return node


def preload_library(folders: Iterable[Path] = _LIBRARIES) -> Path:
    """Where umockdev's preload library is. Raises PortError when it is in none of the folders."""
    for folder in folders:
        for path in (folder / _PRELOAD, *folder.glob(f"*/{_PRELOAD}")):
            if path.exists():
                return path
    raise PortError(
        f"{_PRELOAD} is not here, which shows a program a camera that is not plugged in",
        "it is in Debian's package umockdev: apt install umockdev",
    )


@contextlib.contextmanager
def _passing_on(number: signal.Signals, child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass a signal on to the program, so that our end comes after its end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda *_: child.send_signal(number))
    try:
        yield
    finally:
        signal.signal(number, before)
