"""The page on notebooks, run as one: each of its examples is a cell."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "notebooks.md"

RUN = """
import json, sys, nbformat, nbclient
cells = [nbformat.v4.new_code_cell(source) for source in json.load(sys.stdin)]
book = nbformat.v4.new_notebook(cells=cells)
nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
json.dump([[dict(out.get("data", {})) for out in cell.outputs] for cell in book.cells], sys.stdout)
"""


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9", "eos-60d"])
def test_it_shows_pictures_and_tables(body: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    parse = doctest.DocTestParser().get_examples
    snippets = re.findall(r"^```pycon\n(.*?)^```$", text, re.M | re.S)
    cells = [example.source for snippet in snippets for example in parse(snippet)]
    ran = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps([f"%env CANON_REMOTE_PORT=virtual:{body}", *cells]),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    outputs = json.loads(ran.stdout)[1:]
    shown = {cell.strip(): out[0] for cell, out in zip(cells, outputs, strict=True) if out}
    for picture in ("cam.storage.thumbnail(pictures[0])", "picture", "frame"):
        assert shown[picture]["image/jpeg"].startswith("/9j/"), picture
    assert "<td>IMG_0001.JPG</td>" in shown["pictures"]["text/html"]
    assert "<td>iso</td>" in shown["cam.settings.read()"]["text/html"]
    described = shown['cam.settings.describe("iso", "aperture")']["text/html"]
    assert "<th>may be</th>" in described
    assert "<td>auto, 100, 125," in described or "100, 200, 400" in described
