"""Commands and answers over RS-232: waking the camera, its speed, packets, and asking again.

One message is under way at a time. What does not come whole is asked for again: a command that is
not acknowledged is repeated under its number, an answer is asked for by a SEND_AGAIN; nine times at
most, so no wait is without an end. A message that was seen already, or that answers an earlier
command, is acknowledged and dropped. Long answers come as several messages, each acknowledged
(canon-native-serial, A4 to A8).
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator

from canon.driver import Sink
from canon.errors import (
    CameraNotFound,
    DecodeError,
    Disconnected,
    NotSupported,
    PortError,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.models.model import Quirk
from canon.models.native import GENERIC, by_serial_id
from canon.native.commands import (
    DeleteFiles,
    GetDirectory,
    GetFile,
    Identify,
    ListDisks,
    Listing,
    SetAttributes,
    UploadBlock,
)
from canon.serial.frame import LONGEST, FrameReader
from canon.serial.line import FIRST_SPEED, Line
from canon.serial.packets import (
    ANSWERED,
    HEAD,
    HOST_FRAGMENT,
    SPEEDS,
    SWITCH_OFF,
    WAKE_UP,
    Assembly,
    EotKind,
    FilePart,
    ListingPart,
    MessageHead,
    Packet,
    PacketKind,
    Result,
    ack,
    camera_name,
    encode_message,
    eot,
    fragments,
    speed_request,
)
from canon.usb.port import TRAFFIC, Hex
from canon.wire import Buffer, Number, take
