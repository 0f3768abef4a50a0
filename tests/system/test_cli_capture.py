"""The verbs of release control, as a user types them, on a virtual camera in the same process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import cli_helpers
import pytest
from cli_helpers import run_raw

from canon.exif import read


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs `canon-remote WORDS` on a virtual camera, in an empty folder."""

    def run_it(
        *words: str, code: int = 0, port: str = "virtual:powershot-g3"
    ) -> subprocess.CompletedProcess[str]:
        done = cli_helpers.run(tmp_path, *words, port=port)
        assert done.returncode == code, done.stderr
        return done

    return run_it


def test_settings_are_shown_with_what_is_allowed(run: Any) -> None:
    lines = {
        line.split()[0]: line.split(maxsplit=2)[1:] for line in run("settings").stdout.splitlines()
    }
    assert lines["iso"] == ["50", "50, 100, 200, 400, auto"]
    assert lines["macro"] == ["off", "off, on"]
    assert lines["aperture"] == ["f/4", "(not in this mode)"]
    assert lines["focal_length_tele"] == ["28.8125", "(can only be read)"]


def test_settings_are_changed_together(run: Any) -> None:
    told = json.loads(
        run(
            "settings", "iso=100", "macro=on", "flash=red eye", "--json", code=5
        ).stderr.splitlines()[-1]
    )
    assert told["error"]["kind"] == "ValueRefused"
    told = json.loads(run("settings", "iso=100", "macro=on", "--json").stdout)
    assert told["iso"]["value"] == {"label": "100", "iso": 100}
    assert [one["iso"] for one in told["iso"]["allowed"]] == [50, 100, 200, 400, None]
    assert told["macro"] == {
        "value": True,
        "label": "on",
        "kind": "switch",
        "allowed": [False, True],
        "writable": True,
        "why": "",
    }


def test_properties_go_by_their_number(run: Any) -> None:
    s60, sx200 = "virtual:powershot-s60?mode=ptp", "virtual:powershot-sx200-is"
    lines = run("settings", "0xd029", "iso=100", port=s60).stdout.splitlines()
    assert lines == ["0xd029  13   1, 2, 3", "iso     100  50, 100, 200, 400, auto"]
    assert run("settings", "0xd033=109,101,0", port=sx200).stdout == "0xd033  109,101,0\n"
    told = json.loads(run("settings", "0xd045=0x05", "--json", port=sx200).stdout)
    assert (told["0xd045"]["value"], told["0xd045"]["allowed"]) == (5, [1, 2, 3, 4, 5, 6, 7])


def test_settings_are_shown_beside_those_that_are_changed(run: Any) -> None:
    lines = run("settings", "flash", "iso=100", "aperture").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["flash", "off"],
        ["iso", "100"],
        ["aperture", "f/4"],
    ]


def test_custom_functions_are_shown_by_number_and_name(run: Any) -> None:
    lines = run("custom-functions", port="virtual:eos-20d").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["C.Fn", str(nr)] for nr in range(1, 19)]
    assert lines[5].split(maxsplit=4)[2:] == ["exposure_steps", "1/2", "1/3, 1/2"]
    told = json.loads(
        run("custom-functions", "iso-expansion", "--json", port="virtual:eos-20d").stdout
    )
    row = {"number": 8, "group": 0, "choice": "on", "values": [1], "choices": ["off", "on"]}
    assert told == {"iso_expansion": row}


def test_custom_functions_with_several_numbers_are_set(run: Any) -> None:
    words = ("custom-functions", "aperture_range=9984,0,6912,1000", "0x0106")
    assert run(*words, port="virtual:eos-r").stdout.splitlines() == [
        "C.Fn 0x010d  aperture_range   9984,0,6912,1000",
        "C.Fn 0x0106  bracketed_shots  3,0",
    ]


def test_custom_functions_are_set(run: Any) -> None:
    words = ("custom-functions", "mirror_lockup=on", "assist-button=FE lock")
    lines = run(*words, port="virtual:eos-10d").stdout.splitlines()
    assert [line.split()[1:4] for line in lines] == [
        ["12", "mirror_lockup", "on"],
        ["13", "assist_button", "fe-lock"],
    ]


@pytest.mark.parametrize(
    ("words", "port", "code", "says"),
    [
        ((), "virtual:powershot-g3", 6, "PowerShot G3 has no custom functions"),
        (("mirror_lockup=on",), "virtual:eos-20d", 6, "no known command to set"),
        (("mirror_lockup=up",), "virtual:eos-10d", 2, "take one of: off, on"),
        (("mirror",), "virtual:eos-10d", 2, "has no custom function mirror; it has: set_button,"),
        (
            ("mirror=on",),
            "virtual:eos-10d",
            2,
            "has no custom function mirror; it has: set_button,",
        ),
    ],
)
def test_custom_functions_that_cannot_be(
    run: Any, words: tuple[str, ...], port: str, code: int, says: str
) -> None:
    assert says in run("custom-functions", *words, port=port, code=code).stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("iso=3200",), 5, "the camera takes 50, 100, 200, 400, auto"),
        (("aperture=f/8",), 5, "as the camera is set now, it takes nothing"),
        (("iso=many",), 2, "'many' is no ISO; give one like 400"),
        (("sharpnes",), 2, "there is no setting 'sharpnes'; the nearest is sharpness"),
        (("focal_length=3",), 2, "can only be read"),
        (("=3",), 2, "NAME=VALUE"),
    ],
)
def test_a_setting_that_cannot_be(run: Any, words: tuple[str, ...], code: int, says: str) -> None:
    assert says in run("settings", *words, code=code).stderr


def test_capture_to_this_computer(run: Any, tmp_path: Path) -> None:
    done = run("capture", "--macro", "--af-lock", "--set", "iso=100", "-n", "2", "-o", "shots/")
    saved = [tmp_path / line for line in done.stdout.splitlines()]
    assert len(set(saved)) == 2
    for path in saved:
        assert path.parent.name == "shots"
        assert read(path.read_bytes()).iso == 100
    assert sorted(saved) == sorted((tmp_path / "shots").iterdir()), "nothing half-written is left"


def test_capture_to_card_and_both(run: Any, tmp_path: Path) -> None:
    assert run("capture", "--target", "card").stdout == "card:DCIM/100CANON/IMG_0007.JPG\n"
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    told = json.loads(run("capture", "--target", "both", "--json").stdout)
    assert told["card"] == ["DCIM/100CANON/IMG_0007.JPG"]
    assert told["files"] == ["IMG_0007.JPG"]
    assert (tmp_path / "IMG_0007.JPG").read_bytes()[:2] == b"\xff\xd8"


def test_capture_never_overwrites_unless_told(run: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jpg"
    mine.write_bytes(b"precious")
    assert "mine.jpg" in run("capture", "-o", "mine.jpg", code=5).stderr
    assert mine.read_bytes() == b"precious"
    run("capture", "-o", "mine.jpg", "--overwrite")
    assert mine.read_bytes()[:2] == b"\xff\xd8"
    assert "need a folder" in run("capture", "-n", "2", "-o", "a.jpg", code=2).stderr


@pytest.mark.parametrize(
    ("fault", "words", "code", "says"),
    [
        ("fault=no-focus", (), 5, "nothing to focus on"),
        ("fault=lens-cap", (), 5, "lens cap"),
        ("card=none", ("--target", "card"), 5, "no card"),
    ],
)
def test_capture_says_why_it_failed(
    run: Any, fault: str, words: tuple[str, ...], code: int, says: str
) -> None:
    port = f"virtual:powershot-g3?{fault}"
    assert says in run("capture", *words, code=code, port=port).stderr


def test_zoom_and_focus(run: Any) -> None:
    assert run("zoom").stdout == "0 of 17\n"
    assert json.loads(run("zoom", "5", "--json").stdout) == {"position": 5, "maximum": 17}
    assert "0 to 17" in run("zoom", "18", code=5).stderr
    for what in ("lock", "unlock", "auto"):
        assert json.loads(run("focus", what, "--json").stdout) == {"focus": what, "steps": None}


def test_live(run: Any, tmp_path: Path) -> None:
    told = run("live", "-n", "3", "-o", "frames", "--json").stdout.splitlines()
    files = [tmp_path / json.loads(line)["file"] for line in told]
    assert sorted(files) == sorted((tmp_path / "frames").iterdir())
    for file in files:
        assert file.read_bytes()[:2] == b"\xff\xd8"
    stream = run_raw(tmp_path, "live", "-n", "3", "-o", "-").stdout
    assert stream.count(b"\xff\xd8\xff") == 3
    assert "Missing option '-o'" in run("live", code=2).stderr


@pytest.mark.parametrize(
    ("model", "code", "why"),
    [
        ("powershot-g3", 3, "Its battery was low, and may be empty."),
        ("powershot-g9", 5, "the battery is too weak; charge it, or use the mains"),
    ],
)
def test_a_series_on_a_battery_that_ends(
    run: Any, tmp_path: Path, model: str, code: int, why: str
) -> None:
    port = f"virtual:{model}?battery=3"
    done = run("capture", "-n", "9", "-o", "pictures/", port=port, code=code)
    saved = done.stdout.split()
    assert [*map(str, sorted(tmp_path.glob("pictures/*")))] == [
        *map(str, map(tmp_path.joinpath, saved))
    ]
    assert len(saved) == 3
    assert done.stderr.count("the battery is low; charge it") == 1
    assert why in done.stderr
    assert "3 taken, " in done.stderr
    done = run("capture", "-o", "pictures/", port=f"virtual:{model}?battery=2")
    assert "battery" not in done.stderr, "one picture is no series"
