"""Canon's PowerShot extension: release control, and faster listings (canon-powershot-ptp).

Property codes are those of section 3; their values are the numbers of `canon.values`.
"""

from __future__ import annotations

import enum
from typing import Annotated

from canon.ptp.datasets import Codes, PtpText
from canon.ptp.operations import Bytes, Nothing, Operation, PtpEvent
from canon.wire import Message, Text, u8, u16, u32


class SetObjectArchive(Operation[Nothing], code=0x9002, patient=True):
    """Write a file's flags: after a download, those of the listing without NEW."""

    handle: u32
    flags: u32


class KeepDeviceOn(Operation[Nothing], code=0x9003, patient=True):
    """Let the camera not switch itself off."""


class ObjectPath(Message):
    """Where an object is: the label of its card, and its path with backslashes."""

    path: Annotated[str, PtpText()]


class NamedObject(Message):
    """The handle of an object that was named."""

    handle: u32


class GetObjectHandleByName(
    Operation[NamedObject], code=0x9006, data=ObjectPath, returns=NamedObject, patient=True
):
    r"""The handle of the file at a path like `A:\DCIM\100CANON\IMG_0001.JPG`."""


class InitiateReleaseControl(Operation[Nothing], code=0x9008):
    """Enter release control: the lens comes out, and the settings appear."""


class TerminateReleaseControl(Operation[Nothing], code=0x9009, patient=True):
    """Leave release control."""


class ViewfinderOn(Operation[Nothing], code=0x900B):
    """Start the viewfinder."""


class ViewfinderOff(Operation[Nothing], code=0x900C):
    """Stop the viewfinder."""


class DoAeAfAwb(Operation[Nothing], code=0x900D):
    """Measure exposure (1), focus (2) and white balance (4) once."""

    what: u32


class CheckEvent(Operation[Bytes], code=0x9013, reply=Bytes):
    """The next event, as an event container; no data when there is none."""


class FocusLock(Operation[Nothing], code=0x9014):
    """Focus, and keep focus, exposure and white balance."""


class FocusUnlock(Operation[Nothing], code=0x9015):
    """Let focus, exposure and white balance go."""


class InitiateCaptureInMemory(Operation[Nothing], code=0x901A, patient=True):
    """Release the shutter; where the picture goes is property CAPTURE_TRANSFER_MODE.

    A camera that is busy has not released, and is asked again (section 5).
    """


class FrameSize(Message):
    """How many bytes the frame has."""

    size: u32


class GetViewfinderImage(Operation[Bytes], code=0x901D, reply=Bytes, returns=FrameSize):
    """The viewfinder's picture now, a JPEG of 320 by 240."""


class Changes(Message):
    """The codes of properties that have changed."""

    properties: Codes


class GetChanges(Operation[Changes], code=0x9020, reply=Changes):
    """Which properties have changed since this was last asked."""


class FolderEntry(Message):
    """A file or a folder in a listing, 28 bytes (section 2.1)."""

    handle: u32
    format: u16
    flags: u8
    size: u32
    time: u32  # seconds since 1970, the camera's local time
    name: Annotated[str, Text(13)]


FOLDER_ENTRY = 28
"""The bytes of a FolderEntry."""


class EntryCount(Message):
    """How many entries came."""

    count: u32


class GetObjectInfoEx(Operation[Bytes], code=0x9021, reply=Bytes, returns=EntryCount):
    """The entries of a folder in one answer: parent 0 is the root, handle 0 is all of them."""

    storage: u32
    zero: u32
    parent: u32
    handle: u32


class Property(enum.IntEnum):
    """The properties that this project reads or writes by name."""

    BEEP_MODE = 0xD001
    BATTERY_KIND = 0xD002
    BATTERY_STATUS = 0xD003
    IMAGE_QUALITY = 0xD006
    FULL_VIEW_FILE_FORMAT = 0xD007
    IMAGE_SIZE = 0xD008
    SELF_TIMER = 0xD009
    FLASH_MODE = 0xD00A
    BEEP = 0xD00B
    SHOOTING_MODE = 0xD00C
    DRIVE_MODE = 0xD00E
    DIGITAL_ZOOM = 0xD00F
    METERING = 0xD010
    AF_DISTANCE = 0xD011
    FOCUSING_POINT = 0xD012
    WHITE_BALANCE = 0xD013
    AF_MODE = 0xD015
    CONTRAST = 0xD017
    SATURATION = 0xD018
    SHARPNESS = 0xD019
    ISO = 0xD01C
    APERTURE = 0xD01D
    SHUTTER_SPEED = 0xD01E
    EXPOSURE_COMPENSATION = 0xD01F
    FLASH_COMPENSATION = 0xD020
    AEB_COMPENSATION = 0xD021
    LARGEST_APERTURE = 0xD023
    SMALLEST_APERTURE = 0xD024
    FOCAL_LENGTH = 0xD025
    FOCAL_LENGTH_TELE = 0xD026
    FOCAL_LENGTH_WIDE = 0xD027
    FOCAL_LENGTH_DENOMINATOR = 0xD028
    CAPTURE_TRANSFER_MODE = 0xD029
    ZOOM = 0xD02A
    SIZE_QUALITY_MODE = 0xD02C
    SIZE_OF_OUTPUT = 0xD02E
    SIZE_OF_INPUT = 0xD02F
    FIRMWARE = 0xD031
    MODEL = 0xD032
    OWNER = 0xD033
    TIME = 0xD034
    OUTPUT = 0xD036
    LARGEST_APERTURE_APEX = 0xD038
    ZOOMED_WIDTH = 0xD039
    SMALLEST_APERTURE_APEX = 0xD03C
    DIGITAL_ZOOM_START = 0xD03D
    FULL_ZOOM_WIDTH = 0xD03F
    PHOTO_EFFECT = 0xD040
    ASSIST_LIGHT = 0xD041
    ROTATION = 0xD043
    AUTO_ROTATE = 0xD044
    EVENT_EMULATE_MODE = 0xD045
    AVERAGE_FILE_SIZES = 0xD048
    MODEL_ID = 0xD049


class TransferMode(enum.IntFlag):
    """Where a picture goes: property CAPTURE_TRANSFER_MODE (section 5)."""

    THUMBNAIL_TO_HOST = 1
    TO_HOST = 2
    THUMBNAIL_TO_CARD = 4
    TO_CARD = 8


RAM = 0x80000001
"""The store of pictures that are only in the camera's memory; their parent is 0."""
PIPE_MODES = (1, 2, 3, 4, 5)
"""The values of EVENT_EMULATE_MODE with which events come on the interrupt pipe (section 4.1)."""
OPERATION_MODES = (3, 4, 5, 7)
"""Those with which CheckEvent brings them."""


class CardDoorOpened(PtpEvent, code=0xC001):
    """The door of the card was opened: the camera is about to go off."""


class ExtendedError(PtpEvent, code=0xC005):
    """Something failed; the number is Canon's."""

    error: u32


class ViewfinderStopped(PtpEvent, code=0xC006):
    """The camera has stopped the viewfinder by itself."""


class ViewfinderPossible(PtpEvent, code=0xC007):
    """The viewfinder can be started again."""


class FullPictureReady(PtpEvent, code=0xC008):
    """A picture waits in the camera's memory; libgphoto2 calls this ObjectInfoChanged."""

    handle: u32


class CanonRequestObjectTransfer(PtpEvent, code=0xC009):
    """A picture waits in the camera's memory, by libgphoto2; its thumbnail, by Canon's SDK."""

    handle: u32


class BatteryChanged(PtpEvent, code=0xC00A):
    """There is more or less power; what the two numbers are is not known."""

    first: u32
    second: u32


class ShutterButtonPressed(PtpEvent, code=0xC00B):
    """The shutter button was pressed under release control; the host is to release."""


class CameraModeChanged(PtpEvent, code=0xC00C):
    """Release control has begun or ended, and what its properties may be has changed."""

    mode: u32


class RotationChanged(PtpEvent, code=0xC00D):
    """The camera was turned.

    Attributes:
        angle: how it is held now, in quarters of a turn.
    """

    angle: u32


class SettingsChangedOnCamera(PtpEvent, code=0xC00E):
    """Somebody changed a setting on the camera; libgphoto2 takes it for a press of the button."""


class StartDirectTransfer(PtpEvent, code=0xC011):
    """The user began to send pictures from the camera's menu."""


class StopDirectTransfer(PtpEvent, code=0xC013):
    """The user ended that."""


class TranscodeProgress(PtpEvent, code=0xC01B):
    """How far the camera is with making a smaller file."""
