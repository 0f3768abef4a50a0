"""Name every camera that is there, and copy what is on the card of one.

python list_and_copy.py [PORT] [FOLDER]
"""

import sys
from pathlib import Path

import canon


def main(port: str = "", folder: str = "pictures") -> None:
    """Copy each file once; what is in the folder already stays as it is."""
    for found in canon.list(port):
        print(found.port, found.name)
    Path(folder).mkdir(exist_ok=True)
    with canon.open(port) as cam:
        for entry in cam.storage.walk():
            if not entry.is_folder and not Path(folder, entry.name).exists():
                print(entry, "->", cam.storage.download(entry, folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
