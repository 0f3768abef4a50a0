"""Golden bytes: at least one vector for every message of which real bytes exist.

`UNSEEN` names the messages without one, and why. A test holds both together: a message class is in
exactly one of them. Bytes of pictures and whole conversations are not here but in the recordings
(`CANON_TRACES`), which tests/replay reads.
"""

from __future__ import annotations

from canon.native import commands, events, release
from canon.wire import Message
from golden import blocks, camera, card, eos, notes, notices, ps350, ptp, remote, revised, tables
from golden.vector import Golden

GOLDEN: tuple[Golden, ...] = (
    *blocks.VECTORS,
    *camera.VECTORS,
    *card.VECTORS,
    *remote.VECTORS,
    *notices.VECTORS,
    *notes.VECTORS,
    *revised.VECTORS,
    *tables.VECTORS,
    *ptp.VECTORS,
    *eos.VECTORS,
    *ps350.VECTORS,
)

_READ = "read in another driver or told in notes; no bytes are printed"
_ELSEWHERE = "recorded once, but not kept in the recordings that are at hand"
_ROLE = "a role that other classes fill; it has no bytes of its own"

UNSEEN: dict[type[Message], str] = {
    commands.Command: _ROLE,
    release.ReleaseControl: _ROLE,
    events.NativeEvent: _ROLE,
    events.ImageReady: _ROLE,
    events.UnknownEvent: "what stands for bytes that nobody has seen",
    commands.RemoveDirectory: "only its answer is printed, a status",
    commands.RetrieveFrame: _ELSEWHERE,
    release.StartViewfinder: _ELSEWHERE,
    release.StopViewfinder: _ELSEWHERE,
    release.SelectCameraOutput: _ELSEWHERE,
    release.DoAeAfAwb: _ELSEWHERE,
    commands.LockRevisedKeys: "printed without its word, which is gphoto2's",
    commands.UnlockRevisedKeys: "printed with eight zeros, which gphoto2 leaves out",
    commands.OwnerName: "printed with a telephone number, which is not for us to spread",
    release.SetCustomFunction: "read in s10sh; no bytes are printed",
    events.SecondImageReady: _READ,
    **ptp.UNSEEN,
    **eos.UNSEEN,
    **ps350.UNSEEN,
}

__all__ = ["GOLDEN", "UNSEEN", "Golden"]
