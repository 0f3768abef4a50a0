"""Print what a camera is set to, and what else each setting takes.

python settings_table.py [PORT]
"""

import sys

import canon


def main(port: str = "") -> None:
    """Read all settings in one go; remote control is entered once for all of them."""
    with canon.open(port) as cam, cam.remote():
        for name in cam.settings:
            setting = cam.settings[name]
            takes = ", ".join(map(str, setting.allowed or ()))
            print(f"{name:22} {setting.value!s:18} {takes}")


if __name__ == "__main__":
    main(*sys.argv[1:])
