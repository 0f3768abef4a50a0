"""Every control that the page shows, by mouse, by keyboard alone and by touch: the camera did it.

The controls are read from the page itself. One that the table at the end does not know fails the
test, as does one of the table that the page does not show.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE_MS, PHONE, WIDE, chromium, live, opened
from playwright.sync_api import Browser, Locator, Page, expect
from serving import BODIES, Served, serving
from websockets.sync.client import connect

CONTROLS = """() => {
    const text = (one) => one.textContent.trim().replace(/^✓ /, "");
    const kinds = { SELECT: "list", INPUT: "text" };
    const name = (one) => {
        if (one.closest(".setting")) {
            const kind = one.matches("[role=switch]") ? "switch" : kinds[one.tagName] ?? "row";
            return `${text(one.closest("fieldset").querySelector("legend"))}: ${kind}`;
        }
        if (one.closest(".frame")) return "a picture";
        const nodes = [...(one.closest("label")?.childNodes ?? [])];
        const texts = nodes.filter((node) => node.nodeType === 3);
        const label = texts.map(text).find(Boolean);
        return one.getAttribute("aria-label") || label || text(one);
    };
    const region = (one) => {
        if (one.closest(".frame")) return "Files";
        const around = one.closest("dialog, form, [role=group][aria-label], section, nav, header");
        return around?.getAttribute("aria-label") || around?.className || "";
    };
    const asked = "button, select, input, textarea, summary, a[href], video, [tabindex='0']";
    return [...document.querySelectorAll(asked)]
        .filter((one) => one.checkVisibility() && !one.closest("dialog:not([open])"))
        .map((one) => `${region(one)} / ${name(one)}`);
}"""
SHOWN = f"(wanted) => wanted.every((one) => ({CONTROLS})().includes(one))"
REACHED = """() => {
    window.reached = new Set();
    document.addEventListener("focusin", (event) => window.reached.add(event.target));
}"""
"""Remembers what the Tab key has come to."""
MISSED = """() => [...document.querySelectorAll("button, select, input, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility() && !one.matches(":disabled, .frame button")
        && !window.reached.has(one))
    .map((one) => one.outerHTML.slice(0, 100))"""
DRAWN = """() => {
    const over = document.querySelector("canvas.over");
    return over.getContext("2d").getImageData(0, 0, over.width, over.height).data.some(Boolean);
}"""


KINDS = ("row", "list", "switch", "text")
SERIES = {
    f"series / {name}" for name in ("Every", "Pictures", "or bracket, in stops", "Start", "Close")
}
KEYS_DIALOG = {"Keys / keys are on", "Keys / Close"}
OF_FILES = tuple(f"Chosen files / {name}" for name in ("View", "Download", "Delete …", "Upload …"))
ALL = tuple(BODIES)


class Hand:
    """How a control is worked.

    Args:
        page: the page.
        how: "mouse", "keys" or "touch".
    """

    def __init__(self, page: Page, how: str) -> None:
        self.page, self.how = page, how

    def push(self, control: Locator) -> None:
        if self.how == "mouse":
            control.click()
        elif self.how == "touch":
            control.tap()
        else:
            control.focus()
            self.page.keyboard.press("Space")

    def choose(self, control: Locator) -> str:
        """The next value of a list, or the one before the last."""
        now, count = control.evaluate("(one) => [one.selectedIndex, one.options.length]")
        other = now + 1 if now + 1 < count else now - 1
        label = str(control.evaluate("(one, at) => one.options[at].label.trim()", other))
        if self.how == "keys":
            control.focus()
            self.page.keyboard.press("ArrowDown" if other > now else "ArrowUp")
        else:  # what drops down is the system's, and takes no events
            control.select_option(index=other)
        return label

    def write(self, control: Locator, text: str) -> None:
        self.push(control) if self.how == "touch" else control.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


class Bench:
    """A page and its camera, whose controls are worked one after the other."""

    def __init__(self, page: Page, served: Served, how: str) -> None:
        self.page, self.served, self.how = page, served, how
        self.hand = Hand(page, how)
        self.here = f"/cameras/{served.ident}"

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def push(self, name: str) -> None:
        self.hand.push(self.button(name))

    def known(self) -> dict[str, Any]:
        found: dict[str, Any] = self.served.http.get(self.here).json()
        return found

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Listen until it holds of what is known of the camera."""
        with self.served.http.stream("GET", "/events") as events:
            for _ in events.iter_lines():
                if holds(self.known()):
                    return

    def until_is(self, **facts: object) -> None:
        self.served.wait_for(self.served.ident, **facts)

    def until_set(self, name: str, label: str) -> None:
        self.until(lambda known: known["settings"][name]["label"] == label)

    def until_not(self, name: str, label: str) -> None:
        self.until(lambda known: known["settings"][name]["label"] != label)

    def shows(self, name: str, *, pressed: bool) -> None:
        expect(self.button(name)).to_have_attribute("aria-pressed", str(pressed).lower())

    def total(self) -> int:
        found: int = self.served.http.get(f"{self.here}/files").json()["total"]
        return found

    def to(self, tab: str) -> None:
        """To a part of the page; a wide one shows them all."""
        if self.how == "touch":
            self.push(tab)

    def found(self) -> set[str]:
        return set(self.page.evaluate(CONTROLS))


def set_clock(bench: Bench) -> None:
    bench.push("Set clock")
    bench.until(lambda known: abs(known["clock"]["difference_s"]) < 60)
    expect(bench.button("Set clock")).to_have_count(0)


def overlay(bench: Bench, name: str) -> None:
    button = bench.button(name)
    was = button.get_attribute("aria-pressed")
    for state in ("false", "true") if was == "true" else ("true", "false"):
        bench.hand.push(button)
        expect(button).to_have_attribute("aria-pressed", state)
        if name in ("Grid", "Histogram") and state == "true":
            bench.page.wait_for_function(DRAWN)


def live_view(bench: Bench) -> None:
    bench.push("Live view")
    bench.until(lambda known: known["live"] is False)
    bench.push("Live view")
    bench.until(lambda known: known["live"] is True)


def freeze(bench: Bench) -> None:
    live(bench.page)
    bench.push("Freeze")
    expect(bench.button("Freeze")).to_have_attribute("aria-pressed", "true")
    rate = bench.page.locator(".rate")
    said = []
    with connect(bench.served.base.replace("http", "ws", 1) + f"{bench.here}/live") as other:
        for _ in range(2):  # one may have been on its way
            for _ in range(5):
                other.send("next")
                other.recv()
            said.append(rate.inner_text())
    assert said[0] == said[1]
    bench.push("Freeze")
    expect(rate).not_to_have_text(said[0])


def af_lock(bench: Bench) -> None:
    for locked in (True, False):
        bench.push("AF lock")
        bench.until_is(focus_locked=locked)
        bench.shows("AF lock", pressed=locked)


def macro(bench: Bench) -> None:
    for _ in range(2):
        told = bench.known()["settings"]["macro"]
        bench.push("Macro")
        bench.until_not("macro", told["label"])
        bench.shows("Macro", pressed=not told["value"])


def zoom(bench: Bench) -> None:
    at, most = bench.known()["zoom"].values()
    bench.push("Zoom in")
    bench.until(lambda known: known["zoom"]["position"] == at + 1)
    expect(bench.page.get_by_label("Zoom position")).to_have_text(f"{at + 1} / {most}")
    bench.push("Zoom out")
    bench.until(lambda known: known["zoom"]["position"] == at)


def target(bench: Bench) -> None:
    """The list, and where the pictures go then."""
    bench.hand.choose(bench.page.get_by_label("Picture to"))
    bench.until(lambda known: known["target"] == "card")
    before, here = bench.total(), on_disk(bench)
    shoot(bench)
    assert bench.total() > before
    assert on_disk(bench) == here
    if bench.how == "keys":
        bench.page.get_by_label("Picture to").focus()
        bench.page.keyboard.press("ArrowUp")
    else:
        bench.page.get_by_label("Picture to").select_option("this computer")
    bench.until(lambda known: known["target"] == "host")


def on_disk(bench: Bench) -> int:
    folders = os.walk(bench.served.folder)  # which minds no folder that goes meanwhile
    return sum(name.endswith(".JPG") for _, _, names in folders for name in names)


def shoot(bench: Bench) -> None:
    bench.push("Release")
    expect(bench.page.locator(".shot figcaption")).to_contain_text("MB")
    bench.page.keyboard.press("Shift")  # any key takes it away
    expect(bench.page.locator(".shot")).to_have_count(0)


def release(bench: Bench) -> None:
    before = on_disk(bench)
    shoot(bench)
    assert on_disk(bench) == before + 1


def self_timer(bench: Bench) -> None:
    timer = bench.page.get_by_label("Self-timer")
    assert bench.hand.choose(timer) == "2 s"
    with bench.page.expect_request("**/release") as asked:
        shoot(bench)
    assert asked.value.post_data_json == {"delay_s": 2}
    timer.select_option("no delay")


def series(bench: Bench) -> None:
    told = bench.page.locator(".lines p", has_text="picture taken")
    before = told.count()
    bench.push("Series …")
    form = bench.page.locator(".series")
    assert {one for one in bench.found() if one.startswith("series")} == SERIES
    bench.hand.push(form.get_by_role("button", name="Close"))
    expect(form).to_have_count(0)
    for stops in ("", "-1, 1"):
        bench.push("Series …")
        bench.hand.write(form.get_by_label("Every"), "10")
        bench.hand.write(form.get_by_label("Pictures"), "2")
        bench.hand.write(form.get_by_label("or bracket, in stops"), stops)
        bench.hand.push(form.get_by_role("button", name="Start"))
        before += 2
        expect(told).to_have_count(before)
        bench.until(lambda known: not known["jobs"])


def settings(bench: Bench, group: str) -> None:
    """A list, a row of buttons and a switch of a group, as far as it has them."""
    fieldset = bench.page.locator("fieldset", has=bench.page.locator(f"legend:text-is('{group}')"))
    here = fieldset.locator(".setting:not(:has-text('Shooting mode'))")
    for kind in ("select", ".few button[aria-pressed=false]", "[role=switch]", "input"):
        control = here.locator(kind).first
        if not control.count():
            continue
        name = str(control.evaluate("(one) => one.closest('.setting').firstElementChild.id"))
        name = name.removeprefix("setting-").removesuffix("-label")
        was = bench.known()["settings"][name]["label"]
        if kind == "select":
            label = bench.hand.choose(control)
        elif kind == "input":
            label = "Somebody"
            bench.hand.write(control, label)
            bench.page.keyboard.press("Enter")
        else:
            label = control.inner_text()
            bench.hand.push(control)
        if kind == "[role=switch]":
            bench.until_not(name, was)
        else:
            bench.until_set(name, label)


def other(bench: Bench) -> None:
    summary = bench.page.locator("summary", has_text="Other")
    bench.hand.push(summary)
    expect(bench.page.locator("details")).to_have_attribute("open", "")
    assert bench.found() <= KNOWN | {f"Settings / Other: {kind}" for kind in KINDS}
    settings(bench, "Other")


def keys(bench: Bench) -> None:
    """Each key of the list that the page shows."""
    page = bench.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    assert {*dialog.locator("dt").all_inner_texts()} == {*KEYS, "?", "1\N{EN DASH}9", "Escape"}
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.wait_for_function("() => document.activeElement === document.body")  # in the next frame
    for key, work in KEYS.items():
        page.keyboard.press("Escape")  # no control has the focus
        work(bench, "Space" if key == "Space" else key.lower())


def key_release(bench: Bench, key: str) -> None:
    before = on_disk(bench)
    bench.page.keyboard.press(key)
    expect(bench.page.locator(".shot figcaption")).to_contain_text("MB")
    assert on_disk(bench) == before + 1


def key_lock(bench: Bench, key: str) -> None:
    for locked in (True, False):
        bench.page.keyboard.press(key)
        bench.until_is(focus_locked=locked)
        bench.shows("AF lock", pressed=locked)


def key_live(bench: Bench, key: str) -> None:
    for on in (False, True):
        bench.page.keyboard.press(key)
        bench.until_is(live=on)


def key_macro(bench: Bench, key: str) -> None:
    for _ in range(2 if "macro" in bench.known()["settings"] else 0):
        told = bench.known()["settings"]["macro"]
        bench.page.keyboard.press(key)
        bench.until_not("macro", told["label"])
        bench.shows("Macro", pressed=not told["value"])


def key_strip(bench: Bench, key: str) -> None:
    bench.page.keyboard.press(key)
    expect(bench.page.locator(".frame button").first).to_be_focused()


def key_setting(bench: Bench, key: str, name: str) -> None:
    """Choose it, then up and down, where the camera allows more than one value."""
    told = bench.known()["settings"].get(name)
    bench.page.keyboard.press(key)
    if told is None:
        return
    expect(bench.page.locator(".choice")).to_contain_text(f": {told['label']}")
    labels = [one["label"] if isinstance(one, dict) else str(one) for one in told["allowed"] or ()]
    if told["writable"] is False or told["label"] not in labels or len(labels) < 2:
        return
    at = labels.index(told["label"])
    steps = ("ArrowUp", "ArrowDown") if at + 1 < len(labels) else ("ArrowDown", "ArrowUp")
    other = labels[at + 1 if at + 1 < len(labels) else at - 1]
    for step, label in zip(steps, (other, told["label"]), strict=True):
        bench.page.keyboard.press(step)
        bench.until_set(name, label)
        expect(bench.page.locator(".choice")).to_contain_text(f": {label}")


def key_step(bench: Bench, key: str) -> None:
    """Worked with each setting."""


KEYS: dict[str, Callable[[Bench, str], None]] = {
    "Space": key_release,
    "F": key_lock,
    "L": key_live,
    "M": key_macro,
    "A": partial(key_setting, name="aperture"),
    "S": partial(key_setting, name="shutter_speed"),
    "I": partial(key_setting, name="iso"),
    "E": partial(key_setting, name="exposure_compensation"),
    "W": partial(key_setting, name="white_balance"),
    "Q": partial(key_setting, name="image_format"),
    "↑": key_step,
    "↓": key_step,
    "G": key_strip,
}


def pictures(bench: Bench) -> None:
    """Choose, look, fetch, protect, delete and put."""
    page, hand = bench.page, bench.hand
    label = page.locator(".frame button[aria-label*=JPG]").first.get_attribute("aria-label") or ""
    frame = page.locator(f".frame button[aria-label^='{label.split(',')[0]}']")
    expect(frame.locator("img")).to_be_visible()
    hand.push(frame)
    expect(frame).to_have_attribute("aria-pressed", "true")

    bench.push("View")
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_contain_text("taken")
    names = {one.split(" / ")[-1] for one in bench.found() if one.startswith("Picture DCIM")}
    assert names <= {"Picture before", "Next picture", "Download", "Close"}
    first = viewer.locator("strong").inner_text()
    hand.push(viewer.get_by_role("button", name="Next picture"))
    expect(viewer.locator("strong")).not_to_have_text(first)
    hand.push(viewer.get_by_role("button", name="Picture before"))
    expect(viewer.locator("strong")).to_have_text(first)
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("strong")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator("strong")).to_have_text(first)
    with page.expect_download(timeout=PATIENCE_MS) as one:
        link = viewer.get_by_role("link", name="Download")
        if bench.how == "keys":
            link.focus()
            page.keyboard.press("Enter")
        else:
            hand.push(link)
    size = {told["path"]: told["size"] for told in files(bench)}[first]
    assert one.value.path().stat().st_size == size
    hand.push(viewer.get_by_role("button", name="Close"))
    expect(viewer).to_have_count(0)

    with page.expect_download(timeout=PATIENCE_MS) as one:
        bench.push("Download")
    if zipfile.is_zipfile(one.value.path()):
        with zipfile.ZipFile(one.value.path()) as archive:
            assert archive.testzip() is None
    else:
        assert one.value.path().stat().st_size == size

    before = bench.total()
    dialog = page.get_by_role("dialog", name="Delete")
    bench.push("Delete …")
    hand.push(dialog.get_by_role("button", name="Keep them"))
    expect(dialog).to_be_hidden()
    assert bench.total() == before
    bench.push("Delete …")
    hand.push(dialog.get_by_role("button", name="Delete"))
    bench.until(lambda _: first not in [told["path"] for told in files(bench)])

    picture = bench.served.folder / "IMG_9001.JPG"
    picture.write_bytes(next(bench.served.folder.rglob("*.JPG")).read_bytes())
    with page.expect_file_chooser() as chooser:
        bench.push("Upload …")
    chooser.value.set_files(picture)
    bench.until(lambda _: any("IMG_9001" in told["path"] for told in files(bench)))


def protect(bench: Bench) -> None:
    frame = bench.page.locator(".frame button[aria-label*=JPG]").last
    bench.hand.push(frame)
    name = frame.locator(".caption").inner_text()
    for word, protected in (("Protect", True), ("Unprotect", False)):
        bench.push(word)
        bench.until(partial(is_protected, bench, name, protected))
        expect(bench.button("Protect" if not protected else "Unprotect")).to_be_visible()


def is_protected(bench: Bench, name: str, wanted: bool, _: object) -> bool:
    return all(one["protected"] is wanted for one in files(bench) if one["path"].endswith(name))


def files(bench: Bench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.served.http.get(f"{bench.here}/files").json()["files"]
    return found


def log(bench: Bench) -> None:
    bench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.push("Copy the log")
    expect(bench.page.get_by_role("log")).to_contain_text("the log is copied")


def keys_shown(bench: Bench) -> None:
    bench.push("Show the keys")
    dialog = bench.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    assert {one for one in bench.found() if one.startswith("Keys")} == KEYS_DIALOG
    box = dialog.get_by_role("checkbox")
    for _ in range(2):
        was = box.is_checked()
        bench.hand.push(box)
        expect(box).to_be_checked(checked=not was)
    bench.hand.push(dialog.get_by_role("button", name="Close"))
    expect(dialog).to_be_hidden()


OVERLAYS = ("Focus frame", "Grid", "Highlights", "Histogram")
GROUPS = ("Exposure", "Focus", "Picture", "Flash")
WITH_LENS = ("powershot-g3", "powershot-g9")
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[Bench], None]]
TABLE: tuple[Row, ...] = (
    ("Picture", ("top / Set clock",), ALL, set_clock),
    ("Picture", ("Over the picture / Live view",), ALL, live_view),
    *(
        ("Picture", (f"Over the picture / {name}",), ALL, partial(overlay, name=name))
        for name in OVERLAYS
    ),
    ("Picture", ("Over the picture / Freeze",), ALL, freeze),
    ("Picture", ("Release / AF lock",), ALL, af_lock),
    ("Picture", ("Release / Macro",), WITH_LENS, macro),
    ("Picture", ("Zoom / Zoom in", "Zoom / Zoom out"), WITH_LENS, zoom),
    ("Picture", ("Release / Picture to",), ALL, target),
    ("Picture", ("Release / Release",), ALL, release),
    ("Picture", ("Release / Self-timer",), ALL, self_timer),
    ("Picture", ("Release / Series …",), ALL, series),
    ("Picture", (" / Show the keys",), ALL, keys_shown),
    *(("Settings", (f"Settings / {name}",), (), partial(settings, group=name)) for name in GROUPS),
    ("Settings", ("Settings / Other",), ALL, other),
    ("Files", ("Files / a picture", *OF_FILES), ALL, pictures),
    ("Files", ("Chosen files / Protect",), WITH_LENS, protect),
    ("Log", ("Log / Copy the log", "Log / What happened"), ALL, log),
)
"""Where it is on a phone, what it is, on which bodies it has to be, and what works it. A group of
settings has what the camera allows."""
TABS = ("Picture", "Settings", "Files", "Log")
KNOWN = {
    *(name for _, names, _, _ in TABLE for name in names),
    *(f"Settings / {name}: {kind}" for name in GROUPS for kind in KINDS),
    *(f"Parts of the page / {tab}" for tab in TABS),
    "Pictures / Pictures",  # what scrolls: Tab has to come to it
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.long
@pytest.mark.parametrize("how", ["mouse", "keys", "touch"])
@pytest.mark.parametrize("ident", BODIES)
def test_every_control(browser: Browser, tmp_path: Path, ident: str, how: str) -> None:
    size = PHONE if how == "touch" else WIDE
    with (
        serving(tmp_path, "--port", BODIES[ident]) as served,
        opened(browser, served, viewport=size, touch=how == "touch") as page,
    ):
        served.ident = ident
        bench = Bench(page, served, how)
        live(page)
        expect(page.locator("fieldset").first).to_be_attached()
        served.http.put(f"{bench.here}/clock", json={"time": "2020-02-02T02:02:02"})
        expect(bench.button("Set clock")).to_be_visible()
        shown = set()
        for tab in TABS:
            bench.to(tab)
            wanted = [
                name
                for where, names, on, _ in TABLE
                if where == tab and ident in on
                for name in names
            ]
            page.wait_for_function(SHOWN, arg=wanted)
            shown |= bench.found()
        assert shown <= KNOWN
        if how == "keys":
            assert not missed_by_tab(page)
            keys(bench)
        for tab, _, bodies, work in TABLE:
            if ident in bodies or not bodies:
                bench.to(tab)
                work(bench)


def missed_by_tab(page: Page) -> list[str]:
    """The controls that Tab does not come to."""
    page.evaluate(REACHED)
    for _ in range(120):
        page.keyboard.press("Tab")
    missed: list[str] = page.evaluate(MISSED)
    page.keyboard.press("Escape")
    return missed
