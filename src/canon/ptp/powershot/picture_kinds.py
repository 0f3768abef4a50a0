"""The kinds of pictures of a PowerShot, by the codes that it gives them."""

from __future__ import annotations

from canon.values.formats import Format, ImageSize, Quality

_SIZES = (ImageSize.LARGE, ImageSize.MEDIUM_1, ImageSize.MEDIUM_2, None, ImageSize.SMALL)
_QUALITIES = (Quality.SUPERFINE, Quality.FINE, Quality.NORMAL)


def _picture_kinds() -> dict[int, Format]:
    """Five codes for each quality, by size; RAW; three for the size that came later."""
    named = {16: Format("raw")}
    for row, quality in enumerate(_QUALITIES):
        for column, size in enumerate(_SIZES):
            if size is not None:
                named[1 + 5 * row + column] = Format(f"{size}-{quality}")
        named[17 + row] = Format(f"{ImageSize.MEDIUM_3}-{quality}")
    return named


PICTURE_KINDS = _picture_kinds()
"""The format by the code that SIZE_QUALITY_MODE gives a kind of picture.

The code, less one, is the place of that kind in AVERAGE_FILE_SIZES. No document says so: it is read
out of what 16 bodies report, and agrees with the sizes in their manuals.
"""
