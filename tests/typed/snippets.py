"""Let mypy --strict and pyright read the Python of the pages, as their readers' editors do.

python tests/typed/snippets.py [PAGE...]

The `pycon` snippets of a page become one module, for they share their names
(tests/system/test_docs.py runs them so). Each line of it stands where it stands in the page, so
that what the checkers find is told by the page and its line.
"""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".mypy_cache" / "snippets"
UNTYPED = {
    "import fsspec": '# mypy: disable-error-code="import-untyped"\n'
    "# pyright: reportAttributeAccessIssue=false\n"
}
"""What is let pass on a page that uses a library without types."""
SNIPPET = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Finding(NamedTuple):
    """What a checker has to say of a line."""

    file: str
    line: int
    text: str


def module(page: str) -> str:
    """The program that a page's snippets are, its lines where the page has them; or nothing."""
    lines = [""] * (page.count("\n") + 1)
    for snippet in SNIPPET.finditer(page):
        first = page.count("\n", 0, snippet.start(1))
        for example in doctest.DocTestParser().get_examples(snippet[1]):
            source = example.source.splitlines()
            start = first + example.lineno
            lines[start : start + len(source)] = source
    return "\n".join(lines) + "\n" if any(lines) else ""


def check(modules: Mapping[str, str]) -> Iterator[Finding]:
    """What mypy and pyright find in programs, by the names of those."""
    with TemporaryDirectory() as folder:
        named = {}
        for number, (name, text) in enumerate(modules.items()):
            path = Path(folder, f"page_{number}.py")
            text += "".join(less for used, less in UNTYPED.items() if used in text)
            path.write_text(text, encoding="utf-8")
            named[path.name] = name
        for found in *_mypy(Path(folder)), *_pyright(Path(folder)):
            # By its name alone: mypy tells from its cache a folder that was there before.
            yield found._replace(file=named[Path(found.file).name])


def _mypy(folder: Path) -> Iterator[Finding]:
    words = ["--config-file=", f"--cache-dir={CACHE}", "--strict", "--output=json"]
    # A page goes on and on: a name may be given a second value, of another type.
    words += ["--allow-redefinition", "--local-partial-types"]
    ran = _run("mypy", *words, str(folder))
    assert ran.returncode < 2, ran.stdout + ran.stderr
    for line in filter(None, ran.stdout.splitlines()):  # an empty one when all is well
        said = json.loads(line)
        if said["severity"] == "error":
            yield Finding(said["file"], said["line"], f"mypy: {said['message']} [{said['code']}]")


def _pyright(folder: Path) -> Iterator[Finding]:
    # A snippet shows a value by naming it.
    (folder / "pyrightconfig.json").write_text('{"reportUnusedExpression": false}')
    ran = _run("pyright", "--outputjson", "--project", str(folder), "--pythonpath", sys.executable)
    assert ran.returncode < 2, ran.stdout + ran.stderr
    for said in json.loads(ran.stdout)["generalDiagnostics"]:
        where, rule = said["range"]["start"]["line"] + 1, said.get("rule", "syntax")
        message = said["message"].replace("\n", " ")
        yield Finding(said["file"], where, f"pyright: {message} [{rule}]")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(names: list[str]) -> int:
    """Tell what is found in the pages that are named, or in all of them."""
    pages = [Path(name).resolve() for name in names]
    pages = pages or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    programs = {str(page.relative_to(ROOT)): module(page.read_text("utf-8")) for page in pages}
    modules = {name: text for name, text in programs.items() if text}
    found = sorted(check(modules)) if modules else []
    for finding in found:
        print(f"{finding.file}:{finding.line}: {finding.text}")
    bad = {finding.file for finding in found}
    print(f"{len(modules)} pages have snippets; {len(bad)} of them are to be mended")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
