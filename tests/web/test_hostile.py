"""A name that is markup: shown as text, never run."""

from __future__ import annotations

from pathlib import Path

from browsing import chromium, opened, picture
from playwright.sync_api import expect
from serving import serving

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
