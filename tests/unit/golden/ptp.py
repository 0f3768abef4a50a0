"""PTP: containers, datasets and operations (ptp-core), and the PowerShot extension.

The recordings are of an EOS 60D: its standard operations are those of every PTP camera. What it
answers to its own 0x9101 and 0x9102 has the layout of the standard's StorageIDs and StorageInfo.
"""

from __future__ import annotations

from canon.ptp import containers, operations
from canon.ptp.containers import Container, ContainerKind
from canon.ptp.datasets import (
    Choices,
    DataType,
    DeviceInfo,
    DevicePropDesc,
    FileSystem,
    ObjectHandles,
    ObjectInfo,
    StorageIDs,
    StorageInfo,
    StoreKind,
)
from canon.ptp.operations import (
    CloseSession,
    GetDeviceInfo,
    GetDevicePropDesc,
    GetObjectHandles,
    GetObjectInfo,
    Nothing,
    OpenSession,
)
from canon.ptp.powershot import layouts as powershot
from canon.ptp.powershot.layouts import EntryCount, FolderEntry, GetObjectInfoEx
from canon.wire import Message
from golden.vector import EOS_60D, EOS_60D_WITH_CARD, POWERSHOT, PTP_CORE, Golden, unhex


def _codes(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


_EVERY = 0xFFFFFFFF
_FOLDER = """
    01000200 0130 0100 00000000 0000 00000000 00000000 00000000 00000000 00000000 00000000 {parent}
    0100 00000000 00000000
"""
_FOLDER_TIMES = """
    12 320030003100320030003200300031005400310032003200360035003700 2e0030000000
    12 320030003100320030003200300031005400310032003200360035003600 2e0030000000 00
"""


def _folder(name: str, parent: int) -> ObjectInfo:
    return ObjectInfo(
        storage=0x00020001,
        format=0x3001,
        protection=1,
        size=0,
        thumbnail_format=0,
        thumbnail_size=0,
        thumbnail_width=0,
        thumbnail_height=0,
        width=0,
        height=0,
        depth=0,
        parent=parent,
        association=1,
        description=0,
        sequence=0,
        name=name,
        captured="20120201T122657.0",
        modified="20120201T122656.0",
        keywords="",
    )


VECTORS = (
    Golden(
        Container(16, ContainerKind.COMMAND, 0x1002, 0),
        unhex("10000000 0100 0210 00000000"),
        f"{PTP_CORE} 1.2: OpenSession",
    ),
    Golden(
        Container(12, ContainerKind.RESPONSE, 0x2001, 0),
        unhex("0c000000 0300 0120 00000000"),
        f"{PTP_CORE} 1.2: its answer",
    ),
    Golden(OpenSession(1), unhex("01000000"), f"{EOS_60D} 1", code=0x1002),
    Golden(Nothing(), b"", f"{EOS_60D} 1: no parameters come back"),
    Golden(GetDeviceInfo(), b"", f"{EOS_60D} 2", code=0x1001),
    Golden(
        DeviceInfo(
            standard_version=100,
            extension_id=6,
            extension_version=200,
            extension="",
            functional_mode=0,
            operations=_codes("""
                1014 1015 1016 1001 1002 1003 1006 1004 9101 1005 9102 1007 1008 9103 1009 9104
                100a 101b 9107 100c 100d 100b 9105 100f 9106 9110 9127 910b 9108 9109 910c 910e
                910f 9115 9114 9113 9116 9117 9120 91f0 9118 9121 91f1 911d 910a 911b 911c 911e
                911a 9153 9154 9160 9155 9157 9158 9159 915a 911f 91fe 91ff 9128 9129 912d 912e
                912f 912c 9130 9131 9132 9133 9134 912b 9135 9136 9137 9801 9802 9803 9804 9805
                9052 9053 9057 9058 9059 905a 905f
            """),
            events=_codes("4009 4004 4005 4003 4002 4007 c101"),
            properties=_codes("d402 d407 d406 d303 5001"),
            capture_formats=_codes("3801"),
            image_formats=_codes("3001 3002 3006 300a 3008 3801 b101 b103 bf02 3800 b104 b105"),
            manufacturer="Canon Inc.",
            model="Canon EOS 60D",
            version="3-1.1.0",
            serial="0" * 32,
        ),
        unhex("""
            6400 06000000 c800 00 0000 57000000
            1410 1510 1610 0110 0210 0310 0610 0410 0191 0510 0291 0710 0810 0391 0910 0491
            0a10 1b10 0791 0c10 0d10 0b10 0591 0f10 0691 1091 2791 0b91 0891 0991 0c91 0e91
            0f91 1591 1491 1391 1691 1791 2091 f091 1891 2191 f191 1d91 0a91 1b91 1c91 1e91
            1a91 5391 5491 6091 5591 5791 5891 5991 5a91 1f91 fe91 ff91 2891 2991 2d91 2e91
            2f91 2c91 3091 3191 3291 3391 3491 2b91 3591 3691 3791 0198 0298 0398 0498 0598
            5290 5390 5790 5890 5990 5a90 5f90
            07000000 0940 0440 0540 0340 0240 0740 01c1
            05000000 02d4 07d4 06d4 03d3 0150 01000000 0138
            0c000000 0130 0230 0630 0a30 0830 0138 01b1 03b1 02bf 0038 04b1 05b1
            0b 430061006e006f006e00200049006e0063002e000000
            0e 430061006e006f006e00200045004f00530020003600300044000000
            08 33002d0031002e0031002e0030000000
        """)
        + b"\x21"
        + unhex("3000") * 32
        + bytes(2),
        f"{EOS_60D} 2",
    ),
    Golden(CloseSession(), b"", f"{EOS_60D} 37", code=0x1003),
    Golden(StorageIDs((0x00020001,)), unhex("01000000 01000200"), f"{EOS_60D} 18"),
    Golden(
        StorageInfo(
            StoreKind.REMOVABLE_RAM, FileSystem.DCF, 0, 0x076D880000, 0x076CBF8000, _EVERY, "SD", ""
        ),
        unhex("0400 0300 0000 0000886d07000000 0080bf6c07000000 ffffffff 03 530044000000 00"),
        f"{EOS_60D} 19: two bytes 00 follow",
    ),
    Golden(
        GetObjectHandles(_EVERY, 0, 0),
        unhex("ffffffff 00000000 00000000"),
        f"{EOS_60D_WITH_CARD} 29",
        code=0x1007,
    ),
    Golden(
        ObjectHandles(
            _codes("""
                90000000 91900000 9191d602 9191d612 9191d622 9191d632 9191d642 9191d652 9191d662
                9191d672 9191d682 9191d692 9191d6a2 9191d6b2 9191d6c2 9191d6d2 9191d6e2 9191d6f2
                9191d702 9191d712 9191d722 9191d732 9191d742 9191d752 9191d802 9191d8c2 9191d8d1
                9191d8d2 9191d8e1 9191d8e2 9191d8f1 9191d8f2 9191d901 9191d902 9191d911 9191d912
                9191d921 9191d922 9191d931 9191d932 9191d941 9191d942 9191d951 9191d952 9191d961
                9191d962 a0080000
            """)
        ),
        unhex("""
            2f000000 00000090 00009091 02d69191 12d69191 22d69191 32d69191 42d69191 52d69191
            62d69191 72d69191 82d69191 92d69191 a2d69191 b2d69191 c2d69191 d2d69191 e2d69191
            f2d69191 02d79191 12d79191 22d79191 32d79191 42d79191 52d79191 02d89191 c2d89191
            d1d89191 d2d89191 e1d89191 e2d89191 f1d89191 f2d89191 01d99191 02d99191 11d99191
            12d99191 21d99191 22d99191 31d99191 32d99191 41d99191 42d99191 51d99191 52d99191
            61d99191 62d99191 000008a0
        """),
        f"{EOS_60D_WITH_CARD} 29",
    ),
    Golden(GetObjectInfo(0x90000000), unhex("00000090"), f"{EOS_60D_WITH_CARD} 30", code=0x1008),
    Golden(
        _folder("DCIM", 0),
        unhex(_FOLDER.format(parent="00000000"))
        + unhex("05 4400430049004d000000")
        + unhex(_FOLDER_TIMES),
        f"{EOS_60D_WITH_CARD} 30",
    ),
    Golden(
        _folder("100CANON", 0x90000000),
        unhex(_FOLDER.format(parent="00000090"))
        + unhex("09 3100300030004300 41004e004f004e000000")
        + unhex(_FOLDER_TIMES),
        f"{EOS_60D_WITH_CARD} 31",
    ),
    Golden(
        ObjectInfo(
            storage=0x00020001,
            format=0x3801,
            protection=0,
            size=0x4A1712,
            thumbnail_format=0x3808,
            thumbnail_size=0x2D30,
            thumbnail_width=160,
            thumbnail_height=120,
            width=5184,
            height=3456,
            depth=24,
            parent=0x91900000,
            association=0,
            description=0,
            sequence=0,
            name="IMG_7520.JPG",
            captured="20120202T141654.0",
            modified="20120202T141654.0",
            keywords="",
        ),
        unhex("""
            01000200 0138 0000 12174a00 0838 302d0000 a0000000 78000000 40140000 800d0000 18000000
            00009091 0000 00000000 00000000 0d 49004d0047005f0037003500320030002e004a0050004700 0000
            12 320030003100320030003200300032005400310034003100360035003400 2e0030000000
            12 320030003100320030003200300032005400310034003100360035003400 2e0030000000 00
        """),
        f"{EOS_60D_WITH_CARD} 32",
    ),
    Golden(GetDevicePropDesc(0x5001), unhex("01500000"), f"{EOS_60D} 23", code=0x1014),
    Golden(
        DevicePropDesc(0x5001, DataType.UINT8, 0, 50, 50, Choices((100, 0, 75, 0, 50))),
        unhex("0150 0200 00 32 32 02 0500 64 00 4b 00 32"),
        f"{EOS_60D} 23: its numbers take two bytes each, so five bytes are left over",
    ),
    Golden(
        DevicePropDesc(0xD402, DataType.TEXT, 0, "Canon EOS 60D", "Canon EOS 60D", None),
        unhex("02d4 ffff 00")
        + unhex("0e 430061006e006f006e00200045004f00530020003600300044000000") * 2
        + unhex("00"),
        f"{EOS_60D} 24",
    ),
    Golden(
        DevicePropDesc(0xD407, DataType.UINT32, 0, 1, 1, None),
        unhex("07d4 0600 00 01000000 01000000 00"),
        f"{EOS_60D} 25",
    ),
    Golden(
        GetObjectInfoEx(0x00010001, 0, 0, 0x00080000),
        unhex("01000100 00000000 00000000 00000800"),
        f"{POWERSHOT} 2.1: an SX200 IS",
        code=0x9021,
    ),
    Golden(EntryCount(1), unhex("01000000"), f"{POWERSHOT} 2.1: an SX200 IS"),
    Golden(
        FolderEntry(0x01900011, 0x3801, 0, 0x10A56, 0x5215B8EE, "IMG_0001.JPG"),
        unhex("11009001 0138 00 560a0100 eeb81552") + b"IMG_0001.JPG\0",
        f"{POWERSHOT} 2.1: an SX200 IS",
    ),
)

_READ = "in the tables of the specification; no recording has it"

UNSEEN: dict[type[Message], str] = {
    operations.Operation: "a role that other classes fill; it has no bytes of its own",
    operations.PtpEvent: "a role that other classes fill; it has no bytes of its own",
    operations.UnknownEvent: "what stands for events that nobody has seen",
    operations.Bytes: "bytes as they are",
    operations.GetObjectPropList: "in no recording; libgphoto2 2.5.34 sends it to virtual bodies",
    **dict.fromkeys(
        (
            containers.Cancel,
            containers.DeviceStatus,
            operations.GetStorageIDs,
            operations.GetStorageInfo,
            operations.Count,
            operations.GetNumObjects,
            operations.GetObject,
            operations.GetThumb,
            operations.DeleteObject,
            operations.NewObject,
            operations.SendObjectInfo,
            operations.SendObject,
            operations.InitiateCapture,
            operations.FormatStore,
            operations.SetObjectProtection,
            operations.Sent,
            operations.GetPartialObject,
            operations.Size64,
            operations.GetObjectSize,
            operations.GetDevicePropValue,
            operations.SetDevicePropValue,
            operations.ResetDevicePropValue,
            operations.CancelTransaction,
            operations.ObjectAdded,
            operations.ObjectRemoved,
            operations.StoreAdded,
            operations.StoreRemoved,
            operations.DevicePropChanged,
            operations.ObjectInfoChanged,
            operations.DeviceInfoChanged,
            operations.RequestObjectTransfer,
            operations.StoreIsFull,
            operations.DeviceReset,
            operations.StorageInfoChanged,
            operations.CaptureComplete,
            operations.UnreportedStatus,
            powershot.SetObjectArchive,
            powershot.KeepDeviceOn,
            powershot.ObjectPath,
            powershot.NamedObject,
            powershot.GetObjectHandleByName,
            powershot.InitiateReleaseControl,
            powershot.TerminateReleaseControl,
            powershot.ViewfinderOn,
            powershot.ViewfinderOff,
            powershot.DoAeAfAwb,
            powershot.CheckEvent,
            powershot.FocusLock,
            powershot.FocusUnlock,
            powershot.InitiateCaptureInMemory,
            powershot.FrameSize,
            powershot.GetViewfinderImage,
            powershot.Changes,
            powershot.GetChanges,
            powershot.CardDoorOpened,
            powershot.ExtendedError,
            powershot.ViewfinderStopped,
            powershot.ViewfinderPossible,
            powershot.FullPictureReady,
            powershot.CanonRequestObjectTransfer,
            powershot.BatteryChanged,
            powershot.ShutterButtonPressed,
            powershot.CameraModeChanged,
            powershot.RotationChanged,
            powershot.SettingsChangedOnCamera,
            powershot.StartDirectTransfer,
            powershot.StopDirectTransfer,
            powershot.TranscodeProgress,
        ),
        _READ,
    ),
}
