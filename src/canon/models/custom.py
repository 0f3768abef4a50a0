"""Custom functions, the C.Fn of an EOS: what each body has, and what their values mean.

The numbers are those of the camera's own menu (canon-native-usb, sections 8 and 9.8). Bodies
differ: what is function 3 on one is function 12 on another.
"""

from __future__ import annotations

from canon.frozen import Frozen

_ANY = 1 << 32


class CustomFunction(Frozen):
    """One custom function, and what it is set to.

    Attributes:
        number: its number in the camera's menu: 6 is C.Fn 6.
        name: its name: "exposure_steps".
        choices: what its values mean, from 0 on; nothing where nobody has named them.
        value: the choice that is set; 0 as the body leaves the factory.
    """

    number: int
    name: str
    choices: tuple[str, ...]
    value: int = 0

    @property
    def choice(self) -> str:
        """What is set, as it can be written back; a number when nobody has named it."""
        return self.choices[self.value] if self.value < len(self.choices) else str(self.value)

    def parse(self, wanted: object) -> int:
        """The value of a choice: its name as people type it, its number, or True and False.

        Raises:
            ValueError: there is no such choice.
        """
        if isinstance(wanted, bool):
            wanted = "on" if wanted else "off"
        typed = str(wanted).strip().lower().replace(" ", "-").replace("_", "-")
        if typed in self.choices:
            return self.choices.index(typed)
        if typed.isdecimal() and int(typed) < (len(self.choices) or _ANY):
            return int(typed)
        which = f"one of: {', '.join(self.choices)}" if self.choices else "a number"
        raise ValueError(f"{wanted!r} is no choice of {self.name}; take {which}")

    def __str__(self) -> str:
        return self.choice


def _table(*rows: tuple[int, str, tuple[str, ...]]) -> tuple[CustomFunction, ...]:
    return tuple(CustomFunction(*row) for row in rows)


_OFF_ON, _ON_OFF = ("off", "on"), ("on", "off")
_HALVES_THIRDS = ("1/2", "1/3")
_SHUTTER = ("af/ae-lock", "ae-lock/af", "af/af-lock", "ae/af")
_ASSIST = ("assist+flash", "flash", "external-assist+flash", "assist")
_BRACKETS = ("0-+/cancel", "0-+/keep", "-0+/cancel", "-0+/keep")
_CURTAIN = ("first", "second")
_MENU = ("previous-till-off", "previous", "top")
_SET = ("none", "quality", "parameters", "menu", "playback")
_AF_STOP = ("af-stop", "af-start", "ae-lock", "af-point-auto", "one-shot/servo", "stabilizer")

_D30_AND_D60 = _table(
    (1, "long_exposure_noise_reduction", _OFF_ON),
    (2, "shutter_and_ae_lock_buttons", (*_SHUTTER[:3], "ae/ae+af")),
    (3, "mirror_lockup", _OFF_ON),
    (4, "exposure_steps", _HALVES_THIRDS),
    (5, "af_assist_and_flash", _ASSIST),
    (6, "flash_sync_in_av", ("auto", "1/200")),
    (7, "bracketing_order", _BRACKETS),
    (8, "shutter_curtain", _CURTAIN),
    (9, "lens_af_stop_button", _AF_STOP[:3]),
    (10, "fill_flash_reduction", _ON_OFF),
    (11, "menu_return", ("top", "previous-till-off", "previous")),
    (12, "set_button", ("none", "quality", "iso", "parameters")),
    (13, "sensor_cleaning", _OFF_ON),
    (14, "superimposed_display", _ON_OFF),
    (15, "release_without_card", _ON_OFF),
)
EOS_D30, EOS_D60 = _D30_AND_D60[:13], _D30_AND_D60[1:]
EOS_10D = _table(
    (1, "set_button", _SET),
    (2, "release_without_card", _ON_OFF),
    (3, "flash_sync_in_av", ("auto", "1/200")),
    (4, "shutter_and_ae_lock_buttons", _SHUTTER),
    (5, "af_assist_and_flash", _ASSIST),
    (6, "exposure_steps", _HALVES_THIRDS),
    (
        7,
        "af_point_registration",
        ("center", "bottom", "right", "far-right", "auto", "far-left", "left", "top"),
    ),
    (
        8,
        "jpeg_beside_raw",
        ("small", "small-fine", "medium", "medium-fine", "large", "large-fine"),
    ),
    (9, "bracketing_order", _BRACKETS),
    (10, "superimposed_display", _ON_OFF),
    (11, "menu_return", _MENU),
    (12, "mirror_lockup", _OFF_ON),
    (13, "assist_button", ("none", "home", "home-while-pressed", "compensation", "fe-lock")),
    (14, "fill_flash_reduction", _ON_OFF),
    (15, "shutter_curtain", _CURTAIN),
    (16, "safety_shift", _OFF_ON),
    (17, "lens_af_stop_button", _AF_STOP),
)
EOS_300D = EOS_10D[:13]
EOS_20D = _table(
    (1, "set_button", _SET),
    (2, "long_exposure_noise_reduction", _OFF_ON),
    (3, "flash_sync_in_av", ("auto", "1/250")),
    (4, "shutter_and_ae_lock_buttons", _SHUTTER),
    (5, "af_assist", ("on", "off", "external")),
    (6, "exposure_steps", ("1/3", "1/2")),
    (7, "flash_firing", _ON_OFF),
    (8, "iso_expansion", _OFF_ON),
    (9, "bracketing_order", _BRACKETS),
    (10, "superimposed_display", _ON_OFF),
    (11, "menu_return", _MENU),
    (12, "mirror_lockup", _OFF_ON),
    (13, "af_point_selection", ("normal", "multi-controller", "quick-dial")),
    (14, "flash_metering", ("evaluative", "average")),
    (15, "shutter_curtain", _CURTAIN),
    (16, "safety_shift", _OFF_ON),
    (17, "lens_af_stop_button", _AF_STOP),
    (18, "original_decision_data", _OFF_ON),
)
