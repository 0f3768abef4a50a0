"""python-gphoto2 behind a prompt that takes the lines of gphoto2's own shell."""

# ruff: noqa: T201  (it talks on stdout)

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

gp: Any = import_module("gphoto2")  # it has no annotations


class Shell:
    """One camera, open; the verbs are named as gphoto2's shell names them.

    Attributes:
        camera: the camera.
        folder: the folder on its card that names count from.
    """

    def __init__(self) -> None:
        self.camera = gp.Camera()
        self.camera.init()
        self.folder = "/"

    def storage_info(self) -> None:
        """What cards there are."""
        print(len(self.camera.get_storageinfo()))

    def ls(self, folder: str) -> None:
        """The names in a folder."""
        print(*(name for name, _ in self.camera.folder_list_files(folder)))

    def cd(self, folder: str) -> None:
        """Go to a folder."""
        self.folder = folder

    def get(self, name: str) -> None:
        """Fetch a file."""
        self._save(self.folder, name, gp.GP_FILE_TYPE_NORMAL, name)

    def get_thumbnail(self, name: str) -> None:
        """Fetch the thumbnail of a file."""
        self._save(self.folder, name, gp.GP_FILE_TYPE_PREVIEW, f"thumb_{name}")

    def get_config(self, name: str) -> None:
        """What a setting is, and may be."""
        widget = self.camera.get_single_config(name)
        print(widget.get_value(), *widget.get_choices())

    def set_config(self, change: str) -> None:
        """Change a setting; a number is one of its choices, as for gphoto2."""
        name, _, value = change.partition("=")
        widget = self.camera.get_single_config(name)
        choices = list(widget.get_choices())
        widget.set_value(choices[int(value)] if value not in choices else value)
        self.camera.set_single_config(name, widget)

    def capture_image_and_download(self) -> None:
        """Take a picture, fetch and fetch its files: until nothing more comes."""
        path = self.camera.capture(gp.GP_CAPTURE_IMAGE)
        while True:
            self._save(path.folder, path.name, gp.GP_FILE_TYPE_NORMAL, path.name)
            kind, path = self.camera.wait_for_event(_LISTENS_MS)
            while kind not in (gp.GP_EVENT_FILE_ADDED, gp.GP_EVENT_TIMEOUT):
                kind, path = self.camera.wait_for_event(_LISTENS_MS)
            if kind == gp.GP_EVENT_TIMEOUT:
                return

    def capture_preview(self) -> None:
        """Save a frame of the viewfinder."""
        self.camera.capture_preview().save("frame.jpg")

    def _save(self, folder: str, name: str, kind: int, to: str) -> None:
        self.camera.file_get(folder, name, kind).save(str(Path(to)))


_LISTENS_MS = 100
"""How long it listens after a picture: until nothing comes, as programs of its users do."""


def main() -> None:
    """Answer line by line until the input ends."""
    shell = Shell()
    print("python> ", end="", flush=True)
    for line in sys.stdin:
        verb, *words = line.split(" ", 1)
        answer: Callable[..., None] = getattr(shell, verb.strip().replace("-", "_"))
        answer(*(word.strip() for word in words))
        print("python> ", end="", flush=True)
    shell.camera.exit()


if __name__ == "__main__":
    main()
