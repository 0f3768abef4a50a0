"""The pages tell the truth: each snippet runs on a virtual PowerShot G3 and prints what it shows.

`pycon` snippets are doctests; of a `console` snippet, the lines after `$` run in a shell. The
snippets of a page share one folder and their Python names.
"""

import doctest
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

import canon
from canon import errors
from canon.cli.verbs import program as cli
from conftest import program

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS = {"gphoto2", "tshark"}
"""Those of others that snippets run."""
SNIPPET = re.compile(r"^```(pycon|console)\n(.*?)^```$", re.M | re.S)


def with_snippets() -> list[object]:
    pages = [page for page in PAGES if SNIPPET.search(page.read_text(encoding="utf-8"))]
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages]


@pytest.mark.parametrize("page", with_snippets())
def test_the_snippets_print_what_the_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("CANON_REMOTE_PORT", "virtual:powershot-g3")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    text = page.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for snippet in SNIPPET.finditer(text):
        language, body = snippet.groups()
        line = text.count("\n", 0, snippet.start()) + 1
        if language == "pycon":
            run_python(body, names, page, line)
        else:
            run_shell(body, tmp_path)


def run_python(body: str, names: dict[str, object], page: Path, line: int) -> None:
    test = doctest.DocTestParser().get_doctest(body, names, page.name, str(page), line)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert test.examples
    assert runner.run(test, out=said.append, clear_globs=False).failed == 0, "".join(said)
    names.update(test.globs)


def run_shell(body: str, folder: Path) -> None:
    try:
        run_commands(body)
    except AssertionError:
        for mounted in [one for one in folder.iterdir() if one.is_mount()]:
            subprocess.run(["umount", "-l", mounted], check=True)
        raise


def run_commands(body: str) -> None:
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.M):
        for other in PROGRAMS & set(command.split()):
            program(other)
        ran = subprocess.run(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, f"$ {command}\n{ran.stdout}"
        alike = doctest.OutputChecker().check_output(shown, ran.stdout, doctest.ELLIPSIS)
        assert alike, f"$ {command}\nthe page shows:\n{shown}\nit printed:\n{ran.stdout}"


def test_when_it_fails_has_a_line_for_every_error() -> None:
    page = (ROOT / "docs" / "guide" / "when-it-fails.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \|", page, re.M)
    assert len(told) == len(set(told))
    assert set(told) == set(family(errors.CanonError))


FENCED = re.compile(r"^```.*?^```", re.M | re.S)


def test_every_link_between_the_pages_leads_somewhere() -> None:
    """Also where they are read as files, in a clone or on the web, and not built by Sphinx."""
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    texts = {
        ROOT / name: FENCED.sub("", (ROOT / name).read_text(encoding="utf-8"))
        for name in listed.splitlines()
    }
    followed = 0
    for page, text in texts.items():
        for link in re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", text):
            path, _, part = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.name}: {link}"
            assert not part or part in headings(texts[target]), f"{page.name}: {link}"
            followed += 1
    assert followed > 150


def headings(text: str) -> set[str]:
    """What the headings of a page are called in links."""
    named = (re.sub(r"[^\w\- ]", "", one.lower()) for one in re.findall(r"^#+ (.+)$", text, re.M))
    return {name.replace(" ", "-") for name in named}


INSTALLS = re.compile(r"\b(?:pip3?|pipx|uv|uvx|poetry|conda)\b[^\n`]*?\b(?:install|add)\b([^`\n]*)")
WRITTEN = ("*.md", "*.py", "*.toml", "*.yml", "*.yaml", "Makefile")


def test_nothing_is_installed_that_is_another_project_of_our_name() -> None:
    """The registry has one; until ours is there, it is installed from a clone or from a wheel."""
    seen = 0
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", *WRITTEN, ".ci"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, tracked.split("\0")):
        text = (ROOT / name).read_text(encoding="utf-8")
        for found in INSTALLS.finditer(text):
            seen += 1
            for word in found[1].replace("#", " # ").split():
                if word == "#":
                    break
                assert not re.match(r"[\"'\\]*canon[-_]remote(?!-[\d.]+-py3)", word), (
                    f"{name}: {found[0]}"
                )
        if name not in ("pyproject.toml", "Makefile", "tests/system/test_docs.py"):
            assert "canon-remote[" not in text, name
    assert seen > 5


def test_how_it_is_installed_is_told_in_one_place() -> None:
    """Its page has the wheel that there is; the other pages name the page."""
    page = (ROOT / "docs" / "guide" / "install.md").read_text(encoding="utf-8")
    wheels = re.findall(r"canon_remote-.*?\.whl", page)
    assert len(wheels) > 2
    assert set(wheels) == {f"canon_remote-{canon.__version__}-py3-none-any.whl"}
    others = [path for path in PAGES if path.name != "install.md"]
    ours = re.compile(r"pip install [^`\n]*(?:\.whl|\[)")
    assert not [path.name for path in others if ours.search(path.read_text(encoding="utf-8"))]


VERBS = re.findall(r"^## (\S+)$", (ROOT / "docs/guide/cli.md").read_text(encoding="utf-8"), re.M)


def test_the_readme_names_every_verb_and_each_has_a_page_that_tells_what_it_is_for() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"\n\n((?:`[a-z-]+`,?\s+(?:and\s+)?){20,})are the verbs", readme)
    assert re.findall(r"`(.+?)`", named) == VERBS
    pages = [page for page in PAGES if page.name not in ("cli.md", "json.md", "coming-from.md")]
    told = "".join(page.read_text(encoding="utf-8") for page in pages)
    for verb in VERBS:
        assert re.search(rf"canon-remote (?:-\S+ (?:\S+ )?)*{verb}\b", told) or (
            len(re.findall(rf"`{verb}[` ]", told)) > 1
        ), verb


def test_what_is_shown_and_not_run_has_verbs_and_options_that_there_are() -> None:
    """The lines of `sh` snippets: they want a camera, a network, a display, or all day."""
    root = click.Context(cli, info_name="canon-remote")
    seen = 0
    for page in PAGES:
        for snippet in re.findall(
            r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S
        ):
            for words in commands(snippet.replace("\\\n", " ")):
                _, rest, _ = cli.make_parser(root).parse_args(words)
                verb = cli.get_command(root, rest[0]) if rest else None
                assert verb or not rest, f"{page.name}: {words}"
                if verb:
                    verb.make_parser(click.Context(verb, parent=root)).parse_args(rest[1:])
                    seen += 1
    assert seen > 30


def commands(snippet: str) -> Iterator[list[str]]:
    """What stands after `canon-remote` in each command of a shell's lines, up to `--run`."""
    for line in snippet.splitlines():
        words = shlex.shlex(line, posix=True, punctuation_chars="|;<>&()")
        words.whitespace_split = True
        for is_end, part in itertools.groupby(words, lambda word: not set(word) - set("|;<>&()")):
            command = list(itertools.takewhile(lambda word: word != "--run", part))
            if not is_end and "canon-remote" in command:
                yield command[command.index("canon-remote") + 1 :]


OTHERS = ROOT / "docs" / "guide" / "coming-from.md"
BODIES = ("powershot-g3", "powershot-s60?mode=ptp", "eos-r6")


def test_what_other_programs_call_it_has_the_names_that_there_are() -> None:
    """Those of the tables: of the library, of the command line, of the HTTP API."""
    from canon.web.endpoints import ENDPOINTS

    text = OTHERS.read_text(encoding="utf-8")
    cameras = [canon.open(f"virtual:{body}") for body in BODIES]
    named = sorted(set(re.findall(r"`(?:with |for \w+ in )?cam((?:\.[a-z_]+)+)", text)))
    assert len(named) > 60
    for name in named:
        assert any(has(cam, name.split(".")[1:]) for cam in cameras), f"cam{name}"
    for cam in cameras:
        cam.close()
    for name in set(re.findall(r"`canon\.([A-Za-z]\w*)", text)):
        assert name in canon.__all__ or find_spec(f"canon.{name}"), name
    addresses = {(one.method, re.sub(r"\{.*?\}", "*", one.path)) for one in ENDPOINTS}
    said = re.findall(r"`(GET|PUT|POST|PATCH|DELETE) (/\S+?)`", text)
    assert len(said) > 9
    for method, path in said:
        known = (method, re.sub(r"CAMERA|NUMBER|PATH", "*", path))
        assert known in addresses or path == "/openapi.json", path
    verbs = set(re.findall(r"`canon-remote (?:--port \S+ )?([a-z][a-z-]*)", text))
    assert verbs
    assert verbs <= set(VERBS)


def has(thing: object, names: list[str]) -> bool:
    """Whether a camera's part has such a part; what this body lacks is not there."""
    for name in names:
        try:
            thing = getattr(thing, name)
        except (AttributeError, canon.CanonError):
            return False
    return True


def family(kind: type[Exception]) -> list[str]:
    """The names of an error and of all that are kinds of it."""
    return [kind.__name__, *(name for sub in kind.__subclasses__() for name in family(sub))]


@pytest.mark.long
def test_the_film_of_a_terminal_can_be_recorded_anew(tmp_path: Path) -> None:
    cast = tmp_path / "terminal.cast"
    subprocess.run([sys.executable, ROOT / "docs" / "recording.py", cast], check=True)
    head, *shown = map(json.loads, cast.read_text(encoding="utf-8").splitlines())
    assert head["version"] == 2
    text = "".join(said for _, _, said in shown)
    for word in ("PowerShot G3", "off, on", "shots/IMG_", "IMG_0001.JPG", "▀"):
        assert word in text
    times = [at for at, _, _ in shown]
    assert times == sorted(times)
