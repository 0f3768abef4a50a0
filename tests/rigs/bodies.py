"""Virtual bodies by their slug: the row, the card, the body, the device, and a host on it.

What differs from dialect to dialect has the dialect in its name; where two speak of the same model,
each has a row of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from canon.camera import Camera
from canon.models import native, ptp
from canon.models.model import Model
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.ptp.eos.layouts import Eos
from canon.virtual.body import Body
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.catalogue import Row
from canon.virtual.clock import BodyClock
from canon.virtual.device import UsbDevice
from canon.virtual.faults import Fault, Faults
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.profile import NativeBody, NativeProfile
from canon.virtual.native.profile import load_profile as native_profile
from canon.virtual.native.release import ReleaseUnit
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.eos.extension import EosBody
from canon.virtual.ptp.powershot.extension import PowerShot
from canon.virtual.ptp.powershot.release import ReleaseControl
from canon.virtual.ptp.profile import PtpBody, PtpProfile
from canon.virtual.ptp.profile import load_profile as ptp_profile

PLACE = ("DCIM", "100CANON")
SMALL = 2
"""The number of small pictures, natively and in PTP; they are quickly drawn."""
TAKEN = 1_055_583_000  # 2003-06-14 09:30


ONE_SMALL_JPEG = struct.pack("<5I", 1, 16, 1, 0x10, 3)
"""The format of one small JPEG, as an EOS has it."""

PowerShotCamera = PtpCamera[PowerShot]
"""A virtual PowerShot that speaks PTP, behind its plug."""
EosCamera = PtpCamera[EosBody]
"""A virtual EOS that speaks PTP, behind its plug."""


def powershot(body: PtpBody, faults: Faults | None = None) -> PowerShotCamera:
    """Such a camera of that body."""
    return PtpCamera(body, PowerShot, faults)


def eos(body: PtpBody, faults: Faults | None = None) -> EosCamera:
    """Such an EOS of that body."""
    return PtpCamera(body, EosBody, faults)


def native_row(slug: str) -> Model:
    """The row of a model that speaks the native protocol."""
    model = native.by_slug(slug)
    assert model is not None
    return model


def ptp_row(slug: str) -> PtpModel:
    """The row of a model that speaks PTP."""
    model = ptp.by_slug(slug)
    assert model is not None
    return model


def a_card(
    files: Mapping[str, bytes] = MappingProxyType({}),
    *,
    capacity: int = 256 << 20,
    taken: int = TAKEN,
) -> MemoryCard:
    """A card with the folder DCIM/100CANON and these files; a bare name is one in that folder."""
    card = MemoryCard(capacity)
    card.make_folders(PLACE, taken)
    for path, data in files.items():
        *folder, name = path.split("/")
        card.add((*(folder or PLACE), name), File(data, taken))
    return card


def native_body(
    row: str | Model, card: MemoryCard | None = None, clock: BodyClock | None = None
) -> NativeBody:
    """A body by its slug or its row, with that card, or a fresh one of its own."""
    model = native_row(row) if isinstance(row, str) else row
    profile = native_profile(model)
    return Body(model, profile, lambda: card or fresh_card(profile), clock)


def ptp_body(
    row: str | PtpModel, card: MemoryCard | None = None, started: datetime | None = None
) -> PtpBody:
    """A body by its slug or its row, with that card, or a fresh one of its own.

    Its clock shows `started`, or our time.
    """
    model = ptp_row(row) if isinstance(row, str) else row
    profile = ptp_profile(model)
    return Body(model, profile, lambda: card or fresh_card(profile), started=started)


def profile_of(row: Row) -> NativeProfile | PtpProfile:
    """What a body of that row reports of itself."""
    assert not isinstance(row, Ps350Model)
    return ptp_profile(row) if isinstance(row, PtpModel) else native_profile(row)


def tells(body: PtpBody, **changes: object) -> None:
    """Let a body report something else of itself: `tells(body, manufacturer="Acme")`."""
    body.profile = replace(body.profile, **changes)  # type: ignore[arg-type]


def lacks(body: PtpBody, *codes: int) -> None:
    """Let a body not list these operations."""
    listed = body.profile.operations
    tells(body, operations=tuple(code for code in listed if code not in codes))


def release_of(device: NativeCamera | PowerShotCamera) -> ReleaseUnit | ReleaseControl:
    """The release control of a device, whatever it speaks."""
    return device.release if isinstance(device, NativeCamera) else device.extension.release


def in_remote(device: UsbDevice) -> bool:
    """Whether a host has the device in remote control, whatever it speaks."""
    if isinstance(device, NativeCamera):
        return device.release.active
    assert isinstance(device, PtpCamera)
    extension = device.extension
    return bool(
        extension.remote_mode if isinstance(extension, EosBody) else extension.release.active
    )


def native_device(
    *faults: str, slug: str = "powershot-g3", card: MemoryCard | None = None, active: bool = False
) -> NativeCamera:
    """A virtual camera with an empty card, set to small pictures, which are quickly drawn."""
    inside = card or a_card()
    inside.make_folders(PLACE)
    device = NativeCamera(native_body(slug, inside), waiting(*faults), active=active)
    block = device.release.parameters
    device.release.parameters = type(block)(**{**vars(block), "image_size": SMALL})
    return device


def ptp_device(slug: str, *faults: str, card: MemoryCard | None = None) -> PowerShotCamera:
    """A virtual camera with that card, or a fresh one of its own."""
    return powershot(ptp_body(slug, card), waiting(*faults))


def eos_device(slug: str, *faults: str, card: MemoryCard | None = None) -> EosCamera:
    """A virtual EOS with that card, or a fresh one, set to one small JPEG: quickly drawn."""
    device = eos(ptp_body(slug, card), waiting(*faults))
    for place in (Eos.IMAGE_FORMAT, Eos.IMAGE_FORMAT_CF, Eos.IMAGE_FORMAT_SD):
        if device.extension.table.has(place):
            device.extension.table.put(place, ONE_SMALL_JPEG)
    return device


def waiting(*faults: str) -> Faults:
    """Faults as they are written in port strings, each of which comes once."""
    return Faults(tuple(map(Fault.parse, faults)))


def a_camera(device: UsbDevice) -> Camera:
    """A host of that device, initialized."""
    cam = Camera(lambda: VirtualPort(device), "virtual:")
    cam.initialize()
    return cam
