"""What the tests of EXIF and of the scene share: the recorded photo and exiftool, the judge."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from conftest import ROOT, needed, program


def recorded(name: str) -> bytes:
    """A file of the recordings; without them the test is skipped, in CI it fails."""
    path = Path(os.environ.get("CANON_TRACES", ROOT.parent / "shared" / "traces"), name)
    if not path.is_file():
        needed(f"there is no recording {path}; set CANON_TRACES")
    return path.read_bytes()


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
