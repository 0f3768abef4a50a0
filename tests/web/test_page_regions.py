"""The regions of the page: the wall, settings, film strip, viewer, log and keys."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PATIENCE_MS, PHONE, chromium, live, opened, picture
from playwright.sync_api import Browser, Page, expect
from serving import free_port, plugged, serving

import canon
from canon.virtual.faults import Fault
from canon.virtual.ptp.eos.dial import Mode

SMALL = """() => [...document.querySelectorAll(".wall canvas")].every((canvas) => {
    const middle = [canvas.width / 2, canvas.height / 2, 40, 1];
    return new Set(canvas.getContext("2d").getImageData(...middle).data).size > 2;
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def a_picture() -> bytes:
    with canon.open("virtual:powershot-g3") as cam:
        return bytes(cam.storage.read("DCIM/100CANON/IMG_0001.JPG"))


def a_card(tmp_path: Path, *names: str) -> str:
    """A virtual G3 with such files on its card."""
    card = tmp_path / "card"
    card.mkdir()
    for name in names:
        (card / name).write_bytes(a_picture())
    return f"virtual:powershot-g3?card={card}"


def judge(page: Page) -> None:
    """Nobody is left out, by day or by night."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def frame(page: Page, name: str) -> str:
    return page.locator(f".frame button[aria-label^='{name}']").get_attribute("aria-label") or ""


def test_two_cameras_and_two_windows(browser: Browser, tmp_path: Path) -> None:
    cameras = ("--port", "virtual:powershot-g3?pace=real", "--port", "virtual:eos-60d?pace=real")
    with serving(tmp_path, *cameras) as served, opened(browser, served) as page:
        wall = page.get_by_role("navigation", name="Cameras").get_by_role("button")
        expect(wall).to_have_count(2)
        page.wait_for_function(SMALL, timeout=PATIENCE_MS)
        expect(page.locator(".state")).to_have_text("ready")
        picture(page, "wall")
        judge(page)
        wall.nth(1).click()
        expect(wall.nth(1)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("img", name="What the lens of the Canon EOS 60D")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        expect(wall.nth(0)).to_have_attribute("aria-pressed", "true")
        with opened(browser, served, viewport=PHONE) as phone:
            live(phone)
            picture(phone, "wall-phone")
            judge(phone)
            page.get_by_role("button", name="Release all").click()
            log = page.get_by_role("log")
            expect(log).to_contain_text(re.compile(r"2 pictures, within \d+(\.\d+)? ms"))
            phone.get_by_role("button", name="Log", exact=True).click()
            expect(phone.get_by_role("log").locator("p", has_text="picture taken")).to_have_count(2)
    assert len([*tmp_path.rglob("*.JPG")]) == 2


def test_a_dial_that_is_turned_on_the_body(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with (
        plugged("eos-60d?pace=real", port) as server,
        serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
        opened(browser, served) as page,
    ):
        mode = page.get_by_label("Shooting mode")
        expect(mode).to_have_text("aperture-priority")
        expect(page.locator(".setting", has_text="Shutter speed")).to_contain_text("not in this")
        with server.machine() as device:
            device.extension.table.turn_dial(Mode.MANUAL)  # type: ignore[attr-defined]
        expect(mode).to_have_text("manual")
        page.get_by_role("combobox", name="Shutter speed").select_option("1/250")
        served.ident = served.http.get("/cameras").json()[0]["id"]
        served.wait_for_setting("shutter_speed", "1/250")


def test_a_refused_value_goes_back_with_the_reason(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with (
        plugged("eos-60d?pace=real", port) as server,
        serving(tmp_path, "--port", f"usbip:127.0.0.1:{port}/1-1") as served,
        opened(browser, served, errors=True) as page,
    ):
        live(page)
        balance = page.get_by_role("combobox", name="White balance")
        was = balance.input_value()
        with server.machine() as device:
            fault = Fault.parse("refuse@SetDevicePropValueEx:0x201c")
            device.faults.add(fault)  # type: ignore[attr-defined]
        balance.select_option("cloudy")
        row = page.locator(".setting", has_text="White balance")
        expect(row.get_by_role("alert")).to_be_visible()
        expect(balance).to_have_value(was)
        picture(page, "refused")
        balance.select_option("cloudy")
        expect(row.get_by_role("alert")).to_have_count(0)
        expect(balance).to_have_value("cloudy")


def test_marks_and_what_belongs_together(browser: Browser, tmp_path: Path) -> None:
    port = a_card(
        tmp_path,
        *("IMG_0001.JPG", "IMG_0001.CRW", "IMG_0002.JPG", "SND_0002.WAV"),
        *("MVI_0003.AVI", "MVI_0003.THM", "IMG_0004.CRW", "IMG_0005.JPG"),
    )
    with serving(tmp_path / "pictures", "--port", port) as served, opened(browser, served) as page:
        expect(page.locator(".frame")).to_have_count(5)
        assert frame(page, "IMG_0001") == "IMG_0001.JPG, RAW+JPEG"
        assert frame(page, "IMG_0002") == "IMG_0002.JPG, sound"
        assert frame(page, "MVI_0003") == "MVI_0003.AVI, movie"
        assert frame(page, "IMG_0004") == "IMG_0004.CRW, RAW"

        page.locator(".frame button[aria-label^=IMG_0005]").click()
        page.get_by_role("button", name="Protect").click()
        five = page.locator(".frame button[aria-label='IMG_0005.JPG, protected, new']")
        expect(five).to_be_visible()
        five.focus()
        page.keyboard.press("Control+a")
        expect(page.locator(".frame.chosen")).to_have_count(5)
        picture(page, "strip")
        page.get_by_role("button", name="Delete …").click()
        dialog = page.get_by_role("dialog", name="Delete")
        expect(dialog).to_contain_text("4 of 5 go from the card")
        expect(dialog).to_contain_text("IMG_0004.CRW")
        expect(dialog).to_contain_text("1 is protected, and stays.")
        picture(page, "delete")
        judge(page)
        dialog.get_by_role("button", name="Delete").click()
        expect(page.locator(".frame")).to_have_count(1)
        assert served.http.get("/cameras/powershot-g3/files").json()["total"] == 1


def test_uploads_by_button_and_by_drop(browser: Browser, tmp_path: Path) -> None:
    port = a_card(tmp_path, "IMG_0001.JPG")
    with serving(tmp_path / "pictures", "--port", port) as served, opened(browser, served) as page:
        (tmp_path / "IMG_0002.JPG").write_bytes(a_picture())
        page.get_by_label("Files to upload").set_input_files(tmp_path / "IMG_0002.JPG")
        two = page.locator(".frame button[aria-label^=IMG_0002]")
        expect(two).to_have_attribute("aria-label", "IMG_0002.JPG, new")
        drop = page.evaluate_handle(
            """(text) => {
                const data = new DataTransfer();
                data.items.add(new File([text], "NOTE.TXT"));
                return data;
            }""",
            "hello",
        )
        page.dispatch_event(".files", "drop", {"dataTransfer": drop})
        expect(page.locator(".frame button[aria-label^=NOTE]")).to_be_visible()
        got = served.http.get("/cameras/powershot-g3/files/DCIM/100CANON/NOTE.TXT")
        assert got.text == "hello"
    words = ("--read-only", "--port", port)
    with serving(tmp_path / "pictures", *words) as served, opened(browser, served) as page:
        expect(page.locator(".frame")).to_have_count(1)
        for name in ("Upload …", "Delete …", "Protect"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        expect(page.get_by_role("button", name="Release", exact=True)).to_be_disabled()
        picture(page, "read-only")


def test_the_viewer_and_a_long_press(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--port", "virtual:powershot-g3") as served,
        opened(browser, served, viewport=PHONE, touch=True) as page,
    ):
        page.get_by_role("button", name="Files", exact=True).tap()
        frames = page.locator(".frame button")
        frames.nth(0).tap()
        frames.nth(1).dispatch_event("pointerdown", {"pointerType": "touch"})
        expect(page.locator(".frame.chosen")).to_have_count(2)
        frames.nth(1).dispatch_event("pointerup", {"pointerType": "touch"})
        frames.nth(1).dispatch_event("click")
        expect(page.locator(".frame.chosen")).to_have_count(2)
        frames.nth(1).dblclick()
        viewer = page.get_by_role("dialog", name="Picture")
        name = frames.nth(1).locator(".caption").inner_text()
        after = frames.nth(2).locator(".caption").inner_text()
        expect(viewer.locator("strong")).to_contain_text(name)
        expect(viewer).to_contain_text("focal length")
        judge(page)
        page.keyboard.press("ArrowRight")
        expect(viewer.locator("strong")).to_contain_text(after)
        page.keyboard.press("ArrowLeft")
        expect(viewer.locator("strong")).to_contain_text(name)
        page.keyboard.press("Escape")
        expect(viewer).to_have_count(0)


def test_keys_are_off_in_a_control_and_can_be_switched_off(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        serving(tmp_path, "--port", "virtual:powershot-g3?pace=real") as served,
        opened(browser, served) as page,
    ):
        live(page)
        lens = page.get_by_role("button", name="Live view")
        page.get_by_role("combobox", name="Picture to").focus()
        page.keyboard.press("l")
        expect(lens).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Escape")
        page.keyboard.press("l")
        expect(lens).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("g")
        expect(page.locator(".frame button").first).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        picture(page, "keys")
        judge(page)
        dialog.get_by_label("keys are on").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.keyboard.press("l")
        expect(lens).to_have_attribute("aria-pressed", "false")


def test_the_log_is_copied_as_text(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--port", "virtual:powershot-g3?pace=real") as served,
        opened(browser, served) as page,
    ):
        live(page)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Release", exact=True).click()
        expect(page.get_by_role("log")).to_contain_text("picture taken")
        page.get_by_role("button", name="Copy the log").click()
        expect(page.get_by_role("log")).to_contain_text("the log is copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert re.search(r"^\d{4}-\d\d-\d\dT\S+Z powershot-g3 picture taken: \S+JPG$", text, re.M)


@pytest.mark.long
def test_ten_thousand_files(browser: Browser, tmp_path: Path) -> None:
    card = tmp_path / "card/DCIM"
    (tmp_path / "one.jpg").write_bytes(a_picture())
    for folder in range(10):
        (card / f"{100 + folder}CANON").mkdir(parents=True)
        for number in range(1000):
            place = card / f"{100 + folder}CANON/IMG_{number + 1:04}.JPG"
            place.hardlink_to(tmp_path / "one.jpg")
    port = f"virtual:powershot-g3?card={card.parent}"
    with serving(tmp_path / "pictures", "--port", port) as served, opened(browser, served) as page:
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(request.url))
        expect(page.locator(".tools .fact")).to_have_text("10000 files")
        expect(page.locator(".frame").first).to_be_visible()
        page.locator(".frame button").first.click()
        page.keyboard.press("Control+a")
        expect(page.locator(".tools .fact")).to_have_text("10000 files, 10000 chosen")
        page.locator(".days").press("End")
        last = page.locator(".frame button[aria-label^='IMG_0001.JPG']")
        expect(last.first).to_be_in_viewport()
        assert page.locator(".frame").count() < 400
        assert len([url for url in asked if "/thumbnails/" in url]) < 400
        picture(page, "ten-thousand")


def test_make_demo_says_how_to_open_the_page(tmp_path: Path) -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    words = re.search(r"echo '    \$\(BIN\)/canon-remote serve (.*)'", makefile)
    assert words
    assert shutil.which("make")
    with serving(tmp_path, *words[1].split()) as served:
        assert served.http.get("/").status_code == 200
        served.wait_for("powershot-g3", state="ready")


@pytest.mark.long
def test_more_files_than_one_request_may_name(browser: Browser, tmp_path: Path) -> None:
    """All in one zip, then all deleted; the page asks for them in portions."""
    card = tmp_path / "card/DCIM"
    (tmp_path / "one.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    (card / "100CANON").mkdir(parents=True)
    for number in range(1, 521):
        (card / f"100CANON/IMG_{number:04}.JPG").hardlink_to(tmp_path / "one.jpg")
    port = f"virtual:eos-60d?card={card.parent}"
    with (
        serving(tmp_path / "pictures", "--port", port) as served,
        opened(browser, served, errors=True) as page,  # such a file has no thumbnail
    ):
        page.locator(".frame button").first.click()
        page.keyboard.press("Control+a")
        expect(page.locator(".tools .fact")).to_have_text("520 files, 520 chosen")
        with page.expect_download(timeout=PATIENCE_MS) as coming:
            page.get_by_role("button", name="Download").click()
        with zipfile.ZipFile(coming.value.path()) as archive:
            assert len(set(archive.namelist())) == 520
        page.get_by_role("button", name="Delete …").click()
        dialog = page.get_by_role("dialog", name="Delete")
        expect(dialog).to_contain_text("520 of 520 go from the card")
        dialog.get_by_role("button", name="Delete").click()
        expect(page.locator(".files .empty")).to_have_text("There is nothing on the card.")
        assert served.http.get("/cameras/eos-60d/files").json()["total"] == 0
