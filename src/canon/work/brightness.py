"""How bright a picture is. It needs Pillow, of the extra `pictures`."""

from __future__ import annotations

import io
import math

from canon.errors import MissingExtra

_GAMMA = 2.2
_MOST_PIXELS = 1 << 20  # a thumbnail has a fiftieth of that
_DARKEST = 1e-5


def check_can_look() -> None:
    """Nothing where pictures can be looked at.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtra("looking at the brightness of pictures", "Pillow", "pictures") from error


def brightness(picture: bytes) -> float | None:
    """The mean light of a JPEG, in stops below white; None where it cannot be looked at.

    Args:
        picture: the whole file; a thumbnail will do.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    check_can_look()
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(picture), formats=("JPEG",))
        if image.width * image.height > _MOST_PIXELS:
            return None
        counts = image.convert("L").histogram()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    light = sum(count * (value / 255) ** _GAMMA for value, count in enumerate(counts))
    return math.log2(max(light / max(1, sum(counts)), _DARKEST))
