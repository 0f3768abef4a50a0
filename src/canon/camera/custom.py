"""The custom functions (C.Fn) of an EOS."""

from __future__ import annotations

from collections.abc import Mapping

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

        Each has its `number` and its `group`, its `choice`, and the `choices` there are. What has
        no name goes by its number, as "0x0103".

        Raises:
            NotSupported: this model has none that are known.
        """
        with self._control.turn(_custom, _FEATURE) as custom:
            return custom.read()

    def set(self, **choices: object) -> dict[str, CustomFunction]:
        """Set custom functions, one after the other, and return all as they then are.

        `set(mirror_lockup=True, exposure_steps="1/3")`: a choice by its name or its number, True
        and False for "on" and "off", `(0, 2)` or "0,2" where there are several numbers. A function
        goes by its number too, `set(**{"0x0101": 1})`. Nothing is set when one is not understood.

        Raises:
            ValueError: this body has no such custom function, or it has no such choice, or another
                count of numbers.
            ValueRefused: the camera did not take a choice; those before it are set.
            NotSupported: this model has none, or nobody knows how they are set.
        """
        custom = self._control.need(_custom, _FEATURE)
        custom.check_writable()
        table = {row.name: row for row in custom.table()}
        rows = {name: named(table, name) for name in choices}
        if unknown := [name for name, row in rows.items() if row is None]:
            raise ValueError(
                f"the {self._control.model} has no custom function "
                f"{', '.join(sorted(unknown))}; it has: {', '.join(table)}"
            )
        wanted = [
            (row, row.parse(choices[name]), choices[name]) for name, row in rows.items() if row
        ]
        with self._control.turn(_custom, _FEATURE) as custom:
            for row, values, _ in wanted:
                custom.write(row.number, values)
            now = custom.read()
        for row, values, typed in wanted:
            if row.name not in now or now[row.name].values != values:
                raise ValueRefused(row.name, typed, row.choices)
        return now


def named(functions: Mapping[str, CustomFunction], name: str) -> CustomFunction | None:
    """A function by its name, or by its number as "0x0101"; None where there is none."""
    if name in functions or not name.startswith("0x"):
        return functions.get(name)
    return next((one for one in functions.values() if f"{one.number:#06x}" == name.lower()), None)


def _custom(driver: Driver) -> CustomVerbs | None:
    return driver.custom_functions
