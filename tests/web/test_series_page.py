"""A series and a bracket, begun and cancelled in the page, on each dialect."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import chromium, opened, picture
from playwright.sync_api import expect
from serving import BODIES, serving


@pytest.mark.parametrize("ident", BODIES)
def test_a_series_is_cancelled_and_a_bracket_goes_through(ident: str, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--port", f"{BODIES[ident]}?pace=real") as served,
        chromium() as browser,
        opened(browser, served) as page,
    ):
        expect(page.locator(".state")).to_have_text("ready")
        more = page.get_by_role("button", name="Series …")
        more.click()
        page.get_by_label("Every").fill("3600")
        page.get_by_role("spinbutton", name="Pictures").fill("1000")
        picture(page, f"{ident}-series")
        page.get_by_role("button", name="Start").click()
        said = page.get_by_role("log")
        expect(said.locator("p", has_text="picture taken")).to_have_count(1)
        jobs = page.get_by_role("region", name="Log").locator(".jobs li")
        expect(jobs).to_have_count(1)
        jobs.get_by_role("button").click()
        expect(jobs).to_have_count(0)
        more.click()
        page.get_by_label("or bracket, in stops").fill("-1, 0, 1")
        page.get_by_role("button", name="Start").click()
        expect(said.locator("p", has_text="picture taken")).to_have_count(4)
        expect(jobs).to_have_count(0)
    assert len([*tmp_path.rglob("*.JPG")]) == 4
