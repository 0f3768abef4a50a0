"""The camera verbs that all dialects have in common.

`Driver` has one implementation per dialect; `canon.camera` is written once, over it. The values
that they trade in are in `card`, `shot` and `events`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Protocol

from canon.driver.card import CardPath, Drive, Entry, Progress, Sink
from canon.driver.events import Event
from canon.driver.shot import Shot
from canon.frozen import Frozen
from canon.models.custom import CustomFunction
from canon.values import Battery, CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality


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


class Ability(Frozen):
    """One size and quality of picture that a camera can take: "Large:Fine", 2272 by 1704 pixels."""

    name: str
    width: int
    height: int


class Zoom(Frozen):
    """Where the zoom stands: 0 is wide, `maximum` is tele."""

    position: int
    maximum: int


class Remote(Protocol):
    """Release control: what a camera does for a computer. Every verb raises CanonError.

    All but `active`, `enter` and `leave` want release control to be active.
    """

    stays: bool
    """Whether release control stays on when the driver is closed."""

    @property
    def active(self) -> bool:
        """Whether release control is on, as far as the host can know."""
        ...

    @property
    def viewfinder_on(self) -> bool:
        """Whether the viewfinder runs."""
        ...

    def enter(self) -> None:
        """Enter release control; the lens comes out."""
        ...

    def leave(self) -> None:
        """Leave release control, and stop the viewfinder before."""
        ...

    def settings(self, *names: str) -> dict[str, object]:
        """At least the settings of these names, or every one that the camera has, by its name."""
        ...

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Write several settings at once, and return at least those as they then are.

        One that the camera does not have is not among them.
        """
        ...

    def allowed(self, name: str) -> tuple[object, ...]:
        """The values that a setting may have now; empty when the camera does not say."""
        ...

    def zoom(self) -> Zoom:
        """Where the zoom stands."""
        ...

    def set_zoom(self, position: int) -> None:
        """Move the zoom."""
        ...

    def measure(self) -> None:
        """Measure exposure, focus and white balance once."""
        ...

    def lock_focus(self) -> None:
        """Focus, and keep that distance."""
        ...

    def unlock_focus(self) -> None:
        """Let the focus go."""
        ...

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        ...

    def available_shots(self) -> int:
        """How many pictures fit on the card."""
        ...

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes."""
        ...

    def custom_table(self, *, to_write: bool = False) -> tuple[CustomFunction, ...]:
        """The custom functions that this body has; nothing is asked, nothing need be active.

        NotSupported where it has none, or with `to_write`, where nobody knows how they are set.
        """
        ...

    def custom_functions(self) -> dict[str, CustomFunction]:
        """The custom functions by name, as they are set."""
        ...

    def set_custom_function(self, number: int, value: int) -> None:
        """Set a custom function."""
        ...

    def release(
        self, target: CaptureTarget, *, thumbnail: bool, progress: Progress | None, timeout_s: float
    ) -> Shot:
        """Take a picture, wait for it, and fetch what goes to the computer."""
        ...

    def start_viewfinder(self) -> None:
        """Start the viewfinder."""
        ...

    def frame(self) -> bytes:
        """The viewfinder's picture now, a JPEG."""
        ...

    def stop_viewfinder(self) -> None:
        """Stop the viewfinder."""
        ...


class Driver(Protocol):
    """What a camera can be asked to do. Every verb raises CanonError."""

    @property
    def remote(self) -> Remote:
        """Release control; NotSupported on a model that has none."""
        ...

    def events(self, timeout_s: float) -> Iterator[Event]:
        """What the camera says by itself, until it was silent for `timeout_s`."""
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

    def body_id(self) -> str:
        """The number of the body; NotSupported on a model that does not tell it."""
        ...

    def abilities(self) -> tuple[Ability, ...]:
        """The sizes and qualities of picture that it can take."""
        ...

    def drives(self) -> tuple[Drive, ...]:
        """The cards, with their space."""
        ...

    def list_folder(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder, in card order; `deep` goes into its folders too."""
        ...

    def read_file(self, entry: Entry, sink: Sink, progress: Progress | None = None) -> int:
        """Fetch a file; returns its length."""
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
    ) -> None:
        """Put a file on the card, with its time and as new; `replace` deletes the old one before.

        Nothing of it stays when it fails. A camera that keeps the file but refuses its time or its
        mark is a warning in the log. NotSupported comes before anything is changed.
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
