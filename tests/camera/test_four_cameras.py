"""Four cameras at once in one program: each thread gets the pictures of its own camera."""

from __future__ import annotations

import threading
from collections.abc import Callable

from canon import exif
from canon.camera import Camera
from canon.virtual.port import VirtualPort
from rigs.bodies import EosCamera, eos_device

BODIES = ("eos-40d", "eos-60d", "eos-700d", "eos-r6")
SHOTS = 100


def shooting(device: EosCamera, came: list[bytes]) -> Callable[[], None]:
    def shoot() -> None:
        with Camera(lambda: VirtualPort(device), "virtual:") as cam:
            for _ in range(SHOTS):
                came.append(cam.capture.shoot().first)

    return shoot


def test_each_picture_is_from_its_own_camera() -> None:
    devices = [eos_device(slug) for slug in BODIES]
    came: list[list[bytes]] = [[] for _ in devices]
    threads = [
        threading.Thread(target=shooting(device, pictures))
        for device, pictures in zip(devices, came, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for device, pictures in zip(devices, came, strict=True):
        assert len(set(pictures)) == SHOTS
        assert {exif.read(one).model for one in pictures} == {device.body.profile.model}
        taken = [exif.read(one).taken for one in pictures]
        assert None not in taken
        assert taken == sorted(taken, key=str)
        assert not device.extension.objects.kept
        assert device.extension.release.shutter.number >= SHOTS
