"""What stands in front of a virtual camera, and the pictures that it takes of it.

A still life with a test chart, drawn as shapes, so that every zoom position has its own detail.
What the settings do can be seen: exposure is computed from the light of the scene, so a wrong
aperture or time gives a dark or a bright picture; white balance tints, effects change colours,
sensitivity brings grain, a lens without focus blurs, macro goes near and leaves the wall blurred.

One drawing serves all pictures with the same look: the last few are kept, and a picture is a
fresh EXIF block in front of a kept one. Those of a fresh card come with the package, drawn. This is
the one file that imports Pillow.
"""

from __future__ import annotations

import functools
import io
import math
import random
import struct
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from canon.errors import MissingExtra
from canon.values import AfDistance, ImageSize, PhotoEffect, Quality, WhiteBalance
from canon.virtual.clock import EPOCH
from canon.virtual.pictures.exif import THUMBNAIL_ROOM, Exposure, app1
from canon.virtual.pictures.ready import ready

if TYPE_CHECKING:
    from PIL.Image import Image

LIGHT = 9
"""How bright the scene is, in stops (EV at ISO 100): f/2, 1/60 s and ISO 50 are right for it."""

Color = tuple[int, int, int]

_THUMBNAIL = 160, 120
_FRAME = 320, 240
_FINEST = 5500  # pixels in a row that are drawn one by one
_FINENESS = 24  # steps of light in a stop that can be told apart
_JPEG_QUALITY = {Quality.SUPERFINE: 97, Quality.FINE: 92, Quality.NORMAL: 80}


@dataclass(frozen=True)
class Photo:
    """A picture that a camera took.

    Attributes:
        image: the whole file, a JPEG with EXIF.
        thumbnail: a JPEG of 160 x 120 pixels without EXIF, the same bytes as in the EXIF.
    """

    image: bytes
    thumbnail: bytes


def photograph(shot: Exposure) -> Photo:
    """Take a picture of the scene.

    Raises:
        MissingExtra: Pillow is not installed, and the picture is none of a fresh card.
    """
    picture, thumbnail = _taken(_look(shot, (shot.width, shot.height)))
    return Photo(b"\xff\xd8" + app1(shot, thumbnail) + picture[2:], thumbnail)


def viewfinder_frame(shot: Exposure) -> bytes:
    """What the viewfinder shows: a JPEG of 320 x 240 pixels without EXIF.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    return _seen(_look(shot, _FRAME))


def live_frame(shot: Exposure, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """What the sensor of an EOS shows: a JPEG without EXIF, and what is in it.

    Returns:
        The JPEG, and for each of 256 values how many pixels have it in luminance, red, green, and
        luminance again, four words of four bytes.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    return _sensed(_look(shot, size))


def card_pictures(count: int, shot: Exposure) -> list[tuple[Exposure, Photo]]:
    """Pictures for a fresh card: the same ones for the same arguments.

    Most are small, every fifth has 1600 x 1200 pixels. They are numbered on from `shot`, and were
    taken a quarter of an hour apart, the first when `shot` was.
    """
    effects = PhotoEffect.OFF, PhotoEffect.VIVID, PhotoEffect.BLACK_AND_WHITE, PhotoEffect.SEPIA
    taken = []
    for index in range(count):
        width, height, size = 640, 480, ImageSize.SMALL
        if index % 5 == 2:
            width, height, size = 1600, 1200, ImageSize.MEDIUM_1
        one = replace(
            shot,
            taken=shot.taken + index * timedelta(minutes=15),
            number=shot.number + index,
            width=width,
            height=height,
            size=size,
            focal_length=shot.wide + (shot.tele - shot.wide) * (index % 3) / 4,
            effect=effects[index % len(effects)],
        )
        taken.append((one, photograph(one)))
    return taken


def check_can_draw() -> None:
    """Nothing where pictures can be taken.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtra("a virtual camera that takes pictures", "Pillow", "virtual") from error


def meter(
    iso: int,
    *,
    bias: float = 0,
    light: float = 0,
    aperture: float | None = None,
    exposure_time: Fraction | None = None,
    open_aperture: float = 2.0,
    smallest_aperture: float = 8.0,
) -> tuple[float, Fraction]:
    """The f-number and the exposure time that suit the scene.

    Args:
        iso: the sensitivity.
        bias: exposure compensation in stops.
        light: how many stops brighter the scene is than usual.
        aperture: the f-number, when the photographer has chosen it.
        exposure_time: seconds, when the photographer has chosen them.
        open_aperture: the largest aperture of the lens.
        smallest_aperture: its smallest one.
    """
    wanted = 3 * LIGHT + round(3 * light) + _thirds(iso / 100) - round(3 * bias)
    if aperture is None:
        speed = -_thirds(_STEADY if exposure_time is None else exposure_time)
        aperture = min(
            (one for one in _APERTURES if open_aperture * 0.95 <= one <= smallest_aperture),
            key=lambda one: abs(wanted - speed - _thirds(one**2)),
            default=open_aperture,
        )
    if exposure_time is None:
        speed = wanted - _thirds(aperture**2)
        exposure_time = min(_TIMES, key=lambda one: abs(speed + _thirds(one)))
    return aperture, exposure_time


def _thirds(ratio: float | Fraction) -> int:
    """A ratio in thirds of a stop, which are the steps of a camera's scales."""
    return round(3 * math.log2(ratio))


_STEADY = Fraction(1, 60)  # what the hand holds still
_APERTURES = 2.0, 2.2, 2.5, 2.8, 3.2, 3.5, 4.0, 4.5, 5.0, 5.6, 6.3, 7.1, 8.0
_TIMES = (
    *map(Fraction, ("15", "13", "10", "8", "6", "5", "4", "3.2", "2.5", "2", "1.6", "1.3", "1")),
    *map(Fraction, ("0.8", "0.6", "0.5", "0.4", "0.3")),
    *(Fraction(1, part) for part in (4, 5, 6, 8, 10, 13, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125)),
    *(Fraction(1, part) for part in (160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600)),
    Fraction(1, 2000),
)


# --- looks ---------------------------------------------------------------------------------------


class Look(NamedTuple):
    """All that decides what a picture looks like: the key under which it is kept."""

    size: tuple[int, int]
    quality: Quality | None
    exposure: float  # stops brighter than right
    iso: int
    zoom: float
    coarseness: float  # how many pixels wide the finest detail is
    macro: bool
    flash: bool
    white_balance: WhiteBalance
    tint: tuple[int, int]
    effect: PhotoEffect
    contrast: int
    saturation: int


def _look(shot: Exposure, size: tuple[int, int]) -> Look:
    given = _thirds(shot.exposure_time) + _thirds(shot.iso / 100) - _thirds(shot.aperture**2)
    exposure = LIGHT + round(shot.light * _FINENESS) / _FINENESS + given / 3
    if shot.flash_fired:  # it lights what the exposure leaves dark
        exposure = max(exposure, round(3 * (shot.compensation + shot.flash_compensation)) / 3)
    coarseness = max(shot.digital_zoom, size[0] / _FINEST) if shot.focused else size[0] / 64
    if shot.effect == PhotoEffect.LOW_SHARPENING:
        coarseness *= 1.6
    return Look(
        size,
        shot.quality,
        max(-8.0, min(8.0, exposure)),
        shot.iso,
        round(shot.focal_length / shot.wide * shot.digital_zoom, 2),
        coarseness,
        shot.af_distance == AfDistance.CLOSE_UP,
        shot.flash_fired,
        shot.white_balance,
        shot.tint,
        shot.effect,
        shot.contrast,
        shot.saturation,
    )


def ready_name(look: Look) -> str:
    """What a drawing with this look is called among the ready ones; empty for one out of the way.

    A look is out of the way when it differs from a plain one in more than size, zoom and effect.
    """
    size, zoom, effect = look.size, look.zoom, look.effect
    plain = _look(Exposure(EPOCH, 0), size)
    if look != plain._replace(zoom=zoom, effect=effect):
        return ""
    return f"{size[0]}x{size[1]}-{zoom}-{effect}"


@functools.lru_cache(maxsize=16)
def _taken(look: Look) -> tuple[bytes, bytes]:
    """The JPEG of a picture and that of its thumbnail, both without EXIF."""
    name = ready_name(look)
    picture, thumbnail = (ready(name), ready(f"{name}-thumbnail")) if name else (None, None)
    return draw(look) if picture is None or thumbnail is None else (picture, thumbnail)


def draw(look: Look) -> tuple[bytes, bytes]:
    """Draw a picture and its thumbnail.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    image = _develop(look)
    small = image.resize(_THUMBNAIL, reducing_gap=2.0)
    picture = _jpeg(_grainy(image, look.iso), _JPEG_QUALITY.get(look.quality or Quality.FINE, 92))
    thumbnail = b""
    for quality in range(73, 13, -12):
        thumbnail = _jpeg(small, quality)
        if len(thumbnail) <= THUMBNAIL_ROOM:
            break
    return picture, thumbnail


@functools.lru_cache(maxsize=64)
def _seen(look: Look) -> bytes:
    """The JPEG of a viewfinder frame."""
    name = ready_name(look)
    frame = ready(f"{name}-frame") if name else None
    return draw_frame(look) if frame is None else frame


def draw_frame(look: Look) -> bytes:
    """Draw a viewfinder frame.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    return _jpeg(_develop(look), 62)


def forget() -> None:
    """Drop the pictures that are kept."""
    _taken.cache_clear()
    _seen.cache_clear()
    _sensed.cache_clear()
    _project.cache_clear()


@functools.lru_cache(maxsize=64)
def _sensed(look: Look) -> tuple[bytes, bytes]:
    """The JPEG of a live frame, and its histogram."""
    image = _develop(look)
    colors = image.histogram()
    light = image.convert("L").histogram()
    counts = zip(light, colors[:256], colors[256:512], light, strict=True)
    return _jpeg(image, 75), b"".join(struct.pack("<4I", *row) for row in counts)


def _develop(look: Look) -> Image:
    """The scene with this look."""
    check_can_draw()
    image = _project(look.size, look.zoom, look.coarseness, look.macro, look.flash)
    image = image.point(_tones(look))
    matrix = _mixture(look)
    return image.convert("RGB", matrix) if matrix else image


def _grainy(image: Image, iso: int) -> Image:
    """The picture with the sensor's noise, the same noise every time."""
    from PIL import Image, ImageChops

    noise = random.Random(1).randbytes(image.width * image.height)  # noqa: S311 - no secret
    swing = 3 + 1.5 * math.sqrt(iso / 50)
    grain = Image.frombytes("L", image.size, noise).point(
        [round(128 + (value - 127.5) / 127.5 * swing) for value in range(256)]
    )
    return ImageChops.add(image, Image.merge("RGB", (grain,) * 3), offset=-128)


def _tones(look: Look) -> list[int]:
    """What becomes of the 256 values of red, green and blue, one table behind the other."""
    table = []
    amber, green = (_SHIFT * steps for steps in look.tint)
    shifts = amber - green / 2, green, -amber - green / 2
    gains = _TINTS.get(look.white_balance, (1.0, 1.0, 1.0))
    for gain in (one * 2**shift for one, shift in zip(gains, shifts, strict=True)):
        for value in range(256):
            light = (value / 255) ** 2.2 * gain * 2**look.exposure
            tone = 255 * min(1.0, light) ** (1 / 2.2)
            table.append(round(max(0, min(255, 128 + (tone - 128) * (1 + look.contrast / 4)))))
    return table


_SHIFT = 0.05  # Guess: stops of a colour, of one step in the grid of the menu

# The light of the scene is daylight: what is set for another light turns to the other side.
_TINTS = {
    WhiteBalance.CLOUDY: (1.15, 1.0, 0.8),
    WhiteBalance.SHADE: (1.25, 1.0, 0.7),
    WhiteBalance.FLASH: (1.08, 1.0, 0.9),
    WhiteBalance.TUNGSTEN: (0.5, 0.9, 1.7),
    WhiteBalance.FLUORESCENT: (0.85, 0.8, 1.4),
    WhiteBalance.FLUORESCENT_H: (0.95, 0.85, 1.2),
    WhiteBalance.CUSTOM: (1.0, 1.1, 1.0),
    WhiteBalance.CUSTOM_1: (1.0, 1.1, 1.0),
    WhiteBalance.CUSTOM_2: (1.1, 1.0, 1.0),
}


def _mixture(look: Look) -> tuple[float, ...] | None:
    """How red, green and blue mix to new ones, four numbers each; None when they stay."""
    plain = look.effect in (PhotoEffect.BLACK_AND_WHITE, PhotoEffect.SEPIA)
    strength = {PhotoEffect.VIVID: 1.5, PhotoEffect.NEUTRAL: 0.6}.get(look.effect, 1.0)
    color = 0.0 if plain else strength + look.saturation / 4
    if color == 1.0:
        return None
    tint = (1.05, 0.9, 0.68) if look.effect == PhotoEffect.SEPIA else (1.0, 1.0, 1.0)
    grey = (0.299, 0.587, 0.114)
    rows = (
        [(1 - color) * share + color * (row == column) for column, share in enumerate(grey)]
        for row in range(3)
    )
    return tuple(
        value
        for row, gain in zip(rows, tint, strict=True)
        for value in (*(gain * share for share in row), 0)
    )


def _jpeg(image: Image, quality: int) -> bytes:
    """A JPEG laid out as a G3 does: one segment of tables of each kind, no JFIF header."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, subsampling="4:2:2")
    data = stream.getvalue()
    parts: dict[int, bytes] = {}
    at = 2
    while data[at + 1] != _SCAN:
        marker, length = struct.unpack_from(">xBH", data, at)
        parts[marker] = parts.get(marker, b"") + data[at + 4 : at + 2 + length]
        at += 2 + length
    kept = ((marker, parts[marker]) for marker in (_QUANTIZATION, _FRAME_HEAD, _HUFFMAN))
    segments = (struct.pack(">BBH", 0xFF, marker, len(part) + 2) + part for marker, part in kept)
    return b"".join((data[:2], *segments, data[at:]))


_QUANTIZATION, _FRAME_HEAD, _HUFFMAN, _SCAN = 0xDB, 0xC0, 0xC4, 0xDA


# --- the scene -----------------------------------------------------------------------------------

# It is 400 wide and 300 high, and these points stay where they are in the picture when it grows.
_CENTER, _CLOSE = (253, 93), (130, 290)
_WIDE = 2048  # pixels of a row, from which edges are smooth enough
_BLURRED = 8  # pixels of the finest detail, from which nobody sees how it was made larger


@functools.lru_cache(maxsize=1)
def _project(
    size: tuple[int, int], zoom: float, coarseness: float, macro: bool, flash: bool
) -> Image:
    """The scene as the lens throws it on the sensor, whatever the light and the settings."""
    from PIL import Image

    center, zoom = (_CLOSE, 2 * zoom) if macro else (_CENTER, zoom)
    finer = 2 if size[0] <= _WIDE else 1  # edges are smooth in what is drawn twice as large
    width, height = (round(finer * side / min(4.0, coarseness)) for side in size)
    wall = (width // 32, height // 32) if macro else (width, height)
    image = Image.new("RGB", wall)
    _draw_wall(_Pencil(image, center, zoom))
    if macro:
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    if flash:  # it does not reach that far
        image = image.point([value * 3 // 4 for value in range(256)] * 3)
    _draw_table(_Pencil(image, center, zoom), flash)
    if coarseness > 1:
        width, height = (round(side / coarseness) for side in size)
        image = image.resize((width, height), reducing_gap=2.0)
        if coarseness > _BLURRED:  # in two steps, as a large picture costs much to make smooth
            image = image.resize((size[0] // _BLURRED, size[1] // _BLURRED))
            return image.resize(size, Image.Resampling.BILINEAR)
    return image.resize(size, reducing_gap=1.0)


class _Pencil:
    """Draws shapes of the scene on an image that shows a part of it."""

    def __init__(self, image: Image, center: tuple[float, float], zoom: float) -> None:
        from PIL import ImageDraw

        self.draw = ImageDraw.Draw(image)
        self.scale = image.width / 400 * zoom
        self.left, self.top = (side - side / zoom for side in center)

    def place(self, *points: tuple[float, float]) -> list[tuple[float, float]]:
        """Where points of the scene lie in the image."""
        return [((x - self.left) * self.scale, (y - self.top) * self.scale) for x, y in points]

    def box(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """An upright rectangle."""
        self.draw.rectangle(self.place((x, y), (x + width, y + height)), color)

    def disc(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """An ellipse around a point."""
        corners = self.place((x - width / 2, y - height / 2), (x + width / 2, y + height / 2))
        self.draw.ellipse(corners, color)

    def ball(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """A round body lit from the upper left."""
        for step in range(24):
            shrink, shift = 1 - step / 26, step / 24
            self.disc(
                x - shift * width / 7,
                y - shift * height / 6,
                width * shrink,
                height * shrink,
                _mix(_mix(color, (0, 0, 0), 0.45), _mix(color, (255, 255, 255), 0.25), shift),
            )

    def shape(self, color: Color, *points: tuple[float, float]) -> None:
        """A filled polygon."""
        self.draw.polygon(self.place(*points), color)

    def text(self, x: float, y: float, size: float, text: str, color: Color) -> None:
        """A line of text with its upper left corner at a point."""
        from PIL import ImageFont

        font = ImageFont.load_default(max(1.0, size * self.scale))
        self.draw.text(self.place((x, y))[0], text, color, font)


def _mix(one: Color, other: Color, share: float) -> Color:
    """A colour between two: all `one` at 0, all `other` at 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


_INK, _PAPER = (40, 40, 44), (222, 220, 212)
_PATCHES = (
    *((115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177)),
    *((103, 189, 170), (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108)),
    *((157, 188, 64), (224, 163, 46), (56, 61, 150), (70, 148, 73), (175, 54, 60)),
    *((231, 199, 31), (187, 86, 149), (8, 133, 161)),
)


def _draw_wall(pencil: _Pencil) -> None:
    """The wall with the test chart."""
    for row in range(0, 204, 2):
        pencil.box(0, row, 400, 2, _mix((148, 160, 150), (188, 190, 176), row / 204))
    pencil.box(36, 16, 330, 144, (120, 122, 112))  # its shadow
    pencil.box(32, 12, 330, 144, _PAPER)
    pencil.text(42, 18, 15, "CANON-REMOTE", _INK)
    pencil.text(232, 21, 10, "virtual camera test scene", _INK)
    for index, color in enumerate(_PATCHES):
        pencil.box(42 + index % 6 * 24, 42 + index // 6 * 24, 22, 22, color)
    for step in range(12):
        level = 255 - step * 22
        pencil.box(42 + step * 11.9, 118, 11.9, 16, (level, level, level))
    for step in range(60):  # lines that grow finer to the right
        x = 42 + 142 * (1 - 0.94**step)
        pencil.box(x, 138, 142 * 0.03 * 0.94**step, 12, _INK)
    star = (250, 90)
    for spoke in range(36):
        ends = ((spoke + side) * math.pi / 18 for side in (-0.25, 0.25))
        rim = [(star[0] + 54 * math.cos(a), star[1] + 54 * math.sin(a)) for a in ends]
        pencil.shape(_INK, star, *rim)
    for row in range(12):  # text that grows finer downwards
        shrink = 0.8**row
        pencil.text(312, 140 - 100 * shrink, 7.5 * shrink, "FOCUS 2468", _INK)


def _draw_table(pencil: _Pencil, flash: bool) -> None:
    """The table and what lies on it; a flash is reflected by what shines."""
    for row in range(0, 100, 2):
        pencil.box(0, 200 + row, 400, 2, _mix((122, 84, 52), (164, 118, 76), row / 100))
    for row in (214, 236, 266):
        pencil.box(0, row, 400, 0.7, (96, 64, 40))
    shade = (88, 60, 38)

    pencil.shape((34, 62, 116), (236, 196), (344, 190), (362, 226), (246, 236))  # a book
    pencil.shape((226, 222, 208), (246, 236), (362, 226), (362, 240), (247, 251))
    pencil.shape((24, 44, 88), (236, 196), (246, 236), (247, 251), (237, 211))
    pencil.text(262, 199, 11, "PowerShot", (232, 200, 90))
    pencil.text(264, 213, 8, "camera user guide", (200, 208, 220))

    pencil.disc(214, 232, 62, 14, shade)  # a bottle
    pencil.box(186, 140, 40, 88, (36, 92, 60))
    pencil.disc(206, 228, 40, 14, (36, 92, 60))
    pencil.disc(206, 140, 40, 34, (36, 92, 60))
    pencil.box(199, 94, 14, 36, (36, 92, 60))
    pencil.box(197, 90, 18, 8, (182, 142, 92))
    pencil.box(190, 134, 5, 84, (96, 160, 122))
    pencil.box(186, 162, 40, 38, (238, 232, 214))
    pencil.text(191, 166, 9, "EXIF", (150, 30, 36))
    pencil.text(191, 179, 6, "anno 2002", _INK)

    pencil.disc(140, 246, 74, 16, shade)  # an apple
    pencil.ball(132, 216, 66, 62, (196, 34, 30))
    pencil.disc(131, 189, 18, 6, (112, 24, 20))
    pencil.shape((84, 58, 34), (130, 190), (136, 172), (139, 173), (133, 190))
    pencil.shape((74, 130, 50), (137, 179), (150, 170), (162, 174), (150, 182))

    pencil.disc(66, 262, 60, 14, shade)  # an orange
    pencil.ball(58, 236, 54, 54, (238, 140, 20))

    pencil.shape((236, 214, 120), (20, 276), (384, 270), (386, 290), (20, 297))  # a ruler
    for mark in range(181):
        x, y = 24 + 2 * mark, 275.9 - 0.0165 * 2 * mark
        length = 9 if mark % 10 == 0 else 6 if mark % 5 == 0 else 4
        pencil.box(x, y, 0.35, length, _INK)
    for number in range(18):
        pencil.text(25 + 20 * number, 284 - 0.33 * number, 6, str(number), _INK)

    if flash:
        for x, y, size in ((120, 202, 9), (48, 224, 7), (192, 150, 5)):
            pencil.disc(x, y, size, size, (255, 255, 255))
