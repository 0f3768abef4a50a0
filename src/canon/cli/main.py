"""Where `canon-remote` starts: Ctrl-C counts from here on, before anything else is imported."""

from __future__ import annotations

import sys


def main(words: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        words: what was typed after the program's name; sys.argv has it when None.
    """
    try:
        from canon.cli import verbs

        return verbs.run(sys.argv[1:] if words is None else words)
    except KeyboardInterrupt:
        print("canon-remote: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
