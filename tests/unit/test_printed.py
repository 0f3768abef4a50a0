"""Bytes that the specifications print for one place of a message, from the virtual bodies."""

from __future__ import annotations

import pytest
from golden import Golden
from golden.tables import VECTORS as ROWS

from canon.errors import DecodeError
from canon.native.commands import Identify, Identity, InitBlock
from canon.native.release import ExtendedParameters
from canon.virtual.card import MemoryCard
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import native_body

BEGINNINGS = [golden for golden in ROWS if isinstance(golden.value, InitBlock)]


def a_body(name: str) -> NativeCamera:
    return NativeCamera(native_body(name.lower().replace(" ", "-"), MemoryCard()))


@pytest.mark.parametrize("golden", BEGINNINGS, ids=lambda golden: golden.source)
def test_a_virtual_body_begins_as_its_row_of_section_4_2_says(golden: Golden) -> None:
    body = a_body(golden.source.partition(": ")[2])
    assert body.control_in(0xC0, 0x04, 0x01, 0, 0x58) == golden.data


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("PowerShot G3", "01 06 15 83"),
        ("EOS D60", "00 05 77 00"),
        ("EOS D30", "00 05 7f 00"),
        ("PowerShot S20", "00 04 00 00"),
        ("PowerShot S10", "00 04 00 00"),
        ("EOS 20D", "00 08 77 81"),
        ("PowerShot A50", "00 02 00 00"),
    ],
)
def test_the_identity_begins_with_the_printed_bytes(name: str, version: str) -> None:
    """Section 7.1 of the USB protocol, A5 of the serial one."""
    identity = a_body(name).answer(Identify())
    assert isinstance(identity, Identity)
    assert identity.encode()[:4] == bytes.fromhex(version)


def test_the_extended_block_of_a_g2_is_too_short_to_be_understood() -> None:
    """Section 9.6 prints its 16 bytes; canon-remote reads no block that ends before the effect."""
    with pytest.raises(DecodeError):
        ExtendedParameters.decode(bytes.fromhex("10000000 00000200 00001800 e00854aa"))
