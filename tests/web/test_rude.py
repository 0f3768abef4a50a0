"""Slow clients, and rude ones: nobody else waits for them, and none brings the server down."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from serving import Served, news, serving

IDENT = "eos-60d"
HERE = f"/cameras/{IDENT}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pictures"), "--port", "virtual:eos-60d") as one:
        one.wait_for(IDENT, state="ready")
        yield one


def line(served: Served) -> socket.socket:
    return socket.create_connection((served.http.base_url.host, served.http.base_url.port), 60)


def head(served: Served, ask: str, *more: str) -> bytes:
    host = served.base.removeprefix("http://")
    return "\r\n".join([f"{ask} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode()


def status(one: socket.socket) -> int:
    return int(one.recv(65536).split(b" ")[1])


def send_without_end(one: socket.socket) -> None:
    for _ in range(1 << 20):
        one.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")


def test_a_zip_that_nobody_reads_holds_no_camera(served: Served) -> None:
    """The picture is taken and here while the zip still waits for its reader."""
    files = served.http.get(f"{HERE}/files").json()["files"]
    paths = [one["path"] for one in files]
    made = served.http.post(f"{HERE}/zip", json={"paths": paths}).json()
    assert made["size"] > 8 << 20  # more than lies on the way
    with line(served) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(head(served, f"GET {made['url']}"))
        assert status(slow) == 200
        shot = served.http.post(f"{HERE}/release", json={"target": "host"})
        assert Path(shot.json()["saved"][0]).read_bytes()[:2] == b"\xff\xd8"
        settings = served.http.patch(f"{HERE}/settings", json={"settings": {"iso": 200}})
        assert settings.status_code == 200
    again = served.http.get(made["url"])  # and somebody else gets it whole
    assert len(again.content) == made["size"]


def test_a_reader_who_leaves_amid_a_zip(served: Served) -> None:
    paths = [one["path"] for one in served.http.get(f"{HERE}/files").json()["files"]]
    made = served.http.post(f"{HERE}/zip", json={"paths": paths}).json()
    with line(served) as rude:
        rude.sendall(head(served, f"GET {made['url']}"))
        assert status(rude) == 200
    assert served.http.get(f"{HERE}/thumbnails/{paths[0]}").status_code == 200


def test_half_requests_and_bodies_without_end(served: Served) -> None:
    with ExitStack() as stack:
        for text in (
            b"",
            b"GE",
            b"GET / HTTP/1.1\r\nHost: ",
            head(served, f"POST {HERE}/release", "Content-Length: 100") + b"{",
            head(served, f"PUT {HERE}/files/DCIM/A.TXT", "Content-Length: 100") + b"x",
        ):
            stack.enter_context(line(served)).sendall(text)
        with line(served) as endless:
            endless.sendall(head(served, f"POST {HERE}/release", "Transfer-Encoding: chunked"))
            with pytest.raises(ConnectionError):
                send_without_end(endless)
        for text in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
            b"GET / HTTP/1.1\r\nHost: " + b"a" * 100_000,
        ):
            with line(served) as rude:
                rude.sendall(text)
                assert rude.recv(65536)[:12] == b"HTTP/1.1 400"
        with line(served) as long:
            long.sendall(head(served, "GET /cameras/" + "a" * 80_000))
            assert status(long) in (400, 404)
        assert served.http.get(HERE).status_code == 200


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("a%0d%0aset-cookie:%20a=b.jpg", (404, 422)),
        ("a%00.jpg", (404, 422)),
        ("%ff%fe.jpg", (404, 422)),
        ("..%2f..%2fetc%2fpasswd", (404, 422)),
        ("<script>alert(1)</script>", (404, 422)),
        ("%F0%9F%93%B7.jpg", (404, 422)),
        ("a" * 4000, (404, 422)),
    ],
)
def test_names_that_are_none(served: Served, name: str, statuses: tuple[int, ...]) -> None:
    for part in ("files", "thumbnails", "exif"):
        found = served.http.get(f"{HERE}/{part}/DCIM/100CANON/{name}")
        assert found.status_code in statuses
        assert "set-cookie" not in found.headers
        assert found.headers["content-type"].startswith("application/json")
    assert served.http.get(f"/cameras/{name}").status_code in (404, 422)


def test_more_connections_than_are_served(served: Served) -> None:
    """What is too much is told so; when the others go, all is as before."""
    with ExitStack() as stack:
        lines = [stack.enter_context(line(served)) for _ in range(200)]
        for one in lines:
            one.sendall(head(served, "GET /events"))
        answers = [status(one) for one in lines]
        assert set(answers) == {200, 503}
        assert 90 <= answers.count(200) <= 100  # others of this module may not have gone yet
    with httpx.Client(base_url=served.base, timeout=60.0) as client, served_again(client) as found:
        assert found.status_code == 200


class served_again:  # noqa: N801
    """The answer of a server that has noticed who has gone."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __enter__(self) -> httpx.Response:
        for _ in range(10_000):
            found = self._client.get("/cameras")
            if found.status_code == 200:
                return found
        return found

    def __exit__(self, *error: object) -> None:
        pass


def test_a_card_with_ten_thousand_files(tmp_path: Path) -> None:
    """The first page has two hundred, and no thumbnail is read that nobody asks for."""
    card = tmp_path / "card"
    for folder in range(100, 110):
        here = card / "DCIM" / f"{folder}CANON"
        here.mkdir(parents=True)
        for number in range(1000):
            (here / f"IMG_{number + 1:04}.JPG").write_bytes(b"\xff\xd8\xff\xd9")
    with serving(tmp_path / "pictures", "--port", f"virtual:eos-60d?card={card}") as served:
        served.wait_for(IDENT, state="ready")
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            next(changes)
            first = served.http.get(f"{HERE}/files").json()
            assert (first["total"], len(first["files"])) == (10_000, 200)
            last = served.http.get(f"{HERE}/files?offset=9900&limit=1000").json()
            assert len(last["files"]) == 100
            served.http.put(f"{HERE}/target", json={"target": "card"})
            kinds = []
            for kind, told in changes:
                kinds.append(told["job"]["kind"] if kind == "job" else kind)
                if kind == "camera" and "target" in told:
                    break
        assert "thumbnail" not in kinds
        assert "file" not in kinds


def test_parts_of_a_large_file_are_read_alone(served: Served) -> None:
    """Where the protocol can, nothing but what a player asks for is fetched."""
    files = served.http.get(f"{HERE}/files").json()["files"]
    large = max(files, key=lambda one: int(one["size"]))
    with serving(served.folder / "other", "--port", "virtual:eos-60d") as fresh:
        fresh.wait_for(IDENT, state="ready")
        address = f"{HERE}/files/{large['path']}"
        size = next(
            one["size"]
            for one in fresh.http.get(f"{HERE}/files").json()["files"]
            if one["path"] == large["path"]
        )
        with fresh.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            next(changes)
            parts = {
                text: fresh.http.get(address, headers={"range": f"bytes={text}"})
                for text in ("0-9", "1048570-1048585", f"{size - 5}-", "-7")
            }
            assert {one.status_code for one in parts.values()} == {206}
            past = fresh.http.get(address, headers={"range": f"bytes={size}-"})
            assert past.status_code == 416
            fresh.http.put(f"{HERE}/target", json={"target": "card"})
            for kind, told in changes:
                assert kind != "job" or told["job"]["kind"] != "file"
                if kind == "camera" and "target" in told:
                    break
        whole = fresh.http.get(address, headers={"range": "nonsense"})
        assert whole.status_code == 200
        for text, start, stop in (
            ("0-9", 0, 10),
            ("1048570-1048585", 1048570, 1048586),
            (f"{size - 5}-", size - 5, size),
            ("-7", size - 7, size),
        ):
            assert parts[text].content == whole.content[start:stop]
            span = f"bytes {start}-{stop - 1}/{size}"
            assert parts[text].headers["content-range"] == span
            assert parts[text].headers["etag"] == whole.headers["etag"]
