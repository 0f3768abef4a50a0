"""Commands and answers over RS-232: waking the camera, its speed, packets, and asking again.

One message is under way at a time. What does not come whole is asked for again: a command that is
not acknowledged is repeated under its number, an answer is asked for by a SEND_AGAIN; nine times at
most, so no wait is without an end. A message that was seen already, or that answers an earlier
command, is acknowledged and dropped. Long answers come as several messages, each acknowledged
(canon-native-serial, A4 to A8).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from canon.driver.card import MOST_FILE, Sink
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
from canon.frozen import replace
from canon.log import Log
from canon.models.model import Model, Numbering, Quirk, Trait
from canon.models.native import GENERIC, by_serial_id
from canon.native.commands import (
    DeleteFiles,
    GetDirectory,
    GetFile,
    Identify,
    Listing,
    SetAttributes,
    UploadBlock,
    find_command,
)
from canon.serial.frame import LONGEST, FrameReader
from canon.serial.line import FIRST_SPEED, Line
from canon.serial.packets import (
    ANSWERED,
    BATTERY_EMPTY,
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
    decode_packet,
    encode_message,
    eot,
    fragments,
    speed_request,
)
from canon.usb.port import TRAFFIC, Hex
from canon.wire import Buffer, Number

_log = Log(__name__)

_TRIES = 9
_MOST_SILENT = 3  # waits in which nothing came at all; then the camera is gone
_ACK_S = 5.0
_WAKE_S = 0.9
_PING_S = 1.0
_ROUNDS = (4, 3, 3)  # wake-ups in each round of starting
_SWITCH_S = 0.07  # what a camera needs to change its speed (A1)
_OFF_S = 3.0  # what it needs to go off
_PAUSE_S = 1e-6
_SLOW_ABOVE = 57600
_ROOM = 4096
_UPLOAD_SIZE = 1536  # bytes of a file in one block (A5.3)
_GAP_S = 1.0  # the longest pause between two fragments of a message
_MOST_MESSAGE = 0x10000
_GET_FILE, _GET_DIRECTORY, _DELETE, _SET_ATTRIBUTES, _UPLOAD, _IDENTIFY = (
    kind.codes[Numbering.CLASSIC]
    for kind in (GetFile, GetDirectory, DeleteFiles, SetAttributes, UploadBlock, Identify)
)


class SerialLink:
    """One camera's commands and answers over a Line.

    Args:
        line: the open line.
        speed: bits a second to go on at, once the camera is awake.

    Attributes:
        transfer_size: bytes of a file in one block of an upload.
        was_active: false; release control is not known over RS-232.
        model: the row of the camera, known once it is awake, without what only USB can do.

    Raises:
        ValueError: the cameras do not know that speed.
    """

    was_active = False

    def __init__(self, line: Line, speed: int = FIRST_SPEED) -> None:
        if speed not in SPEEDS:
            known = ", ".join(map(str, SPEEDS))
            raise ValueError(f"no camera talks at {speed} bits a second; choose one of {known}")
        self.clock = line.clock
        self.transfer_size = _UPLOAD_SIZE
        self.model = GENERIC
        self._line = line
        self._wanted_speed = speed
        self._speed = FIRST_SPEED
        self._awake = False
        self._frames = FrameReader()
        self._packets: list[Packet] = []
        self._assembly = Assembly()
        self._transactions = itertools.count(1)
        self._asked = 0, 0  # code of the answer and transaction under way
        self._acknowledged = True
        self._heard = False  # whether a packet came in the last wait
        self._number = 0  # of our next message
        self._taken = 0  # of the camera's last message
        self._expected = 1  # of the camera's next one

    def start(self) -> None:
        """Wake the camera, learn its model, and go to the speed that was asked for (A6).

        A camera that an earlier program left awake is switched off first. A link that is started
        already is left alone.

        Raises:
            CameraNotFound: no camera answers.
        """
        if self._awake:
            return
        for tries in _ROUNDS:
            if self._wake(tries) and self._agree():
                self._awake = True
                return
            self._switch_off_everywhere()
        raise CameraNotFound(
            "no camera answers on this line",
            "check the cable, that the camera is switched on and set to talk to a computer, and "
            "that nothing else uses the line",
        )

    def exchange(
        self, code: int, payload: Buffer, expect: int | None, timeout_s: float
    ) -> tuple[int, bytes]:
        """Send a command and return the status and the data of its answer.

        Raises:
            Disconnected: the camera does not answer at all any more.
            PortTimeout: the line loses too much.
        """
        status, data = self._ask(code, payload, timeout_s)
        if code == _IDENTIFY and expect:
            data = data.ljust(expect, b"\0")  # before the S10 there was no owner in it (A5)
        return status, data

    def stream(self, code: int, payload: Buffer, sink: Sink, limit: int, timeout_s: float) -> int:
        """Send a command and pass the data of its long answer to `sink`; return their length.

        Raises:
            Refused: the camera said no; on this line a long answer has a status.
            ProtocolError: more than `limit` bytes come, or not those that were announced.
        """
        answers = self._answers(code, payload, timeout_s)
        if code == _GET_FILE:
            return _pass_file(answers, sink, limit)
        data = _join_listing(answers, limit) if code == _GET_DIRECTORY else next(answers)
        if len(data) > limit:
            raise _too_much(len(data), limit)
        sink(memoryview(data))
        return len(data)

    def upload_limit(self) -> int:
        """No file is too long for a serial line.

        Raises:
            NotSupported: this model takes none at the present speed.
        """
        if self.model.product is None and self._speed > _SLOW_ABOVE:
            raise NotSupported(
                self.model.name,
                f"upload above {_SLOW_ABOVE} bits a second",
                "open it at that speed",
            )
        return MOST_FILE

    def upload(self, code: int, payload: Buffer, timeout_s: float) -> tuple[int, bytes]:
        """Send one block of an upload, and return the status and data of its answer (A5.3)."""
        status, data = self._ask(code, payload, timeout_s, EotKind.UPLOAD)
        return status, data.ljust(8, b"\0")  # what follows the status is not known

    def poll(self, timeout_s: float) -> bytes:
        """Wait; no camera tells events over RS-232, but that its battery is empty.

        Raises:
            Disconnected: the camera goes off.
        """
        deadline = self.clock.now() + timeout_s
        self._asked = 0, 0
        while self.clock.now() < deadline:
            self._message(deadline, 0.0)
        return b""

    def close(self) -> None:
        """Switch the camera off, go back to the first speed, and close the line (A7)."""
        try:
            if self._awake:
                self._awake = False
                self._switch_off()
                self._set_speed(FIRST_SPEED)
        except PortError as error:
            _log.info("while closing: %s", error)
        finally:
            self._line.close()

    # --- the start and the end (A6, A7) -----------------------------------------------------------

    def _wake(self, tries: int) -> bool:
        """Wake the camera, and let it tell its name; whether it did."""
        self._set_speed(FIRST_SPEED)
        self._number = self._taken = 0
        for _ in range(tries):
            self._line.write(WAKE_UP)
            deadline = self.clock.now() + _WAKE_S
            named = False
            while (packet := self._receive(deadline)) is not None:
                if packet.kind is PacketKind.CAMERA_ID:
                    named = True
                    deadline = self.clock.now() + _ACK_S
                    self.model = _over_serial(by_serial_id(camera_name(packet)))
                    _log.info("%r woke up", camera_name(packet))
                elif named and packet.kind is PacketKind.EOT:
                    return True
        return False

    def _agree(self) -> bool:
        """Go to the wanted speed together; whether the camera answers there."""
        for _ in range(_TRIES):
            self._send(ack(0), speed_request(self._wanted_speed), eot(0))
            if self._acknowledges(0, _ACK_S):
                break
            if not self._heard:
                break  # it may have gone ahead, and its ACK be lost
        self._set_speed(self._wanted_speed)
        self.clock.sleep(_SWITCH_S)
        self._number = 1
        return self._ping()

    def _ping(self) -> bool:
        """Whether the camera answers; our next message has a number of its own in any case."""
        number, self._number = self._number, _after(self._number)
        for _ in range(_TRIES):
            self._send(eot(number, EotKind.PING))
            if self._acknowledges(number, _PING_S):
                return True
        return False

    def _acknowledges(self, number: int, timeout_s: float) -> bool:
        """Whether the camera acknowledges a message; repeating its own one, it does not."""
        deadline = self.clock.now() + timeout_s
        self._heard = False
        while (packet := self._receive(deadline)) is not None:
            self._heard = True
            if packet.number == number and packet.kind is PacketKind.EOT:
                return False
            if packet.number == number and packet.kind is PacketKind.ACK:
                return packet.value == Result.OK
        return False

    def _switch_off(self) -> None:
        self._send(SWITCH_OFF, eot(0))

    def _switch_off_everywhere(self) -> None:
        """Switch off a camera that an earlier program left awake, whatever its speed."""
        for speed in SPEEDS:
            self._set_speed(speed)
            self.clock.sleep(_SWITCH_S)
            self._switch_off()
        self.clock.sleep(_OFF_S)

    def _set_speed(self, speed: int) -> None:
        self._line.set_speed(speed)
        self._speed = speed
        self._frames.clear()
        self._packets.clear()

    # --- messages (A4, A8) ------------------------------------------------------------------------

    def _answers(self, code: int, payload: Buffer, timeout_s: float) -> Iterator[bytes]:
        """The data of the messages of a long answer."""
        status, data = self._ask(code, payload, timeout_s)
        while True:
            if status:
                command = find_command(Numbering.CLASSIC, code, None, long=True)
                name = command.__name__ if command else f"command {code:#06x}"
                raise Refused(code=status, command=name)
            yield data
            status, data = _opened(self._await(b"", timeout_s))

    def _ask(
        self, code: int, payload: Buffer, timeout_s: float, kind: EotKind = EotKind.MESSAGE
    ) -> tuple[int, bytes]:
        """Send a command; the status and the data of the first message of its answer."""
        if not self._acknowledged and not self._ping():  # the last command may be half there
            raise _gone()
        transaction = next(self._transactions) & 0xFFFFFFFF
        message = encode_message(code, transaction, _as_serial(code, bytes(payload)))
        end = eot(self._number, kind).frame()
        if kind is EotKind.UPLOAD:
            end += end  # as the one program does that is known to upload (A5.3)
        self._asked = code ^ ANSWERED, transaction
        self._acknowledged = False
        self._assembly.clear()
        return _opened(self._await(b"".join(fragments(message, HOST_FRAGMENT)) + end, timeout_s))

    def _await(self, command: bytes, timeout_s: float) -> bytes:
        """The payload of the next message that answers, after sending `command`, if there is one.

        What was lost is asked for again: the command while the camera has not acknowledged it, and
        after a long silence; else the answer.
        """
        silent = 0
        request = command
        for _ in range(_TRIES):
            self._write(request)
            wait_s = timeout_s if self._acknowledged else _ACK_S
            answer = self._message(self.clock.now() + wait_s + self._frame_s, timeout_s)
            if answer is not None:
                return answer
            silent = 0 if self._heard else silent + 1
            if silent == _MOST_SILENT:
                raise _gone()
            if command and (not self._acknowledged or silent > 1):
                request = command
            else:
                request = ack(self._expected, Result.SEND_AGAIN).frame()
            _log.warning("asking again for message %d", self._expected)
        raise PortTimeout(
            f"the line loses too much: nothing came whole in {_TRIES} tries",
            "take a shorter cable, or a lower speed",
        )

    def _message(self, deadline: float, timeout_s: float) -> bytes | None:
        """The payload of the next message that answers; None when something must be sent again.

        Args:
            deadline: when to give up if nothing comes.
            timeout_s: how long the camera may be silent after its acknowledgement.
        """
        self._heard = False
        latest = deadline + timeout_s + _MOST_MESSAGE * 20 / self._speed
        while (packet := self._receive(deadline)) is not None:
            self._heard = True
            if packet.kind is PacketKind.FRAGMENT:
                self._assembly.add(packet)
                deadline = min(latest, self.clock.now() + _GAP_S + 2 * self._frame_s)
            elif packet.kind is PacketKind.EOT:
                if packet.number == self._taken:  # our acknowledgement was lost
                    self._send(ack(packet.number))
                    self._assembly.clear()
                    continue
                message = self._assembly.take(packet.number)
                if message is None:
                    self._expected = packet.number
                    break
                self._send(ack(packet.number))
                self._taken, self._expected = packet.number, _after(packet.number)
                answer = self._payload(message)
                if answer is not None:
                    self._acknowledge()
                    return answer
            elif packet.kind is PacketKind.ACK and not self._acknowledged:
                if packet.number != self._number:
                    continue
                if packet.value != Result.OK:
                    break
                self._acknowledge()
                deadline = self.clock.now() + timeout_s + self._frame_s
        return None

    def _acknowledge(self) -> None:
        """The camera has our message, be it that its answer says so."""
        if not self._acknowledged:
            self._acknowledged = True
            self._number = _after(self._number)

    def _payload(self, message: bytes) -> bytes | None:
        """The payload of a message; None when it answers an earlier command."""
        head = MessageHead.decode(message)
        if head.code == BATTERY_EMPTY:
            raise Disconnected("the camera's battery is empty, and it goes off", "charge it")
        if (head.code, head.transaction) != self._asked:
            _log.info("a late answer to %#06x was dropped", head.code ^ ANSWERED)
            return None
        return message[HEAD:]

    # --- packets (A2, A3) -------------------------------------------------------------------------

    @property
    def _frame_s(self) -> float:
        """How long the longest frame takes at the present speed."""
        return LONGEST * 10 / self._speed

    def _send(self, *packets: Packet) -> None:
        self._write(b"".join(packet.frame() for packet in packets))

    def _write(self, data: bytes) -> None:
        _log.log(TRAFFIC, "→ %s", Hex(data))
        if Quirk.SLOW_SERIAL not in self.model.quirks or self._speed <= _SLOW_ABOVE:
            self._line.write(data)
            return
        for at in range(len(data)):
            self._line.write(data[at : at + 1])
            self.clock.sleep(_PAUSE_S)

    def _receive(self, deadline: float) -> Packet | None:
        """The next packet that came whole; None when the time is up."""
        while not self._packets:
            left = deadline - self.clock.now()
            if left <= 0:
                return None
            data = self._line.read(_ROOM, left)
            if data:
                _log.log(TRAFFIC, "← %s", Hex(data))
            for raw in self._frames.feed(data):
                try:
                    self._packets.append(decode_packet(raw))
                except DecodeError as error:
                    _log.warning("a packet that cannot be read: %s", error.detail)
        return self._packets.pop(0)


def _over_serial(model: Model) -> Model:
    """A row without the features that nobody knows how to ask for on RS-232 (A9)."""
    return replace(model, traits=model.traits & Trait.ABILITIES)


def _after(number: int) -> int:
    return (number + 1) & 0xFF


def _opened(payload: bytes) -> tuple[int, bytes]:
    """The status that begins every answer, and the data after it."""
    status, at = Number(4).read(payload, 0)
    return status, payload[at:]


def _as_serial(code: int, payload: bytes) -> bytes:
    """A payload as it stands on RS-232, where that differs from USB (A5)."""
    if code == _GET_FILE:  # the length of the path stands in the block size (A5.1)
        path = payload[8:]
        return payload[:4] + bytes((0, min(len(path), 0xFF), 0, 0)) + path
    if code == _SET_ATTRIBUTES:  # the attribute comes last, and there is one NUL less
        return payload[3::-1] + payload[4:-1]
    if code == _DELETE:
        return payload[:-1]
    if code == _UPLOAD:
        return b"\2\0\0\0" + payload[4:]
    return payload


def _pass_file(answers: Iterator[bytes], sink: Sink, limit: int) -> int:
    """Pass the parts of a file on (A5.1); the length of the file."""
    done = 0
    for answer in answers:
        part = FilePart.decode(answer)
        if part.total > limit:
            raise _too_much(part.total, limit)
        if part.offset != done or part.size != len(part.data) or done + part.size > part.total:
            raise ProtocolError(
                f"the camera sent {len(part.data)} bytes as {part.size} at {part.offset} "
                f"where those at {done} of {part.total} were due"
            )
        if part.data:
            sink(memoryview(part.data))
        done += part.size
        if part.last or not part.data:
            if done != part.total:
                raise ProtocolError(f"the camera broke off after {done} of {part.total} bytes")
            break
    return done


def _join_listing(answers: Iterator[bytes], limit: int) -> bytes:
    """The parts of a listing as one, with the end mark that it has on USB (A5.2)."""
    rows = bytearray()
    for answer in answers:
        part = ListingPart.decode(answer)
        entries = part.rows.rstrip(b"\0")
        if entries:
            rows += entries + b"\0"
        elif not part.last:
            raise ProtocolError("the camera announced more of a listing, and sent nothing")
        if len(rows) > limit:
            raise _too_much(len(rows), limit)
        if part.last:
            break
    return bytes(rows) + Listing(()).encode()


def _gone() -> Disconnected:
    return Disconnected(
        "the camera does not answer any more", "check the cable and its battery, and start again"
    )


def _too_much(size: int, limit: int) -> ProtocolError:
    return ProtocolError(f"the camera sends {size} bytes where {limit} are the most")
