"""What is lost on a serial line, one packet at a time: who says what again, and how soon.

tests/camera/test_serial_fire.py shows that files stay whole whatever is lost; here it is shown that
each loss costs the wait that the protocol foresees, and no more (canon-native-serial, A6 and A8).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from canon.errors import Disconnected, ProtocolError, Refused
from canon.native.serial_link import SerialLink
from canon.serial.frame import FrameReader
from canon.serial.packets import (
    HEAD,
    SPEEDS,
    WAKE_UP,
    EotKind,
    Packet,
    PacketKind,
    Result,
    ack,
    decode_packet,
    eot,
)
from canon.virtual.card import File
from canon.virtual.line import VirtualLine
from canon.virtual.native.serial import SerialCamera
from canon.wire import Buffer
from rigs.bodies import a_card
from rigs.serial import MEGABYTE, NAME, PATH, PICTURE, Ears, Host, serial_device

Choice = Callable[[Packet], bool]


def packets(data: bytes) -> list[Packet]:
    return [decode_packet(raw) for raw in FrameReader().feed(data)]


class LosingLine(Ears):
    """A line that loses chosen packets, and knows when each write began."""

    def __init__(self, line: VirtualLine) -> None:
        super().__init__(line)
        self.camera = line.camera
        self.times: list[float] = []
        self.lost: list[Packet] = []
        self._to_camera: Choice = lambda packet: False

    def write(self, data: Buffer) -> None:
        self.times.append(self.clock.now())
        for packet in packets(bytes(data)):
            if self._to_camera(packet):
                self._to_camera = lambda packet: False
                self.lost.append(packet)
                data = bytes(data).replace(packet.frame(), b"", 1)
                break
        super().write(data)

    def lose_to_camera(self, choice: Choice) -> None:
        """Lose the next packet to the camera of which this is true."""
        self._to_camera = choice

    def lose_to_host(self, choice: Choice) -> None:
        """Lose the next packet to the host of which this is true."""
        say = self.camera.say

        def less(data: bytes) -> None:
            for packet in packets(data):
                if choice(packet):
                    self.camera.say = say
                    self.lost.append(packet)
                    data = data.replace(packet.frame(), b"", 1)
                    break
            if data:
                say(data)

        self.camera.say = less

    def told(self) -> list[Packet]:
        """What the host has sent since this was last asked."""
        found = [packet for data in self.sent for packet in packets(data)]
        self.sent.clear()
        return found


def a_line(camera: SerialCamera | None = None) -> LosingLine:
    return LosingLine(VirtualLine(camera or serial_device()))


def a_host(camera: SerialCamera | None = None) -> tuple[Host, LosingLine]:
    """A host that has begun, and its line, which has forgotten how."""
    line = a_line(camera)
    host = Host(line)
    line.told()
    return host, line


def numbers(told: list[Packet], kind: PacketKind) -> list[int]:
    return [packet.number for packet in told if packet.kind is kind]


# --- the start ------------------------------------------------------------------------------------


def test_a_speed_that_the_camera_did_not_hear_is_asked_for_again() -> None:
    line = a_line()
    line.lose_to_camera(lambda packet: packet.kind is PacketKind.SPEED)
    SerialLink(line, 57600).start()
    assert len(line.lost) == 1
    assert numbers(line.told(), PacketKind.SPEED) == [0], "the one that was heard"
    assert line.camera.speed == 57600
    assert line.clock.now() < 1


def test_a_camera_may_have_gone_to_the_speed_without_a_word() -> None:
    line = a_line()
    line.lose_to_host(lambda packet: packet.kind is PacketKind.ACK)
    SerialLink(line, 57600).start()
    assert len(line.lost) == 1
    assert numbers(line.told(), PacketKind.SPEED) == [0]
    assert 5 < line.clock.now() < 6


def test_what_an_earlier_program_left_on_the_line_is_no_camera_that_woke() -> None:
    camera = serial_device()
    line = a_line(camera)
    camera.say(eot(3).frame())
    link = SerialLink(line)
    link.start()
    assert link.model.name == "PowerShot G1"
    assert line.sent[0] == WAKE_UP


def test_a_camera_may_take_some_seconds_to_end_its_name() -> None:
    camera = serial_device()
    line = a_line(camera)
    say = camera.say

    def slowly(data: bytes) -> None:
        camera.say = say
        name, end = packets(data)
        say(name.frame())
        camera.clock.after(3.0, lambda: say(end.frame()))

    camera.say = slowly
    SerialLink(line).start()
    assert line.sent.count(WAKE_UP) == 1
    assert 2 < line.clock.now() < 4


def test_a_camera_that_was_left_awake_has_time_for_each_step() -> None:
    """70 ms for a speed, 3 s to go off."""
    camera = serial_device()
    Host(VirtualLine(camera), 57600)
    line = a_line(camera)
    start = line.clock.now()
    SerialLink(line, 115200).start()
    sent = [[packet.kind for packet in packets(data)] for data in line.sent]
    offs = [at for at, kinds in enumerate(sent) if PacketKind.SWITCH_OFF in kinds]
    assert len(offs) == len(SPEEDS)
    assert min(line.times[at] - line.times[at - 1] for at in offs[1:]) >= 0.07
    assert line.sent[offs[-1] + 1] == WAKE_UP
    assert line.times[offs[-1] + 1] - line.times[offs[-1]] >= 3.0
    ping = line.sent.index(eot(1, EotKind.PING).frame())
    assert line.times[ping] - line.times[ping - 1] >= 0.07
    assert line.clock.now() - start < 12


# --- commands -------------------------------------------------------------------------------------


def test_each_command_has_the_next_number() -> None:
    host, line = a_host()
    for _ in range(3):
        host.driver.power()
    assert numbers(line.told(), PacketKind.EOT) == [3, 4, 5]


def test_an_answer_says_that_the_command_came() -> None:
    host, line = a_host()
    line.lose_to_host(lambda packet: packet.kind is PacketKind.ACK)
    host.driver.power()
    host.driver.power()
    assert len(line.lost) == 1
    assert numbers(line.told(), PacketKind.EOT) == [3, 4]
    assert line.clock.now() < 2


def test_a_command_that_did_not_come_whole_is_sent_again_at_once() -> None:
    host, line = a_host()
    line.lose_to_camera(lambda packet: packet.kind is PacketKind.FRAGMENT)
    before = line.clock.now()
    assert host.driver.power().on_ac
    assert numbers(line.told(), PacketKind.EOT) == [3, 3]
    assert line.clock.now() - before < 0.5


def test_an_answer_that_did_not_come_whole_is_asked_for_at_once() -> None:
    host, line = a_host()
    line.lose_to_host(lambda packet: packet.kind is PacketKind.FRAGMENT)
    before = line.clock.now()
    assert host.driver.power().on_ac
    told = line.told()
    assert numbers(told, PacketKind.EOT) == [3], "the command is not sent again"
    results = [packet.value for packet in told if packet.kind is PacketKind.ACK]
    assert results == [Result.SEND_AGAIN, Result.OK]
    assert line.clock.now() - before < 0.5


def test_an_acknowledgement_of_another_message_says_nothing() -> None:
    host, line = a_host()
    say = line.camera.say

    def first(data: bytes) -> None:
        line.camera.say = say
        say(ack(2).frame())

    line.camera.say = first  # instead of its own
    assert host.driver.power().on_ac
    host.driver.power()
    assert numbers(line.told(), PacketKind.EOT) == [3, 4]


def test_a_part_whose_acknowledgement_is_lost_is_acknowledged_again() -> None:
    camera = serial_device(card=a_card({NAME: MEGABYTE}))
    host, line = a_host(camera)
    entry = host.storage.stat(PATH)
    before = line.clock.now()
    got = bytearray()
    line.lose_to_camera(lambda packet: packet.kind is PacketKind.ACK and len(got) > 100_000)
    host.driver.read_file(entry, got.extend)
    assert got == MEGABYTE
    assert len(line.lost) == 1
    lasts = len(MEGABYTE) * 10 / 115200 / 0.95
    assert line.clock.now() - before < lasts + 3, "the camera asks after two seconds"


def test_a_camera_that_is_gone_is_known_to_be_gone_soon() -> None:
    host, line = a_host()
    line.camera.say = lambda data: None
    before = line.clock.now()
    with pytest.raises(Disconnected):
        host.driver.power()
    assert line.clock.now() - before == pytest.approx(15, abs=1), "three silences of five seconds"
    before = line.clock.now()
    line.told()
    with pytest.raises(Disconnected):
        host.driver.power()
    told = line.told()
    assert numbers(told, PacketKind.FRAGMENT) == [], "no command to a camera that may have half one"
    assert line.clock.now() - before < 10


def test_a_camera_that_repeats_its_own_message_has_not_heard_a_ping() -> None:
    host, line = a_host()
    say = line.camera.say
    line.camera.say = lambda data: None
    with pytest.raises(Disconnected):
        host.driver.power()
    line.told()

    def once(data: bytes) -> None:
        line.camera.say = say
        say(eot(3).frame())

    line.camera.say = once
    assert host.driver.power().on_ac
    pings = [packet.number for packet in line.told() if packet == eot(packet.number, EotKind.PING)]
    assert pings == [3, 3]


def test_a_refused_long_answer_names_its_command() -> None:
    host = Host(VirtualLine(serial_device("powershot-g1", "refuse@GetFile:0x02000086")))
    with pytest.raises(Refused, match="GetFile"):
        host.storage.read(PATH)


def test_a_long_answer_may_fill_its_limit() -> None:
    host, _ = a_host()
    listing, got = (0x110B, b"\x0fD:\0\0\0"), bytearray()
    length = host.link.stream(*listing, bytes, 1 << 20, 5.0)
    assert host.link.stream(*listing, got.extend, length, 5.0) == len(got) == length
    with pytest.raises(ProtocolError, match=f"sends {length} bytes where {length - 1} are"):
        host.link.stream(*listing, bytes, length - 1, 5.0)


def test_a_listing_that_is_too_long_is_not_read_to_its_end() -> None:
    card = a_card({NAME: PICTURE})
    for number in range(2, 300):
        card.add(("DCIM", "100CANON", f"IMG_{number:04}.JPG"), File(b"x", 1_000_000_000))
    host, line = a_host(serial_device(card=card, longest_listing=60))
    with pytest.raises(ProtocolError, match="are the most"):
        host.link.stream(0x110B, b"\0D:\\DCIM\\100CANON\0\0\0", bytes, 200, 5.0)
    assert len(numbers(line.told(), PacketKind.ACK)) < 10


# --- what differs from USB (A5) -------------------------------------------------------------------


def test_requests_are_laid_out_as_on_no_other_road() -> None:
    host, line = a_host()
    entry = host.storage.stat(PATH)
    line.told()
    host.storage.read(entry)
    host.storage.protect(entry)
    host.storage.unprotect(entry)
    host.storage.delete(entry)
    host.storage.upload(b"data", "DCIM/UP.JPG")
    told = [packet.data for packet in line.told() if packet.kind is PacketKind.FRAGMENT]
    asked = {(data[4], data[7]): data[HEAD:] for data in reversed(told)}  # the first of each
    folder, name = rb"D:\DCIM\100CANON", b"IMG_0001.JPG"
    path = folder + b"\\" + name + b"\0"
    assert asked[0x01, 0x11] == bytes(4) + bytes((0, len(path), 0, 0)) + path
    assert asked[0x0E, 0x11] == b"\0\0\0\x21" + folder + b"\0" + name + b"\0"
    assert asked[0x0D, 0x11] == folder + b"\0" + name + b"\0"
    up = rb"D:\DCIM\UP.JPG" + b"\0"
    assert asked[0x03, 0x11] == bytes.fromhex("02000000 00000000 04000000") + up + b"data"
