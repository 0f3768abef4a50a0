"""The commands of the camera and of the card: what their codecs must not get wrong."""

from __future__ import annotations

import pytest

from canon.errors import DecodeError
from canon.models.model import Numbering
from canon.native import commands
from canon.native.commands import (
    Abilities,
    CameraTime,
    Command,
    DeleteFiles,
    Disks,
    GetAbilities,
    GetDirectory,
    GetFile,
    Identify,
    Identity,
    Listed,
    Listing,
    Nothing,
    PictureFormat,
    SetFileTime,
    SetOwner,
    SetTime,
    UploadBlock,
    find_command,
    has_subcodes,
)
from canon.native.release import GetZoom, ReleaseControl
from canon.wire import Message, size_of, smallest, unexplained

# --- which class a block is -----------------------------------------------------------------------


def test_a_code_that_is_taken_cannot_be_claimed_again() -> None:
    with pytest.raises(TypeError, match=r"Rival claims .* of Identify"):

        class Rival(Command[Nothing], classic=0x1201):
            """A second command under the code of the first."""


def test_a_sub_code_that_is_taken_cannot_be_claimed_again() -> None:
    with pytest.raises(TypeError, match="of GetZoom"):

        class Rival(ReleaseControl[Nothing], sub=0x0B):
            """A second command under a sub-code."""


def test_the_same_code_means_another_command_with_a_long_answer() -> None:
    class Short(Command[Nothing], classic=0x117F):
        """One with a fixed answer."""

    class Long(Command[Nothing], classic=0x117F, long=True):
        """One with a long answer."""

    try:
        assert find_command(Numbering.CLASSIC, 0x117F, None, long=False) is Short
        assert find_command(Numbering.CLASSIC, 0x117F, None, long=True) is Long
    finally:
        del commands._COMMANDS[Numbering.CLASSIC, 0x117F, None, False]
        del commands._COMMANDS[Numbering.CLASSIC, 0x117F, None, True]


def test_release_control_is_a_family_and_storage_is_not() -> None:
    assert has_subcodes(Numbering.CLASSIC, 0x1213)
    assert has_subcodes(Numbering.REVISED, 0x1225)
    assert not has_subcodes(Numbering.CLASSIC, 0x110B)
    assert find_command(Numbering.CLASSIC, 0x1213, 0x0B, long=False) is GetZoom
    assert find_command(Numbering.CLASSIC, 0x1213, 0x7F, long=False) is None


def test_both_numberings_list_a_command_once() -> None:
    every = commands.commands()
    assert every.count(Identify) == 1
    assert len(every) == len(set(every)) > 40


# --- lengths of answers (section 7) ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "size"),
    [(Identity, 0x9C - 0x54), (CameraTime, 0x60 - 0x54), (Nothing, 0), (Abilities, None)],
)
def test_fixed_answers_are_as_long_as_recorded(kind: type[Message], size: int | None) -> None:
    assert size_of(kind) == size


def test_set_time_is_twelve_bytes() -> None:
    assert SetTime(1).encode() == b"\x01" + bytes(11)
    assert smallest(SetTime) == 12


# --- strings --------------------------------------------------------------------------------------


def test_paths_end_with_as_many_nuls_as_recorded() -> None:
    assert GetDirectory(0, "D:").encode() == b"\0D:\0\0\0"
    assert GetFile(1, 2, "D:").encode()[8:] == b"D:\0"
    assert SetFileTime(0, "D:").encode()[4:] == b"D:\0\0"
    assert SetOwner("me").encode() == b"me\0"


def test_a_path_may_come_without_its_nul() -> None:
    assert GetDirectory.decode(b"\x0fD:\\DCIM") == GetDirectory(15, "D:\\DCIM")


def test_what_follows_a_path_and_is_not_zero_is_unexplained() -> None:
    assert unexplained(GetDirectory, b"\0D:\0\0x") == [(4, b"\0x")]


def test_several_files_of_a_folder_can_be_deleted_at_once() -> None:
    command = DeleteFiles("D:\\DCIM", ("CRW_0001.CRW", "CRW_0001.THM"))
    assert command.encode() == b"D:\\DCIM\0CRW_0001.CRW\0CRW_0001.THM\0\0"


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0\0\0"])
def test_a_camera_without_disks_names_none(raw: bytes) -> None:
    assert Disks.decode(raw) == Disks(())


def test_two_disks() -> None:
    assert Disks.decode(b"C:\0D:\0\0").names == ("C:", "D:")


def test_a_string_that_must_end_and_does_not() -> None:
    with pytest.raises(DecodeError, match="without its NUL"):
        UploadBlock.decode(bytes(12) + b"D:\\NAME")


def test_a_version_has_four_numbers() -> None:
    with pytest.raises(ValueError, match="four numbers"):
        Identity(b"abcd", "1.0", "", "").encode()


# --- listings (section 7.9) -----------------------------------------------------------------------


def test_a_listing_ends_at_its_end_mark() -> None:
    raw = Listing((Listed(0x80, 0, 0, "D:"),)).encode()
    assert Listing.decode(raw + b"surplus") == Listing((Listed(0x80, 0, 0, "D:"),))
    assert unexplained(Listing, raw + b"surplus") == [(len(raw), b"surplus")]


def test_a_listing_without_an_end_mark() -> None:
    raw = Listing((Listed(0x80, 0, 0, "D:"),)).encode()
    with pytest.raises(DecodeError, match=r"Listing\.entries at offset 0xd: .* end mark"):
        Listing.decode(raw[:-1])


def test_a_name_without_its_nul() -> None:
    with pytest.raises(DecodeError, match="without its NUL"):
        Listing.decode(bytes(10) + b"NAME")


@pytest.mark.parametrize("row", [Listed(0x20, 0, 0, ""), Listed(0, 1, 0, ""), Listed(0, 0, 1, "")])
def test_an_entry_without_a_name_is_no_end_mark(row: Listed) -> None:
    assert Listing.decode(Listing((row,)).encode()).entries == (row,)


def test_an_entry_of_a_listing_may_have_any_bytes_in_its_name() -> None:
    raw = Listing((Listed(0, 1, 2, "\xff/..\\\x01"),)).encode()
    assert Listing.decode(raw).entries[0].name == "\xff/..\\\x01"


# --- picture sizes (section 7.5) ------------------------------------------------------------------

_ROW = PictureFormat("Large:Fine", 1704, 2272, 2)


def test_sixteen_rows_are_the_most() -> None:
    full = Abilities(0, 0, "", (_ROW,) * 16, b"")
    assert Abilities.decode(full.encode()) == full
    with pytest.raises(ValueError, match="17 rows"):
        Abilities(0, 0, "", (_ROW,) * 17, b"").encode()


@pytest.mark.parametrize("count", [17, 0xFFFFFFFF])
def test_a_count_of_more_rows_than_there_is_room(count: int) -> None:
    raw = bytearray(Abilities(0, 0, "", (), b"").encode())
    raw[38:42] = count.to_bytes(4, "little")
    with pytest.raises(DecodeError, match=f"{count} rows in a table of 16"):
        Abilities.decode(raw)


def test_the_table_must_be_there_even_when_it_is_empty() -> None:
    raw = Abilities(0, 0, "", (), b"").encode()
    with pytest.raises(DecodeError, match="516 bytes wanted, 515 are left"):
        Abilities.decode(raw[:-1])


def test_the_reply_to_get_abilities_varies() -> None:
    assert GetAbilities.reply is Abilities
    assert size_of(Abilities) is None
