"""The custom functions (C.Fn) of an EOS."""

from __future__ import annotations

from canon.camera.control import RemoteControl
from canon.driver import CustomFunctions as CustomVerbs
from canon.driver import Driver
from canon.errors import ValueRefused
from canon.models.custom import CustomFunction

_FEATURE = "custom functions that are known"


class CustomFunctions:
    """The custom functions of one camera. Made by `Camera`; use `cam.custom_functions`."""

    def __init__(self, control: RemoteControl) -> None:
        self._control = control

    def __repr__(self) -> str:
        return f"<custom functions of {self._control.model}>"

    def read(self) -> dict[str, CustomFunction]:
        """They by name, in the order of the camera's menu.

        Each has its `number` in the menu, its `choice`, and the `choices` there are.

        Raises:
            NotSupported: this model has none that are known.
        """
        with self._control.turn(_custom, _FEATURE) as custom:
            return custom.read()

    def set(self, **choices: object) -> dict[str, CustomFunction]:
        """Set custom functions, one after the other, and return all as they then are.

        `set(mirror_lockup=True, exposure_steps="1/3")`: a choice by its name or its number, True
        and False for "on" and "off". Nothing is set when one is not understood.

        Raises:
            ValueError: this body has no such custom function, or it has no such choice.
            ValueRefused: the camera did not take a choice; those before it are set.
            NotSupported: this model has none, or nobody knows how they are set.
        """
        custom = self._control.need(_custom, _FEATURE)
        custom.check_writable()
        table = {row.name: row for row in custom.table()}
        if unknown := choices.keys() - table.keys():
            raise ValueError(
                f"the {self._control.model} has no custom function "
                f"{', '.join(sorted(unknown))}; it has: {', '.join(table)}"
            )
        wanted = {name: table[name].parse(choice) for name, choice in choices.items()}
        with self._control.turn(_custom, _FEATURE) as custom:
            for name, value in wanted.items():
                custom.write(table[name].number, value)
            now = custom.read()
        for name, value in wanted.items():
            if name not in now or now[name].value != value:
                raise ValueRefused(name, choices[name], table[name].choices)
        return now


def _custom(driver: Driver) -> CustomVerbs | None:
    return driver.custom_functions
