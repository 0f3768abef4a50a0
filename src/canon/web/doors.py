"""Who may come in: which Host, which Origin, which token; and what every answer says for safety.

A page of another origin must neither read a camera nor move it: the name in Host is one of ours
(else a foreign name could be made to point here), Origin is ours wherever something changes and on
every WebSocket, and what the browser says of where a request comes from is believed. Off this
computer a token is wanted as well.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from canon.frozen import Frozen

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SHORT = 64 << 10
_SAFE = frozenset(("GET", "HEAD"))
_PAGES = frozenset(("/", "/live"))
_LIVE = re.compile(r"/cameras/[^/]+/live\.mjpg")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::(\d{1,5}))?")
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        b"connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
        b"form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""What every answer says."""


class Refusal(Frozen):
    """Why a request is not let in.

    Attributes:
        status: the HTTP status.
        kind: a word for programs.
        message: what is wrong.
        advice: what to do.
    """

    status: int
    kind: str
    message: str
    advice: str = ""


class Doors:
    """The doors of one server.

    Args:
        address: where it listens.
        port: the port there.
        token: what opens them; empty on this computer alone.
        names: other names of this server: that of a proxy.
    """

    def __init__(self, address: str, port: int, token: str = "", names: Iterable[str] = ()) -> None:
        self.address, self.port, self.token = address, port, token
        self._is_open_to_others = not is_loopback(address)
        own = [*_LOOPBACK, *((socket.gethostname(),) if self._is_open_to_others else ())]
        self._names = frozenset(name.lower() for name in own)
        self._others = frozenset(name.lower() for name in names)
        self.cookie = f"canon-remote-{port}"
        self.key = (
            "" if not token else hmac.new(token.encode(), b"live", hashlib.sha256).hexdigest()
        )

    def link(self) -> str:
        """The link that opens the page."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        if _is_address(self.address) and ipaddress.ip_address(self.address).is_unspecified:
            host = socket.gethostname()
        return f"http://{host}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why a request is not let in; None where it is."""
        headers = _headers(scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return Refusal(
                421, "WrongHost", f"this server is not {host[:100]!r}",
                "open it by its address, or start it with --allow-host NAME",
            )  # fmt: skip
        is_socket = scope["type"] == "websocket"
        method = "GET" if is_socket else scope["method"]
        path = scope["path"]
        is_opened = method in _SAFE and path in _PAGES and not is_socket
        site = headers.get("sec-fetch-site", "")
        navigates = headers.get("sec-fetch-mode", "navigate") == "navigate"
        if site in ("cross-site", "same-site") and not (is_opened and navigates):
            return _FOREIGN
        origin = headers.get("origin")
        if origin is not None and (is_socket or method not in _SAFE) and not _same(origin, host):
            return _FOREIGN
        if origin is None and is_socket and site:
            return _FOREIGN
        return self._wrong_token(scope, headers, path, is_opened=is_opened)

    def token_in(self, scope: Scope) -> bool:
        """Whether the link with the right token was opened."""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])
        return bool(self.token) and _is(given[0], self.token)

    def _wrong_token(
        self, scope: Scope, headers: dict[str, str], path: str, *, is_opened: bool
    ) -> Refusal | None:
        if not self.token or path.startswith("/page/") or is_opened:
            return None  # the page itself holds no secret, and asks for the token
        bearer = headers.get("authorization", "")
        if bearer[:7].lower() == "bearer " and _is(bearer[7:].strip(), self.token):
            return None
        if _LIVE.fullmatch(path):  # a cookie goes along with a picture that another page asks for
            given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [""])
            return None if _is(given[0], self.key) else _NO_KEY
        return None if _is(self._cookie(headers), self.token) else _NO_TOKEN

    def _cookie(self, headers: dict[str, str]) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return found.value if found else ""

    def _is_ours(self, host: str) -> bool:
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        name = parts[1].strip("[]").lower()
        if name in self._others or host.lower() in self._others:
            return True
        if int(parts[2] or 80) != self.port:
            return False
        if name in self._names or name == self.address.lower():
            return True
        return self._is_open_to_others and (_is_address(name) or name.endswith(".local"))


_FOREIGN = Refusal(403, "ForeignPage", "a page of another origin may not do this")
_NO_TOKEN = Refusal(
    401, "TokenWanted", "the token is missing or wrong", "open the link that `serve` has printed"
)
_NO_KEY = Refusal(
    401, "KeyWanted", "the key of the live picture is missing or wrong",
    "take the address of the picture from the page",
)  # fmt: skip


class Guarded:
    """An app behind doors; every answer says what keeps a browser safe.

    Args:
        app: what is behind them.
        doors: who may come in.
        refuse: an app that answers with a refusal.
    """

    def __init__(self, app: App, doors: Doors, refuse: Callable[[Refusal], App]) -> None:
        self._app, self._doors, self._refuse = app, doors, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._doors.refusal(scope)

        is_read = not _has_long_body(scope)

        async def read() -> Message:
            nonlocal is_read
            message = await receive()
            is_read = is_read or not message.get("more_body", False)
            return message

        async def safely(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                close = () if is_read else ((b"connection", b"close"),)  # it may have no end
                message["headers"] = [*message.get("headers", ()), *HEADERS, *close]
            await send(message)

        app = self._app if refusal is None else self._refuse(refusal)
        with suppress(asyncio.CancelledError):  # the server ends, and does not wait for a slow one
            await app(scope, read, safely)


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def is_loopback(address: str) -> bool:
    """Whether only this computer reaches an address."""
    return address == "localhost" or (
        _is_address(address) and ipaddress.ip_address(address).is_loopback
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _headers(scope: Scope) -> dict[str, str]:
    """The headers; of two with one name neither counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = "\n" if key in found and key != "cookie" else value.decode("latin-1")
    return found


def _has_long_body(scope: Scope) -> bool:
    """Whether the body of a request is longer than what is read of one that is refused."""
    headers = _headers(scope)
    length = headers.get("content-length", "0")
    return "transfer-encoding" in headers or not length.isdecimal() or int(length[:9]) > _SHORT


def _same(origin: str, host: str) -> bool:
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _is(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
