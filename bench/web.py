"""What the web app costs: a real server, a virtual camera in another process, and who looks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import canon
from bench.programs import processor_s
from bench.tables import table
from canon.values import CaptureTarget

_COMMAND = str(Path(sys.executable).with_name("canon-remote"))
_CHROMIUM = "/usr/bin/chromium"
_BODIES = "eos-60d", "powershot-g9", "powershot-g3"
_LOOKERS = 8
_APART_S = 1 / 30
_SLOW_S = 1 / 3
_PATIENCE_MS = 60_000
_AGES = """() => {
    window.ages = [];
    const rate = document.querySelector(".rate");
    const read = () => window.ages.push(Number(rate.textContent.match(/(\\d+) ms/)[1]));
    new MutationObserver(read).observe(rate, {subtree: true, characterData: true, childList: true});
}"""
_RELEASE = """() => new Promise((done) => {
    const start = performance.now();
    const look = (_, watch) => {
        if (document.querySelector(".shot figcaption")) {
            watch.disconnect();
            done((performance.now() - start) / 1000);
        }
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true});
    document.querySelector(".shutter").click();
})"""


@dataclass(frozen=True)
class Figures:
    """What was measured with one body.

    Attributes:
        frames: how many frames a second each of eight lookers had.
        size: the bytes of a frame.
        core: the part of a core that the server had for them.
        slow_s: the oldest frame that a slow looker was given, in seconds.
        page_s: the age of the frames that the page painted: the median, and what 95 % are under.
        release_s: from a click on Release to the picture in the page.
        library_s: the same by the library, from the call to the file, while it reads live view.
        stop_s: from the end of the page to the end of live view.
    """

    frames: float
    size: float
    core: float
    slow_s: float
    page_s: tuple[float, float]
    release_s: float
    library_s: float
    stop_s: float


def web_table(seconds: float, runs: int) -> str:
    """The table of the web app.

    Args:
        seconds: how long they look.
        runs: how many pictures are taken.
    """
    rows = []
    for body in _BODIES:
        found = _measured(body, seconds, runs)
        rows.append(
            (
                body,
                f"{found.frames:.1f}",
                f"{found.size / 1000:.0f}",
                f"{found.core:.1%}",
                f"{found.slow_s * 1000:.0f}",
                f"{found.page_s[0] * 1000:.0f} : {found.page_s[1] * 1000:.0f}",
                f"{found.release_s:.2f} : {found.library_s:.2f}",
                f"{found.stop_s:.1f}",
            )
        )
    header = (
        "web app | frames/s for each of 8 | kB a frame | server, of a core | slow looker, ms old "
        "| page, ms old: median : 95 % | release s: page : library | stops after s"
    )
    return table(header, rows)


def _measured(body: str, seconds: float, runs: int) -> Figures:
    with _camera(body) as port:
        library = _by_library(port, runs)
    with _camera(body) as port, _server(port) as (link, pid):
        ident = _get(f"{link}cameras")[0]["id"]
        address = f"{link}cameras/{ident}"
        while _get(address)["state"] != "ready":
            time.sleep(0.1)  # noqa: TID251  (another program opens the camera)
        frames, size, core, slow = asyncio.run(_looked(address, pid, seconds))
        page, release, stop = _in_a_page(link, address, runs)
    return Figures(frames, size, core, slow, page, release, library, stop)


async def _looked(address: str, pid: int, seconds: float) -> tuple[float, float, float, float]:
    """Eight lookers, then a slow one beside them."""
    socket = f"{address.replace('http', 'ws', 1)}/live"
    async with contextlib.AsyncExitStack() as stack:
        lookers = [await stack.enter_async_context(connect(socket)) for _ in range(_LOOKERS)]
        for one in lookers:
            await one.send("next")
            await one.recv()
        before, start = processor_s(pid), time.perf_counter()
        counts = await asyncio.gather(*(_look(one, start + seconds) for one in lookers))
        took = time.perf_counter() - start
        core = (processor_s(pid) - before) / took
        slow = await stack.enter_async_context(connect(socket))
        until = time.perf_counter() + seconds / 2
        others = asyncio.gather(*(_look(one, until) for one in lookers))
        oldest = await _look_slowly(slow, until)
        await others
    frames = sum(count for count, _ in counts)
    size = sum(size for _, size in counts)
    return frames / took / _LOOKERS, size / frames, core, oldest


async def _look(one: ClientConnection, until: float) -> tuple[int, int]:
    """As the page does: ask for a frame when the last one is there. How many, and their bytes."""
    count = size = 0
    with contextlib.suppress(ConnectionClosed):
        while time.perf_counter() < until:
            await one.send("next")
            count, size = count + 1, size + len(await one.recv())
    return count, size


async def _look_slowly(one: ClientConnection, until: float) -> float:
    oldest = 0.0
    while time.perf_counter() < until:
        await one.send("next")
        data = await one.recv()
        assert isinstance(data, bytes)  # noqa: S101  (the server sends nothing else)
        head = json.loads(data[2 : 2 + int.from_bytes(data[:2], "big")])
        oldest = max(oldest, head["age_s"])
        await asyncio.sleep(_SLOW_S)
    return oldest


def _in_a_page(link: str, address: str, runs: int) -> tuple[tuple[float, float], float, float]:
    """The ages of the frames in a page, how long a release takes, and when live view ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(link)
        page.wait_for_selector(".rate")
        page.evaluate(_AGES)
        page.wait_for_function("() => window.ages.length >= 200")
        ages = sorted(page.evaluate("window.ages.slice(50)"))
        took = [_release(page) for _ in range(runs)]
        browser.close()
        start = time.perf_counter()
        while _get(address)["live"]:
            time.sleep(0.02)  # noqa: TID251  (another program works meanwhile)
        stop = time.perf_counter() - start
    middle, most = ages[len(ages) // 2] / 1000, ages[len(ages) * 95 // 100] / 1000
    return (middle, most), median(took), stop


def _release(page: Page) -> float:
    page.wait_for_selector(".shot", state="detached")
    page.wait_for_function("() => !document.querySelector('.doing')")
    took: float = page.evaluate(_RELEASE)
    return took


def _by_library(port: str, runs: int) -> float:
    """The median of a release, while a thread reads live view."""
    over, looks, took = threading.Event(), threading.Event(), []
    with tempfile.TemporaryDirectory() as folder, canon.open(port) as cam:

        def look() -> None:
            for _ in cam.live:
                looks.set()
                if over.wait(_APART_S):
                    return

        thread = threading.Thread(target=look)
        thread.start()
        for _ in range(runs):
            looks.clear()
            looks.wait()
            start = time.perf_counter()
            cam.capture.shoot(target=CaptureTarget.HOST, to=folder)
            took.append(time.perf_counter() - start)
        over.set()
        thread.join()
    return median(took)


@contextlib.contextmanager
def _camera(body: str) -> Iterator[str]:
    """A virtual camera at real pace, in a process of its own; its port string."""
    words = [_COMMAND, "virtual", body, "--pace", "real", "--usbip", "127.0.0.1:0"]
    with _program(words) as (line, _):
        yield line.split()[-1]


@contextlib.contextmanager
def _server(port: str) -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        words = [_COMMAND, "serve", "--port", port, "--listen", "127.0.0.1:0", "-o", folder]
        with _program(words) as (line, pid):
            yield line, pid


@contextlib.contextmanager
def _program(words: list[str]) -> Iterator[tuple[str, int]]:
    """A program, the first line that it prints, and its number."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdout is not None  # noqa: S101  (a pipe)
        try:
            yield child.stdout.readline().strip(), child.pid
        finally:
            child.terminate()


def _get(address: str) -> Any:
    with urllib.request.urlopen(address) as answer:  # noqa: S310  (our own server)
        return json.load(answer)
