"""PowerShots as Canon's own SDK tells of them, where libgphoto2 has other names."""

from __future__ import annotations

import pytest

import canon
from canon.ptp.operations import PtpEvent
from canon.ptp.powershot.layouts import (
    CanonRequestObjectTransfer,
    CardDoorOpened,
    FullPictureReady,
    Property,
    RotationChanged,
    SettingsChangedOnCamera,
)
from canon.virtual.ptp.powershot import release
from rigs.bodies import a_camera, a_card, ptp_device
from rigs.watched import WatchedPort


def test_a_picture_that_is_told_by_the_sdks_event_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(release, "CanonRequestObjectTransfer", FullPictureReady)
    port = WatchedPort(ptp_device("powershot-s60", card=a_card()))
    with port.camera() as cam, cam.remote(), cam.events() as events:
        port.names()
        shot = cam.capture.shoot()
        assert len(shot.pictures) == 1
        assert "GetObjectHandles" not in port.names(), "its handle came with the event"
        told = iter(lambda: events.get(timeout_s=0), None)
        assert any(isinstance(one, canon.PictureWaiting) for one in told)


def test_two_events_of_one_picture_are_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    device = ptp_device("powershot-s60", card=a_card())
    tell = device.extension.release._tell

    def both(event: PtpEvent) -> None:
        tell(event)
        if isinstance(event, CanonRequestObjectTransfer):
            tell(FullPictureReady(event.handle))

    monkeypatch.setattr(device.extension.release, "_tell", both)
    with a_camera(device) as cam:
        assert len(cam.capture.shoot().pictures) == 1


def test_what_the_sdk_names_is_told_in_common_words() -> None:
    device = ptp_device("powershot-s60", card=a_card())
    with a_camera(device) as cam, cam.events() as events:
        for event in (CardDoorOpened(), RotationChanged(3), SettingsChangedOnCamera()):
            device.tell(event)
        told = [events.get(timeout_s=1) for _ in range(3)]
    assert told[:2] == [canon.ShuttingDown(), canon.SettingChanged("rotation", 270)]
    assert isinstance(told[2], canon.Raw)
    assert (told[2].code, told[2].name) == (0xC00E, "SettingsChangedOnCamera")


@pytest.mark.parametrize(
    ("code", "said"),
    [(0xA007, "no picture now"), (0xA008, "too hot; let it cool"), (0xA00A, "by itself; enter")],
)
def test_refusals_that_the_sdk_names(code: int, said: str) -> None:
    device = ptp_device("powershot-s60", f"refuse@InitiateCaptureInMemory:{code:#x}")
    with a_camera(device) as cam, pytest.raises(canon.Refused, match=said):
        cam.capture.shoot()


def test_the_beep_has_two_properties_that_are_opposites() -> None:
    device = ptp_device("powershot-a70", card=a_card())
    with a_camera(device) as cam, cam.remote():
        assert cam.settings.beep.value is False
        cam.settings.beep.set(True)
        table = device.extension.release.table
        assert table.number(Property.BEEP_MODE) == 0
        assert table.number(Property.BEEP) == 1
        assert cam.settings.beep.value is True
