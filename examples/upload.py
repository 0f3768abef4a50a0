"""Put a file of this computer on the card, where the camera shows it.

python upload.py FILE [PORT] [FOLDER]
"""

import sys

import canon


def main(file: str, port: str = "", folder: str = "DCIM/100CANON") -> None:
    """Say what became of it; most errors are the card's, and say what to do."""
    with canon.open(port) as cam:
        try:
            entry = cam.storage.upload(file, folder)
        except canon.NotSupported as error:
            sys.exit(f"not with this camera: {error}")
        except canon.CanonError as error:
            sys.exit(f"not now: {error}")
        print(entry, entry.size, "bytes;", *cam.storage.cards())


if __name__ == "__main__":
    main(*sys.argv[1:])
