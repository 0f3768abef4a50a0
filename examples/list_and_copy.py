"""Name every camera that is there, and copy what is on the card of one.

python list_and_copy.py [PORT] [FOLDER]
"""

import re
import sys
from pathlib import Path

import canon


def main(port: str = "", folder: str = "pictures") -> None:
    """Copy each file once; what is in the folder already stays as it is."""
    for found in canon.list(port):
        print(found.port, found.name)
    with canon.open(port) as cam:
        for entry in cam.storage.walk():
            place = Path(folder, re.sub(r"\W", "_", str(entry.parent)))  # two may have one name
            if not entry.is_folder and not (place / entry.name).exists():
                place.mkdir(parents=True, exist_ok=True)
                print(entry, "->", cam.storage.download(entry, place))


if __name__ == "__main__":
    main(*sys.argv[1:])
