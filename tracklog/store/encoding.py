"""JSON as it is written: texts of any characters become bytes that every reader takes."""

from __future__ import annotations

from typing import Any

import orjson

LEAST, GREATEST = -(2**63), 2**64 - 1
"""Integers that JSON carries here: signed and unsigned ones of 64 bits."""


def text(value: str) -> str:
    """Return a string that UTF-8 can carry: lone surrogates, as in undecodable file names, are replaced by ``?``."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return str(value)


def dumps(value: Any, option: int | None = None) -> bytes:
    """Return a value as JSON, by orjson's `option`; arrays become lists, anything else that JSON lacks text."""
    try:
        return orjson.dumps(value, None, option)
    except TypeError:  # so seldom that nobody looks at each text and number before
        return orjson.dumps(_repaired(value), _plain, option)


def _plain(value: Any) -> Any:
    """Return what arrays, tensors and series of any library hold, and the text of anything else."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int) and not LEAST <= value <= GREATEST:
        return str(value)
    if isinstance(value, dict):
        return {_repaired(key): _repaired(item) for key, item in value.items()}
    return [_repaired(item) for item in value] if isinstance(value, list | tuple) else value
