"""`make fuzz`: each target of fuzz_targets.py for its share of the time, under atheris.

    python tests/fuzz/fuzz_run.py SECONDS SEED     all targets; a seed of 0 is another each time
    python tests/fuzz/fuzz_run.py TARGET FILE      one input once: so what was found is seen again

The inputs that reach something new stay in build/fuzz/TARGET, and the next run begins with them.
"""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from hashlib import sha1
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=4096")
"""Seconds for one input, memory, and the bytes of an input."""


def main(arguments: list[str]) -> int:
    """Run what is asked for; 1 when something was found."""
    sys.path.append(str(ROOT / "tests"))
    if arguments[0].isdigit():
        return run_all(int(arguments[0]), int(arguments[1]))
    import atheris

    with atheris.instrument_imports(include=["canon"]):
        from fuzz_targets import TARGETS
    logging.getLogger("canon").addHandler(logging.NullHandler())
    atheris.Setup([sys.argv[0], *arguments[1:]], TARGETS[arguments[0]].take)
    atheris.Fuzz()
    return 0


def run_all(seconds: int, seed: int) -> int:
    """Each target for its share of the time, from its seeds; 1 when something was found."""
    from fuzz_targets import TARGETS

    from conftest import traces_folder

    clean = True
    for name, target in TARGETS.items():
        corpus = ROOT / "build" / "fuzz" / name
        corpus.mkdir(parents=True, exist_ok=True)
        for first in target.seeds(traces_folder()):
            (corpus / sha1(first, usedforsecurity=False).hexdigest()).write_bytes(first)
        clean &= run(name, corpus, max(1, seconds // len(TARGETS)), seed)
    return int(not clean)


def run(name: str, corpus: Path, seconds: int, seed: int) -> bool:
    """One target; whether nothing was found."""
    found = f"-artifact_prefix={corpus}-found-"
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        "-print_final_stats=1",
        found,
        *LIMITS,
    ]
    done = subprocess.run(
        [sys.executable, __file__, name, str(corpus), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        count = re.search(r"number_of_executed_units: (\d+)", done.stdout)
        say(f"{name}: {count[1] if count else 'no'} inputs in {seconds} s, and nothing was found")
        return True
    say(done.stdout[-8000:])
    if written := re.search(r"Test unit written to (\S+)", done.stdout):
        say(f"{name}: something was found; to see it again, type:")
        say(f"    {sys.executable} {__file__} {name} {written[1]}")
    return False


def say(text: str) -> None:
    """Print, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
