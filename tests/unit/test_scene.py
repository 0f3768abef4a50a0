"""The pictures that a virtual camera takes: laid out as a G3's, and showing their settings."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from exif_helpers import complaints, exiftool
from PIL import Image, ImageChops, ImageFilter, ImageStat

from canon import exif
from canon.errors import MissingExtra
from canon.values import AfDistance, ImageSize, PhotoEffect, Quality, WhiteBalance
from canon.virtual.pictures import scene
from canon.virtual.pictures.exif import Exposure
from canon.virtual.pictures.scene import card_pictures, meter, photograph, viewfinder_frame
from conftest import recorded

SMALL = Exposure(datetime(2024, 5, 1, 12), 1000001, width=640, height=480, size=ImageSize.SMALL)


def opened(jpeg: bytes) -> Image.Image:
    """The picture in a JPEG."""
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    return image.convert("RGB")


def taken(**changes: Any) -> Image.Image:
    """The small picture that is taken with other settings."""
    return opened(photograph(replace(SMALL, **changes)).image)


def mean(image: Image.Image) -> list[float]:
    """How bright red, green and blue are."""
    return ImageStat.Stat(image).mean


def brightness(image: Image.Image) -> float:
    return mean(image.convert("L"))[0]


def colorfulness(image: Image.Image) -> float:
    return mean(image.convert("HSV"))[1]


def detail(image: Image.Image, box: tuple[int, int, int, int] | None = None) -> float:
    """How much the pixels differ from their neighbours."""
    edges = image.convert("L").crop(box).filter(ImageFilter.FIND_EDGES)
    return ImageStat.Stat(edges).rms[0]


def difference(one: Image.Image, other: Image.Image) -> float:
    """How unlike two pictures are from afar, where detail and grain do not count."""
    small, like = (image.resize((40, 30), reducing_gap=3.0) for image in (one, other))
    return ImageStat.Stat(ImageChops.difference(small, like).convert("L")).mean[0]


# --- files ---------------------------------------------------------------------------------------


def segments(jpeg: bytes) -> list[tuple[int, int]]:
    """Marker and length of all segments up to the scan."""
    found: list[tuple[int, int]] = []
    at = 2
    while not found or found[-1][0] != 0xDA:
        marker, length = struct.unpack_from(">xBH", jpeg, at)
        found.append((marker, length))
        at += 2 + length
    return found


@pytest.mark.parametrize("quality", [Quality.SUPERFINE, Quality.FINE, Quality.NORMAL])
def test_a_picture_has_the_segments_of_a_g3_s(quality: Quality) -> None:
    photo = photograph(replace(SMALL, quality=quality))
    assert segments(photo.image) == segments(recorded("g3-capture.jpg"))
    assert segments(photo.thumbnail) == segments(recorded("g3-capture-thumb.jpg"))
    assert segments(viewfinder_frame(SMALL)) == segments(recorded("g3-viewfinder-frame.jpg"))


def test_the_thumbnail_is_the_one_in_the_exif() -> None:
    photo = photograph(SMALL)
    assert photo.image[0x800:].startswith(photo.thumbnail)
    assert exif.thumbnail(photo.image[:0x1800]) == photo.thumbnail
    assert opened(photo.thumbnail).size == (160, 120)
    small = opened(photo.image).resize((160, 120))
    assert difference(opened(photo.thumbnail), small) < 2


def test_the_viewfinder_shows_what_the_picture_will() -> None:
    frame = opened(viewfinder_frame(SMALL))
    assert frame.size == (320, 240)
    assert difference(frame, taken().resize(frame.size)) < 4


# What a G3 says a picture takes (canon-native-usb, section 9.5).
ESTIMATED = {
    (2272, 1704): (2050048, 1142784, 569344),
    (1600, 1200): (1026048, 571392, 284672),
    (1024, 768): (583680, 327680, 174080),
    (640, 480): (254976, 153600, 86016),
}


@pytest.mark.parametrize("size", ESTIMATED, ids=str)
def test_pixels_and_bytes_are_those_of_the_size_and_quality(size: tuple[int, int]) -> None:
    qualities = (Quality.SUPERFINE, Quality.FINE, Quality.NORMAL)
    for quality, estimate in zip(qualities, ESTIMATED[size], strict=True):
        shot = replace(SMALL, width=size[0], height=size[1], quality=quality)
        image = photograph(shot).image
        assert opened(image).size == size
        assert 0.6 * estimate < len(image) < estimate


def test_exiftool_finds_nothing_wrong_with_a_picture() -> None:
    image = photograph(replace(SMALL, owner="me, not asdf")).image
    assert complaints(image) == []
    told = exiftool(image)
    assert (told["File:ImageWidth"], told["File:ImageHeight"]) == (640, 480)
    assert told["Canon:OwnerName"] == "me, not asdf"


def test_pictures_of_the_same_look_differ_in_their_exif_alone() -> None:
    one = photograph(SMALL).image
    other = photograph(replace(SMALL, number=1000002, taken=SMALL.taken + timedelta(1))).image
    assert one[0x1800:] == other[0x1800:]
    assert exif.read(one).taken == datetime(2024, 5, 1, 12)
    assert exif.read(other).taken == datetime(2024, 5, 2, 12)


def test_a_thousand_pictures_of_the_same_look_are_drawn_once() -> None:
    large = replace(SMALL, width=2272, height=1704)
    photograph(large)
    drawn = scene._taken.cache_info().misses
    for number in range(1000):
        photograph(replace(large, number=1000000 + number))
    assert scene._taken.cache_info().misses == drawn


# --- settings ------------------------------------------------------------------------------------


def test_more_light_is_brighter() -> None:
    times = (Fraction(1, 500), Fraction(1, 125), Fraction(1, 60), Fraction(1, 15))
    by_time = [brightness(taken(exposure_time=one)) for one in times]
    by_aperture = [brightness(taken(aperture=one)) for one in (8.0, 4.0, 2.0)]
    by_iso = [brightness(taken(iso=one)) for one in (50, 100, 400)]
    for levels in (by_time, by_aperture, by_iso):
        assert levels == sorted(levels)
        assert levels[-1] - levels[0] > 40


def test_a_flash_lights_what_is_too_dark() -> None:
    dark = {"exposure_time": Fraction(1, 500)}
    lit = brightness(taken(**dark, flash_fired=True))
    assert lit > 1.5 * brightness(taken(**dark))
    assert brightness(taken(**dark, flash_fired=True, flash_compensation=Fraction(-1))) < lit


@pytest.mark.parametrize("bias", [Fraction(-2), Fraction(0), Fraction(1, 3)])
@pytest.mark.parametrize(
    "chosen",
    [
        {"iso": 50},
        {"iso": 400},
        {"iso": 50, "aperture": 8.0},
        {"iso": 100, "exposure_time": Fraction(1, 100)},
    ],
    ids=str,
)
def test_the_meter_finds_what_suits_the_scene(chosen: dict[str, Any], bias: Fraction) -> None:
    aperture, exposure_time = meter(**chosen, bias=float(bias))
    metered = taken(iso=chosen["iso"], aperture=aperture, exposure_time=exposure_time)
    wanted = taken(exposure_time=Fraction(2 ** float(bias) / 60))
    assert brightness(metered) == pytest.approx(brightness(wanted), abs=10)
    assert (
        chosen.items() <= {**chosen, "aperture": aperture, "exposure_time": exposure_time}.items()
    )


def test_the_meter_gives_what_the_recorded_photo_had() -> None:
    assert meter(50) == (2.0, Fraction(1, 60))


def test_the_meter_stays_within_the_lens() -> None:
    assert meter(50, exposure_time=Fraction(1)) == (8.0, Fraction(1))
    assert meter(50, exposure_time=Fraction(1, 2000), open_aperture=3.17)[0] == 3.2


def test_white_balance_tints() -> None:
    def warmth(light: WhiteBalance) -> float:
        red, _, blue = mean(taken(white_balance=light))
        return red / blue

    lights = (WhiteBalance.TUNGSTEN, WhiteBalance.FLUORESCENT, WhiteBalance.AUTO)
    warmer = (*lights, WhiteBalance.CLOUDY, WhiteBalance.SHADE)
    assert [warmth(one) for one in warmer] == sorted(warmth(one) for one in warmer)
    assert warmth(WhiteBalance.DAYLIGHT) == warmth(WhiteBalance.AUTO)


def test_effects_and_saturation_change_the_colours() -> None:
    grey, plain = taken(effect=PhotoEffect.BLACK_AND_WHITE), taken()
    assert colorfulness(grey) < 4
    assert colorfulness(taken(effect=PhotoEffect.NEUTRAL)) < 0.8 * colorfulness(plain)
    assert colorfulness(taken(effect=PhotoEffect.VIVID)) > 1.2 * colorfulness(plain)
    assert colorfulness(taken(saturation=-1)) < colorfulness(plain)
    assert colorfulness(taken(saturation=1)) > colorfulness(plain)
    red, green, blue = mean(taken(effect=PhotoEffect.SEPIA))
    assert red > 1.05 * green > 1.2 * blue
    assert brightness(grey) == pytest.approx(brightness(plain), abs=4)


def test_contrast_spreads_the_tones() -> None:
    def spread(contrast: int) -> float:
        return ImageStat.Stat(taken(contrast=contrast).convert("L")).stddev[0]

    assert spread(-1) < spread(0) < spread(1)


def test_without_focus_all_is_blurred() -> None:
    assert detail(taken(focused=False)) < 0.3 * detail(taken())
    assert difference(taken(focused=False), taken()) < 10  # and still the same scene
    assert detail(taken(effect=PhotoEffect.LOW_SHARPENING)) < detail(taken())


def test_zoom_shows_a_part_and_more_of_it() -> None:
    wide, near = taken(), taken(focal_length=2 * SMALL.wide)
    left, top = round(253 / 400 * 320), round(93 / 300 * 240)
    part = wide.crop((left, top, left + 320, top + 240)).resize(wide.size)
    assert difference(near, part) < 5 < 20 < difference(near, wide)
    assert detail(near) > 1.3 * detail(part)


def test_digital_zoom_shows_no_more() -> None:
    lens = taken(focal_length=3 * SMALL.wide)
    digital = taken(focal_length=SMALL.wide, digital_zoom=3.0)
    assert difference(lens, digital) < 6
    assert detail(digital) < 0.8 * detail(lens)


def test_macro_is_near_and_leaves_the_wall_blurred() -> None:
    near = taken(af_distance=AfDistance.CLOSE_UP)
    assert difference(near, taken()) > 30
    ruler, wall = (0, 400, 640, 480), (0, 0, 360, 90)
    assert detail(near, wall) < 0.5 * detail(near, ruler)


def test_sensitivity_brings_grain() -> None:
    def grain(iso: int) -> float:
        image = taken(iso=iso, exposure_time=Fraction(50, 60 * iso), quality=Quality.SUPERFINE)
        return ImageStat.Stat(image.convert("L").crop((600, 20, 640, 24))).stddev[0]

    assert grain(50) < grain(100) < grain(400)


# --- the rest ------------------------------------------------------------------------------------


def test_a_card_has_numbered_dated_different_pictures() -> None:
    pictures = card_pictures(6, SMALL)
    assert [shot.number for shot, _ in pictures] == list(range(1000001, 1000007))
    assert len({photo.image[0x1800:] for _, photo in pictures}) == 6
    for shot, photo in pictures:
        read = exif.read(photo.image)
        assert (read.taken, read.width) == (shot.taken, shot.width)
        assert opened(photo.image).size == (shot.width, shot.height)
    assert [shot.taken for shot, _ in pictures] == sorted({shot.taken for shot, _ in pictures})


def run(code: str, *options: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_another_process_draws_the_same_bytes() -> None:
    code = """
import hashlib
from datetime import datetime
from canon.virtual.pictures.exif import Exposure
from canon.virtual.pictures.scene import photograph
shot = Exposure(datetime(2024, 5, 1, 12), 1000001, width=640, height=480)
print(hashlib.sha256(photograph(shot).image[0x1800:]).hexdigest())
"""
    assert run(code) == run(code)


def test_pillow_is_not_imported_before_a_picture_is_taken() -> None:
    assert run("import sys, canon.virtual.pictures.scene; print('PIL' in sys.modules)") == "False\n"


def test_without_pillow_a_picture_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r'pip install .*\[virtual\]"'):
        photograph(replace(SMALL, iso=99))
