"""How files that come from a camera are named on this computer: a template with fields.

`{time:%Y/%Y-%m-%d}/{name}`, in the manner of Python's `str.format`. A template is checked when it
is made, before a camera is asked for anything; what a camera says never leaves the folder.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath

from canon.files import is_reserved, safe_name
from canon.frozen import Frozen, replace

BY_DAY = "{time:%Y/%Y-%m-%d}/{name}"
"""The template that is taken when none is given."""

_LONGEST_PART = 255  # bytes; no disk takes more
_MOST_DIGITS = 3  # of a width in a field
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATORS = re.compile(r"[/\\]")


class Naming(Frozen):
    """What a template can say of a file; each attribute is a field.

    Attributes:
        time: when it was taken.
        name: its name on the card: "IMG_0001.JPG".
        number: the digits at the end of its stem: "0001".
        folder: the folder on the card that it lies in: "100CANON".
        model: the camera's model.
        owner: the owner's name that is set in the camera.
        serial: the number of the body.
        job: what the user calls this import.
        seq: counts the pictures that were imported into the folder, from 1.
        sha256: of its bytes, in hexadecimal digits.
        stem: its name without the suffix.
        ext: its suffix without the dot.
    """

    time: datetime
    name: str
    folder: str
    model: str
    owner: str
    serial: str
    job: str
    seq: int
    sha256: str
    number: str = ""
    stem: str = ""
    ext: str = ""

    @classmethod
    def of(cls, name: str, **known: object) -> Naming:
        """With what the name of the file says by itself."""
        return cls(**known, **_parts_of(name))  # type: ignore[arg-type]  # the rest of the fields

    def called(self, name: str) -> Naming:
        """The same of a file of another name."""
        return replace(self, **_parts_of(name))


def _parts_of(name: str) -> dict[str, object]:
    """What the name of a file says by itself."""
    stem, dot, ext = name.rpartition(".")
    stem, ext = (stem, ext) if stem and dot else (name, "")
    digits = re.search(r"\d+\Z", stem)
    return {"name": name, "number": digits[0] if digits else "", "stem": stem, "ext": ext}


FIELDS = (
    *("time", "name", "stem", "ext", "number", "folder", "model", "owner", "serial", "job"),
    *("seq", "sha256"),
)
_SAMPLE = Naming.of(
    "IMG_0001.JPG",
    time=datetime(2003, 6, 14, 9, 30),
    folder="100CANON",
    model="PowerShot G3",
    owner="owner",
    serial="1",
    job="job",
    seq=1,
    sha256="0" * 64,
)


class Template:
    """Where files go, below one folder.

    A file keeps its suffix, also where the template does not say it.

    Args:
        text: the template.

    Attributes:
        text: the same.
        fields: the names of the fields in it.

    Raises:
        ValueError: a field is not known, or what comes out could not be a path in the folder.
    """

    def __init__(self, text: str = BY_DAY) -> None:
        self.text = text
        self._pieces = list(_pieces(text))
        self.fields = frozenset(field for _, field, _ in self._pieces if field)
        self._check(text)

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    def path(self, naming: Naming) -> PurePosixPath:
        """Where a file goes, below the folder, by what is known of it."""
        parts = [safe_name(part) for part in self._parts(naming)]
        name = parts.pop()
        suffix = f".{naming.ext}" if naming.ext else ""
        if not name.casefold().endswith(suffix.casefold()):
            name = safe_name(name + suffix)
        return PurePosixPath(*parts, name)

    def _parts(self, naming: Naming) -> list[str]:
        """The names of the folders and of the file, as the template has them."""
        text = "".join(
            literal + (_value(naming, field, spec) if field else "")
            for literal, field, spec in self._pieces
        )
        return [part for part in _SEPARATORS.split(text) if part]

    def _check(self, text: str) -> None:
        try:
            parts = self._parts(_SAMPLE)
        except ValueError as error:
            raise _wrong(text, str(error)) from None
        if text.startswith(("/", "\\")) or _DRIVE.match(text):
            raise _wrong(text, "it must begin below the folder, not at the root of a disk")
        if not parts or text.endswith(("/", "\\")):
            raise _wrong(text, "the name of the file is missing at its end; {name} is one")
        for part in parts:
            if part in (".", ".."):
                raise _wrong(text, f"it leaves the folder by {part!r}")
            if is_reserved(part):
                raise _wrong(text, f"Windows takes {part!r} for a device")
            if len(part.encode()) > _LONGEST_PART:
                raise _wrong(text, f"{part[:20]!r}… has over {_LONGEST_PART} bytes")


def _wrong(text: str, why: str) -> ValueError:
    shown = text if len(text) <= _LONGEST_PART else f"{text[:40]}…"
    return ValueError(f"the template {shown!r} cannot be used: {why}")


def _pieces(text: str) -> list[tuple[str, str, str]]:
    """Text, then the field behind it, and how that is written."""
    import string

    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise _wrong(text, f"{error}; a brace that stands for itself is written twice") from None
    pieces = []
    for literal, field, spec, conversion in parsed:
        if field is not None and field not in FIELDS:
            from difflib import get_close_matches

            near = get_close_matches(field, FIELDS, n=1)
            hint = f"; the nearest is {{{near[0]}}}" if near else ""
            raise _wrong(text, f"there is no field {{{field}}} among {', '.join(FIELDS)}{hint}")
        if conversion or (spec and "{" in spec):
            raise _wrong(text, f"{{{field}}} can have a format behind a colon, and nothing else")
        if field != "time" and spec and any(map(_is_too_wide, re.findall(r"\d+", spec))):
            raise _wrong(text, f"{{{field}:{spec}}} is too wide")
        pieces.append((literal, field or "", spec or ""))
    return pieces


def _is_too_wide(digits: str) -> bool:
    return len(digits.lstrip("0")) > _MOST_DIGITS


def _value(naming: Naming, field: str, spec: str) -> str:
    """One field as it is written; only a time may make folders of its own."""
    value = getattr(naming, field)
    if isinstance(value, datetime):
        return "_".join(format(value, spec).split(":"))
    if isinstance(value, str):
        value = _SEPARATORS.sub("_", value) or "unknown"
        value = value if value.strip(".") else "_"
    return format(value, spec)
