"""Pictures of the scene that are drawn already: those of fresh cards, which so need no Pillow.

`python tests/ready_pictures.py` draws them anew.
"""

from __future__ import annotations

from importlib import resources

FOLDER = resources.files("canon.virtual.pictures") / "ready"
"""Where they lie: a JPEG without EXIF each."""


def ready(name: str) -> bytes | None:
    """The picture of that name; None where there is none."""
    file = FOLDER / f"{name}.jpg"
    return file.read_bytes() if file.is_file() else None
