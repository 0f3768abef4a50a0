"""The same hook script under gphoto2 and under `tether`, on the same virtual camera."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gphoto2 import PATIENCE_S, TetheredEos, TetheredPtp, tethered_eos, tethered_ptp

from canon.ptp.eos.layouts import Eos
from canon.ptp.powershot.layouts import Property
from rigs.bodies import SMALL

OURS = str(Path(sys.executable).with_name("canon-remote"))
EOS_SMALL = bytes.fromhex("01000000 10000000 01000000 10000000 03000000")
SCRIPT = """#!/bin/sh
[ -z "$ARGUMENT" ] || test -f "$ARGUMENT" || echo "it is not there" >> "$LOG"
echo "ACTION=$ACTION ARGUMENT=$ARGUMENT $#" >> "$LOG"
"""
"""A script of the kind that gphoto2's manual shows."""


def hooked(camera: TetheredEos | TetheredPtp, log: Path, *words: str, asks: str) -> list[str]:
    """What the script was told by a program, while the button was pressed twice by hand.

    Args:
        camera: the camera.
        log: what the script writes.
        words: the program.
        asks: what it asks while it waits for events.
    """
    witness = camera.witness
    witness.asked.clear()
    env = {**camera.env, "LOG": str(log)}
    with subprocess.Popen(
        words,
        env=env,
        cwd=camera.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as running:
        try:
            witness.wait_for(asks, 30)
            for press in (1, 2):
                with camera.server.machine():
                    camera.device.press()
                witness.wait_for("GetObject", press)
                witness.wait_for(asks, witness.asked.count(asks) + 6)
            running.send_signal(signal.SIGINT)
            said, _ = running.communicate(timeout=PATIENCE_S)
        finally:
            running.kill()
    assert log.exists(), said
    return log.read_text().splitlines()


@pytest.mark.parametrize("model", ["powershot-g9", "eos-60d"])
def test_the_same_script_is_told_the_same(model: str, tmp_path: Path) -> None:
    script = tmp_path / "hook.sh"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    logs = []
    for who in ("gphoto2", "ours"):
        folder, log = tmp_path / who, tmp_path / f"{who}.log"
        folder.mkdir()
        if model == "eos-60d":
            with tethered_eos(folder, model) as body:
                body.device.extension.table.put(Eos.IMAGE_FORMAT, EOS_SMALL)
                body.gphoto2("--set-config", "capturetarget=1")
                logs.append(hooked(body, log, *words(who, script), asks="GetEvent"))
        else:
            with tethered_ptp(folder, model) as compact:
                compact.device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
                logs.append(hooked(compact, log, *words(who, script), asks="CheckEvent"))
    theirs, ours = logs
    first = 9 if model == "powershot-g9" else 8
    assert theirs == [
        "ACTION=init ARGUMENT= 0",
        "ACTION=start ARGUMENT= 0",
        f"ACTION=download ARGUMENT=IMG_{first:04}.JPG 0",
        f"ACTION=download ARGUMENT=IMG_{first + 1:04}.JPG 0",
        "ACTION=stop ARGUMENT= 0",
    ]
    assert ours == theirs


def words(who: str, script: Path) -> list[str]:
    """What is typed."""
    if who == "gphoto2":
        return ["gphoto2", "--capture-tethered", "--keep", "--hook-script", str(script)]
    usb = [OURS, "--port", "usb:", "tether", "-o", "."]
    return [*usb, "--template", "{name}", "--hook", str(script)]
