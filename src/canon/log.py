"""What the library tells: records of Python's `logging`, under the name `canon`.

`logging` takes as long to load as all of the library's own modules together. While it is not
loaded, nobody can have asked for less than warnings, and only a warning loads it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

DEBUG, INFO, WARNING = 10, 20, 30
"""The levels, as `logging` has them."""

_first: list[Callable[[], object]] = []


def before_the_first(prepare: Callable[[], object]) -> None:
    """Have something done right before the first record, if there ever is one."""
    _first[:] = [prepare]


class Log:
    """What one module tells; made where a `Logger` would be, and used like one.

    Args:
        name: the name of the module.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._logger: Logger | None = None

    def debug(self, text: str, *values: object) -> None:
        """Tell what is of use to those who look for a mistake."""
        if (logger := self._heard(DEBUG)) is not None:
            logger.debug(text, *values, stacklevel=2)

    def info(self, text: str, *values: object) -> None:
        """Tell of a deed."""
        if (logger := self._heard(INFO)) is not None:
            logger.info(text, *values, stacklevel=2)

    def warning(self, text: str, *values: object) -> None:
        """Tell what should not be."""
        if (logger := self._heard(WARNING)) is not None:
            logger.warning(text, *values, stacklevel=2)

    def log(self, level: int, text: str, *values: object) -> None:
        """Tell something at a level."""
        if (logger := self._heard(level)) is not None:
            logger.log(level, text, *values, stacklevel=2)

    def is_heard(self, level: int) -> bool:
        """Whether somebody listens at a level."""
        logger = self._heard(level)
        return logger is not None and logger.isEnabledFor(level)

    def _heard(self, level: int) -> Logger | None:
        """The logger; None while nobody can listen at that level."""
        if level < WARNING and "logging" not in sys.modules:
            return None
        while _first:
            _first.pop()()
        if self._logger is None:
            from logging import getLogger

            self._logger = getLogger(self._name)
        return self._logger
