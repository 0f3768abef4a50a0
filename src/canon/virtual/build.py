"""Virtual cameras out of text: the body, what goes wrong, its card, and the plug that it is behind.

`powershot-g3?card=DIR&mode=ptp&pace=real&fault=KIND&press=SECONDS&battery=low&light=0:3,7200:-7`,
or of an EOS `dial=manual&set=iso:800`, as it stands in a port string.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from canon.frozen import Frozen
from canon.models.model import Model
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.virtual.catalogue import Row, can, choose
from canon.virtual.charge import Charge
from canon.virtual.clock import BodyClock
from canon.virtual.faults import Fault, FaultKind, Faults
from canon.virtual.light import Light
from canon.virtual.ptp.profile import is_eos

if TYPE_CHECKING:
    from canon.virtual.card import MemoryCard
    from canon.virtual.line import LineCamera
    from canon.virtual.native.camera import NativeCamera
    from canon.virtual.ptp.camera import PtpCamera
    from canon.virtual.ptp.eos.extension import EosBody

_TURNED = frozenset({("af", "off"), ("lens", "none")})
_CARD, _EOS_CARD = 256 << 20, 8 << 30  # the bytes of a fresh card


def make_virtual(text: str) -> NativeCamera | PtpCamera[Any]:
    """Build the virtual camera that `powershot-g3?card=DIR&mode=ptp&fault=…` describes, on USB.

    Raises:
        ValueError: there is no such body, or it cannot do that, or has no USB.
    """
    return Wanted.parse(text).on_usb()


class Wanted(Frozen):
    """What a text asks for.

    Attributes:
        model: the row of the body; it says what is spoken, and on which plug.
        real: whether its time passes as ours does.
        faults: what goes wrong.
        presses: seconds after which somebody presses its shutter button.
        card: the folder that its card shows, or "none"; None for a card of its own.
        battery: how full it is, or for how many pictures it lasts; None: it runs from the mains.
        dial: where the mode dial of an EOS stands, as it counts; None: where it was recorded.
        af: whether the switch of its lens is at AF; else at MF.
        lens: whether it has a lens.
        light: what falls on the scene in front of it.
        menu: properties of an EOS that were turned in its menu, and the bytes that they have.
    """

    model: Row
    real: bool = False
    faults: tuple[Fault, ...] = ()
    presses: tuple[float, ...] = ()
    card: str | None = None
    battery: Charge | int | None = None
    dial: int | None = None
    af: bool = True
    lens: bool = True
    light: Light = Light()
    menu: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """Read a text.

        Raises:
            ValueError: it cannot be read, or there is no such body or folder.
        """
        slug, _, query = text.partition("?")
        mode, real, card, battery, light = "", False, None, None, Light()
        turned: dict[str, str] = {}
        faults: list[Fault] = []
        presses: list[float] = []
        menu: list[str] = []
        asked = parse_qsl(query, keep_blank_values=True)
        for key, many in Counter(key for key, _ in asked).items():
            if many > 1 and key not in ("fault", "press", "set"):
                raise ValueError(f"{key}=… is there {many} times; a virtual camera has one")
        for key, value in asked:
            if key == "card":
                card = value
            elif key == "pace" and value in ("real", "jump"):
                real = value == "real"
            elif key == "mode" and value in ("native", "ptp"):
                mode = value
            elif key == "fault":
                faults.append(Fault.parse(value))
            elif key == "press":
                presses += _presses(value)
            elif key == "battery":
                battery = _battery(value)
            elif key == "light":
                light = Light.parse(value)
            elif key == "set":
                menu.append(value)
            elif key == "dial" or (key, value) in _TURNED:
                turned[key] = value
            else:
                raise ValueError(
                    f"'{key}={value}' says nothing to a virtual camera; use card=DIR, card=none, "
                    "mode=native, mode=ptp, pace=real, fault=KIND, press=SECONDS, "
                    "press=every:SECONDS,count:NUMBER, battery=good, "
                    "battery=low, battery=empty, battery=SHOTS, light=SECONDS:STOPS,…, "
                    "and on an EOS dial=MODE, set=SETTING:VALUE, af=off, lens=none"
                )
        model = choose(slug, mode)
        if faults:
            from canon.virtual.repertoire import repertoire

            known = repertoire(model, on_line=model.product is None)
            for fault in faults:
                fault.check(known)
        if presses and isinstance(model, Ps350Model):
            raise ValueError(f"press=…: nobody can press the button of a virtual {model.name}")
        if light.steps and isinstance(model, Ps350Model):
            raise ValueError(f"light=…: a virtual {model.name} takes no pictures")
        if card == "":
            raise ValueError("card=: name a folder, or say card=none")
        if card and card != "none" and not os.path.isdir(card):
            raise ValueError(f"card={card}: there is no such folder")
        if presses and card == "none" and not _tells_of_presses(model):
            raise ValueError(f"press=…: without a card, nothing comes of it on the {model.name}")
        if battery is not None and not _tells_its_battery(model):
            raise ValueError(f"battery=…: the {model.name} says nothing of its battery")
        is_one = isinstance(model, PtpModel) and is_eos(model)
        for key in (*turned, *("set" for _ in menu)):
            if not is_one:
                raise ValueError(f"{key}=…: the {model.name} is no EOS that speaks PTP")
        dial = _dial(turned["dial"]) if "dial" in turned else None
        af, lens = "af" not in turned, "lens" not in turned
        return cls(
            model,
            real,
            tuple(faults),
            tuple(presses),
            card,
            battery,
            dial,
            af,
            lens,
            light,
            tuple(_in_menu(text, model) for text in menu),
        )

    @property
    def odd(self) -> Ps350Model | None:
        """The row, where a host must be told on a line which camera it is."""
        return self.model if isinstance(self.model, Ps350Model) else None

    def on_usb(self) -> NativeCamera | PtpCamera[Any]:
        """The camera behind its USB plug.

        Raises:
            ValueError: it has none.
        """
        if self.model.product is None:
            raise ValueError(f"the {self.model.name} has no USB; it goes over RS-232 only")
        return self._device()

    def on_line(self) -> LineCamera:
        """The camera behind its serial plug.

        Raises:
            ValueError: it has none.
        """
        if odd := self.odd:
            from canon.virtual.folder import LONGEST_IN_32_BITS
            from canon.virtual.ps350 import PICTURES, Ps350Camera, fresh_card

            card = self._card(lambda: fresh_card(odd), LONGEST_IN_32_BITS, PICTURES)
            return Ps350Camera(odd, card, self._clock(), Faults(self.faults))
        from canon.virtual.native.camera import NativeCamera
        from canon.virtual.native.serial import SerialCamera

        device = self._device()
        if not isinstance(device, NativeCamera):
            raise ValueError("PTP goes over USB only; a camera on a serial line is mode=native")
        from canon.virtual.repertoire import repertoire

        for fault in self.faults:
            fault.check(repertoire(self.model, on_line=True))
        return SerialCamera(device)

    def _device(self) -> NativeCamera | PtpCamera[Any]:
        from canon.virtual.body import Body
        from canon.virtual.card import fresh_card
        from canon.virtual.folder import LONGEST_IN_32_BITS

        model, clock, faults = self.model, self._clock(), Faults(self.faults)
        device: NativeCamera | PtpCamera[Any]
        if isinstance(model, PtpModel):
            from canon.virtual.ptp.camera import PtpCamera
            from canon.virtual.ptp.profile import load_profile as load_ptp

            of_ptp = load_ptp(model)
            size = _EOS_CARD if of_ptp.burst else _CARD
            card = self._card(lambda: fresh_card(of_ptp, size))
            if of_ptp.burst:
                from canon.virtual.ptp.eos.extension import EosBody

                eos = device = PtpCamera(Body(model, of_ptp, card, clock), EosBody, faults)
                self._turn(eos.extension)
            else:
                from canon.virtual.ptp.powershot.extension import PowerShot

                device = PtpCamera(Body(model, of_ptp, card, clock), PowerShot, faults)
        else:
            from canon.virtual.native.camera import NativeCamera
            from canon.virtual.native.profile import load_profile

            assert isinstance(model, Model)  # noqa: S101  (the third one is on a line)
            profile = load_profile(model)
            card = self._card(lambda: fresh_card(profile), LONGEST_IN_32_BITS)
            device = NativeCamera(Body(model, profile, card, clock), faults)
        device.body.light = self.light
        if self.battery is not None:
            device.body.on_ac = False
        if isinstance(self.battery, Charge):
            device.body.charge = self.battery
        elif self.battery is not None:
            device.body.last(self.battery)
        if self.presses:
            from canon.virtual.pictures.scene import check_can_draw

            check_can_draw()
        for seconds in self.presses:
            clock.after(seconds, device.press)
        return device

    def _turn(self, eos: EosBody) -> None:
        """Turn what can be turned on an EOS."""
        if self.dial is not None:
            eos.table.turn_dial(self.dial)
        if not self.af:
            eos.switch_focus(automatic=False)
        elif any(fault.kind is FaultKind.NO_FOCUS for fault in self.faults):
            eos.switch_focus(automatic=True)  # it may have been recorded at MF
        if not self.lens:
            eos.change_lens("")
        for code, value in self.menu:
            eos.table.turn(code, value)

    def _clock(self) -> BodyClock:
        return BodyClock(real=self.real)

    def _card(
        self,
        fresh: Callable[[], MemoryCard],
        longest: int | None = None,
        pictures: str = "DCIM",
    ) -> Callable[[], MemoryCard | None]:
        """What makes the card: nothing, one that shows a folder, or a fresh one."""
        if self.card == "none":
            return lambda: None
        if self.card is None:
            return fresh
        from canon.virtual.folder import card_from_folder

        folder = Path(self.card)
        return lambda: card_from_folder(folder, longest=longest, pictures=pictures)


def _tells_of_presses(model: Row) -> bool:
    """Whether a host learns of the button where no picture can be put on a card."""
    return isinstance(model, PtpModel) and "release" in can(model)


def _tells_its_battery(model: Row) -> bool:
    """Whether a host can see how full the battery of a body is, or whether that ends a series."""
    if not isinstance(model, PtpModel) or is_eos(model):
        return not isinstance(model, Ps350Model)
    from canon.ptp.powershot.layouts import Property
    from canon.virtual.ptp.profile import load_profile

    told = load_profile(model).properties
    return Property.BATTERY_STATUS in told or "release" in can(model)


def _dial(text: str) -> int:
    """A position of the mode dial, by its word."""
    from canon.ptp.eos.codes import SHOOTING_MODE
    from canon.values import ShootingMode

    try:
        code = SHOOTING_MODE.code(ShootingMode.parse(text))
    except ValueError:
        code = None
    if code is None:
        raise ValueError(
            f"dial={text}: no EOS has that on its dial; say auto, program, shutter-priority, "
            "aperture-priority, manual, bulb, or the word of a scene"
        )
    return code


def _in_menu(text: str, model: Row) -> tuple[int, bytes]:
    """A property of a body and its bytes, of `iso:800`."""
    from canon.ptp.eos.codes import row_of
    from canon.ptp.eos.records import PropValueChanged, read_records
    from canon.virtual.ptp.profile import load_profile

    assert isinstance(model, PtpModel)  # noqa: S101  (an EOS that speaks PTP)
    name, _, value = text.partition(":")
    row, told = row_of(name), read_records(load_profile(model).burst)
    if row is None or not any(
        isinstance(one, PropValueChanged) and one.property == row.place for one in told
    ):
        raise ValueError(f"set={text}: the {model.name} has no setting {name!r}; say SETTING:VALUE")
    try:
        raw = row.write(row.kind.parse(value))
    except ValueError as error:
        raise ValueError(f"set={text}: {error}") from None
    if raw is None:
        raise ValueError(f"set={text}: no EOS has {value!r} for its {name}")
    return row.place, raw


def _battery(text: str) -> Charge | int:
    """How full a battery is, or for how many pictures it lasts."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return Charge(text)
    except ValueError:
        raise ValueError(
            f"battery={text}: say good, low or empty, or for how many pictures it lasts"
        ) from None


def _presses(text: str) -> list[float]:
    """After how many seconds the button is pressed: once, or several times as one is told."""
    number = r"(\d+(?:\.\d+)?)s?"
    found = re.fullmatch(rf"(?:every:{number},count:(\d{{1,5}})|{number})", text)
    if found is None:
        raise ValueError(
            f"press={text}: give the seconds after which the button is pressed, "
            "or every:SECONDS,count:NUMBER"
        )
    every, count, once = found.groups()
    if once:
        return [float(once)]
    return [float(every) * number for number in range(1, int(count) + 1)]
