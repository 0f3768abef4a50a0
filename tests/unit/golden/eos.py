"""EOS bodies: operations, records and structures as they were recorded, and PTP over TCP."""

from __future__ import annotations

from canon.ptp import ip_packets
from canon.ptp.eos import focus, formats, layouts, records
from canon.wire import Message
from golden.vector import EOS, EOS_60D, EOS_60D_WITH_CARD, Golden, unhex

_R_BURST = "ptp/canon-eos-r-burst2.jsonl 0"
_R_CONNECTS = "ptp/canon-eos-r-connect.ptpip.jsonl"
_70D = "ptp/canon-eos-70d.ptpip.jsonl"
_400D = "ptp/canon-eos400d-setvalue.jsonl"
_4000D = "ptp/canon-eos-4000d-liveview.ptpip.jsonl 0"
_PIECES = "ptp/public-pieces.jsonl"
_STORE = unhex("0400 0300 0000 00001a6d07000000 00805cf004000000 ffffffff 03530044000000 000000")

VECTORS = (
    Golden(layouts.SetRemoteMode(1), unhex("01000000"), f"{EOS_60D} 3", code=0x9114),
    Golden(layouts.SetEventMode(1), unhex("01000000"), f"{EOS_60D} 5", code=0x9115),
    Golden(layouts.GetEvent(), b"", f"{EOS_60D} 6", code=0x9116),
    Golden(layouts.RequestDevicePropValue(0xD115), unhex("15d10000"), f"{EOS_60D} 8", code=0x9127),
    Golden(layouts.GetDeviceInfoEx(), b"", f"{EOS_60D} 12", code=0x9108),
    Golden(layouts.SetDevicePropValueEx(), b"", f"{EOS_60D} 15", code=0x9110),
    Golden(
        layouts.PropertyValueEx(12, 0xD11C, unhex("04000000")),
        unhex("0c000000 1cd10000 04000000"),
        f"{EOS_60D} 15",
    ),
    Golden(
        layouts.PcHddCapacity(0x04FFFFFF, 0x1000, 1),
        unhex("ffffff04 00100000 01000000"),
        f"{EOS_60D} 16",
        code=0x911A,
    ),
    Golden(layouts.EosGetStorageIds(), b"", f"{EOS_60D} 18", code=0x9101),
    Golden(layouts.EosGetStorageInfo(0x20001), unhex("01000200"), f"{EOS_60D} 19", code=0x9102),
    Golden(layouts.RemoteReleaseOff(1), unhex("01000000"), f"{EOS_60D_WITH_CARD} 312", code=0x9129),
    Golden(layouts.EosFormatStore(1), unhex("01000000"), f"{_400D} 12", code=0x9106),
    Golden(
        layouts.GetObjectInfoEx(1, 0xFFFFFFFF, 0x100000),
        unhex("01000000 ffffffff 00001000"),
        f"{_PIECES} 15",
        code=0x9109,
    ),
    Golden(layouts.DataLength(0, 60), unhex("00000000 3c000000"), f"{_PIECES} 15"),
    Golden(
        layouts.ListedObject(
            0x30000000, 1, 0x3001, 1, 0x10, 0, 0x20000000, 0x30000000, "DCIM", 0x4601C3CC
        ),
        unhex("00000030 01000000 01300000 01000000 10000000 00000000 00000020 00000030")
        + b"DCIM".ljust(16, b"\0")
        + unhex("ccc30146"),
        f"{_PIECES} 15",
    ),
    Golden(
        layouts.ListedObjects(
            (
                layouts.ListedObject(
                    0x339C0000,
                    1,
                    0x3001,
                    1,
                    0x10,
                    0,
                    0x30000000,
                    0x339C0000,
                    "231CANON",
                    0x4601C3CC,
                ),
            )
        ),
        unhex("01000000 38000000 00009c33 01000000 01300000 01000000 10000000 00000000 00000030")
        + unhex("00009c33")
        + b"231CANON".ljust(16, b"\0")
        + unhex("ccc30146"),
        f"{_PIECES} 16",
    ),
    Golden(
        layouts.GetViewfinderData(0x200000, 1, 0),
        unhex("00002000 01000000 00000000"),
        _4000D,
        code=0x9153,
    ),
    Golden(
        records.PropValueChanged(0xD105, unhex("02000000")),
        unhex("05d10000 02000000"),
        f"{EOS_60D} 6",
    ),
    Golden(
        records.AvailListChanged(0xD105, 1, 0, b""),
        unhex("05d10000 01000000 00000000"),
        f"{EOS_60D} 6",
    ),
    Golden(records.CtgInfoCheckComplete(0x20001), unhex("01000200"), f"{EOS_60D} 6"),
    Golden(records.PowerZoomInfoChanged(0), unhex("00000000"), _R_BURST),
    Golden(records.CameraStatusChanged(1), unhex("01000000"), f"{_PIECES} 7"),
    Golden(
        records.OlcInfoChanged(10, 1, unhex("0400")),
        unhex("0a000000 0100 0000 0400"),
        f"{_PIECES} 10",
    ),
    Golden(
        records.RequestObjectTransferEx64Lfn(0x1432C040, 0xB108, 0, 0x2A61CD4, 0x1432C000, 6, ""),
        unhex("40c03214 08b10000 00000000 d41ca602 00000000 00c03214 06000000 00"),
        f"{_PIECES} 6",
    ),
    Golden(
        records.ObjectAddedEx(
            0x31946352,
            0x10001,
            0x3801,
            0,
            0x20,
            0x274185,
            0x31940000,
            0x31946350,
            "IMG_1589.JPG",
            0x49EDD2F8,
        ),
        unhex("52639431 01000100 01380000 00000000 20000000 85412700 00009431 50639431")
        + b"IMG_1589.JPG".ljust(16, b"\0")
        + unhex("f8d2ed49"),
        f"{EOS} 4.3: a 400D",
    ),
    Golden(
        formats.FormatFile(16, 1, 0, 3),
        unhex("10000000 01000000 00000000 03000000"),
        f"{EOS_60D} 6",
    ),
    Golden(
        formats.CustomFunctions(
            0x20, (formats.FunctionGroup(2, (formats.CustomFunction(0x40A, (0x47,)),)),)
        ),
        unhex("20000000 01000000 02000000 14000000 01000000 0a040000 01000000 47000000"),
        f"{EOS} 5.3: a 5Ds R",
    ),
    Golden(formats.Timezone(12, 0x13, 60), unhex("0c000000 13000000 3c000000"), _R_BURST),
    Golden(
        focus.FocusHead(100, 96, 0, 9, 9, 5184, 3456, 5184, 3456),
        unhex("64000000 6000 0000 0900 0900 4014 800d 4014 800d"),
        f"{EOS_60D} 6",
    ),
    Golden(
        ip_packets.InitCommandRequest(b"\x11" * 16, "h" * 13, 0x10000),
        b"\x11" * 16 + b"h\0" * 13 + unhex("0000 00000100"),
        f"{_R_CONNECTS} 0",
    ),
    Golden(
        ip_packets.InitCommandAck(1, bytes(9) + unhex("01 111111111111"), "70D", 0x10000),
        unhex("01000000 00000000000000000001111111111111 370030004400 0000 00000100"),
        f"{_70D} 1",
    ),
    Golden(ip_packets.InitEventRequest(1), unhex("01000000"), f"{_R_CONNECTS} 1"),
    Golden(ip_packets.InitEventAck(), b"", f"{_R_CONNECTS} 2"),
    Golden(
        ip_packets.OperationRequest(1, 0x1002, 0, unhex("01000000")),
        unhex("01000000 0210 00000000 01000000"),
        f"{_R_CONNECTS} 3",
    ),
    Golden(
        ip_packets.OperationResponse(0x2001, 0, b""), unhex("0120 00000000"), f"{_R_CONNECTS} 4"
    ),
    Golden(ip_packets.StartData(2, 573), unhex("02000000 3d02000000000000"), f"{_R_CONNECTS} 6"),
    Golden(
        ip_packets.EndData(9, _STORE),
        unhex("09000000") + _STORE,
        f"{_70D} 5",
    ),
)

_ROLE = "a role that other classes fill; it has no bytes of its own"
_READ = "in the tables of the specification; no recording has it"

UNSEEN: dict[type[Message], str] = {
    records.Record: _ROLE,
    records._OfObject: _ROLE,
    records._OfObject64: _ROLE,
    records._OfObject64Lfn: _ROLE,
    records._OfStore: _ROLE,
    ip_packets.Packet: _ROLE,
    records.UnknownRecord: "what stands for records that nobody has named",
    layouts.DeviceInfoEx: "several hundred bytes; tests/replay reads those of the recordings",
    **dict.fromkeys(
        (
            layouts.ReleaseResult,
            layouts.RemoteMode,
            layouts.GetPartialObjectEx,
            layouts.SetObjectAttributes,
            layouts.RemoteRelease,
            layouts.GetRemoteMode,
            layouts.TransferComplete,
            layouts.CancelTransfer,
            layouts.SetUiLock,
            layouts.ResetUiLock,
            layouts.EosKeepDeviceOn,
            layouts.BulbStart,
            layouts.BulbEnd,
            layouts.RemoteReleaseOn,
            layouts.PopupBuiltinFlash,
            layouts.MovieSelectSwOn,
            layouts.MovieSelectSwOff,
            layouts.SetRequestOlcInfoGroup,
            layouts.InitiateViewfinder,
            layouts.TerminateViewfinder,
            layouts.DoAf,
            layouts.DriveLens,
            layouts.Zoom,
            layouts.ZoomPosition,
            layouts.SetTouchAfPosition,
            layouts.AfCancel,
            layouts.SetModeDialDisable,
            layouts.GetObjectInfo64,
            layouts.GetPartialObject64,
            records.ObjectInfoChangedEx,
            records.ObjectAddedEx64,
            records.ObjectInfoChangedEx64,
            records.ObjectAddedEx64Lfn,
            records.ObjectInfoChangedEx64Lfn,
            records.EosObjectRemoved,
            records.ObjectContentChanged,
            records.RequestObjectTransferEx,
            records.RequestObjectTransferEx64,
            records.StorageStatusChanged,
            records.StorageInfoChangedEx,
            records.StoreAddedEx,
            records.StoreRemovedEx,
            records.WillSoonShutdown,
            records.ShutdownTimerUpdated,
            records.BulbExposureTime,
            records.RecordingTime,
            records.AfResult,
            records.RequestGetEvent,
            ip_packets.InitFail,
            ip_packets.EventPacket,
            ip_packets.DataPacket,
            ip_packets.CancelPacket,
            ip_packets.Ping,
            ip_packets.Pong,
        ),
        _READ,
    ),
}
