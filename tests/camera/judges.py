"""Judges of a picture that share no code with a camera: exiftool and Pillow."""

from __future__ import annotations

import io
import json
import subprocess
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from canon.camera import Camera
from canon.camera.settings import NoSuchSetting
from canon.errors import NotSupported
from conftest import program


def is_left(cam: Camera) -> bool:
    """Whether remote control has ended with what needed it; or whether it lasts, where it does."""
    return cam.remote.active is cam.remote.lasts


def has(cam: Camera, *names: str) -> bool:
    """Whether the camera has settings; one that it has not says so when it is read."""
    missing = [name for name in names if name not in cam.settings]
    for name in missing:
        with pytest.raises((NotSupported, NoSuchSetting), match=name):
            _ = cam.settings[name].value
    return not missing


def exif(picture: bytes) -> dict[str, Any]:
    """What exiftool reads from a picture: numbers as numbers, by Group:Tag; it finds no fault."""
    told = subprocess.run(
        [program("exiftool"), "-json", "-n", "-G1", "-validate", "-warning", "-error", "-all", "-"],
        input=picture,
        capture_output=True,
        check=True,
    )
    fields: dict[str, Any] = json.loads(told.stdout)[0]
    faults = {
        name: value for name, value in fields.items() if name.endswith((":Warning", ":Error"))
    }
    assert not faults
    return fields


def opened(jpeg: bytes) -> Image.Image:
    """The pixels of a JPEG; one that is cut or broken is an error."""
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    return image.convert("RGB")


def brightness(image: Image.Image) -> float:
    """From 0 to 255."""
    return ImageStat.Stat(image.convert("L")).mean[0]


def colors(image: Image.Image) -> tuple[float, float, float]:
    """How much red, green and blue there is."""
    red, green, blue = ImageStat.Stat(image).mean
    return red, green, blue


def colorfulness(image: Image.Image) -> float:
    """0 is grey."""
    return ImageStat.Stat(image.convert("HSV")).mean[1]


def detail(image: Image.Image) -> float:
    """How much the pixels differ from their neighbours."""
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).rms[0]


def difference(one: Image.Image, other: Image.Image) -> float:
    """How unlike two pictures are from afar."""
    small, like = (image.resize((40, 30), reducing_gap=3.0) for image in (one, other))
    return ImageStat.Stat(ImageChops.difference(small, like).convert("L")).mean[0]
