"""What goes wrong amid something: the cable, a cancel, Ctrl-C, a kill; then all is well again."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from serving import COMMAND, news, serving

G3 = "powershot-g3"
HERE = f"/cameras/{G3}"
LOST = {
    "powershot-g3": "virtual:powershot-g3?fault=unplug@GetFile:20000",
    "powershot-g9": "virtual:powershot-g9?fault=unplug@GetObject:20000",
    "eos-60d": "virtual:eos-60d?fault=unplug@GetObject:20000",
}


@pytest.mark.parametrize("ident", LOST)
def test_the_cable_is_pulled_amid_a_file(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--port", LOST[ident]) as served:
        served.wait_for(ident, state="ready")
        address = f"/cameras/{ident}/files/DCIM/100CANON/IMG_0001.JPG"
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            next(changes)
            lost = served.http.get(address)
            assert lost.status_code == 503
            assert lost.json()["error"]["kind"] == "Disconnected"
            states = (told["state"] for kind, told in changes if "state" in told)
            assert "gone" in states  # and it goes on by itself
            assert "ready" in states
        assert served.http.get(f"/cameras/{ident}").json()["why"] is None


def test_a_long_native_download_is_cancelled(tmp_path: Path) -> None:
    card = tmp_path / "card"
    (card / "DCIM" / "100CANON").mkdir(parents=True)
    (card / "DCIM" / "100CANON" / "MVI_0001.AVI").write_bytes(bytes(64 << 20))
    (card / "DCIM" / "100CANON" / "IMG_0002.JPG").write_bytes(b"\xff\xd8\xff\xd9")
    port = f"virtual:powershot-g3?pace=real&card={card}"
    with serving(tmp_path / "pictures", "--port", port) as served:
        served.wait_for(G3, state="ready")
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            next(changes)
            found: list[httpx.Response] = []
            address = f"{served.base}{HERE}/files/DCIM/100CANON/MVI_0001.AVI"
            asking = threading.Thread(
                target=lambda: found.append(httpx.get(address, timeout=60)), daemon=True
            )
            asking.start()
            job = next(
                told["job"]
                for kind, told in changes
                if kind == "job" and told["job"]["kind"] == "file" and told["job"]["done"]
            )
            assert job["total"] == 64 << 20
            served.http.delete(f"{HERE}/jobs/{job['number']}")
            asking.join()
        assert found[0].status_code == 409
        assert found[0].json()["error"]["kind"] == "Aborted"
        other = served.http.get(f"{HERE}/files/DCIM/100CANON/IMG_0002.JPG")
        assert other.content == b"\xff\xd8\xff\xd9"


@contextmanager
def exported(
    model: str, *more: str, place: str = "127.0.0.1:0"
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A virtual camera in a process of its own, over USB/IP, and its port string."""
    with subprocess.Popen(
        [COMMAND, "virtual", model, *more, "--usbip", place], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], process
        finally:
            process.terminate()


@pytest.mark.parametrize("model", ["powershot-g3", "eos-60d"])
def test_ctrl_c_amid_a_picture_leaves_the_camera_to_others(model: str, tmp_path: Path) -> None:
    with exported(model, "--pace", "real") as (port, _):
        with serving(tmp_path, "--port", port) as served:
            ident = served.http.get("/cameras").json()[0]["id"]
            served.wait_for(ident, state="ready")
            with served.http.stream("GET", "/events") as events:
                changes = news(events.iter_lines())
                next(changes)
                threading.Thread(target=release, args=(served.base, ident), daemon=True).start()
                next(told for kind, told in changes if kind == "job")
                served.process.send_signal(signal.SIGINT)
            assert served.process.wait(60) == 0
        words = ["--port", port, "capture", "-o", f"{tmp_path}/after.jpg"]
        subprocess.run([COMMAND, *words], check=True, timeout=120)
        assert (tmp_path / "after.jpg").read_bytes()[:2] == b"\xff\xd8"


def release(base: str, ident: str) -> None:
    with suppress(httpx.HTTPError):  # the server has ended
        httpx.post(f"{base}/cameras/{ident}/release", json={}, timeout=60)


def test_a_camera_is_switched_off_and_on(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with exported("powershot-g3") as (port, _):
            place = port.removeprefix("usbip:").split("/")[0]
            served = stack.enter_context(serving(tmp_path, "--port", port))
            ident = served.http.get("/cameras").json()[0]["id"]
            served.wait_for(ident, state="ready")
        served.wait_for(ident, state="gone")
        gone = served.http.post(f"/cameras/{ident}/release", json={})
        assert gone.status_code == 503
        stack.enter_context(exported("powershot-g3", place=place))
        served.wait_for(ident, state="ready")
        assert served.http.post(f"/cameras/{ident}/release", json={}).status_code == 200


def fetch_and_be_killed(folder: Path, *words: str) -> None:
    with serving(folder, *words) as killed:
        killed.wait_for(G3, state="ready")
        files = killed.http.get(f"{HERE}/files").json()["files"]
        killed.http.get(f"{HERE}/files/{files[0]['path']}")
        killed.process.kill()


def test_what_a_kill_leaves_is_gone_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    words = ("--port", "virtual:powershot-g3")
    with serving(tmp_path / "other", *words) as lives:
        with pytest.raises(AssertionError):
            fetch_and_be_killed(tmp_path / "pictures", *words)
        left = {path.name for path in temporary.iterdir()}
        assert len(left) == 2
        with serving(tmp_path / "pictures", *words) as third:
            third.wait_for(G3, state="ready")
            assert len(left & {path.name for path in temporary.iterdir()}) == 1
        lives.wait_for(G3, state="ready")
        first = lives.http.get(f"{HERE}/files").json()["files"][0]
        assert len(lives.http.get(f"{HERE}/files/{first['path']}").content) == first["size"]
    assert not [*temporary.iterdir()]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("127.0.0.1:{taken}", "another program listens at 127.0.0.1:{taken}; end it, or choose"),
        ("192.0.2.1:8765", "192.0.2.1 is no address of this computer"),
        ("nowhere.invalid:8765", "nowhere.invalid is no address of this computer"),
    ],
)
def test_where_nobody_can_listen(address: str, says: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        words = ("--listen", address.format(taken=taken), "--port", "virtual:powershot-g3")
        done = subprocess.run(
            [COMMAND, "serve", *words], capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert says.format(taken=taken) in done.stderr
    assert "--listen" in done.stderr
