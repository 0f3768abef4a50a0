"""What `/openapi.json` says is what the server does: schemathesis tries it, on both bodies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from serving import BODIES, serving

CONFIG = """
[parameters]
"path.camera" = "{ident}"
"path.path" = "{path}"

[checks.negative_data_rejection]
expected-statuses = [400, 404, 409, 411, 413, 416, 422, 501, 502, 503]

[phases.stateful.checks.negative_data_rejection]
enabled = false
"""
"""What is wrong has to be refused, but for what one answer brings into the next request: a job's
number in place of a wrong one makes the request right."""
ENDLESS = r"/events|live\.mjpg"
LEFT_OUT = "positive_data_acceptance,not_a_server_error"
"""A camera refuses what it does not like, and 501, 502, 503 and 507 are told of."""


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def run(words: list[str], folder: Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_the_document_is_valid(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", BODIES["powershot-g3"]) as served:
        answer = served.http.get("/openapi.json")
    (tmp_path / "openapi.json").write_bytes(answer.content)
    run([program("openapi-spec-validator"), "openapi.json"], tmp_path)
    told = answer.json()
    names = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(names) == len(set(names)) > 25


@pytest.mark.long
@pytest.mark.parametrize("ident", ["powershot-g3", "eos-60d"])
def test_no_answer_is_untold(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path / "pictures", "--port", BODIES[ident]) as served:
        served.wait_for(ident, state="ready")
        files = served.http.get(f"/cameras/{ident}/files").json()["files"]
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(ident=ident, path=files[0]["path"]))
        words = [
            *(program("schemathesis"), "--config-file", str(config)),
            *("run", f"{served.base}/openapi.json", "--max-time", "45", "--seed", "1"),
            *("--exclude-path-regex", ENDLESS, "--exclude-checks", LEFT_OUT),
            *("--generation-database", "none", "--request-timeout", "60", "--no-color"),
            "--continue-on-failure",
        ]
        run(words, tmp_path)
        assert served.http.get(f"/cameras/{ident}").json()["state"] in ("ready", "busy")
