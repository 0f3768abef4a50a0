"""Golden bytes: at least one vector for every message of which real bytes exist.

`UNSEEN` names the messages without one, and why. A test holds both together: a message class is in
exactly one of them. Bytes of pictures and whole conversations are not here but in the recordings
(`CANON_TRACES`), which tests/replay reads.
"""

from __future__ import annotations

from canon.native import commands, events, release
from canon.wire import Message
from golden import blocks, camera, card, notices, remote
from golden.vector import Golden

GOLDEN: tuple[Golden, ...] = (
    *blocks.VECTORS,
    *camera.VECTORS,
    *card.VECTORS,
    *remote.VECTORS,
    *notices.VECTORS,
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
    commands.SetTime: _READ,
    commands.SetOwner: _READ,
    commands.UploadBlock: _READ,
    commands.UploadDone: _READ,
    commands.MakeDirectory: _READ,
    commands.RemoveDirectory: _READ,
    commands.SetFileTime: _READ,
    commands.RetrieveCapture: _ELSEWHERE,
    commands.RetrieveFrame: _ELSEWHERE,
    release.StartViewfinder: _ELSEWHERE,
    release.StopViewfinder: _ELSEWHERE,
    release.SelectCameraOutput: _ELSEWHERE,
    release.DoAeAfAwb: _ELSEWHERE,
    commands.LockEosKeys: _READ,
    commands.UnlockEosKeys: _READ,
    commands.LockRevisedKeys: _READ,
    commands.KeysLocked: _READ,
    commands.UnlockRevisedKeys: _READ,
    commands.ReleaseSent: _READ,
    commands.GetBodyId: _READ,
    commands.BodyId: _READ,
    commands.GetOwner: _READ,
    commands.OwnerName: _READ,
    commands.GetRevisedFile: _READ,
    commands.DeleteRevisedFile: _READ,
    release.GetCustomFunction: _READ,
    release.CustomFunction: _READ,
    release.GetAvailableShots: _READ,
    release.AvailableShots: _READ,
    release.SetExtendedParameters: _READ,
    events.CaptureFailed: _READ,
    events.SecondImageReady: _READ,
    events.CaptureOver: _READ,
}

__all__ = ["GOLDEN", "UNSEEN", "Golden"]
