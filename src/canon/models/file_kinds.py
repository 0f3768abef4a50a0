"""What the name of a file on a card says: what it holds, its format in PTP, what lies beside it."""

from __future__ import annotations

import enum

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
        thumbnail_beside: whether their small picture is a THM file of the same name.
    """

    suffix: str
    content: Content
    formats: tuple[ObjectFormat, ...] = (ObjectFormat.UNDEFINED,)
    thumbnail_beside: bool = False

    @property
    def format(self) -> ObjectFormat:
        """Their usual object format."""
        return self.formats[0]

    @property
    def is_taken(self) -> bool:
        """Whether they are what a camera takes: pictures and movies; each has a thumbnail."""
        return self.content in (Content.PICTURE, Content.RAW, Content.MOVIE)


FILE_KINDS = (
    FileKind("JPG", Content.PICTURE, (ObjectFormat.EXIF_JPEG,)),
    FileKind("JPEG", Content.PICTURE, (ObjectFormat.EXIF_JPEG,)),
    FileKind("HIF", Content.PICTURE, (ObjectFormat.HEIF,)),
    FileKind("CRW", Content.RAW, (ObjectFormat.CRW,), thumbnail_beside=True),
    FileKind("CR2", Content.RAW, (ObjectFormat.CR2, ObjectFormat.CRW)),
    FileKind("CR3", Content.RAW, (ObjectFormat.CR3,)),
    FileKind("DNG", Content.RAW, (ObjectFormat.DNG,)),
    FileKind("AVI", Content.MOVIE, (ObjectFormat.AVI,), thumbnail_beside=True),
    FileKind("MOV", Content.MOVIE, (ObjectFormat.MOV, ObjectFormat.MOV_2), thumbnail_beside=True),
    FileKind("MP4", Content.MOVIE, (ObjectFormat.MP4,), thumbnail_beside=True),
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


def belongs(name: str, to: str) -> bool:
    """Whether a file is a companion of another one in its folder.

    Companions have the same name with another suffix, and a spoken note the same number. What a
    camera takes is never one: the two files of RAW+JPEG are two pictures.
    """
    companion, owner = kind_of(name), kind_of(to)
    if companion.is_taken or not owner.is_taken:
        return False
    if _stem(name) != _stem(to):
        return name.upper() == note_name(to)
    return owner.thumbnail_beside or companion.content is not Content.THUMBNAIL


def _stem(name: str) -> str:
    """A name without its suffix, in capitals."""
    return name.upper().rpartition(".")[0] or name.upper()
