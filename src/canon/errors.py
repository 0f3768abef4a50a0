"""Every error that this library raises, in one tree.

`PortError` is the cable, `ProtocolError` is bytes that break the protocol, `Refused` is a camera
that understood and said no, `NotFinished` is a camera that began and never came to an end,
`NotSupported` is known before asking. Each message says what happened, why, and what to do next.
Mistakes of the caller are `ValueError` and `TypeError`, never these.
"""

from __future__ import annotations

AGAIN = "try again, or switch the camera off and on"
"""What to do when a camera or its cable fails, and nothing tells why."""
CARD = "take the card out and copy its files with a card reader"
"""What to do when a card's folders make no sense."""


class CanonError(Exception):
    """The root: catch this to catch everything that a camera or its cable can do wrong.

    Errors can be copied and pickled, so that they come back from another process.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, vars(self))


def _again(
    kind: type[CanonError], args: tuple[object, ...], state: dict[str, object]
) -> CanonError:
    """The same error once more; its constructor takes other arguments than it keeps."""
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


# --- the cable -----------------------------------------------------------------------------------


class PortError(CanonError):
    """The cable, the bus or the right to use it."""


class CameraNotFound(PortError):
    """No camera answers to what was asked for."""


class Disconnected(PortError):
    """The camera went away while it was in use."""


class InUse(PortError):
    """Another program holds the camera."""


class PermissionDenied(PortError):
    """The operating system does not let this user open the camera."""


class PortTimeout(PortError, TimeoutError):
    """Nothing came within the time given."""


class PortStalled(PortError):
    """The camera refused the transfer itself (a stalled endpoint)."""


class MissingExtra(PortError, ImportError):
    """A part of canon-remote that is installed on request is not here."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f'{what} needs a package that is not installed; pip install "canon-remote[{extra}]"'
        )
        self.extra = extra


# --- the bytes -----------------------------------------------------------------------------------


class ProtocolError(CanonError):
    """The camera sent bytes that break the protocol.

    Args:
        what: what it sent.
        advice: what to do next.
    """

    def __init__(self, what: str, advice: str = AGAIN) -> None:
        super().__init__(f"{what}; {advice}" if advice else what)


class DecodeError(ProtocolError):
    """A message's bytes cannot be read.

    Attributes:
        message: the name of the message, empty while it is not known.
        field: the field in which reading stopped.
        offset: bytes from the start of the message.
        reason: what is wrong there.
    """

    def __init__(self, reason: str, offset: int, message: str = "", field: str = "") -> None:
        where = f"{message}.{field}" if field else message
        super().__init__(f"{where or 'message'} at offset {offset:#x}: {reason}", "")
        self.reason, self.offset, self.message, self.field = reason, offset, message, field

    def inside(self, message: str, field: str) -> DecodeError:
        """The same error, naming the message and the field (the outermost names win)."""
        return DecodeError(self.reason, self.offset, message, field)


# --- the camera said no --------------------------------------------------------------------------


class Refused(CanonError):
    """The camera understood the command and said no.

    Attributes:
        code: the camera's own status word, kept even when its meaning is unknown.
        command: the name of the command that was refused.
    """

    meaning = "the camera refused"

    def __init__(self, code: int, command: str, detail: str = "") -> None:
        status = f" (status {code:#010x})" if code else ""
        super().__init__(f"{command}: {self.meaning}{status}" + (f"; {detail}" if detail else ""))
        self.code, self.command = code, command


class DeviceBusy(Refused):
    """The camera is busy."""

    meaning = "the camera is busy; try again in a moment"


class StoreFull(Refused):
    """There is no room left on the card."""

    meaning = "the card is full; delete pictures or change the card"


class NoCard(Refused):
    """There is no card in the camera."""

    meaning = "there is no card in the camera; put one in"


class ObjectNotFound(Refused):
    """The file or folder is not on the card."""

    meaning = "no such file or folder on the card; list the folder to see what is there"


class WriteProtected(Refused):
    """The file is protected from deletion."""

    meaning = "the file is protected; take the protection off first"


class FocusFailed(Refused):
    """The lens found nothing to focus on."""

    meaning = (
        "the lens found nothing to focus on; aim at something with contrast, or lock the focus"
    )


class LensFailed(Refused):
    """The lens could not move out."""

    meaning = (
        "the lens could not move out, or release control is still active; take the lens cap off"
    )


class BatteryLow(Refused):
    """The battery is too weak for it."""

    meaning = "the battery is too weak; charge it, or use the mains"


class BadParameter(Refused):
    """The camera does not accept the parameters, or the path does not exist."""

    meaning = "the camera does not accept these parameters, or the path does not exist"


class KeysNotLocked(Refused):
    """The camera's keys could not be locked or unlocked."""

    meaning = (
        "the keys cannot be locked or unlocked now; leave the menu and release the shutter button"
    )


class ValueRefused(Refused):
    """The camera did not take a value.

    Attributes:
        setting: the name of the setting.
        value: what was asked for.
        allowed: what the camera takes now.
    """

    meaning = "the camera did not take the value"

    def __init__(
        self,
        setting: str,
        value: object,
        allowed: tuple[object, ...],
        code: int = 0,
        command: str = "",
    ) -> None:
        takes = ", ".join(str(item) for item in allowed) or "nothing, as it is set now"
        super().__init__(code, command or setting, f"{value} was asked for; it takes {takes}")
        self.setting, self.value, self.allowed = setting, value, allowed


# --- the rest ------------------------------------------------------------------------------------


class NotFinished(CanonError, TimeoutError):
    """The camera took the command and never came to an end."""


class Aborted(CanonError):
    """This program gave up a release that it had begun; `cam.capture.abort()` does."""


class NotSupported(CanonError):
    """This model cannot do it, which is known before asking.

    Attributes:
        model: the name of the model.
        feature: what it lacks.
    """

    def __init__(self, model: str, feature: str) -> None:
        super().__init__(f"the {model} has no {feature}")
        self.model, self.feature = model, feature
