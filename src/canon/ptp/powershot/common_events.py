"""Canon's own events in the words that all dialects share (canon-powershot-ptp, section 6)."""

from __future__ import annotations

from canon.codes import QUARTERS
from canon.driver import events as words
from canon.driver.shot import Pending
from canon.ptp.operations import DevicePropChanged, PtpEvent
from canon.ptp.powershot.codes import NAMES
from canon.ptp.powershot.layouts import (
    CanonRequestObjectTransfer,
    CardDoorOpened,
    FullPictureReady,
    Property,
    RotationChanged,
    ShutterButtonPressed,
)


def common(event: PtpEvent) -> words.Event | None:
    """The same event in common words; None where it is one of the standard, or has no such word."""
    match event:
        case ShutterButtonPressed():
            return words.ButtonPressed("shutter")
        case CanonRequestObjectTransfer() | FullPictureReady():
            return words.PictureWaiting(Pending("", 0, (event.handle,)))
        case CardDoorOpened():
            return words.ShuttingDown()
        case RotationChanged():
            return words.SettingChanged("rotation", QUARTERS.value(event.angle))
        case DevicePropChanged() if event.property in NAMES:
            return words.SettingChanged(NAMES[Property(event.property)], None)
        case _:
            return None
