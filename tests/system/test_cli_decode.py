"""`canon-remote decode` on the recordings of a real camera."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_helpers import answers


@pytest.mark.parametrize(
    ("name", "commands", "wanted"),
    [
        ("g3-gphoto2-capture.jsonl", 27, {"Identify", "Release", "GetFile", "CaptureStatus"}),
        ("g3-remotecapture-session.jsonl", 146, {"LockFocus", "GetAllowedValues", "GetZoom"}),
        ("g3-remotecapture-macro.jsonl", 4, {"SetReleaseParameters"}),
    ],
)
def test_a_recording_is_told_by_name(
    name: str, commands: int, wanted: set[str], traces: Path, tmp_path: Path
) -> None:
    told = answers(tmp_path, "decode", str(traces / name))
    names = [row["name"] for row in told]
    assert wanted <= set(names)
    assert not [name for name in names if "Unknown" in name]
    assert len([row for row in told if row["reply"] is not None]) >= commands
    assert {"index", "name", "fields", "reply", "unexplained"} <= set(told[0])
