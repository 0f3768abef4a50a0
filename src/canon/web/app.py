"""The server's app: the table of endpoints as routes, the page, and the doors before all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from canon.clock import RealClock
from canon.errors import CanonError
from canon.log import Log
from canon.web import bodies, openapi
from canon.web.doors import App, Doors, Guarded, Refusal
from canon.web.endpoints import ENDPOINTS, Call
from canon.web.refusals import STATUSES, TooLarge, answer, refused, turned_away

if TYPE_CHECKING:
    from canon.web.live import Looker
    from canon.web.server import Server

_log = Log(__name__)
_MOST_JSON = 64 << 10
_BODY_S = 10.0  # for all of a body
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


def app(server: Server, doors: Doors) -> App:
    """The app of a server, behind its doors."""
    server.live_key = doors.key

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        server.start()
        try:
            yield
        finally:
            await asyncio.to_thread(server.close)

    routes = [
        Route("/", _page("index.html", doors)),
        Route("/live", _page("live.html", doors)),
        Route("/page/{path:path}", _static),
        Route("/openapi.json", _openapi),
        WebSocketRoute("/cameras/{camera}/live", _looking(server)),
        *(_route(server, path) for path in dict.fromkeys(one.path for one in ENDPOINTS)),
    ]
    handlers: dict[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        HTTPException: _http_error
    }
    inside = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    return Guarded(inside, doors, _refusing)


def _refusing(refusal: Refusal) -> App:
    response = turned_away(refusal)
    return response  # an answer of Starlette is an app, for WebSockets too


async def _http_error(request: Request, error: HTTPException) -> Response:
    said = STATUSES.get(error.status_code, "the request cannot be answered")
    response = turned_away(Refusal(error.status_code, "HttpError", said))
    response.headers.update(error.headers or {})  # what is allowed
    return response


def _route(server: Server, path: str) -> Route:
    """All that an address does."""
    there = {one.method: one for one in ENDPOINTS if one.path == path}

    async def handle(request: Request) -> Response:
        only_head = request.method == "HEAD"
        one = there["GET" if only_head else request.method]
        if one.changes and server.read_only:
            return turned_away(Refusal(403, "ReadOnly", "this server only shows its cameras"))
        if only_head and one.endless:
            return Response(media_type=one.gives)
        try:
            body = await _body(request, one.takes)
            result = await one.do(Call(request, server), body)
        except ClientDisconnect:
            return Response(status_code=400)
        except (CanonError, ValueError, OSError) as error:
            return refused(error)
        if only_head and isinstance(result, StreamingResponse):  # nothing of it is fetched
            return Response(None, result.status_code, result.headers)
        return result if isinstance(result, Response) else answer(result)

    return Route(path.replace("{path}", "{path:path}"), handle, methods=[*there])


async def _body(request: Request, kind: type[bodies.Body]) -> bodies.Body:
    """The JSON of a request, read."""
    if kind is bodies.NoBody:
        return bodies.NoBody()
    try:
        data = await asyncio.wait_for(_short_body(request), _BODY_S)
    except TimeoutError:
        raise ValueError("the body does not come") from None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("the body is no JSON") from None
    return bodies.read(kind, document)


async def _short_body(request: Request) -> bytes:
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > _MOST_JSON:
            raise TooLarge("the body is longer than 64 KiB")
    return bytes(data)


# --- the page -------------------------------------------------------------------------------------


def _page(name: str, doors: Doors) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        if doors.token_in(request.scope):
            address = request.url.remove_query_params("token")
            response: Response = RedirectResponse(
                f"{address.path}?{address.query}".rstrip("?"), 303
            )
            response.set_cookie(
                doors.cookie, doors.token, httponly=True, samesite="strict", path="/"
            )
            return response
        return _file(name)

    return show


async def _static(request: Request) -> Response:
    return _file(request.path_params["path"])


def _file(path: str) -> Response:
    """A file of the page; no other file of this computer."""
    parts = path.split("/")
    kind = _TYPES.get("." + parts[-1].rpartition(".")[2])
    place = files("canon.web") / "page"
    if kind is None or any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise HTTPException(404)
    for part in parts:
        place = place / part
    if not place.is_file():
        raise HTTPException(404)
    return Response(place.read_bytes(), media_type=kind, headers={"cache-control": "no-cache"})


async def _openapi(request: Request) -> Response:
    return JSONResponse(openapi.document(ENDPOINTS))


# --- live view ------------------------------------------------------------------------------------


def _looking(server: Server) -> Callable[[WebSocket], Awaitable[None]]:
    async def look(socket: WebSocket) -> None:
        """Give a frame for each message that asks for one: the newest, when there is a new one."""
        try:
            finder = server.viewfinder(server.station(socket.path_params["camera"]))
            looker = finder.look()
        except CanonError as error:
            await socket.accept()
            await socket.close(4000, str(error)[:100])
            return
        try:
            await socket.accept()
            await _show(socket, looker)
        except WebSocketDisconnect:
            pass
        finally:
            looker.close()

    return look


async def _show(socket: WebSocket, looker: Looker) -> None:
    """Answer each request for a frame, until the page goes or live view ends."""
    wanted, clock = asyncio.Semaphore(0), RealClock()

    async def hear() -> None:
        while True:
            await socket.receive_text()
            if wanted.locked():
                wanted.release()  # who asks twice gets one: the newest

    async def send() -> None:
        while True:
            await wanted.acquire()
            shown = await looker.next()
            if shown is None:
                await socket.close(4001, str(looker.error or "live view has ended")[:100])
                return
            await socket.send_bytes(shown.packed(clock.now()))

    tasks = [asyncio.ensure_future(hear()), asyncio.ensure_future(send())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
