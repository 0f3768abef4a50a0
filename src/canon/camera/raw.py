"""The raw door: operations of a PTP camera by their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from canon.driver import Driver
from canon.errors import NotSupported

if TYPE_CHECKING:
    from canon.ptp.driver import PtpDriver
    from canon.ptp.session import Answer


class Ptp:
    """What a PTP camera can do beyond the verbs. Made by `Camera`; use `cam.ptp`.

    Its properties are settings: `cam.settings["0xd045"]`.

    Everything here raises NotSupported for a camera that speaks another protocol, and Refused, with
    the response code, when the camera says no.
    """

    def __init__(self, verbs: Callable[[], Driver], name: Callable[[], str]) -> None:
        self._verbs = verbs
        self._name = name

    def __repr__(self) -> str:
        return f"<PTP of {self._name()}>"

    def call(self, operation: int, *parameters: int, data: bytes | None = None) -> Answer:
        """Carry out any operation: `cam.ptp.call(0x1008, handle).data`.

        Args:
            operation: its code.
            parameters: up to five numbers.
            data: what goes to the camera; nothing does when it is None.

        Returns:
            What came back: `response`, `parameters`, `data`.
        """
        return self._driver().call(operation, parameters, data)

    @property
    def operations(self) -> tuple[int, ...]:
        """The codes of the operations that the camera lists."""
        return self._driver().session.info.operations

    @property
    def properties(self) -> tuple[int, ...]:
        """The codes of the properties that it lists now; more of them under release control."""
        return self._driver().session.info.properties

    def _driver(self) -> PtpDriver:
        from canon.ptp.driver import PtpDriver

        driver = self._verbs()
        if not isinstance(driver, PtpDriver):
            raise NotSupported(
                self._name().removeprefix("Canon "),
                "PTP as it is connected now",
                "set it to PTP in its menu, if it has that",
            )
        return driver
