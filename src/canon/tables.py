"""Tables for notebooks: rows of text as HTML, each text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

MOST_ROWS = 200
"""A notebook keeps what it shows; of a card with 9,999 pictures that would be a megabyte."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table; what is beyond `MOST_ROWS` is only counted.

    Args:
        head: the names of the columns.
        rows: what is in them; None is an empty cell.
    """
    going = iter(rows)
    body = [_row("td", row) for row in islice(going, MOST_ROWS)]
    more = sum(1 for _ in going)
    foot = f"<p>and {more} more</p>" if more else ""
    return f"<table><thead>{_row('th', head)}</thead><tbody>{''.join(body)}</tbody></table>{foot}"


def _row(tag: str, cells: Sequence[object]) -> str:
    from html import escape

    texts = ("" if cell is None else escape(str(cell)) for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"
