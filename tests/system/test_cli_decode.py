"""`canon-remote decode` as a user runs it: in a process of its own, which knows nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("name", "commands", "wanted"),
    [
        ("g3-gphoto2-capture.jsonl", 27, {"Identify", "Release", "GetFile", "CaptureStatus"}),
        ("g3-remotecapture-session.jsonl", 146, {"LockFocus", "GetAllowedValues", "GetZoom"}),
        ("g3-remotecapture-macro.jsonl", 4, {"SetReleaseParameters"}),
    ],
)
def test_a_recording_is_told_by_name(
    name: str, commands: int, wanted: set[str], traces: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "canon.cli.main", "decode", str(traces / name), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    names = [row["name"] for row in told]
    assert wanted <= set(names)
    assert not [name for name in names if "Unknown" in name]
    assert len([row for row in told if row["reply"] is not None]) >= commands
    assert {"index", "name", "fields", "reply", "unexplained"} <= set(told[0])
