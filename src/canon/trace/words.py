"""A recording told in words, and copied without what is private.

Each device in a recording is followed by itself (`canon.trace.talk`). Nothing stops the telling:
what makes no sense is told as that.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator

from canon.trace.files import Exchange, Record, Remark, Transfer, blank, read
from canon.trace.talk import PRIVATE, Span, Talk
from canon.trace.told import Odd, Told

__all__ = ["PRIVATE", "Odd", "Told", "redact", "tell"]


def tell(records: Iterable[Record]) -> Iterator[Told]:
    """Tell a recording step by step; a step is told when it is over."""
    return _Teller().tell(records)


def redact(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a recording without its private parts, so that it can be shown to others.

    Blanked are the fields named in `PRIVATE`, files, pictures and frames and, to be safe, all data
    that are not understood: other devices, unknown commands, what was cut.

    Raises:
        ValueError: the source is no recording, or the target is the source.
        MissingExtra: it is a capture, and the package that reads captures is not installed.
    """
    teller = _Teller()
    for _ in teller.tell(read(source)):
        pass
    blank(source, target, teller.private)


class _Teller:
    """Follows every device of a recording; knows what of it is private."""

    def __init__(self) -> None:
        self.private: dict[int, list[Span]] = {}
        self._talks: dict[str, Talk] = {}
        self._start: float | None = None

    def tell(self, records: Iterable[Record]) -> Iterator[Told]:
        for record in records:
            device = record.device if isinstance(record, Transfer) else ""
            if device not in self._talks:
                self._talks[device] = Talk(self.private)
            talk = self._talks[device]
            if self._start is None and not isinstance(record, Exchange):
                self._start = record.time
            match record:
                case Transfer():
                    steps = talk.transfer(record)
                case Exchange():
                    steps = talk.exchange(record)
                case Remark():
                    steps = talk.remark(record)
            yield from self._stamped(steps, device)
        for device, talk in self._talks.items():
            yield from self._stamped(talk.end(), device)

    def _stamped(self, steps: Iterable[Told], device: str) -> Iterator[Told]:
        for told in steps:
            passed = None if told.time is None else round(told.time - (self._start or 0.0), 6)
            yield dataclasses.replace(told, time=passed, device=device)
