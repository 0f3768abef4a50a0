"""Pictures by the graphics of a terminal, kitty's or sixel: what textual-image finds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from canon.cli.output import is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image


def find() -> Callable[..., Any] | None:
    """What draws a picture; None where the terminal has no graphics, or the extra is missing.

    It asks the terminal, and the terminal answers on stdin.
    """
    if not is_terminal(sys.stdin) or not is_terminal(sys.stdout):
        return None
    try:
        from textual_image import renderable
    except ImportError:
        return None
    has_graphics = renderable.Image in (renderable.SixelImage, renderable.TGPImage)
    return renderable.Image if has_graphics else None


def put(draw: Callable[..., Any], picture: Image, columns: int) -> None:
    """Draw a picture so many columns wide."""
    from rich.console import Console

    Console(file=sys.stdout).print(draw(picture, width=columns, height="auto"), end="")
