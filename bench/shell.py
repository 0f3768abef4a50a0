"""canon-remote behind a prompt, so that it can be measured beside gphoto2's own shell."""

# ruff: noqa: T201  (it talks on stdout)

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import canon
from canon.camera import Camera
from canon.driver.card import Entry
from canon.values import CaptureTarget


def summary(cam: Camera) -> None:
    """What gphoto2's summary asks: who it is, its power, its cards, its clock."""
    power = cam.power
    print(cam.model, cam.firmware_version, cam.owner, power.on_ac, power.battery)
    print(*cam.storage.cards(), cam.camera_time)


def ls(cam: Camera, folder: str) -> None:
    """The names in a folder."""
    print(*(entry.name for entry in cam.storage.ls(folder)))


def get(cam: Camera, folder: str) -> None:
    """Fetch all files of a folder into this one."""
    for entry in cam.storage.ls(folder):
        cam.storage.download(entry)


def thumbs(cam: Camera, folder: str) -> None:
    """Save the thumbnails of all files of a folder."""
    for entry in cam.storage.ls(folder):
        Path(f"thumb_{entry.name}").write_bytes(cam.storage.thumbnail(entry))


def put(cam: Camera, name: str, to: str) -> None:
    """Put a file of this folder on the card."""
    cam.storage.upload(name, to)


def change(cam: Camera, *changes: str) -> None:
    """Change settings, all of them at once."""
    cam.settings.set(dict(change.split("=") for change in changes))


def read(cam: Camera, name: str) -> None:
    """What a setting is, and may be."""
    print(cam.settings.describe(name))


def capture(cam: Camera) -> None:
    """Take a picture to the host, and save it."""
    cam.capture.shoot(to=".")


def shoot(cam: Camera) -> None:
    """Take a picture to the card, and fetch it."""
    for entry in cam.capture.shoot(target=CaptureTarget.CARD).entries:
        if isinstance(entry, Entry):
            cam.storage.download(entry)


def start(cam: Camera) -> None:
    """Enter release control."""
    cam.remote.start()


def live(cam: Camera, count: str) -> None:
    """Save so many frames of the viewfinder, one over the other."""
    for frame in islice(cam.live, int(count)):
        Path("frame.jpg").write_bytes(frame)


VERBS: dict[str, Callable[..., None]] = {
    "summary": summary,
    "ls": ls,
    "get": get,
    "thumbs": thumbs,
    "put": put,
    "set": change,
    "read": read,
    "capture": capture,
    "shoot": shoot,
    "start": start,
    "live": live,
}


def main() -> None:
    """Answer line by line until the input ends."""
    with canon.open() as cam:
        print("canon> ", end="", flush=True)
        for line in sys.stdin:
            verb, *words = line.split()
            VERBS[verb](cam, *words)
            print("canon> ", end="", flush=True)


if __name__ == "__main__":
    main()
