"""The log on stderr: what -v, -vv and -vvv show of it."""

from __future__ import annotations

import logging

from canon.cli.output import put_message
from canon.usb.port import TRAFFIC

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG, TRAFFIC)


class _Stderr(logging.Handler):
    """Prints log records on what stderr is now: a progress bar may stand in for it."""

    def emit(self, record: logging.LogRecord) -> None:
        put_message(self.format(record))


def start(verbosity: int) -> None:
    """Log on stderr from now on, the more the higher `verbosity` is."""
    level = _LEVELS[min(verbosity, len(_LEVELS) - 1)]
    handler = _Stderr()
    if level <= logging.DEBUG:
        form = "%(relativeCreated)7.0f ms  %(name)s: %(message)s"
    else:
        form = "canon-remote: %(message)s"
    handler.setFormatter(logging.Formatter(form))
    log = logging.getLogger("canon")
    log.handlers = [handler]  # in the shell, each command begins anew
    log.setLevel(level)
    virtual = logging.getLogger("canon_virtual")  # of a virtual camera only what it cannot do
    virtual.handlers = [handler]
    virtual.setLevel(logging.WARNING if verbosity == 0 else logging.INFO)


def tell_what_is_asked() -> None:
    """Log who comes to a served camera, and each command that it is asked: one -v is enough."""
    host, served = logging.getLogger("canon"), logging.getLogger("canon_virtual")
    if host.level <= logging.INFO:
        served.handlers = host.handlers
        served.setLevel(logging.DEBUG)
