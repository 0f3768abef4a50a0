"""What a camera can be asked to do, whatever it speaks.

`Driver` has one implementation per dialect; `canon.camera` is written once, over it. What every
body can is a verb of `Driver`; what only some can is a capability, a small Protocol of its own,
which is None where a body has none. The values that they trade in are in `card`, `shot`, `events`
and `features`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

from canon.driver.card import Card, CardPath, Entry, Progress, Sink
from canon.driver.features import Feature
from canon.frozen import Frozen

if TYPE_CHECKING:
    from canon.clock import Clock
    from canon.driver.events import Listener
    from canon.driver.settings import Settings
    from canon.driver.shot import Frame, Order, Pending, Receiver, Released
    from canon.models.custom import CustomFunction
    from canon.values import Battery, CameraOutput, Format


class Identity(Frozen):
    """Who a camera is.

    Attributes:
        model: the name that it reports: "Canon PowerShot G3".
        firmware_version: "1.0.2.0".
        owner: the owner's name as set in the camera.
    """

    model: str
    firmware_version: str
    owner: str


class Power(Frozen):
    """How a camera is powered.

    Attributes:
        on_ac: from the mains, not from its battery.
        battery: whether there is enough power.
    """

    on_ac: bool
    battery: Battery


class PictureSize(Frozen):
    """One size and quality of picture that a camera can take: "Large:Fine", 2272 by 1704 pixels."""

    name: str
    width: int
    height: int


class ZoomPosition(Frozen):
    """Where the zoom stands: 0 is wide, `maximum` is tele; None is a tele that is not told."""

    position: int
    maximum: int | None


class Press(StrEnum):
    """How the button is pressed for a picture."""

    FOCUS = "focus"
    """As a finger does: focus, then release."""
    NO_FOCUS = "no-focus"
    """Release, and leave the focus where it is."""


class Remote(Protocol):
    """Remote control of a camera; what only some bodies can do in it are the capabilities below.

    All verbs of the capabilities but those that say otherwise want it to be active.
    """

    @property
    def active(self) -> bool:
        """Whether remote control is on, as far as the host can know."""
        ...

    @property
    def lasts(self) -> bool:
        """Whether it is left only when the camera is closed, and not after each verb."""
        ...

    def enter(self) -> None:
        """Enter remote control; on a compact camera the lens comes out."""
        ...

    def leave(self) -> None:
        """Leave remote control, and stop live view before."""
        ...

    def was_left(self) -> bool:
        """Whether a program before this one left it on, as far as that can be told."""
        ...

    def stay(self) -> None:
        """Let remote control outlive the driver, until it is left; NotSupported where it cannot."""
        ...

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture; NotSupported on a body that has no choice."""
        ...


class Shutter(Protocol):
    """Taking pictures."""

    def release(self, order: Order, receiver: Receiver) -> Released:
        """Take a picture, wait for it, and hand what comes to the computer to the receiver.

        Live view goes on afterwards, as it was. The wait ends with Aborted when the order is given
        up.
        """
        ...

    def waiting(self) -> tuple[Pending, ...]:
        """The pictures in the memory of the body that nobody has fetched."""
        ...

    def fetch(self, pending: Pending, receiver: Receiver, progress: Progress | None) -> None:
        """Hand a picture in the memory of the body to the receiver; the body then forgets it.

        ObjectNotFound where it does not wait there, or not any more.
        """
        ...

    def available_shots(self) -> int:
        """How many pictures fit on the card."""
        ...

    def estimated_size(self, form: Format) -> int:
        """How many bytes a release of that format takes."""
        ...


class Button(Protocol):
    """The shutter button of the body."""

    def half(self) -> None:
        """Press it half: focus, and measure."""
        ...

    def full(self, *, focus: bool = True) -> None:
        """Press it fully; with `focus` the lens focuses before, unless it was pressed half."""
        ...

    def let_go(self) -> None:
        """Let it go; nothing happens to one that is not pressed."""
        ...


class Bulb(Protocol):
    """Exposures that last as long as the host wants."""

    def open(self, order: Order, receiver: Receiver) -> None:
        """Open the shutter; the receiver takes what an earlier release left in memory."""
        ...

    def seconds(self) -> float:
        """How long it has been open, by the camera's own count."""
        ...

    def close(self) -> Released:
        """Close it, and wait for the picture that was ordered, as `Shutter.release` does.

        It is closed also where the order is given up; nothing happens to one that is closed.
        """
        ...


class Focus(Protocol):
    """The focus of the lens."""

    def auto(self) -> None:
        """Focus once, and measure, as a half-press does."""
        ...

    def lock(self) -> None:
        """Focus, and keep that distance."""
        ...

    def unlock(self) -> None:
        """Let the focus go."""
        ...


class LensDrive(Protocol):
    """The motor of the lens, moved by hand from the host."""

    def drive(self, steps: int, size: int) -> None:
        """Move the focus; live view must run.

        Args:
            steps: how many, towards far; negative ones go towards near.
            size: of each step, 1 to 3.
        """
        ...


class Zoom(Protocol):
    """The zoom of the lens."""

    def position(self) -> ZoomPosition:
        """Where the zoom stands."""
        ...

    def move(self, position: int) -> None:
        """Move the zoom."""
        ...


class Live(Protocol):
    """Live view."""

    @property
    def running(self) -> bool:
        """Whether live view runs."""
        ...

    @property
    def beside(self) -> bool:
        """Whether frames come beside what other threads do, also while they wait for a picture."""
        ...

    def start(self) -> None:
        """Start it."""
        ...

    def frame(self) -> Frame:
        """The picture now."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...


class LiveZoom(Protocol):
    """A closer look in live view, which must run; places are in the coordinates of its frames."""

    def zoom(self, factor: int) -> None:
        """Enlarge; 1 shows all."""
        ...

    def move(self, x: int, y: int) -> None:
        """Move what is enlarged: its upper left corner."""
        ...

    def focus(self, x: int | None = None, y: int | None = None) -> bool:
        """Focus once, at a place where one is given; returns whether the lens found something."""
        ...

    def depth_of_field(self, on: bool) -> None:
        """Close the aperture as far as for the picture, or open it again."""
        ...


class Movie(Protocol):
    """Recording a movie onto the card; live view must run."""

    @property
    def recording(self) -> bool:
        """Whether one is being recorded."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> tuple[Entry, ...]:
        """End; returns the files that were made. Nothing happens where none was begun."""
        ...

    def seconds(self) -> float:
        """How long it has lasted, by the camera's own count."""
        ...


class Body(Protocol):
    """What else of the body a host can move; which of it, `features` says."""

    def pop_up_flash(self) -> None:
        """Let the built-in flash come up."""
        ...

    def lock_keys(self) -> None:
        """Let the keys of the body do nothing, until they are unlocked."""
        ...

    def unlock_keys(self) -> None:
        """Let them work again; nothing happens to keys that are not locked."""
        ...


class CustomFunctions(Protocol):
    """The custom functions (C.Fn) of an EOS."""

    def table(self) -> tuple[CustomFunction, ...]:
        """Those that this body has; remote control need not be active.

        Nothing is asked where the model's row has them; else remote control is entered.
        """
        ...

    def check_writable(self) -> None:
        """NotSupported where nobody knows how they are set; nothing is asked."""
        ...

    def read(self) -> dict[str, CustomFunction]:
        """They by name, as they are set."""
        ...

    def write(self, number: int, values: tuple[int, ...]) -> None:
        """Set one, to as many numbers as it has."""
        ...


class Capabilities(Protocol):
    """What a body may be able to do beside its files; each is None where it cannot."""

    @property
    def remote(self) -> Remote | None:
        """Remote control; None where the body has none, and then so are the capabilities."""
        ...

    @property
    def settings(self) -> Settings | None:
        """What the camera is set to; None where it tells nothing of that."""
        ...

    @property
    def shutter(self) -> Shutter | None:
        """Taking pictures; None where the body cannot by remote."""
        ...

    @property
    def button(self) -> Button | None:
        """The shutter button; None where a computer cannot press and hold it."""
        ...

    @property
    def bulb(self) -> Bulb | None:
        """Exposures of any length; None where a computer cannot end them."""
        ...

    @property
    def focus(self) -> Focus | None:
        """The focus; None where a computer cannot move it."""
        ...

    @property
    def lens_drive(self) -> LensDrive | None:
        """The motor of the lens; None where a computer cannot drive it step by step."""
        ...

    @property
    def zoom(self) -> Zoom | None:
        """The zoom; None where a computer cannot move it."""
        ...

    @property
    def live(self) -> Live | None:
        """Live view; None where the body has none."""
        ...

    @property
    def live_zoom(self) -> LiveZoom | None:
        """A closer look in live view; None where the body has none."""
        ...

    @property
    def movie(self) -> Movie | None:
        """Movies; None where a computer cannot start them."""
        ...

    @property
    def body(self) -> Body | None:
        """The flash and the keys; None where a computer can move neither."""
        ...

    @property
    def custom_functions(self) -> CustomFunctions | None:
        """The custom functions; None where the body has none that are known."""
        ...


class Driver(Capabilities, Protocol):
    """What a camera can be asked to do. Every verb raises CanonError."""

    @property
    def features(self) -> frozenset[Feature]:
        """What this body can do, as far as it is known without asking it."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock of the port."""
        ...

    @property
    def elsewhere(self) -> str:
        """How the body is set to where it has the remote control that it lacks here; or empty."""
        ...

    def events(self) -> Listener:
        """What the camera says by itself, from now on, for one who listens."""
        ...

    def start(self) -> Identity:
        """Begin to talk: wake the camera and learn who it is."""
        ...

    def close(self) -> None:
        """Leave the camera as another program would like to find it, and let go of it."""
        ...

    def identify(self) -> Identity:
        """Ask who the camera is."""
        ...

    def set_owner(self, owner: str) -> None:
        """Set the owner's name."""
        ...

    def time(self) -> datetime:
        """The camera's clock, its local time."""
        ...

    def set_time(self, moment: datetime) -> None:
        """Set the camera's clock, its local time."""
        ...

    def power(self) -> Power:
        """Ask how the camera is powered."""
        ...

    def was_left_open(self) -> bool:
        """Whether a program before this one left a session open, or remote control on."""
        ...

    def body_id(self) -> str:
        """The number of the body; NotSupported on a model that does not tell it."""
        ...

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The sizes and qualities of picture that it can take."""
        ...

    def cards(self) -> tuple[Card, ...]:
        """The cards, with their space."""
        ...

    def list_folder(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder, in card order; `deep` goes into its folders too."""
        ...

    def read_file(self, entry: Entry, sink: Sink, progress: Progress | None = None) -> int:
        """Fetch a file; returns its length."""
        ...

    def read_range(self, entry: Entry, offset: int, size: int, sink: Sink) -> int:
        """Fetch `size` bytes of a file from `offset` on, fewer at its end; returns how many came.

        NotSupported, before anything is sent, where `features` has no RANGES, and for what lies
        beyond the reach of the protocol.
        """
        ...

    def thumbnail(self, entry: Entry) -> bytes:
        """Fetch the small JPEG of a picture or a movie; DecodeError when it has none."""
        ...

    def write_file(
        self,
        path: CardPath,
        source: BinaryIO,
        size: int,
        modified: datetime,
        progress: Progress | None = None,
        *,
        replace: bool = False,
    ) -> Entry:
        """Put a file on the card, with its time and as new; `replace` deletes the old one before.

        Returns what is then there; nothing of it stays when it fails. A camera that keeps the file
        but refuses its time or its mark is a warning in the log. NotSupported comes before anything
        is changed.
        """
        ...

    def delete(self, path: CardPath) -> None:
        """Delete a file."""
        ...

    def make_folder(self, path: CardPath) -> None:
        """Make a folder."""
        ...

    def remove_folder(self, path: CardPath) -> None:
        """Remove an empty folder."""
        ...

    def set_flags(
        self, entry: Entry, *, protected: bool | None = None, new: bool | None = None
    ) -> None:
        """Say whether a file is protected, or whether it was never downloaded; None: as it is.

        NotSupported on a model that keeps its marks as they are.
        """
        ...

    def set_file_time(self, path: CardPath, moment: datetime) -> None:
        """Set a file's time, the camera's local time."""
        ...
