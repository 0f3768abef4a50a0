"""The installed command `canon-remote serve`, started for a test."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer

COMMAND = str(Path(sys.executable).with_name("canon-remote"))
BODIES = {
    "powershot-g3": "virtual:powershot-g3",
    "powershot-g9": "virtual:powershot-g9",
    "eos-60d": "virtual:eos-60d",
}
"""A native body, a PowerShot in PTP and an EOS, by what addresses call them."""
_START_S = 60.0


class Served:
    """A server that runs.

    Attributes:
        link: what it printed: the link that opens the page.
        folder: where pictures go.
        http: a client.
        ident: the camera, as addresses call it, where there is one.
    """

    ident: str = ""

    def __init__(self, link: str, folder: Path, process: subprocess.Popen[str]) -> None:
        self.link, self.folder, self.process = link, folder, process
        self.base = link.split("/?")[0].rstrip("/")
        self.http = httpx.Client(base_url=self.base, timeout=60.0)

    def wait_for(self, ident: str, **facts: object) -> dict[str, Any]:
        """Listen until a camera is as told; returns what is known of it."""
        with self.http.stream("GET", "/events") as events:
            for _ in events.iter_lines():
                known: dict[str, Any] = self.http.get(f"/cameras/{ident}").json()
                if all(known[name] == fact for name, fact in facts.items()):
                    return known
        raise AssertionError("the server ended")

    def wait_for_setting(self, name: str, label: str) -> None:
        """Listen until a setting is as told."""
        with self.http.stream("GET", "/events") as events:
            for _ in events.iter_lines():
                told = self.http.get(f"/cameras/{self.ident}/settings").json()
                if told[name]["label"] == label:
                    return
        raise AssertionError("the server ended")


@contextmanager
def serving(folder: Path, *words: str, local: bool = True) -> Iterator[Served]:
    """A server on a free port of this computer, unless told otherwise.

    It has to end well, and may have failed in nothing that it did not foresee.
    """
    where = ("--listen", "127.0.0.1:0") if local else ()
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed below)
    process = subprocess.Popen(
        [COMMAND, "serve", *where, "-o", str(folder), *words],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    try:
        link = process.stdout.readline().strip()
        assert link.startswith("http://127.0.0.1:" if local else "http://"), link
        served = Served(link, folder, process)
        with served.http:
            yield served
        process.terminate()
        assert process.wait(_START_S) == 0
        log.seek(0)
        said = log.read()
        assert "Traceback" not in said, said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        log.close()


def news(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events out of their lines: kind and document."""
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def free_port() -> int:
    """A port for a server that comes later, and again; none that the system gives to others."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def plugged(text: str, port: int) -> Iterator[UsbipServer]:
    """A virtual camera that can be pulled out: over USB/IP, at a TCP port."""
    with UsbipServer(make_virtual(text), port=port) as server:
        yield server
