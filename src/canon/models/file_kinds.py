"""What the name of a file on a card says: what it holds, its format in PTP, what lies beside it."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from canon.frozen import Frozen


class ObjectFormat(enum.IntEnum):
    """The object formats of PTP, the standard's and Canon's (ptp-core, section 5)."""

    UNDEFINED = 0x3000
    ASSOCIATION = 0x3001
    """A folder."""
    SCRIPT = 0x3002
    EXECUTABLE = 0x3003
    TEXT = 0x3004
    HTML = 0x3005
    DPOF = 0x3006
    AIFF = 0x3007
    WAV = 0x3008
    MP3 = 0x3009
    AVI = 0x300A
    MPEG = 0x300B
    ASF = 0x300C
    QT = 0x300D
    IMAGE = 0x3800
    EXIF_JPEG = 0x3801
    TIFF_EP = 0x3802
    FLASHPIX = 0x3803
    BMP = 0x3804
    CIFF = 0x3805
    GIF = 0x3807
    JFIF = 0x3808
    PCD = 0x3809
    PICT = 0x380A
    PNG = 0x380B
    TIFF = 0x380D
    TIFF_IT = 0x380E
    JP2 = 0x380F
    JPX = 0x3810
    DNG = 0x3811
    CRW = 0xB101
    CR2 = 0xB103
    MOV = 0xB104
    MOV_2 = 0xB105
    CR3 = 0xB108
    HEIF = 0xB10B  # no camera has told: R bodies list it
    CHDK_RAW = 0xB1FF
    MP4 = 0xB982
    ANCILLARY = 0xBF01
    ANCILLARY_2 = 0xBF02


class Content(enum.Enum):
    """What a file holds."""

    PICTURE = enum.auto()
    RAW = enum.auto()
    MOVIE = enum.auto()
    SOUND = enum.auto()
    THUMBNAIL = enum.auto()
    """The small picture of another file."""
    OTHER = enum.auto()


class FileKind(Frozen):
    """What all files of one suffix are.

    Attributes:
        suffix: how their names end, in capitals and without the dot.
        content: what they hold.
        formats: their object formats in PTP, the usual one first.
        thumbnail_inside: whether their small picture is in them; that of all others is a THM file
            of the same name.
    """

    suffix: str
    content: Content
    formats: tuple[ObjectFormat, ...] = (ObjectFormat.UNDEFINED,)
    thumbnail_inside: bool = False

    @property
    def format(self) -> ObjectFormat:
        """Their usual object format."""
        return self.formats[0]

    @property
    def is_taken(self) -> bool:
        """Whether they are what a camera takes: pictures and movies; each has a thumbnail."""
        return self.content in (Content.PICTURE, Content.RAW, Content.MOVIE)


FILE_KINDS = (
    FileKind("JPG", Content.PICTURE, (ObjectFormat.EXIF_JPEG,), thumbnail_inside=True),
    FileKind("JPEG", Content.PICTURE, (ObjectFormat.EXIF_JPEG,), thumbnail_inside=True),
    FileKind("HIF", Content.PICTURE, (ObjectFormat.HEIF,), thumbnail_inside=True),
    FileKind("CRW", Content.RAW, (ObjectFormat.CRW,)),
    FileKind("CR2", Content.RAW, (ObjectFormat.CR2, ObjectFormat.CRW), thumbnail_inside=True),
    FileKind("CR3", Content.RAW, (ObjectFormat.CR3,), thumbnail_inside=True),
    FileKind("DNG", Content.RAW, (ObjectFormat.DNG,), thumbnail_inside=True),
    FileKind("AVI", Content.MOVIE, (ObjectFormat.AVI,)),
    FileKind("MOV", Content.MOVIE, (ObjectFormat.MOV, ObjectFormat.MOV_2)),
    FileKind("MP4", Content.MOVIE, (ObjectFormat.MP4,)),
    FileKind("WAV", Content.SOUND, (ObjectFormat.WAV,)),
    FileKind("THM", Content.THUMBNAIL),
    FileKind("MRK", Content.OTHER, (ObjectFormat.DPOF,)),
    FileKind("DPS", Content.OTHER, (ObjectFormat.SCRIPT,)),
    FileKind("TXT", Content.OTHER, (ObjectFormat.TEXT,)),
    FileKind("CTG", Content.OTHER),
)
_BY_SUFFIX = {kind.suffix: kind for kind in FILE_KINDS}


def kind_of(name: str) -> FileKind:
    """The kind of a file by its name; one that nobody knows holds something other."""
    suffix = name.upper().rpartition(".")[2] if "." in name else ""
    return _BY_SUFFIX.get(suffix) or FileKind(suffix, Content.OTHER)


def kind_of_format(code: int, otherwise: str) -> FileKind:
    """The kind of file whose usual object format this is; that of a suffix where there is none."""
    return next((kind for kind in FILE_KINDS if kind.format == code), _BY_SUFFIX[otherwise])


def thumbnail_name(name: str) -> str:
    """What the THM file beside a file is called: IMG_0001.THM for IMG_0001.CRW."""
    return f"{name.rpartition('.')[0]}.THM"


def note_name(name: str) -> str:
    """What the spoken note of a picture is called: SND_0002.WAV for IMG_0002.JPG; "" for none."""
    kind, underscore, number = _stem(name).rpartition("_")
    spoken = underscore and kind_of(name).content in (Content.PICTURE, Content.RAW)
    return f"{kind[:-3]}SND_{number}.WAV" if spoken else ""


def small_name(name: str) -> str:
    """What the thumbnail of a picture is called on a PowerShot 350: THM_0021.JPG; "" for none."""
    kind, underscore, number = name.upper().rpartition("_")
    has_one = underscore and kind != "THM" and kind_of(name).content is Content.PICTURE
    return f"THM_{number}" if has_one else ""


def companions_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Which of the files of a folder are companions, and of which others each is one.

    Companions have the same name with another suffix, and a spoken note the same number. What a
    camera takes is never one: the two files of RAW+JPEG are two pictures, and the THM beside them
    belongs to the RAW, whose thumbnail it is. Where nothing of that name is known to be taken by a
    camera, the THM and the sound belong to what there is. A PowerShot 350 has THM_0021.JPG beside
    AUT_0021.JPG.

    Args:
        names: the files' names; a name that comes twice counts once.
    """
    groups: dict[str, list[str]] = {}
    numbered: dict[str, list[str]] = {}  # by the name of what has their number alone
    names = list(dict.fromkeys(names))
    for name in names:
        groups.setdefault(_stem(name), []).append(name)
        for other in filter(None, (note_name(name), small_name(name))):
            numbered.setdefault(other, []).append(name)
    found: dict[str, list[str]] = {}
    for group in groups.values():
        taken = [name for name in group if kind_of(name).is_taken and name.upper() not in numbered]
        owners = taken or [name for name in group if is_unknown(name)]
        apart = [name for name in owners if not kind_of(name).thumbnail_inside]
        for name in group:
            kind = kind_of(name)
            is_small = name.upper() in numbered
            if (kind.is_taken and not is_small) or (not taken and is_unknown(name)):
                continue
            if kind.is_taken:
                owned_by = []
            elif kind.content is Content.THUMBNAIL:
                owned_by = apart or owners
            elif taken or kind.content is Content.SOUND:
                owned_by = owners
            else:
                owned_by = []
            if both := [*owned_by, *numbered.get(name.upper(), ())]:
                found[name] = list(dict.fromkeys(both))
    return found


def may_belong(name: str, to: str) -> bool:
    """Whether a file has the name of a companion of another one, whatever else is there."""
    return _stem(name) == _stem(to) or name.upper() in (note_name(to), small_name(to))


def is_unknown(name: str) -> bool:
    """Whether a file has a suffix that no row tells of."""
    suffix = kind_of(name).suffix
    return bool(suffix) and suffix not in _BY_SUFFIX


def _stem(name: str) -> str:
    """A name without its suffix, in capitals."""
    return name.upper().rpartition(".")[0] or name.upper()
