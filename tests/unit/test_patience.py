"""Which errors end a series of deeds."""

from __future__ import annotations

import pytest

from canon.errors import Disconnected, ObjectNotFound, PortTimeout
from canon.work.patience import Patience


def test_a_camera_that_is_gone_ends_it() -> None:
    with pytest.raises(Disconnected):
        Patience().heed(Disconnected("it is gone"))


def test_a_port_that_fails_twice_in_a_row_ends_it() -> None:
    patience = Patience()
    patience.heed(PortTimeout("silent"))
    patience.heed()
    patience.heed(PortTimeout("silent"))
    patience.heed(ObjectNotFound(subject="A.JPG"))
    patience.heed(PortTimeout("silent"))
    with pytest.raises(PortTimeout, match="again"):
        patience.heed(PortTimeout("silent again"))
