"""The edges of HTTP: parts, conditions, lengths, heads alone; and two who want the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from serving import Served, news, serving

IDENT = "eos-60d"
HERE = f"/cameras/{IDENT}"
JPEG = f"{HERE}/files/DCIM/100CANON/IMG_0001.JPG"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pictures"), "--port", "virtual:eos-60d") as one:
        one.wait_for(IDENT, state="ready")
        yield one


@pytest.fixture(scope="module")
def whole(served: Served) -> bytes:
    return served.http.get(JPEG).content


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("Bytes = 5-5", slice(5, 6)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=3-9999999999999999999999", slice(3, None)),
        ("bytes=9-5", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("items=0-1", None),
    ],
)
def test_parts(served: Served, whole: bytes, wanted: str, part: slice | None) -> None:
    """What is no single part is answered with the whole file."""
    answer = served.http.get(JPEG, headers={"range": wanted})
    assert answer.status_code == (200 if part is None else 206)
    assert answer.content == (whole if part is None else whole[part])


@pytest.mark.parametrize("wanted", ["bytes=-0", "bytes={size}-", "bytes=99999999999999999999999-"])
def test_parts_that_are_not_there(served: Served, whole: bytes, wanted: str) -> None:
    answer = served.http.get(JPEG, headers={"range": wanted.format(size=len(whole))})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"
    assert answer.json()["error"]["message"] == f"the file has {len(whole)} bytes"


def test_what_a_client_has_already_is_not_sent(served: Served, whole: bytes) -> None:
    tag = served.http.head(JPEG).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = served.http.get(JPEG, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert served.http.get(JPEG, headers={"if-none-match": '"other"'}).content == whole
    for same, content in ((tag, whole[:4]), ('"other"', whole)):
        answer = served.http.get(JPEG, headers={"if-range": same, "range": "bytes=0-3"})
        assert answer.content == content


def test_heads_alone_fetch_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "virtual:eos-60d") as served:
        served.wait_for(IDENT, state="ready")
        files = served.http.get(f"{HERE}/files").json()["files"]
        sizes = {one["path"]: one["size"] for one in files}
        made = served.http.post(f"{HERE}/zip", json={"paths": [*sizes]}).json()
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            next(changes)
            for path, size in sizes.items():
                head = served.http.head(f"{HERE}/files/{path}", headers={"range": "bytes=0-1"})
                assert (head.status_code, int(head.headers["content-length"])) == (200, size)
            head = served.http.head(made["url"])
            assert int(head.headers["content-length"]) == made["size"]
            served.http.put(f"{HERE}/target", json={"target": "card"})
            for kind, told in changes:
                assert kind != "job"
                if kind == "camera" and "target" in told:
                    break


def test_a_card_without_dcim_is_shown_all_the_same(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "virtual:powershot-350") as served:
        served.wait_for("powershot-350", state="ready")
        files = served.http.get("/cameras/powershot-350/files").json()["files"]
        assert "DC97/CTG_0000/AUT_0021.JPG" in [one["path"] for one in files]


def test_a_picture_just_taken_is_whole_whatever_part_is_asked_for(served: Served) -> None:
    shot = served.http.post(f"{HERE}/release", json={"target": "host"}).json()
    picture = Path(shot["saved"][0]).read_bytes()
    for wanted in ("bytes=0-1,3-4", "bytes=5-3", "bytes=999999999-", "x"):
        answer = served.http.get(shot["preview"], headers={"range": wanted})
        assert (answer.status_code, answer.content) == (200, picture)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((), 411),
        (("Transfer-Encoding: chunked",), 411),
        (("Content-Length: 99999999999999999999",), 413),
        (("Content-Length: -1",), 400),
        (("Content-Length: 3", "Content-Length: 4"), 400),
    ],
)
def test_lengths_of_uploads(served: Served, headers: tuple[str, ...], status: int) -> None:
    """The answer comes before the body is read."""
    with line(served) as one:
        one.sendall(head(served, f"PUT {HERE}/files/DCIM/100CANON/A.JPG", *headers))
        assert one.recv(12) == f"HTTP/1.1 {status}".encode()


def test_a_time_outside_every_calendar(served: Served) -> None:
    told = {"time": "0001-01-01T00:00:00+14:00"}
    assert served.http.put(f"{HERE}/clock", json=told).status_code == 422


def test_half_requests_are_not_waited_for(served: Served) -> None:
    """Nor is the second one of a connection, nor a body that comes byte by byte."""
    good, half = head(served, "GET /cameras/none"), b"GET /cameras HTTP/1.1\r\nHost: "
    patch = head(served, f"PATCH {HERE}/settings", "Content-Length: 100")
    with ExitStack() as stack:
        lines = [stack.enter_context(line(served)) for _ in range(4)]
        for one, text in zip(lines, (b"", half, good, patch + b"{"), strict=True):
            one.sendall(text)
        assert lines[2].recv(12) == b"HTTP/1.1 404"
        lines[2].sendall(half)
        assert lines[3].recv(12) == b"HTTP/1.1 422"
        for one in lines[:3]:
            while one.recv(65536):
                pass  # until it is closed


def test_two_who_change_one_setting(served: Served) -> None:
    """Each gets what it asked for, one after the other; then all agree on what it is."""
    wanted = [{"settings": {"iso": iso}} for iso in (100, 200, 400, 800) * 5]

    def change(one: dict[str, dict[str, int]]) -> httpx.Response:
        return httpx.patch(f"{served.base}{HERE}/settings", json=one, timeout=60)

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(change, wanted)]
    assert [one.json()["iso"]["label"] for one in answers] == [
        str(one["settings"]["iso"]) for one in wanted
    ]
    served.http.patch(f"{HERE}/settings", json={"settings": {"iso": 1600}})
    served.ident = IDENT
    served.wait_for_setting("iso", "1600")


def test_two_who_delete_one_file(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "virtual:eos-60d") as served:
        served.wait_for(IDENT, state="ready")
        files = [one["path"] for one in served.http.get(f"{HERE}/files").json()["files"]]

        def delete(path: str) -> int:
            return httpx.delete(f"{served.base}{HERE}/files/{path}", timeout=60).status_code

        with ThreadPoolExecutor(4) as pool:
            answers = [*pool.map(delete, [path for path in files for _ in range(3)])]
        assert answers.count(200) == len(files)
        assert set(answers) == {200, 404}
        assert served.http.get(f"{HERE}/files").json()["total"] == 0


@pytest.mark.parametrize("fault", ["unplug@GetObject:20000", "unplug@SendObject"])
def test_the_cable_is_pulled_amid_a_zip_or_an_upload(tmp_path: Path, fault: str) -> None:
    with serving(tmp_path, "--port", f"virtual:eos-60d?fault={fault}") as served:
        served.wait_for(IDENT, state="ready")
        files = [one["path"] for one in served.http.get(f"{HERE}/files").json()["files"]]
        if "Send" in fault:
            sent = served.http.put(f"{HERE}/files/DCIM/100CANON/NEW.JPG", content=bytes(100_000))
            assert (sent.status_code, sent.json()["error"]["kind"]) == (503, "Disconnected")
        else:
            made = served.http.post(f"{HERE}/zip", json={"paths": files}).json()
            with pytest.raises(httpx.RemoteProtocolError):  # it is cut, not short
                served.http.get(made["url"])
        served.wait_for(IDENT, state="ready")
        listed = [one["path"] for one in served.http.get(f"{HERE}/files").json()["files"]]
        assert listed == files


def line(served: Served) -> socket.socket:
    return socket.create_connection((served.http.base_url.host, served.http.base_url.port), 60)


def head(served: Served, ask: str, *more: str) -> bytes:
    host = served.base.removeprefix("http://")
    return "\r\n".join([f"{ask} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode()
