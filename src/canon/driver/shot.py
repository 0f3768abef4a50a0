"""What one release gives, and what is said when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, TypeVar

from canon.driver import Press
from canon.driver.card import Entry, Progress
from canon.errors import (
    Aborted,
    CanonError,
    DecodeError,
    NotFinished,
    NotSupported,
    ObjectNotFound,
)
from canon.frozen import Frozen
from canon.log import Log

if TYPE_CHECKING:
    from pathlib import Path

    from canon.clock import Clock
    from canon.driver import Live
    from canon.driver.events import Queue
    from canon.values import CaptureTarget
    from canon.values.view import AfFrame, Histogram, Rectangle
    from canon.wire import Buffer

_log = Log(__name__)
E = TypeVar("E")
MayGo = Callable[[], bool]
"""Whether a release may be sent now; it may wait a little itself."""
E_contra = TypeVar("E_contra", contravariant=True)

MOST_PICTURE = 64 << 20
"""No camera of these dialects gives a longer picture from its memory, in bytes."""
MOST_FRAME = 1 << 20
"""No frame of live view is longer, in bytes."""
MOST_LEFT = 256
"""The most events that earlier releases may have left behind."""
LENS_S = 15.0
"""How long a camera may take to move its lens, or to focus."""
RELEASE_S = 60.0
"""How long a camera may take from the release to the end of its work, where nobody says."""
GRACE_S = 5.0
"""How long is waited for an event that should have come by now; a release takes less."""
POLL_S = 0.2
"""How often a wait looks up from the events."""
WITHOUT_FOCUS = "release without focusing"
BULB = "bulb exposure that a computer can end"
"""What messages call that a body lacks."""
_JPEG = b"\xff\xd8"


class Picture(bytes):
    """A picture that came to the computer: the bytes of its file, which also have a name.

    It shows itself in a notebook where it is a JPEG.

    Attributes:
        name: a name for its file: "IMG_0001.JPG".
    """

    name: str

    def __new__(cls, data: Buffer, name: str) -> Self:
        """Copy the bytes."""
        picture = super().__new__(cls, data)
        picture.name = name
        return picture

    def save(self, to: str | Path = ".", *, overwrite: bool = False) -> Path:
        """Write it to a file, or into a folder under its own name, and return the file's path.

        Raises:
            AlreadyThere: the file is there already.
            OSError: it cannot be written there.
        """
        from canon.files import new_file, target_path

        target = target_path(to, self.name)
        with new_file(target, overwrite=overwrite) as file:
            file.write(self)
        return target

    def _repr_jpeg_(self) -> bytes | None:
        return bytes(self) if self.startswith(_JPEG) else None

    def __reduce__(self) -> tuple[object, ...]:
        return Picture, (bytes(self), self.name)

    def __repr__(self) -> str:
        return f"Picture({self.name!r}, {len(self)} bytes)"

    __str__ = __repr__


def rescued(picture: Picture) -> Path:
    """Save a picture in a folder of its own, so that it is not lost."""
    import tempfile

    return picture.save(tempfile.mkdtemp(prefix="canon-remote-"))


class Details(Protocol):
    """What a body tells of a frame beside its picture; each is None where it does not.

    A driver may read each when it is asked for.
    """

    @property
    def field(self) -> tuple[int, int] | None:
        """Width and height of what the coordinates are in."""
        ...

    @property
    def af_frames(self) -> tuple[AfFrame, ...] | None:
        """Where the body looks for focus."""
        ...

    @property
    def zoom(self) -> int | None:
        """How much is enlarged."""
        ...

    @property
    def zoom_rectangle(self) -> Rectangle | None:
        """What is enlarged, or would be."""
        ...

    @property
    def histogram(self) -> Histogram | None:
        """How many pixels have which brightness."""
        ...


class _Read(Frozen):
    """The details of a frame that was pickled, or that has none."""

    field: tuple[int, int] | None = None
    af_frames: tuple[AfFrame, ...] | None = None
    zoom: int | None = None
    zoom_rectangle: Rectangle | None = None
    histogram: Histogram | None = None


_NONE = _Read()


class Frame(bytes):
    """A frame of live view: the bytes of a JPEG, and what came with it.

    It shows itself in a notebook. What a body does not tell of its frames is None.

    Attributes:
        number: 1 for the first frame since live view was started.
        time: when it came, in seconds of the camera's clock, `cam.clock`.
    """

    number: int
    time: float
    _details: Details

    def __new__(cls, data: Buffer, number: int, time: float, details: Details = _NONE) -> Self:
        """Copy the bytes."""
        frame = super().__new__(cls, data)
        frame.number, frame.time, frame._details = number, time, details
        return frame

    @property
    def field(self) -> tuple[int, int] | None:
        """Width and height of what the lens sees: all coordinates are in it, not in the JPEG's."""
        return self._details.field

    @property
    def af_frames(self) -> tuple[AfFrame, ...] | None:
        """Where the body looks for focus, and what it found there."""
        return self._details.af_frames

    @property
    def zoom(self) -> int | None:
        """How much is enlarged: 1, 5 or 10."""
        return self._details.zoom

    @property
    def rectangle(self) -> Rectangle | None:
        """What of the field is enlarged, or would be."""
        return self._details.zoom_rectangle

    @property
    def histogram(self) -> Histogram | None:
        """How many pixels have which brightness."""
        return self._details.histogram

    def _repr_jpeg_(self) -> bytes:
        return bytes(self)

    def __reduce__(self) -> tuple[object, ...]:
        told = self._details
        names = ("field", "af_frames", "zoom", "zoom_rectangle", "histogram")
        kept = _Read(*(getattr(told, name) for name in names))
        return Frame, (bytes(self), self.number, self.time, kept)

    def __repr__(self) -> str:
        return f"Frame({self.number}, {len(self)} bytes)"

    __str__ = __repr__


class Pending(Frozen):
    """A picture that waits in the camera's memory; `cam.capture.fetch()` brings it.

    Attributes:
        name: as the camera calls it; empty where it does not say.
        size: in bytes; 0 where the camera does not say.
        key: what the camera knows it by.
    """

    name: str
    size: int
    key: tuple[int, ...]


class Shot(Frozen):
    """What one release gave; RAW and JPEG of one release are one shot.

    Attributes:
        pictures: those that came to this computer's memory.
        saved: the files of those that were streamed to its disk.
        entries: those that lie on the card.
        thumbnail: the small JPEG, if it was asked for and the camera has one.
    """

    pictures: tuple[Picture, ...] = ()
    saved: tuple[Path, ...] = ()
    entries: tuple[Entry, ...] = ()
    thumbnail: bytes | None = None

    @property
    def first(self) -> Picture:
        """The first picture that came to this computer's memory.

        Raises:
            LookupError: none did; the message says where they are.
        """
        if self.pictures:
            return self.pictures[0]
        raise LookupError(
            "no picture of this shot is in memory; "
            + ("its files are in shot.saved" if self.saved else "it is on the card: shot.entries")
        )

    def __repr__(self) -> str:
        parts = {name: value for name, value in vars(self).items() if value}
        if self.thumbnail:
            parts["thumbnail"] = f"{len(self.thumbnail)} bytes"
        return f"Shot({', '.join(f'{name}={value!r}' for name, value in parts.items())})"


class Released(Frozen):
    """What a driver says of one release, beside what it gave to the receiver.

    Attributes:
        entries: the pictures on the card.
        thumbnail: the small JPEG, if it was asked for and there is one.
    """

    entries: tuple[Entry, ...] = ()
    thumbnail: bytes | None = None


class Receiver(Protocol):
    """Takes the pictures of a release that come to the computer, one after the other."""

    def begin(self) -> BinaryIO:
        """A file for the bytes of the next picture, to write and to read."""
        ...

    def keep(self, name: str) -> None:
        """The picture is whole, and this is a name for it: keep it, whatever comes next."""
        ...


def no_longer_waits(pending: Pending) -> ObjectNotFound:
    """The error that a picture is not in the camera's memory, or not any more."""
    return ObjectNotFound(
        "it is not in the camera's memory any more",
        "it has come already, or went with the remote control in which it was told",
        subject=pending.name or "a picture",
    )


class _Talk(Protocol):
    """What a wait needs of a session."""

    @property
    def clock(self) -> Clock:
        """The clock of the port."""
        ...

    def poll(self, timeout_s: float) -> bool:
        """Wait for an event, for so many seconds at most; whoever listens gets it."""
        ...


class Awaited(Protocol[E_contra]):
    """What the events of one release have told so far."""

    @property
    def done(self) -> bool:
        """Whether all that is due has been told."""
        ...

    @property
    def near(self) -> bool:
        """Whether something says that the end is near; then what is missing gets little time."""
        ...

    @property
    def begun(self) -> bool:
        """Whether anything says that a picture was taken."""
        ...

    def take(self, event: E_contra) -> None:
        """Look at one event; the same one twice changes nothing."""
        ...


class Order:
    """A picture that is wanted, and how; another thread may take the order back.

    Args:
        target: where it goes.
        thumbnail: whether the small JPEG is wanted.
        progress: is called with how many bytes of how many have come.
        timeout_s: how long the camera may take, beside `bulb_s`.
        how: whether the lens focuses before; NotSupported where the body has no choice.
        bulb_s: how long the shutter stays open, in seconds of the camera's clock; None leaves that
            to its settings. NotSupported where the body has no bulb.
        may_go: is asked when nothing is left to do but to press, again and again until it says
            True.

    Attributes:
        given_up: it was taken back.
    """

    def __init__(
        self,
        target: CaptureTarget,
        *,
        thumbnail: bool = False,
        progress: Progress | None = None,
        timeout_s: float = RELEASE_S,
        how: Press = Press.FOCUS,
        bulb_s: float | None = None,
        may_go: MayGo | None = None,
    ) -> None:
        self.target = target
        self.thumbnail = thumbnail
        self.progress = progress
        self.timeout_s = timeout_s
        self.how = how
        self.bulb_s = bulb_s
        self.given_up = False
        self._may_go = may_go

    @property
    def host(self) -> bool:
        """Whether the picture goes to the computer."""
        from canon.values import CaptureTarget

        return CaptureTarget.HOST in self.target

    @property
    def card(self) -> bool:
        """Whether the picture goes to the card."""
        from canon.values import CaptureTarget

        return CaptureTarget.CARD in self.target

    def check(self) -> None:
        """Raise Aborted if it was taken back."""
        if self.given_up:
            raise Aborted("the release was given up by this program")

    def must_be_ordinary(self, model: str) -> None:
        """For a body that has one way to release: NotSupported for every other."""
        if self.how is not Press.FOCUS:
            raise NotSupported(model, WITHOUT_FOCUS)
        if self.bulb_s is not None:
            raise NotSupported(model, BULB)

    def hold(self, poll: Callable[[float], bool]) -> None:
        """Wait, right before a release is sent, until it may be; the camera's events are heard."""
        while self._may_go is not None and not self._may_go():
            self.check()
            poll(0)


def await_end(talk: _Talk, queue: Queue[E], awaited: Awaited[E], order: Order) -> None:
    """Wait until a release is known to be over, or until what is missing is overdue.

    Args:
        talk: the session, whose events come into the queue.
        queue: the events.
        awaited: what they have told.
        order: the picture; its time is the camera's.

    Raises:
        Aborted: the order was taken back.
        NotFinished: nothing told how the release went.
    """
    clock = talk.clock
    deadline = clock.now() + order.timeout_s
    last = False
    while not last:
        order.check()
        left = deadline - clock.now()
        last = left <= 0  # what was told while another thread had its turn is heard yet
        talk.poll(max(0.0, min(POLL_S, left)))
        for event in queue:
            awaited.take(event)
        if awaited.done:
            return
        if awaited.near:
            deadline = min(deadline, clock.now() + GRACE_S)
    if not awaited.begun:
        raise NotFinished(
            f"the camera did not say within {order.timeout_s:g} s how the release went",
            "look at its display, and at the card for the picture",
        )
    _log.warning("the camera did not say all of how the release went; going on")


@contextmanager
def paused(live: Live) -> Iterator[None]:
    """Live view stopped for a block, and started again where it ran.

    That it cannot be started again is a warning: it must not cost the picture.
    """
    if not live.running:
        yield
        return
    live.stop()
    try:
        yield
    finally:
        try:
            live.start()
        except CanonError as error:
            _log.warning("live view could not be started again: %s", error)


def picture_name(
    file: BinaryIO, kind: str, names: Iterable[str], now: Callable[[], datetime | None], other: str
) -> str:
    """A name for a picture that came to the computer: the one on the card, or one by its time.

    Args:
        file: its bytes; their EXIF tells the time, where they have any.
        kind: how the name ends, in capitals: ".JPG".
        names: those of the new files; the first of that kind is taken.
        now: asks the camera's clock.
        other: the name where nobody knows the time.
    """
    from canon import exif

    for name in names:
        if name.upper().endswith(kind):
            return name
    taken = None
    with suppress(DecodeError):
        taken = exif.taken(file)
    if taken is None:
        with suppress(CanonError):
            taken = now()
    return f"IMG_{taken:%Y%m%d_%H%M%S}{kind}" if taken else other


def note_maybe_taken(error: BaseException, *, card: bool) -> None:
    """Add to an error that came between the release and its end where a picture may be."""
    error.add_note(
        "A picture may have been taken; look for it on the card."
        if card
        else "A picture may have been taken; it was not meant for the card."
    )


def note_taken(error: BaseException, found: Iterable[Entry], *, card: bool) -> None:
    """Add to an error that came after the release where the picture is."""
    where = ", ".join(map(str, found))
    error.add_note(
        f"The picture was taken; it is on the card{where and f': {where}'}."
        if card
        else "The picture was taken, but it never came; it was not written to the card."
    )
