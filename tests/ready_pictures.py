"""Draw the pictures of fresh cards into the package, so that a virtual camera needs no Pillow.

python tests/ready_pictures.py
"""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from canon.models import native, ps350, ptp
from canon.virtual import ps350 as virtual_ps350
from canon.virtual.card import fresh_card
from canon.virtual.native.profile import load_profile as native_profile
from canon.virtual.pictures import ready, scene
from canon.virtual.ptp.profile import load_profile as ptp_profile
from canon.virtual.ptp.profile import source


def make_all_cards() -> None:
    """Make the fresh card of each body."""
    for model in native.MODELS:
        fresh_card(native_profile(model))
    for row in ptp.MODELS:
        if source(row):
            fresh_card(ptp_profile(row))
    for odd in ps350.MODELS:
        virtual_ps350.fresh_card(odd)


def drawn() -> dict[str, bytes]:
    """All that fresh cards need, by its name in the package, drawn now."""
    found: dict[str, bytes] = {}
    draw, draw_frame = scene.draw, scene.draw_frame

    def picture(look: scene.Look) -> tuple[bytes, bytes]:
        name = scene.ready_name(look)
        found[name], found[f"{name}-thumbnail"] = both = draw(look)
        return both

    def frame(look: scene.Look) -> bytes:
        found[f"{scene.ready_name(look)}-frame"] = seen = draw_frame(look)
        return seen

    scene.forget()
    with patch.multiple(scene, ready=lambda name: None, draw=picture, draw_frame=frame):
        make_all_cards()
    scene.forget()
    return found


def main() -> None:
    folder = Path(str(ready.FOLDER))
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for name, data in drawn().items():
        (folder / f"{name}.jpg").write_bytes(data)


if __name__ == "__main__":
    main()
