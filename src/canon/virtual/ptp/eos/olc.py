"""What a virtual EOS shows on its display, told by records of groups (canon-eos-ptp, section 4.5).

Changes go as one record for each group, as an EOS R sends them; the groups of a recorded burst stay
together as they were.
"""

from __future__ import annotations

from collections.abc import Mapping

from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.olc import CURRENT, Button, Group
from canon.ptp.eos.records import OlcInfoChanged

IDLE, HALF, FAILED, DONE, RUNNING = (
    Button.IDLE,
    Button.HALF,
    Button.FAILED,
    Button.DONE,
    Button.TIMER,
)
_SEVEN_FROM = 0x12  # from this version on, a byte follows the state of the focus
_GROUPS: dict[int, int] = {
    Eos.SHUTTER_SPEED: Group.SHUTTER_SPEED,
    Eos.APERTURE: Group.APERTURE,
    Eos.ISO: Group.ISO,
}


class Olc:
    """Makes the records of a body.

    Args:
        version: the layout of its groups, property d199; 0 for a body that sends none.
    """

    def __init__(self, version: int) -> None:
        self.version = version

    def group(self, mask: int, data: bytes) -> OlcInfoChanged:
        """A record of one group."""
        return OlcInfoChanged.of(self.version, {mask: data})

    def button(self, state: int) -> OlcInfoChanged:
        """What the release button does."""
        return self.group(Group.BUTTON, state.to_bytes(2, "little"))

    def focus(self, state: int) -> OlcInfoChanged:
        """How the search for focus stands: 0x0001 searches, 0x0101 has it, 0x0202 gave up."""
        more = b"\0" if self.version >= _SEVEN_FROM else b""
        return self.group(Group.FOCUS, state.to_bytes(6, "big") + more)

    def shots(self, left: int, *, writing: bool) -> OlcInfoChanged:
        """How many pictures are left, and whether one is being written."""
        return self.group(
            Group.SHOTS, bytes((4, 1 + writing)) + min(left, 0xFFFF).to_bytes(2, "big")
        )

    def timer(self, seconds: int) -> OlcInfoChanged:
        """How long the self-timer still runs."""
        return self.group(Group.SELF_TIMER, bytes((0, 0, 1, 0)) + seconds.to_bytes(2, "big"))

    def patched(self, record: OlcInfoChanged, values: Mapping[int, int]) -> OlcInfoChanged:
        """A recorded record with the present values of exposure where they have changed."""
        groups = record.groups(self.version)
        changed = {_GROUPS[code]: value for code, value in values.items() if code in _GROUPS}
        if not changed.keys() & groups.keys():
            return record
        data = b""
        for mask, group in sorted(groups.items()):
            place = CURRENT.get(mask, {}).get(len(group))
            if mask in changed and place is not None:
                group = group[:place] + bytes((changed[mask] & 0xFF,)) + group[place + 1 :]
            data += group
        return OlcInfoChanged(record.length, record.mask, data)
