"""The page in a real browser: what is clicked, tapped or typed, the camera does; each dialect."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PATIENCE_MS, PHONE, WIDE, chromium, live, opened, picture
from playwright.sync_api import Browser, Page, ViewportSize, expect
from serving import BODIES, Served, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module", params=BODIES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server of one virtual camera at real pace."""
    folder = tmp_path_factory.mktemp("pictures")
    with serving(folder, "--port", f"{BODIES[request.param]}?pace=real") as one:
        one.ident = request.param
        one.wait_for(one.ident, state="ready")
        yield one


def saved(served: Served) -> set[str]:
    return {path.name for path in served.folder.iterdir()}


def released(page: Page, served: Served, before: set[str]) -> None:
    expect(page.locator(".shot figcaption")).to_contain_text("MB")
    assert len(saved(served)) == len(before) + 1


def test_by_mouse(served: Served, browser: Browser) -> None:
    with opened(browser, served) as page:
        live(page)
        expect(page.locator(".rate")).to_contain_text("frames/s")
        picture(page, f"{served.ident}-wide")
        before = saved(served)
        page.get_by_role("button", name="Release", exact=True).click()
        released(page, served, before)
        picture(page, f"{served.ident}-shot")
        for name in ("Grid", "Highlights", "Histogram"):
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        live(page)
        picture(page, f"{served.ident}-overlays")

        page.get_by_role("combobox", name="White balance").select_option("cloudy")
        served.wait_for_setting("white_balance", "cloudy")

        frames = page.locator(".frame button")
        expect(frames.first.locator("img")).to_be_visible()
        frames.nth(0).click()
        frames.nth(1).click(modifiers=["Shift"])
        with page.expect_download(timeout=PATIENCE_MS) as coming:
            page.get_by_role("button", name="Download").click()
        with zipfile.ZipFile(coming.value.path()) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) >= 2
        count = frames.count()
        frames.nth(0).click()
        page.get_by_role("button", name="Delete …").click()
        dialog = page.get_by_role("dialog", name="Delete")
        expect(dialog).to_contain_text("1 of 1")
        page.keyboard.press("Escape")
        expect(frames).to_have_count(count)
        page.get_by_role("button", name="Delete …").click()
        dialog.get_by_role("button", name="Delete").click()
        expect(frames).to_have_count(count - 1)


def test_by_keyboard_alone(served: Served, browser: Browser) -> None:
    with opened(browser, served) as page:
        live(page)
        before = saved(served)
        page.keyboard.press("Space")
        released(page, served, before)
        page.keyboard.press("f")
        lock = page.get_by_role("button", name="AF lock")
        expect(lock).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("f")
        expect(lock).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("w")
        choice = page.locator(".choice")
        expect(choice).to_contain_text("White balance")
        was = choice.inner_text()
        page.keyboard.press("ArrowUp")
        expect(choice).not_to_have_text(was)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        page.keyboard.press("l")
        expect(page.get_by_role("button", name="Live view")).to_have_attribute(
            "aria-pressed", "false"
        )
        seen = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            seen.add(page.evaluate("document.activeElement.textContent.trim()"))
        assert {"Release", "Grid", "Series …"} <= seen


def test_by_touch(served: Served, browser: Browser) -> None:
    with opened(browser, served, viewport=PHONE, touch=True) as page:
        live(page)
        picture(page, f"{served.ident}-phone")
        before = saved(served)
        page.get_by_role("button", name="Release", exact=True).tap()
        released(page, served, before)
        page.get_by_role("button", name="Settings", exact=True).tap()
        expect(page.get_by_role("combobox", name="White balance")).to_be_visible()
        picture(page, f"{served.ident}-phone-settings")
        page.get_by_role("button", name="Files", exact=True).tap()
        expect(page.locator(".frame img").first).to_be_visible()
        page.locator(".frame button[aria-label*=JPG]").first.tap()
        page.get_by_role("button", name="View").tap()
        viewer = page.get_by_role("dialog", name="Picture")
        expect(viewer).to_contain_text("taken")
        picture(page, f"{served.ident}-phone-viewer")
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, select, .button")]
                .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
                .map((one) => one.textContent)"""
        )
        assert not small


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        (WIDE, True),
        pytest.param(WIDE, False, marks=pytest.mark.long),
        pytest.param(PHONE, False, marks=pytest.mark.long),
    ],
    ids=["dark", "wide", "phone"],
)
def test_nobody_is_left_out(
    served: Served, browser: Browser, size: ViewportSize, dark: bool
) -> None:
    with opened(browser, served, viewport=size, dark=dark) as page:
        live(page)
        expect(page.locator("fieldset").first).to_be_attached()
        if dark:
            picture(page, f"{served.ident}-dark")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
