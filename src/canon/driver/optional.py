"""Answers that a verb can do without: a camera that does not give one costs only that answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from canon.errors import CanonError, NotSupported, PortStalled, PortTimeout, ProtocolError, Refused
from canon.log import Log

_log = Log(__name__)

BROKEN = (ProtocolError, PortTimeout, PortStalled)
"""How an answer fails to come whole from a camera that is still there."""
UNTOLD = (Refused, *BROKEN)
"""How a camera that is still there fails to tell something."""


def clock_time(told: datetime | None) -> datetime:
    """What a camera's clock says.

    Raises:
        ProtocolError: that is no time, as where it was never set.
    """
    if told is None:
        raise ProtocolError("the camera's clock says no time that can be", "set its clock")
    return told


@contextmanager
def optional(what: str, failures: tuple[type[CanonError], ...] = UNTOLD) -> Iterator[None]:
    """Ask for something that nobody needs; where it is not told, a warning says so.

    A camera that is gone is an error all the same. One that is known not to tell it gives no
    warning.

    Args:
        what: what is asked for, "the battery".
        failures: what costs only this answer.
    """
    try:
        yield
    except NotSupported:
        pass
    except failures as error:
        _log.warning("%s is not known: %s", what, error)
