"""Every error that this library raises, in one tree.

`PortError` is the cable, `ProtocolError` is bytes that break the protocol, `Refused` is a camera
that understood and said no, `NotFinished` is a camera that began and never came to an end,
`NotSupported` is known before asking, `AlreadyThere` and `NotEmpty` keep what is there from being
lost. Each message says what happened, why, and what to do next. What has a builtin error is that
too: `except FileNotFoundError` catches `ObjectNotFound`. Mistakes of the caller are `ValueError`
and `TypeError`, never these.
"""

from __future__ import annotations

from errno import EACCES, EBUSY, EEXIST, ENODEV, ENOENT, ENOSPC, ENOTEMPTY, EPERM, ETIMEDOUT

AGAIN = "try again, or switch the camera off and on"
"""What to do when a camera or its cable fails, and nothing tells why."""
CARD = "take the card out and copy its files with a card reader"
"""What to do when a card's folders make no sense."""


class CanonError(Exception):
    """The root: catch this to catch everything that a camera, its card or its cable can do wrong.

    Errors can be copied and pickled, so that they come back from another process.

    Args:
        what: what happened, and to what.
        advice: what to do next; empty where nothing helps.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what, self.advice = what, advice

    def __str__(self) -> str:
        return f"{self.what}; {self.advice}" if self.advice else self.what

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, vars(self))


def _again(
    kind: type[CanonError], args: tuple[object, ...], state: dict[str, object]
) -> CanonError:
    """The same error once more; its constructor takes other arguments than it keeps."""
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(state)
    return error


# --- the cable -----------------------------------------------------------------------------------


class PortError(CanonError):
    """The cable, the bus or the right to use it."""


class CameraNotFound(PortError):
    """No camera answers to what was asked for."""


class Disconnected(PortError, ConnectionError):
    """The camera went away while it was in use."""

    errno = ENODEV


class InUse(PortError, OSError):
    """Another program holds the camera."""

    errno = EBUSY


class PermissionDenied(PortError, PermissionError):
    """The operating system does not let this user open the camera."""

    errno = EACCES


class PortTimeout(PortError, TimeoutError):
    """Nothing came within the time given."""

    errno = ETIMEDOUT


class PortStalled(PortError):
    """The camera refused the transfer itself (a stalled endpoint)."""


class MissingExtra(PortError, ImportError):
    """A part of canon-remote that is installed on request is not here.

    Attributes:
        package: what is not installed.
        extra: the part's name.
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} needs {package}, which is not installed", _to_add(extra))
        self.package, self.extra = package, extra


def _to_add(extra: str) -> str:
    """What is typed to add an extra: to the file or the folder that canon-remote came from.

    When canon-remote is published, give its name where pip has noted no place, and change
    docs/guide/install.md. Until then the registry's project of this name is another one.
    """
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        noted = json.loads(distribution("canon-remote").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        noted = {}
    option = "-e " if noted.get("dir_info", {}).get("editable") else ""
    place = urlsplit(noted.get("url", ""))
    path = url2pathname(place.path) if place.scheme == "file" else "."
    return f'to add it, type: pip install {option}"{path}[{extra}]"'


# --- the bytes -----------------------------------------------------------------------------------


class ProtocolError(CanonError):
    """The camera sent bytes that break the protocol."""

    def __init__(self, what: str, advice: str = AGAIN) -> None:
        super().__init__(what, advice)


class DecodeError(ProtocolError):
    """The bytes of a message, or of a picture file, cannot be read.

    Args:
        of_file: whether they are a picture file's, which may never have been in a camera.

    Attributes:
        message: the name of the message, empty while it is not known.
        field: the field in which reading stopped.
        offset: bytes from the start of the message.
        reason: what is wrong there.
        detail: all of that in one line.
    """

    def __init__(
        self,
        reason: str,
        offset: int,
        message: str = "",
        field: str = "",
        *,
        of_file: bool = False,
    ) -> None:
        where = f"{message}.{field}" if field else message
        self.detail = f"{where or 'message'} at offset {offset:#x}: {reason}"
        what = "the picture file" if of_file else "what the camera sent"
        super().__init__(f"{what} cannot be read: {self.detail}", "" if of_file else AGAIN)
        self._of_file = of_file
        self.reason, self.offset, self.message, self.field = reason, offset, message, field

    def inside(self, message: str, field: str) -> DecodeError:
        """The same error, naming the message and the field (the outermost names win)."""
        return DecodeError(self.reason, self.offset, message, field, of_file=self._of_file)


# --- the camera said no --------------------------------------------------------------------------


class Refused(CanonError):
    """The camera understood and said no.

    Args:
        what: what happened; when empty, what the class says.
        advice: what to do next; when empty, what the class says.
        subject: the path on the card that it is about; the message begins with it.
        code: the camera's own status word, kept even when its meaning is unknown.
        command: the name of the command that was refused.
        word: what the specification calls that status word, where it has a name.

    Attributes:
        code: the camera's own status word; 0 when it was not asked.
        command: the name of the command that was refused; empty when it was not asked.
        subject: the path on the card that this is about, where it is about one.
    """

    meaning = "the camera said no, and gave no reason that is known"
    remedy = AGAIN

    def __init__(
        self,
        what: str = "",
        advice: str = "",
        *,
        subject: object = "",
        code: int = 0,
        command: str = "",
        word: str = "",
    ) -> None:
        super().__init__(what or self.meaning, advice or ("" if what else self.remedy))
        self.code, self.command, self.subject, self._word = code, command, "", word
        self.about(subject)

    @property
    def answer(self) -> str:
        """The command and what the camera answered to it, for an expert; empty without any."""
        status = f"status {self.code:#010x}" if self.code else ""
        return ", ".join(filter(None, (self.command, self._word or status)))

    def about(self, subject: object) -> None:
        """Begin the message with what it is about, unless that is known already."""
        if str(subject) and not self.subject:
            self.subject = str(subject)
            self.what = f"{subject}: {self.what}"

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.answer})" if self.answer else super().__str__()


class DeviceBusy(Refused):
    """The camera is busy."""

    meaning = "the camera is busy"
    remedy = "try again in a moment"


class StoreFull(Refused, OSError):
    """There is no room left on the card."""

    errno = ENOSPC
    meaning = "the card is full"
    remedy = "delete pictures or change the card"


class NoCard(Refused):
    """There is no card in the camera."""

    meaning = "there is no card in the camera"
    remedy = "put one in"


class ObjectNotFound(Refused, FileNotFoundError):
    """The file or folder is not on the card."""

    errno = ENOENT
    meaning = "no such file or folder on the card"
    remedy = "list the folder to see what is there"


class WriteProtected(Refused, PermissionError):
    """The file is protected from deletion, or the card from writing."""

    errno = EPERM
    meaning = "the file is protected"
    remedy = "take the protection off first"


class FocusFailed(Refused):
    """The lens found nothing to focus on."""

    meaning = "the lens found nothing to focus on"
    remedy = "aim at something with contrast, or lock the focus"


class LensFailed(Refused):
    """The lens could not move out."""

    meaning = "the lens could not move out, or remote control is still on"
    remedy = "take the lens cap off"


class BatteryLow(Refused):
    """The battery is too weak for it."""

    meaning = "the battery is too weak"
    remedy = "charge it, or use the mains"


class BadParameter(Refused):
    """The camera does not accept what it was given, or the path does not exist."""

    meaning = "the camera does not accept what it was given, or there is no such path"
    remedy = "look for a slip in the name, or list the folder"


class KeysNotLocked(Refused):
    """The camera's keys could not be locked or unlocked."""

    meaning = "the camera's keys cannot be locked or unlocked now"
    remedy = "leave its menu and let go of the shutter button"


class ValueRefused(Refused):
    """The camera does not take a value.

    Attributes:
        setting: the name of the setting.
        value: what was asked for.
        allowed: what the camera takes now; None when it does not say, empty when it is nothing.
    """

    def __init__(
        self,
        setting: str,
        value: object,
        allowed: tuple[object, ...] | None,
        code: int = 0,
        command: str = "",
    ) -> None:
        what, advice = f"{setting} cannot be {value}", ""
        if allowed is None:
            what += ": the camera did not take it, and does not say what it takes"
        elif not allowed:
            what += ": as the camera is set now, it takes nothing"
        elif value in allowed:
            what += " just now, although the camera lists it"
        else:
            from canon.nearest import nearest

            what += f": the camera takes {', '.join(map(str, allowed))}"
            near = nearest(value, allowed)
            advice = "" if near is None else f"the nearest is {near}"
        super().__init__(what, advice, code=code, command=command)
        self.setting, self.value, self.allowed = setting, value, allowed


# --- what is there already -----------------------------------------------------------------------


class AlreadyThere(CanonError, FileExistsError):
    """A file or folder of that name is there already, on the card or on this computer."""

    errno = EEXIST


class NotEmpty(CanonError, OSError):
    """The folder has something in it."""

    errno = ENOTEMPTY


# --- the rest ------------------------------------------------------------------------------------


class NotFinished(CanonError, TimeoutError):
    """The camera took the command and never came to an end."""

    errno = ETIMEDOUT


class RemoteOff(CanonError):
    """The camera tells it in remote control only, which is off; no attribute enters it."""

    def __init__(self, model: str, setting: str) -> None:
        super().__init__(
            f"the {model} tells its {setting} in remote control only, which is off",
            f"use `with cam.remote():`, or cam.settings.read({setting!r}), which enters it",
        )
        self.model, self.setting = model, setting


class Aborted(CanonError):
    """This program gave up a release that it had begun; `cam.capture.abort()` does."""


class NotSupported(CanonError):
    """This model cannot do it, which is known before asking.

    Attributes:
        model: the name of the model.
        feature: what it lacks.
    """

    def __init__(self, model: str, feature: str, advice: str = "") -> None:
        super().__init__(f"the {model} has no {feature}", advice)
        self.model, self.feature = model, feature
