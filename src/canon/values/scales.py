"""Scales: sensitivity, aperture, exposure time and compensation, as numbers or as words.

A step of a scale has its place in stops, whatever a camera calls it: `places` counts eighths of a
stop, and has the whole ones, the halves and the thirds that Canon's cameras have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, ClassVar, Never, Self, SupportsFloat

from canon.values.value import Value, code_in, in_words, no_such, unknown_text

if TYPE_CHECKING:
    from fractions import Fraction

_NEAR = 1 / 20  # of a stop: how far what is typed may be from a step


class Scale(Value, str):
    """A value that is a number, or a word such as "auto": `Iso(400) == 400`, `Iso("auto")`.

    It prints as it is typed, compares with numbers, and is ordered by light: what makes a picture
    brighter is greater. A word compares with text; "auto" comes before all numbers.
    """

    unit: ClassVar[str] = ""
    """What the number counts, for JSON."""
    places: ClassVar[Mapping[int, str]] = {}
    """The steps, by their place on the scale in eighths of a stop."""
    _words: ClassVar[Mapping[str, float]] = {}  # and where they stand among the numbers
    _pattern: ClassVar[str] = r"(.*)"
    _example: ClassVar[str] = ""

    def __new__(cls, value: object) -> Self:
        """The value of a number, or of a word: exactly that, whether a camera has it or not.

        Raises:
            ValueError: it is neither.
        """
        if isinstance(value, cls):
            return value
        word = str(value).strip().lower()
        if word in _by_label(cls) or word in cls._words or code_in(word) is not None:
            return str.__new__(cls, word)
        number = cls._read(value)
        if number is None:
            raise ValueError(f"{value!r} is no {in_words(cls)}; give one like {cls._example}")
        return str.__new__(cls, cls._label(number))

    @classmethod
    def unknown(cls, dialect: str, code: int) -> Self:
        """The value for a code that has no name."""
        value = str.__new__(cls, unknown_text(code))
        str.__setattr__(value, "_dialect", dialect)
        return value

    @classmethod
    def parse(cls, typed: object) -> Self:
        """The step that a person means: the nearest one within a twentieth of a stop, or a word.

        Raises:
            ValueError: the scale has no such step; the message has the nearest.
        """
        try:
            value = cls(typed)
        except ValueError:
            raise no_such(cls, typed, tuple(cls._words), cls._example) from None
        if value.place is not None or (number := value.number) is None:
            return value
        wanted = cls._stops(float(number))
        stops, step = min(_steps(cls), key=lambda step: abs(step[0] - wanted))
        if abs(stops - wanted) > _NEAR:
            raise no_such(cls, typed, (step,), cls._example)
        return cls(step)

    @classmethod
    def at(cls, place: int) -> Self | None:
        """The step at a place in eighths of a stop; None where there is none."""
        label = cls.places.get(place)
        return None if label is None else cls(label)

    @property
    def place(self) -> int | None:
        """Its place in eighths of a stop; None for words, and for what is no step."""
        return _by_label(type(self)).get(str(self))

    @property
    def number(self) -> Fraction | None:
        """Its number; None for "auto", "bulb" and what has no name."""
        if str(self) in self._words or self.code is not None:
            return None
        return _number_of(type(self), str(self))

    def __float__(self) -> float:
        number = self.number
        if number is None:
            raise ValueError(f"{in_words(type(self))} {self} is no number")
        return float(number)

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        said = str(self) if str(self).isdigit() else repr(str(self))
        return f"{type(self).__name__}({said})"

    def __eq__(self, other: object) -> bool:
        number = None if isinstance(other, Value) else self.number
        if number is None or isinstance(other, str):
            return number is None and Value.__eq__(self, other)
        return number == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        number = self.number
        return Value.__hash__(self) if number is None else hash(number)

    def __lt__(self, other: object) -> bool:
        return self._rank() < self._rank_of(other)

    def __le__(self, other: object) -> bool:
        return self._rank() <= self._rank_of(other)

    def __gt__(self, other: object) -> bool:
        return self._rank() > self._rank_of(other)

    def __ge__(self, other: object) -> bool:
        return self._rank() >= self._rank_of(other)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a value does not change; make another {type(self).__name__}")

    def _rank(self) -> float:
        """Where it stands among the others, the darkest first."""
        number = self.number
        if number is None:
            return self._words.get(str(self), -math.inf)
        return self._light(float(number))

    def _rank_of(self, other: object) -> float:
        """Where another value, or a number, stands; a TypeError for all else, texts too."""
        if isinstance(other, type(self)):
            return other._rank()
        if isinstance(other, SupportsFloat) and not isinstance(other, str):
            return self._light(float(other))
        raise TypeError(f"{self!r} and {other!r} are not of one scale")

    @classmethod
    def _light(cls, number: float) -> float:
        """What grows with the light that a number gives."""
        return number

    @classmethod
    def _stops(cls, number: float) -> float:
        """Where a number lies, in stops."""
        return math.log2(number)

    @classmethod
    def _label(cls, number: Fraction) -> str:
        """A number as people type it."""
        return _decimal(number)

    @classmethod
    def _read(cls, typed: object) -> Fraction | None:
        """The number that is typed; None when it is none of this scale."""
        from fractions import Fraction

        text = str(typed)
        if isinstance(typed, float) and math.isfinite(typed):
            text = str(Fraction(typed).limit_denominator(1 << 20))
        found = re.fullmatch(cls._pattern, text.strip().lower())
        if found is None:
            return None
        # "+1 1/3" is a whole number and a fraction of the same sign.
        sign, whole, number = found["sign"] or "", found["whole"] or "0", found["number"]
        try:
            size = Fraction(whole) + Fraction(number)
        except ZeroDivisionError:
            return None
        return -size if sign == "-" else size


@lru_cache(maxsize=512)
def _number_of(kind: type[Scale], label: str) -> Fraction | None:
    return kind._read(label)


def _decimal(number: Fraction) -> str:
    """A number with a decimal point where that says all of it: 28/10 is "2.8"."""
    text = f"{float(number):g}"
    return text if "e" not in text and _equals(text, number) else str(number)


def _equals(text: str, number: Fraction) -> bool:
    from fractions import Fraction

    return Fraction(text) == number


_NUMBER = r"(?P<number>\d{1,9}/\d{1,9}|\d{0,9}\.?\d{1,9}|\d{1,9}\.)"
_NO_SIGN = r"(?P<sign>)(?P<whole>)"


class Iso(Scale):
    """The sensitivity: "auto", 6 … 819200."""

    unit = "iso"
    places: ClassVar[Mapping[int, str]] = {
        -32: "6", -24: "12", -16: "25",
        -8: "50", -5: "64", -3: "80",
        0: "100", 3: "125", 5: "160",
        8: "200", 11: "250", 13: "320",
        16: "400", 19: "500", 21: "640",
        24: "800", 27: "1000", 29: "1250",
        32: "1600", 35: "2000", 37: "2500",
        40: "3200", 43: "4000", 45: "5000",
        48: "6400", 51: "8000", 53: "10000",
        56: "12800", 59: "16000", 61: "20000",
        64: "25600", 67: "32000", 69: "40000",
        72: "51200", 75: "64000", 77: "80000",
        80: "102400", 88: "204800", 96: "409600", 104: "819200",
    }  # fmt: skip
    _words: ClassVar[Mapping[str, float]] = {"auto": -math.inf}
    _pattern = rf"(?:iso *)?{_NO_SIGN}{_NUMBER}"
    _example = "400"

    @classmethod
    def _read(cls, typed: object) -> Fraction | None:
        return _positive(super()._read(typed))


class Aperture(Scale):
    """The f-number: f/1 … f/91, or "auto". It is below a line: f/8 lets in less light than f/4."""

    unit = "f_number"
    places: ClassVar[Mapping[int, str]] = {
        0: "f/1", 3: "f/1.1", 5: "f/1.2",
        8: "f/1.4", 11: "f/1.6", 12: "f/1.7", 13: "f/1.8",
        16: "f/2", 19: "f/2.2", 20: "f/2.4", 21: "f/2.5",
        24: "f/2.8", 27: "f/3.2", 28: "f/3.4", 29: "f/3.5",
        32: "f/4", 35: "f/4.5", 36: "f/4.8", 37: "f/5",
        40: "f/5.6", 43: "f/6.3", 44: "f/6.7", 45: "f/7.1",
        48: "f/8", 51: "f/9", 52: "f/9.5", 53: "f/10",
        56: "f/11", 59: "f/13", 60: "f/13.5", 61: "f/14",
        64: "f/16", 67: "f/18", 68: "f/19", 69: "f/20",
        72: "f/22", 75: "f/25", 76: "f/27", 77: "f/29",
        80: "f/32", 83: "f/36", 84: "f/38", 85: "f/40",
        88: "f/45", 91: "f/51", 92: "f/54", 93: "f/57",
        96: "f/64", 99: "f/72", 100: "f/76", 101: "f/81", 104: "f/91",
    }  # fmt: skip
    _words: ClassVar[Mapping[str, float]] = {"auto": -math.inf}
    _pattern = rf"(?:f */? *)?{_NO_SIGN}{_NUMBER}"
    _example = "f/8"

    @classmethod
    def _light(cls, number: float) -> float:
        return -number

    @classmethod
    def _stops(cls, number: float) -> float:
        return 2 * math.log2(number)

    @classmethod
    def _label(cls, number: Fraction) -> str:
        return f"f/{_decimal(number)}"

    @classmethod
    def _read(cls, typed: object) -> Fraction | None:
        return _positive(super()._read(typed))


class ShutterSpeed(Scale):
    """The exposure time in seconds: 30 … 0.8 … 1/32000, or "bulb", or "auto"."""

    unit = "seconds"
    places: ClassVar[Mapping[int, str]] = {
        -40: "30", -37: "25", -36: "23", -35: "20",
        -32: "15", -29: "13", -28: "11", -27: "10",
        -24: "8", -21: "6", -20: "5.7", -19: "5",
        -16: "4", -13: "3.2", -12: "3", -11: "2.5",
        -8: "2", -5: "1.6", -4: "1.5", -3: "1.3",
        0: "1", 3: "0.8", 4: "0.7", 5: "0.6",
        8: "0.5", 11: "0.4", 12: "0.35", 13: "0.3",
        16: "1/4", 19: "1/5", 21: "1/6",
        24: "1/8", 27: "1/10", 28: "1/11", 29: "1/13",
        32: "1/15", 35: "1/20", 36: "1/23", 37: "1/25",
        40: "1/30", 43: "1/40", 44: "1/45", 45: "1/50",
        48: "1/60", 51: "1/80", 52: "1/90", 53: "1/100",
        56: "1/125", 59: "1/160", 60: "1/180", 61: "1/200",
        64: "1/250", 67: "1/320", 68: "1/350", 69: "1/400",
        72: "1/500", 75: "1/640", 76: "1/750", 77: "1/800",
        80: "1/1000", 83: "1/1250", 84: "1/1500", 85: "1/1600",
        88: "1/2000", 91: "1/2500", 92: "1/3000", 93: "1/3200",
        96: "1/4000", 99: "1/5000", 100: "1/6000", 101: "1/6400",
        104: "1/8000", 107: "1/10000", 109: "1/12800",
        112: "1/16000", 115: "1/20000", 117: "1/25600", 120: "1/32000",
    }  # fmt: skip
    _words: ClassVar[Mapping[str, float]] = {"auto": -math.inf, "bulb": math.inf}
    _pattern = rf"{_NO_SIGN}{_NUMBER} *(?:s|sec|seconds)?"
    _example = "1/125"

    @classmethod
    def _label(cls, number: Fraction) -> str:
        return str(number) if number.numerator == 1 and 4 * number <= 1 else _decimal(number)

    @classmethod
    def _read(cls, typed: object) -> Fraction | None:
        return _positive(super()._read(typed))


def _compensations() -> dict[int, str]:
    """Five stops each way, in halves and thirds: 3 eighths stand for a third, 5 for two."""
    labels = {0: "0"}
    for whole in range(6):
        for eighths, part in {0: "", 3: "1/3", 4: "1/2", 5: "2/3"}.items():
            place, label = 8 * whole + eighths, f"{whole or ''} {part}".strip()
            if 0 < place <= 8 * 5:
                labels |= {place: f"+{label}", -place: f"-{label}"}
    return labels


class Compensation(Scale):
    """How much lighter or darker than measured, in stops: +5 … 0 … -5."""

    unit = "stops"
    places: ClassVar[Mapping[int, str]] = _compensations()
    _pattern = rf"(?P<sign>[+-]?)(?:(?P<whole>\d{{1,9}}) +)?{_NUMBER} *(?:ev)?"
    _example = "+1/3"

    @classmethod
    def _stops(cls, number: float) -> float:
        return number

    @classmethod
    def _label(cls, number: Fraction) -> str:
        sign = "+" if number > 0 else "-" if number < 0 else ""
        whole, rest = divmod(abs(number), 1)
        return sign + " ".join(str(part) for part in (whole, rest) if part) or "0"


def _positive(number: Fraction | None) -> Fraction | None:
    return number if number else None


@cache
def _by_label(kind: type[Scale]) -> dict[str, int]:
    return {label: place for place, label in kind.places.items()}


@cache
def _steps(kind: type[Scale]) -> tuple[tuple[float, str], ...]:
    """The steps of a scale: where each lies in stops, and its label."""
    return tuple((kind._stops(float(kind(label))), label) for label in kind.places.values())
