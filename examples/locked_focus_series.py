"""Take a series in which each picture is focused alike: one every five seconds.

python locked_focus_series.py [PORT] [FOLDER] [COUNT]
"""

import sys

import canon


def main(port: str = "", folder: str = "series", count: str = "10") -> None:
    """Focus once, then shoot; the lens does not search again."""
    with canon.open(port) as cam, cam.focus.lock():
        due = cam.clock.now()
        for _ in range(int(count)):
            cam.clock.sleep(max(0.0, due - cam.clock.now()))
            shot = cam.capture.shoot(to=f"{folder}/")
            print(*shot.saved)
            due += 5.0  # counted from the start, so that no picture's own time adds up


if __name__ == "__main__":
    main(*sys.argv[1:])
