"""Pictures in a row, and of every camera at once, by the installed command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import BODIES, COMMAND, Served, news, serving

ALL = pytest.mark.parametrize("ident", BODIES)


def over(changes: Iterator[tuple[str, dict[str, Any]]], kind: str) -> dict[str, Any]:
    """The job of that kind, once it is over."""
    for what, told in changes:
        if what == "job" and told["job"]["kind"] == kind:
            job: dict[str, Any] = told["job"]
            if job["state"] not in ("waiting", "running"):
                return job
    raise AssertionError("the server ended")


def pictures(served: Served) -> list[Path]:
    return sorted(served.folder.rglob("IMG_*.JPG"))


@ALL
def test_a_series_and_a_bracket(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path / "pictures", "--port", BODIES[ident]) as served:
        served.wait_for(ident, state="ready")
        here = f"/cameras/{ident}"
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            assert next(changes)[0] == "snapshot"
            wanted = {"every_s": 0.1, "count": 10_000, "target": "host"}
            job = served.http.post(f"{here}/series", json=wanted).json()
            assert job["kind"] == "series"
            first = next(told for kind, told in changes if kind == "shot")
            assert Path(first["shot"]["saved"][0]) in pictures(served)
            again = served.http.post(f"{here}/series", json=wanted)
            assert again.status_code == 409
            assert again.json()["error"]["kind"] == "DeviceBusy"
            files = served.http.get(f"{here}/files").json()  # it is answered between two frames
            assert files["total"] > 0
            cancelled = served.http.delete(f"{here}/jobs/{job['number']}")
            assert cancelled.status_code == 200
            ended = over(changes, "series")
            assert ended["state"] == "cancelled"
            assert 0 < ended["done"] <= ended["total"] == 10_000
            taken = len(pictures(served))
            assert taken > 0

            began = served.http.post(f"{here}/bracket", json={"ev": [-1, 0, 1]})
            assert began.json()["kind"] == "bracket"
            ended = over(changes, "bracket")
            assert (ended["state"], ended["done"]) == ("done", 3)
        assert len(pictures(served)) == taken + 3


@ALL
def test_what_is_told_once_remote_control_is_on(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--port", BODIES[ident]) as served:
        known = served.wait_for(ident, state="ready")
        assert known["shots"] is None
        assert known["zoom"] is None
        served.http.put(f"/cameras/{ident}/remote", json={"on": True})
        with served.http.stream("GET", "/events") as events:
            for _ in events.iter_lines():
                known = served.http.get(f"/cameras/{ident}").json()
                if known["shots"] is not None:
                    break
        assert known["shots"] > 0
        assert known["battery"] == "good"
        assert known["clock"]["difference_s"] in range(-2, 3)
        has_zoom = "zoom" in known["features"]
        assert (known["zoom"] or {}).get("position") == (0 if has_zoom else None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("series", {"every_s": 0.01, "count": 3}),
        ("series", {"every_s": 1e300, "count": 3}),
        ("series", {"every_s": 1, "count": 0}),
        ("bracket", {"ev": []}),
        ("bracket", {"ev": [0] * 100}),
        ("bracket", {"ev": [1e400]}),
    ],
)
def test_series_that_are_none(served: Served, path: str, body: dict[str, object]) -> None:
    text = json.dumps(body)
    found = served.http.post(f"/cameras/powershot-g3/{path}", content=text)
    assert found.status_code == 422
    assert served.http.get("/cameras/powershot-g3/jobs").json() == []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two cameras, one by a name of cameras.toml."""
    home = tmp_path_factory.mktemp("home")
    names = home / "canon-remote" / "cameras.toml"
    names.parent.mkdir()
    names.write_text('left = "virtual:eos-60d?pace=real"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home))
        words = ("--port", "virtual:powershot-g3", "--port", "left")
        with serving(tmp_path_factory.mktemp("pictures"), *words) as one:
            for ident in ("powershot-g3", "left"):
                one.wait_for(ident, state="ready")
            yield one


def test_every_camera_at_once(served: Served) -> None:
    told = served.http.post("/release", json={"target": "host"}).json()
    assert [one["id"] for one in told["shots"]] == ["powershot-g3", "left"]
    assert [one["error"] for one in told["shots"]] == [None, None]
    assert told["spread_ms"] >= 0
    for one in told["shots"]:
        saved = Path(one["shot"]["saved"][0])
        assert saved.parent == served.folder / one["id"]
        assert saved.read_bytes()[:2] == b"\xff\xd8"


def test_a_series_is_cancelled_between_two_frames(served: Served) -> None:
    before = len(pictures(served))
    wanted = {"every_s": 60, "count": 2, "target": "host"}
    with served.http.stream("GET", "/events") as events:
        changes = news(events.iter_lines())
        assert next(changes)[0] == "snapshot"
        job = served.http.post("/cameras/left/series", json=wanted).json()
        next(told for kind, told in changes if kind == "job" and told["job"]["done"] == 1)
        assert served.http.get("/cameras/left/jobs").json()[0]["done"] == 1
        served.http.delete(f"/cameras/left/jobs/{job['number']}")
        assert over(changes, "series")["state"] == "cancelled"
    assert len(pictures(served)) == before + 1


def test_the_same_camera_twice() -> None:
    words = ("--port", "virtual:powershot-g3", "--port", "virtual:powershot-g3")
    done = subprocess.run([COMMAND, "serve", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "twice" in done.stderr
