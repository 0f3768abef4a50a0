"""What `make fuzz` begins with goes through its targets, with no atheris to look on."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds_and_what_is_left_of_them(name: str, traces: Path) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds(traces))
    assert len(seeds) > 10
    for seed in seeds:
        for size in len(seed), len(seed) // 2, 1, 0:
            target.take(seed[:size])
