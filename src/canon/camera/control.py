"""Remote control of one camera, and whose turn it is in it: what each part that needs it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from canon.camera.turns import Turns
from canon.driver import Body, Driver, Remote
from canon.driver.features import Feature
from canon.errors import CanonError, Disconnected, NotSupported
from canon.log import Log
from canon.values import CameraOutput

_log = Log(__name__)
T = TypeVar("T")

_KEY_LOCK = "keys that a computer can lock"


def having(
    feature: Feature, capability: Callable[[Driver], T | None]
) -> Callable[[Driver], T | None]:
    """A capability of which some bodies have only a part: it, where `features` has this part."""
    return lambda driver: capability(driver) if feature in driver.features else None


class RemoteControl:
    """Remote control of one camera. Made by `Camera`; use `cam.remote`.

    Every verb that needs remote control enters it when it is not on, and leaves it as it was: the
    lens of a compact camera moves in and out each time. Inside `with cam.remote():`, or between
    `start()` and `stop()`, it stays on; on an EOS, once entered, until the camera is closed.
    """

    def __init__(
        self,
        verbs: Callable[[], Driver],
        name: Callable[[], str],
        is_open: Callable[[], bool],
        turns: Turns,
    ) -> None:
        self.verbs = verbs
        self._name = name
        self.is_open = is_open
        self._turns = turns
        self._wanted = 0  # blocks and locks that want it, in all threads
        self._started = False
        self._key_locks = 0  # blocks that want the keys locked, in all threads

    def __repr__(self) -> str:
        if not self.is_open():
            return "<remote control, closed>"
        return f"<remote control of {self.model}, {'on' if self.active else 'off'}>"

    def __call__(self, *, lock_keys: bool = False) -> AbstractContextManager[None]:
        """Remote control for a block: entered if need be, and left as it was, whatever happens.

        Blocks of several threads share it; the last one leaves it.

        Args:
            lock_keys: whether the keys of the body do nothing until all blocks that want so end.

        Raises:
            LensFailed: the lens cannot move; is the cap on?
            NotSupported: this model has no remote control, or keys that cannot be locked.
        """
        return self._locked_block() if lock_keys else self._block()

    @property
    def model(self) -> str:
        """The camera's name, for messages."""
        return self._name()

    @property
    def active(self) -> bool:
        """Whether remote control is on; nothing is asked."""
        remote = self.verbs().remote
        return remote is not None and remote.active

    @property
    def lasts(self) -> bool:
        """Whether it stays on until the camera is closed, as on an EOS; nothing is asked."""
        remote = self.verbs().remote
        return remote is not None and remote.lasts

    def start(self) -> None:
        """Enter remote control: the lens comes out, the display goes dark.

        Raises:
            LensFailed: the lens cannot move; is the cap on?
            NotSupported: this model has no remote control.
        """
        with self._turns:
            self._enter()
            self._started = True

    def stop(self) -> None:
        """Leave remote control, whoever wants it; nothing happens when it is off.

        A program before this one may have left it on: that ends here, too.
        A verb of another thread comes to its end before.
        """
        with self._turns:
            self._started = False
            remote = self._remote()
            if remote.active or remote.was_left():
                remote.leave()

    def stay(self) -> None:
        """Enter remote control, and let it stay on when the camera is closed, for the next program.

        Raises:
            NotSupported: it cannot; the end of a PTP session ends remote control.
        """
        self._remote().stay()
        self.start()

    def set_output(self, output: CameraOutput | str) -> None:
        """Choose what shows the picture: the display, the video output, or nothing.

        Raises:
            NotSupported: this model has no choice.
        """
        wanted = CameraOutput.parse(output)
        with self.turn(lambda driver: driver.remote, "remote control") as remote:
            remote.set_output(wanted)

    # --- for the other parts ----------------------------------------------------------------------

    def need(self, capability: Callable[[Driver], T | None], feature: str) -> T:
        """What a body can do; NotSupported, before anything is sent, where it cannot."""
        driver = self.verbs()
        found = capability(driver)
        if found is None:
            raise NotSupported(self.model.removeprefix("Canon "), feature, driver.elsewhere)
        return found

    @contextmanager
    def turn(self, capability: Callable[[Driver], T | None], feature: str) -> Iterator[T]:
        """A capability in remote control, for a verb that does not interleave with others.

        Entering remote control and taking the turn are one step, so nobody leaves it between.

        Args:
            capability: finds it in the driver.
            feature: what it is, for NotSupported.
        """
        self.need(capability, feature)
        with self._told_when_closed(), self._turns:
            self.hold()
            try:
                yield self.need(capability, feature)
            finally:
                self.let_go()

    def hold(self) -> None:
        """Enter remote control if need be, and want it until `let_go`."""
        with self._turns:
            self._enter()
            self._wanted += 1

    def let_go(self) -> None:
        """Want it no more; leave it if nobody does.

        What was done in it is not lost by an error.
        """
        with self._turns:
            self._wanted -= 1
            if self._wanted or self._started or not self.is_open():
                return
            remote = self._remote()
            if remote.active and not remote.lasts:
                try:
                    remote.leave()
                except CanonError as error:
                    _log.warning("remote control could not be left: %s", error)

    @contextmanager
    def _block(self) -> Iterator[None]:
        with self._told_when_closed():
            self.hold()
            try:
                yield
            finally:
                self.let_go()

    @contextmanager
    def _locked_block(self) -> Iterator[None]:
        self.need(_keys, _KEY_LOCK)
        with self._block():
            with self.turn(_keys, _KEY_LOCK) as body:
                if not self._key_locks:
                    body.lock_keys()
                self._key_locks += 1
            try:
                yield
            finally:
                with self._turns:
                    self._key_locks -= 1
                    if not self._key_locks and self.is_open() and self.active:
                        self._unlock_keys()

    def _unlock_keys(self) -> None:
        try:
            self.need(_keys, _KEY_LOCK).unlock_keys()
        except CanonError as error:
            _log.warning("the camera's keys could not be unlocked: %s", error)

    def _enter(self) -> None:
        remote = self._remote()
        if not remote.active:
            remote.enter()
            _log.info("entered remote control")

    def _remote(self) -> Remote:
        return self.need(lambda driver: driver.remote, "remote control")

    @contextmanager
    def _told_when_closed(self) -> Iterator[None]:
        """Let an error that comes from closing the camera in another thread say just that."""
        try:
            yield
        except CanonError as error:
            if self.is_open():
                raise
            closed = Disconnected("the camera was closed meanwhile by this program")
            for note in getattr(error, "__notes__", ()):
                closed.add_note(note)
            raise closed from error


def _body(driver: Driver) -> Body | None:
    return driver.body


_keys = having(Feature.KEY_LOCK, _body)
