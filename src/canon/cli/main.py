"""Where `canon-remote` starts: Ctrl-C counts from here on, before anything else is imported."""

from __future__ import annotations

import atexit
import gc
import signal
import sys

_LOADED = 40_000
"""More objects than the modules of a verb bring; they stay, so none of them is garbage."""


def main(words: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        words: what was typed after the program's name; sys.argv has it when None.
    """
    words = sys.argv[1:] if words is None else words
    gc.set_threshold(_LOADED)  # else it would look for garbage among them forty times,
    atexit.register(gc.freeze)  # and once more at the end
    try:
        from canon.cli import verbs

        return verbs.run(words)
    except KeyboardInterrupt as interruption:
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        try:
            from canon.cli.options import Options

            options = Options()
            options.as_json = "--json" in words
            return options.tell(interruption)
        finally:
            signal.signal(signal.SIGINT, usual)


if __name__ == "__main__":
    sys.exit(main())
