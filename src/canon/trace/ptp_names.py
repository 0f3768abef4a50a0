"""What the numbers of PTP are called, those without a class included (ptp-core, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import DataType
from canon.ptp.eos.codes import NAMES
from canon.ptp.eos.properties import named
from canon.ptp.eos.records import Record
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
    0x9089: "ClearCCAPIUsageCount",
    0x908A: "SetMetaProperty",
    0x9103: "EosGetObjectInfo",
    0x9104: "EosGetObject",
    0x9105: "EosDeleteObject",
    0x910A: "GetThumbEx",
    0x910B: "EosSendPartialObject",
    0x910D: "GetObjectTime",
    0x910E: "EosSetObjectTime",
    0x9119: "ResetTransfer",
    0x911E: "SetNullPacketMode",
    0x911F: "UpdateFirmware",
    0x9120: "TransferCompleteDT",
    0x9121: "CancelTransferDT",
    0x9122: "SetWftProfile",
    0x9123: "GetWftProfile",
    0x9124: "SetProfileToWft",
    0x912A: "RegistBackgroundImage",
    0x912B: "ChangePhotoStudioMode",
    0x912C: "EosGetPartialObjectEx",
    0x9130: "ResetMirrorLockupState",
    0x9132: "EndGetPartialObjectEx",
    0x9135: "GetCTGInfo",
    0x9136: "GetLensAdjust",
    0x9137: "SetLensAdjust",
    0x9138: "ReadyToSendMusic",
    0x9139: "CreateHandle",
    0x913A: "SendPartialObjectEx",
    0x913B: "EndSendPartialObjectEx",
    0x913C: "SetCTGInfo",
    0x913E: "SetRequestRollingPitchingLevel",
    0x913F: "GetCameraSupport",
    0x9140: "SetRating",
    0x9141: "RequestInnerDevelopStart",
    0x9142: "RequestInnerDevelopParamChange",
    0x9143: "RequestInnerDevelopEnd",
    0x9144: "GpsLoggingDataMode",
    0x9145: "GetGpsLogCurrentHandle",
    0x9146: "SetImageRecoveryData",
    0x9147: "GetImageRecoveryList",
    0x9148: "FormatImageRecoveryData",
    0x9149: "GetPresetLensAdjustParam",
    0x914A: "GetRawDispImage",
    0x914B: "SaveImageRecoveryData",
    0x914C: "RequestBLE",
    0x914D: "DrivePowerZoom",
    0x914F: "GetIptcData",
    0x9150: "SetIptcData",
    0x9156: "DepthOfFieldPreview",
    0x9157: "ClickWB",
    0x915A: "SetLiveAfFrame",
    0x915C: "SetLvPcFlavoreditMode",
    0x915D: "SetLvPcFlavoreditParam",
    0x915E: "RequestSensorCleaning",
    0x9166: "SetManipulationToggleImageSide",
    0x9167: "GetLensSerialNumHistory",
    0x916B: "SetImageRecoveryDataEx",
    0x916C: "GetImageRecoveryListEx",
    0x916D: "CompleteAutoSendImages",
    0x916E: "NotifyAutoTransferStatus",
    0x916F: "GetReducedObject",
    0x9171: "GetObject64",
    0x9173: "GetObjectInfoEx64",
    0x9174: "GetPartialObjectEX64",
    0x9175: "CreateHandle64",
    0x9177: "NotifySaveComplete",
    0x9178: "GetTranscodedBlock",
    0x9179: "TransferCompleteTranscodedBlock",
    0x917B: "SetRemoteErrLogMode",
    0x917C: "GetRemoteErrLogMode",
    0x917D: "GetDebugLogEx",
    0x9182: "NotifyEstimateNumberofImport",
    0x9183: "NotifyNumberofImported",
    0x9184: "NotifySizeOfPartialDataTransfer",
    0x9185: "NotifyFinish",
    0x9186: "GetWFTData",
    0x9187: "SetWFTData",
    0x9188: "ChangeWFTSettingNumber",
    0x9189: "GetPictureStylePCFlavorParam",
    0x918A: "SetPictureStylePCFlavorParam",
    0x91AB: "GetObjectURL",
    0x91AC: "SetCAssistMode",
    0x91AD: "GetCAssistPresetThumb",
    0x91B1: "SendWifiSetting",
    0x91B2: "SendWifiDetailSetting",
    0x91B9: "SetFELock",
    0x91BA: "DeleteWFTSettingNumber",
    0x91BE: "SetDefaultCameraSetting",
    0x91BF: "GetAEData",
    0x91E4: "SendHostInfo",
    0x91E8: "NotifyNetworkError",
    0x91E9: "AdapterTransferProgress",
    0x91F0: "TransferCompleteFTP",
    0x91F1: "CancelTransferFTP",
    0x91F9: "NotifyBtStatus",
    0x91FD: "SetAdapterBatteryReport",
    0x91FE: "FAPIMessageTX",
    0x91FF: "FAPIMessageRX",
    0x9200: "EdgeFocusPosition",
    0x9201: "DriveFocusToEdge",
    0x9202: "DriveFocus",
    0x9401: "DVGetWavInfo",
    0x9402: "DVOverwriteContentsXML",
    0x9403: "DVGetTemplateXML",
    0x9801: "GetObjectPropsSupported",
    0x9802: "GetObjectPropDesc",
    0x9804: "SetObjectPropValue",
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

_RECORDS = """
    C180 RequestCancelTransferMA, C183 RequestGetObjectInfoEx, C18F RequestCancelTransfer,
    C190 RequestObjectTransferDT, C191 RequestCancelTransferDT, C196 InnerDevelopParam,
    C197 RequestObjectTransferDevelop, C198 GPSLogOutputProgress, C199 GPSLogOutputComplete,
    C19A TouchTrans, C19B RequestObjectTransferExInfo, C19F RequestPushMode,
    C1A2 RequestObjectTransferTS, C1AA RequestObjectTransferDT64, C1AB RequestObjectTransferFTP64,
    C1AC RequestObjectTransferInfoEx64, C1AD RequestObjectTransferMA64, C1AF ImportError,
    C1B0 BlePairing, C1B1 RequestAutoSendImages, C1B2 RequestTranscodedBlockTransfer,
    C1B4 RequestCAssistImage, C1B5 HiFreqFlickerlessResult, C1F1 RequestObjectTransferFTP
"""
"""Records of an EOS that have a name, and whose fields nobody has told."""

_EVENTS = {
    **named(_RECORDS),
    **{code: kind.__name__ for code, kind in Record.known.items()},
    **{kind.code: kind.__name__ for kind in events()},
}


def operation_name(code: int) -> str:
    """The name of an operation; its code where it has none."""
    kind = find_operation(code)
    return kind.__name__ if kind else _name(OPERATIONS, code)


def property_name(code: int) -> str:
    """The name of a property; its code where it has none."""
    return _name(PROPERTIES, code) if code in PROPERTIES else _name(NAMES, code)


def format_name(code: int) -> str:
    """The name of an object format; its code where it has none."""
    return _name(FORMATS, code)


def event_name(code: int) -> str:
    """The name of an event, or of a record of an EOS; its code where it has none."""
    return _name(_EVENTS, code)


def handle_name(number: int) -> str:
    """An object handle or a store as people write them."""
    return f"{number:#010x}"


def _name(table: Mapping[int, str], code: int) -> str:
    return table.get(code) or f"{code:#06x}"
