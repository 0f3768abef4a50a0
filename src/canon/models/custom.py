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
        number: its number in the camera's menu: 6 is C.Fn 6. In PTP its number on the wire.
        name: its name: "exposure_steps"; the number, as "0x0101", where nobody has named it.
        choices: what its values mean, from 0 on; nothing where nobody has named them.
        values: what is set; most have one number, which is 0 as the body leaves the factory.
        group: the group that it stands in, as the body tells it; 0 where there are no groups.
    """

    number: int
    name: str
    choices: tuple[str, ...]
    values: tuple[int, ...] = (0,)
    group: int = 0

    @property
    def value(self) -> int:
        """The choice that is set; of several numbers the first."""
        return self.values[0]

    @property
    def choice(self) -> str:
        """What is set, as it can be written back; numbers when nobody has named it."""
        return ",".join(
            self.choices[value] if value < len(self.choices) else str(value)
            for value in self.values
        )

    def parse(self, wanted: object) -> tuple[int, ...]:
        """The values of a choice: its name as people type it, its number, or True and False.

        Of a function with several numbers all of them, as `(0, 2)` or "0,2".

        Raises:
            ValueError: there is no such choice, or it has more numbers, or fewer.
        """
        if isinstance(wanted, bool):
            wanted = ("on" if wanted else "off") if self.choices else int(wanted)
        some = wanted if isinstance(wanted, tuple | list) else str(wanted).split(",")
        if len(some) != len(self.values):
            raise ValueError(
                f"{self.name} has {len(self.values)} numbers, not {len(some)}; "
                f"it is set to {self.choice}"
            )
        return tuple(self._parse(str(one)) for one in some)

    def _parse(self, wanted: str) -> int:
        typed = wanted.strip().lower().replace(" ", "-").replace("_", "-")
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

IN_PTP = {
    0x0101: "exposure_steps",
    0x0102: "iso_steps",
    0x0103: "iso_range",
    0x0104: "bracketing_cancel",
    0x0105: "bracketing_order",
    0x0106: "bracketed_shots",
    0x0107: "spot_meter_at_af_point",
    0x0108: "safety_shift",
    0x0109: "usable_shooting_modes",
    0x010A: "usable_metering_modes",
    0x010B: "metering_in_manual",
    0x010C: "shutter_speed_range",
    0x010D: "aperture_range",
    0x010E: "register_shooting_and_metering_modes",
    0x010F: "flash_sync_in_av",
    0x0201: "long_exposure_noise_reduction",
    0x0202: "high_iso_noise_reduction",
    0x0203: "highlight_tone_priority",
    0x0304: "flash_metering",
    0x0305: "shutter_curtain",
    0x0306: "flash_firing",
    0x0407: "viewfinder_information",
    0x0408: "display_light_in_bulb",
    0x0409: "info_button",
    0x0501: "electronic_manual_focus",
    0x0502: "servo_tracking_sensitivity",
    0x0503: "servo_priority",
    0x0504: "servo_tracking_method",
    0x0505: "lens_drive_without_focus",
    0x0506: "lens_af_stop_button",
    0x0507: "af_microadjustment",
    0x0508: "af_expansion",
    0x0509: "selectable_af_points",
    0x050A: "af_point_auto_selection",
    0x050B: "switch_to_registered_af_point",
    0x050C: "af_point_display",
    0x050D: "af_point_brightness",
    0x050E: "af_assist",
    0x050F: "af_area_selection",
    0x0510: "superimposed_display",
    0x0511: "af_in_live_view",
    0x060F: "mirror_lockup",
    0x0610: "continuous_speed",
    0x0611: "continuous_limit",
    0x0701: "shutter_and_ae_lock_buttons",
    0x0702: "af_on_and_ae_lock_buttons",
    0x0703: "quick_dial_in_metering",
    0x0704: "set_button",
    0x0705: "dials_in_manual",
    0x0706: "dial_direction",
    0x0707: "aperture_without_lens",
    0x0708: "white_balance_and_size_button",
    0x0709: "protect_button",
    0x070A: "buttons_without_quick_dial",
    0x080B: "focusing_screen",
    0x080C: "timer_length",
    0x080D: "shorter_release_lag",
    0x080E: "aspect_ratio_information",
    0x080F: "original_decision_data",
    0x0810: "exposure_simulation",
}
"""Names of the functions that an EOS tells in PTP, by their numbers there; read in programs that
use Canon's own library. What their values mean differs from body to body (canon-eos-ptp, 5.3).
"""
