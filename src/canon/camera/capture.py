"""Taking pictures by remote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, overload

from canon.camera.control import RemoteControl, having
from canon.driver import Body, Bulb, Button, Driver, Press, Shutter
from canon.driver.card import Progress
from canon.driver.features import Feature
from canon.driver.shot import (
    BULB,
    RELEASE_S,
    WITHOUT_FOCUS,
    MayGo,
    Order,
    Pending,
    Released,
    Shot,
)
from canon.errors import CanonError
from canon.log import Log
from canon.values import CaptureTarget

if TYPE_CHECKING:
    from pathlib import Path

    from canon.values import Format

_log = Log(__name__)

_LONGEST_S = 86400.0
_FEATURE = "remote release"
_HALF_PRESS = "shutter button that a computer can press half"
_FLASH = "built-in flash that a computer can let up"


class Capture:
    """The remote release of one camera. Made by `Camera`; use `cam.capture`."""

    def __init__(self, control: RemoteControl) -> None:
        self._control = control
        self._underway: list[Order] = []  # one of each thread in `shoot`

    def __repr__(self) -> str:
        return f"<capture of {self._control.model}>"

    def shoot(
        self,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        to: str | Path | None = None,
        overwrite: bool = False,
        thumbnail: bool = False,
        focus: bool = True,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
        may_go: MayGo | None = None,
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
            focus: whether the lens focuses before; False takes the picture at once.
            progress: is called with how many bytes of how many of the picture have come.
            timeout_s: how long the camera may take from the release to the end of its work.
            may_go: is asked when nothing is left to do but to send the release, again and again
                until it says True: for cameras that are to release at one moment. The lens of an
                EOS has focused by then, others focus as a part of the release.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            StoreFull: the card is full.
            NoCard: there is no card.
            AlreadyThere: `to` is a file that is there already; no picture was taken.
            OSError: the disk is full, or takes nothing; a note says where else the picture is.
            NotFinished: the camera never said that it is done.
            Aborted: another thread called `abort()`.
            NotSupported: this model has no remote release, or none without focusing.
        """
        order = Order(
            _target(target),
            thumbnail=thumbnail,
            progress=progress,
            timeout_s=timeout_s,
            how=Press.FOCUS if focus else Press.NO_FOCUS,
            may_go=may_go,
        )
        return self._shoot(order, to, overwrite)

    @overload
    def bulb(
        self,
        seconds: float,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        to: str | Path | None = None,
        overwrite: bool = False,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
    ) -> Shot: ...

    @overload
    def bulb(
        self,
        seconds: None = None,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        to: str | Path | None = None,
        overwrite: bool = False,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
    ) -> AbstractContextManager[Exposure]: ...

    def bulb(
        self,
        seconds: float | None = None,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        to: str | Path | None = None,
        overwrite: bool = False,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
    ) -> Shot | AbstractContextManager[Exposure]:
        """Expose as long as you say: `bulb(3.8)`, or as long as a block lasts.

        The time is that of `cam.clock`. At the end of `with cam.capture.bulb() as exposure:` the
        shutter is closed, and what `shoot()` would return is `exposure.shot`. `abort()` ends an
        exposure of so many seconds. A block that an error leaves waits for nothing: what was
        exposed is on the card, or comes with the next shot.

        Args:
            seconds: how long the shutter stays open; without it, as long as the block lasts.
            target: as for `shoot()`.
            to: as for `shoot()`.
            overwrite: as for `shoot()`.
            thumbnail: as for `shoot()`.
            progress: as for `shoot()`.
            timeout_s: how long the camera may take beside the exposure; one that takes a dark
                picture afterwards, against noise, needs as long again.

        Raises:
            ValueError: it is no time.
            ValueRefused: the camera has no bulb in this mode.
            NotSupported: this model has no bulb exposure that a computer can end.
        """
        self._control.need(_bulb, BULB)
        if seconds is not None and not 0 < seconds < _LONGEST_S:
            raise ValueError(f"{seconds} s is no time for an exposure")
        order = Order(
            _target(target),
            thumbnail=thumbnail,
            progress=progress,
            timeout_s=timeout_s,
            bulb_s=seconds,
        )
        if seconds is None:
            return self._exposing(order, to, overwrite)
        return self._shoot(order, to, overwrite)

    def waiting(self) -> tuple[Pending, ...]:
        """The pictures in the camera's memory that nobody has fetched, the oldest first.

        An EOS keeps there what its button took while `shoot()` before it had the computer as its
        target, and what a shot left that was given up. They come with the next `shoot()`, unless
        `fetch()` brings them before; what waits still when the camera is closed is lost, and a
        warning names it. A native camera tells of such pictures by events only.

        Raises:
            NotSupported: this model has no remote release.
        """
        with self._control.turn(_shutter, _FEATURE) as shutter:
            return shutter.waiting()

    def fetch(
        self,
        pending: Pending,
        *,
        to: str | Path | None = None,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Shot:
        """Fetch a picture that waits in the camera's memory, which then forgets it.

        Args:
            pending: one of `waiting()`, or that of the event `PictureWaiting`.
            to: as for `shoot()`.
            overwrite: as for `shoot()`.
            progress: as for `shoot()`.

        Raises:
            ObjectNotFound: it is not there any more: a shot has brought it, or it was fetched.
            AlreadyThere: `to` is a file that is there already; the picture waits as before.
        """
        from canon.camera.receivers import receiver

        self._control.need(_shutter, _FEATURE)
        with (
            receiver(to, overwrite=overwrite) as taker,
            self._control.turn(_shutter, _FEATURE) as shutter,
        ):
            shutter.fetch(pending, taker, progress)
        shot = taker.shot(Released())
        _log.info("fetched from memory: %s", _names(shot))
        return shot

    @contextmanager
    def half_press(self) -> Iterator[None]:
        """The shutter button pressed half for a block: the lens has focused, the light is measured.

        A picture in the block is taken with that focus. The button is let go whatever happens.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            NotSupported: this model has no button that a computer can press half.
        """
        self._control.need(_button, _HALF_PRESS)
        with self._control():
            try:
                with self._control.turn(_button, _HALF_PRESS) as button:
                    button.half()
                yield
            except BaseException:
                with suppress(CanonError):
                    self._let_go()
                raise
            self._let_go()

    def pop_up_flash(self) -> None:
        """Let the built-in flash come up.

        Raises:
            NotSupported: this model has none, or none that a computer can move.
        """
        with self._control.turn(_flash, _FLASH) as body:
            body.pop_up_flash()

    def abort(self) -> None:
        """Give up what other threads shoot, or are about to: `shoot()` ends there with Aborted.

        A picture may be taken all the same; the next release waits until the camera is done.
        Nothing happens where no release is under way.
        """
        for order in tuple(self._underway):
            order.given_up = True

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

    def _shoot(self, order: Order, to: str | Path | None, overwrite: bool) -> Shot:
        from canon.camera.receivers import receiver

        self._control.need(_shutter, _FEATURE)
        if order.how is Press.NO_FOCUS:
            self._control.need(having(Feature.NO_FOCUS, _shutter), WITHOUT_FOCUS)
        with (
            receiver(to, overwrite=overwrite) as taker,
            self._may_be_given_up(order),
            self._control.turn(_shutter, _FEATURE) as shutter,
        ):
            order.check()
            released = shutter.release(order, taker)
        shot = taker.shot(released)
        _log.info("took a picture: %s", _names(shot))
        return shot

    @contextmanager
    def _may_be_given_up(self, order: Order) -> Iterator[None]:
        self._underway.append(order)
        try:
            yield
        finally:
            self._underway.remove(order)

    @contextmanager
    def _exposing(self, order: Order, to: str | Path | None, overwrite: bool) -> Iterator[Exposure]:
        from canon.camera.receivers import receiver

        exposure = Exposure(self._control)

        def end() -> Released:
            with self._control.turn(_bulb, BULB) as bulb:
                return bulb.close()

        with self._control(), receiver(to, overwrite=overwrite) as taker:
            try:
                with self._control.turn(_bulb, BULB) as bulb:
                    bulb.open(order, taker)
                yield exposure
            except BaseException:
                order.given_up = True
                with suppress(CanonError):
                    end()
                raise
            with self._may_be_given_up(order):
                released = end()
        exposure.shot = taker.shot(released)
        _log.info("took a picture: %s", _names(exposure.shot))

    def _let_go(self) -> None:
        with self._control.turn(_button, _HALF_PRESS) as button:
            button.let_go()


class Exposure:
    """An exposure that lasts as long as a block. Made by `cam.capture.bulb()`.

    Attributes:
        shot: what it gave; empty until the block has ended.
    """

    def __init__(self, control: RemoteControl) -> None:
        self.shot = Shot()
        self._control = control

    def __repr__(self) -> str:
        return f"<an exposure of {self._control.model}>"

    def seconds(self) -> float:
        """How long the shutter has been open, by the camera's own count."""
        with self._control.turn(_bulb, BULB) as bulb:
            return bulb.seconds()


def _shutter(driver: Driver) -> Shutter | None:
    return driver.shutter


def _button(driver: Driver) -> Button | None:
    return driver.button


def _bulb(driver: Driver) -> Bulb | None:
    return driver.bulb


def _body(driver: Driver) -> Body | None:
    return driver.body


_flash = having(Feature.FLASH_POP_UP, _body)


def _names(shot: Shot) -> str:
    """Where all of it is, for the log."""
    names = (*(one.name for one in shot.pictures), *map(str, (*shot.saved, *shot.entries)))
    return ", ".join(names)


def _target(target: CaptureTarget | str) -> CaptureTarget:
    """Where a picture goes, by the target or by its name."""
    if isinstance(target, str):
        target = CaptureTarget.__members__.get(target.strip().upper(), CaptureTarget(0))
    if not target:
        raise ValueError("a picture goes to the host, to the card, or to both")
    return target
