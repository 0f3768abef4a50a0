"""TAB in bash, zsh and fish: what is offered, and that it is offered at once."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pexpect
from cli_helpers import PROGRAM, environment, make_card, output, run

from canon.cli.words import VERBS
from conftest import ROOT, program

G3 = "virtual:powershot-g3"
# fmt: off
LINES = [
    # what is typed, what is among the offers, what is not
    ("canon-remote cap", "capture", "ls"),
    ("canon-remote ", "custom-functions", "--port"),
    ("canon-remote -", "--record", "ls"),
    ("canon-remote capture --t", "--target", "--macro"),
    ("canon-remote capture --target ", "both", "--macro"),
    ("canon-remote --port u", "usb:", "virtual:"),
    ("canon-remote ls --port virtual:powershot-g", "virtual:powershot-g3", "virtual:eos-r6"),
    ("canon-remote --port=virtual:eos-6", "--port=virtual:eos-60d", "--port=virtual:eos-20d"),
    ("canon-remote settings iso", "iso=", "macro="),
    ("canon-remote settings iso=100 white", "white_balance=", "iso="),
    ("canon-remote settings iso=1", "iso=100", "iso=200"),
    ("canon-remote bulb --set photo_effect=s", "photo_effect=sepia", "photo_effect=off"),
    ("canon-remote custom-functions mirror_lockup=", "mirror_lockup=on", "mirror_lockup="),
    ("canon-remote ls ", "DCIM/", "-l"),
    ("canon-remote rm DCIM/", "DCIM/100CANON/", "DCIM/"),
    ("canon-remote get DCIM/100CANON/I", "DCIM/100CANON/IMG_0003.JPG", "DCIM/100CANON/"),
    ("canon-remote --port virtual:eos-r6 rm DCIM/100CANON/", "DCIM/100CANON/IMG_0007.CR3", "-y"),
    ("canon-remote --port usb: ls ", "", "DCIM/"),
    ("canon-remote models eos-2", "eos-20d", "powershot-g3"),
    ("canon-remote virtual powershot-g3", "powershot-g3", "eos-20d"),
    ("canon-remote ptp getst", "GetStorageIDs", "GetObject"),
    ("canon-remote help co", "completion", "capture"),
    ("canon-remote completion ", "zsh", "powershell"),
]
# fmt: on


def shell_environment(folder: Path) -> dict[str, str]:
    path = f"{Path(PROGRAM).parent}{os.pathsep}{os.environ['PATH']}"
    return {**environment(folder, G3), "PATH": path, "TERM": "dumb"}


def ask(folder: Path, shell: str, script: str) -> list[list[str]]:
    """What a shell offers for each line: groups of lines, with == between them."""
    ran = subprocess.run(
        [program(shell), "-c", script],
        cwd=folder,
        env=shell_environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [group.strip("\n").split("\n") for group in ran.stdout.split("==\n")]


def split_as_bash(typed: str, word: str) -> str:
    """What bash wants for a word: what is behind the last letter where it splits."""
    last = typed.rpartition(" ")[2]
    return word[max(last.rfind("="), last.rfind(":")) + 1 :]


def test_bash(tmp_path: Path) -> None:
    tabs = "\n".join(f"tab '{typed}'" for typed, _, _ in LINES)
    offers = ask(
        tmp_path,
        "bash",
        'eval "$(canon-remote completion bash)"\n'
        "compopt() { :; }\n"  # it works only while somebody presses TAB
        "tab() { COMP_LINE=$1; COMP_POINT=${#1}; _canon_remote_completion canon-remote\n"
        'printf "%s\\n" "${COMPREPLY[@]}" ==; }\n' + tabs,
    )
    for (typed, there, absent), words in zip(LINES, offers, strict=False):
        assert split_as_bash(typed, there) in words, typed
        assert split_as_bash(typed, absent) not in words or absent == typed, typed


def test_fish(tmp_path: Path) -> None:
    tabs = "\n".join(f"complete -C '{typed}'; echo ==" for typed, _, _ in LINES)
    offers = ask(tmp_path, "fish", "canon-remote completion fish | source\n" + tabs)
    for (typed, there, absent), lines in zip(LINES, offers, strict=False):
        words = [line.partition("\t")[0] for line in lines]
        assert there in words, typed
        assert absent not in words, typed
    assert "capture\tTake pictures." in offers[0]


def test_zsh(tmp_path: Path) -> None:
    """Where one word alone fits it is typed to its end, with a space where nothing follows."""
    (tmp_path / "flower.jpg").touch()
    zsh = pexpect.spawn(
        program("zsh"),
        ["-f", "-i"],
        cwd=str(tmp_path),
        env=shell_environment(tmp_path),
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 120),
    )
    try:
        zsh.sendline("PS1='ready> '; autoload -Uz compinit; compinit -u")
        zsh.sendline(
            "show() { print -r -- \"[$BUFFER]\"; BUFFER=; }; zle -N show; bindkey '^G' show"
        )
        zsh.sendline('eval "$(canon-remote completion zsh)"; echo lo""aded')
        zsh.expect("loaded")
        for typed, whole in (
            ("canon-remote capt", "canon-remote capture "),
            ("canon-remote settings photo", "canon-remote settings photo_effect="),
            ("canon-remote ls DC", "canon-remote ls DCIM/"),
            (
                "canon-remote ls --port virtual:powershot-35",
                "canon-remote ls --port virtual:powershot-350 ",
            ),
            (
                "canon-remote --port=virtual:powershot-35",
                "canon-remote --port=virtual:powershot-350 ",
            ),
            ("canon-remote put flow", "canon-remote put flower.jpg "),
        ):
            zsh.send(f"{typed}\t\a")
            zsh.expect_exact(f"[{whole}]")
    finally:
        zsh.close(force=True)


def test_the_files_of_a_folder_that_is_shown_as_a_card(tmp_path: Path) -> None:
    """They have the names that the virtual camera gives them, in a card's root or in none."""
    card = make_card(tmp_path)
    (card / "DCIM/100CANON/a long name.jpeg").touch()
    for folder, path in ((card, "DCIM/100CANON/"), (card / "DCIM/100CANON", "DCIM/100CANON/")):
        port = f"{G3}?card={folder}"
        listed = run(tmp_path, "ls", path, port=port).stdout.splitlines()
        assert len(listed) == 4
        offered = [word for _, word in offers(tmp_path, f"canon-remote ls {path}", port)]
        assert sorted(offered) == sorted(listed)
    assert offers(tmp_path, "canon-remote ls ", f"{G3}?card={tmp_path}/nowhere") == []
    assert offers(tmp_path, "canon-remote ls ", f"{G3}?card=none") == []


def test_cameras_have_names(tmp_path: Path) -> None:
    file = Path(environment(tmp_path)["HOME"], ".config/canon-remote/cameras.toml")
    file.parent.mkdir(parents=True)
    file.write_text('left = "virtual:eos-r6"\nright = "usb:1-2.3"\n')
    ports = [word for _, word in offers(tmp_path, "canon-remote --port ")]
    assert ports[:2] == ["left", "right"]
    paths = [word for _, word in offers(tmp_path, "canon-remote --port left ls ")]
    assert paths == ["MISC/", "DCIM/"]
    assert offers(tmp_path, "canon-remote --port right ls ") == []
    file.write_text("left = [")
    assert ["plain", "usb:"] in offers(tmp_path, "canon-remote --port u")


def offers(folder: Path, line: str, port: str = G3) -> list[list[str]]:
    """The kind and the word of each offer, as fish gets them."""
    variables = {
        "_CANON_REMOTE_COMPLETE": "fish_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": line.rpartition(" ")[2],
    }
    ran = subprocess.run(
        [PROGRAM],
        cwd=folder,
        env=environment(folder, port) | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stderr == ""
    return [one.split(",", 1) for one in ran.stdout.split()]


TABLES = ("canon.camera.", "canon.values", "canon.usb.libusb", "canon.virtual.", "canon.models.")
SLOW = {"rich", "PIL", "dataclasses", "asyncio", "sqlite3", "textual_image"}


def test_a_tab_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """It answers in 100 ms because of that, and it can open no camera."""
    loaded = modules(
        tmp_path,
        f"for line in {[typed for typed, _, _ in LINES]}:\n"
        "    os.environ['COMP_WORDS'] = line\n"
        "    run([])",
        _CANON_REMOTE_COMPLETE="bash_complete",
    )
    assert "canon.cli.words" in loaded
    assert not [name for name in loaded if name.startswith(TABLES)]
    assert not loaded & {*SLOW, "logging"}


def test_help_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """It is there in 100 ms because of that."""
    loaded = modules(tmp_path, f"for verb in {list(VERBS)}:\n    run([verb, '--help'])")
    assert "canon.cli.decode" in loaded
    assert not [name for name in loaded if name.startswith(TABLES)]
    assert not loaded & SLOW


def modules(folder: Path, code: str, **variables: str) -> set[str]:
    """The modules that several runs load, one after the other; what measures coverage is not."""
    env = environment(folder, G3) | variables
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys\n"
            "from contextlib import suppress\n"
            "from canon.cli.main import main\n"
            "def run(words):\n"
            "    with suppress(SystemExit):\n"
            "        assert main(words) == 0\n"
            f"{code}\n"
            "print(*sys.modules, file=sys.stderr)",
        ],
        cwd=folder,
        env={name: value for name, value in env.items() if "COVERAGE" not in name},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout
    return set(ran.stderr.split())


def test_the_words_are_what_the_tables_say() -> None:
    made = runpy.run_path(str(ROOT / "docs/words.py"))
    shown = made["PAGE"].read_text(encoding="utf-8")
    assert made["page"]() == shown, "run: python docs/cli_page.py"


def test_every_setting_that_is_offered_can_be_typed(tmp_path: Path) -> None:
    from canon.camera.names import KINDS
    from canon.cli.words import SETTINGS

    assert list(SETTINGS) == list(KINDS)
    for name, words in SETTINGS.items():
        kind = KINDS[name].kind
        for word in words:
            kind.parse(word)
    assert sum(map(len, SETTINGS.values())) > 300


def test_completion_is_printed_for_three_shells(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert f"{shell}_complete" in output(tmp_path, "completion", shell)
    assert run(tmp_path, "completion", "tcsh").returncode == 2
