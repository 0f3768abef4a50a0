"""Each guess of a virtual PTP camera is a line of a protocol's page."""

import re
from collections import Counter

from conftest import ROOT

PAGES = tuple(ROOT / "docs" / "protocol" / name for name in ("ptp.md", "eos.md"))
SOURCE = ROOT / "src" / "canon"


def guesses() -> Counter[str]:
    """How many there are in each file that knows PTP."""
    found: Counter[str] = Counter()
    for path in (SOURCE / "virtual").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "canon.ptp." in text or "canon.models.ptp" in text:
            found[path.relative_to(SOURCE).as_posix()] = len(re.findall(r"\bGuess\b", text))
    return +found


def lines() -> Counter[str]:
    """How many lines the tables have for each file; each is the last of its page."""
    found: Counter[str] = Counter()
    for page in PAGES:
        file = ""
        for line in page.read_text(encoding="utf-8").rpartition("|---|---|---|\n")[2].splitlines():
            if named := re.match(r"\| `(.+?)` ", line):
                file = named[1]
            found[file] += 1
    return found


def test_each_guess_is_told() -> None:
    assert lines() == guesses()
    assert lines()["virtual/ptp/powershot/release.py"] > 5
