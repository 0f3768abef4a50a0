"""What the numbers of PTP are called, by the tables of the specification."""

from __future__ import annotations

import csv
from importlib import import_module

import pytest

from canon.models.file_kinds import ObjectFormat
from canon.ptp.operations import Response
from canon.trace.ptp_names import event_name, operation_name, property_name
from conftest import table

OURS = {
    "InitiateDirectTansferEx": "InitiateDirectTransferEx",
    "StoreFull": "StoreIsFull",
    "SessionAlreadyOpened": "SessionAlreadyOpen",
    "TransactionCanceled": "TransactionCancelled",
    "ExtendedErrorcode": "ExtendedError",
    "RequestObjectTransfer": "CanonRequestObjectTransfer",
    # By Canon's own SDK, where the table has libgphoto2's name:
    "ObjectInfoChanged": "FullPictureReady",
    "ShutterButtonPressed0": "ShutterButtonPressed",
    "ShutterButtonPressed1": "SettingsChangedOnCamera",
}
"""Names of ours that are other ones: slips mended, and two events of the same name told apart."""


def lines(name: str) -> list[tuple[int, str]]:
    """The numbers of a table with their names; not those that nobody has named."""
    with table(name).open() as file:
        rows = [(int(line["code"], 16), line["name"]) for line in csv.DictReader(file)]
    return [(code, said) for code, said in rows if "ndefined" not in said and said[0] != "("]


def plain(name: str) -> str:
    """A name without its manner of writing."""
    return "".join(char for char in name.lower() if char.isalnum())


def alike(said: str, ours: str, *, vendor: bool = False) -> bool:
    """Whether a name of the table is ours; of Canon's, one that we set apart by a prefix too."""
    said = said.removeprefix("CANON_").removeprefix("MTP ")
    names = {said, OURS.get(said, said)} if vendor else {OURS.get(said, said), said}
    return plain(ours) in {plain(f"{prefix}{name}") for name in names for prefix in ("", "Eos")}


@pytest.mark.parametrize("name", ["ptp_operations.csv", "canon_operations.csv"])
def test_operations(name: str) -> None:
    import_module("canon.ptp.eos.layouts")  # whose classes have names, too
    looked_at = 0
    for code, said in lines(name):
        if said[0].isdigit() or code in (0x9107, 0x915B, 0x9803):
            continue  # a number for a name; our classes of these say what they do
        assert alike(said, operation_name(code)), (hex(code), said, operation_name(code))
        looked_at += 1
    assert looked_at > 30


def test_events() -> None:
    for code, said in lines("ptp_events.csv"):
        assert alike(said, event_name(code), vendor=True), (hex(code), said, event_name(code))


def test_properties() -> None:
    for code, said in lines("ptp_device_properties.csv"):
        assert alike(said, property_name(code)), (hex(code), said)


def test_responses() -> None:
    for code, said in lines("ptp_responses.csv"):
        ours = Response(code).name
        if code < 0xA000:
            assert alike(said, ours), (hex(code), said)
        else:
            assert ours.startswith("CANON_")


def test_formats() -> None:
    known = {int(form) for form in ObjectFormat}
    for code, said in lines("ptp_object_formats.csv"):
        if code < 0xB000 and said != "Defined":
            assert alike(said, ObjectFormat(code).name), (hex(code), said)
        else:
            assert code in known or "unnamed" in said
