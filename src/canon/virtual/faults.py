"""Faults that a virtual camera has on request.

A fault is written `KIND[@COMMAND][:NUMBER]`: `stall@GetFile`, `unplug@GetObject:20000`,
`letter-i`, `pieces`. Without a command it hits the next one; it hits once, but `garbage`, `pieces`,
`no-lengths`, `split-header`, `no-zlp`, `halted` and the letters stay. Section numbers are those of
docs/protocol.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canon.virtual.repertoire import Repertoire


class FaultKind(enum.Enum):
    """What goes wrong."""

    UNPLUG = "unplug"
    """The camera leaves the bus after NUMBER bytes of the answer."""
    STALL = "stall"
    """The answer stalls after NUMBER bytes."""
    SILENCE = "silence"
    """The answer stops after NUMBER bytes, and nothing more is said."""
    SHORT = "short"
    """The answer ends NUMBER bytes early, with a short packet."""
    LONG = "long"
    """The answer has NUMBER bytes too many."""
    ECHO = "echo"
    """The answer carries another command's sequence number, or transaction id."""
    REFUSE = "refuse"
    """The status is NUMBER; a PTP camera does not do what it refuses."""
    EMPTY = "empty"
    """A long answer, or a data phase, of no bytes."""
    GARBAGE = "garbage"
    """The reserved bytes of every head hold garbage, as on many models (section 6.2)."""
    NO_LENGTHS = "no-lengths"
    """The first length word of fixed answers is zero, as on many older models (section 6.2)."""
    LOSE_HEAD = "lose-head"
    """The first answer after 'A' lacks its first 0x40 bytes (section 4.3a)."""
    PIECES = "pieces"
    """Events come in pieces of 8 bytes (section 11)."""
    EVENT_LOST = "event-lost"
    """An event, named in place of the command, is never sent."""
    EVENT_TWICE = "event-twice"
    """An event is sent twice."""
    EVENT_LATE = "event-late"
    """An event is sent NUMBER seconds late."""
    NO_FOCUS = "no-focus"
    """The lens finds nothing to focus on."""
    LENS_CAP = "lens-cap"
    """The lens cannot come out (section 6.5)."""
    LETTER_I = "letter-i"
    """The status letter is 'I' (section 4.1)."""
    LETTER_E = "letter-e"
    """The status letter is 'E' (section 4.1)."""
    BUSY = "busy"
    """The command is refused as busy (0x2019) for NUMBER tenths of a second, each time it comes;
    without a command, every one is."""
    NO_DATA = "no-data"
    """The response comes without its data phase, and says that all is well."""
    DATA_AFTER_REFUSAL = "data-after-refusal"
    """The data comes, and then a response that refuses, with NUMBER or else 0x2002."""
    BAD_LENGTH = "bad-length"
    """The length in the container's head is wrong by NUMBER, which may be negative."""
    NO_LENGTH = "no-length"
    """The length in the head of data is 0xffffffff: it ends with a short packet (section 1.4)."""
    SPLIT_HEADER = "split-header"
    """The head of data comes in a transfer of its own (section 1.4)."""
    NO_ZLP = "no-zlp"
    """No zero-length packet ends data that fill their last packet (section 1.4)."""
    OPEN_SESSION = "open-session"
    """A session is open already at the start, as after a host that was killed (section 2)."""
    HALTED = "halted"
    """Bulk in is halted when a session begins, as on old bodies where the host before did not clear
    it at its end (section 7)."""
    STALL_OUT = "stall-out"
    """The camera stalls the data that it is sent, and answers 0x2007 (section 1.3)."""
    BAD_RECORD = "bad-record"
    """The size of a record, named in place of the command, is wrong by NUMBER, which may be
    negative (canon-eos-ptp, section 4)."""
    MIRROR_UP = "mirror-up"
    """The next release of an EOS only raises its mirror (canon-eos-ptp, section 8.2)."""


_OF_ANSWERS = frozenset(
    {
        FaultKind.UNPLUG,
        FaultKind.STALL,
        FaultKind.SILENCE,
        FaultKind.SHORT,
        FaultKind.LONG,
        FaultKind.ECHO,
        FaultKind.REFUSE,
        FaultKind.EMPTY,
        FaultKind.NO_DATA,
        FaultKind.DATA_AFTER_REFUSAL,
        FaultKind.BAD_LENGTH,
        FaultKind.NO_LENGTH,
    }
)
_OF_EVENTS = frozenset({FaultKind.EVENT_LOST, FaultKind.EVENT_TWICE, FaultKind.EVENT_LATE})
EOS_ONLY = frozenset({FaultKind.BAD_RECORD, FaultKind.MIRROR_UP})
"""Faults that only an EOS in PTP can have."""

NATIVE_ONLY = frozenset(
    {
        FaultKind.GARBAGE,
        FaultKind.NO_LENGTHS,
        FaultKind.LOSE_HEAD,
        FaultKind.PIECES,
        FaultKind.LETTER_I,
        FaultKind.LETTER_E,
    }
)
"""Faults that a PTP camera cannot have."""
PTP_ONLY = EOS_ONLY | frozenset(
    {
        FaultKind.BUSY,
        FaultKind.NO_DATA,
        FaultKind.DATA_AFTER_REFUSAL,
        FaultKind.BAD_LENGTH,
        FaultKind.NO_LENGTH,
        FaultKind.SPLIT_HEADER,
        FaultKind.NO_ZLP,
        FaultKind.OPEN_SESSION,
        FaultKind.HALTED,
        FaultKind.STALL_OUT,
    }
)
"""Faults that a native camera cannot have."""
OF_THE_LENS = frozenset({FaultKind.NO_FOCUS, FaultKind.LENS_CAP})
"""Faults of a body that a host lets take pictures."""
NOT_LONG = frozenset({FaultKind.ECHO, FaultKind.REFUSE})
"""Faults that a long answer of a native camera cannot have: it has no number and no status."""
NOT_FIXED = frozenset({FaultKind.EMPTY})
"""Faults that a fixed answer of a native camera cannot have."""
NOT_BARE = frozenset(
    {FaultKind.EMPTY, FaultKind.NO_DATA, FaultKind.NO_LENGTH, FaultKind.SHORT, FaultKind.LONG}
)
"""Faults that a PTP answer without data cannot have."""
_NUMBERED = {
    FaultKind.SHORT: "how many bytes are missing",
    FaultKind.LONG: "how many bytes are added",
    FaultKind.REFUSE: "the status",
    FaultKind.BUSY: "for how many tenths of a second",
    FaultKind.EVENT_LATE: "how many seconds late",
    FaultKind.BAD_LENGTH: "by how many bytes",
    FaultKind.BAD_RECORD: "by how many bytes",
}
"""What the number says that a fault cannot do without."""
_MAY_BE_NUMBERED = frozenset(
    {FaultKind.UNPLUG, FaultKind.STALL, FaultKind.SILENCE, FaultKind.DATA_AFTER_REFUSAL}
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: what.
        command: at which command, by the name of its class; empty is the next one.
        number: a count of bytes or a status, by kind.
    """

    kind: FaultKind
    command: str = ""
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `KIND[@COMMAND][:NUMBER]`; ValueError names the kinds."""
        rest, _, number = text.partition(":")
        name, _, command = rest.partition("@")
        try:
            fault = cls(FaultKind(name), command, int(number or "0", 0))
        except ValueError:
            kinds = ", ".join(kind.value for kind in FaultKind)
            raise ValueError(
                f"{text!r} is not a fault; write KIND[@COMMAND][:NUMBER], KIND one of {kinds}"
            ) from None
        kind = fault.kind
        if number and kind not in _NUMBERED and kind not in _MAY_BE_NUMBERED:
            raise ValueError(f"fault={text}: {name} has no number")
        if kind in _NUMBERED and not fault.number:
            raise ValueError(f"fault={text}: say {_NUMBERED[kind]}, {rest}:NUMBER")
        if fault.number < 0 and kind not in (FaultKind.BAD_LENGTH, FaultKind.BAD_RECORD):
            raise ValueError(f"fault={text}: the number cannot be below zero")
        return fault

    def check(self, body: Repertoire) -> None:
        """Raise ValueError unless a body can have this fault."""
        kind, who = self.kind, body.who
        if kind not in body.kinds:
            raise ValueError(f"fault={kind.value}: {who} does not have it")
        if not self.command:
            return
        what, names = "command", tuple(body.commands)
        if kind in _OF_EVENTS | {FaultKind.BAD_RECORD}:
            what, names = "event", body.events
        elif kind not in _OF_ANSWERS | {FaultKind.BUSY, FaultKind.STALL_OUT}:
            raise ValueError(f"fault={kind.value} hits no one command; leave @{self.command} out")
        if self.command not in names:
            from difflib import get_close_matches

            near = get_close_matches(self.command, names) or names
            raise ValueError(
                f"fault={kind.value}@{self.command}: {who} has no such {what}; "
                f"it has {', '.join(near)}"
            )
        if kind in body.commands.get(self.command, ()):
            raise ValueError(
                f"fault={kind.value}@{self.command}: the answer to {self.command} cannot have it"
            )


class Faults:
    """The faults that wait to happen."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._waiting = list(faults)

    def add(self, fault: Fault) -> None:
        """Let something go wrong later."""
        self._waiting.append(fault)

    def has(self, kind: FaultKind) -> bool:
        """Whether a lasting fault is on."""
        return any(fault.kind is kind for fault in self._waiting)

    def take(self, command: str, misses: frozenset[FaultKind] = frozenset()) -> Fault | None:
        """The fault that hits the answer to a command now, and is used up by it.

        Args:
            command: its name.
            misses: what its answer cannot have.
        """
        return self._take(_OF_ANSWERS - misses, command)

    def take_event(self, event: str) -> Fault | None:
        """The fault that hits an event now, and is used up by it."""
        return self._take(_OF_EVENTS, event)

    def take_kind(self, kind: FaultKind, command: str = "") -> Fault | None:
        """That fault, if it waits for this command; it is used up."""
        return self._take(frozenset({kind}), command)

    def _take(self, kinds: frozenset[FaultKind], name: str) -> Fault | None:
        for fault in self._waiting:
            if fault.kind in kinds and fault.command in ("", name):
                self._waiting.remove(fault)
                return fault
        return None
