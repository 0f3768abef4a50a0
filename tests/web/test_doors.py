"""Who may come in: another page's requests are refused, and the viewfinder does not start."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import Served, serving
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

IDENT = "powershot-g3"
HERE = f"/cameras/{IDENT}"
ELSEWHERE = "http://evil.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pictures"), "--port", "virtual:powershot-g3") as one:
        one.wait_for(IDENT, state="ready")
        yield one


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", HERE, {}, 200),
        ("GET", HERE, {"host": "evil.example"}, 421),
        ("GET", HERE, {"host": "evil.example:80"}, 421),
        ("GET", "/", {"host": "localhost.evil.example"}, 421),
        ("GET", HERE, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}, 403),
        ("GET", HERE, {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}, 403),
        ("GET", HERE, {"sec-fetch-site": "same-origin"}, 200),
        ("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ("GET", HERE, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
        ("GET", f"{HERE}/live.mjpg", {"sec-fetch-site": "cross-site"}, 403),
        ("POST", f"{HERE}/focus", {"origin": ELSEWHERE}, 403),
        ("POST", f"{HERE}/focus", {"origin": "null"}, 403),
        ("POST", f"{HERE}/focus", {"origin": "http://["}, 403),
        ("POST", f"{HERE}/release", {"origin": ELSEWHERE, "content-type": "text/plain"}, 403),
        ("PUT", f"{HERE}/files/DCIM/A.TXT", {"origin": ELSEWHERE}, 403),
        ("DELETE", f"{HERE}/files/DCIM/100CANON/IMG_0001.JPG", {"origin": ELSEWHERE}, 403),
    ],
)
def test_another_page(
    served: Served, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    found = served.http.request(method, path, headers=headers)
    assert found.status_code == status
    assert "default-src 'none'" in found.headers["content-security-policy"]
    if status >= 400:
        assert found.json()["error"]["message"]
    assert served.http.get(HERE).json()["live"] is False


def test_our_own_page_may(served: Served) -> None:
    lock = served.http.put(
        f"{HERE}/focus/lock", json={"locked": True}, headers={"origin": served.base}
    )
    assert lock.status_code == 200
    assert served.http.get(HERE).json()["focus_locked"] is True


@pytest.mark.parametrize(
    "headers", [{"Origin": ELSEWHERE}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_socket_of_another_page(served: Served, headers: dict[str, str]) -> None:
    address = served.base.replace("http", "ws", 1) + f"{HERE}/live"
    with pytest.raises(InvalidStatus) as refused:
        _ask(address, headers)
    assert refused.value.response.status_code in (400, 403, 421)
    assert served.http.get(HERE).json()["live"] is False


def test_a_socket_of_ours_gives_a_frame_for_each_request(served: Served) -> None:
    address = served.base.replace("http", "ws", 1) + f"{HERE}/live"
    with connect(address, origin=Origin(served.base)) as live:
        numbers = []
        for _ in range(3):
            live.send("next")
            data = live.recv()
            assert isinstance(data, bytes)
            length = int.from_bytes(data[:2], "big")
            head, jpeg = json.loads(data[2 : 2 + length]), data[2 + length :]
            assert jpeg[:2] == b"\xff\xd8"
            assert len(jpeg) == head["size"]
            numbers.append(head["number"])
        assert numbers == sorted(set(numbers))
    served.wait_for(IDENT, live=False)


def test_no_camera_of_that_name(served: Served) -> None:
    address = served.base.replace("http", "ws", 1) + "/cameras/none/live"
    with connect(address) as live, pytest.raises(ConnectionClosed) as closed:
        live.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4000


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("release", b"", 422),
        ("release", b"[]", 422),
        ("release", b'{"target": "moon"}', 422),
        ("release", b'{"tarot": 1}', 422),
        ("release", b"{" * 70_000, 413),
        ("zoom", b'{"position": true}', 422),
        ("nothing", b"{}", 404),
    ],
)
def test_bodies_that_are_none(served: Served, path: str, body: bytes, status: int) -> None:
    method = "PUT" if path == "zoom" else "POST"
    found = served.http.request(method, f"{HERE}/{path}", content=body)
    assert found.status_code == status
    assert found.json()["error"]["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/vendor",
        "/page/a%00.js",
        "/page//x.js",
    ],
)
def test_no_other_file_is_served(served: Served, path: str) -> None:
    with socket.create_connection((served.http.base_url.host, served.http.base_url.port)) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {_host(served)}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert answer.split(b" ")[1] in (b"400", b"404")


def test_an_upload_that_does_not_fit_is_refused_before_it_comes(served: Served) -> None:
    with socket.create_connection((served.http.base_url.host, served.http.base_url.port)) as line:
        head = f"PUT {HERE}/files/DCIM/100CANON/A.JPG HTTP/1.1\r\nHost: {_host(served)}\r\n"
        line.sendall(f"{head}Content-Length: 999999999999\r\n\r\n".encode())
        assert line.recv(65536).split(b" ")[1] == b"413"


def test_off_this_computer_a_token_is_wanted(tmp_path: Path) -> None:
    words = ("--port", "virtual:powershot-g3", "--listen", "0.0.0.0:0")
    with serving(tmp_path, *words, local=False) as served:
        port = int(re.findall(r":(\d+)/", served.link)[0])
        token = served.link.split("token=")[1]
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base, timeout=60.0) as client:
            assert client.get("/cameras").status_code == 401
            assert client.get("/cameras", headers={"authorization": "Bearer x"}).status_code == 401
            bearer = {"authorization": f"Bearer {token}"}
            assert client.get("/cameras", headers=bearer).status_code == 200
            assert client.get("/").status_code == 200
            bare = client.get(f"/live?camera=a%26b&token={token}")
            assert (bare.status_code, bare.headers["location"]) == (303, "/live?camera=a%26b")
            client.cookies.clear()
            assert client.get("/live?token=wrong").status_code == 200  # it asks, and is refused
            assert client.get("/cameras").status_code == 401
            opened = client.get(f"/?token={token}")
            assert opened.status_code == 303
            cookie = opened.headers["set-cookie"]
            assert f"canon-remote-{port}=" in cookie
            assert "HttpOnly" in cookie
            assert "samesite=strict" in cookie.lower()
            known = client.get("/cameras")
            assert known.status_code == 200
            ident = known.json()[0]["id"]
            film = client.get(f"/cameras/{ident}/live.mjpg")
            assert film.status_code == 401
            with client.stream("GET", "/events") as events:
                lines = events.iter_lines()
                told = next(line for line in lines if line.startswith("data: "))
            key = json.loads(told.removeprefix("data: "))["live_key"]
        address = f"{base}/cameras/{ident}/live.mjpg?key={key}"
        with httpx.stream("GET", address, timeout=60.0) as film:
            assert film.status_code in (200, 503)


def test_a_server_that_only_shows(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "virtual:powershot-g3", "--read-only") as served:
        served.wait_for(IDENT, state="ready")
        assert served.http.post(f"{HERE}/release", json={}).status_code == 403
        assert served.http.get(f"{HERE}/files").status_code == 200


def _host(served: Served) -> str:
    return served.base.removeprefix("http://")


def _ask(address: str, headers: dict[str, str]) -> None:
    others = {name: value for name, value in headers.items() if name != "Origin"}
    origin = Origin(headers["Origin"]) if "Origin" in headers else None
    with connect(address, origin=origin, additional_headers=others) as live:
        live.recv()
