"""The table of PTP models, and what the profiles of the recorded bodies say."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from importlib import resources
from itertools import permutations
from typing import Any

import pytest

from canon.models import native
from canon.models.model import BodyKind
from canon.models.ptp import GENERIC, MODELS, PtpModel, PtpQuirk, by_product, by_slug
from canon.ptp.datasets import (
    Choices,
    DataType,
    DeviceInfo,
    DevicePropDesc,
    FileSystem,
    PropertyValue,
    Range,
    StorageInfo,
    StoreKind,
)
from conftest import table

# --- the rows ------------------------------------------------------------------------------------


def test_the_flags_are_as_many_as_those_of_libgphoto2() -> None:
    assert len(MODELS) == 287
    count = {quirk: sum(quirk in model.quirks for model in MODELS) for quirk in PtpQuirk if quirk}
    assert count == {
        PtpQuirk.DELETE_SENDS_EVENT: 181,
        PtpQuirk.KEEP_SESSION_OPEN: 10,
        PtpQuirk.STRAY_PRESS: 1,  # ours, as those that follow
        PtpQuirk.TAKES_UNKNOWN: 3,
        PtpQuirk.KEEPS_AUTO_POWER_OFF: 1,
        PtpQuirk.NO_FULL_PRESS: 1,
        PtpQuirk.LONG_NAMES: 2,
        PtpQuirk.NO_LISTING: 1,
        PtpQuirk.ZOOMS_TO_FIVE: 1,
        PtpQuirk.HIDES_RELEASE: 1,
        PtpQuirk.WANTS_LISTING: 4,
        PtpQuirk.SCREEN_STAYS_OFF: 2,
        PtpQuirk.MOVIE_VIEW: 1,
    }
    assert Counter(verb for model in MODELS for verb in model.driven_by.verbs) == {
        "release": 139,
        "viewfinder": 134,
    }


FLAGS = {
    "PTPBUG_DELETE_SENDS_EVENT": PtpQuirk.DELETE_SENDS_EVENT,
    "PTP_DONT_CLOSE_SESSION": PtpQuirk.KEEP_SESSION_OPEN,
    "PTP_CAP": "release",
    "PTP_CAP_PREVIEW": "viewfinder",
}


def test_the_rows_are_those_of_the_specification() -> None:
    """Ids, flags, who drives them, and the names of two bodies each; but where owners saw less."""
    with table("../ptp-models.csv").open() as file:
        lines = list(csv.DictReader(file))
    seen = {model.product for model in MODELS if model.driven_by.owners}
    assert seen == {0x3071, 0x3149}
    theirs = Counter(
        (
            int(line["pid"], 16),
            frozenset(FLAGS[flag] for flag in line["flags"].split("|") if flag != "0"),
            line["enabled_in_libgphoto2"] == "yes",
        )
        for line in lines
        if int(line["pid"], 16) not in seen
    )
    ours = Counter(
        (
            model.product,
            frozenset({*model.quirks, *model.driven_by.verbs} & {*FLAGS.values()}),
            bool(model.driven_by.program),
        )
        for model in MODELS
        if model.product not in seen
    )
    assert ours - theirs == theirs - ours == Counter()
    years = [line["name"] for line in lines if re.search(r"\(\d{4}\)", line["name"])]
    assert years == [model.name for model in MODELS if "(" in model.name]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.slug}-{model.product:x}")
def test_a_row_is_whole_and_its_name_leads_to_it(model: PtpModel) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", model.slug)
    assert not re.search(r"Powershot|PTP|\dIS|\dHS|^Canon", model.name)
    assert 0x306D <= model.product <= 0x3323
    assert by_product(model.product, f"Canon {model.name}") is model
    assert by_product(model.product, model.name.upper()) is model
    found = by_slug(model.slug)
    assert found
    assert found.name == model.name


def test_rows_are_in_the_order_of_their_ids_and_only_one_name_has_two() -> None:
    assert [model.product for model in MODELS] == sorted(model.product for model in MODELS)
    twice = [name for name, count in Counter(model.name for model in MODELS).items() if count > 1]
    assert twice == ["EOS 350D"]


def test_no_name_of_an_id_begins_another_one_of_it() -> None:
    for one, other in permutations(MODELS, 2):
        if one.product == other.product:
            assert not other.name.lower().startswith(one.name.lower())


@pytest.mark.parametrize(
    ("product", "reported", "name"),
    [
        (0x30B4, "Canon PowerShot S500", "PowerShot S500 Digital ELPH"),
        (0x3110, "Canon EOS 400D DIGITAL", "EOS 400D"),
        (0x3110, "Canon EOS DIGITAL REBEL XTi", "EOS Digital Rebel XTi"),
        (0x31E6, "Canon DIGITAL IXUS 120 IS", "Digital IXUS 120 IS"),
        (0x3072, "Canon PowerShot SD100", "PowerShot SD100"),
        (0x3072, "", "Digital IXUS II"),
        (0x3072, "Canon of another name", "Digital IXUS II"),
    ],
)
def test_the_reported_name_chooses_among_the_rows_of_an_id(
    product: int, reported: str, name: str
) -> None:
    assert by_product(product, reported).name == name


def test_what_no_row_tells_of() -> None:
    assert by_product(0x3FFF, "Canon PowerShot S60") is GENERIC
    assert by_slug("nikon-d70") is None


def test_an_eos_is_told_from_a_powershot() -> None:
    assert by_product(0x3099, "Canon EOS Kiss Digital").kind is BodyKind.EOS
    assert by_product(0x3219).kind is BodyKind.EOS
    assert by_product(0x30B2).kind is BodyKind.COMPACT
    for model in (*MODELS, *native.MODELS):
        eos = model.name.startswith(("EOS", "Digital Rebel"))
        assert (model.kind is BodyKind.EOS) == eos, model.name


def test_28_ids_stand_in_the_native_table_too_under_the_same_names() -> None:
    named: dict[int | None, set[str]] = {}
    for row in native.MODELS:
        named.setdefault(row.product, set()).add(row.name)
    shared = [model for model in MODELS if model.product in named]
    assert len({model.product for model in shared}) == 28
    other = [model.name for model in shared if model.name not in named[model.product]]
    assert other == ["PowerShot A520"], "whose id the native table gives to an SD400"


# --- the profiles --------------------------------------------------------------------------------

CHECK_EVENT, INITIATE_RELEASE_CONTROL, EOS_GET_EVENT = 0x9013, 0x9008, 0x9116
OWNER, BODY_SERIAL, SHOOTING_MODE = "0xd033", "0xd057", "0xd00c"
RELEASE_CONTROL = {
    "powershot-a400",
    "powershot-a510",
    "powershot-a520",
    "powershot-a620",
    "powershot-a640",
    "powershot-a70",
    "powershot-a95",
    "powershot-g5",
    "powershot-g9",
    "powershot-s1-is",
    "powershot-s2-is",
    "powershot-s3-is",
    "powershot-s400",
    "powershot-s410-digital-elph",
    "powershot-s5-is",
    "powershot-s500-digital-elph",
    "powershot-s60",
    "powershot-sd100",
    "powershot-sd110-digital-elph",
    "powershot-sx100-is",
}

Profile = dict[str, Any]

PROFILES: dict[str, Profile] = {
    file.name.removesuffix(".json"): json.loads(file.read_text())
    for file in sorted(
        resources.files("canon.virtual").joinpath("profiles", "ptp").iterdir(),
        key=lambda file: file.name,
    )
}
EOS = {slug for slug, profile in PROFILES.items() if profile.keys() & {"burst", "like"}}
"""The bodies that speak as an EOS does, whatever they are called."""
each_profile = pytest.mark.parametrize("slug", PROFILES)


def test_the_families() -> None:
    operations = {slug: set(profile["operations"]) for slug, profile in PROFILES.items()}
    assert len(operations) == 109
    assert {s for s, codes in operations.items() if INITIATE_RELEASE_CONTROL in codes} == (
        RELEASE_CONTROL
    )
    compact = {s: codes for s, codes in operations.items() if s not in EOS}
    assert [s for s, codes in compact.items() if CHECK_EVENT not in codes] == ["powershot-s45"]
    assert {s for s, codes in operations.items() if EOS_GET_EVENT in codes} == EOS


@each_profile
def test_a_profile_belongs_to_the_row_of_its_name(slug: str) -> None:
    profile = PROFILES[slug]
    model = by_slug(slug)
    assert model
    assert by_product(profile["product"], profile["model"]) is model
    assert profile["product"] == model.product
    assert model.kind is BodyKind.COMPACT or slug in EOS


@each_profile
def test_a_profile_fills_the_datasets(slug: str) -> None:
    profile = PROFILES[slug]
    lists = ("operations", "events", "capture_formats", "image_formats")
    info = DeviceInfo(
        profile["standard_version"],
        profile["extension_id"],
        profile["extension_version"],
        "",
        0,
        tuple(profile["operations"]),
        tuple(profile["events"]),
        tuple(profile["properties"] + profile["release_properties"]),
        tuple(profile["capture_formats"]),
        tuple(profile["image_formats"]),
        profile["manufacturer"],
        profile["model"],
        profile["version"],
        profile["serial"],
    )
    assert DeviceInfo.decode(info.encode()) == info
    assert all(len(set(profile[name])) == len(profile[name]) for name in lists), "each once"
    store = profile["storage"]
    storage = StorageInfo(
        StoreKind(store["type"]),
        FileSystem(store["filesystem"]),
        store["access"],
        store["capacity"],
        0,
        0xFFFFFFFF,
        store["description"],
        store["label"],
    )
    assert StorageInfo.decode(storage.encode()) == storage
    assert storage.capacity > 1 << 23
    width, height = profile["image"]
    assert width / height == pytest.approx(4 / 3 if slug not in EOS else 1.5, rel=0.12)


@each_profile
def test_every_property_has_a_value_of_its_type(slug: str) -> None:
    profile = PROFILES[slug]
    codes = profile["properties"] + profile["release_properties"]
    assert [int(code, 16) for code in profile["values"]] == codes
    assert len(set(codes)) == len(codes)
    for code, entry in profile["values"].items():
        described(int(code, 16), entry)


@each_profile
def test_only_a_body_with_release_control_has_properties_of_it(slug: str) -> None:
    profile = PROFILES[slug]
    release = profile["release_properties"]
    if slug not in RELEASE_CONTROL:
        assert not release
        assert "by_mode" not in profile
        return
    assert {0xD00A, 0xD00C, 0xD029, 0xD02A} <= set(release)
    modes = profile["values"][SHOOTING_MODE]["allowed"]
    assert set(profile.get("by_mode", {})) == {str(mode) for mode in modes if mode > 1}
    for entries in profile.get("by_mode", {}).values():
        for code, entry in entries.items():
            form = described(int(code, 16), entry).form
            assert int(code, 16) in release
            assert isinstance(form, Choices)
            assert entry["writable"]
            assert entry["current"] in form.values


@each_profile
def test_nothing_private_is_in_a_profile(slug: str) -> None:
    profile = PROFILES[slug]
    values = profile["values"]
    assert set(profile["serial"]) <= {"0"}
    assert set(values.get(BODY_SERIAL, {"current": ""})["current"]) <= {"0"}
    assert not any(values.get(OWNER, {"current": []})["current"])
    mine = {profile["model"], "Windows", "Unknown Initiator"}
    texts = {entry["current"].strip() for entry in values.values() if entry["type"] == 0xFFFF}
    assert {text for text in texts if text.strip("0")} <= mine


def described(code: int, entry: dict[str, Any]) -> DevicePropDesc:
    """The property as a camera describes it, through its bytes and back."""
    form: Range | Choices | None = None
    if entry["form"] == "range":
        form = Range(entry["min"], entry["max"], entry["step"])
        assert entry["min"] <= entry["current"] <= entry["max"]
    elif entry["form"] == "enum":
        form = Choices(tuple(map(value, entry["allowed"])))
    else:
        assert entry["form"] == "none"
    description = DevicePropDesc(
        code,
        DataType(entry["type"]),
        int(entry["writable"]),
        value(entry["default"]),
        value(entry["current"]),
        form,
    )
    assert DevicePropDesc.decode(description.encode()) == description
    return description


def value(raw: int | str | list[int]) -> PropertyValue:
    return tuple(raw) if isinstance(raw, list) else raw
