"""What OpenAPI says of the API, out of the table of endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import canon
from canon.web import answers, bodies
from canon.web.endpoints import Endpoint
from canon.web.refusals import STATUSES

Document = dict[str, Any]
_ALWAYS = (401, 403, 421, 503)


def document(endpoints: Iterable[Endpoint]) -> Document:
    """The API as OpenAPI 3.1."""
    paths: Document = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "canon-remote",
            "version": canon.__version__,
            "description": "Canon cameras over HTTP. Every error has the same form.",
        },
        "paths": paths,
        "components": {
            "schemas": answers.SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(one: Endpoint) -> Document:
    content: Document = {"schema": one.answers} if one.gives == "application/json" else {}
    told: Document = {"200": {"description": one.summary, "content": {one.gives: content}}}
    if one.ranges:
        told["206"] = {"description": "a part of it", "content": {one.gives: {}}}
        told["304"] = {"description": "it is what the client has already"}
    takes_body = one.takes is not bodies.NoBody or one.raw
    of_body = (400, 413, 422, *((411,) if one.raw else ()))
    codes = {*_ALWAYS, *one.refuses, *(of_body if takes_body else ())}
    for code in sorted(codes):
        told[str(code)] = {
            "description": STATUSES[code],
            "content": {"application/json": {"schema": answers.refer("Error")}},
        }
    found: Document = {
        "operationId": _name(one),
        "summary": one.summary,
        "parameters": [*_in_path(one), *_in_query(one), *_in_head(one)],
        "responses": told,
    }
    if one.raw:
        found["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    elif takes_body:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": bodies.schema(one.takes)}},
        }
    return found


def _name(one: Endpoint) -> str:
    words = [word for word in re.split(r"[/.{}]+", one.path) if word]
    return "_".join([one.method.lower(), *words])


def _in_path(one: Endpoint) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", one.path)
    ]


def _in_query(one: Endpoint) -> list[Document]:
    return [
        {
            "name": query.name,
            "in": "query",
            "description": query.says,
            "schema": {"type": "integer", "minimum": 0, "maximum": query.most},
        }
        for query in one.query
    ]


def _in_head(one: Endpoint) -> list[Document]:
    if not one.ranges:
        return []
    says = "the part that is wanted: bytes=0-1023"
    return [{"name": "Range", "in": "header", "description": says, "schema": {"type": "string"}}]
