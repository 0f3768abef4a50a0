"""Names and texts that are markup: shown as text, never run."""

from __future__ import annotations

import re
from pathlib import Path

from browsing import chromium, opened, picture
from playwright.sync_api import expect
from serving import free_port, plugged, serving

import canon

DROPPED = "<hr onclick=x>\u202e\n&lt;.TXT"
DROP = """(name) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], name));
    return data;
}"""


def test_a_dropped_file_whose_name_is_markup(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "pictures", "--port", "virtual:powershot-g3") as served,
        chromium() as browser,
        opened(browser, served, errors=True) as page,  # the camera takes no such name
    ):
        expect(page.locator(".frame img").first).to_be_visible()
        drop = page.evaluate_handle(DROP, DROPPED)
        page.dispatch_event(".files", "drop", {"dataTransfer": drop})
        expect(page.get_by_role("log")).to_contain_text("<hr onclick=x>")
        expect(page.get_by_role("log")).to_contain_text("&lt;.TXT")
        assert page.locator("hr").count() == 0
        picture(page, "hostile")


OWNER = "<img src=x onerror=alert(1)>"
TEXTS = {"owner": OWNER, "artist": "<b>a\\nb</b>&amp;", "copyright": "</script><script>x"}


def test_texts_of_an_eos_that_are_markup(tmp_path: Path) -> None:
    """They are written in the page, too, and every window shows them."""
    with (
        serving(tmp_path, "--port", "virtual:eos-60d") as served,
        chromium() as browser,
        opened(browser, served) as page,
        opened(browser, served) as other,
    ):
        for window in (page, other):
            expect(window.locator("fieldset").first).to_be_attached()
            window.locator("summary", has_text="Other").click()
        for name, text in TEXTS.items():
            field = page.get_by_role("textbox", name=name.capitalize(), exact=True)
            field.fill(text)
            field.press("Enter")
            expect(other.get_by_role("textbox", name=name.capitalize())).to_have_value(text)
        told = served.http.get("/cameras/eos-60d/settings").json()
        assert {name: told[name]["value"] for name in TEXTS} == TEXTS
        assert served.http.get("/cameras/eos-60d").json()["owner"] == OWNER
        for window in (page, other):
            assert window.locator("section img[src=x], section b b, section script").count() == 0


def test_an_owner_that_is_markup(tmp_path: Path) -> None:
    """Of a body that tells it without remote control."""
    port = free_port()
    with plugged("powershot-g3", port), chromium() as browser:
        with canon.open(f"usbip:127.0.0.1:{port}/1-1") as cam:
            cam.owner = OWNER
        with (
            serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
            opened(browser, served) as page,
        ):
            expect(page.locator(".model")).to_have_attribute("title", re.compile(r"<img src=x"))
            assert served.http.get("/cameras").json()[0]["owner"] == OWNER
            assert page.locator("img[src=x]").count() == 0
