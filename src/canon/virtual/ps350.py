"""A virtual PowerShot 350 behind its serial plug (docs/protocol/ps350.md).

A machine without I/O: bytes come in by `hear`, bytes go out by `say`, and what takes time is put on
the clock. It sleeps until it hears the wake-up bytes; after a break it listens for a speed. What
the notes on the real one do not tell is marked as a guess, and kept unkind: it never repeats
anything by itself.
"""

from __future__ import annotations

import enum
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, singledispatchmethod
from typing import Any, TypeVar

from canon.errors import DecodeError
from canon.models.ps350 import Ps350Model
from canon.ps350.packets import (
    ATTENTION,
    CAMERA,
    CAMERA_ID_HEAD,
    ENTRY,
    FILE,
    FIXED_REPLY,
    FOLDER,
    LISTING_HEAD,
    PACKET,
    ROOM,
    SPEED_CHANGE,
    SPEEDS,
    SWITCHED_OFF,
    WAKE_UP,
    CameraId,
    CloseFile,
    CloseFolder,
    Command,
    Disks,
    DiskSpace,
    FileBlock,
    FileSize,
    FolderListing,
    Handle,
    ListDisks,
    Listed,
    MessageHead,
    Nothing,
    OpenFile,
    OpenFolder,
    Packet,
    PacketKind,
    PacketReader,
    Ping,
    Pong,
    PrepareFile,
    PrepareFolder,
    ReadFile,
    ReadFolder,
    UseDisk,
    encode_message,
    eot,
    find_command,
    packets,
)
from canon.serial.line import FIRST_SPEED
from canon.values import PhotoEffect
from canon.virtual.body import CardMaker
from canon.virtual.card import File, Folder, MemoryCard
from canon.virtual.clock import EPOCH, BodyClock
from canon.virtual.faults import FaultKind, Faults
from canon.virtual.refusal import Status
from canon.wire import Message, Number

PICTURES = "DC97"
"""The folder that it keeps its pictures in."""
NOT_FOUND = 0x20000002
"""The status of what is not there."""

_BAD_HANDLE = 0x20000006
_MOST_BLOCK, _MOST = 0x10000, 0xFFFFFFFF
_log = logging.getLogger("canon_virtual")  # apart from what the host says, which has canon
_PONG = bytes(16) + bytes.fromhex("04000300") + bytes(16)
_ANSWER_S = 0.02
_BREAK_S = 0.4
_CARD = 0x1E6000  # bytes of the card in the recording
_FIRST, _PICTURES = 21, 4
_EFFECTS = PhotoEffect.VIVID, PhotoEffect.OFF, PhotoEffect.SEPIA, PhotoEffect.NEUTRAL
_JFIF = bytes.fromhex("ffe00010 4a464946 00 0102 01 00b4 00b4 0000")
_SPEED_OF = {code: speed for speed, code in SPEEDS.items()}


class _State(enum.Enum):
    """Where a conversation stands."""

    ASLEEP = enum.auto()
    CHANGING = enum.auto()
    """It heard a break, and waits for a speed, and then for the bytes that begin to talk."""
    AWAKE = enum.auto()


class Ps350Camera:
    """The machine behind the serial plug of a PowerShot 350.

    Args:
        model: its row.
        card: makes the card when it is first looked at; None is an empty slot.
        clock: its time.
        faults: what goes wrong: `refuse` and `silence`, which lasts.

    Attributes:
        say: takes what the camera sends; set by whoever carries its bytes.
        speed: bits a second at which it listens and talks now.
        slow: false; it takes bytes as fast as they come.
    """

    slow = False

    def __init__(
        self,
        model: Ps350Model,
        card: CardMaker,
        clock: BodyClock | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.model = model
        self.clock = clock or BodyClock()
        self.faults = faults or Faults()
        self.speed = FIRST_SPEED
        self.say: Callable[[bytes], None] = lambda data: None
        self._make_card = card
        self._silent = False
        self._conversation = 0  # what an earlier one has put on the clock is not done
        self._sleep()

    @cached_property
    def card(self) -> MemoryCard | None:
        """The card in the slot; None when there is none."""
        return self._make_card()

    @property
    def awake(self) -> bool:
        """Whether it takes anything but wake-up bytes."""
        return self._state is not _State.ASLEEP

    def hear(self, data: bytes, speed: int) -> None:
        """Take bytes that came at a speed."""
        # Guess: asleep, it does not answer a break; awake, it does not tell its name again.
        if self.awake and speed < self.speed and b"\0" in data:
            self._break()
        elif speed == self.speed and self._state is _State.AWAKE:
            for packet in self._reader.feed(data):
                self._take(packet)
        elif speed == self.speed:
            for at, byte in enumerate(data, 1):
                self._listen(byte)
                if self._state is _State.AWAKE:
                    self.hear(data[at:], speed)
                    break

    # --- the start and the end (section 3) --------------------------------------------------------

    def _sleep(self) -> None:
        # Guess: what it does when it is off; here it can be woken again.
        self._conversation += 1
        self._state, self.speed = _State.ASLEEP, FIRST_SPEED
        self._last = b""  # the last bytes outside of packets
        self._reader = PacketReader()
        self._handles = itertools.count(0x00C0FFEE)
        self._folders: dict[int, Folder] = {}
        self._files: dict[int, _Open] = {}
        self._count = 0

    def _break(self) -> None:
        """Answer a break with a break, and listen for a speed."""
        self._conversation += 1
        self._state, self.speed, self._last = _State.CHANGING, FIRST_SPEED, b""
        self._reader.clear()
        self._later(_BREAK_S, lambda: self._say(b"\0"))

    def _listen(self, byte: int) -> None:
        """Take a byte that is in no packet."""
        self._last = (self._last + bytes((byte,)))[-len(WAKE_UP) :]
        before = self._last[-2:-1]
        if self._state is _State.ASLEEP:
            if self._last == WAKE_UP:
                self._state = _State.AWAKE
                text = (
                    f"ModelName={self.model.name}  ,Firmware version={self.model.firmware},"
                    "Manufacturer=Canon Inc.   "
                )
                name = CameraId(CAMERA_ID_HEAD, text).encode()
                self._later(_ANSWER_S, lambda: self._end([Packet(0, PacketKind.CAMERA_ID, name)]))
        elif before == bytes((SPEED_CHANGE,)) and byte in _SPEED_OF:
            self.speed = _SPEED_OF[byte]
        elif self._last.endswith(ATTENTION):
            self._state = _State.AWAKE

    def _switch_off(self) -> None:
        """Say so, and go off as soon as that is out."""
        message = encode_message(CAMERA, SWITCHED_OFF, FIXED_REPLY, bytes(4))
        size = self._end(list(packets(message)))
        self._later(size * 10 / self.speed, self._sleep)

    # --- packets and messages (sections 2, 4) -----------------------------------------------------

    def _take(self, packet: Packet) -> None:
        """Do what a packet says; an ACK changes nothing."""
        # Guess: a damaged packet is dropped, and so is a command that nobody knows.
        if packet.kind is PacketKind.OFF:
            self._later(_ANSWER_S, self._switch_off)
        elif packet.kind is PacketKind.DATA:
            try:
                head, at = MessageHead.read(packet.data, 0)
            except DecodeError:
                return
            kind = find_command(head.code)
            if kind is not None:
                # Guess: a command that comes before the last answer is through breaks that off.
                self._conversation += 1
                answer = self._obey(kind, packet.data[at:])
                self._later(_ANSWER_S, lambda: self._end(answer))

    def _obey(self, kind: type[Command[Any]], body: bytes) -> list[Packet]:
        """Do what a command says; the packets of its answer."""
        if kind is Ping:
            reply = Pong(_PONG).encode()
        else:
            fault = self.faults.take(kind.__name__)
            self._silent |= bool(fault and fault.kind is FaultKind.SILENCE)
            status = 0
            try:
                if fault and fault.kind is FaultKind.REFUSE:
                    raise Status(fault.number)
                command = kind.decode(body[4:])
                _log.debug("asked: %r", command)
                data = self._answer(command).encode()
            except DecodeError:
                status, data = _BAD_HANDLE, b""
            except Status as refusal:
                status, data = refusal.code, b""
                if kind.reply is Handle:
                    data = Handle(status).encode()
            count = self._count  # Guess: the camera's own, as in its EOT
            reply = Number(4).write(count) + Number(4).write(status) + data
        message = encode_message(CAMERA, kind.reply_code, kind.reply_form, reply)
        if kind is ReadFolder:
            first = LISTING_HEAD + (ROOM - LISTING_HEAD) // ENTRY * ENTRY
            return list(packets(message, first, ROOM // ENTRY * ENTRY))
        return list(packets(message))

    def _end(self, answer: list[Packet]) -> int:
        """Send an answer and its EOT; how many bytes that are."""
        # Guess: what an EOT says after several packets is nowhere told; here it is their number.
        answer = [*answer, eot(self._count, len(answer))]
        self._count = (self._count + 1) & 0xFF
        for packet in answer:
            self._say(packet.encode())
        return PACKET * len(answer)

    def _say(self, data: bytes) -> None:
        if not self._silent:
            self.say(data)

    def _later(self, delay: float, action: Callable[[], object]) -> None:
        conversation = self._conversation

        def unless_over() -> None:
            if conversation == self._conversation:
                action()

        self.clock.after(delay, unless_over)

    # --- the card (section 5) ---------------------------------------------------------------------

    @singledispatchmethod
    def _answer(self, command: Command[Any]) -> Message:
        raise Status(_BAD_HANDLE)

    @_answer.register
    def _list_disks(self, command: ListDisks) -> Message:
        # Guess: an empty slot has no name.
        return Disks((f"{self.model.disk}/",) if self.card else ())

    @_answer.register
    def _use_disk(self, command: UseDisk) -> Message:
        if self.card is None or command.name != self.model.disk:
            raise Status(NOT_FOUND)
        return DiskSpace(min(self.card.capacity, _MOST), min(self.card.free, _MOST))

    @_answer.register
    def _open_folder(self, command: OpenFolder) -> Message:
        folder = self._find(command.path)
        if not isinstance(folder, Folder):
            raise Status(NOT_FOUND)
        handle = next(self._handles)
        self._folders[handle] = folder
        return Handle(handle)

    @_answer.register
    def _prepare_folder(self, command: PrepareFolder) -> Message:
        _there(self._folders, command.handle)
        return Nothing()

    @_answer.register
    def _read_folder(self, command: ReadFolder) -> Message:
        folder = _there(self._folders, command.handle)
        rows = [Listed(FOLDER, 0, folder.time, name) for name in (".", "..")]
        for name, entry in folder.entries.items():
            kind = FOLDER if isinstance(entry, Folder) else FILE
            size = entry.size if isinstance(entry, File) else 0
            rows.append(Listed(kind, size, entry.time, name))
        return FolderListing(len(rows), tuple(rows))

    @_answer.register
    def _close_folder(self, command: CloseFolder) -> Message:
        self._folders.pop(command.handle, None)
        return Nothing()

    @_answer.register
    def _open_file(self, command: OpenFile) -> Message:
        file = self._find(command.path)
        if not isinstance(file, File):
            raise Status(NOT_FOUND)  # Guess: as for a folder
        handle = next(self._handles)
        self._files[handle] = _Open(file)
        return Handle(handle)

    @_answer.register
    def _prepare_file(self, command: PrepareFile) -> Message:
        return FileSize(_there(self._files, command.handle).file.size)

    @_answer.register
    def _read_file(self, command: ReadFile) -> Message:
        opened = _there(self._files, command.handle)
        offset = opened.at
        try:
            data = opened.file.part(offset, min(command.size, _MOST_BLOCK))
        except OSError:
            raise Status(NOT_FOUND) from None
        opened.at += len(data)
        last = opened.at >= opened.file.size
        return FileBlock(command.handle, offset, len(data), last, data)

    @_answer.register
    def _close_file(self, command: CloseFile) -> Message:
        self._files.pop(command.handle, None)
        return Nothing()

    def _find(self, path: str) -> Folder | File | None:
        disk, *parts = path.split("\\")
        if self.card is None or disk != self.model.disk:
            return None
        return self.card.find(tuple(part for part in parts if part))


@dataclass
class _Open:
    """A file that is open, and where its next block begins."""

    file: File
    at: int = 0


T = TypeVar("T")


def _there(opened: dict[int, T], handle: int) -> T:
    """What is open under a handle."""
    if handle not in opened:
        raise Status(_BAD_HANDLE)  # Guess: nobody has seen what it says to a handle it never gave.
    return opened[handle]


def fresh_card(model: Ps350Model) -> MemoryCard:
    """The card of a virtual camera that was given none: pictures, each with its thumbnail."""
    from canon.virtual.pictures.exif import Exposure
    from canon.virtual.pictures.scene import photograph

    taken = datetime(1999, 6, 26, 12, 40)
    card = MemoryCard(_CARD)
    for number in range(_FIRST, _FIRST + _PICTURES):
        time = int((taken - EPOCH).total_seconds())
        for kind, (width, height) in (("THM", model.small), ("AUT", model.pixels)):
            shot = Exposure(
                taken=taken,
                number=number,
                model=f"Canon {model.name}",
                model_id=0,
                firmware="1.0.2.0",
                width=width,
                height=height,
                effect=_EFFECTS[number % len(_EFFECTS)],
                full_width=model.pixels[0],
                remote=False,
            )
            name = f"{kind}_{number:04}.JPG"
            data = _without_exif(photograph(shot).image)
            card.add((PICTURES, "CTG_0000", name), File(data, time))
        taken += timedelta(minutes=15)
    return card


def _without_exif(image: bytes) -> bytes:
    """A JPEG with the head that this camera writes in place of the block of EXIF."""
    after = 4 + int.from_bytes(image[4:6], "big")
    return image[:2] + _JFIF + image[after:]
