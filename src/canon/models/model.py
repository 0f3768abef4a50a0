"""What one body is and can: its ids, its numbering of commands, its features and its quirks."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, ClassVar

from canon.frozen import Frozen

if TYPE_CHECKING:
    from canon.models.custom import CustomFunction


class Numbering(enum.Enum):
    """Which command codes a native camera understands."""

    CLASSIC = enum.auto()
    REVISED = enum.auto()

    __hash__ = object.__hash__  # a key of many tables, and that of Enum is written in Python


class Trait(enum.Flag):
    """What a body can do."""

    NONE = 0
    LOCK_KEYS = enum.auto()
    """Command 0x20 locks its keys and switches its display off; only unplugging unlocks them."""
    EOS_LOCK = enum.auto()
    """Its keys are locked right before a release, and unlocked after it."""
    ABILITIES = enum.auto()
    """It lists its picture sizes."""
    BODY_ID = enum.auto()
    """It tells the number of its body."""
    OWNER_COMMAND = enum.auto()
    """It tells its owner by a command of its own; the identity has no owner."""
    RELEASE = enum.auto()
    """It takes pictures by remote."""
    ZOOM = enum.auto()
    """Its lens has a zoom that a computer can move."""
    VIEWFINDER = enum.auto()
    """It shows live frames."""
    RAW = enum.auto()
    """It writes RAW files."""


class Quirk(enum.Flag):
    """Where a body is odd."""

    NONE = 0
    CAPACITY_IN_KIB = enum.auto()
    """Capacity and free space of a card come in KiB, not in bytes (section 7.8)."""
    BODY_ID_OF_D30 = enum.auto()
    """The number of the body is written half in hex, half in decimal (section 7.7)."""
    ENDS_WITH_CARD = enum.auto()
    """A release ends when the card has changed; event 0x0f is not waited for (section 10)."""
    SET_TWICE = enum.auto()
    """Settings must be written twice, with a read between (section 9)."""
    INIT_IN_ONE_READ = enum.auto()
    """The answer to the init block must be read at once (section 4.3b)."""
    MARKS_STAY = enum.auto()
    """A command to protect or mark a file is answered well, and changes nothing (section 8)."""
    SLOW_SERIAL = enum.auto()
    """Above 57,600 bits a second it wants its bytes one by one."""


class BodyKind(enum.Enum):
    """What kind of camera a body is."""

    COMPACT = enum.auto()
    EOS = enum.auto()
    """Its lenses come off."""
    CAMCORDER = enum.auto()
    UNKNOWN = enum.auto()
    """No row tells of it."""


class DrivenBy(Frozen):
    """Who drives a body in a protocol, as far as is known: evidence, and nothing that a body can.

    Attributes:
        program: its name; empty where nobody does.
        verbs: what it does beside files, where its tables tell: "release", "viewfinder".
        why_not: where nobody does, why.
        owners: what owners have seen of it that those tables do not say, and where they told.
    """

    program: str = ""
    verbs: tuple[str, ...] = ()
    why_not: str = ""
    owners: str = ""


GPHOTO2 = DrivenBy("gphoto2")


class Model(Frozen):
    """One row of facts about one body.

    Attributes:
        name: the name that it reports, without "Canon "; with its year where two have that name.
        product: its USB product id; None for one that has only RS-232.
        numbering: which command codes it understands.
        traits: what it can do, and how.
        quirks: where it is odd.
        pixels: width and height of its largest picture.
        kind: what kind of camera it is.
        serial_id: what it says of itself on RS-232.
        driven_by: who drives it in this protocol.
        custom: its custom functions; empty where it has none, or nobody knows them.
        dialect: what it speaks.
    """

    dialect: ClassVar[str] = "native"
    name: str
    product: int | None
    numbering: Numbering
    traits: Trait
    quirks: Quirk
    pixels: tuple[int, int]
    kind: BodyKind = BodyKind.COMPACT
    serial_id: str = ""
    driven_by: DrivenBy = GPHOTO2
    custom: tuple[CustomFunction, ...] = ()

    @property
    def slug(self) -> str:
        """The name as it stands in a port string: "powershot-g3"."""
        return slug_of(self.name)

    @property
    def raw_suffix(self) -> str:
        """How the names of its RAW files end."""
        return ".CR2" if self.numbering is Numbering.REVISED else ".CRW"


def slug_of(name: str) -> str:
    """The name of a body as it stands in a port string, without its year."""
    return name.partition(" (")[0].lower().replace(" ", "-")


def is_called(name: str, reported: str) -> bool:
    """Whether a camera that reports a name is the body of a row.

    Case and spaces do not count, and either name may be longer: "Canon EOS 400D DIGITAL" is the row
    "EOS 400D", "Canon PowerShot S500" the row "PowerShot S500 Digital ELPH".
    """
    one, other = (
        "".join(char for char in text.lower() if char.isascii() and char.isalnum())
        for text in (name, reported)
    )
    other = other.removeprefix("canon")
    return one.startswith(other) or other.startswith(one)
