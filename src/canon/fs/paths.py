"""A card for universal_pathlib: `UPath("canon:///DCIM/100CANON/IMG_0001.JPG")`."""

from __future__ import annotations

from upath import UPath


class CanonPath(UPath):
    """A file or a folder of a card, with the manners of `pathlib.Path`; its text keeps the host."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self.is_absolute():
            return super().__str__()
        return f"{self.protocol}://{self.storage_options.get('host', '')}{self.path}"
