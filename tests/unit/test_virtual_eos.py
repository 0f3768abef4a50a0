"""Virtual EOS bodies, asked by a host that knows nothing but containers (canon-eos-ptp, 11)."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from ptp_host import FILE, OK, Rig

from canon import exif
from canon.models.ptp import MODELS, PtpModel
from canon.ptp.datasets import DeviceInfo, ObjectInfo
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import (
    AvailListChanged,
    BulbExposureTime,
    CameraStatusChanged,
    ObjectAddedEx,
    ObjectAddedEx64,
    PropValueChanged,
    Record,
    RecordingTime,
    RequestObjectTransferEx,
    RequestObjectTransferEx64Lfn,
    StoreAddedEx,
    StoreRemovedEx,
    read_records,
)
from canon.ptp.operations import ALL, Response
from canon.virtual.charge import Charge
from canon.virtual.profile import recorded
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.eos.dial import Mode
from canon.virtual.ptp.eos.extension import EosBody
from canon.virtual.ptp.profile import load_profile, source
from rigs.bodies import a_card, eos, ptp_body, ptp_row, waiting

BUSY = Response.DEVICE_BUSY
NOTHING = bytes.fromhex("0800000000000000")
OLDER, MIRROR, HYBRID, LATEST = "eos-40d", "eos-60d", "eos-m10", "eos-r6"
SMALL = struct.pack("<5I", 1, 16, 1, 0x10, 3)
"""The format of one small JPEG."""
LIVE = {Eos.CAMERA_TIME, Eos.UTC_TIME, Eos.OWNER, Eos.SERIAL_NUMBER}
"""What is the body's own, and not recorded."""
HALF, FULL = 1, 2


class EosRig(Rig):
    """A virtual EOS, and such a host."""

    device: PtpCamera[EosBody]

    def make(self, slug: str, *faults: str) -> PtpCamera[EosBody]:
        device = eos(ptp_body(slug, self.card), waiting(*faults))
        device.body.card = self.card
        device.extension.table.put(Eos.IMAGE_FORMAT, SMALL)
        device.extension.table.know(Eos.AUTO_POWER_OFF, 0)  # it stays on while tests let time pass
        return device

    @property
    def body(self) -> EosBody:
        return self.device.extension

    def remote(self) -> EosRig:
        """The same, with its first burst behind it."""
        self.opened()
        for code, value in ((0x9114, 1), (0x9115, 1)):
            assert self.ask(code, value)[0] == OK
        if 0x913D in self.device.body.profile.operations:
            assert self.ask(0x913D, 0x1FFF)[0] == OK
        self.records()
        return self

    def records(self) -> list[Record]:
        code, _, data = self.ask(0x9116)
        assert code == OK
        return read_records(data)

    def wait(self, seconds: float = 30) -> list[Record]:
        """The records of some time."""
        self.device.clock.sleep(seconds)
        return self.records()

    def set(self, code: int, value: int | bytes) -> int:
        raw = value if isinstance(value, bytes) else value.to_bytes(4, "little")
        return self.send(0x9110, struct.pack("<II", 8 + len(raw), code) + raw)[0]

    def card_has(self) -> list[str]:
        folder = self.card.folder(("DCIM", "100CANON"))
        return list(folder.entries) if folder else []


def kinds(records: list[Record]) -> list[type[Record]]:
    return [type(one) for one in records]


def of(records: list[Record], kind: type[Record]) -> list[Record]:
    return [one for one in records if isinstance(one, kind)]


# --- the first burst ------------------------------------------------------------------------------

BURSTS = [
    row
    for row in MODELS
    if source(row) == row.slug and "burst" in (recorded(f"ptp/{row.slug}") or {})
]


DCIM = bytes.fromhex(  # what a 60D says of that folder (recorded)
    "01000200013001000000000000000000000000000000000000000000000000000000000000000000000001000000"
    "000000000000054400430049004d0000001232003000310032003000320030003100540031003200320036003500"
    "37002e0030000000123200300031003200300032003000310054003100320032003600350036002e003000000000"
)


def test_a_folder_is_told_as_recorded() -> None:
    told = ObjectInfo.decode(DCIM)
    card = a_card({"IMG_0001.JPG": FILE}, taken=1_328_099_217)
    rig = EosRig(MIRROR, card=card).opened()
    assert rig.handles(parent=ALL) == (0x90000000,)
    code, _, data = rig.ask(0x1008, 0x90000000)
    assert code == OK
    assert ObjectInfo.decode(data) == replace(told, modified=told.captured)


@pytest.mark.parametrize("model", BURSTS, ids=lambda row: row.slug)
def test_a_body_gives_its_burst_back_but_for_its_clock(model: PtpModel) -> None:
    body = eos(ptp_body(model.slug)).extension
    told, was = read_records(body.table.burst()), read_records(load_profile(model).burst)
    other = [
        (one, other)
        for one, other in zip(told, was, strict=True)
        if one != other and getattr(one, "property", 0) not in LIVE
    ]
    assert other == []


def test_what_a_60d_tells_has_the_length_of_its_recording() -> None:
    rig = EosRig(MIRROR).opened()
    assert [rig.ask(0x9114, 1)[0], rig.ask(0x9115, 1)[0]] == [OK, OK]
    assert len(rig.ask(0x9116)[2]) == 7440
    assert rig.ask(0x9116)[2] == NOTHING
    assert rig.ask(0x9115, 2)[0] == OK
    assert len(rig.ask(0x9116)[2]) == 7440, "each event mode arms it again"


def test_a_body_without_a_card() -> None:
    rig = EosRig(MIRROR, empty=True).remote()
    assert rig.ask(0x9115, 1)[0] == OK
    values = {one.property: one.value for one in rig.records() if isinstance(one, PropValueChanged)}
    assert values[Eos.CURRENT_STORAGE] == bytes.fromhex("00000200")
    assert Eos.CURRENT_FOLDER not in values
    assert rig.set(Eos.CAPTURE_DESTINATION, 1) == BUSY
    assert rig.ask(0x9128, FULL, 0)[0] == BUSY


@pytest.mark.parametrize(
    "model",
    [row for row in MODELS if (slug := source(row)) and load_profile(row).burst and slug],
    ids=lambda row: row.slug,
)
def test_every_eos_opens_under_its_own_name(model: PtpModel) -> None:
    device = eos(ptp_body(model.slug))
    profile, table = device.body.profile, device.extension.table
    assert profile.model.startswith("Canon")
    assert table.number(Eos.MODEL_ID) == profile.model_id or not profile.model_id
    assert read_records(table.burst())
    assert profile.raw_suffix in ("", ".CR2", ".CR3")


# --- settings -------------------------------------------------------------------------------------


def test_a_setting_comes_back_as_a_record() -> None:
    rig = EosRig(MIRROR).remote()
    assert rig.set(Eos.ISO, 0x58) == OK
    assert rig.records() == [PropValueChanged(Eos.ISO, bytes.fromhex("58000000"))]
    assert rig.set(Eos.ISO, 0x59) == BUSY
    assert rig.set(0xD1FF, 1) == Response.DEVICE_PROP_NOT_SUPPORTED
    assert rig.set(Eos.MODEL_ID, 1) == BUSY
    assert rig.ask(0x9127, Eos.ISO)[0] == OK
    assert rig.records() == [PropValueChanged(Eos.ISO, bytes.fromhex("58000000"))]


@pytest.mark.parametrize(
    ("mode", "settable"),
    [
        (Mode.MANUAL, {Eos.APERTURE, Eos.SHUTTER_SPEED, Eos.ISO}),
        (Mode.APERTURE_PRIORITY, {Eos.APERTURE, Eos.ISO, Eos.EXPOSURE_COMPENSATION}),
        (Mode.SHUTTER_PRIORITY, {Eos.SHUTTER_SPEED, Eos.ISO, Eos.EXPOSURE_COMPENSATION}),
        (Mode.PROGRAM, {Eos.ISO, Eos.EXPOSURE_COMPENSATION}),
        (Mode.GREEN, set()),
    ],
)
def test_what_can_be_set_follows_the_mode(mode: Mode, settable: set[Eos]) -> None:
    rig = EosRig(MIRROR).remote()
    rig.body.table.turn_dial(mode)
    told = {one.property: one for one in rig.records() if isinstance(one, AvailListChanged)}
    scales = Eos.APERTURE, Eos.SHUTTER_SPEED, Eos.ISO, Eos.EXPOSURE_COMPENSATION
    table = rig.body.table
    assert {code for code in scales if table.allowed(code)} == settable
    assert all(len(told[code].numbers()) == len(table.allowed(code) or ()) for code in told)
    for code in scales:
        first = (table.allowed(code) or (0x38,))[-1]
        assert (rig.set(code, first) == OK) == (code in settable)


def test_writes_that_no_list_offers() -> None:
    rig = EosRig(MIRROR).remote()
    assert 0 not in (rig.body.table.allowed(Eos.EVF_OUTPUT) or ())
    assert rig.set(Eos.EVF_OUTPUT, 2) == rig.set(Eos.EVF_OUTPUT, 0) == OK
    assert rig.set(Eos.OWNER, b"Ada\0") == rig.set(Eos.ARTIST, b"Grace\0") == OK
    assert rig.device.body.owner == "Ada"


def test_the_odd_ones() -> None:
    assert EosRig("eos-450d").remote().set(0xD1FF, 1) == OK, "says that all is well"
    assert EosRig("eos-6d").remote().set(Eos.AUTO_POWER_OFF, 30) == BUSY
    assert EosRig("eos-r5m2").opened().ask(0x9109, 0x10001, ALL, 0x100000)[0] != OK
    hidden = EosRig("eos-m2").opened()
    assert 0x9128 not in DeviceInfo.decode(hidden.ask(0x1001)[2]).operations
    assert hidden.ask(0x9128, 1, 0)[0] == Response.OPERATION_NOT_SUPPORTED
    assert hidden.ask(0x9114, 1)[0] == OK
    assert 0x9128 in DeviceInfo.decode(hidden.ask(0x1001)[2]).operations


# --- pictures -------------------------------------------------------------------------------------


def test_a_picture_to_the_card() -> None:
    rig = EosRig(MIRROR).remote()
    assert rig.ask(0x9128, HALF, 0)[0] == rig.ask(0x9128, FULL, 0)[0] == OK
    assert rig.ask(0x9129, FULL)[0] == rig.ask(0x9129, HALF)[0] == OK
    told = rig.wait()
    order = [one for one in kinds(told) if one in (CameraStatusChanged, ObjectAddedEx)]
    assert order == [CameraStatusChanged, ObjectAddedEx, CameraStatusChanged]
    (new,) = of(told, ObjectAddedEx)
    assert isinstance(new, ObjectAddedEx)
    assert (new.name, new.handle & 0xF, new.group) == ("IMG_0002.JPG", 2, new.handle & ~0xF)
    assert rig.info(new.handle).name == "IMG_0002.JPG"
    code, _, data = rig.ask(0x101B, new.handle, 0, 1 << 20)
    assert (code, exif.read(data).model) == (OK, "Canon EOS 60D")


def test_a_picture_to_memory_blocks_until_it_was_fetched() -> None:
    rig = EosRig(MIRROR).remote()
    before = rig.card_has()
    assert rig.set(Eos.CAPTURE_DESTINATION, 4) == OK
    assert rig.ask(0x9128, 3, 1)[0] == BUSY, "it does not know yet that there is room"
    assert rig.ask(0x911A, 0x0FFFFFFF, 0x1000, 1)[0] == OK
    assert rig.body.release.shots_left() > 0
    assert [rig.ask(0x9128, 3, 1)[0], rig.ask(0x9129, 3)[0]] == [OK, OK]
    (waits,) = of(rig.wait(), RequestObjectTransferEx)
    assert isinstance(waits, RequestObjectTransferEx)
    assert rig.set(Eos.ISO, 0x48) == rig.ask(0x9128, HALF, 0)[0] == BUSY
    assert len(rig.ask(0x101B, waits.handle, 0, 1 << 20)[2]) == waits.size
    assert [rig.ask(0x9117, waits.handle)[0], rig.set(Eos.ISO, 0x48)] == [OK, OK]
    assert rig.ask(0x9117, waits.handle)[0] == Response.INVALID_OBJECT_HANDLE
    assert rig.card_has() == before


def test_pictures_in_memory_are_dropped_with_the_session() -> None:
    rig = EosRig(MIRROR).remote()
    rig.set(Eos.CAPTURE_DESTINATION, 4)
    rig.ask(0x911A, 0x0FFFFFFF, 0x1000, 1)
    rig.ask(0x9128, 3, 1)
    rig.ask(0x9129, 3)
    rig.wait()
    assert rig.body.objects.kept
    assert rig.ask(0x1003)[0] == OK
    assert not rig.body.objects.kept


def test_latest_bodies_tell_in_64_bits_and_some_with_long_names() -> None:
    rig = EosRig(LATEST).remote()
    rig.ask(0x9128, 3, 1)
    rig.ask(0x9129, 3)
    assert of(rig.wait(), ObjectAddedEx64)
    rig = EosRig("eos-r5m2").remote()
    rig.body.table.put(Eos.CAPTURE_DESTINATION, 4)
    rig.ask(0x911A, 0x0FFFFFFF, 0x1000, 1)
    rig.ask(0x9128, 3, 1)
    rig.ask(0x9129, 3)
    assert of(rig.wait(), RequestObjectTransferEx64Lfn)


def test_the_older_bodies_release_in_one_go() -> None:
    rig = EosRig(OLDER).remote()
    assert rig.ask(0x910F)[:2] == (OK, (0,))
    assert len(of(rig.wait(), ObjectAddedEx)) == 1
    rig.card.overhead = rig.card.capacity
    assert rig.ask(0x910F)[:2] == (OK, (7,))
    rig = EosRig(OLDER, "no-focus").remote()
    rig.body.switch_focus(automatic=True)
    assert rig.ask(0x910F)[:2] == (OK, (1,))


def test_no_focus_by_word_and_by_record() -> None:
    rig = EosRig(MIRROR, "no-focus").remote()
    rig.body.switch_focus(automatic=True)
    assert rig.ask(0x9128, HALF, 0)[0] == Response.GENERAL_ERROR, "it has no record for that"
    assert rig.body.release.button == 0
    rig = EosRig(LATEST, "no-focus").remote()
    assert rig.ask(0x9128, HALF, 0)[0] == OK
    assert b"\x02\x00\x00" in rig.ask(0x9116)[2]


@pytest.mark.parametrize(("slug", "drive"), [(MIRROR, 5), ("eos-5ds-r", 0x14)], ids=["", "silent"])
def test_the_button_held_in_a_continuous_drive_takes_a_series(slug: str, drive: int) -> None:
    rig = EosRig(slug).remote()
    assert rig.set(Eos.DRIVE_MODE, drive) == OK
    rig.ask(0x9128, 3, 1)
    rig.device.clock.sleep(3)
    rig.ask(0x9129, 3)
    assert 3 <= len(of(rig.wait(), ObjectAddedEx)) <= 12


def test_a_bracketed_row_is_right_dark_and_bright() -> None:
    rig = EosRig(MIRROR).remote()
    assert rig.set(Eos.AEB, 8) == OK
    times = []
    for _ in range(4):
        rig.ask(0x9128, 3, 1)
        rig.ask(0x9129, 3)
        (new,) = of(rig.wait(), ObjectAddedEx)
        assert isinstance(new, ObjectAddedEx)
        taken = exif.read(rig.ask(0x101B, new.handle, 0, 1 << 20)[2])
        times.append(float(taken.exposure_time or 0))
    right, dark, bright, again = times
    assert dark / right == pytest.approx(0.5, 0.1)
    assert bright / right == pytest.approx(2, 0.1)
    assert again == right


def test_the_self_timer_runs() -> None:
    rig = EosRig(MIRROR).remote()
    assert rig.set(Eos.DRIVE_MODE, 0x11) == OK
    rig.ask(0x9128, 3, 1)
    rig.ask(0x9129, 3)
    assert not of(rig.wait(1.9), ObjectAddedEx)
    assert of(rig.wait(2), ObjectAddedEx)


def test_bulb_lasts_as_long_as_the_button_is_held() -> None:
    rig = EosRig(MIRROR).remote()
    rig.body.table.turn_dial(Mode.BULB)
    assert rig.ask(0x9128, 3, 1)[0] == OK
    told = rig.wait(3.5)
    assert [one.encode()[0] for one in of(told, BulbExposureTime)] == [1, 2, 3]
    assert rig.ask(0x9129, 3)[0] == OK
    (new,) = of(rig.wait(), ObjectAddedEx)
    assert isinstance(new, ObjectAddedEx)
    taken = rig.ask(0x101B, new.handle, 0, 1 << 20)[2]
    assert exif.read(taken).exposure_time == pytest.approx(3.5, abs=0.1)
    rig = EosRig(OLDER).remote()
    assert rig.ask(0x9125)[0] == Response.GENERAL_ERROR, "not in this mode"


def test_a_host_that_goes_while_the_shutter_is_open_loses_no_picture() -> None:
    rig = EosRig(MIRROR).remote()
    rig.body.table.turn_dial(Mode.BULB)
    before = rig.card_has()
    rig.ask(0x9128, 3, 1)
    rig.device.detach()
    rig.device.clock.sleep(5)
    assert len(rig.card_has()) == len(before) + 1
    assert (rig.body.release.button, rig.body.release.busy) == (0, False)


def test_a_press_by_hand_is_told() -> None:
    rig = EosRig(HYBRID).remote()
    rig.device.press()
    assert of(rig.wait(), ObjectAddedEx)
    rig.ask(0x1003)
    before = rig.card_has()
    rig.device.press()
    rig.device.clock.sleep(5)
    assert len(rig.card_has()) == len(before) + 1, "without a host it goes to the card, too"


def test_an_empty_battery_takes_none() -> None:
    rig = EosRig(MIRROR).remote()
    rig.device.body.on_ac, rig.device.body.charge = False, Charge.EMPTY
    assert rig.ask(0x9128, 3, 1)[0] == BUSY
    assert rig.body.table.number(Eos.BATTERY_POWER) == 0


@pytest.mark.parametrize(("fault", "size"), [("bad-record@CameraStatusChanged:-12", 0), ("", 12)])
def test_the_size_of_a_record_may_be_wrong(fault: str, size: int) -> None:
    rig = EosRig(MIRROR, *filter(None, [fault])).remote()
    rig.ask(0x9128, 3, 1)
    assert int.from_bytes(rig.ask(0x9116)[2][:4], "little") == size


def test_a_mirror_that_only_comes_up() -> None:
    rig = EosRig(OLDER, "mirror-up").remote()
    assert rig.ask(0x910F)[1] == (3,)
    assert rig.ask(0x910F)[1] == (0,)


def test_a_card_comes_and_goes() -> None:
    rig = EosRig(MIRROR).remote()
    rig.body.change_card(None)
    assert StoreRemovedEx(0x00020001) in rig.records()
    assert rig.ask(0x9128, 3, 1)[0] == BUSY
    rig.body.change_card(rig.card)
    assert StoreAddedEx(0x00020001) in rig.records()
    assert rig.ask(0x9128, 3, 1)[0] == OK


# --- live view ------------------------------------------------------------------------------------


def frame_of(rig: EosRig) -> list[tuple[int, bytes]]:
    """The records of the next frame."""
    code, values, data = rig.ask(0x9153, 0x200000, 0, 0)
    assert (code, values) == (OK, (0, len(data)))
    found, at = [], 0
    while at + 8 < len(data):
        size, kind = struct.unpack_from("<II", data, at)
        found.append((kind, data[at + 8 : at + size]))
        at += size
    assert data[at:] == NOTHING
    return found


def test_frames_come_when_the_sensor_has_started() -> None:
    rig = EosRig(MIRROR).remote()
    assert rig.ask(0x9153, 0x200000, 0, 0)[0] == BUSY
    assert rig.set(Eos.EVF_OUTPUT, 2) == OK
    assert rig.ask(0x9153, 0x200000, 0, 0)[0] == Response.CANON_NOT_READY
    rig.device.clock.sleep(1.2)
    frame = frame_of(rig)
    assert [kind for kind, _ in frame] == [1, 4, 5, 6, 0x0C, 0x0D, 0x0E, 0x0A, 7, 3, 8]
    parts = dict(frame)
    assert parts[1].startswith(b"\xff\xd8")
    assert struct.unpack("<II", parts[0x0E]) == (5184, 3456)
    assert len(parts[3]) == 4096
    begun = rig.device.clock.now()
    for _ in range(30):
        frame_of(rig)
    assert rig.device.clock.now() - begun == pytest.approx(1, abs=0.2), "the body's own rate"


def test_zoom_lens_and_focus_need_live_view() -> None:
    rig = EosRig(MIRROR).remote()
    asked = (0x9158, (5,)), (0x9155, (1,)), (0x9159, (0, 0)), (0x9154, ())
    assert {rig.ask(code, *values)[0] for code, values in asked} == {BUSY}
    assert rig.ask(0x9160)[0] == OK
    rig.set(Eos.EVF_OUTPUT, 2)
    rig.device.clock.sleep(2)
    assert {rig.ask(code, *values)[0] for code, values in asked} == {OK}
    assert dict(frame_of(rig))[4] == struct.pack("<I", 5)
    rig.ask(0x9155, 3)
    assert rig.ask(0x9155, 3)[0] == BUSY, "the lens is moving"


def test_a_small_output_has_small_frames() -> None:
    rig = EosRig(HYBRID).remote()
    assert rig.set(Eos.EVF_OUTPUT, 8) == OK
    rig.device.clock.sleep(2)
    assert frame_of(rig)[0][0] == 0x0B


def test_live_view_and_the_movie_end_with_the_host() -> None:
    rig = EosRig(MIRROR).remote()
    before = rig.card_has()
    rig.ask(0x9133)
    assert [rig.set(Eos.EVF_OUTPUT, 3), rig.set(Eos.EVF_RECORD_STATUS, 4)] == [OK, OK]
    assert of(rig.wait(2.5), RecordingTime)
    assert rig.ask(0x9114, 0)[0] == OK
    assert rig.body.table.number(Eos.EVF_OUTPUT) == 1
    assert not rig.body.live.on
    (clip,) = rig.card_has()[len(before) :]
    assert clip.startswith("MVI_")


# --- the card -------------------------------------------------------------------------------------


def test_a_listing_is_as_a_real_one() -> None:
    rig = EosRig(MIRROR).opened()
    assert rig.ask(0x9101)[2] == bytes.fromhex("0100000001000200")
    code, values, data = rig.ask(0x9109, 0x00020001, 0xFFFFFFFF, 0x100000)
    assert (code, values) == (OK, (0, 0x3C))
    assert data[:0x24] == bytes.fromhex(
        "01000000 38000000 00000090 01000200 01300000 01000000 10000000 00000000 00000080"
    )
    assert rig.handles() == (0x90000000,)
    assert rig.handles(parent=0x90000000) == (0x91900000,)


def test_marks_of_a_file() -> None:
    rig = EosRig(MIRROR).opened()
    rig.walk()
    (handle,) = rig.handles(parent=0x91900000)
    assert rig.ask(0x910C, handle, 0x01)[0] == OK
    listed = rig.ask(0x9109, 0x00020001, 0x91900000, 0x100000)[2]
    assert listed[4 + 0x14] == 0x01
    assert ptp_row(MIRROR).slug == MIRROR
