"""An end that somebody wants at once: what cleans up then waits for nothing."""

from __future__ import annotations

import sys


class AtOnce(KeyboardInterrupt):
    """The end is wanted at once, as by a second Ctrl-C."""


def is_wanted() -> bool:
    """Whether what runs now cleans up after `AtOnce`: then it does not wait for a busy camera."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, AtOnce):
            return True
        error = error.__context__
    return False
