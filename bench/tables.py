"""The tables of `make bench`, in Markdown; a ratio over 1 means that canon-remote is behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.programs import Cost
from bench.tasks import OnTheWire, Pair, Start

_MB, _MS = 1e6, 1e3


def start_table(starts: Sequence[tuple[Start, Cost]]) -> str:
    """From the start of a process to its end; the ratio is to the first row."""
    first = starts[0][1]
    rows = [
        (
            start.title,
            f"{cost.wall_s * _MS:.0f}",
            _ratio(cost.wall_s, first.wall_s),
            f"{cost.cpu_s * _MS:.0f}",
            _ratio(cost.cpu_s, first.cpu_s),
        )
        for start, cost in starts
    ]
    return table("process start to end | wall ms | ratio | CPU ms | ratio", rows)


def cost_table(camera: str, pairs: Iterable[Pair], other: str = "gphoto2") -> str:
    """From the open port on: each cell is ours and the other program's, and their ratio."""
    rows: list[Sequence[str]] = []
    behind: dict[str, list[str]] = {}
    for pair in pairs:
        mine, others = pair.ours, pair.theirs
        rows.append(
            (
                pair.task.title,
                f"{mine.transfers:.0f} : {others.transfers:.0f}",
                f"{mine.size / _MB:.3f} : {others.size / _MB:.3f}",
                *_both(mine.wall_s, others.wall_s, _MS),
                *_both(mine.cpu_s, others.cpu_s, _MS),
                *(_both(mine.peak, others.peak, 1 / _MB) if mine.peak else ("", "")),
            )
        )
        if pair.task.parts:
            what, count = pair.task.parts
            rows.append(
                (
                    f"… each {what}",
                    "",
                    "",
                    *_both(mine.wall_s, others.wall_s, _MS / count),
                    *_both(mine.cpu_s, others.cpu_s, _MS / count),
                    "",
                    "",
                )
            )
        if mine.before_press:
            presses = f"{mine.before_press:.0f} : {others.before_press:.0f}"
            rows.append(("… before the press", presses, *[""] * 7))
        for what, a, b in (
            ("transfers", mine.transfers, others.transfers),
            ("bytes", mine.size, others.size),
            ("wall time", mine.wall_s, others.wall_s),
            ("CPU", mine.cpu_s, others.cpu_s),
            ("peak memory", mine.peak, others.peak),
        ):
            if b and round(a / b, 2) > 1:
                behind.setdefault(what, []).append(pair.task.title)
    columns = "transfers | MB | wall ms | ratio | CPU ms | ratio | peak MB | ratio"
    header = f"{camera}, ours : {other} | {columns}"
    told = [f"- in {what}: {', '.join(titles)}" for what, titles in behind.items()]
    return (
        table(header, rows)
        + f"\n\nBehind {other}, {camera}:\n\n"
        + "\n".join(told or ["- nowhere"])
    )


def wire_table(rows: Iterable[OnTheWire]) -> str:
    """How busy the wire is, and the share of its limit that the payload gets."""
    cells: list[Sequence[str]] = []
    behind: list[str] = []
    for row in rows:
        task, mine, others = row.task, row.ours, row.theirs
        title = f"{task.cable}: {task.title}"
        if others is None:
            seconds, ratio, share = f"{mine * _MS:.0f} : —", "", f"{row.share(mine):.1%} : —"
        else:
            seconds, ratio = f"{mine * _MS:.0f} : {others * _MS:.0f}", _ratio(mine, others)
            share = f"{row.share(mine):.1%} : {row.share(others):.1%}"
            if round(mine / others, 2) > 1:
                behind.append(title)
        cells.append((title, f"{task.payload / _MB:.3f}", seconds, ratio, share))
    header = "ours : gphoto2 | payload MB | wire ms | ratio | share of the limit"
    return (
        f"{table(header, cells)}\n\nBehind gphoto2 on the wire: {', '.join(behind) or 'nowhere'}."
    )


def growth_table(pairs: Iterable[Pair]) -> str:
    """How a listing grows with the number of files."""
    rows = [
        (
            pair.task.title,
            *_both(pair.ours.wall_s, pair.theirs.wall_s, _MS),
            *_both(pair.ours.cpu_s, pair.theirs.cpu_s, _MS),
            *_both(pair.ours.peak, pair.theirs.peak, 1 / _MB),
        )
        for pair in pairs
    ]
    header = "files in a folder | wall ms | ratio | CPU ms | ratio | peak MB | ratio"
    return table(header, rows)


def _both(mine: float, others: float, unit: float) -> tuple[str, str]:
    return f"{mine * unit:.3g} : {others * unit:.3g}", _ratio(mine, others)


def _ratio(mine: float, others: float) -> str:
    return f"{mine / others:.2f}"


def table(header: str, rows: Iterable[Sequence[str]]) -> str:
    """Markdown of rows, under a header whose columns a bar keeps apart."""
    columns = header.count("|") + 1
    lines = [f"| {header} |", "|---" + "|--:" * (columns - 1) + "|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])
