"""Compare canon-remote with gphoto2, and print the tables of docs/performance.md."""

# ruff: noqa: T201  (it talks on stdout)

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import canon
from bench.programs import python_gphoto2
from bench.tables import cost_table, growth_table, start_table, wire_table
from bench.tasks import (
    EOS_60D,
    EOS_R6,
    G9,
    SX200_IS,
    TINY,
    USUAL,
    Alternated,
    Sizes,
    Task,
    card_tasks,
    eos_card_tasks,
    eos_tasks,
    growth,
    on_the_wire,
    release_tasks,
    starts,
    tasks,
    work_tasks,
)
from bench.web import web_table

_PLACE = re.compile(r"(?<=<!-- make bench -->\n).*(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    """Measure, print the tables, and put them into a page if one is named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often each program runs")
    parser.add_argument("--tiny", action="store_true", help="few and small files: a try-out")
    parser.add_argument("--into", type=Path, help="the page whose tables are to be replaced")
    wanted = parser.parse_args()
    sizes = TINY if wanted.tiny else USUAL
    with tempfile.TemporaryDirectory(prefix="canon-bench-") as home:
        text = _tables(sizes, wanted.runs, Path(home))
    print(text)
    if wanted.into:
        page = wanted.into.read_text(encoding="utf-8")
        wanted.into.write_text(_PLACE.sub(lambda _: f"\n{text}\n\n", page), encoding="utf-8")


def _tables(sizes: Sizes, runs: int, home: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"HOME": str(home), "LC_ALL": "C"}
    env["COLUMNS"] = "1000"  # else readline repeats the prompt of gphoto2's shell to scroll it
    alternated = Alternated(runs, home, env, lambda title: print(title, file=sys.stderr))
    ptp = (
        (G9, (*card_tasks(sizes, G9), *release_tasks(sizes, G9))),
        (SX200_IS, card_tasks(sizes, SX200_IS)),
        (EOS_60D, (*eos_card_tasks(sizes, EOS_60D), *eos_tasks(EOS_60D))),
        (EOS_R6, eos_tasks(EOS_R6)),
    )
    parts: Sequence[str] = (
        _where(runs),
        start_table(alternated.starts(starts())),
        cost_table("PowerShot G3", alternated.costs(tasks(sizes))),
        *(cost_table(f"{cable.model.name}, PTP", alternated.costs(todo)) for cable, todo in ptp),
        cost_table(
            f"{EOS_60D.model.name}, PTP",
            alternated.costs(_by_lines(ptp[2][1]), python_gphoto2),
            "python-gphoto2",
        ),
        cost_table(
            f"{EOS_60D.model.name}, from start to end",
            alternated.costs(work_tasks(sizes, EOS_60D)),
        ),
        growth_table(alternated.costs(growth(sizes))),
        wire_table(alternated.wires(on_the_wire(sizes))),
        web_table(3 if sizes is TINY else 10, runs),
    )
    return "\n\n".join(parts)


def _by_lines(todo: Sequence[Task]) -> Sequence[Task]:
    """Those that are done by lines to a program that waits for them."""
    return [task for task in todo if not task.whole]


def _where(runs: int) -> str:
    """What was measured with."""
    said = subprocess.run(["gphoto2", "--version"], capture_output=True, text=True, check=True)  # noqa: S607
    how = "One run" if runs == 1 else f"Medians of {runs} runs"
    return (
        f"{how}; {said.stdout.splitlines()[0]}, canon-remote "
        f"{canon.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores."
    )


if __name__ == "__main__":
    main()
