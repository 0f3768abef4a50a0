"""Custom functions over the wire (canon-native-usb, sections 8 and 9.8).

An old EOS is asked for each under release control. The revised numbering has one command for all of
them, and none that is known to set one.
"""

from __future__ import annotations

from canon.errors import NotSupported
from canon.frozen import replace
from canon.models.custom import CustomFunction
from canon.models.model import Numbering
from canon.native.commands import GetCustomFunctions
from canon.native.release import GetCustomFunction, SetCustomFunction
from canon.native.session import Session


class NativeCustomFunctions:
    """The custom functions of one native EOS; fits `canon.driver.CustomFunctions`.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def table(self) -> tuple[CustomFunction, ...]:
        """What the model's row has."""
        return self.session.model.custom

    def check_writable(self) -> None:
        """NotSupported for the revised numbering: how it writes them is not known."""
        if self.session.model.numbering is Numbering.REVISED:
            raise NotSupported(self.session.model.name, "known command to set a custom function")

    def read(self) -> dict[str, CustomFunction]:
        """They by name, as they are set; one that the body does not tell is left out."""
        table = self.table()
        if self.session.model.numbering is Numbering.REVISED:
            pairs = self.session.call(GetCustomFunctions(0)).values
            values = {pair.number: pair.value for pair in pairs}
        else:
            replies = [self.session.call(GetCustomFunction(row.number)) for row in table]
            values = {reply.number: reply.value for reply in replies}
        return {
            row.name: replace(row, values=(values[row.number],))
            for row in table
            if row.number in values
        }

    def write(self, number: int, values: tuple[int, ...]) -> None:
        """Set a custom function; one that the body does not take reads back unchanged."""
        self.session.call(SetCustomFunction(number, number, values[0]))
