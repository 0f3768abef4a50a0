"""Its test, on the virtual camera of our pytest plug-in."""

from pathlib import Path

from backup import backup

import canon


def test_every_file_comes(canon_camera: canon.Camera, tmp_path: Path) -> None:
    """The card is copied."""
    assert backup(canon_camera, tmp_path)
