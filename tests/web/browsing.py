"""A real browser for tests of the page: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from serving import Served

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = "/usr/bin/chromium"
WIDE = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
SHOTS = Path("build/screenshots")
"""Where the screenshots of a run lie, to be looked at."""
_PAINTED = """() => {
    const canvas = document.querySelector(".picture canvas");
    const context = canvas?.getContext("2d");
    const middle = context?.getImageData(canvas.width / 2, canvas.height / 2, 40, 1);
    return new Set(middle?.data).size > 2;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser,
    served: Served,
    *,
    viewport: ViewportSize = WIDE,
    touch: bool = False,
    dark: bool = False,
    errors: bool = False,
) -> Iterator[Page]:
    """The page of a server; whatever the browser complains about fails the test.

    Args:
        browser: the browser.
        served: the server.
        viewport: how large the page is.
        touch: whether it is a phone's.
        dark: whether the system is dark.
        errors: whether the browser may complain: the server goes away, or refuses.
    """
    context = browser.new_context(
        viewport=viewport,
        has_touch=touch,
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
    )
    page = context.new_page()
    complaints: list[str] = []
    asked: set[str] = set()
    page.on(
        "console", lambda said: complaints.append(_words(said)) if said.type == "error" else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.add(request.url))
    try:
        page.goto(served.link)
        yield page
        foreign = [url for url in asked if not url.startswith((served.base, "blob:", "data:"))]
        assert not foreign
        assert errors or not complaints, complaints
    finally:
        context.close()


def _words(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location['url']})"


def picture(page: Page, name: str) -> None:
    """A screenshot, to be looked at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def live(page: Page) -> None:
    """Wait until the live picture is painted."""
    page.wait_for_function(_PAINTED, timeout=PATIENCE_MS)
