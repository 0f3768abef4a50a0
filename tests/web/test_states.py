"""What the page shows when something is in the way, by real faults; each is photographed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, WIDE, chromium, live, opened, picture
from playwright.sync_api import Browser, Page, expect
from serving import Served, free_port, plugged, serving

from canon.ptp.powershot.layouts import CardDoorOpened

_PERCENT = re.compile(r"MVI_0001\.AVI · fetching [1-9][0-9]? %")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def release(page: Page) -> None:
    page.get_by_role("button", name="Release", exact=True).click()


def looked_at(page: Page, name: str) -> None:
    """Photograph a state, wide, on a phone and dark; nobody is left out in any of them."""
    for suffix, size, scheme in (("", WIDE, "light"), ("-phone-dark", PHONE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        picture(page, f"state-{name}{suffix}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def test_no_camera_until_one_comes(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with (
        serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
        opened(browser, served) as page,
    ):
        expect(page.get_by_role("heading", name="No camera")).to_be_visible()
        doctor = page.get_by_role("region", name="What doctor says")
        expect(doctor).to_contain_text(f"no USB/IP server answers at 127.0.0.1:{port}")
        expect(doctor).to_contain_text("What to do: start it")
        looked_at(page, "no-camera")
        with plugged("eos-60d?pace=real", port):
            live(page)
            expect(page.locator(".model")).to_have_text("EOS 60D")


def test_unplugged_and_plugged_in_again(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with (
        serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
        opened(browser, served, errors=True) as page,
    ):
        with plugged("eos-60d?pace=real", port):
            live(page)
        expect(page.locator(".banner")).to_contain_text("The camera is not there since")
        expect(page.locator(".banner")).to_contain_text("Waiting for it")
        expect(page.locator(".picture.away")).to_be_visible()
        live(page)  # the last picture is still there
        expect(page.get_by_role("button", name="Release", exact=True)).to_be_disabled()
        looked_at(page, "unplugged")
        with opened(browser, served) as later:  # who comes later is told since when, too
            expect(later.locator(".banner")).to_contain_text("since")
        with plugged("eos-60d?pace=real", port):
            expect(page.locator(".banner")).to_have_count(0)
            expect(page.locator(".state")).to_have_text("ready")
            before = page.locator(".rate").inner_text()
            expect(page.locator(".rate")).not_to_have_text(before)


def test_asleep(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with (
        serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
        opened(browser, served, errors=True) as page,
    ):
        with plugged("powershot-g9?pace=real", port) as server:
            live(page)
            with server.machine() as device:
                device.tell(CardDoorOpened())  # type: ignore[attr-defined]
            served.wait_for(served.http.get("/cameras").json()[0]["id"], state="asleep")
        expect(page.locator(".banner")).to_contain_text("switched itself off since")
        expect(page.locator(".state")).to_have_text("asleep")
        looked_at(page, "asleep")
        with plugged("powershot-g9?pace=real", port):
            expect(page.locator(".state")).to_have_text("ready")


def test_files_only(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--port", "virtual:powershot-sx200-is") as served,
        opened(browser, served) as page,
    ):
        expect(page.locator(".frame img").first).to_be_visible()
        for name in ("Live view", "Release", "Settings"):
            expect(page.get_by_role("region", name=name)).to_have_count(0)
        looked_at(page, "files-only")
        page.set_viewport_size(PHONE)
        expect(page.locator(".tabs button")).to_have_text(["Files", "Log"])
        expect(page.locator(".frame").first).to_be_visible()


def test_no_card(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--port", "virtual:powershot-g3?card=none&pace=real") as served,
        opened(browser, served, errors=True) as page,
    ):
        expect(page.locator(".banner")).to_contain_text("No card is in the camera: put one in")
        expect(page.locator(".files .empty")).to_contain_text("there is no card")
        live(page)
        looked_at(page, "no-card")
        page.get_by_role("combobox", name="Picture to").select_option("the card")
        release(page)
        expect(page.locator(".trouble")).to_contain_text("What to do:")


def test_card_full(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with plugged("powershot-g9?pace=real", port) as server:
        with server.machine() as device:
            card = device.body.card  # type: ignore[attr-defined]
            card.capacity = card.used
        with (
            serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
            opened(browser, served, errors=True) as page,
        ):
            expect(page.locator(".banner")).to_contain_text("The card is full: delete pictures")
            live(page)
            page.get_by_role("combobox", name="Picture to").select_option("the card")
            release(page)
            expect(page.locator(".trouble")).to_contain_text("full")
            looked_at(page, "card-full")


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("lens-cap", "powershot-g3"),
        ("no-focus", "powershot-g3"),
        pytest.param("no-focus", "powershot-g9", marks=pytest.mark.long),
        pytest.param("no-focus", "eos-700d", marks=pytest.mark.long),
    ],
)
def test_what_the_lens_cannot(browser: Browser, tmp_path: Path, fault: str, body: str) -> None:
    port = f"virtual:{body}?fault={fault}&pace=real"
    with (
        serving(tmp_path, "--port", port) as served,
        opened(browser, served, errors=True) as page,
    ):
        live(page)
        release(page)
        expect(page.locator(".trouble")).to_contain_text("What to do:")
        looked_at(page, f"{fault}-{body}")
        release(page)
        expect(page.locator(".shot figcaption")).to_contain_text("MB")
        expect(page.locator(".trouble")).to_have_count(0)


def test_busy_with_a_long_file(browser: Browser, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    with (card / "MVI_0001.AVI").open("wb") as file:
        file.truncate(40 << 20)
    port = f"virtual:powershot-g3?pace=real&card={card}"
    with (
        serving(tmp_path, "--port", port) as served,
        opened(browser, served, errors=True) as page,
    ):
        live(page)
        page.locator(".frame button").click()
        page.get_by_role("button", name="Download").click()
        doing = page.locator(".doing")
        expect(doing).to_have_text(_PERCENT)
        expect(page.locator(".state")).to_have_text("busy")
        expect(page.locator(".jobs progress")).to_have_attribute("max", str(40 << 20))
        looked_at(page, "busy")
        doing.get_by_role("button", name="Cancel").click()
        expect(page.locator(".doing", has_text="MVI_0001")).to_have_count(0)
        expect(page.locator(".state")).to_have_text("ready")


def test_the_server_is_gone_and_comes_again(browser: Browser, tmp_path: Path) -> None:
    place = ("--listen", f"127.0.0.1:{free_port()}", "--port", "virtual:powershot-g3?pace=real")
    with (
        serving(tmp_path, *place, local=False) as served,
        opened(browser, served, errors=True) as page,
    ):
        live(page)
        served.process.terminate()
        assert served.process.wait(60) == 0  # now the place is free
        expect(page.locator(".banner")).to_contain_text("The server does not answer")
        expect(page.locator(".state")).to_have_count(0)
        expect(page.get_by_role("button", name="Release", exact=True)).to_be_disabled()
        looked_at(page, "server-gone")
        with serving(tmp_path, *place, local=False):
            expect(page.locator(".banner")).to_have_count(0)
            expect(page.locator(".state")).to_have_text("ready")
            release(page)
            expect(page.locator(".shot figcaption")).to_contain_text("MB")


def test_a_wrong_token(browser: Browser, tmp_path: Path) -> None:
    place = ("--listen", "0.0.0.0:0", "--port", "virtual:powershot-sx200-is")
    with serving(tmp_path, *place, local=False) as served:
        link, token = served.link.split("?token=")
        here = Served(f"http://127.0.0.1:{link.rsplit(':', 1)[1]}", tmp_path, served.process)
        with here.http, opened(browser, here, errors=True) as page:
            expect(page.get_by_role("heading", name="A token is wanted")).to_be_visible()
            page.get_by_label("Token").fill("wrong")
            page.get_by_role("button", name="Open").click()
            expect(page.get_by_role("heading", name="This token is wrong")).to_be_visible()
            looked_at(page, "wrong-token")
            page.get_by_label("Token").fill(token)
            page.keyboard.press("Enter")
            expect(page.locator(".frame").first).to_be_visible()
            assert token not in page.url
