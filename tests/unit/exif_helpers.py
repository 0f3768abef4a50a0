"""What the tests of EXIF and of the scene share: the recorded photo and exiftool, the judge."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest


def recorded(name: str) -> bytes:
    """A file of the recordings; without them the test is skipped, in CI it fails."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "traces"
    path = Path(os.environ.get("CANON_TRACES") or beside) / name
    if not path.is_file():
        reason = f"no recording at {path}; set CANON_TRACES to the folder of the recordings"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path.read_bytes()


def exiftool(picture: bytes, *options: str) -> dict[str, Any]:
    """What exiftool reads from a picture: numbers as numbers, names as Group:Tag."""
    told = subprocess.run(
        ["exiftool", "-json", "-n", "-G1", "-a", *options, "-"],
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
