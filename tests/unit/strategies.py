"""Hypothesis strategies for every message, made from the codecs of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from canon.native import commands, events, release
from canon.native.commands import CustomValue, Listed
from canon.native.release import Elements
from canon.ps350 import packets
from canon.ptp import containers, datasets, ip_packets, operations
from canon.ptp.datasets import (
    MOST_TEXT,
    Array,
    Choices,
    DataType,
    DevicePropDesc,
    PropertyValue,
    PtpText,
    Range,
    value_codec,
)
from canon.ptp.eos import focus, formats, records
from canon.ptp.eos import layouts as eos
from canon.ptp.powershot import layouts as powershot
from canon.strings import Bare, Last, Names, Version, ZString
from canon.wire import Code, Codec, Inner, Message, Number, Raw, Text

M = TypeVar("M", bound=Message)

LAYOUTS = (
    commands,
    release,
    events,
    containers,
    ip_packets,
    datasets,
    operations,
    powershot,
    eos,
    records,
    formats,
    focus,
    packets,
)


def messages() -> list[type[Message]]:
    """Every message class of the layout modules, found by walking the subclasses."""
    found: dict[type[Message], None] = {}
    ahead: list[type[Message]] = [Message]
    while ahead:
        kind = ahead.pop(0)
        ahead += kind.__subclasses__()
        found[kind] = None
    names = {module.__name__ for module in LAYOUTS}
    return [kind for kind in found if kind.__module__ in names]


def message(kind: type[M]) -> SearchStrategy[M]:
    """Any message of a class that its fields can hold."""
    if issubclass(kind, DevicePropDesc):
        return cast("SearchStrategy[M]", st.sampled_from(DataType).flatmap(_description))
    fields = {name: of_codec(codec) for name, codec, _ in kind.layout()}
    return st.builds(kind, **fields)


def of_codec(codec: Codec[Any]) -> SearchStrategy[Any]:
    """The values of a codec; a codec that nobody has told how to test is a LookupError."""
    try:
        return _STRATEGIES[type(codec)](codec)
    except KeyError:
        raise LookupError(f"{type(codec).__name__} has no strategy in tests/unit") from None


def text(longest: int | None = None, *, least: int = 0) -> SearchStrategy[str]:
    """What a camera can store: latin-1 without NUL."""
    letters = st.characters(min_codepoint=1, max_codepoint=0xFF)
    return st.text(letters, min_size=least, max_size=longest if longest is not None else 40)


def _number(codec: Number) -> SearchStrategy[int]:
    bits = 8 * codec.smallest
    low = -(1 << bits - 1) if codec.signed else 0
    return st.integers(low, low + (1 << bits) - 1)


def _raw(codec: Raw) -> SearchStrategy[bytes]:
    least = codec.smallest
    return st.binary(min_size=least, max_size=least if codec.fixed else 64)


def _listed() -> SearchStrategy[Listed]:
    word, long = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
    # An entry of zeros without a name is the end mark.
    return st.builds(Listed, word, long, long, text()).filter(lambda row: any(row))


def _elements() -> SearchStrategy[Elements]:
    small = st.lists(st.integers(0, 0xFF), max_size=40).map(tuple)
    large = st.lists(st.integers(0, 0xFFFF), max_size=40).map(tuple)
    return st.builds(Elements, st.just(2), small) | st.builds(Elements, st.just(4), large)


def _custom_values() -> SearchStrategy[tuple[CustomValue, ...]]:
    byte = st.integers(0, 0xFF)
    return st.lists(st.builds(CustomValue, byte, byte), max_size=30).map(tuple)


def _ptp_text() -> SearchStrategy[str]:
    letters = st.characters(min_codepoint=1, exclude_categories=["Cs"])
    return st.text(letters, max_size=MOST_TEXT // 2)  # a letter may take two units


def _array(codec: Array) -> SearchStrategy[tuple[int, ...]]:
    return st.lists(_number(codec.number), max_size=40).map(tuple)


def _functions() -> SearchStrategy[tuple[formats.FunctionGroup, ...]]:
    word = st.integers(0, 0xFFFFFFFF)
    function = st.builds(formats.CustomFunction, word, st.lists(word, max_size=3).map(tuple))
    functions = st.lists(function, max_size=5).map(tuple)
    return st.lists(st.builds(formats.FunctionGroup, word, functions), max_size=4).map(tuple)


def _description(kind: DataType) -> SearchStrategy[DevicePropDesc]:
    """A description of a property of that type."""
    word = st.integers(0, 0xFFFF)
    value: SearchStrategy[PropertyValue] = of_codec(value_codec(kind))
    choices = st.lists(value, max_size=8).map(tuple)
    form = st.none() | st.builds(Range, value, value, value) | st.builds(Choices, choices)
    writable = st.integers(0, 1)
    return st.builds(DevicePropDesc, word, st.just(kind), writable, value, value, form)


_STRATEGIES: dict[type[Codec[Any]], Callable[[Any], SearchStrategy[Any]]] = {
    Number: _number,
    Code: lambda codec: _number(codec.number).map(codec.kind),
    Raw: _raw,
    Text: lambda codec: text(codec.smallest - 1),
    Inner: lambda codec: message(codec.kind),
    ZString: lambda codec: text(),
    Last: lambda codec: text(),
    Names: lambda codec: st.lists(text(least=1), max_size=5).map(tuple),
    Version: lambda codec: st.binary(min_size=4, max_size=4).map(
        lambda raw: ".".join(str(part) for part in raw)
    ),
    commands._Formats: lambda codec: st.lists(message(commands.PictureFormat), max_size=16).map(
        tuple
    ),
    commands._Listing: lambda codec: st.lists(_listed(), max_size=12).map(tuple),
    Bare: lambda codec: text(),
    packets._Name: lambda codec: text(codec.smallest),
    packets._Entries: lambda codec: st.lists(message(packets.Listed), max_size=12).map(tuple),
    commands._CustomValues: lambda codec: _custom_values(),
    release._Elements: lambda codec: _elements(),
    PtpText: lambda codec: _ptp_text(),
    ip_packets.WideText: lambda codec: _ptp_text(),
    records._Name: lambda codec: text(16),
    records._ToNul: lambda codec: text(),
    records._Late: lambda codec: st.integers(0, 0xFFFFFFFF),
    eos.Listed: lambda codec: st.lists(message(eos.ListedObject), max_size=8).map(tuple),
    formats._Groups: lambda codec: _functions(),
    Array: _array,
}
