"""Which virtual bodies there are, and which protocol each of them speaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from exif_helpers import exiftool
from ptp_host import OK, Rig

import canon
from canon import ports
from canon.models import native
from canon.models.ptp import MODELS, by_slug
from canon.native.commands import GetDirectory, MakeDirectory, UploadBlock
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.ptp.datasets import DeviceInfo
from canon.virtual.build import make_virtual
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.catalogue import choose, offers
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.profile import PtpProfile, load_profile
from canon.virtual.ptp.profile import source as source_of
from canon.virtual.usbip import UsbipServer
from rigs.bodies import native_device, powershot, profile_of, ptp_body


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("powershot-g3", NativeCamera),
        ("powershot-g3?mode=ptp", PtpCamera),
        ("powershot-g3?mode=native", NativeCamera),
        ("powershot-s60", PtpCamera),
        ("powershot-s60?mode=native", NativeCamera),
        ("powershot-sx200-is", PtpCamera),
        ("eos-20d", NativeCamera),
    ],
)
def test_a_body_speaks_what_it_is_asked_to(text: str, kind: type) -> None:
    device = make_virtual(text)
    assert type(device) is kind
    assert device.descriptors.interface == ((6, 1, 1) if kind is PtpCamera else (255, 255, 255))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("powershot-sx200-is?mode=native", "'powershot-sx200-is' that speaks the native protocol"),
        ("eos-20d?mode=ptp", "'eos-20d' that speaks PTP"),
        ("leica-m3", "there is no virtual 'leica-m3';"),
        ("powershot-g3?mode=morse", "mode=morse.* says nothing"),
    ],
)
def test_bodies_that_are_not_there(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make_virtual(text)


def test_the_lists_of_cameras_know_ptp_rows() -> None:
    (found,) = ports.list_ports("virtual:powershot-g3?mode=ptp")
    assert (found.product, found.name) == (0x306F, "Canon PowerShot G3")
    with UsbipServer(make_virtual("powershot-s60?card=none")) as server:
        (found,) = ports.list_ports("usbip:{}:{}".format(*server.address))
    assert (found.product, found.name) == (0x30B2, "Canon PowerShot S60")


def test_the_catalogue_has_every_body_once_a_mode() -> None:
    found = {(offer.model, offer.mode): offer for offer in offers()}
    assert len(found) == len(offers())
    assert [mode for model, mode in found if model == "powershot-s60"] == ["ptp", "native"]
    assert found["powershot-sx200-is", "ptp"].can == ("files",)
    assert found["powershot-s60", "ptp"].can == ("files", "release", "viewfinder")
    assert found["powershot-s45", "native"].can == ("files", "release", "viewfinder")
    assert found["powershot-s45", "ptp"].can == ("files",)


@pytest.mark.parametrize("slug", ["powershot-s100", "powershot-s110"])
def test_two_bodies_of_one_name_are_told_apart(slug: str) -> None:
    old, new = (offer for offer in offers() if offer.model == slug)
    assert (old.mode, new.mode) == ("native", "ptp")
    assert re.fullmatch(r"Canon PowerShot S1\d0 \(200\d\)", old.name)
    assert re.fullmatch(r"Canon PowerShot S1\d0 \(201\d\)", new.name)
    for offer in (old, new):
        with canon.open(f"virtual:{slug}?card=none&mode={offer.mode}") as cam:
            assert cam.model == offer.name.partition(" (")[0]
    old_ids, new_ids = (
        make_virtual(f"{slug}?card=none&mode={offer.mode}").descriptors.product
        for offer in (old, new)
    )
    assert 0x3040 < old_ids < 0x3060 < 0x3230 < new_ids


@pytest.mark.parametrize(
    "name", ["A\nB.JPG", "\n", "A\x01.JPG", "\xb5.JPG", "\xff.JPG", "TOOLONGNAME"]
)
def test_a_native_body_refuses_a_name_that_no_card_has(name: str) -> None:
    """The capital of a micro sign has no byte in a listing; who lists the folder meets no error."""
    session = Session(UsbLink(VirtualPort(native_device()), native.by_product(0x306E)))
    session.start()
    before = session.call(GetDirectory(15, "D:"))
    with pytest.raises(canon.BadParameter):
        session.call(MakeDirectory(f"D:\\DCIM\\{name}"))
    with pytest.raises(canon.BadParameter):
        session.send_block(UploadBlock(0, 0, 3, f"D:\\DCIM\\100CANON\\{name}", b"abc"))
    assert session.call(GetDirectory(15, "D:")) == before


@pytest.mark.parametrize("row", [row for row in MODELS if source_of(row)], ids=lambda row: row.slug)
def test_every_body_with_a_profile_starts(row: Any) -> None:
    device = powershot(ptp_body(row, MemoryCard()))
    rig = Rig()
    rig.device, rig.port = device, VirtualPort(device)
    code, _, data = rig.ask(0x1001, number=0)
    info = DeviceInfo.decode(data)
    assert code == OK
    assert info.operations == load_profile(row).operations
    assert device.descriptors.product == row.product
    assert rig.opened().ask(0x1004)[0] == OK


@pytest.mark.parametrize(
    ("slug", "source"),
    [
        ("powershot-g9", "powershot-g9"),
        ("powershot-sd430", "digital-ixus-wireless"),  # the same camera
        ("powershot-a540", "powershot-a700"),  # of the same year
        ("powershot-g6", "powershot-s60"),  # the nearest with release control
        ("powershot-sx620-hs", ""),  # it shoots as an EOS does
        ("eos-rebel-t6", "eos-1300d"),  # the same camera
        ("eos-r5", "eos-r6"),  # the nearest with records
        ("eos-20d", ""),
    ],
)
def test_a_body_without_a_recording_is_like_the_one_next_to_it(slug: str, source: str) -> None:
    row = by_slug(slug)
    assert row
    assert source_of(row) == source


@pytest.mark.parametrize(
    ("slug", "mode", "name", "number"),
    [
        ("powershot-s30", "native", "Canon PowerShot S30", 0x01120000),
        ("digital-ixus-v2", "native", "Canon DIGITAL IXUS v2", 0x01160000),
        ("powershot-sd10-digital-elph", "native", "Canon PowerShot SD10", 0x01350000),
        ("powershot-g7", "ptp", "Canon PowerShot G7", 0x01980000),
        ("digital-ixus-70", "ptp", "Canon DIGITAL IXUS 70", 0x02160000),
        ("digital-ixus-75", "ptp", "Canon DIGITAL IXUS 75", 0x02150000),
    ],
)
def test_pictures_tell_what_the_body_reports(slug: str, mode: str, name: str, number: int) -> None:
    model = choose(slug, mode)
    profile = profile_of(model)
    assert profile.model == name
    if isinstance(profile, PtpProfile):
        values = profile.values
        assert (values[0xD032].current, values[0xD049].current) == (name, number)
    picture = fresh_card(profile).find(("DCIM", "100CANON", "IMG_0001.JPG"))
    assert isinstance(picture, File)
    told = exiftool(picture.read())
    assert (told["IFD0:Model"], told["Canon:CanonModelID"]) == (name, number)


@pytest.mark.parametrize(
    ("slug", "width"), [("powershot-g3", 2272), ("eos-20d", 3504), ("powershot-sx200-is", 4000)]
)
def test_pictures_on_a_fresh_card_tell_the_sensor_of_their_body(slug: str, width: int) -> None:
    picture = fresh_card(profile_of(choose(slug))).find(("DCIM", "100CANON", "IMG_0001.JPG"))
    assert isinstance(picture, File)
    told = exiftool(picture.read())
    assert (told["Canon:ZoomSourceWidth"], told["ExifIFD:ExifImageWidth"]) == (width, 640)


@pytest.mark.parametrize(
    ("typed", "near"),
    [("g3", "powershot-g3"), ("eos-20", "eos-20d"), ("powershot-g33", "powershot-g3")],
)
def test_a_name_that_is_none_gets_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"no virtual '{typed}'; the nearest is {near}; "):
        choose(typed)
