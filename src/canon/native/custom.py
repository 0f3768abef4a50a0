"""Custom functions over the wire (canon-native-usb, sections 8 and 9.8).

An old EOS is asked for each under release control. The revised numbering has one command for all of
them, and none that is known to set one.
"""

from __future__ import annotations

from dataclasses import replace

from canon.models.custom import CustomFunction
from canon.models.model import Numbering
from canon.native.commands import GetCustomFunctions
from canon.native.release import GetCustomFunction, SetCustomFunction
from canon.native.session import Session


def read(session: Session) -> dict[str, CustomFunction]:
    """The custom functions by name, as they are set; one that the body does not tell is left out.

    Args:
        session: the conversation, in release control.
    """
    table = session.model.custom
    if session.model.numbering is Numbering.REVISED:
        values = {pair.number: pair.value for pair in session.call(GetCustomFunctions(0)).values}
    else:
        replies = [session.call(GetCustomFunction(row.number)) for row in table]
        values = {reply.number: reply.value for reply in replies}
    return {
        row.name: replace(row, value=values[row.number]) for row in table if row.number in values
    }


def write(session: Session, number: int, value: int) -> None:
    """Set a custom function; one that the body does not take reads back unchanged."""
    session.call(SetCustomFunction(number, number, value))
