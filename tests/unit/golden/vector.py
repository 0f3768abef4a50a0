"""What a golden vector is."""

from __future__ import annotations

from dataclasses import dataclass

from canon.models.model import Numbering
from canon.wire import Message

GPHOTO2 = "g3-gphoto2-capture.jsonl"
REMOTE = "g3-remotecapture-session.jsonl"
MACRO = "g3-remotecapture-macro.jsonl"
PRINTED = "canon-native-usb.md"
PTP_CORE = "ptp-core.md"
POWERSHOT = "canon-powershot-ptp.md"
EOS = "canon-eos-ptp.md"
EOS_60D = "ptp/canon-eos-60d.debug.jsonl"
EOS_60D_WITH_CARD = "ptp/canon-eos60d-debug.jsonl"
NOTES = "Protocol.xml"
"""S. Westin's notes on the protocol, in libgphoto2's camlibs/canon/doc; by their titles."""
PS350 = "ps350"
"""J. A. Bezemer's notes and recordings, in libgphoto2's camlibs/canon/ps350; by their files."""


@dataclass(frozen=True)
class Golden:
    """Bytes of a real camera or of its host, and the value that they are.

    A command's bytes are its payload as it went over the wire, sub-code and length included; a
    reply's follow the status (and the sub-code and length); an event's begin with its head. The
    zero byte that the revised numbering puts after a sub-command is the session's, and not here.
    In PTP, an operation's bytes are its parameters; a dataset's follow the container's head.

    Attributes:
        value: what the bytes mean.
        data: the bytes.
        source: the recording and its record, or the section that prints them.
        code: group and command of a command, or the code of an operation, as recorded; 0 for
            anything else.
        left_out: how many bytes differ when the value is encoded again. They lie in gaps, after a
            string's NUL, or in unused rows.
        numbering: whose code it is.
    """

    value: Message
    data: bytes
    source: str
    code: int = 0
    left_out: int = 0
    numbering: Numbering = Numbering.CLASSIC

    @property
    def name(self) -> str:
        """The name of the message."""
        return type(self.value).__name__


def unhex(text: str) -> bytes:
    """Bytes from hex digits, spaces and line ends between them."""
    return bytes.fromhex(text)
