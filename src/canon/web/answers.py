"""What answers hold in JSON, as OpenAPI tells it."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def text(*words: str) -> Schema:
    """A text; one of some, where they are named."""
    return {"type": "string", "enum": [*words]} if words else {"type": "string"}


def some(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def named(schema: Schema) -> Schema:
    """Such things by their names."""
    return {"type": "object", "additionalProperties": schema}


def has(*, maybe: dict[str, Schema] | None = None, **fields: Schema) -> Schema:
    """An object that has these fields, may have some, and has no others."""
    return {
        "type": "object",
        "required": [*fields],
        "properties": {**fields, **(maybe or {})},
        "additionalProperties": False,
    }


def refer(name: str) -> Schema:
    """A schema of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT = text()
NUMBER: Schema = {"type": "integer"}
AMOUNT: Schema = {"type": "number"}
YES: Schema = {"type": "boolean"}
NOTHING = has()
ANY: Schema = {}
WHERE = text("host", "card", "both")

_ERROR = has(
    kind={**TEXT, "description": "the class of the error"},
    message={**TEXT, "description": "what happened"},
    advice={**some(TEXT), "description": "what to do"},
    code={**some(NUMBER), "description": "the camera's own answer"},
    command={**some(TEXT), "description": "what it answered to"},
    exit={**NUMBER, "description": "the exit code of the command line"},
    maybe={
        "setting": {**TEXT, "description": "the setting that was refused"},
        "allowed": {**some(many(TEXT)), "description": "what the camera takes now"},
    },
)
_ZOOM = has(position=NUMBER, maximum=some(NUMBER))
_CLOCK = has(camera_time=TEXT, computer_time=TEXT, difference_s=NUMBER)

SCHEMAS: dict[str, Schema] = {
    "Problem": _ERROR,
    "Error": has(error=refer("Problem")),
    "Zoom": _ZOOM,
    "Clock": _CLOCK,
    "Setting": has(
        value=ANY,
        label=TEXT,
        kind=TEXT,
        allowed=some(many(ANY)),
        writable=some(YES),
        why=some(TEXT),
    ),
    "Job": has(
        number=NUMBER,
        kind=TEXT,
        label=TEXT,
        state=text("waiting", "running", "done", "failed", "cancelled"),
        done=NUMBER,
        total=some(NUMBER),
        error=some(refer("Problem")),
    ),
    "File": has(
        path=TEXT,
        folder=YES,
        size=NUMBER,
        modified=some(TEXT),
        protected=YES,
        new=some(YES),
        companion_of=many(TEXT),
    ),
    "Shot": has(
        saved=many(TEXT),
        card=many(TEXT),
        size=NUMBER,
        exposure=some(TEXT),
        preview=some(TEXT),
    ),
    "Done": has(path=TEXT, error=some(refer("Problem"))),
    "Camera": has(
        id=TEXT,
        port=TEXT,
        model=TEXT,
        state=text("ready", "busy", "asleep", "gone"),
        why=some(refer("Problem")),
        since={**some(TEXT), "description": "when it went, in ISO 8601"},
        firmware=some(TEXT),
        owner=some(TEXT),
        body_id=some(TEXT),
        features=many(TEXT),
        power=some(text("mains", "battery")),
        battery=some(TEXT),
        clock=some(refer("Clock")),
        cards=some(many(has(name=TEXT, capacity=NUMBER, free=NUMBER))),
        shots=some(NUMBER),
        zoom=some(refer("Zoom")),
        focus_locked=YES,
        live=YES,
        target=WHERE,
        folder=TEXT,
        settings=named(refer("Setting")),
        jobs=many(refer("Job")),
    ),
}
"""What several answers hold."""

CAMERA, JOB, SHOT, FILE = refer("Camera"), refer("Job"), refer("Shot"), refer("File")
ZOOM, CLOCK, SETTINGS = refer("Zoom"), refer("Clock"), named(refer("Setting"))
FINDINGS = many(
    has(check=TEXT, state=text("good", "wrong", "unknown"), what=TEXT, remedy=some(TEXT))
)
CAMERAS, JOBS, DONE = many(CAMERA), many(JOB), many(refer("Done"))
FILES = has(total=NUMBER, offset=NUMBER, files=many(FILE))
ZIP = has(number=TEXT, url=TEXT, size=NUMBER, files=NUMBER)
SHOTS = has(
    shots=many(has(id=TEXT, shot=some(SHOT), error=some(refer("Problem")))),
    spread_ms=some(AMOUNT),
)
LOCKED, SWITCHED = has(locked=YES), has(on=YES)
EXIF = named(some(TEXT))
