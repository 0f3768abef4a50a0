"""What a virtual camera does when its shutter is released, whatever it speaks.

The scene is measured, the picture developed, its number counted on from the card, its files put
there. The times are those of a recorded G3: 2.67 s until the lens is out (canon-native-usb,
sections 9 to 12).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from canon.models.file_kinds import Content, kind_of
from canon.models.model import Model
from canon.values import FileKind, Flash, Format, ImageSize, Iso, Scale, ShootingMode
from canon.values.formats import RAW
from canon.virtual.body import Body
from canon.virtual.card import File
from canon.virtual.clock import EPOCH
from canon.virtual.pictures.exif import CRW_THM, Exposure

LENS_S = 2.67
FOCUS_S = 0.8  # Guess: how much of the 3.385 s of a release the lens takes to focus

_LAST = 9999999  # IMG_9999 in folder 999
_NUMBERED = re.compile(r"\w{3}_(\d{4})\.\w{3}")


@dataclass(frozen=True)
class Taken:
    """What a release gave.

    Attributes:
        number: folder and file as one number: 1000001 is IMG_0001 in folder 100.
        thumbnail: the small JPEG.
        files: the bytes of each file by its suffix; of RAW+JPEG, the RAW is the first.
    """

    number: int
    thumbnail: bytes
    files: dict[str, bytes]

    @property
    def pictures(self) -> dict[str, bytes]:
        """The files that are pictures: without the THM of a CRW."""
        return {
            suffix: data
            for suffix, data in self.files.items()
            if kind_of(suffix).content is not Content.THUMBNAIL
        }

    def name(self, suffix: str) -> str:
        """What the file is called."""
        return f"IMG_{self.number % 10000:04}{suffix}"

    def folder(self) -> tuple[str, ...]:
        """Where its files belong on a card."""
        return "DCIM", f"{self.number // 10000:03}CANON"

    def only_thumbnail(self) -> Taken:
        """The same with the thumbnail in place of the files."""
        return dataclasses.replace(self, files={".JPG": self.thumbnail})

    def split(self, suffix: str) -> tuple[Taken, Taken]:
        """The same without the file of that suffix, and that file alone."""
        others = {one: data for one, data in self.files.items() if one != suffix}
        alone = {one: data for one, data in self.files.items() if one == suffix}
        return dataclasses.replace(self, files=others), dataclasses.replace(self, files=alone)


class Shutter:
    """Takes the pictures of a body.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body[Any, Any]) -> None:
        self.body = body
        self.number = 0  # of the last picture

    def check(self) -> None:
        """Nothing where pictures can be taken; it is asked before anything moves.

        Raises:
            MissingExtra: Pillow is not installed.
        """
        from canon.virtual.pictures.scene import check_can_draw

        check_can_draw()

    def take(
        self,
        shot: Exposure,
        forms: Container[FileKind],
        sensor: tuple[int, int],
        raw_suffix: str = ".CRW",
    ) -> Taken:
        """Take a picture under the next number.

        Args:
            shot: how; its pixels are those of the JPEG or the HEIF.
            forms: the formats that are wanted.
            sensor: the pixels of a RAW file.
            raw_suffix: how the name of a RAW file ends.
        """
        from canon.virtual.pictures.boxes import cr3, hif
        from canon.virtual.pictures.raw import cr2, crw, thm
        from canon.virtual.pictures.scene import photograph

        shot = dataclasses.replace(shot, number=self._next_number())
        photo = photograph(shot)
        files = {}
        if FileKind.RAW in forms:
            width, height = sensor
            whole = dataclasses.replace(
                shot, width=width, height=height, size=ImageSize.LARGE, quality=None
            )
            if raw_suffix == ".CR2":
                files[".CR2"] = cr2(whole, photo)
            elif raw_suffix == ".CR3":
                files[".CR3"] = cr3(whole, photo)
            else:
                files[".CRW"] = crw(whole, photo)
                files[".THM"] = thm(dataclasses.replace(whole, files=CRW_THM), photo)
        if FileKind.JPEG in forms:
            files[".JPG"] = photo.image
        if FileKind.HEIF in forms:
            files[".HIF"] = hif(shot, photo)
        return Taken(shot.number, photo.thumbnail, files)

    def has_room(self, taken: Taken) -> bool:
        """Whether there is a card, with room for the files and a number for them."""
        card, size = self.body.card, sum(map(len, taken.files.values()))
        return card is not None and size <= card.free and taken.number <= _LAST

    def write(self, taken: Taken) -> list[tuple[str, ...]]:
        """Put the files on the card.

        Returns:
            The paths that are new, folders first; none when they have no room there.
        """
        card = self.body.card
        if card is None or not self.has_room(taken):
            return []
        folder = taken.folder()
        ways = [folder[:depth] for depth in range(1, len(folder) + 1)]
        new = [way for way in ways if card.find(way) is None]
        for suffix, data in taken.files.items():
            path = *folder, taken.name(suffix)
            card.add(path, File(data, self.body.seconds))
            new.append(path)
        return new

    def next_movie(self, suffix: str) -> tuple[str, ...]:
        """The path of the next movie, under the next number."""
        number = self._next_number()
        return "DCIM", f"{number // 10000:03}CANON", f"MVI_{number % 10000:04}{suffix}"

    def _next_number(self) -> int:
        """One more than any on the card, or ever given."""
        last = max(self.number, 1000000)
        card = self.body.card
        dcim = card.folder(("DCIM",)) if card else None
        for folder in sorted(dcim.entries if dcim else (), reverse=True):
            if named := re.fullmatch(r"([1-9]\d\d)CANON", folder):
                inside = card.folder(("DCIM", folder)) if card else None
                found = (_NUMBERED.fullmatch(name) for name in (inside.entries if inside else ()))
                if numbers := [int(one[1]) for one in found if one]:
                    last = max(last, int(named[1]) * 10000 + max(numbers))
                    break
        number = last + 1
        if isinstance(self.body.model, Model) and last % 10000 and last % 100 == 0:
            number += 10000  # Guess: a hundred files a folder, as in the names of its manuals
        self.number = number + (number % 10000 == 0)  # no file is called IMG_0000
        return self.number


def exposure(
    body: Body[Any, Any], read: Callable[[str], Any], auto_iso: int = 100, **rest: Any
) -> Exposure:
    """How the next picture is taken, by the settings.

    Args:
        body: the camera.
        read: the value of a setting by its name; None where the body has none.
        auto_iso: the sensitivity that the camera chooses by itself.
        rest: what no setting tells, as fields of `Exposure`.
    """
    form: Format = read("image_format") or Format("large-fine")
    file = form.jpeg or RAW
    flash, iso = read("flash") or Flash.OFF, read("iso") or Iso(auto_iso)
    said = {
        "mode": read("shooting_mode"),
        "metering": read("metering"),
        "white_balance": read("white_balance"),
        "af_distance": read("af_distance"),
        "effect": read("photo_effect"),
        "contrast": read("contrast"),
        "saturation": read("saturation"),
        "sharpness": read("sharpness"),
    }
    shot = Exposure(
        taken=EPOCH + timedelta(seconds=body.seconds),
        model=body.profile.model,
        owner=body.owner,
        size=file.size or ImageSize.LARGE,
        quality=file.quality,
        exposure_time=_number(read("shutter_speed"), Fraction(1, 60)),
        aperture=float(_number(read("aperture"), rest["open_aperture"])),
        iso=int(_number(iso, auto_iso)),
        iso_auto=iso == "auto",
        compensation=_number(read("exposure_compensation"), Fraction(0)),
        flash_compensation=_number(read("flash_compensation"), Fraction(0)),
        flash=flash,
        flash_fired=flash in (Flash.ON, Flash.ON_RED_EYE),
        light=body.light.at(body.clock.now()),
        **{name: value for name, value in said.items() if value is not None},
        **rest,
    )
    return metered(shot, rest["open_aperture"], rest["smallest_aperture"])


def _number(value: Scale | None, otherwise: Any) -> Any:
    """The number of a step; something else for a word, and where there is none."""
    return otherwise if value is None or value.number is None else value.number


def metered(shot: Exposure, open_aperture: float, smallest_aperture: float) -> Exposure:
    """The shot with the aperture and the time that its mode leaves to the camera.

    Args:
        shot: its aperture and its time are those that were set by hand.
        open_aperture: the largest aperture of the lens, an f-number.
        smallest_aperture: the smallest one.
    """
    from canon.virtual.pictures.scene import meter

    if shot.mode == ShootingMode.MANUAL:
        return shot
    given_aperture = shot.mode == ShootingMode.APERTURE_PRIORITY
    given_time = shot.mode == ShootingMode.SHUTTER_PRIORITY
    aperture, time = meter(
        shot.iso,
        bias=float(shot.compensation),
        light=shot.light,
        aperture=shot.aperture if given_aperture else None,
        exposure_time=shot.exposure_time if given_time else None,
        open_aperture=open_aperture,
        smallest_aperture=smallest_aperture,
    )
    return dataclasses.replace(shot, aperture=aperture, exposure_time=time)
