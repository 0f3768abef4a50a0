"""Values that do not change: they do what frozen dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import ClassVar
from unittest.mock import ANY

import pytest

from canon.frozen import Frozen, made, replace


class Point(Frozen):
    """A place."""

    x: int
    y: int = 0


class Named(Point):
    """A place with a name."""

    name: str = ""

    def __repr__(self) -> str:
        return self.name


def test_fields_by_place_by_name_and_by_default() -> None:
    assert Point(1, y=2) == Point(x=1, y=2) == Point(1, 2)
    assert Point(1).y == 0
    assert vars(Named(1, name="here")) == {"x": 1, "y": 0, "name": "here"}


@pytest.mark.parametrize("given", ["", "1, 2, 3", "1, z=3", "y=1", "1, x=1"])
def test_what_does_not_fit_is_an_error(given: str) -> None:
    with pytest.raises(TypeError, match="Point takes x, y"):
        eval(f"Point({given})")  # the checkers would see it


def test_it_equals_its_like_and_nothing_else() -> None:
    assert len({Point(1, 2), Point(1, 2), Point(2, 1)}) == 2
    assert Point(1, 2) != Named(1, 2)
    assert Point(1, 2) != (1, 2)
    assert Point(1, 2) == ANY, "what it does not know may know it"


def test_it_does_not_change() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        point.x = 2  # type: ignore[misc]  # what the checkers see, too
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        del point.x
    assert point == Point(1)


def test_it_shows_itself() -> None:
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
    assert repr(Named(1, name="here")) == "here"
    assert str(inspect.signature(Named)) == "(x: 'int', y: 'int' = 0, name: 'str' = '')"
    assert not inspect.signature(Frozen).parameters


def test_the_tools_for_dataclasses_know_it() -> None:
    point = Named(1, name="here")
    assert dataclasses.asdict(point) == {"x": 1, "y": 0, "name": "here"}
    assert dataclasses.replace(point, y=5) == Named(1, 5, "here")
    assert replace(point, y=5) == Named(1, 5, "here")
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point


class Late(Frozen):
    """Nobody has asked for its fields before this test."""

    kinds: ClassVar[tuple[str, ...]] = ()

    a: int
    b: int = 2


class Later(Late):
    """Its own, and those of the class before it."""

    c: int = 3


def test_fields_are_told_of_each_class_by_itself() -> None:
    assert [field.name for field in dataclasses.fields(Later(1))] == ["a", "b", "c"]
    assert [field.name for field in dataclasses.fields(Late(1))] == ["a", "b"]
    assert [field.default for field in dataclasses.fields(Later)][1:] == [2, 3]
    match Later(1, 5):
        case Later(a, b, c):
            assert (a, b, c) == (1, 5, 3)


def test_one_that_is_made_of_its_fields_is_like_any_other() -> None:
    assert made(Named, {"x": 1, "y": 2, "name": "here"}) == Named(1, 2, "here")
