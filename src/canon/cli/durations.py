"""Times as they are typed: 0.5s, 5s, 1m, 2h; a number alone is seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    _Seconds = click.ParamType[float]
    _Moment = click.ParamType[datetime]
else:
    _Seconds = _Moment = click.ParamType  # a generic class since click 8.3 only

_PATTERN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?|\.\d{1,6}) *(s|m|h)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, None: 1}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


class Duration(_Seconds):
    """A time that passes, in seconds; more than none."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The seconds of what was typed."""
        if isinstance(value, float):
            return value
        found = _PATTERN.fullmatch(str(value).strip().lower())
        seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
        if not seconds:
            self.fail(f"{value!r} is no time; 5s, 0.5s, 1m and 2h are", param, ctx)
        return seconds


class NextTime(_Moment):
    """A time of the day, by this computer's clock: the next such moment."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment of what was typed."""
        from datetime import datetime, timedelta

        found = _TIME.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no time of the day; 06:00 and 21:30:15 are", param, ctx)
        now = datetime.now()
        hour, minute, second = (int(part or 0) for part in found.groups())
        moment = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
        return moment if moment > now else moment + timedelta(days=1)


DURATION, NEXT_TIME = Duration(), NextTime()
