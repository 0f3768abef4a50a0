"""What can go wrong with one virtual body: its commands, its events, and the faults of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canon.frozen import Frozen
from canon.models.model import Model, Trait
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.virtual.faults import (
    EOS_ONLY,
    NATIVE_ONLY,
    NOT_BARE,
    NOT_FIXED,
    NOT_LONG,
    OF_THE_LENS,
    PTP_ONLY,
    FaultKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from canon.virtual.catalogue import Row
    from canon.wire import Message

_EVERY = frozenset(FaultKind)


class Repertoire(Frozen):
    """What can go wrong with a body.

    Attributes:
        who: what kind of body it is.
        kinds: the faults that it can have.
        commands: those that hit none of its commands, by the command's name.
        events: the names of its events.
    """

    who: str
    kinds: frozenset[FaultKind]
    commands: Mapping[str, frozenset[FaultKind]]
    events: tuple[str, ...]


def repertoire(row: Row, *, on_line: bool) -> Repertoire:
    """What can go wrong with a body.

    Args:
        row: its row.
        on_line: whether it is behind its serial plug.
    """
    if isinstance(row, PtpModel):
        return _of_ptp(row)
    if isinstance(row, Ps350Model):
        from canon.ps350 import packets

        names = dict.fromkeys(_leaves(packets.Command, packets), frozenset[FaultKind]())
        kinds = frozenset({FaultKind.REFUSE, FaultKind.SILENCE})
        return Repertoire("this camera", kinds, names, ())
    return _of_native(row, on_line=on_line)


def _of_native(row: Model, *, on_line: bool) -> Repertoire:
    from canon.native import commands, events, release

    modules = (commands, release) if Trait.RELEASE in row.traits else (commands,)
    found: dict[str, Any] = _leaves(commands.Command, *modules)
    names = {
        name: frozenset() if on_line else NOT_LONG if command.long else NOT_FIXED
        for name, command in found.items()
        if row.numbering in command.codes
    }
    if on_line:
        who = "a native camera on a serial line"
        kinds = frozenset({FaultKind.REFUSE, FaultKind.NO_FOCUS, FaultKind.LENS_CAP})
    else:
        who = "a camera that speaks the native protocol"
        kinds = _EVERY - PTP_ONLY
    if Trait.RELEASE not in row.traits:
        kinds -= OF_THE_LENS
    return Repertoire(who, kinds, names, tuple(_leaves(events.NativeEvent, events)))


def _of_ptp(row: PtpModel) -> Repertoire:
    from canon.ptp import operations
    from canon.ptp.powershot import layouts as of_powershot
    from canon.virtual.ptp.profile import load_profile

    profile = load_profile(row)
    modules: tuple[ModuleType, ...] = operations, of_powershot
    kinds = _EVERY - NATIVE_ONLY
    tells: tuple[ModuleType, ...] = (operations,)
    if profile.burst:
        from canon.ptp.eos import layouts as of_eos
        from canon.ptp.eos import records

        modules, tells = (operations, of_eos), (operations, records)
        kinds -= {FaultKind.LENS_CAP}
    elif of_powershot.InitiateReleaseControl.code in profile.operations:
        tells = modules
    else:
        kinds -= OF_THE_LENS
    if not profile.burst:
        kinds -= EOS_ONLY
    names = {}
    found: dict[str, Any] = _leaves(operations.Operation, *modules)
    for name, operation in found.items():
        if operation.code in profile.operations:
            misses = NOT_BARE if operation.reply is None else frozenset[FaultKind]()
            names[name] = misses if operation.data else misses | {FaultKind.STALL_OUT}
    events = {
        **_leaves(operations.PtpEvent, *tells),
        **{
            name: event
            for name, event in _leaves(operations.PtpEvent, *modules).items()
            if event.code in profile.events
        },
    }
    return Repertoire("a camera that speaks PTP", kinds, names, tuple(events))


def _leaves(kind: type[Message], *modules: ModuleType) -> dict[str, Any]:
    """The classes of a kind in modules by their names, but for those that are families."""
    return {
        name: one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, kind) and not one.__subclasses__()
    }
