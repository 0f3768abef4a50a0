"""What a camera is to do, one thing after the other: jobs, and the queue that they wait in."""

from __future__ import annotations

import enum
import itertools
import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from canon.errors import Aborted
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera

T = TypeVar("T")
_numbers = itertools.count(1)


class Urgency(enum.IntEnum):
    """What goes first; jobs of one urgency keep their order."""

    RELEASE = 0
    CHANGE = 1
    FILE = 2
    PICTURE = 3
    """A thumbnail: nobody waits for it alone."""


class Job(Generic[T]):
    """One thing that a camera does for somebody.

    Args:
        kind: what it is: "release", "file", "series" …
        label: what people read: "IMG_0001.JPG".
        do: does it, in the camera's thread; is given the camera and this job.
        urgency: what goes first.
        told: whether pages are told of it.

    Attributes:
        number: names it.
        state: "waiting", "running", "done", "failed" or "cancelled".
        done: how far it is, in bytes or in pictures.
        total: of how many; 0 while that is not known.
        future: its result, or its error.
    """

    def __init__(
        self,
        kind: str,
        label: str,
        do: Callable[[Camera, Job[T]], T],
        urgency: Urgency,
        *,
        told: bool = True,
    ) -> None:
        self.number = next(_numbers)
        self.kind, self.label, self.urgency, self.told = kind, label, urgency, told
        self.state = "waiting"
        self.done = self.total = 0
        self.future: Future[T] = Future()
        self.changed: Callable[[Job[Any]], object] = lambda job: None
        self.moved: Callable[[Job[Any]], object] = lambda job: None
        self._do = do
        self._cancelled = False
        self._stop: Callable[[], object] = lambda: None

    def run(self, cam: Camera) -> None:
        """Do it; what goes wrong is its result, too."""
        if not self.future.set_running_or_notify_cancel():
            self._end("cancelled")
            return
        self._stop = cam.capture.abort
        self.state = "running"
        self.changed(self)
        try:
            result = self._do(cam, self)
        except BaseException as error:
            self._end("cancelled" if self._cancelled else "failed")
            self.future.set_exception(error)
        else:
            self._end("done")
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """End it before it begins."""
        if self.future.set_running_or_notify_cancel():
            self._end("failed")
            self.future.set_exception(error)

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is; as often as one likes.

        Raises:
            Aborted: somebody has cancelled it.
        """
        self.check()
        self.done, self.total = done, total
        self.moved(self)

    def count(self, done: int, total: int) -> None:
        """Tell how far it is, at each step, whether or not somebody has cancelled it."""
        self.done, self.total = done, total
        self.changed(self)

    def ends_by(self, stop: Callable[[], object]) -> None:
        """Let `stop` end it when somebody cancels it."""
        self._stop = stop
        if self._cancelled:
            stop()

    def check(self) -> None:
        """Raise Aborted if somebody has cancelled it."""
        if self._cancelled:
            raise Aborted(f"{self.label} was cancelled")

    def cancel(self) -> None:
        """End it as soon as the camera lets it."""
        self._cancelled = True
        if self.future.cancel():
            self._end("cancelled")
        else:
            self._stop()

    def document(self) -> dict[str, object]:
        """It in JSON."""
        error = self.future.exception() if self.state == "failed" and self.future.done() else None
        return {
            "number": self.number,
            "kind": self.kind,
            "label": self.label,
            "state": self.state,
            "done": self.done,
            "total": self.total or None,
            "error": documents.of_error(error) if error else None,
        }

    def _end(self, state: str) -> None:
        self.state = state
        self.changed(self)


class Jobs:
    """The jobs of one camera that wait."""

    def __init__(self) -> None:
        self._waiting: queue.PriorityQueue[tuple[int, int, Job[Any]]] = queue.PriorityQueue()

    def add(self, job: Job[Any]) -> None:
        """Let it wait for its turn."""
        self._waiting.put((job.urgency, job.number, job))

    def next(self, timeout_s: float) -> Job[Any] | None:
        """The next one; None when there is none in that time."""
        try:
            return self._waiting.get(timeout=timeout_s)[2]
        except queue.Empty:
            return None

    def empty(self) -> list[Job[Any]]:
        """All that wait, which wait no more."""
        found = []
        while (job := self.next(0.0)) is not None:
            found.append(job)
        return found
