"""Play the pages of a first hour, in a folder that has the wheel and nothing else.

What the pages tell a reader to type is all that is typed, in their order: what installs and what
runs tests or notebooks from `sh` snippets, and the files of `python` ones; docs/demo.py plays the
`console` and `pycon` snippets. Those of the page on notebooks are cells of one. `.ci/fresh` runs
this in a new Debian. Where the Debian packages are there already, `--without-sudo` leaves them out.
"""

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("install", "mount", "fsspec", "testing", "notebooks")
TYPED = ("sudo apt-get install", "python3 -m venv", "pip install", "pytest", "jupyter execute")
SNIPPET = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
NOTEBOOK = "first.ipynb"


def play(page: Path, *, sudo: bool) -> None:
    """Do what a page says."""
    snippets = SNIPPET.findall(page.read_text(encoding="utf-8"))
    cells = [text for language, text in snippets if language == "pycon"]
    if page.stem == "notebooks":
        write_notebook(cells)
    for language, text in snippets:
        if language == "sh" and text.startswith(TYPED):
            lines = [line for line in text.splitlines() if sudo or not line.startswith("sudo ")]
            print(*(f"$ {line}" for line in lines), sep="\n", flush=True)
            subprocess.run(["sh", "-ec", "\n".join(lines)], check=True)
        elif language == "python" and (name := re.match(r"# (\S+)\n", text)):
            Path(name[1]).write_text(text, encoding="utf-8")
    if page.stem == "notebooks":
        check_notebook()
    elif cells or any(language == "console" for language, _ in snippets):
        subprocess.run(["python", DOCS / "demo.py", page], check=True)


def write_notebook(snippets: list[str]) -> None:
    """A notebook whose cells are these examples."""
    parse = doctest.DocTestParser().get_examples
    unrun: dict[str, object] = {"metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {"cell_type": "code", **unrun, "id": f"{at}-{number}", "source": example.source}
        for at, text in enumerate(snippets)
        for number, example in enumerate(parse(text))
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path(NOTEBOOK).write_text(json.dumps(book), encoding="utf-8")


def check_notebook() -> None:
    """Pictures and tables were shown."""
    book = json.loads(Path(NOTEBOOK).read_text(encoding="utf-8"))
    shown = [
        kind for cell in book["cells"] for out in cell["outputs"] for kind in out.get("data", ())
    ]
    print(*sorted(set(shown)), sep="\n")
    if not {"image/jpeg", "text/html"} <= set(shown):
        sys.exit("the notebook shows no picture or no table")


def main() -> None:
    """Play all pages; the environment that the first one makes stays active."""
    os.environ["CANON_REMOTE_PORT"] = "virtual:powershot-g3"
    os.environ["PATH"] = os.pathsep.join([str(Path(".venv/bin").absolute()), os.environ["PATH"]])
    for page in PAGES:
        print(f"--- {page}", flush=True)
        play(DOCS / "guide" / f"{page}.md", sudo="--without-sudo" not in sys.argv)


main()
