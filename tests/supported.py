"""Write SUPPORTED.md from what the passed tests have shown, or check that it is up to date.

python tests/supported.py EVIDENCE.json SUPPORTED.md [--check]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from canon.cli.models import features
from canon.driver.features import Feature
from canon.models import native, ps350, ptp
from canon.models.model import BodyKind, Model
from canon.models.ptp import PtpModel
from canon.virtual.catalogue import Row, known

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
    "half press",
    "focus drive",
    "bulb",
    "live",
    "movie",
    "events",
)
WORDS = ("recorded", "gphoto2", "simulated", "untested")
HEAD = """# What is supported, and how we know

Made by `make supported` from the tests that passed; do not edit.

- *recorded*: checked against bytes that a real camera of this model sent.
- *gphoto2*: gphoto2, unmodified, gets the same from our virtual camera.
- *simulated*: only our own two ends have met.
- *untested*: nothing shows it.

A cell counts only what canon-remote does with that body. What the body itself is and can is known
from a *recording* of a real one, from a real one's *report* of itself, from what its *owners* have
seen, from *notes* on its protocol, or from the *table* of another program alone, libgphoto2: that
is a claim, which nobody has checked here. A body that speaks PTP as well as the native protocol has
a row for each. `canon-remote models g3` finds a body by any of its names, or by its USB id.

No camera has been attached to this code yet: *recorded* means recordings, not hardware.
"""


NEEDS = {
    "owner": Feature.OWNER,
    "clock": Feature.CLOCK,
    "power": Feature.POWER,
    "put": Feature.UPLOAD,
    "delete": Feature.DELETE,
    "folders": Feature.FOLDERS,
    "protect": Feature.PROTECT,
    "settings": Feature.REMOTE,
    "capture": Feature.SHOOT,
    "zoom": Feature.ZOOM,
    "focus lock": Feature.FOCUS_LOCK,
    "half press": Feature.HALF_PRESS,
    "focus drive": Feature.FOCUS_DRIVE,
    "bulb": Feature.BULB,
    "live": Feature.LIVE,
    "movie": Feature.MOVIE,
}
"""What the library must say of a body where a verb is shown; the other verbs go with all bodies."""
FAMILIES = (
    ("PowerShot G", r"PowerShot G\d"),
    ("PowerShot SX", r"PowerShot SX"),
    ("PowerShot SD, ELPH", r"PowerShot (SD|ELPH)|ELPH$"),
    ("PowerShot S", r"PowerShot S\d"),
    ("PowerShot A", r"PowerShot A\d"),
    ("PowerShot Pro and others", r"PowerShot"),
    ("IXUS, IXY", r"IXUS|IXY DIGITAL|IXY Digital"),
    ("EOS", r"EOS|Rebel"),
)
"""The lines of cameras, by how the names of their bodies begin; the first that fits counts."""
CAMCORDERS, OTHERS = "camcorders", "others"


def row(model: Row) -> str:
    """What the row of a body is called."""
    return f"{model.name} (PTP)" if isinstance(model, PtpModel) else model.name


def rows() -> dict[str, list[Row]]:
    """All bodies that somebody drives, by what their rows are called; one name may have two."""
    found: dict[str, list[Row]] = {}
    driven = [model for model in native.MODELS if model.driven_by.program]
    models: list[Row] = [*ps350.MODELS, *driven, *ptp.MODELS]
    for model in models:
        found.setdefault(row(model), []).append(model)
    return found


def overstated(cells: Iterable[tuple[str, str]]) -> list[str]:
    """What is said to be shown of a body, though the library does it with none of that name."""
    bodies = rows()
    can = {name: frozenset().union(*map(features, bodies[name])) for name in dict(cells)}
    return [
        f"{name}: {verb}" for name, verb in cells if verb in NEEDS and NEEDS[verb] not in can[name]
    ]


def family(model: Row) -> str:
    """The line of cameras that a body belongs to."""
    if isinstance(model, Model | PtpModel) and model.kind is BodyKind.CAMCORDER:
        return CAMCORDERS
    return next((name for name, fits in FAMILIES if re.search(fits, model.name)), OTHERS)


def families(strongest: Mapping[tuple[str, str], str]) -> list[str]:
    """The table by lines of cameras: how many bodies there are, and with how many what is shown."""
    lines = [
        "| family | protocol | bodies | files | pictures by remote | live view | best shown |",
        "|---|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[int, str], list[str]] = {}
    names = [name for name, _ in FAMILIES] + [CAMCORDERS, OTHERS]
    for name, (model, *_) in rows().items():
        spoken = {"native": "Normal", "ptp": "PTP"}.get(model.dialect, "its own")
        groups.setdefault((names.index(family(model)), spoken), []).append(name)
    for (number, spoken), bodies in sorted(groups.items()):
        shown = [
            [strongest[name, verb] for name in bodies if (name, verb) in strongest]
            for verb in ("get", "capture", "live")
        ]
        best = min((word for words in shown for word in words), key=WORDS.index, default=WORDS[-1])
        counts = " | ".join(str(len(words)) for words in shown)
        lines.append(f"| {names[number]} | {spoken} | {len(bodies)} | {counts} | {best} |")
    return lines


def page(evidence: list[list[str]]) -> str:
    """The page: a row a model, a column a verb, the strongest word in each place."""
    driven = rows()
    unknown = {verb for _, verb, _ in evidence} - set(VERBS)
    unknown |= {name for name, _, _ in evidence} - set(driven)
    if unknown:
        raise SystemExit(f"tests show verbs or models that the page lacks: {sorted(unknown)}")
    strongest: dict[tuple[str, str], str] = {}
    for name, verb, word in evidence:
        now = strongest.get((name, verb), "untested")
        strongest[name, verb] = min(now, word, key=WORDS.index)
    if wrong := overstated(list(strongest)):
        raise SystemExit(f"tests show what the library does not do with that body: {wrong}")
    lines = [HEAD, *families(strongest), ""]
    lines += [
        "| model | known from | " + " | ".join(VERBS) + " |",
        "|---|---|" + "---|" * len(VERBS),
    ]
    untested: dict[str, dict[str, None]] = {}
    for model in native.MODELS:
        if why := model.driven_by.why_not:
            untested.setdefault(why, {})[row(model)] = None
    for name in driven:
        words = [strongest.get((name, verb), "untested") for verb in VERBS]
        if set(words) == {"untested"}:
            untested.setdefault("no test opens it", {})[name] = None
        else:
            known_from = known(driven[name][0])
            lines.append(f"| {name} | {known_from} | " + " | ".join(words) + " |")
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
