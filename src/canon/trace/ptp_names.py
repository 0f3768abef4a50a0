"""What the numbers of PTP are called, those without a class included (ptp-core, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import DataType
from canon.ptp.operations import events, find_operation
from canon.ptp.powershot.layouts import Property

OPERATIONS: dict[int, str] = {
    0x1010: "ResetDevice",
    0x1011: "SelfTest",
    0x1013: "PowerDown",
    0x1018: "TerminateOpenCapture",
    0x1019: "MoveObject",
    0x101A: "CopyObject",
    0x101C: "InitiateOpenCapture",
    0x101D: "StartEnumHandles",
    0x101E: "EnumHandles",
    0x101F: "StopEnumHandles",
    0x1020: "GetVendorExtensionMaps",
    0x1021: "GetVendorDeviceInfo",
    0x1022: "GetResizedImageObject",
    0x1023: "GetFilesystemManifest",
    0x1024: "GetStreamInfo",
    0x1025: "GetStream",
    0x9001: "GetPartialObjectInfo",
    0x9004: "LockDeviceUI",
    0x9005: "UnlockDeviceUI",
    0x900A: "TerminatePlaybackMode",
    0x900E: "GetCustomizeSpec",
    0x900F: "GetCustomizeItemInfo",
    0x9010: "GetCustomizeData",
    0x9011: "SetCustomizeData",
    0x9012: "GetCaptureStatus",
    0x9016: "GetLocalReleaseParam",
    0x9017: "SetLocalReleaseParam",
    0x9018: "AskAboutPcEvf",
    0x9019: "SendPartialObject",
    0x901B: "GetPartialObjectEx",
    0x901C: "SetObjectTime",
    0x901E: "GetObjectAttributes",
    0x901F: "ChangeUSBProtocol",
    0x9022: "InitiateDirectTransfer",
    0x9023: "TerminateDirectTransfer",
    0x9024: "SendObjectInfoByPath",
    0x9025: "SendObjectByPath",
    0x9026: "InitiateDirectTransferEx",
    0x9027: "GetAncillaryObjectHandles",
    0x9028: "GetTreeInfo",
    0x9029: "GetTreeSize",
    0x902A: "NotifyProgress",
    0x902B: "NotifyCancelAccepted",
    0x902D: "GetDirectory",
    0x9030: "SetPairingInfo",
    0x9031: "GetPairingInfo",
    0x9032: "DeletePairingInfo",
    0x9033: "GetMACAddress",
    0x9034: "SetDisplayMonitor",
    0x9035: "PairingComplete",
    0x9036: "GetWirelessMAXChannel",
    0x9068: "GetWebServiceSpec",
    0x9069: "GetWebServiceData",
    0x906A: "SetWebServiceData",
    0x906B: "DeleteWebServiceData",
    0x906C: "GetRootCertificateSpec",
    0x906D: "GetRootCertificateData",
    0x906E: "SetRootCertificateData",
    0x906F: "DeleteRootCertificateData",
    0x9075: "GetGpsMobilelinkObjectInfo",
    0x9076: "SendGpsTagInfo",
    0x9077: "GetTranscodeApproxSize",
    0x9078: "RequestTranscodeStart",
    0x9079: "RequestTranscodeCancel",
    0x9086: "SetRemoteShootingMode",
    0x9087: "GetDebugLog",
    0x9088: "SetModeDialDisable",
    0x9801: "GetObjectPropsSupported",
    0x9802: "GetObjectPropDesc",
    0x9804: "SetObjectPropValue",
    0x9805: "GetObjectPropList",
    0x9999: "CHDK",
}
"""Operations that have a name, but no class here."""

_STANDARD = """
    BatteryLevel FunctionalMode ImageSize CompressionSetting WhiteBalance RGBGain FNumber
    FocalLength FocusDistance FocusMode ExposureMeteringMode FlashMode ExposureTime
    ExposureProgramMode ExposureIndex ExposureBiasCompensation DateTime CaptureDelay
    StillCaptureMode Contrast Sharpness DigitalZoom EffectMode BurstNumber BurstInterval
    TimelapseNumber TimelapseInterval FocusMeteringMode UploadURL Artist CopyrightInfo
    SupportedStreams EnabledStreams VideoFormat VideoResolution VideoQuality VideoFrameRate
    VideoContrast VideoBrightness AudioFormat AudioBitrate AudioSamplingRate AudioBitPerSample
    AudioVolume
"""

PROPERTIES: dict[int, str] = {
    **dict(enumerate(_STANDARD.split(), 0x5001)),
    **{int(known): known.name for known in Property},
    0xD004: "UILockType",
    0xD005: "CameraMode",
    0xD00D: "ImageMode",
    0xD014: "SlowShutterSetting",
    0xD016: "ImageStabilization",
    0xD01A: "Sensitivity",
    0xD01B: "ParameterSet",
    0xD02B: "NamePrefix",
    0xD02D: "SupportedThumbSize",
    0xD030: "RemoteAPIVersion",
    0xD035: "CameraBodyID",
    0xD037: "DispAv",
    0xD03A: "MlSpotPos",
    0xD03B: "DispAvMax",
    0xD03E: "FocalLengthOfTele",
    0xD042: "FlashQuantityCount",
    0xD046: "DPOFVersion",
    0xD047: "TypeOfSupportedSlideShow",
    0xD053: "Copyright",
    0xD054: "Artist",
    0xD057: "BodySerialNumber",
    0xD303: "UseDeviceStage",
    0xD402: "DeviceFriendlyName",
    0xD406: "SessionInitiatorVersionInfo",
    0xD407: "PerceivedDeviceType",
}
"""Properties: the standard's and Canon's as they are known, those of `Property` by its names."""

_KINDS: dict[DataType, str] = {
    DataType.UINT8: """
        5001 D001 D005 D006 D007 D008 D00A D00B D00C D00E D00F D010 D011 D013 D015 D01F D020 D036
        D303
    """,
    DataType.INT8: "D017 D018 D019",
    DataType.UINT16: """
        D002 D009 D012 D01C D01D D01E D023 D024 D025 D026 D027 D028 D029 D02A D037 D039 D03A D03B
        D03C D03D D03E D03F D040 D041 D042 D043 D044 D045 D046 D047
    """,
    DataType.UINT32: "D003 D02E D02F D030 D031 D034 D049 D407",
    DataType.AUINT8: "D033",
    DataType.AUINT32: "D02C D02D D048",
    DataType.TEXT: "D032 D402 D406",
}

KINDS: dict[int, DataType] = {
    int(code, 16): kind for kind, codes in _KINDS.items() for code in codes.split()
}
"""The types of the properties' values, as every camera reports them (tables of section 3)."""

PRIVATE_PROPERTIES = frozenset(
    {0x501E, 0x501F, Property.OWNER, 0xD035, 0xD053, 0xD054, 0xD057, 0xD402}
)
"""Artist, copyright, owner, body id, serial number; a friendly name is often its owner's."""

FORMATS: dict[int, str] = {int(known): known.name for known in ObjectFormat}
"""The object formats that have a name."""

_EVENTS = {kind.code: kind.__name__ for kind in events()}


def operation_name(code: int) -> str:
    """The name of an operation; its code where it has none."""
    kind = find_operation(code)
    return kind.__name__ if kind else _name(OPERATIONS, code)


def property_name(code: int) -> str:
    """The name of a property; its code where it has none."""
    return _name(PROPERTIES, code)


def format_name(code: int) -> str:
    """The name of an object format; its code where it has none."""
    return _name(FORMATS, code)


def event_name(code: int) -> str:
    """The name of an event; its code where it has none."""
    return _name(_EVENTS, code)


def handle_name(number: int) -> str:
    """An object handle or a store as people write them."""
    return f"{number:#010x}"


def _name(table: Mapping[int, str], code: int) -> str:
    return table.get(code) or f"{code:#06x}"
