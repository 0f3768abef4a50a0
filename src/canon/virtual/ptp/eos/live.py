"""Live view of a virtual EOS: frames with all that a body tells beside them, zoom, lens and movies.

The sensor takes a while to start; until then a frame is refused as not ready, afterwards they come
at the body's rate, with the records of a 4000D and a 1300D in their order (canon-eos-ptp, section
9).
"""

from __future__ import annotations

import dataclasses

from canon.models.ptp import PtpQuirk
from canon.ptp.eos.frames import EvfRecord, pack_frame
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import CameraStatusChanged, RecordingTime
from canon.ptp.operations import Response
from canon.virtual.card import File
from canon.virtual.lens import Viewfinder
from canon.virtual.ptp.eos.release import RECORDING, SHARP_AT, Release
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Tell
from canon.virtual.refusal import Status

START_S = 0.8  # from switching it on until the first frame: 0.5 to 1.2 s
_FRAME_S = 1 / 30
_LENS_S = {1: 0.05, 2: 0.1, 3: 0.3}  # Guess: how long the steps of the lens take
_FAR = 0x8000
_SCREEN, _LARGE, _MEDIUM, _SMALL = 1, 2, 4, 8
_OUT = _LARGE | _MEDIUM | _SMALL
_FACES = 2  # the AF method that blocks zoom
_FACTORS = (1, 5, 10)
_STEPS = {1: 2, 2: 10, 3: 60}
_IDLE_FRAME, _IN_FOCUS = 0x10, 0x31
_READY = 0
_CLIP_S = 1.0
_MOVIE = 1280, 720  # Guess: each second of it is a fresh telling of the same frame
_MOST_FRAMES = 300


class Live:
    """What a body does with its sensor while the mirror is up.

    Args:
        body: the camera.
        release: its release, by whose settings the frames are drawn.
        tell: sends a record.

    Attributes:
        zoom: how many times a frame is enlarged: 1, 5 or 10.
        corner: the upper left of what is enlarged, in pixels of the sensor.
        movie_since: when the movie began; None while there is none.
    """

    def __init__(self, body: PtpBody, release: Release, tell: Tell) -> None:
        self.body, self.release, self.table = body, release, release.table
        self.viewfinder = Viewfinder(body.clock, _FRAME_S)
        self.zoom = 1
        self.corner = self._centred(5)
        self.movie_since: float | None = None
        self._tell = tell
        self._ready = 0.0
        self._lens_ready = 0.0
        self._focused = False
        self._frames = 0
        self._round = 0
        self.follow_output()  # some were recorded with it on

    @property
    def on(self) -> bool:
        """Whether frames are made for the computer."""
        return self.viewfinder.on

    # --- on and off (section 9.1) -----------------------------------------------------------------

    def follow_output(self) -> None:
        """Start or stop it as the output property wants it."""
        wanted = bool(self.table.number(Eos.EVF_OUTPUT) & _OUT)
        if wanted and not self.on:
            self._ready = self.body.clock.now() + START_S
            self.viewfinder.start(START_S)
        elif not wanted:
            self.viewfinder.on = False
            self.zoom = 1

    def switch(self, *, on: bool) -> None:
        """Start or stop it for the computer, as the operations of their own do."""
        screen = self.table.number(Eos.EVF_OUTPUT) & _SCREEN
        self.table.put(Eos.EVF_OUTPUT, _LARGE if on else screen)
        self.follow_output()

    def end(self) -> None:
        """The host is gone: the movie and the frames for it end."""
        if self.movie_since is not None:
            self.stop_movie()
        if self.table.number(Eos.EVF_OUTPUT) & _OUT:
            self.switch(on=False)

    def must_be_on(self) -> None:
        """Raise Status while there are no frames."""
        if not self.on:
            raise Status(Response.DEVICE_BUSY)

    # --- frames (section 9.2) ---------------------------------------------------------------------

    def frame(self) -> tuple[bytes, float]:
        """The records of a frame, and the seconds until they are there.

        Raises:
            Status: it is off, or the sensor has not started yet.
        """
        from canon.virtual.pictures.scene import live_frame

        self.must_be_on()
        clock = self.body.clock
        if clock.now() < self._ready:
            clock.idle()
            raise Status(Response.CANON_NOT_READY)
        delay = self.viewfinder.take()
        self._frames += 1
        output = self.table.number(Eos.EVF_OUTPUT)
        small = not output & (_LARGE | _MEDIUM)
        width, height = self.body.profile.frame
        size = (480, 320) if small else (width, height)
        shot = self.release.shot()
        if self.zoom > 1:
            shot = dataclasses.replace(shot, digital_zoom=float(self.zoom))
        return self._records(*live_frame(shot, size), small=small), delay

    def _records(self, image: bytes, histogram: bytes, *, small: bool) -> bytes:
        width, height = self._field()
        x, y, wide, high = self._rectangle()
        state = _IN_FOCUS if self._focused else _IDLE_FRAME
        frame = width // 2 - width // 20, height * 2 // 5, width // 10, height // 5
        records = [
            EvfRecord(0x0B if small else 1, image),
            EvfRecord(4, _words(self.zoom)),
            EvfRecord(5, _words(x, y)),
            EvfRecord(6, _words(0, 0)),
            EvfRecord(0x0C, _words(0)),
            EvfRecord(0x0D, _words(x, y, wide, high)),
            EvfRecord(0x0E, _words(width, height)),
            EvfRecord(0x0A, _words(self._frames, 0)),
            EvfRecord(7, _words(1)),
            EvfRecord(3, histogram),
            EvfRecord(8, _words(1, state, 1, *frame)),
        ]
        return pack_frame(records)

    def _field(self) -> tuple[int, int]:
        """The coordinates in which a frame tells where something is: those of the sensor."""
        width, height = self.body.profile.pixels
        return width & ~7, height & ~3

    def _rectangle(self) -> tuple[int, int, int, int]:
        """What of the sensor is enlarged, or would be."""
        width, height = self._field()
        factor = max(self.zoom, 5)
        return *self.corner, width // factor, height // factor

    def _centred(self, factor: int) -> tuple[int, int]:
        width, height = self._field()
        return (width - width // factor) // 2, (height - height // factor) // 2

    # --- zoom and lens (sections 9.3 and 9.4) -----------------------------------------------------

    def enlarge(self, factor: int) -> None:
        """Enlarge what the frames show.

        Raises:
            Status: it is off.
        """
        self.must_be_on()
        if self.table.number(Eos.LV_AF_SYSTEM) == _FACES:
            raise Status(Response.DEVICE_BUSY)
        most = 5 if PtpQuirk.ZOOMS_TO_FIVE in self.body.model.quirks else factor
        self.zoom = max(one for one in _FACTORS if one <= max(1, min(factor, most)))
        self.corner = self._centred(max(self.zoom, 5))

    def move(self, x: int, y: int) -> None:
        """Choose what is enlarged; a place that is not on the sensor changes nothing.

        Raises:
            Status: it is off.
        """
        self.must_be_on()
        width, height = self._field()
        _, _, wide, high = self._rectangle()
        if x <= width - wide and y <= height - high:
            self.corner = x, y

    def drive(self, step: int) -> None:
        """Move the lens a step towards near, or towards far.

        Raises:
            Status: it is off, or the lens is still moving.
        """
        self.must_be_on()
        size = step & ~_FAR
        if size not in _STEPS:
            raise Status(Response.INVALID_PARAMETER)
        if self.body.clock.now() < self._lens_ready:
            raise Status(Response.DEVICE_BUSY)
        self._lens_ready = self.body.clock.now() + _LENS_S[size]
        way = _STEPS[size] if step & _FAR else -_STEPS[size]
        self.release.position = max(0, min(2 * SHARP_AT, self.release.position + way))
        self._focused = False

    def focus(self) -> None:
        """Let the lens find its focus by itself.

        Raises:
            Status: it is off.
        """
        self.must_be_on()
        self._focused = True
        self.release.position = SHARP_AT

    def let_focus_go(self) -> None:
        """End the search for focus; nothing when there is none."""
        self._focused = False

    # --- movies (section 9.5) ---------------------------------------------------------------------

    def movie_switch(self, *, on: bool) -> None:
        """Turn the switch that a body has between pictures and movies."""
        self.table.put(Eos.FIXED_MOVIE, int(on))
        self.table.offer(Eos.EVF_RECORD_STATUS, (RECORDING, _READY) if on else ())

    def follow_recording(self) -> None:
        """Start or stop the movie as its property wants it."""
        wanted = self.table.number(Eos.EVF_RECORD_STATUS) == RECORDING
        if wanted and self.movie_since is None:
            self.movie_since = self.body.clock.now()
            self._round += 1
            self._tell(CameraStatusChanged(1))
            self._count(self._round, 0)
        elif not wanted and self.movie_since is not None:
            self.stop_movie()

    def _count(self, current: int, seconds: int) -> None:
        if self.movie_since is None or current != self._round:
            return
        if seconds:
            self._tell(RecordingTime(seconds))
        self.body.clock.at(
            self.movie_since + seconds + _CLIP_S, lambda: self._count(current, seconds + 1)
        )

    def stop_movie(self) -> None:
        """End the movie, and tell of the file that it made."""
        from canon.virtual.pictures.boxes import film
        from canon.virtual.pictures.scene import live_frame

        since, self.movie_since = self.movie_since, None
        if since is None:
            return
        size = _MOVIE
        shot = dataclasses.replace(self.release.shot(), width=size[0], height=size[1])
        image, _ = live_frame(shot, size)
        count = min(_MOST_FRAMES, 1 + int((self.body.clock.now() - since) / _FRAME_S))
        path = self.release.shutter.next_movie(self.body.profile.movie_suffix)
        clip = film(shot, [image] * count, path[-1][-4:])
        card = self.body.card
        if card is not None and len(clip) <= card.free:
            card.add(path, File(clip, self.body.seconds))
            self.release.tell_added(path)
        self.table.put(Eos.AVAILABLE_SHOTS, self.release.shots_left())
        self._tell(CameraStatusChanged(0))


def _words(*numbers: int) -> bytes:
    return b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in numbers)
