"""A virtual PowerShot 350 on a modelled RS-232 line, and the host at the other end."""

from __future__ import annotations

from canon.camera.storage import Storage
from canon.camera.turns import Turns
from canon.models.ps350 import MODELS
from canon.ps350.driver import Ps350Driver
from canon.ps350.session import Session
from canon.serial.line import Line
from canon.virtual.card import MemoryCard
from canon.virtual.clock import BodyClock
from canon.virtual.ps350 import Ps350Camera
from rigs.bodies import a_card, waiting

(MODEL,) = MODELS
PICTURE = bytes(at * (at >> 8) % 251 for at in range(150_000))
SMALL = b"\xff\xd8" + bytes(at % 253 for at in range(2_500))
FOLDER = "DC97/CTG_0000"
PATH = f"{FOLDER}/AUT_0021.JPG"
SMALL_PATH = f"{FOLDER}/THM_0021.JPG"
TAKEN = 930_400_800


def ps350_card() -> MemoryCard:
    """A card with one picture and its thumbnail."""
    return a_card({SMALL_PATH: SMALL, PATH: PICTURE}, taken=TAKEN)


def ps350_device(*faults: str, card: MemoryCard | None = None, real: bool = False) -> Ps350Camera:
    """A virtual camera, asleep, with that card or one with a picture."""
    inside = card or ps350_card()
    return Ps350Camera(MODEL, lambda: inside, BodyClock(real=real), waiting(*faults))


class Host:
    """A host at the other end of a line: its driver, and the card as users see it."""

    def __init__(self, line: Line, speed: int = 115200) -> None:
        self.driver = Ps350Driver(Session(line, speed), MODEL)
        self.storage = Storage(lambda: self.driver, lambda: "camera", Turns())
        self.identity = self.driver.start()
