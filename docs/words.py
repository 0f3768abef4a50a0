"""Writes src/canon/cli/words.py, which TAB offers: `python docs/cli_page.py`."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from canon import values
from canon.camera.names import KINDS
from canon.cli.verbs import program
from canon.models import custom, native, ps350, ptp
from canon.models.custom import CustomFunction
from canon.models.model import Model
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.values import File, FileKind, ImageSize, Quality
from canon.values.choice import Choice
from canon.values.kinds import FORMAT, SWITCH, Kind
from canon.values.scales import Scale
from canon.virtual import card as cards
from canon.virtual.build import Wanted
from canon.virtual.card import Folder, MemoryCard
from canon.virtual.catalogue import offers
from canon.virtual.native.profile import load_profile as load_native
from canon.virtual.ps350 import fresh_card as fresh_350
from canon.virtual.ptp.profile import load_profile as load_ptp

PAGE = Path(__file__).parents[1] / "src/canon/cli/words.py"
_WHOLE = 1000  # letters of a sentence; none is so long
_WIDTH = 100
_HEAD = '''"""The words that help and TAB show, made by `python docs/cli_page.py`.

Neither has time to load the modules that have them.
"""

from __future__ import annotations
'''


def page() -> str:
    """The module, as the program is now."""
    root = click.Context(program, info_name="canon-remote")
    verbs = {name: program.get_command(root, name) for name in program.list_commands(root)}
    lines = [_HEAD, "VERBS = {"]
    for name, verb in verbs.items():
        assert verb is not None
        told = verb.get_short_help_str(_WHOLE)
        lines.append(f'    "{name}": "{told}",')
        if len(lines[-1]) > _WIDTH:
            lines[-1] = f'    "{name}": (\n        "{told}"\n    ),'
    lines += ["}", '"""What each verb is for."""']
    lines += _table("SETTINGS", {name: _values(named.kind) for name, named in KINDS.items()})
    lines.append(
        '"""What each setting may be, on one camera or the other; no words for numbers."""'
    )
    lines += _table("CUSTOM_FUNCTIONS", _custom_functions())
    lines.append('"""What each custom function of an EOS may be."""')
    lines += ["MODELS = ", *_words(sorted(_slugs()))]
    lines.append('"""The bodies that have a name here."""')
    lines += ["OPERATIONS = ", *_words(sorted(_operations()))]
    lines.append('"""The operations of PTP that have a name."""')
    lines.append("CARDS = [")
    for paths, bodies in _fresh_cards().items():
        lines += ["    (", *_words(paths, 8), ",", *_words(bodies, 8), ",", "    ),"]
    lines += ["]", '"""What is on the fresh cards of virtual bodies, and which bodies have it."""']
    return "\n".join(lines).replace("= \n", "= ").replace("\n,", ",") + "\n"


def _table(name: str, rows: dict[str, list[str]]) -> Iterator[str]:
    yield f"{name} = {{"
    for key, words in rows.items():
        if not words:
            yield f'    "{key}": [],'
            continue
        first, *more = _words(words, 4)
        yield f'    "{key}": {first.strip()}'
        yield from more
        yield ","
    yield "}"


def _words(words: Iterable[str], indent: int = 0) -> list[str]:
    words = list(words)
    assert not [word for word in words if " " in word]
    room = " " * (indent + 4)
    filled = textwrap.wrap(
        " ".join(words), 96, initial_indent=room, subsequent_indent=room,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [" " * indent + '"""', *filled, " " * indent + '""".split()']


def _values(kind: Kind[Any]) -> list[str]:
    """The words for the values of a kind; none for numbers."""
    if kind is SWITCH:
        return ["on", "off"]
    if kind is FORMAT:
        raws = [File(one) for one in FileKind if one.is_raw]
        jpegs = [File(FileKind.JPEG, size, quality) for size in ImageSize for quality in Quality]
        pairs = [f"raw+{jpeg}" for jpeg in jpegs]
        return [*map(str, (*raws, *jpegs)), *pairs]
    meant: object = getattr(kind.parse, "__self__", None)
    if meant is None and (code := getattr(kind.parse, "__code__", None)):
        # One that is loaded when it is typed: `lambda typed: values.Flash.parse(typed)`.
        named = (getattr(values, name, None) for name in code.co_names)
        meant = next((one for one in named if isinstance(one, type)), None)
    if isinstance(meant, type) and issubclass(meant, Choice):
        return [str(one) for one in meant]
    if isinstance(meant, type) and issubclass(meant, Scale):
        places = (meant.places[at] for at in sorted(meant.places))
        return [*meant._words, *(_in_one(meant, label) for label in places)]
    return []


def _in_one(scale: type[Scale], label: str) -> str:
    """A step in one word: +1.3 is +1 1/3, too."""
    if " " not in label:
        return label
    word = f"{float(scale(label)):+.1f}"
    assert scale.parse(word) == scale(label)
    return word


def _custom_functions() -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for table in vars(custom).values():
        if isinstance(table, tuple):
            for row in table:
                if isinstance(row, CustomFunction):
                    found[row.name].update(dict.fromkeys(row.choices))
    for name in custom.IN_PTP.values():
        found[name].update({})
    return {name: list(choices) for name, choices in found.items()}


def _slugs() -> set[str]:
    return {row.slug for row in (*native.MODELS, *ps350.MODELS, *ptp.MODELS)}


def _operations() -> set[str]:
    """The names of all operations, those of both extensions too."""
    import canon.ptp.eos.layouts
    import canon.ptp.powershot.layouts  # noqa: F401
    from canon.ptp.operations import operations
    from canon.trace.ptp_names import OPERATIONS

    return {*OPERATIONS.values(), *(kind.__name__ for kind in operations())}


def _fresh_cards() -> dict[tuple[str, ...], list[str]]:
    """What is on the fresh cards, and of which bodies."""
    alike: dict[object, list[str]] = defaultdict(list)
    for slug in sorted({offer.model for offer in offers()}):
        profile = _profile(slug)
        alike[profile and (profile.raw_suffix, profile.movie)].append(slug)
    found: dict[tuple[str, ...], list[str]] = {}
    for slugs in alike.values():
        profile = _profile(slugs[0])
        row = Wanted.parse(slugs[0]).model
        if profile:
            card = cards.fresh_card(profile)
        else:
            assert isinstance(row, Ps350Model)
            card = fresh_350(row)
        found[tuple(_paths(card))] = slugs
    return found


def _profile(slug: str) -> Any:
    row = Wanted.parse(slug).model
    if isinstance(row, PtpModel):
        return load_ptp(row)
    return load_native(row) if isinstance(row, Model) else None


def _paths(card: MemoryCard) -> Iterator[str]:
    folders = [("", card.root)]
    for above, folder in folders:
        for name, one in folder.entries.items():
            if isinstance(one, Folder):
                folders.append((f"{above}{name}/", one))
                yield f"{above}{name}/"
            else:
                yield f"{above}{name}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
