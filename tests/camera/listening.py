"""What a camera says by itself, until it is silent."""

from canon.camera import Camera
from canon.driver.events import Event


def heard(cam: Camera, silent_s: float) -> list[Event]:
    """All that comes from now on, until nothing came for so many seconds."""
    with cam.events() as events:
        return list(iter(lambda: events.get(silent_s), None))


def kinds_heard(cam: Camera, silent_s: float) -> list[type[Event]]:
    """The kinds of all that comes."""
    return [type(event) for event in heard(cam, silent_s)]
