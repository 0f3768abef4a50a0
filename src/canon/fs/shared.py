"""The cameras that this process has open for its file systems: one for each port.

A camera talks to one program, and is opened once by it. Several file systems may mean the same
one: fsspec makes one for each thread.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from canon.errors import CanonError, Disconnected

if TYPE_CHECKING:
    from canon.camera import Camera

_open: dict[tuple[int, str], Camera] = {}
"""By process and port: a process that was forked off must not use its parent's cable."""
_guard = threading.RLock()


@contextmanager
def camera(port: str) -> Iterator[Camera]:
    """The camera at a port, opened when it is first used; after it was lost, it is opened anew.

    Raises:
        PortError: it cannot be opened.
    """
    import canon

    port = port or os.environ.get("CANON_REMOTE_PORT", "")
    key = os.getpid(), port
    with _guard:
        cam = _open.get(key)
        if cam is None:
            cam = _open[key] = canon.open(port)
    try:
        yield cam
    except Disconnected:
        with _guard:
            if _open.get(key) is cam:
                del _open[key]
        with suppress(CanonError):
            cam.close()
        raise


@atexit.register
def close_all() -> None:
    """Close what this process has open; whoever still uses it opens it anew."""
    with _guard:
        mine = [key for key in _open if key[0] == os.getpid()]
        cameras = [_open.pop(key) for key in mine]
    for cam in cameras:
        with suppress(CanonError):
            cam.close()
