"""Which HTTP status an error is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from canon.errors import (
    Aborted,
    AlreadyThere,
    CameraNotFound,
    CanonError,
    DeviceBusy,
    Disconnected,
    NotEmpty,
    NotSupported,
    ObjectNotFound,
    PortError,
    StoreFull,
    ValueRefused,
    WriteProtected,
)
from canon.web.doors import Refusal
from canon.work import documents

STATUSES: Mapping[int, str] = {
    400: "the request cannot be read",
    401: "the token or the key is missing or wrong",
    403: "a page of another origin may not do this, or the server only shows",
    404: "there is no such camera, file or job",
    405: "nothing here is done by this method",
    409: "the camera is busy, or something is in the way",
    411: "the length of the body is missing",
    413: "the body is too large",
    416: "the file has no such part",
    421: "the server has another name",
    422: "a value is refused; `allowed` has what the camera takes",
    501: "this model cannot",
    502: "the camera failed, or did not do it",
    503: "the camera is not there, or too many ask",
    507: "the card, or this computer's disk, is full",
}
"""What each status says that is no success."""


class TooLarge(ValueError):
    """The body of a request is longer than what may come."""


class LengthWanted(ValueError):
    """Nobody says how long the body of a request is."""


class NoSuchPart(ValueError):
    """A file of so many bytes has no such part."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes")
        self.size = size


_STATUS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...] = (
    (ObjectNotFound, 404),
    ((DeviceBusy, AlreadyThere, NotEmpty, WriteProtected, Aborted, BlockingIOError), 409),
    (ValueRefused, 422),
    (NotSupported, 501),
    ((Disconnected, CameraNotFound, PortError), 503),
    (StoreFull, 507),
    (CanonError, 502),
    (LengthWanted, 411),
    (TooLarge, 413),
    (NoSuchPart, 416),
    (ValueError, 422),
    (OSError, 507),
)


def status(error: BaseException) -> int:
    """The HTTP status of an error."""
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 500)


def refused(error: BaseException) -> Response:
    """The answer that an error gives, in the form that all errors have."""
    document = documents.of_error(error)
    if isinstance(error, ValueRefused):
        document |= {"setting": error.setting, "allowed": _labels(error)}
    response = answer({"error": document}, status(error))
    if isinstance(error, NoSuchPart):
        response.headers["content-range"] = f"bytes */{error.size}"
    return response


def turned_away(refusal: Refusal) -> Response:
    """The answer of a request that is not let in."""
    told = {
        "kind": refusal.kind,
        "message": refusal.message,
        "advice": refusal.advice or None,
        "code": None,
        "command": None,
        "exit": 1,
    }
    return answer({"error": told}, refusal.status)


def answer(document: Any, code: int = 200) -> Response:
    """A document in JSON; browsers keep none."""
    return Response(
        json.dumps(document), code, {"cache-control": "no-store"}, "application/json; charset=utf-8"
    )


def _labels(error: ValueRefused) -> list[str] | None:
    return None if error.allowed is None else [str(one) for one in error.allowed]
