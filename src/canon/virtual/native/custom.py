"""The custom functions of a virtual EOS (canon-native-usb, sections 8 and 9.8)."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

from canon.native.commands import (
    Command,
    CustomFunctions,
    CustomValue,
    GetCustomFunctions,
    Nothing,
)
from canon.native.refusals import BAD_PARAMETER
from canon.native.release import CustomFunctionValue, GetCustomFunction, SetCustomFunction
from canon.virtual.native.profile import NativeBody
from canon.virtual.refusal import Status
from canon.wire import Message

_NOT_HERE = 0xFFFF


class CustomUnit:
    """What the custom functions of a body are set to.

    Args:
        body: the camera.
    """

    def __init__(self, body: NativeBody) -> None:
        self.table = {row.number: row for row in body.model.custom}
        self.values = {number: row.value for number, row in self.table.items()}
        self.values |= body.profile.custom

    @singledispatchmethod
    def answer(self, command: Command[Any]) -> Message:
        """The reply to a command that reads or sets them."""
        raise Status(BAD_PARAMETER)

    @answer.register
    def _all(self, command: GetCustomFunctions) -> Message:
        if not self.values:
            raise Status(BAD_PARAMETER)  # Guess: only a 20D's answer is printed
        return CustomFunctions(tuple(CustomValue(value, nr) for nr, value in self.values.items()))

    @answer.register
    def _get(self, command: GetCustomFunction) -> Message:
        number = command.number if command.number in self.values else _NOT_HERE
        return CustomFunctionValue(number, number, self.values.get(number, 0))

    @answer.register
    def _set(self, command: SetCustomFunction) -> Message:
        row = self.table.get(command.number)
        if row and command.value < len(row.choices):
            self.values[row.number] = command.value  # Guess: others are left as they are
        return Nothing()
