"""Tables in a notebook: whatever a name is made of, it stays text, and long ones end."""

from __future__ import annotations

from datetime import datetime

from canon.camera.snapshot import Snapshot
from canon.driver.card import CardPath, Entry, Listing
from canon.driver.settings import BY_DIAL, Reading, Readings
from canon.tables import MOST_ROWS
from canon.values.kinds import TEXT

EVIL = '<script>&"'
SAFE = "&lt;script&gt;&amp;&quot;"


def test_a_listing() -> None:
    folder = Entry(CardPath.of(("DCIM",)), is_folder=True)
    file = Entry(CardPath.of((EVIL,)), 12, datetime(2004, 5, 6, 7, 8, 9), protected=True, new=True)
    shown = Listing([folder, file])._repr_html_()
    assert "<tr><td>DCIM/</td><td></td><td></td><td></td></tr>" in shown
    assert (
        f"<tr><td>{SAFE}</td><td>12</td><td>2004-05-06 07:08:09</td>"
        "<td>protected, new</td></tr></tbody></table>"
    ) in shown


def test_a_long_listing_is_cut() -> None:
    files = [Entry(CardPath.of((f"IMG_{number:04}.JPG",)), 1) for number in range(9999)]
    shown = Listing(files)._repr_html_()
    assert shown.count("<tr>") == MOST_ROWS + 1
    assert shown.endswith(f"<p>and {9999 - MOST_ROWS} more</p>")


def test_settings() -> None:
    free = Reading("owner", TEXT, EVIL, ("a", "b"), True)
    dial = Reading("mode", TEXT, "auto", None, False, BY_DIAL)
    missing = Reading("flash", TEXT, None, None, None)
    shown = Readings({one.name: one for one in (free, dial, missing)})._repr_html_()
    assert f"<td>owner</td><td>{SAFE}</td><td>a, b</td>" in shown
    assert f"<td>mode</td><td>auto</td><td>{BY_DIAL}</td>" in shown
    assert "<td>flash</td><td></td><td>the camera does not say</td>" in shown
    assert free._repr_html_() == Readings({"owner": free})._repr_html_()
    assert f"<td>owner</td><td>{SAFE}</td></tr>" in Snapshot({"owner": free}, "G3")._repr_html_()
