"""Taking pictures by remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canon.camera.control import RemoteControl
from canon.driver import Driver, Shutter
from canon.driver.card import Progress
from canon.driver.shot import GiveUp, Shot
from canon.log import Log
from canon.values import CaptureTarget

if TYPE_CHECKING:
    from pathlib import Path

    from canon.values import Format

_log = Log(__name__)

RELEASE_S = 60.0
_FEATURE = "remote release"


class Capture:
    """The remote release of one camera. Made by `Camera`; use `cam.capture`."""

    def __init__(self, control: RemoteControl) -> None:
        self._control = control
        self._underway: list[GiveUp] = []  # one of each thread in `shoot`

    def __repr__(self) -> str:
        return f"<capture of {self._control.model}>"

    def shoot(
        self,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        to: str | Path | None = None,
        overwrite: bool = False,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
    ) -> Shot:
        """Take a picture and wait until it is where it goes.

        Live view goes on afterwards.

        Args:
            target: to the computer, to the card, or to both; "host", "card", "both".
            to: a file, or a folder that is there or ends with a slash: what comes to the computer
                is streamed into it; by default it comes into memory. A name that is taken in a
                folder gets a number. The second file of RAW + JPEG keeps its own suffix.
            overwrite: whether a file that is there already may be replaced.
            thumbnail: whether the small JPEG is fetched too.
            progress: is called with how many bytes of how many of the picture have come.
            timeout_s: how long the camera may take from the release to the end of its work.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            StoreFull: the card is full.
            NoCard: there is no card.
            AlreadyThere: `to` is a file that is there already; no picture was taken.
            NotFinished: the camera never said that it is done.
            Aborted: another thread called `abort()`.
            NotSupported: this model has no remote release.
        """
        from canon.camera.receivers import InMemory, OnDisk

        wanted = _target(target)
        self._control.need(_shutter, _FEATURE)
        receiver = InMemory() if to is None else OnDisk(to, overwrite=overwrite)
        give_up = GiveUp()
        self._underway.append(give_up)
        try:
            with self._control.turn(_shutter, _FEATURE) as shutter:
                give_up.check()
                released = shutter.release(
                    wanted,
                    receiver,
                    give_up,
                    thumbnail=thumbnail,
                    progress=progress,
                    timeout_s=timeout_s,
                )
        finally:
            self._underway.remove(give_up)
            receiver.finish()
        shot = receiver.shot(released)
        names = (*(one.name for one in shot.pictures), *map(str, (*shot.saved, *shot.entries)))
        _log.info("took a picture: %s", ", ".join(names))
        return shot

    def abort(self) -> None:
        """Give up what other threads shoot, or are about to: `shoot()` ends there with Aborted.

        A picture may be taken all the same; the next release waits until the camera is done.
        Nothing happens where no release is under way.
        """
        for give_up in tuple(self._underway):
            give_up.asked = True

    def available_shots(self) -> int:
        """How many pictures of the present size fit on the card; enters remote control."""
        with self._control.turn(_shutter, _FEATURE) as shutter:
            return shutter.available_shots()

    def estimated_size(self, image_format: Format | str) -> int:
        """How many bytes a release of that format takes, by the camera's own table.

        Raises:
            ValueError: it is no format.
            NotSupported: the camera's table does not have it.
        """
        from canon.values import Format

        form = Format.parse(image_format)
        with self._control.turn(_shutter, _FEATURE) as shutter:
            return shutter.estimated_size(form)


def _shutter(driver: Driver) -> Shutter | None:
    return driver.shutter


def _target(target: CaptureTarget | str) -> CaptureTarget:
    """Where a picture goes, by the target or by its name."""
    if isinstance(target, str):
        target = CaptureTarget.__members__.get(target.strip().upper(), CaptureTarget(0))
    if not target:
        raise ValueError("a picture goes to the host, to the card, or to both")
    return target
