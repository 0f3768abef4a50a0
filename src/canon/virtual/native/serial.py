"""A virtual camera that speaks the native protocol over RS-232 (canon-native-serial).

A machine without I/O: bytes come in by `hear`, bytes go out by `say`, and what takes time is put on
the body's clock. It sleeps until it hears the wake-up bytes, agrees on a speed, and then takes one
message after the other. The commands are those of the camera behind the USB plug.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from canon.errors import DecodeError
from canon.models.model import Numbering, Quirk
from canon.native.commands import (
    Command,
    GetDirectory,
    GetFile,
    Identify,
    Listing,
    MakeDirectory,
    PowerStatus,
    SetAttributes,
    UploadBlock,
    find_command,
)
from canon.native.refusals import BAD_PARAMETER
from canon.serial.frame import FrameReader
from canon.serial.line import FIRST_SPEED
from canon.serial.packets import (
    ANSWERED,
    BATTERY_EMPTY,
    HEAD,
    SPEEDS,
    Assembly,
    EotKind,
    FilePart,
    ListingPart,
    MessageHead,
    Packet,
    PacketKind,
    Result,
    ack,
    camera_id,
    decode_packet,
    encode_message,
    eot,
    fragments,
)
from canon.virtual.card import File, Folder
from canon.virtual.faults import FaultKind
from canon.virtual.native.camera import DELAYS, NativeCamera
from canon.virtual.refusal import Status
from canon.wire import Message, smallest

ZEROS = 6
"""Zeros after the last entry of a listing: with six, gphoto2 reads it (A5.2)."""
LONGEST_LISTING = 0xFF00
"""Bytes of entries in one message; gphoto2 reads a listing only when it is one message (A5.2)."""

_LARGEST_PART = 0xF000  # a message must stay below 64 KiB (A5.1)
_SMALLEST_PART = 0x100
_THUMBNAIL_HEAD = 10813  # bytes of a picture's head (A5.1)
_OWNER_SIZE = 32
_ON_A_LINE = 0x10  # of the power's source: such a body says 0x10 or 0x30 (A5)
_END_MARK = len(Listing(()).encode())
_WAKE_AGAIN_S = 0.5
# Guess (A8): how soon, and how often, a camera repeats an EOT that nobody acknowledges.
_REPEAT_S, _REPEATS = 2.0, 9
_SPEED_OF = {code: speed for speed, code in SPEEDS.items()}


class _State(enum.Enum):
    """Where a conversation stands."""

    ASLEEP = enum.auto()
    STARTING = enum.auto()
    """It has told its name, and waits for a speed."""
    AWAKE = enum.auto()


class SerialCamera:
    """The machine behind the serial plug of a native camera.

    Args:
        camera: answers the commands.
        zeros: how many zeros follow the last entry of a listing.
        longest_listing: bytes of entries in one message of a listing.

    Attributes:
        say: takes what the camera sends; set by whoever carries its bytes.
        speed: bits a second at which it listens and talks now.
    """

    def __init__(
        self, camera: NativeCamera, *, zeros: int = ZEROS, longest_listing: int = LONGEST_LISTING
    ) -> None:
        self.camera = camera
        self.model = camera.body.model
        self.clock = camera.clock
        self.speed = FIRST_SPEED
        self.say: Callable[[bytes], None] = lambda data: None
        self._zeros = zeros
        self._longest_listing = longest_listing
        self._state = _State.ASLEEP
        self._frames = FrameReader()
        self._woken = -_WAKE_AGAIN_S
        self._conversation = 0  # what an earlier one has put on the clock is not done
        self._reset()

    def _reset(self) -> None:
        self._conversation += 1
        self._frames.clear()
        self._assembly = Assembly()
        self._begun = False  # whether a fragment came since the last EOT
        self._refused = -1  # the message that the host was asked to repeat
        self._wanted_speed: int | None = None
        self._taken = -1  # number of the host's last message, and the message
        self._command = b""
        self._ack_after = False  # whether that message is acknowledged once more after the answer
        self._answers: list[bytes] = []
        self._waiting: deque[bytes] = deque()  # messages that are still to be sent
        self._number = 0  # of our message that is under way
        self._sent = b""  # its frames; empty when none is

    @property
    def awake(self) -> bool:
        """Whether it takes anything but wake-up bytes."""
        return self._state is not _State.ASLEEP

    @property
    def slow(self) -> bool:
        """Whether it wants its bytes one by one at high speeds."""
        return Quirk.SLOW_SERIAL in self.model.quirks

    def hear(self, data: bytes, speed: int) -> None:
        """Take bytes that came at a speed."""
        if speed != self.speed:
            return  # Guess: at another speed it hears nothing that it understands.
        if self._state is not _State.AWAKE and b"\x55\x55" in data:
            self._wake()
        elif self._state is _State.ASLEEP:
            return
        for raw in self._frames.feed(data):
            try:
                self._take(decode_packet(raw))
            except DecodeError:
                continue
            if self._state is _State.ASLEEP:
                break

    # --- packets (A3, A6, A7) ---------------------------------------------------------------------

    def _wake(self) -> None:
        if self._state is _State.STARTING and self.clock.now() < self._woken + _WAKE_AGAIN_S:
            return  # the rest of the same wake-up bytes
        self._reset()
        self._state, self._woken = _State.STARTING, self.clock.now()
        self._send(camera_id(self.model.serial_id).frame() + eot(0).frame())

    def _sleep(self) -> None:
        self._reset()
        self._state, self.speed = _State.ASLEEP, FIRST_SPEED

    def _take(self, packet: Packet) -> None:
        if packet.kind is PacketKind.SWITCH_OFF:
            self._sleep()
        elif packet.kind is PacketKind.SPEED:
            self._wanted_speed = _SPEED_OF.get(packet.value)
        elif packet.kind is PacketKind.FRAGMENT:
            self._assembly.add(packet)
            self._begun, self._refused = True, -1
        elif packet.kind is PacketKind.EOT and self._state is _State.STARTING:
            self._agree(packet)
        elif packet.kind is PacketKind.EOT:
            self._end(packet)
        elif packet.kind is PacketKind.ACK and packet.number == self._number and self._sent:
            if packet.value == Result.OK:
                self._delivered()
            else:
                self._send(self._sent)

    def _agree(self, packet: Packet) -> None:
        """Acknowledge a speed, and go to it as soon as that is out."""
        if self._wanted_speed is None:
            self.say(ack(packet.number, Result.REPEAT).frame())
            return
        frame = ack(packet.number).frame()
        self.say(frame)
        self._state, self._taken = _State.AWAKE, packet.number
        self._number, self._sent = 1, b""
        self._later(len(frame) * 10 / self.speed, self._change_speed)

    def _change_speed(self) -> None:
        self.speed = self._wanted_speed or self.speed

    # --- messages (A4, A8) ------------------------------------------------------------------------

    def _end(self, packet: Packet) -> None:
        """The host ended a message."""
        begun, self._begun = self._begun, False
        if packet.value == EotKind.PING:
            self._assembly.clear()
            self.say(ack(packet.number).frame())
            return
        if packet.number == self._taken and not begun:
            # Guess (A5.3): the second EOT of an upload is acknowledged after the answer.
            self._ack_after = packet.value == EotKind.UPLOAD and bool(self._waiting)
            if not self._ack_after:
                self.say(ack(packet.number).frame())
            return
        if self.camera.body.is_empty:
            self._go_off(packet.number)
            return
        message = self._assembly.take(packet.number)
        if message is None:
            if packet.number == self._refused and packet.value == EotKind.UPLOAD:
                self._refused = -1  # the second EOT of an upload is not refused once more
            else:
                self._refused = packet.number
                self.say(ack(packet.number, Result.REPEAT).frame())
            return
        self.say(ack(packet.number).frame())
        self._later(self._obey(packet.number, message), self._answer)

    def _go_off(self, number: int) -> None:
        """Say that the battery is empty, and sleep (A8)."""
        if self._sent:
            self._number = _after(self._number)  # who sends a new command has the answer
        self.say(ack(number).frame())
        self._send(
            b"".join(fragments(encode_message(BATTERY_EMPTY, 0, b""))) + eot(self._number).frame()
        )
        self._later(0.0, self._sleep)

    def _obey(self, number: int, message: bytes) -> float:
        """Do what a command says, but once if it is repeated; the time that it takes."""
        again = (number, message) == (self._taken, self._command)
        self._conversation += 1
        if self._sent and not again:
            self._number = _after(self._number)  # who sends a new command has the answer
        self._sent = b""
        delay = 0.0
        if not again:
            head = MessageHead.decode(message)
            kind = _command(head.code)
            delay = DELAYS.get(kind, 0.004) if kind else 0.004
            self._taken, self._command = number, message
            self._answers = [
                encode_message(head.code ^ ANSWERED, head.transaction, payload)
                for payload in self._payloads(kind, message[HEAD:])
            ]
        self._waiting = deque(self._answers)
        return delay

    def _answer(self) -> None:
        """Send the next message of the answer."""
        message = self._waiting.popleft()
        self._send(b"".join(fragments(message)) + eot(self._number).frame())
        if self._ack_after:
            self._ack_after = False
            self.say(ack(self._taken).frame())

    def _send(self, frames: bytes) -> None:
        self._sent = frames
        self.say(frames)
        self._repeat_later(len(frames), _REPEATS)

    def _repeat_later(self, size: int, times: int) -> None:
        number, sent = self._number, self._sent

        def repeat() -> None:
            if (number, sent) == (self._number, self._sent) and times:
                frame = eot(number).frame()
                self.say(frame)
                self._repeat_later(len(frame), times - 1)

        self._later(_REPEAT_S + size * 10 / self.speed, repeat)

    def _delivered(self) -> None:
        """The host has our message: the next one may go."""
        self._number, self._sent = _after(self._number), b""
        if self._waiting:
            self._answer()

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        conversation = self._conversation

        def unless_over() -> None:
            if conversation == self._conversation:
                action()

        self.clock.after(delay, unless_over)

    # --- commands, where they are laid out as on no other road (A5) -------------------------------

    def _payloads(self, kind: type[Command[Any]] | None, payload: bytes) -> Iterator[bytes]:
        """The payloads of the messages that answer a command."""
        status, reply, command = BAD_PARAMETER, b"", None
        if kind is not None:
            if kind is SetAttributes:
                payload = payload[3::-1] + payload[4:]  # the attribute comes last
            try:
                command = kind.decode(payload.ljust(smallest(kind), b"\0"))
                fault = self.camera.faults.take(kind.__name__)
                if fault and fault.kind is FaultKind.REFUSE:
                    raise Status(fault.number)
                status, reply = 0, self._reply(command)
            except Status as refusal:
                status = refusal.code
            except DecodeError:
                status = BAD_PARAMETER
            except OSError:
                status = BAD_PARAMETER
        head = status.to_bytes(4, "little")
        if status:
            yield head
        elif isinstance(command, GetFile):
            yield from (head + part.encode() for part in _file_parts(command, reply))
        elif isinstance(command, GetDirectory):
            yield from (head + part.encode() for part in self._listing_parts(reply))
        elif isinstance(command, Identify) and self.model.product is None:
            yield head + reply[:-_OWNER_SIZE]  # before the S10 there was no owner in it
        else:
            yield head + reply

    def _reply(self, command: Command[Any]) -> bytes:
        """The bytes of the reply, as the camera gives them over USB."""
        if isinstance(command, MakeDirectory):
            # Guess (A5.3): a folder that is there is no reason to refuse; gphoto2 counts on it.
            card = self.camera.body.card
            parts = tuple(part for part in command.path.split("\\")[1:] if part)
            if card and isinstance(card.find(parts), Folder):
                return b""
        elif isinstance(command, UploadBlock) and command.path.startswith("\\"):
            path = self.camera.storage.disk + command.path
            command = UploadBlock(command.zero, command.offset, command.size, path, command.data)
        elif isinstance(command, GetFile) and command.what:
            reply = self.camera.answer(GetFile(0, 0, command.path))
            return reply.part(0, _THUMBNAIL_HEAD) if isinstance(reply, File) else b""
        reply = self.camera.answer(command)
        if isinstance(reply, File):
            return reply.read()
        if isinstance(reply, PowerStatus):
            reply = replace(reply, source=reply.source | _ON_A_LINE)
        return reply.encode() if isinstance(reply, Message) else reply

    def _listing_parts(self, listing: bytes) -> Iterator[ListingPart]:
        """A listing without its end mark, cut between entries."""
        rows = Listing.decode(listing).entries
        parts = [b""]
        for row in rows:
            entry = Listing((row,)).encode()[:-_END_MARK]
            if len(parts[-1]) + len(entry) > self._longest_listing:
                parts.append(b"")
            parts[-1] += entry
        for part in parts:
            yield ListingPart(part is parts[-1], part + bytes(self._zeros if rows else 7))


def _file_parts(command: GetFile, data: bytes) -> Iterator[FilePart]:
    """A file in parts as large as the request's second word says."""
    # Guess (A5.1): that word is the size of a part, as on USB.
    size = max(_SMALLEST_PART, min(_LARGEST_PART, command.block_size))
    for offset in range(0, len(data), size) or (0,):
        part = data[offset : offset + size]
        yield FilePart(len(data), offset, len(part), offset + len(part) == len(data), part)


def _command(code: int) -> type[Command[Any]] | None:
    """The class of a command; this line does not tell fixed answers from long ones."""
    return find_command(Numbering.CLASSIC, code, None, long=False) or find_command(
        Numbering.CLASSIC, code, None, long=True
    )


def _after(number: int) -> int:
    return (number + 1) & 0xFF
