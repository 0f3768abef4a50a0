"""The table of native models, and what becomes of a host that does not know where one is odd."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from functools import reduce
from operator import or_

import pytest

from canon.camera.receivers import InMemory
from canon.driver.card import CardPath, Entry
from canon.driver.shot import Order
from canon.errors import NotSupported, PortTimeout
from canon.models.model import Model, Numbering, Quirk, Trait
from canon.models.native import GENERIC, MODELS, by_product, by_serial_id, by_slug
from canon.native.driver import NativeDriver
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.values import Aperture, CaptureTarget, Format, Iso
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.profile import load_profile
from canon.virtual.port import VirtualPort
from conftest import table
from rigs.bodies import a_card, native_body, native_device, native_row

# --- the rows ------------------------------------------------------------------------------------


def test_there_are_113_rows_of_which_76_are_driven() -> None:
    assert len(MODELS) == 113
    assert sum(bool(model.driven_by.program) for model in MODELS) == 76
    assert sum(model.product is not None for model in MODELS) == 109
    assert sum(bool(model.serial_id) for model in MODELS) == 8


def test_the_classes_are_as_large_as_those_of_libgphoto2() -> None:
    """Class by class, as in libgphoto2's table (section 1): features tell the classes apart."""

    def key_lock(model: Model) -> str:
        if model.numbering is Numbering.REVISED:
            return "class 6"
        if Trait.EOS_LOCK in model.traits:
            return "class 4"
        return "classes 1, 2, 3, 5" if Trait.LOCK_KEYS in model.traits else "class 0"

    driven = Counter(key_lock(model) for model in MODELS if model.driven_by.program)
    assert driven == {"classes 1, 2, 3, 5": 51, "class 0": 9, "class 4": 8, "class 6": 8}


CLASSES = {
    "0": Trait.NONE,
    "1": Trait.LOCK_KEYS | Trait.ABILITIES,
    "2": Trait.LOCK_KEYS | Trait.ABILITIES,
    "3": Trait.LOCK_KEYS | Trait.ABILITIES,
    "4": Trait.EOS_LOCK | Trait.BODY_ID,
    "5": Trait.LOCK_KEYS,
    "6": Trait.EOS_LOCK | Trait.BODY_ID | Trait.ABILITIES | Trait.OWNER_COMMAND,
}


def test_the_rows_are_those_of_the_specification() -> None:
    """Name, id, class, release, who drives it, and what it says on RS-232."""
    with table("../models.csv").open() as file:
        lines = list(csv.DictReader(file))
    rows = {(model.name, model.product): model for model in MODELS}
    assert len(rows) == len(lines) == len(MODELS)
    for line in lines:
        product = int(line["usb_product"], 16) if line["usb_product"] else None
        model = rows[line["name"].removesuffix(" (normal mode)"), product]
        traits = model.traits & reduce(or_, CLASSES.values())
        if (model.name, product) == ("PowerShot G3", 0x306E):
            traits &= ~Trait.ABILITIES  # which it has, against its class (section 1)
        assert traits == CLASSES[line["camera_class"]], line
        assert (model.numbering is Numbering.REVISED) == (line["camera_class"] == "6"), line
        assert (Trait.RELEASE in model.traits) == (line["capture_support"] != "none"), line
        assert bool(model.driven_by.program) == (line["enabled_in_libgphoto2"] == "yes"), line
        assert bool(model.driven_by.why_not) == (line["enabled_in_libgphoto2"] == "no"), line
        assert model.serial_id == line["serial_id_string"], line


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.slug}-{model.product}")
def test_a_row_is_whole(model: Model) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", model.slug)
    assert model.product is None or 0x3041 <= model.product <= 0x3101
    assert model.product or model.serial_id, "it has a plug"
    width, height = model.pixels
    assert 640 <= width <= 4368
    assert width / height == pytest.approx(1.4, abs=0.11), "4:3 or 3:2"
    locks = Trait.LOCK_KEYS | Trait.EOS_LOCK
    assert locks not in model.traits, "keys are locked in one way"
    if model.numbering is Numbering.REVISED:
        assert Trait.EOS_LOCK | Trait.OWNER_COMMAND in model.traits
    if model.product:
        assert len(load_profile(model).descriptors.device) == 18


def test_names_are_unique_but_for_two_that_libgphoto2_has_twice() -> None:
    twice = [name for name, count in Counter(model.name for model in MODELS).items() if count > 1]
    assert sorted(twice) == ["Optura 20", "PowerShot G3"]


@pytest.mark.parametrize("model", [model for model in MODELS if model.product])
def test_id_and_reported_name_lead_to_the_row(model: Model) -> None:
    assert model.product
    assert by_product(model.product, f"Canon {model.name}") is model
    assert by_product(model.product, model.name) is model
    first = by_product(model.product)
    assert first.product == model.product
    assert by_product(model.product, "Canon of another name") is first


def test_slugs_and_serial_ids_lead_to_rows() -> None:
    for model in MODELS:
        found = by_slug(model.slug)
        assert found
        assert found.name == model.name
        assert found.driven_by.program or not model.driven_by.program, (
            "one that is driven comes first"
        )
        if model.serial_id:
            assert by_serial_id(model.serial_id) is model
    g3 = by_slug("powershot-g3")
    assert g3
    assert g3.product == 0x306E
    assert by_slug("nikon-d70") is None


def test_what_no_row_tells_of_is_treated_with_care() -> None:
    assert by_product(0x3FFF) is by_product(0x3FFF, "Canon PowerShot G3") is GENERIC
    assert by_serial_id("Canon PowerShot Z") is by_serial_id("") is GENERIC
    assert GENERIC.traits is Trait.NONE
    assert GENERIC.driven_by.why_not


# --- quirks: without it in the host's row, something else comes out ------------------------------


def a_host(slug: str, *, without: Quirk = Quirk.NONE, port: VirtualPort | None = None) -> Host:
    """A virtual body of that model, and a host that may not know of a quirk of it."""
    model = native_row(slug)
    assert without in model.quirks
    there = port or VirtualPort(NativeCamera(native_body(model, a_card())))
    return Host(there, replace(model, quirks=model.quirks & ~without))


class Host(NativeDriver):
    """A host that takes its row as it is given, and has begun to talk."""

    def __init__(self, port: VirtualPort, model: Model) -> None:
        super().__init__(Session(UsbLink(port, model)))
        self.start()


def test_capacity_in_kib() -> None:
    (right,) = a_host("powershot-s45").cards()
    (wrong,) = a_host("powershot-s45", without=Quirk.CAPACITY_IN_KIB).cards()
    assert right.capacity == 256 << 20
    assert wrong.capacity == 256 << 10


def test_the_body_id_of_a_d30() -> None:
    assert a_host("eos-d30").body_id() == "012317767"
    assert a_host("eos-d30", without=Quirk.BODY_ID_OF_D30).body_id() == str(0x01234567)


def test_a_release_that_ends_with_the_card() -> None:
    took = []
    for quirk in (Quirk.NONE, Quirk.ENDS_WITH_CARD):
        host = a_host("eos-10d", without=quirk)
        assert host.remote
        host.remote.enter()
        assert host.settings is not None
        host.settings.write({"image_format": Format("small-fine")})
        start = host.clock.now()
        shot = host.remote.shutter.release(Order(CaptureTarget.CARD, timeout_s=30), InMemory())
        took.append(host.clock.now() - start)
        assert shot.entries
        assert list(host.list_folder(CardPath("DCIM/100CANON")))
    assert took[0] < 5 < 30 < took[1], "it waits for an event that never comes"


def test_settings_that_must_be_written_twice() -> None:
    changes = {"iso": Iso.parse(400), "aperture": Aperture.parse("f/8")}
    host = a_host("eos-5d")
    assert host.remote
    host.remote.enter()
    assert host.settings is not None
    assert host.settings.write(changes)["iso"].value == 400
    unaware = a_host("eos-5d", without=Quirk.SET_TWICE)
    assert unaware.remote
    unaware.remote.enter()
    assert unaware.settings is not None
    assert unaware.settings.write(changes)["iso"].value == 100, "as before"


def test_marks_that_stay_as_they_are() -> None:
    path = CardPath("DCIM/100CANON/A.JPG")
    with pytest.raises(NotSupported):
        a_host("eos-20d").set_flags(Entry(path), protected=True)
    unaware = a_host("eos-20d", without=Quirk.MARKS_STAY)
    unaware.set_flags(Entry(path), protected=True)
    assert list(unaware.list_folder(path.parent)) == [], "said to be done, of a file that is not"


class HastyPort(VirtualPort):
    """A body that forgets what a first read leaves of its answer to the init block (4.3b)."""

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        got = super().bulk_in(buffer, timeout_s)
        self.device.bulk.clear()
        return got


def test_an_init_answer_that_must_be_read_at_once() -> None:
    device = native_device(slug="powershot-sd500")
    link = UsbLink(HastyPort(device), device.body.model)
    link.start()
    device = native_device(slug="powershot-sd500")
    link = UsbLink(HastyPort(device), replace(device.body.model, quirks=Quirk.NONE))
    with pytest.raises(PortTimeout):
        link.start()
