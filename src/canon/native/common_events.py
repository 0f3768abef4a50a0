"""A native camera's events in the words that all dialects share (canon-native-usb, section 11)."""

from __future__ import annotations

from canon.driver import events as common_words
from canon.driver.shot import Pending
from canon.native.events import (
    CaptureFailed,
    CaptureOver,
    CaptureStatus,
    CardChanged,
    FullImageReady,
    NativeEvent,
    SecondImageReady,
    UnknownEvent,
)

_FINISHED = 0x1D
_NO_FOCUS = 1


def common(event: NativeEvent) -> common_words.Event:
    """The same event in common words; what has none is Raw. Nothing is asked."""
    match event:
        case CardChanged():
            return common_words.CardChanged()
        case FullImageReady() | SecondImageReady():
            return common_words.PictureWaiting(Pending("", event.size, (event.code, event.key)))
        case CaptureStatus(stage=stage):
            return common_words.Ready() if stage == _FINISHED else common_words.Busy()
        case CaptureOver():
            return common_words.Ready()
        case CaptureFailed(reason=reason) if reason == _NO_FOCUS:
            return common_words.Focused(False)
        case UnknownEvent():
            return common_words.Raw(event.number, event.raw, "")
        case _:
            return common_words.Raw(event.code, event.encode(), type(event).__name__)
