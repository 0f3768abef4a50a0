"""One conversation with a PowerShot 350: waking it, its speed, commands and answers.

Nobody knows a way to ask for a packet again. So a command whose answer does not come whole is sent
anew, nine times at most; only the driver can do that for a part of a file, of which the camera
remembers the place. When even the end of an answer was lost, a ping brings both sides back into
step: the host goes on counting from where the camera is (docs/protocol/ps350.md, sections 3, 4).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TypeVar, cast

from canon.conversation import Conversation
from canon.errors import (
    CameraNotFound,
    Disconnected,
    ObjectNotFound,
    PortError,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.log import Log
from canon.ps350.packets import (
    ATTENTION,
    BREAK_SPEED,
    OFF,
    PACKET,
    SPEED_CHANGE,
    SPEEDS,
    WAKE_UP,
    CameraId,
    Command,
    MessageHead,
    Packet,
    PacketKind,
    PacketReader,
    Ping,
    ack,
)
from canon.serial.line import FIRST_SPEED, Line
from canon.usb.port import TRAFFIC, Hex
from canon.wire import Message, Number

_log = Log(__name__)
R = TypeVar("R", bound=Message)

NOT_THERE = 0x20000002
"""The status of a folder that does not exist."""
TRIES = 9
"""How often a command is sent until its answer comes whole."""

_MOST_SILENT = 3  # attempts in which nothing came at all; then the camera is gone
_WAKES = 3
_WAKE_S = 1.5
_ANSWER_S = 5.0
_PING_S = 2.0
_GAP_S = 1.0  # the longest pause between two packets of an answer
_QUIET_S = 0.4
_BREAK_S = 0.3  # how long a zero byte takes at 50 bits a second, and a little more
_STEP_S = 0.5  # between the steps of a change of speed, as the programs do that are known to work
_OFF_S = 1.0
_ROOM = 4096
_MOST_PACKETS = 8192  # of an answer; a folder of 65,535 entries has 5,042
_MOST_DROPPED = 40  # of an answer that nobody reads any more


class Session:
    """Commands and replies of one camera over a line.

    What needs several commands in a row holds a `turn()`; `call` and `attempt` want one to be held.

    Args:
        line: the open line.
        speed: bits a second to go on at, once the camera is awake.

    Attributes:
        clock: the clock of the line.
        told: what the camera told of itself when it was woken; None when it was awake already.

    Raises:
        ValueError: the camera does not know that speed.
    """

    def __init__(self, line: Line, speed: int = FIRST_SPEED) -> None:
        if speed not in SPEEDS:
            known = ", ".join(map(str, SPEEDS))
            raise ValueError(f"no camera talks at {speed} bits a second; choose one of {known}")
        self.clock = line.clock
        self.told: CameraId | None = None
        self._line = line
        self._wanted_speed = speed
        self._speed = FIRST_SPEED
        self._talk: Conversation[Message] = Conversation()
        self._reader = PacketReader()
        self._packets: list[Packet] = []
        self._count = 0  # of our next command
        self._in_step = False  # whether the last answer came to its end
        self._awake = False
        self._silent = 0  # attempts in a row in which nothing came

    def start(self) -> None:
        """Wake the camera, and go to the speed that was asked for.

        A camera that an earlier program left awake is joined; one that does not come along stays
        at 9600. A session that is started already is left alone.

        Raises:
            CameraNotFound: no camera answers.
        """
        with self._talk.turn():
            if self._awake:
                return
            self._wake()
            for speed in (self._wanted_speed, self._wanted_speed, FIRST_SPEED):
                if self._change_speed(speed):
                    break
            else:
                raise CameraNotFound(
                    "no PowerShot 350 answers on this line",
                    "check the cable, that the camera is switched on, and that nothing else uses "
                    "the line",
                )
            self._awake = True
            if speed != self._wanted_speed:
                _log.warning("the camera stays at %d bits a second", speed)

    def turn(self) -> AbstractContextManager[None]:
        """Hold the conversation for several commands."""
        return self._talk.turn()

    def call(self, command: Command[R]) -> R:
        """Send a command that may be repeated, and return its reply.

        Raises:
            Refused: the camera said no.
            Disconnected: it does not answer at all any more.
            PortTimeout: the line loses too much.
        """
        for _ in range(TRIES):
            reply = self.attempt(command)
            if reply is not None:
                return reply
            _log.warning("sending %s again", type(command).__name__)
        raise too_much_lost()

    def attempt(self, command: Command[R]) -> R | None:
        """Send a command once; None when its answer does not come whole.

        Raises:
            Refused: the camera said no.
            Disconnected: nothing at all came, and not in the attempts before either.
        """
        self._silent += 1  # until something comes
        if not self._in_step:
            self._drain()
        reply = self._exchange(command) if self._in_step or self._exchange(Ping()) else None
        _log.debug("%r → %r", command, reply)
        if self._silent >= _MOST_SILENT:
            raise Disconnected(
                "the camera does not answer any more",
                "check the cable and its battery, and start again",
            )
        return reply

    def end(self) -> None:
        """Let no other thread talk from now on: what follows is the good-bye of this one."""
        self._talk.end()

    def close(self) -> None:
        """Switch the camera off, which is the only way out of the conversation, and close."""
        with self._talk.lock:
            try:
                if self._awake:
                    self._awake = False
                    self._send(OFF)
                    deadline = self.clock.now() + _OFF_S
                    while (packet := self._receive(deadline)) and packet.kind is not PacketKind.EOT:
                        pass
                    self._set_speed(FIRST_SPEED)
            except PortError as error:
                _log.info("while closing: %s", error)
            finally:
                self._line.close()

    # --- the start (section 3) --------------------------------------------------------------------

    def _wake(self) -> None:
        """Wake the camera, and let it tell its name; one that is awake may be silent."""
        self._set_speed(FIRST_SPEED)
        for _ in range(_WAKES):
            self._line.write(WAKE_UP)
            deadline = self.clock.now() + _WAKE_S
            while packet := self._receive(deadline):
                if packet.kind is PacketKind.CAMERA_ID:
                    self.told = CameraId.decode(packet.data)
                    _log.info("%r woke up", self.told.text)
                elif packet.kind is PacketKind.EOT and self.told:
                    self._acknowledge(packet)
                    return

    def _change_speed(self, speed: int) -> bool:
        """Go to a speed together; whether the camera answers there.

        Without the camera's own break it has not heard ours, and is where it was.
        """
        self._set_speed(BREAK_SPEED)
        self._line.write(b"\0")
        self.clock.sleep(_BREAK_S)
        self._set_speed(FIRST_SPEED)
        if not self._line.read(_ROOM, 1.0) and speed != FIRST_SPEED:
            return False
        for byte in (SPEED_CHANGE, SPEEDS[speed]):
            self._line.write(bytes((byte,)))
            self.clock.sleep(_STEP_S)
        self._set_speed(speed)
        self._line.write(ATTENTION)
        self.clock.sleep(_STEP_S)
        self._drain()
        return self._exchange(Ping()) is not None

    def _set_speed(self, speed: int) -> None:
        self._line.set_speed(speed)
        self._speed = speed
        self._forget()

    def _forget(self) -> None:
        self._reader.clear()
        self._packets.clear()

    # --- commands and answers (section 4) ---------------------------------------------------------

    def _exchange(self, command: Command[R]) -> R | None:
        """Send a command, take its answer, and acknowledge that; None when it is not whole."""
        self._in_step = False
        count = self._count
        self._send(command.packet(count))
        for _ in range(TRIES):
            answer = self._answer(_PING_S if isinstance(command, Ping) else _ANSWER_S)
            if answer is None:
                return None
            head, at = MessageHead.read(answer, 0)
            told, at = Number(4).read(answer, at) if command.counted else (count, at)
            if head.total == len(answer) and (head.code, told) == (command.reply_code, count):
                status, at = Number(4).read(answer, at) if command.counted else (0, at)
                if status:
                    refusal = ObjectNotFound if status == NOT_THERE else Refused
                    raise refusal(code=status, command=type(command).__name__)
                return cast("R", command.reply.decode(memoryview(answer)[at:]))
            _log.warning("an answer to an earlier command was dropped")
        return None

    def _answer(self, timeout_s: float) -> bytes | None:
        """The next message; None when a packet of it is missing, or its end never comes."""
        message, number, ended = bytearray(), 0, False
        deadline = self.clock.now() + timeout_s + self._packet_s
        for _ in range(_MOST_PACKETS):
            packet = self._receive(deadline)
            if packet is None:
                return None
            if packet.kind is PacketKind.EOT:
                self._acknowledge(packet)
                return bytes(message) if ended else None
            if packet.kind is PacketKind.DATA and packet.number == number and not ended:
                message += packet.data
                number, ended = (number + 1) & 0xFF, not packet.more
                deadline = self.clock.now() + _GAP_S + self._packet_s
        raise ProtocolError(f"the camera's answer has no end after {_MOST_PACKETS} packets")

    def _acknowledge(self, end: Packet) -> None:
        """Answer the camera's EOT, and count on from there."""
        self._send(ack(end.number))
        self._count = (end.number + 1) & 0xFF
        self._in_step = True

    def _drain(self) -> None:
        """Let what is under way run out."""
        latest = self.clock.now() + _MOST_DROPPED * self._packet_s
        while self.clock.now() < latest and self._line.read(_ROOM, _QUIET_S + self._packet_s):
            self._silent = 0
        self._forget()

    # --- packets (section 2) ----------------------------------------------------------------------

    @property
    def _packet_s(self) -> float:
        """How long a packet takes at the present speed."""
        return PACKET * 10 / self._speed

    def _send(self, packet: Packet) -> None:
        data = packet.encode()
        _log.log(TRAFFIC, "→ %s", Hex(data))
        self._line.write(data)

    def _receive(self, deadline: float) -> Packet | None:
        """The next packet that came whole; None when the time is up."""
        while not self._packets:
            left = deadline - self.clock.now()
            if left <= 0:
                return None
            data = self._line.read(_ROOM, left)
            if data:
                self._silent = 0
                _log.log(TRAFFIC, "← %s", Hex(data))
            self._packets += self._reader.feed(data)
        return self._packets.pop(0)


def too_much_lost() -> PortTimeout:
    """The error of a line that is too bad."""
    return PortTimeout(
        f"the line loses too much: nothing came whole in {TRIES} tries",
        "take a shorter cable, or a lower speed",
    )
