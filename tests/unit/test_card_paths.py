"""Places on a card: they do what `pathlib` does, and what a card does."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.driver.card import CardPath, Entry, new_path

PICTURE = CardPath("DCIM/100CANON/IMG_0001.JPG")


@pytest.mark.parametrize(
    ("typed", "parts", "card"),
    [
        ("", (), ""),
        ("/", (), ""),
        ("DCIM", ("DCIM",), ""),
        ("/DCIM/", ("DCIM",), ""),
        ("DCIM//./100CANON", ("DCIM", "100CANON"), ""),
        ("D:", (), "D:"),
        ("d:\\DCIM\\100CANON", ("DCIM", "100CANON"), "D:"),
        ("REMOVABLE_1:/DC97", ("DC97",), "REMOVABLE_1:"),
        ("removable_1:\\dc97", ("dc97",), "REMOVABLE_1:"),
        ("/D:/DCIM", ("DCIM",), "D:"),
        ("/store_00010001/DCIM/100CANON", ("DCIM", "100CANON"), "STORE_00010001:"),
        ("STORE_0001000A\\DCIM", ("DCIM",), "STORE_0001000A:"),
        ("/store_00010001", (), "STORE_00010001:"),
        ("DCIM/store_00010001", ("DCIM", "store_00010001"), ""),
        ("/store_1/DCIM", ("store_1", "DCIM"), ""),
    ],
)
def test_what_is_typed(typed: str, parts: tuple[str, ...], card: str) -> None:
    path = CardPath(typed)
    assert (path.parts, path.card) == (parts, card)


@pytest.mark.parametrize("typed", ["..", "DCIM/..", "DCIM/../MISC", "D:\\.."])
def test_a_path_that_goes_up_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="name the folder itself"):
        CardPath(typed)


@given(
    st.lists(st.text("ABC_~.", min_size=1).filter(lambda name: name.strip("."))),
    st.sampled_from(["", "D:", "REMOVABLE_1:", "STORE_00020001:"]),
)
def test_what_is_printed_can_be_typed_back(parts: list[str], card: str) -> None:
    path = CardPath.of(tuple(parts), card)
    assert CardPath(str(path)) == path
    assert eval(repr(path)) == path


def test_the_parts_of_a_name() -> None:
    assert (PICTURE.name, PICTURE.stem, PICTURE.suffix) == ("IMG_0001.JPG", "IMG_0001", ".JPG")
    for name, stem, suffix in (("A", "A", ""), ("A.", "A.", ""), (".B", ".B", ""), ("", "", "")):
        path = CardPath.of((name,) if name else ())
        assert (path.name, path.stem, path.suffix) == (name, stem, suffix)
    assert PICTURE.with_suffix(".THM") == CardPath("DCIM/100CANON/IMG_0001.THM")
    assert PICTURE.with_name("A") == CardPath("DCIM/100CANON/A")


def test_the_folders_of_a_path() -> None:
    assert PICTURE.parent == CardPath("DCIM/100CANON")
    assert list(map(str, PICTURE.parents)) == ["DCIM/100CANON", "DCIM", "/"]
    root = CardPath("D:")
    assert (root.parent, root.parents) == (root, ())
    assert (root / "DCIM").parents == (root,)


def test_going_on_from_a_place() -> None:
    folder = CardPath("B:/DCIM")
    assert str(folder / "100CANON/IMG_0001.JPG") == "B:/DCIM/100CANON/IMG_0001.JPG"
    assert str(folder / "/MISC") == "B:/MISC", "as in pathlib, a slash before it begins anew"
    assert str(folder / "A:/MISC") == "A:/MISC"
    assert CardPath("DCIM", "100CANON", "IMG_0001.JPG") == PICTURE
    assert CardPath(PICTURE) == CardPath(Entry(PICTURE)) == PICTURE
    assert CardPath(PICTURE.parent, "IMG_0001.JPG") == PICTURE
    assert str(folder.with_card("A:")) == "A:/DCIM"
    assert folder.child("a/..b").parts == ("DCIM", "a/..b"), "as a camera made it up"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*.jpg", True),
        ("IMG_000?.JPG", True),
        ("IMG_000[12].JPG", True),
        ("100*/*.JPG", True),
        ("*.CRW", False),
        ("/*.JPG", False),
        ("/DCIM/*/*.JPG", True),
        ("X/DCIM/*/*", False),
        ("", False),
    ],
)
def test_a_pattern(pattern: str, fits: bool) -> None:
    assert PICTURE.match(pattern) is fits


def test_capitals_make_no_difference() -> None:
    small = CardPath("dcim/100canon/img_0001.jpg")
    assert small == PICTURE
    assert {small: 1}[PICTURE] == 1
    assert small != CardPath("D:/DCIM/100CANON/IMG_0001.JPG"), "it may be another card"
    assert str(PICTURE) != PICTURE


def test_they_sort_by_their_names() -> None:
    names = ["B:/A", "DCIM", "DCIM/100CANON", "dcim/100canon/b", "DCIM/100CANON/C", "DCIM/101"]
    paths = list(map(CardPath, names))
    assert [str(path) for path in sorted(paths)] == [*names[1:], names[0]]
    assert max(paths) >= min(paths)
    entries = [Entry(path, size) for size, path in enumerate(paths)]
    assert [entry.size for entry in sorted(entries)] == [1, 2, 3, 4, 5, 0]


def test_they_travel_and_do_not_change() -> None:
    entry = Entry(PICTURE, 5, datetime(2003, 6, 14), new=True)
    assert copy.deepcopy(entry) == pickle.loads(pickle.dumps(entry)) == entry
    assert hash(entry) == hash(copy.copy(entry))
    with pytest.raises(AttributeError):
        PICTURE.card = "D:"  # type: ignore[misc]  # what the checkers see, too
    assert (entry.name, entry.stem, entry.suffix) == ("IMG_0001.JPG", "IMG_0001", ".JPG")
    assert entry.parent == PICTURE.parent


@pytest.mark.parametrize("name", ["IMG_0001.JPG", "a", "12345678.123", "A-B~1.T"])
def test_a_name_that_every_card_takes(name: str) -> None:
    assert new_path(CardPath("dcim", name)).parts == ("dcim", name.upper())


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ÄÖ.JPG",
        "Holiday picture 2026.jpg",
        "A B.JPG",
        "123456789",
        "A.JPEG",
        "A.B.C",
        ".A",
        "A.",
    ],
)
def test_a_name_that_not_every_card_takes(name: str) -> None:
    with pytest.raises(ValueError, match=r"as in IMG_0001\.JPG"):
        new_path(CardPath.of(("DCIM", name)))
