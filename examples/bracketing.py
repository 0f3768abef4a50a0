"""Take the same picture darker, as measured, and brighter.

python bracketing.py [PORT] [FOLDER]
"""

import sys

import canon


def main(port: str = "", folder: str = "bracket") -> None:
    """Shoot with one stop less, none, and one more; then leave the setting as it was."""
    with canon.open(port) as cam, cam.remote():
        compensation = cam.settings.exposure_compensation
        before = compensation.value
        try:
            for stops in "-1", "0", "+1":
                compensation.set(stops)
                shot = cam.capture.shoot(to=f"{folder}/")
                print(f"{stops:>2}", *shot.saved)
        finally:
            compensation.set(before)


if __name__ == "__main__":
    main(*sys.argv[1:])
