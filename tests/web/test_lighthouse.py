"""What Lighthouse, the browser's own judge, says of the page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from browsing import CHROMIUM
from serving import serving

from conftest import ROOT, program

JUDGE = ROOT / "tests/web/lighthouse"
LEAST = 0.95


@pytest.mark.long
@pytest.mark.parametrize("form", ["desktop", "mobile"])
def test_the_page_is_accessible_and_well_made(form: str, tmp_path: Path) -> None:
    judge = tmp_path / "judge"
    shutil.copytree(JUDGE, judge, ignore=shutil.ignore_patterns("node_*"))
    subprocess.run(
        [program("npm"), "ci", "--silent", "--no-audit", "--no-fund"], cwd=judge, check=True
    )
    command = [
        str(judge / "node_modules/.bin/lighthouse"),
        "--quiet",
        "--output=json",
        "--only-categories=accessibility,best-practices",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        *(["--preset=desktop"] if form == "desktop" else []),
    ]
    with serving(tmp_path / "pictures", "--port", "virtual:eos-60d?pace=real") as served:
        served.wait_for("eos-60d", state="ready")
        done = subprocess.run(
            [*command, served.link],
            env={**os.environ, "CHROME_PATH": CHROMIUM},
            stdout=subprocess.PIPE,
            check=True,
        )
    report = json.loads(done.stdout)
    scores = {name: told["score"] for name, told in report["categories"].items()}
    failed = [name for name, told in report["audits"].items() if told["score"] == 0]
    assert scores.keys() == {"accessibility", "best-practices"}
    assert all(score >= LEAST for score in scores.values()), (scores, failed)
