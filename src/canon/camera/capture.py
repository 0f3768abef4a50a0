"""Taking pictures by remote: release control, focus, zoom, and the release itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from canon.camera.turns import Turns
from canon.driver import Driver, Remote, Zoom
from canon.driver.card import Progress
from canon.driver.shot import Shot
from canon.errors import CanonError, Disconnected, ValueRefused
from canon.models.custom import CustomFunction
from canon.values import CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality

_log = logging.getLogger(__name__)

RELEASE_S = 60.0


class Capture:
    """The remote release of one camera. Made by `Camera`; use `cam.capture`.

    Every verb enters release control when it is not on, and leaves it as it was: the lens moves in
    and out each time. Between `start()` and `stop()`, or inside `with cam.capture.control():`, it
    stays on.
    """

    def __init__(
        self,
        verbs: Callable[[], Driver],
        name: Callable[[], str],
        is_open: Callable[[], bool],
        turns: Turns,
    ) -> None:
        self._verbs = verbs
        self._name = name
        self._is_open = is_open
        self._turns = turns
        self._inside = 0  # blocks that want release control, in all threads
        self._started = False

    @property
    def model(self) -> str:
        """The camera's name, for messages."""
        return self._name()

    @property
    def active(self) -> bool:
        """Whether release control is on."""
        return self._verbs().remote.active

    def start(self) -> None:
        """Enter release control: the lens comes out, the display goes dark.

        Raises:
            LensFailed: the lens cannot move; is the cap on?
            NotSupported: this model has no release control.
        """
        with self._turns:
            remote = self._verbs().remote
            if not remote.active:
                remote.enter()
            self._started = True

    def stop(self) -> None:
        """Leave release control, whoever wants it; nothing happens when it is off."""
        with self._turns:
            self._started = False
            remote = self._verbs().remote
            remote.stays = False
            if remote.active:
                remote.leave()

    @contextmanager
    def control(self) -> Iterator[Remote]:
        """Release control for a block: entered if need be, and left as it was, whatever happens.

        Blocks of several threads share it; the last one leaves it.
        """
        self._verbs()  # an error when the camera is closed already
        with self._told_when_closed():
            with self._turns:
                remote = self._verbs().remote
                if not remote.active:
                    remote.enter()
                self._inside += 1
            try:
                yield remote
            finally:
                self._let_go(remote)

    @contextmanager
    def _told_when_closed(self) -> Iterator[None]:
        """Let an error that comes from closing the camera in another thread say just that."""
        try:
            yield
        except CanonError as error:
            if self._is_open():
                raise
            closed = Disconnected("the camera was closed meanwhile by this program")
            for note in getattr(error, "__notes__", ()):
                closed.add_note(note)
            raise closed from error

    @contextmanager
    def turn(self) -> Iterator[Remote]:
        """Release control for a verb that must not interleave with those of other threads."""
        with self.control() as remote, self._turns:
            yield remote

    def _let_go(self, remote: Remote) -> None:
        """Leave release control if nobody wants it; what was done in it is not lost by an error."""
        with self._turns:
            self._inside -= 1
            if not self._inside and not self._started and remote.active and self._is_open():
                try:
                    remote.leave()
                except CanonError as error:
                    _log.warning("release control could not be left: %s", error)

    def release(
        self,
        *,
        target: CaptureTarget | str = CaptureTarget.HOST,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
    ) -> Shot:
        """Take a picture and wait until it is where it goes.

        A running viewfinder is stopped for it and started again.

        Args:
            target: to the computer, to the card, or to both; "host", "card", "both".
            thumbnail: whether the small JPEG is fetched too.
            progress: is told how many bytes of how many of the picture have come.
            timeout_s: how long the camera may take from the release to the end of its work.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            StoreFull: the card is full.
            NoCard: there is no card.
            NotFinished: the camera never said that it is done.
            NotSupported: this model has no remote release.
        """
        wanted = _target(target)
        with self.turn() as remote:
            seen = remote.viewfinder_on
            if seen:
                remote.stop_viewfinder()
            try:
                return remote.release(
                    wanted, thumbnail=thumbnail, progress=progress, timeout_s=timeout_s
                )
            finally:
                if seen:
                    self._show_again(remote)

    def _show_again(self, remote: Remote) -> None:
        """Start the viewfinder again; that it cannot must not cost the picture."""
        try:
            remote.start_viewfinder()
        except CanonError as error:
            _log.warning("the viewfinder could not be started again: %s", error)

    @contextmanager
    def focus_lock(self) -> Iterator[None]:
        """Focus now, and keep that distance for the releases in the block.

        Taken from recordings of Canon's own program; not yet confirmed by hand on a camera.
        """
        with self.control() as remote:
            with self._turns:
                remote.lock_focus()
            try:
                yield
            except BaseException:
                with suppress(CanonError), self._turns:
                    remote.unlock_focus()
                raise
            with self._turns:
                remote.unlock_focus()

    def lock_focus(self) -> None:
        """Focus now and keep that distance, until it is unlocked or release control ends."""
        self.start()
        with self.turn() as remote:
            remote.lock_focus()

    def stay(self) -> None:
        """Let release control stay on when the camera is closed, for the next program.

        Raises:
            NotSupported: it cannot; the end of a PTP session ends release control.
        """
        self._verbs().remote.stays = True
        self.start()

    def unlock_focus(self) -> None:
        """Let the focus go."""
        with self.turn() as remote:
            remote.unlock_focus()

    def measure(self) -> None:
        """Measure exposure, focus and white balance once, as for a half-press."""
        with self.turn() as remote:
            remote.measure()

    @property
    def zoom(self) -> Zoom:
        """Where the zoom stands; 0 is wide."""
        with self.turn() as remote:
            return remote.zoom()

    def set_zoom(self, position: int) -> Zoom:
        """Move the zoom, and return where it then stands.

        Raises:
            ValueRefused: the lens did not go there; the error has the first and last position.
        """
        if position < 0:
            raise ValueError(f"{position} is no zoom position; 0 is wide")
        with self.turn() as remote:
            remote.set_zoom(position)
            now = remote.zoom()
            if now.position != position:
                raise ValueRefused("zoom", position, (f"0 to {now.maximum}",))
            return now

    def set_output(self, output: CameraOutput | str) -> None:
        """Choose what shows the picture: the display, the video output, or nothing."""
        with self.turn() as remote:
            remote.set_output(CameraOutput.parse(output))

    def custom_functions(self) -> dict[str, CustomFunction]:
        """The camera's custom functions (C.Fn) by name, in the order of its menu.

        Each has its `number` in the menu, its `choice`, and the `choices` there are.

        Raises:
            NotSupported: this model has none that are known.
        """
        self._verbs().remote.custom_table()
        with self.turn() as remote:
            return remote.custom_functions()

    def set_custom_functions(self, **choices: object) -> dict[str, CustomFunction]:
        """Set custom functions, one after the other, and return all as they then are.

        `set_custom_functions(mirror_lockup=True, exposure_steps="1/3")`: a choice by its name or
        its number, True and False for "on" and "off". Nothing is set when one is not understood.

        Raises:
            ValueError: this body has no such custom function, or it has no such choice.
            ValueRefused: the camera did not take a choice; those before it are set.
            NotSupported: this model has none, or nobody knows how they are set.
        """
        table = {row.name: row for row in self._verbs().remote.custom_table(to_write=True)}
        if unknown := choices.keys() - table.keys():
            raise ValueError(
                f"the {self.model} has no custom function {', '.join(sorted(unknown))}; "
                f"it has: {', '.join(table)}"
            )
        wanted = {name: table[name].parse(choice) for name, choice in choices.items()}
        with self.turn() as remote:
            for name, value in wanted.items():
                remote.set_custom_function(table[name].number, value)
            now = remote.custom_functions()
        for name, value in wanted.items():
            if name not in now or now[name].value != value:
                raise ValueRefused(name, choices[name], table[name].choices)
        return now

    @property
    def available_shots(self) -> int:
        """How many pictures of the present size fit on the card."""
        with self.turn() as remote:
            return remote.available_shots()

    def estimated_size(
        self,
        image_size: ImageSize | str,
        quality: Quality | str,
        image_format: ImageFormat | str = ImageFormat.JPEG,
    ) -> int:
        """How many bytes a picture of that kind takes, by the camera's own table."""
        size, form = ImageSize.parse(image_size), ImageFormat.parse(image_format)
        with self.turn() as remote:
            return remote.estimated_size(size, form, Quality.parse(quality))


def _target(target: CaptureTarget | str) -> CaptureTarget:
    """Where a picture goes, by the target or by its name."""
    if isinstance(target, str):
        target = CaptureTarget.__members__.get(target.strip().upper(), CaptureTarget(0))
    if not target:
        raise ValueError("a picture goes to the host, to the card, or to both")
    return target
