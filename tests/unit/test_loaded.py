"""What is loaded, and when: a program that asks a camera who it is waits for little else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LIBRARY = frozenset(
    {
        "asyncio", "dataclasses", "fractions", "inspect", "json", "logging", "pathlib", "shutil",
        "subprocess", "tempfile", "traceback", "urllib",
        "PIL", "click", "dpkt", "libusb_package", "rich", "serial", "usb", "usbip",
        "starlette", "uvicorn", "websockets",
        "canon.bridge", "canon.cli", "canon.exif", "canon.files", "canon.trace", "canon.virtual",
        "canon.web",
    }
)  # fmt: skip
"""What neither `import canon.camera` nor a camera on USB needs; with all that is in it."""
PARTS = frozenset(
    {
        "canon.camera.capture", "canon.camera.focus", "canon.camera.live", "canon.camera.settings",
        "canon.codes", "canon.models.file_kinds", "canon.models.ptp", "canon.values.choices",
        "canon.values.scales",
    }
)  # fmt: skip
"""What is loaded when that part of a camera is used."""
DIALECTS = {
    "native": ("canon.native.driver", "canon.native.session", "canon.native.usb_link"),
    "ptp": ("canon.ptp.driver", "canon.ptp.session", "canon.ptp.usb_transport"),
    "ps350": ("canon.ps350.driver", "canon.ps350.session"),
}


def loaded(script: str) -> set[str]:
    """The modules that are loaded when a script is through, and the packages that they are in.

    Coverage is not measured there: it would load a good part of what may not be loaded.
    """
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
    )
    names = done.stderr.split()
    return {name.rsplit(".", up)[0] for name in names for up in range(name.count(".") + 1)}


def test_the_package_alone_loads_nothing() -> None:
    assert loaded("import canon") - loaded("") == {"canon", "__future__"}


def test_the_library() -> None:
    there = loaded("import canon.camera, canon.usb.libusb")
    assert not there & LIBRARY
    assert not there & PARTS
    assert not there & {f"canon.{dialect}" for dialect in DIALECTS}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_alone(dialect: str) -> None:
    there = loaded(f"import canon.camera, {', '.join(DIALECTS[dialect])}")
    assert not there & LIBRARY
    assert not there & {f"canon.{other}" for other in DIALECTS.keys() - {dialect}}


def test_what_an_eos_has_is_loaded_for_an_eos() -> None:
    powershot = "canon.ptp.powershot.extension, canon.ptp.powershot.settings"
    there = loaded(f"import canon.camera, canon.ptp.driver, {powershot}")
    assert "canon.codes" in there
    assert not there & {"canon.ptp.eos", "canon.trace"}


def test_words_are_loaded_by_the_first_that_is_read() -> None:
    """They are classes of enum, which takes longer to make than to write a setting."""
    words = {"canon.values.choices", "canon.values.formats", "canon.values.looks"}
    rows = "import canon.camera.settings, canon.ptp.eos.codes as eos"
    assert not loaded(rows) & words
    assert loaded(f"{rows}; eos.METERING.value(1)") & words == {"canon.values.choices"}


def test_a_server_loads_what_takes_pictures_for_the_first_of_them() -> None:
    assert not loaded("import canon.web.serve") & {"canon.work.taking", "canon.web.zips"}


def test_the_sizes_of_pictures_need_no_settings() -> None:
    there = loaded("import canon.camera, canon.ptp.driver, canon.ptp.powershot.picture_kinds")
    assert "canon.values.formats" in there
    assert not there & {"canon.codes", "canon.values.choices", "canon.values.kinds"}


@pytest.mark.parametrize(
    "verb", ["list", "info", "ls", "get", "settings", "capture", "live", "serve"]
)
def test_help_of_a_verb_loads_no_library(verb: str) -> None:
    there = loaded(f"from canon.cli.main import main\nmain([{verb!r}, '--help'])")
    assert "click" in there
    assert not there & {"canon.camera", "canon.usb", "canon.virtual", "json", "logging", "rich"}
    assert not there & {"canon.web", "starlette", "uvicorn", "websockets", "asyncio"}
