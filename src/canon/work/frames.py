"""The frames of a series: what is needed for them, how each is taken, and where its files go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.driver.shot import MayGo, Shot
from canon.errors import NotSupported
from canon.frozen import Frozen
from canon.values import CaptureTarget
from canon.work.power import PowerWatch
from canon.work.taking import FULL, Brought, IndexRebuilt, Taking

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.work.library import Library
    from canon.work.template import Template

RELEASE = "remote release"
FOCUS = "focus that a computer can move"
DRIVE = "focus that a computer can drive step by step"
"""What messages call that a body lacks."""


class Warned(Frozen):
    """Something that does not end a series, but that somebody should know.

    Attributes:
        text: what.
    """

    text: str


class Place(Frozen):
    """Where the pictures of a series go.

    Attributes:
        target: to this computer, to the card, or to both.
        library: the folder, open; None where none comes to this computer.
        template: how files are named there.
        job: what the user calls it, for the template.
    """

    target: CaptureTarget
    library: Library | None = None
    template: Template | None = None
    job: str = ""


class Frames:
    """Takes the frames of a series.

    Args:
        cam: the camera, open.
        place: where the pictures go.
        settings: what is set before the first.
    """

    def __init__(
        self, cam: Camera, place: Place, settings: Mapping[str, object] | None = None
    ) -> None:
        self._cam, self._place = cam, place
        self._settings = settings or {}
        self._taking: Taking | None = None
        if place.library is not None and place.template is not None:
            self._taking = Taking(place.library, place.template, job=place.job)
        self._warned: list[str] = []
        self._power = PowerWatch(cam, self._warned.append)

    def need(self, feature: Feature, what: str) -> None:
        """Nothing where the camera can do something; it is asked before anything moves.

        Raises:
            NotSupported: it cannot.
        """
        if feature not in self._cam.features:
            raise NotSupported(self._cam.model.removeprefix("Canon "), what)

    def begin(self) -> Iterator[Brought | IndexRebuilt]:
        """Look at the folder, and name there what a run that was killed has received whole."""
        library = self._place.library
        if self._taking is None or library is None:
            return
        if library.damaged is not None:
            yield IndexRebuilt(library.damaged, library.enter_all())
        self.meet()
        yield from self._taking.left()

    def meet(self) -> None:
        """Learn which camera it is; first, and when it was opened anew."""
        if self._taking is not None:
            self._taking.meet(self._cam)

    def set(self) -> None:
        """Set what is to be set before the first, or again in a camera that was opened anew."""
        if self._settings:
            self._cam.settings.set(self._settings)

    def shoot(
        self, *, focus: bool = True, thumbnail: bool = False, may_go: MayGo | None = None
    ) -> Shot:
        """Take one frame, as `cam.capture.shoot` does."""
        library = self._place.library
        try:
            with self._power.shot():
                return self._cam.capture.shoot(
                    target=self._place.target,
                    to=None if library is None else library.workshop,
                    focus=focus,
                    thumbnail=thumbnail,
                    may_go=may_go,
                )
        except OSError as error:
            if library is not None and error.errno in FULL:
                error.filename = str(library.folder)
            raise

    def files(self, shot: Shot) -> tuple[tuple[Brought, ...], tuple[Entry, ...]]:
        """What became of the files of a frame on this computer, and those on the card."""
        if self._taking is None:
            return (), shot.entries
        return tuple(self._taking.came(shot.saved, shot.entries)), shot.entries

    def left(self) -> Iterator[Brought]:
        """Name what came whole of a frame that failed."""
        if self._taking is not None:
            yield from self._taking.left()

    def skip(self, count: int = 1) -> None:
        """Leave out the numbers of frames that were missed."""
        if self._taking is not None:
            self._taking.skip(count)

    def warnings(self) -> Iterator[Warned]:
        """What has to be told since this was last asked."""
        while self._warned:
            yield Warned(self._warned.pop(0))
