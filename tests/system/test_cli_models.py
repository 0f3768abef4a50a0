"""`models`: is mine supported? By whatever name it has."""

from pathlib import Path
from typing import Any

import pytest
from cli_helpers import answer, output, run

from canon.models import native, ps350, ptp
from canon.models.market_names import MARKET_NAMES
from canon.models.model_ids import MODEL_IDS
from canon.models.search import find, names

EVERY = (*native.MODELS, *ps350.MODELS, *ptp.MODELS)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("g3", ("PowerShot G3", "native", "04a9:306e", ["files", "release", "viewfinder"])),
        ("Canon PowerShot G3", ("PowerShot G3", "native", "04a9:306e", None)),
        ("powershotg3", ("PowerShot G3", "native", "04a9:306e", None)),
        ("306e", ("PowerShot G3", "native", "04a9:306e", None)),
        ("0x306E", ("PowerShot G3", "native", "04a9:306e", None)),
        ("04a9:306f", ("PowerShot G3", "ptp", "04a9:306f", None)),
        ("ixy digital 320", ("PowerShot S230", "native", "04a9:3070", None)),
        ("sd600", ("Digital IXUS 60", "ptp", "04a9:311c", ["files"])),
        ("ixy digital 70", ("Digital IXUS 60", "ptp", "04a9:311c", ["files"])),
        ("rebel xt", ("EOS 350D", "native", "04a9:30ee", ["files", "release"])),
        ("elph 120", ("IXUS 132", "ptp", "04a9:327d", None)),
        ("powershot 350", ("PowerShot 350", "ps350", None, ["files"])),
    ],
)
def test_a_body_is_found(words: str, first: tuple[Any, ...], tmp_path: Path) -> None:
    told = answer(tmp_path, "models", *words.split())
    name, mode, product, can = first
    found = {(one["mode"], one["product"]): one for one in told}
    one = found[mode, product]
    assert name in (one["name"], *one["names"])
    assert can is None or one["can"] == can
    assert len(found) == len(told), "bodies of one id are one"


def test_the_answer_is_short(tmp_path: Path) -> None:
    assert output(tmp_path, "models", "s230").splitlines() == [
        "PowerShot S230               Normal  04a9:3070 files, pictures by remote, live view; "
        "known from libgphoto2's table alone",
        "  also called Digital IXUS v3, IXY Digital 320",
        "PowerShot S230               PTP     04a9:3071 files; "
        "known from what owners have seen of it",
        "  also called Digital IXUS v3, IXY Digital 320",
    ]
    *_, last = output(tmp_path, "models", "a610").splitlines()
    assert last.startswith("PowerShot A610               Normal  04a9:30fd nothing: reported not")


def test_a_name_that_nobody_has(tmp_path: Path) -> None:
    ran = run(tmp_path, "models", "powershot", "g333")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no body here is called 'powershot g333'; the nearest is powershot s330" in ran.stderr
    assert run(tmp_path, "models", "!").returncode == 2
    assert run(tmp_path, "models").returncode == 2


def test_every_name_leads_to_its_bodies() -> None:
    for model in EVERY:
        for name in names(model):
            assert model in find(name), name


def test_the_names_of_markets_are_those_of_ids_that_are_known() -> None:
    assert MARKET_NAMES.keys() <= set(MODEL_IDS.values())
    own = {(row.product, row.name) for row in EVERY}
    for product, number in MODEL_IDS.items():
        several = MARKET_NAMES.get(number, ())
        assert len(set(several)) == len(several)
        assert all(name.startswith(("PowerShot", "Digital", "IX", "EOS")) for name in several)
        assert not any("/" in name or "(" in name for name in several)
        assert any(row_product == product for row_product, _ in own)
