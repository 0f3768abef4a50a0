"""Write SUPPORTED.md from what the passed tests have shown, or check that it is up to date.

python tests/supported.py EVIDENCE.json SUPPORTED.md [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from canon.models import native, ps350, ptp
from canon.models.model import Model
from canon.models.ptp import PtpModel

VERBS = (
    "identify",
    "owner",
    "clock",
    "power",
    "list",
    "get",
    "thumbnail",
    "put",
    "delete",
    "folders",
    "protect",
    "settings",
    "capture",
    "zoom",
    "focus lock",
    "live",
    "events",
)
WORDS = ("recorded", "gphoto2", "simulated", "untested")
HEAD = """# What is supported, and how we know

Made by `make supported` from the tests that passed; do not edit.

- *recorded*: checked against bytes that a real camera of this model sent.
- *gphoto2*: gphoto2, unmodified, gets the same from our virtual camera.
- *simulated*: only our own two ends have met.
- *untested*: nothing shows it.

A body that speaks PTP as well as the native protocol has a row for each.

No camera has been attached to this code yet: *recorded* means recordings, not hardware.
"""


def row(model: Model | PtpModel) -> str:
    """What the row of a body is called."""
    return f"{model.name} (PTP)" if isinstance(model, PtpModel) else model.name


def page(evidence: list[list[str]]) -> str:
    """The page: a row a model, a column a verb, the strongest word in each place."""
    driven = dict.fromkeys(model.name for model in ps350.MODELS)
    driven |= dict.fromkeys(row(model) for model in native.MODELS if model.driven_by.program)
    driven |= dict.fromkeys(map(row, ptp.MODELS))
    unknown = {verb for _, verb, _ in evidence} - set(VERBS)
    unknown |= {name for name, _, _ in evidence} - set(driven)
    if unknown:
        raise SystemExit(f"tests show verbs or models that the page lacks: {sorted(unknown)}")
    strongest: dict[tuple[str, str], str] = {}
    for name, verb, word in evidence:
        now = strongest.get((name, verb), "untested")
        strongest[name, verb] = min(now, word, key=WORDS.index)
    lines = [HEAD, "| model | " + " | ".join(VERBS) + " |", "|---|" + "---|" * len(VERBS)]
    untested: dict[str, dict[str, None]] = {}
    for model in native.MODELS:
        if why := model.driven_by.why_not:
            untested.setdefault(why, {})[row(model)] = None
    for name in driven:
        words = [strongest.get((name, verb), "untested") for verb in VERBS]
        if set(words) == {"untested"}:
            untested.setdefault("no test opens it", {})[name] = None
        else:
            lines.append(f"| {name} | " + " | ".join(words) + " |")
    lines += ["", "Untested in every way:", ""]
    lines += [f"- {reason}: {', '.join(names)}." for reason, names in untested.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    text = page(json.loads(source.read_text()))
    if "--check" not in sys.argv:
        target.write_text(text)
    elif not target.is_file() or target.read_text() != text:
        raise SystemExit(f"{target} is not what the tests show; run `make supported`:\n{text}")


if __name__ == "__main__":
    main()
