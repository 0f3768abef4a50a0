"""A card for universal_pathlib: `UPath("canon:///DCIM/100CANON/IMG_0001.JPG")`."""

from __future__ import annotations

from fsspec import get_filesystem_class
from upath import UPath

from canon.fs.spec import SCHEME

get_filesystem_class(SCHEME)
"""UPath parses an address as the file system does only if fsspec has that one loaded already; else
it warns, and takes the host for a folder."""


class CanonPath(UPath):
    """A file or a folder of a card, with the manners of `pathlib.Path`; its text keeps the host."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self.is_absolute():
            return super().__str__()
        return f"{self.protocol}://{self.storage_options.get('host', '')}{self.path}"
