"""What a virtual PTP body reports of itself: what a real one did, or the one next to it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from canon.models import ptp
from canon.models.file_kinds import ObjectFormat
from canon.models.model import BodyKind
from canon.models.model_ids import MODEL_IDS
from canon.models.ptp import PtpModel, PtpQuirk
from canon.ptp.datasets import (
    Choices,
    DataType,
    DevicePropDesc,
    FileSystem,
    PropertyValue,
    Range,
    StorageInfo,
    StoreKind,
)
from canon.ptp.powershot.layouts import InitiateReleaseControl, Property
from canon.usb.port import Descriptors
from canon.virtual.body import Body
from canon.virtual.profile import STRINGS, Profile, recorded, reported

_LAST_WITH_RELEASE = 0x3173  # PowerShot SX100 IS; those after it that shoot do it as an EOS does
_FIRST_FAST = 0x30F0
_FIRST_EOS = 0x3110  # EOS 400D; those before it have files only, or the native protocol
_DEVICE_NAME = 0xD402
_WRITES_RAW = 2  # a choice of FULL_VIEW_FILE_FORMAT
_NOT_GIVEN = 0xFFFFFFFF
_MIRRORLESS = re.compile(r"EOS [MR](?![a-z])")
_NAMED = 5  # of a row of a burst, what says of which property it is a value or a list


class Rule(NamedTuple):
    """What a property may be in one shooting mode."""

    writable: bool
    form: Range | Choices | None


class PtpProfile(Profile):
    """What a PTP body reports of itself: its DeviceInfo, its properties, its store.

    Attributes:
        manufacturer: "Canon Inc.".
        version: the version of DeviceInfo: "1-13.0.1.0".
        serial: its serial number; zeros in place of a real one.
        standard_version: the PTP version times 100.
        extension_id: whose extension it has.
        extension_version: the version of that times 100.
        operations: the operations that it lists.
        events: the events that it lists.
        capture_formats: the object formats that a picture may have.
        image_formats: the object formats that a file may have.
        properties: the properties that it lists.
        release_properties: those that it lists only under release control.
        values: every property, with its value on a real body, by its code.
        by_mode: what a property may be in a shooting mode, by mode and code.
        store: the card; its space is that of the card which is in the slot.
        ram_store: whether pictures in memory have a store of their own.
        slot: the number of the store in the slot.
        burst: all records of the first burst of an EOS; empty where the body is none.
        frame: width and height of its live frames; zeros where it has none.
        bulb_on_dial: whether bulb is a position of its mode dial.
        movie_suffix: how the names of its movies end.
    """

    manufacturer: str
    version: str
    serial: str
    standard_version: int
    extension_id: int
    extension_version: int
    operations: tuple[int, ...]
    events: tuple[int, ...]
    capture_formats: tuple[int, ...]
    image_formats: tuple[int, ...]
    properties: tuple[int, ...]
    release_properties: tuple[int, ...]
    values: Mapping[int, DevicePropDesc]
    by_mode: Mapping[tuple[int, int], Rule]
    store: StorageInfo
    ram_store: bool
    slot: int = 0x00010001
    burst: bytes = b""
    frame: tuple[int, int] = (0, 0)
    bulb_on_dial: bool = False
    movie_suffix: str = ".AVI"


PtpBody = Body[PtpModel, PtpProfile]
"""A body that speaks PTP."""


def load_profile(model: PtpModel) -> PtpProfile:
    """What a body of this model reports of itself.

    Raises:
        ValueError: nothing is known of a body of this kind; `source` tells it before.
    """
    slug = source(model)
    told = recorded(f"ptp/{slug}")
    if told is None:
        raise ValueError(f"there is no virtual {model.name} yet that speaks PTP")
    model_id = MODEL_IDS.get(model.product, 0)
    values = {int(code, 16): _described(int(code, 16), row) for code, row in told["values"].items()}
    name = told["model"]
    if slug != model.slug:
        # Guess: a body without a recording is like the one next to it, under its own name.
        name = reported(model.name)
        own: dict[int, PropertyValue] = {
            Property.MODEL: name,
            _DEVICE_NAME: name,
            Property.MODEL_ID: model_id,
        }
        for code in own.keys() & values.keys():
            row = values[code]
            values[code] = DevicePropDesc(
                code, row.kind, row.writable, own[code], own[code], row.form
            )
    formats = tuple(told["image_formats"])
    raw = ".CRW" if _writes_raw(values.get(Property.FULL_VIEW_FILE_FORMAT)) else ""
    rows = told.get("burst") or _burst_of(told.get("like", ""), told.get("own", []))
    store = told["storage"]
    return PtpProfile(
        model=name,
        model_id=model_id,
        firmware=told["version"].rpartition("-")[2],
        owner="",
        descriptors=_descriptors(model),
        pixels=tuple(told["image"]),
        raw_suffix=told.get("raw", raw if ObjectFormat.CRW in formats else ""),
        movie=ObjectFormat.AVI in formats and not rows,
        manufacturer=told["manufacturer"],
        version=told["version"],
        serial=told["serial"],
        standard_version=told["standard_version"],
        extension_id=told["extension_id"],
        extension_version=told["extension_version"],
        operations=tuple(told["operations"]),
        events=tuple(told["events"]),
        capture_formats=tuple(told["capture_formats"]),
        image_formats=formats,
        properties=tuple(told["properties"]),
        release_properties=tuple(told["release_properties"]),
        values=values,
        by_mode={
            (int(mode), int(code, 16)): Rule(row["writable"], _form(row))
            for mode, rows in told.get("by_mode", {}).items()
            for code, row in rows.items()
        },
        store=StorageInfo(
            StoreKind(store["type"]),
            FileSystem(store["filesystem"]),
            store["access"],
            store["capacity"],
            0,
            _NOT_GIVEN,
            store["description"],
            store["label"],
        ),
        ram_store=told["ram_store"],
        slot=store.get("id", 0x00010001),
        burst=b"".join(map(_record, rows)),
        frame=tuple(told.get("frame", (0, 0))),
        bulb_on_dial=told.get("bulb_on_dial", False),
        movie_suffix=".AVI" if not rows else ".MP4" if told["raw"] == ".CR3" else ".MOV",
    )


def is_eos(model: PtpModel) -> bool:
    """Whether the virtual body of a model speaks as an EOS does, whatever it is called."""
    told = recorded(f"ptp/{slug}") if (slug := source(model)) else None
    return told is not None and _is_eos(told)


def source(model: PtpModel) -> str:
    """The slug of the body whose recording a virtual body reports; "" when there is none.

    It is its own where there is one, else that of the body next to it by product id, which is of
    its time, or the same camera under another name.
    """
    known = _recorded_bodies()
    if model.slug in known or recorded(f"ptp/{model.slug}") is not None:
        return model.slug
    if model.kind is BodyKind.EOS and model.product >= _FIRST_EOS:
        return min(_recorded_eos(), key=lambda row: _unlike(row, model)).slug
    remote = "release" in model.driven_by.verbs
    if model.kind is not BodyKind.COMPACT or (remote and model.product > _LAST_WITH_RELEASE):
        return ""
    alike = [slug for slug, (_, releases) in known.items() if releases is remote]
    return min(alike, key=lambda slug: abs(known[slug][0] - model.product))


@functools.cache
def _recorded_bodies() -> dict[str, tuple[int, bool]]:
    """The recorded bodies: product id, and whether it has release control, by slug."""
    found = {}
    for model in ptp.MODELS:
        told = recorded(f"ptp/{model.slug}")
        if told is not None and not _is_eos(told):
            found[model.slug] = model.product, InitiateReleaseControl.code in told["operations"]
    return found


@functools.cache
def _recorded_eos() -> tuple[PtpModel, ...]:
    """The rows of the recorded bodies whose lenses come off."""
    eos = (model for model in ptp.MODELS if model.kind is BodyKind.EOS)
    return tuple(model for model in eos if recorded(f"ptp/{model.slug}") is not None)


def _unlike(one: PtpModel, other: PtpModel) -> tuple[bool, int]:
    """How unlike two EOS bodies are: an M, an R, or one with a mirror; then by product id."""
    line, like = (_MIRRORLESS.match(row.name) for row in (one, other))
    # An M2 has the button of a body with a mirror, and no other M of its time has it.
    alike = PtpQuirk.HIDES_RELEASE in other.quirks or (line and line[0]) == (like and like[0])
    return not alike, abs(one.product - other.product)


def _is_eos(told: Mapping[str, Any]) -> bool:
    """Whether a recorded body speaks as an EOS does, whatever it is called."""
    return "burst" in told or "like" in told


def _burst_of(slug: str, own: list[str]) -> list[str]:
    """The first burst of a recorded body, with what another one said of itself in its place."""
    told = recorded(f"ptp/{slug}") if slug else None
    rows: list[str] = told["burst"] if told else []
    instead = {row[:_NAMED]: row for row in own}
    return [instead.get(row[:_NAMED], row) for row in rows]


def _record(row: str) -> bytes:
    """A record of a burst, as the profile has it.

    `d101=28000000` is a value, `d1d8=45462d/64` one of 64 bytes whose rest is zeros, and
    `d106:3:2:0000000004000000` a list with its form and its count; `c1a4!01000200` is a record that
    is neither.
    """
    if "!" in row:
        code, _, hexed = row.partition("!")
        payload = bytes.fromhex(hexed)
    elif "=" in row:
        code, (named, _, hexed) = "c189", row.partition("=")
        hexed, _, size = hexed.partition("/")
        value = bytes.fromhex(hexed)
        payload = _word(named) + value.ljust(int(size or 0), b"\0")
    else:
        code, (named, form, count, hexed) = "c18a", row.split(":")
        numbers = int(form).to_bytes(4, "little") + int(count).to_bytes(4, "little")
        payload = _word(named) + numbers + bytes.fromhex(hexed)
    return (8 + len(payload)).to_bytes(4, "little") + _word(code) + payload


def _word(hexed: str) -> bytes:
    return int(hexed, 16).to_bytes(4, "little")


def _descriptors(model: PtpModel) -> Descriptors:
    """USB descriptors with a still image interface (ptp-core, section 1.1)."""
    fast = model.product >= _FIRST_FAST  # Guess: bodies from 2005 on have high speed
    version, packet = ("0002", "0002") if fast else ("1001", "4000")
    product = model.product.to_bytes(2, "little").hex()
    return Descriptors(
        bytes.fromhex(f"1201{version}00000040a904{product}010001020001"),
        bytes.fromhex(
            "09022700010100c001 090400000306010100"
            f"07058102{packet}00 07050202{packet}00 07058303080009"
        ),
        STRINGS,
    )


def _writes_raw(form: DevicePropDesc | None) -> bool:
    """Whether the format of pictures may be RAW."""
    return form is not None and isinstance(form.form, Choices) and _WRITES_RAW in form.form.values


def _described(code: int, row: Mapping[str, Any]) -> DevicePropDesc:
    return DevicePropDesc(
        code,
        DataType(row["type"]),
        int(row["writable"]),
        _value(row["default"]),
        _value(row["current"]),
        _form(row),
    )


def _form(row: Mapping[str, Any]) -> Range | Choices | None:
    if row["form"] == "range":
        return Range(row["min"], row["max"], row["step"])
    return Choices(tuple(map(_value, row["allowed"]))) if row["form"] == "enum" else None


def _value(told: Any) -> PropertyValue:
    """A value as JSON has it."""
    value: PropertyValue = tuple(told) if isinstance(told, list) else told
    return value
