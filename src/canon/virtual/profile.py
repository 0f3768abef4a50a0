"""What a virtual body reports of itself: recorded, or else built from its row.

Recorded profiles are the JSON files below `profiles`, those of PTP bodies in `profiles/ptp`. The
other native ones take their bytes from the tables of the specification (canon-native-usb, sections
4.2, 7.1, 7.5, 9) and their sizes from the row; what no table gives is a guess, and as plain as
possible. A PTP body without a recording reports what the recorded one next to it does.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from canon.models import ptp
from canon.models.file_kinds import ObjectFormat
from canon.models.model import BodyKind, Model, Numbering, Quirk, Trait
from canon.models.model_ids import MODEL_IDS
from canon.models.ptp import PtpModel
from canon.ptp.powershot.layouts import InitiateReleaseControl

_INIT_VERSIONS = {
    "00050700": ("G1", "Pro90", "Digital IXUS", "IXY DIGITAL"),
    "01000200": ("S10", "S20"),
    "01000503": ("G2", "D30", "D60", "S110", "A10", "A20", "S30", "S300"),
    "01000583": ("300D", "Digital Rebel", "Kiss Digital"),
    "01061583": ("S45", "S50", "S230", "S400", "S1 IS", "SD", "20D", "350D", "5D", "IXUS v3"),
    "03050481": ("Optura", "MV", "ZR", "Elura", "FV", "IXY DV"),
    "03051581": ("S200", "S330", "A30", "A40", "A200", "IXUS v2", "IXUS 330"),
}
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


_LAST_WITH_RELEASE = 0x3173  # PowerShot SX100 IS; those after it that shoot do it as an EOS does
_FIRST_FAST = 0x30F0


_PROFILES = resources.files("canon.virtual") / "profiles"


def load_profile(model: Model | PtpModel) -> dict[str, Any]:
    """What a body of this model reports of itself.

    Raises:
        ValueError: nothing is known of a PTP body of this kind; `ptp_source` tells it before.
    """
    if isinstance(model, PtpModel):
        return _ptp_profile(model)
    recorded = _recorded(model.slug)
    if recorded is not None:
        return recorded
    sizes, kinds = _sizes(model), _kinds(model)
    raw = Trait.RAW in model.traits
    return {
        "model": _reported(model.name),
        "descriptors": _descriptors(model),
        "init": _init(model),
        "identity_version": _IDENTITY_VERSIONS.get(model.name, _init_version(model)),
        "model_id": MODEL_IDS.get(model.product or 0, 0),
        "firmware": "1.0.0.0",
        "owner": "",
        "short_name": _reported(model.name).removeprefix("Canon ")[:31],
        "body_id": 0x01234567,
        "custom": _CUSTOM.get(model.name, {}),
        "formats": [
            [f"{name}:{kind}"[:19], height, width, number]
            for name, _, width, height in sizes
            for kind, number, _, _ in kinds
        ]
        + ([["CRW", model.pixels[1], model.pixels[0], 4]] if raw else []),
        "abilities_tail": bytes(_ABILITIES_SIZE[model.numbering] - _ABILITIES_HEAD).hex(),
        "release": _release(model, sizes, raw=raw),
        "raw": raw,
        "movies": Trait.ZOOM in model.traits,
    }


def ptp_source(model: PtpModel) -> str:
    """The slug of the body whose recording a virtual PTP body reports; "" when there is none.

    It is its own where there is one, else that of the body next to it by product id, which is of
    its time, or the same camera under another name.
    """
    recorded = _recorded_bodies()
    if model.slug in recorded:
        return model.slug
    remote = "release" in model.driven_by.verbs
    if model.kind is not BodyKind.COMPACT or (remote and model.product > _LAST_WITH_RELEASE):
        return ""
    alike = [slug for slug, (_, releases) in recorded.items() if releases is remote]
    return min(alike, key=lambda slug: abs(recorded[slug][0] - model.product))


@functools.cache
def _recorded_bodies() -> dict[str, tuple[int, bool]]:
    """The recorded PTP bodies: product id, and whether it has release control, by slug."""
    found = {}
    for model in ptp.MODELS:
        profile = _recorded(f"ptp/{model.slug}")
        if profile is not None:
            found[model.slug] = model.product, InitiateReleaseControl.code in profile["operations"]
    return found


def _ptp_profile(model: PtpModel) -> dict[str, Any]:
    source = ptp_source(model)
    profile = _recorded(f"ptp/{source}")
    if profile is None:
        raise ValueError(f"there is no virtual {model.name} yet that speaks PTP")
    values, model_id = profile["values"], MODEL_IDS.get(model.product, 0)
    if source != model.slug:
        # Guess: a body without a recording is like the one next to it, under its own name.
        profile["model"] = _reported(model.name)
        own = {"0xd032": profile["model"], "0xd402": profile["model"], "0xd049": model_id}
        for code in own.keys() & values.keys():
            values[code]["default"] = values[code]["current"] = own[code]
    formats, kinds = profile["image_formats"], values.get("0xd007", {}).get("allowed", ())
    return profile | {
        "descriptors": _ptp_descriptors(model),
        "model_id": model_id,
        "firmware": profile["version"].rpartition("-")[2],
        "owner": "",
        "raw": 2 in kinds and ObjectFormat.CRW in formats,
        "movies": ObjectFormat.AVI in formats,
    }


def _ptp_descriptors(model: PtpModel) -> dict[str, Any]:
    """USB descriptors with a still image interface (ptp-core, section 1.1)."""
    fast = model.product >= _FIRST_FAST  # Guess: bodies from 2005 on have high speed
    version, packet = ("0002", "0002") if fast else ("1001", "4000")
    product = model.product.to_bytes(2, "little").hex()
    return {
        "device": f"1201{version}00000040a904{product}010001020001",
        "configuration": "09022700010100c001"
        "09040000030601010007058102"
        f"{packet}0007050202{packet}0007058303080009",
        "strings": {"1": "Canon Inc.", "2": "Canon Digital Camera"},
    }


def _recorded(name: str) -> dict[str, Any] | None:
    file = _PROFILES / f"{name}.json"
    if not file.is_file():
        return None
    profile: dict[str, Any] = json.loads(file.read_text())
    return profile


def _reported(name: str) -> str:
    """The name that a body reports: as PTP bodies write theirs, without what it is sold as."""
    # Guess: native bodies write theirs in the same way.
    shown = name.replace("Digital IX", "DIGITAL IX").replace("IXY Digital", "IXY DIGITAL")
    return f"Canon {shown.removesuffix(' Digital ELPH')}"


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


def _descriptors(model: Model) -> dict[str, Any]:
    product = (model.product or 0).to_bytes(2, "little").hex()
    return {
        "device": f"12011001ffffff20a904{product}010001020001",
        "configuration": "09022700010100c032"
        "0904000003ffffff00"
        "07058102400000"
        "07050202400000"
        "07058303400060",
        "strings": {"1": "Canon Inc.", "2": "Canon Digital Camera"},
    }


def _init_version(model: Model) -> str:
    words = model.name
    if Quirk.CAPACITY_IN_KIB in model.quirks or model.numbering is Numbering.REVISED:
        return "01061583"
    best = [
        (len(part), version)
        for version, parts in _INIT_VERSIONS.items()
        for part in parts
        if part in words
    ]
    return max(best)[1] if best else "01000503"


def _init(model: Model) -> dict[str, Any]:
    camcorder = model.name in ("Optura 20", "Optura 40")
    large = model.name in (
        "EOS 20D",
        "EOS 350D",
        "Digital Rebel XT",
        "EOS Kiss Digital N",
        "EOS 5D",
    )
    product = 0x3085 if model.name == "PowerShot S1 IS" else model.product or 0
    return {
        "version": _init_version(model),
        "model_id": MODEL_IDS[product] if large else product | 0x04A9 << 16,
        "block": 0x200 if camcorder else 0x800,
        "transfer_size": 0x10000 if large else 0xFFFFFFFF,
        "limit": 0x200 if camcorder else 0xFD00,
        "last": 0x10000 if large else 0xFD00,
    }


def _release(model: Model, sizes: list[_Size], *, raw: bool) -> dict[str, Any]:
    """Release control: the blocks and lists of section 9, for a compact or for an EOS."""
    kinds = [
        (code, quality, share, w, h)
        for _, code, w, h in sizes
        for _, _, quality, share in _kinds(model)
    ]
    records = [(1, code, quality, *_NO_SECOND) for code, quality, _, _, _ in kinds]
    table = [[code, 1, quality, _kib(w * h * share)] for code, quality, share, w, h in kinds]
    width, height = model.pixels
    if raw:
        raw_size = _kib(width * height * _RAW_BYTES)
        records.append((2, 0, 4, *_NO_SECOND))
        table.append([0, 2, 4, raw_size])
        if model.numbering is Numbering.REVISED:
            # Guess (section 9.4): the second half of a record is the JPEG beside the RAW.
            pairs = table[:-1]
            records += [(2, 0, 4, 1, code, quality) for code, _, quality, _ in pairs]
            table += [
                [code << 4, 0x12, quality << 4 | 4, raw_size + size]
                for code, _, quality, size in pairs
            ]
    eos = model.kind is BodyKind.EOS
    allowed = {
        "0x05": [2, [0, 1, 2, 5, 6]] if not eos else [2, []],
        "0x07": [2, [0, 1, 2, 3, 4]],
        "0x0b": [2, [3, 4, 5]] if eos else [2, [0, 1, 3]],
        "0x0c": [2, []] if eos else [2, [1, 3]],
        "0x0e": [2, [0, 1, 2, 3, 4, 5, 6, 8]] if eos else [2, [0, 1, 2, 3, 4, 5]],
        "0x17": [
            4,
            [0x48, 0x50, 0x58, 0x60, 0x68] if eos else [0x40, 0x48, 0x50, 0x58, 0],
        ],
        "0x1a": [2, _compensations(model)],
        "0x27": [2, [byte for record in records for byte in record]],
    }
    apertures = [0x20, 0x23, 0x25, 0x28, 0x2B, 0x2D, 0x30, 0x33, 0x35, 0x38]
    if eos:
        apertures += [0x3B, 0x3D, 0x40, 0x43, 0x45, 0x48, 0x4B, 0x4D, 0x50]
    fastest = 0x98 if eos else 0x88
    times = [code for code in range(0x10, fastest + 1) if code % 8 in (0, 3, 5)]
    return {
        "parameters": _eos_block(model) if eos else _compact_block(),
        "extended": "",
        "zoom_maximum": 10 if Trait.ZOOM in model.traits else 0,
        "sizes": table,
        "allowed": allowed,
        "guessed": {
            "0x04": [4, [0, 20, 100]],
            "0x06": [2, [0, 1]],
            "0x09": [2, [0, 1]],
            "0x10": [2, [0, 1, 2, 3] if eos else [0]],
        },
        "by_mode": {
            "2": {"0x19": [4, times]},
            "3": {"0x18": [4, apertures]},
            "4": {"0x18": [4, apertures], "0x19": [4, times]},
        },
    }


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
