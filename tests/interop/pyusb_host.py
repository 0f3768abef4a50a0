"""A host that shares nothing with canon: pyusb, the system's libusb, and section 4 by hand.

Prints the status letter, what came of the start, and the camera's name.
"""

from __future__ import annotations

import struct
from typing import Any

import usb.core

camera: Any = usb.core.find(idVendor=0x04A9, idProduct=0x306E)
camera.set_configuration()
print(camera.product, hex(camera.bcdDevice), camera[0][(0, 0)].bNumEndpoints)

letter = bytes(camera.ctrl_transfer(0xC0, 0x0C, 0x55, 0, 1)).decode()
print(letter)
init = bytes(camera.ctrl_transfer(0xC0, 4, 1, 0, 0x58))
short = struct.pack("<I60x", 0x10) + init[0x48:]
if letter == "C":
    camera.ctrl_transfer(0x40, 4, 0x11, 0, short)
    print(bytes(camera.read(0x81, 0x40, 5000)).hex().rstrip("0"))
    print(bytes(camera.read(0x81, 0x40, 5000)).hex())  # the last 4 bytes, a short packet
    print(bytes(camera.read(0x83, 0x40, 500)).hex())
else:
    print(bytes(camera.ctrl_transfer(0xC0, 4, 4, 0, 0x50)) == short)

identify = struct.pack("<II56xIBBBBII", 0x10, 0x201, 2, 1, 0, 0, 0x12, 0x10, 0x1234)
camera.ctrl_transfer(0x40, 4, 0x10, 0, identify)
answer = bytes(camera.read(0x81, 0x40, 5000)) + bytes(camera.read(0x81, 0x5C, 5000))
print(struct.unpack_from("<IBBBBIII", answer, 0x40), answer[0x5C:0x7C].rstrip(b"\0").decode())
