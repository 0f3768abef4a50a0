"""Errors come back from another process, and name the file that they are about."""

import copy
import pickle
from pathlib import Path

import pytest

import canon
from canon.files import new_file


@pytest.mark.parametrize(
    "error",
    [
        canon.Refused(code=1, command="X"),
        canon.ObjectNotFound(subject="DCIM", code=1),
        canon.Disconnected("gone", "plug it in"),
        canon.NotEmpty("DCIM is not empty"),
        canon.AlreadyThere("DCIM is there"),
        canon.NotSupported("m", "f"),
        canon.ValueRefused("iso", 1, (1, 2)),
        canon.DecodeError("r", 1, "m", "f"),
        canon.MissingExtra("a", "b", "c"),
        canon.PortTimeout("late"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_can_be_copied_and_pickled(error: canon.CanonError) -> None:
    error.add_note("and a note")
    for again in copy.copy(error), pickle.loads(pickle.dumps(error)):
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_an_error_of_a_file_names_that_file(tmp_path: Path) -> None:
    wanted = tmp_path / "gone" / "a.jpg"
    with pytest.raises(FileNotFoundError) as caught, new_file(wanted):
        pass
    assert caught.value.filename == str(wanted)


def test_a_device_is_never_replaced() -> None:
    with (
        pytest.raises(FileExistsError, match="no file"),
        new_file(Path("/dev/null"), overwrite=True),
    ):
        pass


def test_the_package_shows_what_it_has() -> None:
    assert {"open", "find", "Picture", "NoCard", "CaptureTarget"} <= set(dir(canon))
    assert all(getattr(canon, name) for name in dir(canon))
