"""Live view for many: the newest frame for each, and nobody waits for another."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from serving import Served, serving
from websockets.sync.client import ClientConnection, connect

IDENT = "eos-60d"
HERE = f"/cameras/{IDENT}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pictures"), "--port", "virtual:eos-60d") as one:
        one.wait_for(IDENT, state="ready")
        yield one


def looking(served: Served) -> ClientConnection:
    return connect(served.base.replace("http", "ws", 1) + f"{HERE}/live")


def head(data: str | bytes) -> dict[str, Any]:
    """What a page is told of a frame."""
    assert isinstance(data, bytes)
    length = int.from_bytes(data[:2], "big")
    told: dict[str, Any] = json.loads(data[2 : 2 + length])
    assert len(data) == 2 + length + told["size"]
    assert data[2 + length :][:2] == b"\xff\xd8"
    return told


def next_frame(live: ClientConnection) -> dict[str, Any]:
    live.send("next")
    return head(live.recv())


def test_who_is_slow_gets_the_newest(served: Served) -> None:
    with looking(served) as quick, looking(served) as slow:
        first = next_frame(slow)["number"]
        numbers = [next_frame(quick)["number"] for _ in range(40)]
        assert numbers == sorted(set(numbers))
        assert next_frame(slow)["number"] >= numbers[-1]  # none of those in between
        assert first <= numbers[0]


def test_who_asks_often_gets_one(served: Served) -> None:
    with looking(served) as greedy, looking(served) as other:
        for _ in range(50):
            greedy.send("next")
        numbers = [head(greedy.recv())["number"]]
        for _ in range(5):
            next_frame(other)
        greedy.send("next")
        numbers.append(head(greedy.recv())["number"])
        assert numbers == sorted(set(numbers))


def test_who_never_asks_holds_nobody(served: Served) -> None:
    with looking(served), looking(served) as other:
        numbers = [next_frame(other)["number"] for _ in range(5)]
        assert numbers == sorted(set(numbers))
    served.wait_for(IDENT, live=False)


def test_at_most_four_programs_read_and_one_that_does_not_read_holds_nobody(served: Served) -> None:
    host, port = served.http.base_url.host, served.http.base_url.port
    ask = f"GET {HERE}/live.mjpg HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection((host, port))) for _ in range(4)]
        for line in lines:
            line.sendall(ask)
            assert line.recv(12) == b"HTTP/1.1 200"
        refused = served.http.get(f"{HERE}/live.mjpg")
        assert refused.status_code == 503
        assert refused.json()["error"]["kind"] == "TooMany"
        with looking(served) as page:  # goes on, though nobody reads those
            numbers = [next_frame(page)["number"] for _ in range(60)]
        assert numbers == sorted(set(numbers))
        assert served.http.post(f"{HERE}/release", json={"target": "card"}).status_code == 200
    served.wait_for(IDENT, live=False)
    with served.http.stream("GET", f"{HERE}/live.mjpg") as film:
        assert film.status_code == 200


def test_who_does_not_read_loses_the_place(served: Served) -> None:
    host, port = served.http.base_url.host, served.http.base_url.port
    ask = f"GET {HERE}/live.mjpg HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(4):
            line = stack.enter_context(socket.create_connection((host, port)))
            line.sendall(ask)
            assert line.recv(12) == b"HTTP/1.1 200"
        served.wait_for(IDENT, live=False)  # nobody looks any more
        with served.http.stream("GET", f"{HERE}/live.mjpg") as film:
            assert film.status_code == 200


def test_the_head_alone_starts_nothing(served: Served) -> None:
    served.wait_for(IDENT, live=False)
    answer = served.http.head(f"{HERE}/live.mjpg")
    assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
    assert served.http.get(HERE).json()["live"] is False
    assert served.http.head("/events").status_code == 200


def resident_kb(served: Served) -> int:
    told = Path(f"/proc/{served.process.pid}/status").read_text(encoding="ascii")
    return int(told.split("VmRSS:")[1].split()[0])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_thousand_frames_leave_nothing(tmp_path: Path) -> None:
    """At thirty a second; memory is compared after the first thousand."""
    with serving(tmp_path, "--port", "virtual:eos-60d") as served:
        served.wait_for(IDENT, state="ready")
        with looking(served) as live:
            for number in range(10_000):
                next_frame(live)
                if number == 1000:
                    before = resident_kb(served)
            assert resident_kb(served) < before + 8192
