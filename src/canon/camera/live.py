"""Live view: the viewfinder's frames, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from canon.camera.capture import Capture
from canon.camera.turns import Turns
from canon.errors import CanonError


class Viewfinder:
    """The live picture of one camera. Made by `Camera`; use `for frame in cam.viewfinder:`.

    The viewfinder runs while the loop does, and the loop ends when the camera is closed. Settings
    and releases between frames work.
    """

    def __init__(self, capture: Capture, is_open: Callable[[], bool], turns: Turns) -> None:
        self._capture = capture
        self._is_open = is_open
        self._turns = turns

    def __iter__(self) -> Iterator[bytes]:
        """Start the viewfinder and give its frames, JPEGs, as fast as the camera makes them.

        Raises:
            NotSupported: this model has no release control.
        """
        try:
            with self._capture.control() as remote:
                with self._turns:
                    remote.start_viewfinder()
                try:
                    while True:
                        with self._turns:
                            if not remote.viewfinder_on:
                                return  # somebody left release control
                            frame = remote.frame()
                        yield frame
                finally:
                    with self._turns:
                        if remote.viewfinder_on:
                            remote.stop_viewfinder()
        except CanonError:
            if self._is_open():
                raise
