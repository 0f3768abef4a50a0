"""Tell what a camera says by itself: somebody presses a button, or changes the card.

python watch_events.py [PORT] [SECONDS]
"""

import sys

import canon


def main(port: str = "", silent_s: str = "60") -> None:
    """Print events until the camera has been silent for that long."""
    with canon.open(port) as cam, cam.events() as events:
        known = set(cam.storage.walk("DCIM"))
        while event := events.get(timeout_s=float(silent_s)):
            match event:
                case canon.FileAdded(entry=entry):
                    print("new:", entry)
                case canon.CardChanged():  # some cameras say no more than that
                    now = set(cam.storage.walk("DCIM"))
                    print("new:", *sorted(now - known), "gone:", *sorted(known - now))
                    known = now
                case canon.Missed(count=count):
                    print(count, "events were lost, since nobody read them")
                case canon.Gone():
                    print("the camera went away")
                case _:
                    print(event)


if __name__ == "__main__":
    main(*sys.argv[1:])
