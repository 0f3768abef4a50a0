"""What a camera says by itself."""

from __future__ import annotations

from collections.abc import Mapping

from canon.frozen import Frozen


class Event(Frozen):
    """What a camera says by itself.

    Attributes:
        kind: the name of the message: "CardChanged", "CaptureStatus" …
        fields: what it carries.
    """

    kind: str
    fields: Mapping[str, object]
