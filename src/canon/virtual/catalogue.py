"""Which virtual bodies there are, and which protocols each speaks."""

from __future__ import annotations

from dataclasses import dataclass

from canon.models import native, ps350, ptp
from canon.models.model import Model, Trait
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.nearest import nearest
from canon.ptp.eos.layouts import GetViewfinderData, RemoteRelease, RemoteReleaseOn
from canon.ptp.powershot.layouts import InitiateReleaseControl, ViewfinderOn
from canon.virtual.profile import recorded
from canon.virtual.ptp.profile import load_profile, source

Row = Model | PtpModel | Ps350Model
"""A row of any table."""
NATIVE, PTP = "native", "ptp"
_RELEASES = (InitiateReleaseControl, RemoteRelease, RemoteReleaseOn)
RECORDING, REPORT, OWNERS, NOTES, TABLE = "recording", "report", "owners", "notes", "table"
KNOWN = {
    RECORDING: "a recording of a real one",
    REPORT: "a real one's report of itself",
    OWNERS: "what owners have seen of it",
    NOTES: "notes on its protocol",
    TABLE: "libgphoto2's table alone",
}
"""How it is known what a body is and can, the best first."""
_SPEAKS = {"": "", NATIVE: " that speaks the native protocol", PTP: " that speaks PTP"}


@dataclass(frozen=True)
class Offer:
    """A virtual body, in one of the modes that it has.

    Attributes:
        model: its name in a port string.
        name: what it is called.
        mode: "native" or "ptp".
        can: "files", "release", "viewfinder".
        known: how that is known, one of `KNOWN`.
    """

    model: str
    name: str
    mode: str
    can: tuple[str, ...]
    known: str


def choose(slug: str, mode: str = "") -> Row:
    """The row of a virtual body; without a mode, that of one in which somebody drives a real one.

    Raises:
        ValueError: there is none.
    """
    rows = _rows(slug)
    if mode:
        rows = {mode: rows[mode]} if mode in rows else {}
    if not rows:
        like = _nearest(slug)
        near = f"the nearest is {like}; " if like not in (None, slug) else ""
        raise ValueError(
            f"there is no virtual {slug!r}{_SPEAKS[mode]}; {near}"
            "`canon-remote virtual --list` lists what there is"
        )
    return next(iter(rows.values()))


def _nearest(slug: str) -> str | None:
    """The body whose name has this in it, "g3", or the one of the same line that is most alike."""
    slugs = [row.slug for row in (*native.MODELS, *ps350.MODELS, *ptp.MODELS)]
    if within := [one for one in slugs if slug in one]:
        return min(within, key=len)
    line = slug.partition("-")[0]
    return nearest(slug, (one for one in slugs if one.startswith(f"{line}-")))


def offers() -> list[Offer]:
    """All virtual bodies, by name; the mode that a body speaks unless asked comes first."""
    found = []
    for slug in sorted({row.slug for row in (*native.MODELS, *ps350.MODELS, *ptp.MODELS)}):
        for mode, model in _rows(slug).items():
            offer = Offer(slug, f"Canon {model.name}", mode, can(model), known(model))
            found.append(offer)
    return found


def _rows(slug: str) -> dict[str, Row]:
    """The rows of a body by mode, the better one first."""
    model, other, odd = native.by_slug(slug), ptp.by_slug(slug), ps350.by_slug(slug)
    rows: dict[str, Row] = {} if odd is None else {NATIVE: odd}
    if model is not None:
        rows[NATIVE] = model
    if other is not None and source(other):
        rows[PTP] = other
    if model is not None and not model.driven_by.program:
        return dict(reversed(rows.items()))
    return rows


def known(model: Row) -> str:
    """How it is known what a body is and can, one of `KNOWN`."""
    if isinstance(model, Ps350Model):
        return NOTES
    if model.driven_by.owners:
        return OWNERS
    if isinstance(model, PtpModel):
        reporting = ptp.by_slug(source(model))
        same = reporting is not None and reporting.product == model.product
        return REPORT if same else TABLE
    return RECORDING if model.driven_by.program and recorded(model.slug) else TABLE


def can(model: Row) -> tuple[str, ...]:
    """What a virtual body of that row can do: "files", "release", "viewfinder"."""
    remote = live = False
    if isinstance(model, PtpModel):
        listed = load_profile(model).operations
        remote = any(one.code in listed for one in _RELEASES)
        live = ViewfinderOn.code in listed or GetViewfinderData.code in listed
    elif isinstance(model, Model):
        remote, live = Trait.RELEASE in model.traits, Trait.VIEWFINDER in model.traits
    return ("files", *(["release"] if remote else []), *(["viewfinder"] if live else []))
