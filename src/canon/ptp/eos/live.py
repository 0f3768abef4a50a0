"""Live view of an EOS: its frames, with all that the body tells beside them (section 9).

The sensor takes a second to start, and the mirror its time after a picture; until then the body is
busy, which a frame waits for. A picture in between does not end live view.
"""

from __future__ import annotations

import itertools

from canon.driver.shot import Frame
from canon.errors import DeviceBusy, NotSupported
from canon.log import Log
from canon.models.ptp import PtpQuirk
from canon.ptp.eos.frames import PICTURES, EvfFrame, read_frame
from canon.ptp.eos.layouts import Eos, GetViewfinderData
from canon.ptp.eos.remote import EosRemote

_log = Log(__name__)

_WHAT = 0x00200000  # as other programs ask; what it means is not known
_ON, _FOR_COMPUTER = 1, 2
_SCREEN = 1  # the bit of the body's own screen; all others are outputs for the computer
_STARTS_S = 3.0
_AGAIN_S, _LATE_S = 0.005, 0.05
_HEAR_EVERY_S = 0.2
_MOST_ANSWER = 8 << 20


class EosLive:
    """Live view of one EOS; fits `canon.driver.Live`.

    Args:
        remote: its remote control.
    """

    beside = True

    def __init__(self, remote: EosRemote) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._running = False
        self._before: int | None = None  # the output that was there; None: frames came already
        self._numbers = itertools.count(1)
        self._length = 0
        self._heard = 0.0
        remote.stops.append(self.stop)

    def begun(self) -> None:
        """In a new session it does not run."""
        self._running = False

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._running and self._remote.active

    def start(self) -> None:
        """Start it: the mirror goes up, and the body's own screen goes dark."""
        self._remote.channel.drain()
        output = self._store.number(Eos.EVF_OUTPUT)
        if output is None:
            raise NotSupported(self._remote.name, "live view that a computer can start")
        stays = PtpQuirk.MOVIE_VIEW in self._remote.model.quirks
        if not stays and self._store.number(Eos.EVF_MODE) not in (None, _ON):
            self._remote.remember(Eos.EVF_MODE)
            try:
                self._remote.put(Eos.EVF_MODE, _ON)
            except DeviceBusy as busy:
                _log.info("live view is not switched on: %s", busy)  # so it is while it films
        self._before = None
        if not output & ~_SCREEN:
            self._remote.remember(Eos.EVF_OUTPUT)
            self._remote.put(Eos.EVF_OUTPUT, _FOR_COMPUTER)
            self._before = output
        self._running, self._numbers, self._length = True, itertools.count(1), 0

    def frame(self) -> Frame:
        """The picture now; a body that is busy is asked again, for three seconds.

        While it works on a picture there are no frames, however long that takes.
        """
        clock = self.session.clock
        deadline = clock.now() + _STARTS_S
        while True:
            self._hear()
            data = bytearray()
            try:
                self.session.receive(
                    GetViewfinderData(_WHAT, 0, 0),
                    data.extend,
                    limit=_MOST_ANSWER,
                    expect=self._length,
                )
            except DeviceBusy as busy:
                if self._store.status and self.running:
                    deadline = clock.now() + _STARTS_S
                elif clock.now() >= deadline:
                    busy.advice = "look at its display: a menu that is open keeps live view away"
                    raise
            else:
                self._length = len(data)
                told = read_frame(data)
                if told.jpeg:
                    break
                if clock.now() >= deadline:
                    raise DeviceBusy("live view gave no picture")
            # The next frame is near while frames come; the first one is a second away.
            near = self._length and not self._store.status
            clock.sleep(_AGAIN_S if near else _LATE_S)
        # The picture is copied by Frame; what is kept beside it must not keep all of the answer.
        rest = {
            kind: memoryview(bytes(part))
            for kind, part in told.parts.items()
            if kind not in PICTURES
        }
        return Frame(told.jpeg, next(self._numbers), clock.now(), EvfFrame(rest))

    def stop(self) -> None:
        """Stop it, and set the output back to what it was."""
        if not self.running:
            return
        self._running = False
        if self._before is not None:
            self._remote.put(Eos.EVF_OUTPUT, self._before)

    def _hear(self) -> None:
        """Hear what the body says now and then: one who only draws frames hears it for all."""
        now = self.session.clock.now()
        if now - self._heard >= _HEAR_EVERY_S:
            self._heard = now
            self.session.poll(0)
