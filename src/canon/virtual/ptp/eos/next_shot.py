"""How a virtual EOS takes its next picture, by what it is set to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from canon.ptp.eos.codes import ROWS
from canon.ptp.eos.formats import HEIF, JPEG, RAW
from canon.ptp.eos.layouts import Eos
from canon.values import FileKind, ImageSize, PhotoEffect, Quality, ShootingMode
from canon.virtual.pictures.exif import Exposure
from canon.virtual.ptp.eos.dial import Mode
from canon.virtual.ptp.eos.glass import lens_of, sensor_of
from canon.virtual.ptp.eos.properties import FLASH_BRACKET, ISO_BRACKET, Properties
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.shutter import exposure

_KINDS = {JPEG: FileKind.JPEG, RAW: FileKind.RAW, HEIF: FileKind.HEIF}
_SIDES = {0: 1.0, 1: 0.72, 2: 0.5, 5: 0.8, 6: 0.6, 0x0E: 0.5, 0x0F: 0.37, 0x10: 0.14}
"""Guess: how long the sides of a picture are, by the size of its format, where L is 1."""
_LARGE_FROM = 0.9
_BYTES = {3: 0.45, 2: 0.23}
"""Bytes a pixel by how much a JPEG is compressed; a 60D reckons 8.1 MB for its largest."""
_RAW_BYTES = 1.4
_BRACKET = 0, -1, 1
"""The order of bracketed pictures."""
_STEP = Fraction(1)  # Guess: no property tells it, of flash and of ISO
_EFFECTS = {
    0x83: PhotoEffect.VIVID,  # landscape
    0x84: PhotoEffect.NEUTRAL,
    0x85: PhotoEffect.NEUTRAL,  # faithful
    0x86: PhotoEffect.BLACK_AND_WHITE,
}
"""What is seen of a picture style."""


class Wanted(NamedTuple):
    """One file that a release writes, as the image format has it."""

    kind: int
    size: int
    compression: int


class NextShot:
    """How the next picture is taken.

    Args:
        body: the camera.
        table: its properties.

    Attributes:
        taken: the pictures of the bracketed row that were taken.
    """

    def __init__(self, body: PtpBody, table: Properties) -> None:
        self.body, self.table = body, table
        self.taken = 0

    # --- files ------------------------------------------------------------------------------------

    def formats(self) -> tuple[Wanted, ...]:
        """The files that a release writes."""
        raw = self.table.raw(Eos.IMAGE_FORMAT)
        words = [
            int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw) // 4 * 4, 4)
        ]
        count = words[0] if words else 0
        rows = [words[1 + 4 * at : 5 + 4 * at] for at in range(min(count, 2))]
        files = [Wanted(*row[1:]) for row in rows if len(row) == 4]
        return tuple(files) or (Wanted(JPEG, 0, 3),)

    def kinds(self) -> tuple[FileKind, ...]:
        """The kinds of file that a release writes; what a body without RAW calls so is a JPEG."""
        kinds = [_KINDS.get(file.kind, FileKind.JPEG) for file in self.formats()]
        if not self.body.profile.raw_suffix:
            kinds = [FileKind.JPEG if kind is FileKind.RAW else kind for kind in kinds]
        return tuple(dict.fromkeys(kinds))

    def raw_pixels(self) -> tuple[int, int]:
        """Width and height of a RAW file."""
        return self._pixels(Wanted(RAW, 0, 4))

    def picture_size(self) -> int:
        """How many bytes the next picture takes, as the camera reckons."""
        width, height = self.body.profile.pixels
        total = 0.0
        for file in self.formats():
            if file.kind == RAW:
                total += _RAW_BYTES * width * height
            else:
                side = _SIDES.get(file.size, 1.0)
                total += _BYTES.get(file.compression, 0.45) * side**2 * width * height
        return max(1, int(total))

    def _jpeg(self) -> Wanted:
        """The JPEG or the HEIF that is written, or the JPEG that a RAW file shows."""
        return next((file for file in self.formats() if file.kind != RAW), Wanted(JPEG, 0, 3))

    def _pixels(self, file: Wanted) -> tuple[int, int]:
        width, height = self.body.profile.pixels
        side = _SIDES.get(file.size, 1.0)
        return round(width * side / 16) * 16, round(height * side / 16) * 16

    # --- exposure ---------------------------------------------------------------------------------

    def exposure(self, number: int, *, focused: bool) -> Exposure:
        """How a picture would be taken now.

        Args:
            number: its folder and file as one number.
            focused: whether it is sharp.
        """
        profile, file = self.body.profile, self._jpeg()
        width, height = self._pixels(file) if profile.pixels[0] else profile.pixels
        side = _SIDES.get(file.size, 1.0)
        mode = self.table.mode
        lens = lens_of(self.table.text(Eos.LENS_NAME))
        shot = exposure(
            self.body,
            self._read,
            number=number,
            model_id=self.table.number(Eos.MODEL_ID),
            firmware=profile.firmware,
            width=width if side < _LARGE_FROM else profile.pixels[0],
            height=height if side < _LARGE_FROM else profile.pixels[1],
            full_width=profile.pixels[0],
            focal_length=lens.stood_at,
            wide=lens.wide,
            tele=lens.tele,
            lens=lens.name,
            sensor=sensor_of(self.body.model),
            open_aperture=lens.open_aperture,
            smallest_aperture=22.0,
            focused=focused,
        )
        effect = _EFFECTS.get(self.table.number(Eos.PICTURE_STYLE), PhotoEffect.OFF)
        size = ImageSize.LARGE if side >= _LARGE_FROM else ImageSize.SMALL
        if _LARGE_FROM > side > 0.55:
            size = ImageSize.MEDIUM_1
        quality = Quality.NORMAL if file.compression == 2 else Quality.FINE
        tint = self._steps(Eos.WHITE_BALANCE_ADJUST_A), self._steps(Eos.WHITE_BALANCE_ADJUST_B)
        shot = dataclasses.replace(shot, size=size, quality=quality, effect=effect, tint=tint)
        if mode in (Mode.MANUAL, Mode.BULB) and (aperture := self._read("aperture")):
            stops = getattr(aperture, "number", None)
            shot = dataclasses.replace(shot, aperture=float(stops or shot.open_aperture))
        return shot

    def _read(self, name: str) -> Any:
        row = ROWS.get(name)
        if row is None or not self.table.has(row.place):
            return None
        return row.read(self.table.raw(row.place))

    # --- bracketing -------------------------------------------------------------------------------

    @property
    def step(self) -> Fraction:
        """How far the pictures of a row are apart, in stops; 0 where none is bracketed."""
        if self._bracketing in (FLASH_BRACKET, ISO_BRACKET):
            return _STEP
        return Fraction(round(self.table.number(Eos.AEB) / 8 * 3), 3)

    @property
    def row_left(self) -> bool:
        """Whether another picture belongs to those that were taken; always, without a bracket."""
        return not self.step or bool(self.taken % len(_BRACKET))

    @property
    def _bracketing(self) -> int:
        return self.table.number(Eos.BRACKET_MODE)

    def bracketed(self, shot: Exposure) -> Exposure:
        """The same, brighter or darker where a row of pictures is bracketed."""
        if not self.step:
            self.taken = 0
        bias = self.step * _BRACKET[self.taken % len(_BRACKET)]
        if not bias:
            return shot
        if self._bracketing == ISO_BRACKET:
            return dataclasses.replace(shot, iso=round(shot.iso * 2.0**bias), iso_auto=False)
        if self._bracketing == FLASH_BRACKET:
            return dataclasses.replace(shot, flash_compensation=shot.flash_compensation + bias)
        changed: dict[str, Any] = {"compensation": shot.compensation + bias}
        if shot.mode == ShootingMode.SHUTTER_PRIORITY:
            changed["aperture"] = shot.aperture * 2.0 ** float(-bias / 2)
        else:
            longer = float(shot.exposure_time) * 2.0 ** float(bias)
            changed["exposure_time"] = Fraction(longer).limit_denominator(8000)
        return dataclasses.replace(shot, **changed)

    def in_colours(self, shot: Exposure) -> Iterator[Exposure]:
        """What one exposure gives: three pictures where the white balance is bracketed.

        Guess: as it is set, then towards blue and amber, or towards magenta and green.
        """
        amber, green = self._steps(Eos.WHITE_BALANCE_XA), self._steps(Eos.WHITE_BALANCE_XB)
        for side in _BRACKET if amber or green else (0,):
            tint = shot.tint[0] + side * amber, shot.tint[1] + side * green
            yield dataclasses.replace(shot, tint=tint)

    def _steps(self, code: Eos) -> int:
        return int.from_bytes(self.table.raw(code)[:4], "little", signed=True)
