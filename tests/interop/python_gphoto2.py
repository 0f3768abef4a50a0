"""gphoto2's command line, spoken by python-gphoto2: the same words, and the lines that it answers.

So one table of verbs judges both: Debian's program, and the later libgphoto2 that the wheel of
python-gphoto2 brings. Words are done from left to right, in one session.
"""

# ruff: noqa: T201  (it talks on stdout)

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

gp: Any = import_module("gphoto2")  # it has no annotations

WITH_VALUE = (
    *("--folder", "--get-file", "--get-thumbnail", "--delete-file", "--upload-file"),
    *("--set-config", "--set-config-index", "--get-config"),
)
MODIFIERS = "--keep", "--stdout", "--folder"
TURN_MS, EVENT_MS = 200, 60
PATIENCE_S = 30
FRAMES = 10  # a second of a movie


class Run:
    """What one line of words does.

    Args:
        words: option and value of each.

    Attributes:
        camera: the camera, open.
        failed: whether something was refused.
        lasted_ms: what the last event counts for of the time that is waited.
    """

    def __init__(self, words: list[tuple[str, str]]) -> None:
        given = dict(words)
        self.keep = "--keep" in given
        self.folder = given.get("--folder", "/")
        self.camera = gp.Camera()
        self.context = gp.Context()
        self.failed = False
        self.lasted_ms = 0
        self._heard = self.context.set_error_func(self._hear, None)

    def do(self, option: str, value: str) -> None:
        """Do one word; what libgphoto2 refuses is said as gphoto2 says it."""
        verb: Callable[..., None] = getattr(self, option.removeprefix("--").replace("-", "_"))
        try:
            verb(*([value] if value else []))
        except gp.GPhoto2Error as error:
            self.failed = True
            if option.startswith("--capture-image"):
                print("ERROR: Could not capture image.")
            print(f"*** Error ({error.code}: '{error.string}') ***")

    @staticmethod
    def _hear(_context: object, text: bytes | str, _data: object) -> None:
        print(text.decode("latin-1") if isinstance(text, bytes) else text)

    # --- what it is, and its settings -------------------------------------------------------------

    def auto_detect(self) -> None:
        for name, port in gp.Camera.autodetect(self.context).items():
            print(f"{name:<30} {port}")

    def summary(self) -> None:
        print(self.camera.get_summary(self.context))

    def list_all_config(self) -> None:
        def walk(widget: Any, path: str) -> Iterator[tuple[str, Any]]:
            path += f"/{widget.get_name()}"
            for child in widget.get_children():
                yield from walk(child, path)
            if not widget.count_children():
                yield path, widget

        for path, widget in walk(self.camera.get_config(self.context), ""):
            print(path)
            # A text that libgphoto2 leaves empty cannot be asked for: Python would end there.
            if widget.get_type() != gp.GP_WIDGET_TEXT:
                self._show(widget)

    def get_config(self, name: str) -> None:
        self._show(self._setting(name))

    def set_config(self, change: str) -> None:
        name, _, value = change.partition("=")
        widget = self._setting(name)
        kind = widget.get_type()
        if kind == gp.GP_WIDGET_RADIO:
            choices = list(widget.get_choices())
            if value not in choices and int(value) >= len(choices):
                self.failed = True
                print(f"{name} cannot be {value}.")
                return
            widget.set_value(value if value in choices else choices[int(value)])
        else:
            widget.set_value(int(value) if kind == gp.GP_WIDGET_TOGGLE else value)
        self.camera.set_single_config(name, widget, self.context)

    def set_config_index(self, change: str) -> None:
        name, _, index = change.partition("=")
        widget = self._setting(name)
        widget.set_value(widget.get_choice(int(index)))
        self.camera.set_single_config(name, widget, self.context)

    def _setting(self, name: str) -> Any:
        try:
            return self.camera.get_single_config(name, self.context)
        except gp.GPhoto2Error:
            print(f"{name} not found in configuration tree.")
            raise

    def _show(self, widget: Any) -> None:
        print("Label:", widget.get_label())
        print("Current:", widget.get_value())
        if widget.get_type() == gp.GP_WIDGET_RADIO:
            for number, choice in enumerate(widget.get_choices()):
                print("Choice:", number, choice)

    # --- the card ---------------------------------------------------------------------------------

    def list_files(self) -> None:
        def walk(folder: str) -> Iterator[str]:
            yield from self.camera.folder_list_files(folder, self.context).keys()
            for name, _ in self.camera.folder_list_folders(folder, self.context).items():
                yield from walk(f"{folder.rstrip('/')}/{name}")

        for number, name in enumerate(walk(self.folder), 1):
            print(f"#{number} {name}")

    def _numbered(self, number: str) -> str:
        files = self.camera.folder_list_files(self.folder, self.context)
        return str(files.get_name(int(number) - 1))

    def get_file(self, number: str) -> None:
        name = self._numbered(number)
        self._save(self.folder, name, name)

    def get_thumbnail(self, number: str) -> None:
        name = self._numbered(number)
        self._save(self.folder, name, f"thumb_{name}", gp.GP_FILE_TYPE_PREVIEW)

    def delete_file(self, number: str) -> None:
        self.camera.file_delete(self.folder, self._numbered(number), self.context)

    def upload_file(self, name: str) -> None:
        file = gp.CameraFile()
        file.open(name)
        self.camera.folder_put_file(self.folder, name, gp.GP_FILE_TYPE_NORMAL, file, self.context)

    def _save(self, folder: str, name: str, target: str, kind: int | None = None) -> None:
        kind = gp.GP_FILE_TYPE_NORMAL if kind is None else kind
        print(f"Saving file as {target}", flush=True)
        self.camera.file_get(folder, name, kind).save(target)

    # --- pictures, and what the body tells --------------------------------------------------------

    def capture_image(self) -> None:
        path = self.camera.capture(gp.GP_CAPTURE_IMAGE, self.context)
        place = f"{path.folder.rstrip('/')}/{path.name}"
        print(f"New file is in location {place} on the camera")

    def capture_image_and_download(self) -> None:
        path = self.camera.capture(gp.GP_CAPTURE_IMAGE, self.context)
        self._fetch(path)
        while self._event(1000, download=True) != gp.GP_EVENT_TIMEOUT:
            pass

    def trigger_capture(self) -> None:
        self.camera.trigger_capture(self.context)

    def wait_event(self, until: str) -> None:
        self._wait(until, download=False)

    def wait_event_and_download(self, until: str) -> None:
        self._wait(until, download=True)

    def capture_tethered(self) -> None:
        try:
            while True:
                self._event(TURN_MS, download=True)
        except KeyboardInterrupt:
            print("Cancelled.")

    def _wait(self, until: str, *, download: bool) -> None:
        """Wait for that event, or so many seconds; what properties and display tell takes none."""
        left = (float(until[:-1]) if until.endswith("s") else PATIENCE_S) * 1000
        while left > 0:
            kind = self._event(TURN_MS, download=download)
            if until == "CAPTURECOMPLETE" and kind == gp.GP_EVENT_CAPTURE_COMPLETE:
                break
            left -= self.lasted_ms

    def _event(self, patience_ms: int, *, download: bool) -> int:
        kind, data = self.camera.wait_for_event(patience_ms, self.context)
        self.lasted_ms = patience_ms if kind == gp.GP_EVENT_TIMEOUT else EVENT_MS
        if kind == gp.GP_EVENT_FILE_ADDED and download:
            self._fetch(data)
        elif kind == gp.GP_EVENT_FILE_ADDED:
            print("FILEADDED", data.name, data.folder)
        elif kind == gp.GP_EVENT_CAPTURE_COMPLETE:
            print("CAPTURECOMPLETE")
        elif kind == gp.GP_EVENT_UNKNOWN:
            print("UNKNOWN", data)
            self.lasted_ms *= not str(data).startswith(("PTP Property", "OLC"))
        return int(kind)

    def _fetch(self, path: Any) -> None:
        self._save(path.folder, path.name, path.name)
        if not self.keep:
            self.camera.file_delete(path.folder, path.name, self.context)

    # --- live view --------------------------------------------------------------------------------

    def capture_preview(self) -> None:
        self.camera.capture_preview().save("capture_preview.jpg")

    def capture_movie(self, seconds: str) -> None:
        for _ in range(round(FRAMES * float(seconds.removesuffix("s")))):
            frame = self.camera.capture_preview()
            sys.stdout.buffer.write(memoryview(frame.get_data_and_size()))


def parsed(words: list[str]) -> Iterator[tuple[str, str]]:
    """The options with their values."""
    rest = iter(words)
    for word in rest:
        option, _, value = word.partition("=")
        yield option, next(rest) if option in WITH_VALUE else value


def main() -> int:
    """Do all that was asked."""
    words = list(parsed(sys.argv[1:]))
    run = Run(words)
    for option, value in words:
        if option not in MODIFIERS:
            run.do(option, value)
    run.camera.exit(run.context)
    return int(run.failed)


if __name__ == "__main__":
    sys.exit(main())
