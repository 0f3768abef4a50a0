"""The PowerShot 350: what J. A. Bezemer recorded and printed (libgphoto2, camlibs/canon/ps350)."""

from __future__ import annotations

from canon.ps350 import packets
from canon.ps350.packets import (
    CameraId,
    CloseFolder,
    Disks,
    Handle,
    ListDisks,
    Listed,
    MessageHead,
    Nothing,
    OpenFile,
    OpenFolder,
    PacketHead,
    PacketKind,
    Ping,
    Pong,
    UseDisk,
)
from canon.wire import Message
from golden.vector import PS350, Golden, unhex

VECTORS = (
    Golden(PacketHead(5, PacketKind.EOT, 4), unhex("05 03 04 00"), f"{PS350}/ps350chk.c"),
    Golden(
        PacketHead(5, PacketKind.DATA, 0x8124),
        unhex("05 10 24 81"),
        f"{PS350}/ps350chk.c: a packet of a download, of which more follow",
    ),
    Golden(
        CameraId(
            unhex("62004443 49445c00 00000100 00010001 ea040101 00000000"),
            "ModelName=PowerShot 350  ,Firmware version=01:02,Manufacturer=Canon Inc.   ",
        ),
        unhex("62004443 49445c00 00000100 00010001 ea040101 00000000")
        + b"ModelName=PowerShot 350  ,Firmware version=01:02,Manufacturer=Canon Inc.   \0",
        f"{PS350}/SerialIn",
    ),
    Golden(
        MessageHead(0, 0x31, 0x6001, 0x0C),
        unhex("00000000 3100 0160 0c000000"),
        f"{PS350}/compu5",
    ),
    Golden(
        MessageHead(1, 0x09, 0x0003, 0x30),
        unhex("01000000 0900 0300 30000000"),
        f"{PS350}/SerialIn: the answer to a ping",
    ),
    Golden(Ping(), b"", f"{PS350}/compu5: nothing follows the head"),
    Golden(
        Pong(bytes(16) + unhex("04000300") + bytes(16)),
        bytes(16) + unhex("04000300") + bytes(16),
        f"{PS350}/SerialIn",
    ),
    Golden(Nothing(), b"", f"{PS350}/ps350proto.txt: nothing follows the status of most answers"),
    Golden(ListDisks(0x1E), unhex("1e000000"), f"{PS350}/ps350proto.txt: get disks command"),
    Golden(
        Disks(("REMOVABLE_1:/",)),
        unhex("52454d4f 5641424c 455f313a 2f0000"),
        f"{PS350}/ps350proto.txt: get disks reply",
    ),
    Golden(
        UseDisk("REMOVABLE_1:"),
        unhex("52454d4f 5641424c 455f313a 00000000 00"),
        f"{PS350}/ps350proto.txt: use disk command",
    ),
    Golden(
        OpenFolder("REMOVABLE_1:\\DC97"),
        b"REMOVABLE_1:\\DC97\0",
        f"{PS350}/ps350proto.txt: name for dir command",
    ),
    Golden(
        Handle(0x20000002),
        unhex("02000020"),
        f"{PS350}/ps350proto.txt: name for dir reply, of a folder that is not there",
    ),
    Golden(
        CloseFolder(0),
        unhex("00000000"),
        f"{PS350}/ps350proto.txt: forget dir command, after such a reply",
    ),
    Golden(
        OpenFile(1, "REMOVABLE_1:\\DC97\\CTG_0001\\THM_0073.JPG"),
        unhex("01000000") + b"REMOVABLE_1:\\DC97\\CTG_0001\\THM_0073.JPG\0",
        f"{PS350}/ps350proto.txt: name for file command",
    ),
    Golden(
        Listed(0x20, 0x82A, 0x373B28AA, "THM_0073.JPG"),
        unhex("20 2a080000 aa283b37 54484d5f303037332e4a5047"),
        f"{PS350}/ps350proto.txt: directory entries",
    ),
)

_LEFT_OUT = "printed with its numbers left out"

UNSEEN: dict[type[Message], str] = {
    packets.Command: "a role that other classes fill; it has no bytes of its own",
    packets.DiskSpace: _LEFT_OUT,
    packets.PrepareFolder: _LEFT_OUT,
    packets.ReadFolder: _LEFT_OUT,
    packets.FolderListing: _LEFT_OUT,
    packets.PrepareFile: _LEFT_OUT,
    packets.FileSize: _LEFT_OUT,
    packets.ReadFile: _LEFT_OUT,
    packets.FileBlock: _LEFT_OUT,
    packets.CloseFile: _LEFT_OUT,
}
