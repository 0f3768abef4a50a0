"""The camera verbs, and the frozen values that they trade in: what all dialects have in common.

`Driver` has one implementation per dialect; `canon.camera` is written once, over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol

from canon.errors import CanonError, DecodeError
from canon.frozen import Frozen
from canon.models.custom import CustomFunction
from canon.values import Battery, CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality

if TYPE_CHECKING:
    from pathlib import Path

Sink = Callable[[memoryview], object]
"""Takes a file's bytes as they come; a view is valid only during the call."""

Progress = Callable[[int, int], object]
"""Is told how many bytes of how many are done."""

MOST_FILE = 0x7FFFFFFF
"""No file of a native camera is longer."""

WITH_THM = ("CRW", "AVI")
"""The kinds of file whose small picture lies beside them in a THM file of the same name."""


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


class Drive(Frozen):
    """A card: its name ("D:"), and its capacity and free space in bytes."""

    name: str
    capacity: int
    free: int


@dataclass(frozen=True, slots=True)
class CardPath:
    """A place on a card.

    Attributes:
        parts: the names of the folders and of the file, from the card's root.
        drive: the card's name; empty is the camera's first one.
    """

    parts: tuple[str, ...]
    drive: str = ""

    @classmethod
    def parse(cls, text: str) -> CardPath:
        r"""Read `DCIM/100CANON/IMG_0001.JPG`, or the camera's own `D:\DCIM\100CANON\IMG_0001.JPG`.

        Raises:
            ValueError: the path has `..` in it.
        """
        path = text.replace("\\", "/")
        drive = ""
        if path[1:2] == ":":
            drive, path = path[:2].upper(), path[2:]
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if ".." in parts:
            raise ValueError(f"{text!r} goes up with '..'; name the folder itself")
        return cls(parts, drive)

    @property
    def name(self) -> str:
        """The last name, empty for the card's root."""
        return self.parts[-1] if self.parts else ""

    @property
    def parent(self) -> CardPath:
        """The folder that this is in; the root is its own."""
        return CardPath(self.parts[:-1], self.drive)

    def __truediv__(self, name: str) -> CardPath:
        return CardPath((*self.parts, name), self.drive)

    @property
    def typed(self) -> str:
        """As a person types it: with the card's name before it, where it has one."""
        return f"{self.drive}/{'/'.join(self.parts)}" if self.drive else str(self)

    def __str__(self) -> str:
        return "/".join(self.parts) or "/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder on a card.

    Attributes:
        path: where it is.
        size: bytes; 0 for a folder.
        modified: the camera's local time; None when it has none.
        is_folder: whether it is a folder.
        protected: whether it is protected from deletion.
        new: whether it was never downloaded.
    """

    path: CardPath
    size: int = 0
    modified: datetime | None = None
    is_folder: bool = False
    protected: bool = False
    new: bool = False

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name

    def __str__(self) -> str:
        return str(self.path)


class Picture(Frozen):
    """A picture that came to the computer.

    Attributes:
        name: a name for its file.
        data: the file's bytes.
    """

    name: str
    data: bytes

    def save(self, to: str | Path = ".", *, overwrite: bool = False) -> Path:
        """Write it to a file, or into a folder under its own name, and return the file's path.

        Raises:
            FileExistsError: the file is there already.
        """
        from canon.files import new_file, target_path

        target = target_path(to, self.name)
        with new_file(target, overwrite=overwrite) as file:
            file.write(self.data)
        return target

    def __repr__(self) -> str:
        return f"Picture({self.name!r}, {len(self.data)} bytes)"


class Shot(Frozen):
    """What one release gave.

    Attributes:
        files: where each picture is: an `Entry` on the card, or a `Picture` in memory.
        thumbnail: the small JPEG, if it was asked for.
    """

    files: tuple[Entry | Picture, ...]
    thumbnail: bytes | None = None

    def __repr__(self) -> str:
        return f"Shot(files={self.files!r})"


def picture_name(
    image: bytes, kind: str, names: Iterable[str], now: Callable[[], datetime | None], other: str
) -> str:
    """A name for a picture that came to the computer: one that it has already, or by its time.

    Args:
        image: the file's bytes; their EXIF tells the time, where they have any.
        kind: how the name ends, in capitals: ".JPG".
        names: those of the new files; the first of that kind is taken.
        now: asks the camera's clock.
        other: the name where nobody knows the time.
    """
    from canon.exif import read

    for name in names:
        if name.upper().endswith(kind):
            return name
    try:
        taken = read(image).taken
    except DecodeError:
        taken = None
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


class Zoom(Frozen):
    """Where the zoom stands: 0 is wide, `maximum` is tele."""

    position: int
    maximum: int


class Event(Frozen):
    """What a camera says by itself.

    Attributes:
        kind: the name of the message: "CardChanged", "CaptureStatus" …
        fields: what it carries.
    """

    kind: str
    fields: Mapping[str, object]


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
