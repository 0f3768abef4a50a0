"""exiftool, the judge of the pictures in the tests of EXIF and of the scene."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from conftest import program


def exiftool(picture: bytes, *options: str) -> dict[str, Any]:
    """What exiftool reads from a picture: numbers as numbers, names as Group:Tag."""
    told = subprocess.run(
        [program("exiftool"), "-json", "-n", "-G1", "-a", *options, "-"],
        input=picture,
        capture_output=True,
        check=True,
    )
    fields: dict[str, Any] = json.loads(told.stdout)[0]
    return fields


def complaints(picture: bytes) -> list[str]:
    """What exiftool finds wrong with a picture."""
    told = exiftool(picture, "-validate", "-warning", "-error")
    return [f"{name}: {value}" for name, value in told.items() if "Warn" in name or "Err" in name]
