"""Take the picture of the web app that the README shows, of the real program: `make pictures`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
INTO = Path(__file__).with_name("web-app.jpg")
PORT = "virtual:powershot-g3?pace=real"
PATIENCE_MS = 60_000


def take(page: Page, link: str) -> None:
    """Shoot once, so that there is something to see; then photograph the page."""
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(link)
    expect(page.locator(".rate")).to_contain_text("frames/s")
    page.get_by_role("combobox", name="Picture to").select_option("the card")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.locator(".shot")).to_be_visible()
    expect(page.locator(".shot")).to_be_hidden()
    for name in ("Grid", "Histogram"):
        page.get_by_role("button", name=name).click()
    expect(page.locator(".frame img").first).to_be_visible()
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.screenshot(path=INTO, type="jpeg", quality=85)


def main() -> None:
    command = Path(sys.executable).with_name("canon-remote")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        words = ["serve", "--port", PORT, "--listen", "127.0.0.1:0"]
        server = subprocess.Popen([command, *words], cwd=folder, stdout=subprocess.PIPE, text=True)
        assert server.stdout
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            take(page, server.stdout.readline().strip())
        finally:
            browser.close()
            server.terminate()
            server.wait()
    print(f"{INTO} is made.")


if __name__ == "__main__":
    main()
