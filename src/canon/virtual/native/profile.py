"""What a virtual native body reports of itself: recorded, or else built from its row.

The bytes are those of the tables of the specification (canon-native-usb, sections 4.2, 7.1, 7.5,
9), the sizes those of the row; what no table gives is a guess, and as plain as possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canon.frozen import Frozen
from canon.models.model import BodyKind, Model, Numbering, Quirk, Trait
from canon.models.model_ids import MODEL_IDS
from canon.native.commands import InitBlock, PictureFormat
from canon.native.release import Elements, ExtendedParameters, ReleaseParameters
from canon.usb.port import Descriptors
from canon.virtual.body import Body
from canon.virtual.profile import STRINGS, Profile, recorded, reported

_INIT_LENGTH = 0x18
_BLOCK, _LIMIT, _NOT_GIVEN = 0x800, 0xFD00, 0xFFFFFFFF
_LARGE = 0x10000  # of an EOS of the revised numbering, which says how much it takes at once
_SMALL_BLOCKS = {"Optura 20": 0x200, "Optura 40": 0x200}
_OTHER_PRODUCTS = {"PowerShot S1 IS": 0x3085}  # it reports this one in its init block
_INIT_VERSIONS = {
    "PowerShot G1": "00050700",
    "PowerShot Pro90 IS": "00050700",
    "Digital IXUS": "00050700",
    "IXY DIGITAL": "00050700",
    "PowerShot S100 (2000)": "00050700",
    "PowerShot S10": "01000200",
    "PowerShot S20": "01000200",
    "EOS 300D": "01000583",
    "EOS Digital Rebel": "01000583",
    "EOS Kiss Digital": "01000583",
    "PowerShot S200": "03051581",
    "Digital IXUS v2": "03051581",
    "PowerShot S330": "03051581",
    "Digital IXUS 330": "03051581",
    "PowerShot A30": "03051581",
    "PowerShot A40": "03051581",
    "PowerShot A200": "03051581",
}
_OF_CAMCORDERS, _OF_LATER, _OF_OTHERS = "03050481", "01061583", "01000503"
_IDENTITY_VERSIONS = {
    "EOS D60": "00057700",
    "EOS D30": "00057f00",
    "PowerShot A50": "00020000",
    "PowerShot S10": "00040000",
    "PowerShot S20": "00040000",
    "EOS 20D": "00087781",
}
_CUSTOM = {"EOS D30": {1: 1}, "EOS 20D": {6: 1, 8: 1}}
"""The custom functions that were set when a real body was asked (sections 8, 9.8)."""

_KINDS = (("SuperFine", 1, 5, 0.53), ("Fine", 2, 3, 0.295), ("Normal", 3, 2, 0.147))
"""Name, kind in the abilities, quality code, and bytes a pixel as on the recorded G3 (9.5)."""
_RAW_BYTES = 1.0

_Size = tuple[str, int, int, int]  # name, code of the release parameters, width and height
_COMPACT_SIZES: tuple[_Size, ...] = (
    ("Medium 1", 1, 1600, 1200),
    ("Medium 2", 3, 1024, 768),
    ("Small", 2, 640, 480),
)
_EOS_SIZES: dict[int, tuple[_Size, ...]] = {
    2160: (("Small", 2, 1440, 960),),
    3072: (("Medium 1", 1, 2048, 1360), ("Small", 2, 1536, 1024)),
    3456: (("Medium 1", 1, 2496, 1664), ("Small", 2, 1728, 1152)),
    3504: (("Medium 1", 1, 2544, 1696), ("Small", 2, 1728, 1152)),
    4368: (("Medium 1", 1, 3168, 2112), ("Small", 2, 2496, 1664)),
}
"""The smaller sizes by the width of the largest: compacts have a G3's (section 7.5).

Guess: no recording has those of an EOS; with them a 20D has the 7 abilities that are told of it.
"""
_NO_SECOND = (0xFF, 0xFF, 0xFF)
_ABILITIES_SIZE = {Numbering.CLASSIC: 0x330, Numbering.REVISED: 0x420}
_ABILITIES_HEAD = 0x22A


class ReleaseProfile(Frozen):
    """What a body is under release control, as it comes.

    Attributes:
        parameters: how it is set.
        extended: the second block of settings; None where it has none.
        zoom_maximum: the last position of the zoom.
        sizes: the bytes of a picture by its codes of size, format and quality.
        allowed: what a property may be, by its number.
        guessed: the same where nobody has recorded it.
        by_mode: what it may be in a shooting mode, by the mode's code; it goes before the others.
    """

    parameters: ReleaseParameters
    extended: ExtendedParameters | None
    zoom_maximum: int
    sizes: Mapping[tuple[int, int, int], int]
    allowed: Mapping[int, Elements]
    guessed: Mapping[int, Elements]
    by_mode: Mapping[int, Mapping[int, Elements]]


class NativeProfile(Profile):
    """What a native body reports of itself.

    Attributes:
        init: its init block.
        identity_version: the version in its identity.
        short_name: its name among its abilities.
        body_id: the number of the body.
        custom: its custom functions that are not as they come, by number.
        formats: the sizes and qualities of its pictures.
        abilities_tail: what follows them.
        release: what it is under release control.
    """

    init: InitBlock
    identity_version: bytes
    short_name: str
    body_id: int
    custom: Mapping[int, int]
    formats: tuple[PictureFormat, ...]
    abilities_tail: bytes
    release: ReleaseProfile


NativeBody = Body[Model, NativeProfile]
"""A body that speaks the native protocol."""


def load_profile(model: Model) -> NativeProfile:
    """What a body of this model reports of itself."""
    told = recorded(model.slug)
    return _built(model) if told is None else _read(model, told)


def _read(model: Model, told: Mapping[str, Any]) -> NativeProfile:
    """A recorded profile; its fresh card has pictures alone."""
    init, plug, release = told["init"], told["descriptors"], told["release"]
    extended = bytes.fromhex(release["extended"])
    return NativeProfile(
        model=told["model"],
        model_id=told["model_id"],
        firmware=told["firmware"],
        owner=told["owner"],
        descriptors=Descriptors(
            bytes.fromhex(plug["device"]),
            bytes.fromhex(plug["configuration"]),
            {int(index): text for index, text in plug["strings"].items()},
        ),
        pixels=model.pixels,
        raw_suffix="",
        movie=False,
        init=InitBlock(
            _INIT_LENGTH,
            bytes.fromhex(init["version"]),
            init["model_id"],
            init["block"],
            init["transfer_size"],
            init["limit"],
            init["last"],
        ),
        identity_version=bytes.fromhex(told["identity_version"]),
        short_name=told["short_name"],
        body_id=0,
        custom={},
        formats=tuple(PictureFormat(*row) for row in told["formats"]),
        abilities_tail=bytes.fromhex(told["abilities_tail"]),
        release=ReleaseProfile(
            ReleaseParameters.decode(bytes.fromhex(release["parameters"])),
            ExtendedParameters.decode(extended),
            release["zoom_maximum"],
            {(size, form, quality): length for size, form, quality, length in release["sizes"]},
            _lists(release["allowed"]),
            _lists(release["guessed"]),
            {int(mode): _lists(rows) for mode, rows in release["by_mode"].items()},
        ),
    )


def _lists(rows: Mapping[str, Any]) -> dict[int, Elements]:
    return {int(prop, 16): Elements(kind, tuple(items)) for prop, (kind, items) in rows.items()}


def _built(model: Model) -> NativeProfile:
    sizes, raw = _sizes(model), Trait.RAW in model.traits
    width, height = model.pixels
    name = reported(model.name)
    formats = [
        PictureFormat(f"{size}:{kind}"[:19], across, along, number)
        for size, _, along, across in sizes
        for kind, number, _, _ in _kinds(model)
    ]
    identity = _IDENTITY_VERSIONS.get(model.name) or _init_version(model)
    return NativeProfile(
        model=name,
        model_id=MODEL_IDS.get(model.product or 0, 0),
        firmware="1.0.0.0",
        owner="",
        descriptors=_descriptors(model),
        pixels=model.pixels,
        raw_suffix=model.raw_suffix if raw else "",
        movie=Trait.ZOOM in model.traits,
        init=_init(model),
        identity_version=bytes.fromhex(identity),
        short_name=name.removeprefix("Canon ")[:31],
        body_id=0x01234567,
        custom=_CUSTOM.get(model.name, {}),
        formats=(*formats, *([PictureFormat("CRW", height, width, 4)] if raw else [])),
        abilities_tail=bytes(_ABILITIES_SIZE[model.numbering] - _ABILITIES_HEAD),
        release=_release(model, sizes, raw=raw),
    )


def _sizes(model: Model) -> list[_Size]:
    """The sizes of a JPEG, largest first."""
    width, height = model.pixels
    large = "Large", 0, width, height
    if model.kind is BodyKind.EOS:
        return [large, *_EOS_SIZES[width]]
    # Guess: a compact has the smaller sizes of a G3, as far as they are smaller.
    smaller = [size for size in _COMPACT_SIZES if size[2] < width]
    if len(smaller) == 2:
        smaller[0] = "Medium 1", 1, *smaller[0][2:]  # the only medium one is the first
    return [large, *smaller]


def _kinds(model: Model) -> tuple[tuple[str, int, int, float], ...]:
    """The qualities of a JPEG, best first; an EOS has no superfine."""
    return _KINDS[1:] if model.kind is BodyKind.EOS else _KINDS


def _descriptors(model: Model) -> Descriptors:
    product = (model.product or 0).to_bytes(2, "little").hex()
    return Descriptors(
        bytes.fromhex(f"12011001ffffff20a904{product}010001020001"),
        bytes.fromhex(
            "09022700010100c032 0904000003ffffff00 07058102400000 07050202400000 07058303400060"
        ),
        STRINGS,
    )


def _init_version(model: Model) -> str:
    if model.kind is BodyKind.CAMCORDER:
        return _OF_CAMCORDERS
    if Quirk.CAPACITY_IN_KIB in model.quirks or model.numbering is Numbering.REVISED:
        return _OF_LATER
    return _INIT_VERSIONS.get(model.name, _OF_OTHERS)


def _init(model: Model) -> InitBlock:
    large = model.kind is BodyKind.EOS and model.numbering is Numbering.REVISED
    product = _OTHER_PRODUCTS.get(model.name, model.product or 0)
    return InitBlock(
        _INIT_LENGTH,
        bytes.fromhex(_init_version(model)),
        MODEL_IDS[product] if large else product | 0x04A9 << 16,
        _SMALL_BLOCKS.get(model.name, _BLOCK),
        _LARGE if large else _NOT_GIVEN,
        _SMALL_BLOCKS.get(model.name, _LIMIT),
        _LARGE if large else _LIMIT,
    )


def _release(model: Model, sizes: list[_Size], *, raw: bool) -> ReleaseProfile:
    """Release control: the blocks and lists of section 9, for a compact or for an EOS."""
    kinds = [
        (code, quality, share, w, h)
        for _, code, w, h in sizes
        for _, _, quality, share in _kinds(model)
    ]
    records = [(1, code, quality, *_NO_SECOND) for code, quality, _, _, _ in kinds]
    table = {(code, 1, quality): _kib(w * h * share) for code, quality, share, w, h in kinds}
    width, height = model.pixels
    if raw:
        raw_size = _kib(width * height * _RAW_BYTES)
        records.append((2, 0, 4, *_NO_SECOND))
        if model.numbering is Numbering.REVISED:
            # Guess (section 9.4): the second half of a record is the JPEG beside the RAW.
            records += [(2, 0, 4, 1, code, quality) for code, _, quality in table]
            table |= {
                (code << 4, 0x12, quality << 4 | 4): raw_size + size
                for (code, _, quality), size in table.items()
            }
        table[0, 2, 4] = raw_size
    eos = model.kind is BodyKind.EOS
    apertures = [0x20, 0x23, 0x25, 0x28, 0x2B, 0x2D, 0x30, 0x33, 0x35, 0x38]
    if eos:
        apertures += [0x3B, 0x3D, 0x40, 0x43, 0x45, 0x48, 0x4B, 0x4D, 0x50]
    fastest = 0x98 if eos else 0x88
    times = _words(*(code for code in range(0x10, fastest + 1) if code % 8 in (0, 3, 5)))
    return ReleaseProfile(
        ReleaseParameters.decode(bytes.fromhex(_eos_block(model) if eos else _compact_block())),
        None,
        10 if Trait.ZOOM in model.traits else 0,
        table,
        {
            0x05: _bytes() if eos else _bytes(0, 1, 2, 5, 6),
            0x07: _bytes(0, 1, 2, 3, 4),
            0x0B: _bytes(3, 4, 5) if eos else _bytes(0, 1, 3),
            0x0C: _bytes() if eos else _bytes(1, 3),
            0x0E: _bytes(0, 1, 2, 3, 4, 5, 6, 8) if eos else _bytes(0, 1, 2, 3, 4, 5),
            0x17: _words(0x48, 0x50, 0x58, 0x60, 0x68)
            if eos
            else _words(0x40, 0x48, 0x50, 0x58, 0),
            0x1A: _bytes(*_compensations(model)),
            0x27: _bytes(*(byte for record in records for byte in record)),
        },
        {
            0x04: _words(0, 20, 100),
            0x06: _bytes(0, 1),
            0x09: _bytes(0, 1),
            0x10: _bytes(0, 1, 2, 3) if eos else _bytes(0),
        },
        {
            2: {0x19: times},
            3: {0x18: _words(*apertures)},
            4: {0x18: _words(*apertures), 0x19: times},
        },
    )


def _bytes(*items: int) -> Elements:
    return Elements(2, items)


def _words(*items: int) -> Elements:
    return Elements(4, items)


def _compensations(model: Model) -> list[int]:
    """Two stops either way in thirds, by the numbering's own sign (section 9.2)."""
    codes = [0x08, 0x0B, 0x0D, 0x10, 0x13, 0x15, 0x18, 0x1B, 0x1D, 0x20, 0x23, 0x25, 0x28]
    if model.numbering is Numbering.REVISED:
        return [(0x18 - code) & 0xFF for code in codes]
    return codes


def _compact_block() -> str:
    lens = "18003800e600b302e6002000"  # f/2 to f/8, 7.2 to 21.6 mm
    return "200301000000010100ff00000301033000ff00ff" + ("0000007fffff4800280070001818ffff" + lens)


def _eos_block(model: Model) -> str:
    zero = "00" if model.numbering is Numbering.REVISED else "18"
    lens = "200050001400140014000100"  # f/2.8 to f/22, 20 mm
    return "000301000000ff01010100ff03ff013000ff00ff" + (
        "0000007fffff480028007000" + zero + zero + "ffff" + lens
    )


def _kib(size: float) -> int:
    return round(size / 1024) * 1024
