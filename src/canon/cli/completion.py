"""The verb `completion`: what lets TAB complete verbs, options, and what they take."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from canon.cli.options import Verb
from canon.cli.output import put_line

_PROGRAM, VARIABLE = "canon-remote", "_CANON_REMOTE_COMPLETE"
_OPEN_ENDED = ("=", ":", "/")  # behind these, something follows without a space


@click.command(
    "completion",
    cls=Verb,
    unrecorded="give --record to a verb that opens one",
    examples=(
        "canon-remote completion bash > ~/.local/share/bash-completion/completions/canon-remote",
        "canon-remote completion zsh > ~/.zfunc/_canon-remote",
        "canon-remote completion fish > ~/.config/fish/completions/canon-remote.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_verb(ctx: click.Context, shell: str) -> None:
    """Print what lets TAB complete in your shell: put it where the shell looks for it.

    Verbs, options and files are completed, and port strings, virtual bodies, settings and their
    values. Paths of a card are completed on a virtual camera: TAB opens no camera.
    """
    kind = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}[shell]
    for line in kind(ctx.find_root().command, {}, _PROGRAM, VARIABLE).source().splitlines():
        put_line(line)


class _Whole(ShellComplete):
    """Completes the word as a whole: in --port=virtual:… what stands before the = stays."""

    _lead = ""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """What is offered for the word."""
        name, equals, _ = incomplete.partition("=")
        self._lead = f"{name}=" if equals and name.startswith("--") else ""
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain":
                item.value = f"{self._lead}{item.value}"
        return found


@add_completion_class
class _Bash(_Whole, BashComplete):
    """Bash splits words at = and :, and puts what is offered behind the last of them."""

    source_template: ClassVar[str] = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            part) compopt -o nospace; COMPREPLY+=("$value") ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete "$1" \\
        2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    @staticmethod
    def _check_version() -> None:
        """What is printed may be for the bash of another computer."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and that one as far as it is typed."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        self._typed = words.pop() if words and not line[-1:].isspace() else ""
        return words, self._typed

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A line for the function above."""
        if item.type != "plain":
            return f"{item.type},{item.value}"
        split = max(self._typed.rfind(one) for one in ":=") + 1
        kind = "part" if item.value.endswith(_OPEN_ENDED) else "plain"
        return f"{kind},{item.value[split:]}"


@add_completion_class
class _Zsh(_Whole, ZshComplete):
    """Zsh shows what each verb is for."""

    source_template: ClassVar[str] = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local type value told
    local -a plain parts described
    for type value told in "${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
%(complete_var)s=zsh_complete $words[1] 2>/dev/null)}"; do
        case $type in
            (dir) _path_files -/ ;;
            (file) _files ;;
            (part) parts+=("$value") ;;
            (plain)
                if [[ $told == _ ]]; then
                    plain+=("$value")
                else
                    described+=("$value:$told")
                fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described
    (( $#plain )) && compadd -V unsorted -a plain
    (( $#parts )) && compadd -S '' -V unsorted -a parts
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Three lines for the function above."""
        is_part = item.type == "plain" and item.value.endswith(_OPEN_ENDED)
        told = item.help or "_"
        value = item.value if told == "_" else item.value.replace(":", r"\\:")
        return f"{'part' if is_part else item.type}\n{value}\n{told}"


@add_completion_class
class _Fish(_Whole, FishComplete):
    """Fish knows by itself behind which letters no space belongs."""
