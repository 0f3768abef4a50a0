"""Packets, and the messages that they carry in pieces (canon-native-serial, A3 to A5).

A message is cut into fragments, numbered from 0; an EOT ends it and gives it its number; the other
side acknowledges that number, or asks for all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from canon.errors import DecodeError
from canon.serial.frame import LONGEST, encode_frame
from canon.wire import Code, Message, Raw, smallest, u8, u16, u32
