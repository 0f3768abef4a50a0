"""A program of somebody who has installed canon-remote: it copies what is on a card.

tests/typed/test_installed.py runs it on the wheel, and has mypy --strict and pyright read it.
"""

import sys
from pathlib import Path
from typing import assert_type

import canon
from canon.camera import Camera


def backup(cam: Camera, folder: Path) -> list[Path]:
    """Copy all files of the card into one folder."""
    folder.mkdir(exist_ok=True)
    saved = []
    for entry in cam.storage.walk("DCIM"):
        if not entry.is_folder:
            assert_type(entry.name, str)
            saved.append(cam.storage.download(entry, folder))
    return saved


def main() -> None:
    """Say which camera it is, and what was copied."""
    with canon.open(sys.argv[1]) as cam:
        assert_type(cam, Camera)
        assert_type(cam.model, str)
        print(cam.model)
        try:
            for path in backup(cam, Path(sys.argv[2])):
                print(path.name)
        except canon.Refused as error:
            assert_type(error.code, int)
            sys.exit(str(error))


if __name__ == "__main__":
    main()
