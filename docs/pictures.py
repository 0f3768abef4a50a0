"""Take the pictures of the pages, of the real program: `make pictures`.

That of the web app is a browser's. Those of the tutorial are what its own snippets make. The film
of a terminal is drawn by agg.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
DOCS = Path(__file__).parent
INTO = DOCS / "web-app.jpg"
PORT = "virtual:powershot-g3?pace=real"
PATIENCE_MS = 60_000
TUTORIAL = {
    "card": "card.jpg",
    "first": "first.jpg",
    "settings": "blue.jpg sepia.jpg",
    "bracket": "bracket/*.JPG",
    "live": "live/*.jpg",
    "near": "near.jpg",
}
"""Which of the files that the tutorial makes stand beside each other in which picture."""
WIDTH, GAP = 720, 12


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


def web_app(folder: str) -> None:
    command = Path(sys.executable).with_name("canon-remote")
    with sync_playwright() as playwright:
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


def tutorial(folder: str) -> None:
    """Play the page where its files may lie, and put them side by side."""
    page, into = DOCS / "guide" / "tutorial.md", DOCS / "guide" / "tutorial"
    play = [sys.executable, str(DOCS / "demo.py"), str(page)]
    subprocess.run(play, cwd=folder, env=os.environ | {"HOME": folder}, check=True)
    into.mkdir(exist_ok=True)
    for name, patterns in TUTORIAL.items():
        found = [path for one in patterns.split() for path in sorted(Path(folder).glob(one))]
        beside(found).save(into / f"{name}.jpg", quality=82)


def terminal(folder: str) -> None:
    cast = Path(folder, "terminal.cast")
    subprocess.run([sys.executable, DOCS / "recording.py", cast], check=True)
    agg = Path(sys.executable).with_name("agg")
    look = ["--theme", "github-dark", "--font-size", "13", "--last-frame-duration", "4"]
    subprocess.run([agg, *look, cast, DOCS / "terminal.gif"], check=True)


def beside(paths: list[Path]) -> Image.Image:
    """Pictures side by side, as wide as the page; one alone is no wider than it is."""
    width = (WIDTH - GAP * (len(paths) - 1)) // max(2, len(paths))
    pictures = [Image.open(path) for path in paths]
    if len(pictures) == 1:
        width = min(WIDTH, pictures[0].width) if pictures[0].height < 300 else WIDTH * 2 // 3
    small = [one.resize((width, one.height * width // one.width)) for one in pictures]
    whole = (len(small) * (width + GAP) - GAP, max(one.height for one in small))
    sheet = Image.new("RGB", whole, "white")
    for number, one in enumerate(small):
        sheet.paste(one, (number * (width + GAP), 0))
    return sheet


def main() -> None:
    for make in (tutorial, web_app, terminal):
        with tempfile.TemporaryDirectory() as folder:
            make(folder)
    print("The pictures are made; look at them before they are kept.")


if __name__ == "__main__":
    main()
