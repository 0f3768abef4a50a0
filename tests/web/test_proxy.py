"""The server behind nginx, with the lines of the guide."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from serving import Served, free_port, serving
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from conftest import program

NAME = "cameras.example.org"
HERE = "/cameras/powershot-g9"
LARGE = "DCIM/100CANON/LARGE_01.JPG"
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "web-app.md"
AROUND = """
daemon off; pid {folder}/pid; error_log stderr; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, behind: str) -> Iterator[int]:
    """Nginx before a server, at the port of this computer that comes back."""
    found = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert found
    port = free_port()
    location = found[1].replace("http://127.0.0.1:8765", behind)
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder, port=port, location=location))
    process = subprocess.Popen([program("nginx"), "-p", folder, "-c", config])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, int]]:
    words = ("--port", "virtual:powershot-g9", "--allow-host", NAME)
    with serving(tmp_path_factory.mktemp("pictures"), *words) as one:
        one.wait_for("powershot-g9", state="ready")
        with nginx(tmp_path_factory.mktemp("nginx"), one.base) as port:
            yield one, port


def asked(port: int, host: str = NAME) -> httpx.Client:
    """A client of the proxy, as it is called from outside."""
    there = httpx.HTTPTransport(retries=10)  # until nginx listens
    headers = {"Host": host, "Origin": f"http://{host}"}
    base = f"http://127.0.0.1:{port}"
    return httpx.Client(transport=there, base_url=base, headers=headers, timeout=60.0)


def test_what_the_page_does_goes_through(served: tuple[Served, int]) -> None:
    _, port = served
    with asked(port) as http:
        assert http.get("/").status_code == 200
        assert http.get(HERE).json()["state"] == "ready"
        sent = http.put(f"{HERE}/files/{LARGE}", content=bytes(3 << 20))
        assert sent.is_success, sent.text
        part = http.get(f"{HERE}/files/{LARGE}", headers={"Range": "bytes=5-14"})
        assert (part.status_code, part.content) == (206, bytes(10))
        with http.stream("GET", "/events") as events:
            assert next(events.iter_lines()).startswith(("id:", "event:"))


def test_the_live_picture_goes_through(served: tuple[Served, int]) -> None:
    _, port = served
    with asked(port) as http:
        http.get("/")
    sock = socket.create_connection(("127.0.0.1", port))
    with connect(f"ws://{NAME}{HERE}/live", sock=sock, open_timeout=60) as looker:
        looker.send("next")
        assert b"\xff\xd8" in looker.recv(timeout=60, decode=False)


def test_another_name_does_not(served: tuple[Served, int]) -> None:
    _, port = served
    with asked(port, "evil.example") as http:
        assert http.get(HERE).status_code == 421
    sock = socket.create_connection(("127.0.0.1", port))
    with pytest.raises(InvalidStatus), connect(f"ws://evil.example{HERE}/live", sock=sock):
        pass
