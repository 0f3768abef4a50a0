"""A camera's local time, as it counts it."""

from __future__ import annotations

from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)


def local_time(seconds: int) -> datetime | None:
    """A camera's local time, which it counts in seconds; 0 and all ones mean none."""
    if seconds in (0, 0xFFFFFFFF):
        return None
    return _EPOCH + timedelta(seconds=seconds)


def local_seconds(moment: datetime) -> int:
    """A camera's local time as it counts it: seconds since 1970.

    Raises:
        ValueError: the time has a zone, or is outside what a camera can count.
    """
    if moment.tzinfo is not None:
        raise ValueError("the camera keeps local time without a zone; give a naive datetime")
    seconds = int((moment - _EPOCH).total_seconds())
    if not 0 < seconds < 0xFFFFFFFF:
        raise ValueError(f"{moment} is outside what the camera's clock can show, 1970 to 2106")
    return seconds
