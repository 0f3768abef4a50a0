"""A virtual camera that speaks the native protocol over USB (canon-native-usb, section 12).

Requests come in, the commands' classes take them apart, one method answers each, and the answer is
put on the bulk pipe when it is due. Nothing here waits.
"""

from __future__ import annotations

import logging
from functools import singledispatchmethod
from typing import Any

from canon.errors import DecodeError
from canon.models.model import Numbering, Trait
from canon.native.commands import (
    COMMAND,
    FIXED_COMMAND,
    FIXED_REPLY,
    HEAD,
    LONG_COMMAND,
    LONG_REPLY,
    STORAGE,
    UPLOAD_BLOCK,
    UPLOAD_COMMAND,
    UPLOAD_REPLY,
    Abilities,
    BodyId,
    CameraTime,
    Command,
    CommandHead,
    DeleteFiles,
    GetAbilities,
    GetBodyId,
    GetCustomFunctions,
    GetDirectory,
    GetFile,
    GetOwner,
    GetPowerStatus,
    GetTime,
    Identify,
    Identity,
    KeysLocked,
    ListDisks,
    LockEosKeys,
    LockKeys,
    LockRevisedKeys,
    LongHead,
    Nothing,
    OwnerName,
    PowerStatus,
    ReleaseSent,
    ReplyHead,
    RetrieveCapture,
    RetrieveFrame,
    SetAttributes,
    SetOwner,
    SetTime,
    SubHead,
    UnlockEosKeys,
    UnlockRevisedKeys,
    find_command,
    has_subcodes,
    short_block,
)
from canon.native.events import InitDone, NativeEvent, encode_event
from canon.native.refusals import BAD_PARAMETER, NOT_LOCKED, NOT_LOCKED_REVISED
from canon.usb.port import Endpoint
from canon.virtual.card import File
from canon.virtual.charge import Charge
from canon.virtual.device import Pipe, Stall, Unplugged
from canon.virtual.faults import NOT_FIXED, NOT_LONG, Fault, FaultKind, Faults
from canon.virtual.native.profile import NativeBody
from canon.virtual.native.release import ReleaseUnit
from canon.virtual.native.storage import StorageUnit
from canon.virtual.refusal import Status
from canon.wire import Message, smallest

_log = logging.getLogger("canon_virtual")  # apart from what the host says, which has canon
_CHUNK = 0x10000
_RATE = 490_000  # bytes a second of a download (section 7.10)
_NO_TIME = 0xFFFFFFFF

DELAYS: dict[type[Command[Any]], float] = {
    Identify: 0.006,
    ListDisks: 0.050,
    GetDirectory: 0.020,
    GetFile: 0.018,
    SetAttributes: 0.028,
    DeleteFiles: 0.190,
}
"""Seconds from a command to its answer, as recorded; the others take 4 ms."""


class NativeCamera:
    """The machine behind the USB plug of a native camera; fits `canon.virtual.device.UsbDevice`.

    Args:
        body: the camera that answers.
        faults: what goes wrong.
        active: whether an earlier host has left it active (status letter 'A').
    """

    def __init__(
        self, body: NativeBody, faults: Faults | None = None, *, active: bool = False
    ) -> None:
        self.body = body
        self.numbering = body.model.numbering
        self.revised = self.numbering is Numbering.REVISED
        self.clock = body.clock
        self.faults = faults or Faults()
        self.descriptors = body.profile.descriptors
        self.bulk = Pipe(self.descriptors.endpoint(Endpoint.BULK_IN).packet_size)
        self.interrupt = Pipe(self.descriptors.endpoint(Endpoint.INTERRUPT_IN).packet_size)
        self.plugged = True
        self.active = active
        self.padded = 0  # requests that came short, and were filled with zeros
        self.cut = 0  # requests that had too much
        self._conversation = 0  # answers of an earlier host's conversation are never sent
        self.storage = StorageUnit(body)
        self.release = ReleaseUnit(body, self.faults, self.tell)

    # --- what the carrier calls -------------------------------------------------------------------

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a request for the status letter or for an init block (section 3)."""
        self._must_be_plugged()
        init = self.body.profile.init
        if (request, value) == (0x0C, 0x55):
            return self._letter()[:length]
        if (request, value) == (0x04, 0x01):
            return init.encode()[:length]
        if (request, value) == (0x04, 0x04):
            return short_block(init).encode()[:length]
        raise Stall

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take the init block back, or a command (section 3)."""
        self._must_be_plugged()
        if (request, value) == (0x04, 0x11):
            self.active = True
            self._send(bytes.fromhex("0400000002030000") + bytes(0x3C), 0.001)
            self.tell(InitDone(0))
        elif (request, value) == (0x04, 0x10):
            self._take_command(data)
        else:
            raise Stall

    def bulk_out(self, data: bytes) -> None:
        """Take a block of an upload (section 7.12)."""
        self._must_be_plugged()
        self._take_command(data)

    def bus_reset(self) -> None:
        """Forget what was not read; the body stays as it is."""
        self._forget()

    def detach(self) -> None:
        """The host went away: the camera stays active, as a real one does (section 5)."""

    def unplug(self) -> None:
        """Pull the plug."""
        self.plugged = False
        self._forget()

    def tell(self, event: NativeEvent) -> None:
        """Send an event, in one packet or, by a fault, in pieces of 8 bytes."""
        fault = self.faults.take_event(type(event).__name__)
        if fault and fault.kind is FaultKind.EVENT_LATE:
            self._when(fault.number, lambda: self.tell(event))
        elif not fault or fault.kind is FaultKind.EVENT_TWICE:
            for _ in range(2 if fault else 1):
                self._send_event(event)

    def press(self) -> None:
        """Press the shutter button by hand: a picture goes to the card, and an event out."""
        self.release.press()

    def _send_event(self, event: NativeEvent) -> None:
        data = encode_event(event)
        size = 8 if self.faults.has(FaultKind.PIECES) else len(data)
        for start in range(0, len(data), size):
            self.interrupt.put(data[start : start + size])

    # --- the start (section 4) --------------------------------------------------------------------

    def _letter(self) -> bytes:
        self._forget()
        if self.faults.has(FaultKind.LETTER_I):
            return b"I"
        if self.faults.has(FaultKind.LETTER_E):
            return b"E"
        return b"A" if self.active else b"C"

    def _forget(self) -> None:
        self.bulk.clear()
        self.interrupt.clear()
        self._conversation += 1

    def _must_be_plugged(self) -> None:
        if not self.plugged:
            raise Unplugged

    def _must_have_power(self) -> None:
        if self.body.is_empty:
            self.plugged = False  # Guess: it goes off at the next command.
            raise Unplugged

    # --- commands and answers (section 6) ---------------------------------------------------------

    def _take_command(self, data: bytes) -> None:
        self._must_have_power()
        head = CommandHead.decode(data.ljust(COMMAND, b"\0"))
        kind = int.from_bytes(data[4:8], "little")
        if kind & 0xFFFF == UPLOAD_COMMAND:
            self._send(LongHead(0, UPLOAD_REPLY, 0).encode(), 0.004)
            return
        code, payload = head.group << 8 | head.code, data[COMMAND:]
        long = kind == LONG_COMMAND
        if kind not in (FIXED_COMMAND, LONG_COMMAND, UPLOAD_BLOCK):
            return  # Guess (section 6.1): a block that is no command is not answered.
        sub = None
        if has_subcodes(self.numbering, code):
            sub_head = SubHead.decode(payload.ljust(smallest(SubHead), b"\0"))
            sub, payload = sub_head.sub, payload[smallest(SubHead) :]
        command_class = find_command(self.numbering, code, sub, long=long)
        status, reply = BAD_PARAMETER, None
        if command_class is not None:
            try:
                status, reply = 0, self.answer(self._decode(command_class, payload))
            except Status as refusal:
                status = refusal.code
            except DecodeError:
                status = BAD_PARAMETER
        self._must_have_power()
        misses = NOT_LONG if long else NOT_FIXED
        fault = self.faults.take(command_class.__name__ if command_class else "", misses)
        delay = self.release.take_delay()
        if command_class is not None:
            delay += DELAYS.get(command_class, 0.004)
        if long:
            answer = reply if isinstance(reply, bytes | File) else _encoded(reply)
            self._send_long(answer, delay, fault)
        else:
            data = _encoded(reply)
            self._send_fixed(head, kind, command_class, sub, status, data, delay, fault)

    def _decode(self, kind: type[Command[Any]], payload: bytes) -> Command[Any]:
        """A request as a camera takes it: filled up with zeros, surplus left alone."""
        least = smallest(kind)
        if len(payload) < least:
            self.padded += 1
            payload = payload.ljust(least, b"\0")
        command = kind.decode(payload)
        _log.debug("asked: %r", command)
        self.cut += len(payload) > len(command.encode())
        return command

    def _send_fixed(
        self,
        head: CommandHead,
        kind: int,
        command: type[Command[Any]] | None,
        sub: int | None,
        status: int,
        data: bytes,
        delay: float,
        fault: Fault | None,
    ) -> None:
        if fault and fault.kind is FaultKind.REFUSE:
            status = fault.number
        if not data and command is not None and command.reply is not None:
            data = bytes(smallest(command.reply))
        if sub is not None:
            data = SubHead(sub, len(data)).encode() + data
        length = COMMAND - HEAD + 4 + len(data)
        # The answer to lock keys carries the code of the abilities (section 6.2).
        code = 0x1F if command is LockKeys else head.code
        reply = ReplyHead(
            0 if self.faults.has(FaultKind.NO_LENGTHS) else length,
            UPLOAD_REPLY if kind == UPLOAD_BLOCK else FIXED_REPLY,
            2,
            code,
            head.flavour,
            head.group + 0x10,
            length,
            head.sequence ^ 0x5A5A if fault and fault.kind is FaultKind.ECHO else head.sequence,
        )
        block = bytearray(reply.encode() + status.to_bytes(4, "little") + data)
        if self.faults.has(FaultKind.GARBAGE):
            block[0x08:HEAD] = bytes(range(0x38, 0x70))
        if self.faults.take_kind(FaultKind.LOSE_HEAD):
            del block[:HEAD]
        self._send_faulty(bytes(block), delay, fault)

    def _send_long(self, data: bytes | File, delay: float, fault: Fault | None) -> None:
        if isinstance(data, File) and fault:
            data = data.read()
        if fault and fault.kind is FaultKind.EMPTY:
            data = b""
        size = data.size if isinstance(data, File) else len(data)
        block = bytearray(LongHead(0, LONG_REPLY, size).encode())
        if self.faults.has(FaultKind.GARBAGE):
            block[0x0A:HEAD] = bytes(range(0x3A, 0x70))
        if isinstance(data, bytes) and fault and fault.kind is not FaultKind.EMPTY:
            self._send_faulty(bytes(block) + data, delay, fault)
            return
        self._send(bytes(block), delay)
        self._send_pieces(data if isinstance(data, File) else File(data, 0), delay)

    def _send_pieces(self, file: File, delay: float, start: int = 0) -> None:
        """Send data as fast as the camera reads its card."""
        size = min(file.size - start, _CHUNK)
        if size > 0:
            self._when(delay + size / _RATE, lambda: self._send_piece(file, start, size))

    def _send_piece(self, file: File, start: int, size: int) -> None:
        try:
            self.bulk.put(file.part(start, size))
        except OSError:
            self._halt()
        else:
            self._send_pieces(file, 0.0, start + size)

    def _send(self, data: bytes, delay: float) -> None:
        self._when(delay, lambda: self.bulk.put(data))

    def _send_faulty(self, data: bytes, delay: float, fault: Fault | None) -> None:
        """Send an answer in one piece, broken as the fault wants it."""
        if fault is None:
            self._send(data, delay)
            return
        whole = fault.number // self.bulk.packet_size * self.bulk.packet_size
        if fault.kind is FaultKind.SHORT:
            data = data[: len(data) - fault.number]
        elif fault.kind is FaultKind.LONG:
            data += bytes(fault.number)
        elif fault.kind in (FaultKind.UNPLUG, FaultKind.STALL, FaultKind.SILENCE):
            data = data[:whole]
        if data:
            self._send(data, delay)
        if fault.kind is FaultKind.UNPLUG:
            self._when(delay + 0.001, self._leave_the_bus)
        elif fault.kind is FaultKind.STALL:
            self._when(delay + 0.001, self._halt)

    def _halt(self) -> None:
        self.bulk.halted = True

    def _leave_the_bus(self) -> None:
        self.plugged = False

    def _when(self, delay: float, action: Any) -> None:
        conversation = self._conversation

        def unless_forgotten() -> None:
            if conversation == self._conversation:
                action()

        self.clock.after(delay, unless_forgotten)

    # --- the camera (sections 7.1 to 7.6) ---------------------------------------------------------

    @singledispatchmethod
    def answer(self, command: Command[Any]) -> Message | bytes | File:
        """The reply to a command: a message, or the data of a long answer."""
        if command.codes[self.numbering] >> 8 == STORAGE:
            return self.storage.answer(command)
        return self.release.answer(command)

    @answer.register
    def _identify(self, command: Identify) -> Message:
        profile = self.body.profile
        owner = "" if self.revised else self.body.owner
        return Identity(profile.identity_version, profile.firmware, profile.model[:31], owner)

    @answer.register
    def _get_owner(self, command: GetOwner) -> Message:
        return OwnerName(self.body.owner)

    @answer.register
    def _body_id(self, command: GetBodyId) -> Message:
        if Trait.BODY_ID not in self.body.model.traits:
            raise Status(BAD_PARAMETER)
        return BodyId(self.body.profile.body_id)

    @answer.register
    def _get_time(self, command: GetTime) -> Message:
        return CameraTime(self.body.seconds)

    @answer.register
    def _set_time(self, command: SetTime) -> Message:
        self.body.set_seconds(command.seconds)
        return Nothing()

    @answer.register
    def _set_owner(self, command: SetOwner) -> Message:
        self.body.owner = command.owner[:31]
        return Nothing()

    @answer.register
    def _power(self, command: GetPowerStatus) -> Message:
        good = self.body.charge is Charge.GOOD
        return PowerStatus(6 if good else 4, 0x10 if self.body.on_ac else 0x20)

    @answer.register
    def _abilities(self, command: GetAbilities) -> Message:
        if Trait.ABILITIES not in self.body.model.traits:
            raise Status(BAD_PARAMETER)
        profile = self.body.profile
        rest = profile.model_id, profile.short_name, profile.formats, profile.abilities_tail
        return Abilities(len(Abilities(0, *rest).encode()), *rest)

    @answer.register
    def _custom_functions(self, command: GetCustomFunctions) -> Message:
        return self.release.custom.answer(command)

    @answer.register
    def _lock_keys(self, command: LockKeys) -> Message:
        self.body.keys_locked = True
        return Nothing()

    @answer.register
    def _lock_eos_keys(self, command: LockEosKeys) -> Message:
        self.body.keys_locked = True
        return Nothing()

    @answer.register
    def _lock_revised_keys(self, command: LockRevisedKeys) -> Message:
        self.body.keys_locked = True
        return KeysLocked()

    @answer.register
    def _unlock_eos_keys(self, command: UnlockEosKeys) -> Message:
        return self._unlock(NOT_LOCKED)

    @answer.register
    def _unlock_revised_keys(self, command: UnlockRevisedKeys) -> Message:
        return self._unlock(NOT_LOCKED_REVISED)

    def _unlock(self, refusal: int) -> Message:
        if not self.body.keys_locked:
            raise Status(refusal)
        self.body.keys_locked = False
        return Nothing()

    @answer.register
    def _release_sent(self, command: ReleaseSent) -> Message:
        return Nothing()

    # --- pictures that wait (sections 7.13, 7.14) -----------------------------------------------

    @answer.register
    def _retrieve(self, command: RetrieveCapture) -> bytes:
        return self.release.retrieve(command)

    @answer.register
    def _frame(self, command: RetrieveFrame) -> bytes:
        return self.release.frame(command)


def _encoded(reply: Message | bytes | File | None) -> bytes:
    if isinstance(reply, File):
        return reply.read()
    return b"" if reply is None else reply.encode() if isinstance(reply, Message) else reply
