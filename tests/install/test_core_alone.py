"""The library has no third party in it: alone it does all that a camera can; libusb is any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rigs.installs import environment, new_python, run

EVERY_MODULE = """
import importlib, pkgutil, canon
lacking = {"canon.__main__": "that runs it"}
for module in pkgutil.walk_packages(canon.__path__, "canon.", onerror=lambda name: None):
    if module.name not in lacking:
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            lacking[module.name] = getattr(error, "package", error.name)
for name in sorted(lacking):
    print(name, lacking[name])
"""
NEEDS = {
    "canon.cli": {"click"},
    "canon.fs.paths": {"fsspec"},
    "canon.fs.spec": {"fsspec"},
    "canon.testing": {"pytest"},
    "canon.web": {"h11", "starlette", "uvicorn"},
}
"""What imports a third party when it is loaded; the rest of canon does when that is used."""

USED = """
from canon import camera
cam = camera.find()
assert cam
cam.initialize()
print(cam.model)
cam.settings.set(iso=100)
name = cam.storage.ls("DCIM/100CANON")[0]
print(name.name, len(cam.storage.read(name)) == name.size)
cam.close()
"""


@pytest.fixture(scope="module")
def alone(wheel: Path, house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and nothing else at all."""
    return new_python(tmp_path_factory.mktemp("alone"), house, "--no-deps", wheel)


@pytest.mark.long
def test_only_what_is_for_a_third_party_loads_one(alone: Path) -> None:
    lacking = dict(
        line.split(" ", 1) for line in run(alone / "python", "-c", EVERY_MODULE).splitlines()
    )
    assert lacking.pop("canon.__main__")
    for name, package in lacking.items():
        (allowed,) = [NEEDS[part] for part in NEEDS if f"{name}.".startswith(f"{part}.")]
        assert package in allowed, name
    assert lacking["canon.fs.spec"] == "fsspec"
    assert lacking["canon.testing"] == "pytest"


@pytest.mark.long
def test_a_virtual_camera_needs_nothing(alone: Path) -> None:
    run(alone / "python", "-c", USED, more={"CANON_REMOTE_PORT": "virtual:powershot-g3"})


@pytest.mark.long
@pytest.mark.parametrize("libusb", ["of the system", "of libusb-package"])
def test_a_camera_on_usb_needs_libusb(
    libusb: str, wheel: Path, house: Path, alone: Path, tmp_path: Path
) -> None:
    if libusb == "of libusb-package":
        alone = new_python(tmp_path / "python", house, "--no-deps", wheel, "libusb-package")
    ours = Path(sys.executable).with_name("canon-remote")
    words: list[str | Path] = [ours, "virtual", "powershot-g3", "--run"]
    words += [alone / "python", "-c", USED]
    ran = subprocess.run(
        words, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "Canon PowerShot G3\nIMG_0001.JPG True\n"
