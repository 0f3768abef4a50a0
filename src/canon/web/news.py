"""What changes, told to every page: a snapshot first, then numbered changes.

Any thread may tell; pages listen in the server's loop. A page that comes back says which change it
heard last, and gets those since, or a new snapshot where they are too many.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable

_KEPT = 1000
_ALIVE_S = 15.0  # a comment, so that whoever left is noticed
_MOST_WAITING = 200
_OVER = (-1, "")


class News:
    """The stream of what changes.

    Args:
        snapshot: all that a page has to know, in JSON.
    """

    def __init__(self, snapshot: Callable[[], object]) -> None:
        self._snapshot = snapshot
        self._kept: deque[tuple[int, str]] = deque(maxlen=_KEPT)
        self._number = secrets.randbits(40)  # another server's numbers are not ours
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: set[asyncio.Queue[tuple[int, str]]] = set()

    def start(self) -> None:
        """Begin; called in the server's loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """End: nobody is told anything more; any thread may."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def tell(self, kind: str, document: object) -> None:
        """Tell every page that something has changed; any thread may."""
        if self._loop is None or self._loop.is_closed():
            return
        text = json.dumps(document)
        self._loop.call_soon_threadsafe(self._put, kind, text)

    def _put(self, kind: str, text: str) -> None:
        self._number += 1
        message = f"id: {self._number}\nevent: {kind}\ndata: {text}\n\n"
        self._kept.append((self._number, message))
        for reader in self._readers:
            if reader.qsize() < _MOST_WAITING:
                reader.put_nowait((self._number, message))

    def _end(self) -> None:
        for reader in self._readers:
            reader.put_nowait(_OVER)

    async def listen(self, last: int | None) -> AsyncIterator[str]:
        """What a page is told, as server-sent events.

        Args:
            last: the number of the change that it heard last; None when it comes anew.
        """
        reader: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
        self._readers.add(reader)
        try:
            since = [one for one in self._kept if last is not None and one[0] > last]
            if last == self._number or (since and since[0][0] == (last or 0) + 1):
                heard = last or 0
                for heard, message in since:  # noqa: B007  (the last one counts)
                    yield message
            else:
                heard = self._number
                yield self._whole(heard)
            while True:
                try:
                    number, message = await asyncio.wait_for(reader.get(), _ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if (number, message) == _OVER:
                    return
                if number <= heard:
                    continue
                if number != heard + 1:  # this page was too slow for some
                    while not reader.empty():
                        if reader.get_nowait() == _OVER:
                            return
                    number, message = self._number, self._whole(self._number)
                heard = number
                yield message
        finally:
            self._readers.discard(reader)

    def _whole(self, number: int) -> str:
        return f"id: {number}\nevent: snapshot\ndata: {json.dumps(self._snapshot())}\n\n"
