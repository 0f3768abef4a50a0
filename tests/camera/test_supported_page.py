"""A model's row, its virtual body, what the library says, and SUPPORTED.md: all say the same."""

from __future__ import annotations

import re

import pytest

from canon.cli.models import features
from canon.driver.features import Feature
from canon.models import native, ptp
from canon.models.model import Model, Trait
from canon.models.ptp import PtpModel
from canon.native.release import EnterReleaseControl
from canon.ptp.powershot.layouts import InitiateReleaseControl
from canon.virtual.build import make_virtual
from canon.virtual.catalogue import KNOWN, can, known
from canon.virtual.native.camera import NativeCamera
from canon.virtual.ptp.profile import load_profile, source
from canon.virtual.refusal import Status
from conftest import ROOT
from rigs.bodies import native_body, ptp_row
from supported import NEEDS, VERBS, overstated, row, rows

PAGE = (ROOT / "SUPPORTED.md").read_text(encoding="utf-8")


def cells() -> dict[str, list[str]]:
    """The rows of the page: how a model is known, then a word a verb."""
    found: dict[str, list[str]] = {}
    for line in PAGE.splitlines():
        name, *words = (cell.strip() for cell in line.strip("|").split("|"))
        if len(words) == len(VERBS) + 1 and name != "model" and "---" not in name:
            found[name] = words
    return found


CELLS = cells()


def test_the_page_says_no_more_than_the_library_does() -> None:
    shown = [
        (name, verb)
        for name, (_, *words) in CELLS.items()
        for verb, word in zip(VERBS, words, strict=True)
        if word != "untested"
    ]
    assert len(shown) > 2000
    assert overstated(shown) == []


def test_the_page_says_how_each_model_is_known() -> None:
    bodies = rows()
    assert {name: known_from for name, (known_from, *_) in CELLS.items()} == {
        name: known(bodies[name][0]) for name in CELLS
    }
    assert all(f"*{word}*" in PAGE for word in KNOWN)


def test_a_verb_that_is_shown_of_no_such_body_is_found() -> None:
    assert NEEDS["capture"] is Feature.SHOOT
    wrong = [("PowerShot S100 (2000)", "capture"), ("PowerShot S45 (PTP)", "settings")]
    assert overstated([*wrong, ("PowerShot G3", "live"), ("PowerShot A5", "list")]) == [
        "PowerShot S100 (2000): capture",
        "PowerShot S45 (PTP): settings",
    ]


@pytest.mark.parametrize(
    "model",
    [model for model in native.MODELS if model.product],
    ids=lambda model: f"{model.slug}-{model.product:x}",
)
def test_a_native_row_its_virtual_body_and_the_library_agree(model: Model) -> None:
    shoots, shows = Trait.RELEASE in model.traits, Trait.VIEWFINDER in model.traits
    assert can(model) == ("files", *["release"] * shoots, *["viewfinder"] * shows)
    device = NativeCamera(native_body(model))
    device.body.keys_locked = True
    try:
        device.release.answer(EnterReleaseControl())
    except Status:
        assert not shoots
    assert device.release.active == shoots
    if model.driven_by.program:
        found = features(model)
        assert {Feature.SHOOT in found, Feature.REMOTE in found} == {shoots}
        assert (Feature.LIVE in found) == shows
        if row(model) in CELLS and not shoots:
            words = dict(zip(VERBS, CELLS[row(model)][1:], strict=True))
            assert {words[verb] for verb in ("settings", "capture", "live")} == {"untested"}


@pytest.mark.parametrize(
    "model",
    [model for model in ptp.MODELS if source(model)],
    ids=lambda model: f"{model.slug}-{model.product:x}",
)
def test_a_ptp_row_its_virtual_body_and_the_library_agree(model: PtpModel) -> None:
    shoots = InitiateReleaseControl.code in load_profile(model).operations
    assert (Feature.SHOOT in features(model)) <= ("release" in can(model))
    if shoots or "release" not in can(model):  # as a PowerShot does it
        assert shoots == ("release" in can(model)) == (Feature.SHOOT in features(model))
        if known(model) != "report":
            assert shoots == ("release" in model.driven_by.verbs), "the row says so"


@pytest.mark.parametrize("slug", ["powershot-s230", "digital-ixus-v3", "powershot-a460"])
def test_what_owners_saw_beats_the_table(slug: str) -> None:
    model = ptp_row(slug)
    assert re.search(r"gphoto/(lib)?gphoto2#\d+", model.driven_by.owners)
    assert (known(model), can(model)) == ("owners", ("files",))
    assert make_virtual(f"{slug}?mode=ptp").body.model is model
