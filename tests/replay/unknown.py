"""What nobody can explain in the recordings, and what their hosts got wrong."""

from __future__ import annotations

from recording import GPHOTO2

from canon.native import commands, events, release
from canon.wire import Message

UNKNOWN: dict[type[Message], dict[tuple[int, int], str]] = {
    commands.InitBlock: {
        (0x40, 0x44): "13.7: version or feature bytes",
        (0x48, 0x4C): "13.7",
        (0x50, 0x54): "13.7",
        (0x54, 0x58): "13.7",
    },
    commands.ShortInitBlock: {
        (0x40, 0x44): "13.7: the same words as in the init block",
        (0x48, 0x4C): "13.7",
        (0x4C, 0x50): "13.7",
    },
    commands.Identity: {(0, 4): "7.1: the version bytes of the init block again; 13.7"},
    commands.Abilities: {
        (0x13, 0x26): "7.5: garbage after the short name",
        (0x3A, 0x3E): "7.5: garbage after a row's name, as in the rows that follow",
        (0x55, 0x5E): "7.5",
        (0x77, 0x7E): "7.5",
        (0x9D, 0x9E): "7.5",
        (0xB8, 0xBE): "7.5",
        (0xDA, 0xDE): "7.5",
        (0xFD, 0xFE): "7.5",
        (0x118, 0x11E): "7.5",
        (0x13A, 0x13E): "7.5",
        (0x15A, 0x15E): "7.5",
        (0x175, 0x17E): "7.5",
        (0x197, 0x19E): "7.5",
        (0x1AE, 0x1BE): "7.5",
        (0x1CA, 0x22A): "7.5: three unused rows",
        (0x22A, 0x340): "13.7: the tail",
    },
    release.ReleaseParameters: {
        (0x00, 0x01): "9.1: camera mode, a guess",
        (0x23, 0x24): "9.1: reserved",
    },
    release.SetReleaseParameters: {
        (0x00, 0x01): "9.1: camera mode, a guess",
        (0x23, 0x24): "9.1: reserved",
    },
    release.ExtendedParameters: {
        (0x04, 0x08): "9.6: version, a guess; 13.7",
        (0x08, 0x0A): "9.6",
        (0x0E, 0x12): "9.6",
        (0x14, 0x16): "9.6",
        (0x20, 0x2C): "9.6",
    },
    events.CardChanged: {(0, 4): "13.5: 1 or 0"},
}
"""What nobody can explain: where it lies in a message, and the section that says so."""

STRAY_LENGTHS = {(GPHOTO2, 35)}
"""Commands that announce parameters and bring none (section 9)."""
