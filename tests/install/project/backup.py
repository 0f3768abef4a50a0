"""A program of somebody who has installed canon-remote: it copies a card, and takes a picture.

tests/install/test_types.py runs it on the wheel, and has mypy --strict and pyright read it.
"""

import sys
from pathlib import Path
from typing import assert_type

import canon


def backup(cam: canon.Camera, folder: Path) -> list[Path]:
    """Copy all files of the card into one folder."""
    folder.mkdir(exist_ok=True)
    saved: list[Path] = []
    for entry in cam.storage.walk("DCIM"):
        assert_type(entry, canon.Entry)
        if not entry.is_folder:
            saved.append(cam.storage.download(entry, folder))
    return saved


def shoot(cam: canon.Camera) -> bytes:
    """The bytes of a picture, which is what a picture is."""
    cam.settings.set(iso=100)
    assert_type(cam.settings.read("iso").iso, canon.Iso)
    shot = cam.capture.shoot()
    assert_type(shot, canon.Shot)
    assert_type(shot.first, canon.Picture)
    assert_type(shot.entries, tuple[canon.Entry, ...])
    return shot.first


def main() -> None:
    """Say which camera it is, and what was copied."""
    with canon.open(sys.argv[1]) as cam:
        assert_type(cam, canon.Camera)
        assert_type(cam.features, frozenset[canon.Feature])
        print(cam.model, len(shoot(cam)) > 10_000)
        for frame in cam.live:
            assert_type(frame, canon.Frame)
            break
        try:
            for path in backup(cam, Path(sys.argv[2])):
                print(path.name)
        except canon.Refused as error:
            assert_type(error.code, int)
            sys.exit(str(error))


if __name__ == "__main__":
    main()
