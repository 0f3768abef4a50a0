"""Copy the pictures of a card into a folder for each day: photos/2003-06-14/100CANON/IMG_0001.JPG.

python copy_by_date.py [PORT] [FOLDER]
"""

import re
import sys
from pathlib import Path

import canon


def main(port: str = "", folder: str = "photos") -> None:
    """Copy each picture once, so that the same command keeps the folder up to date."""
    copied = 0
    with canon.open(port) as cam:
        for entry in cam.storage.walk("DCIM"):
            if entry.is_folder:
                continue
            day = Path(folder, f"{entry.modified:%Y-%m-%d}" if entry.modified else "undated")
            place = day / re.sub(r"\W", "_", entry.parent.name)  # two folders may share a name
            place.mkdir(parents=True, exist_ok=True)
            if not (place / entry.name).exists():
                cam.storage.download(entry, place)
                copied += 1
    print(f"{copied} files copied into {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
