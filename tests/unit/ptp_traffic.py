"""PTP traffic made by hand, as a recording would hold it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from canon.ptp.containers import ContainerKind, container
from canon.trace.files import read
from canon.trace.records import Kind, Setup, Transfer
from canon.trace.telling import Step, tell

COMMAND, DATA, RESPONSE, EVENT = (
    ContainerKind.COMMAND,
    ContainerKind.DATA,
    ContainerKind.RESPONSE,
    ContainerKind.EVENT,
)


def told(path: Path) -> list[Step]:
    return list(tell(read(path)))


def only(steps: list[Step], name: str) -> Step:
    (one,) = [step for step in steps if step.name == name]
    return one


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)


def transfer(
    endpoint: int,
    data: bytes,
    *,
    index: int = 1,
    size: int | None = None,
    room: int = 0x4000,
    status: int = 0,
    kind: Kind = Kind.BULK,
    setup: Setup | None = None,
) -> Transfer:
    length = len(data) if size is None else size
    return Transfer(
        index, 0.0, 0.0, "", endpoint, kind, setup, data, size=length, room=room, status=status
    )


def out(data: bytes, index: int = 1) -> Transfer:
    return transfer(0x02, data, index=index)


def came(data: bytes, index: int = 2, **more: Any) -> Transfer:
    return transfer(0x81, data, index=index, **more)


def noticed(data: bytes, index: int) -> Transfer:
    return transfer(0x83, data, index=index, kind=Kind.INTERRUPT, room=8)


IDS = container(DATA, 0x1004, 7, words(1, 0x10001))
ASKED = out(container(COMMAND, 0x1004, 7))
ANSWERED = container(RESPONSE, 0x2001, 7)
TOLD = {"ids": ["0x00010001"]}
