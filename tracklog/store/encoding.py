"""JSON as it is written: texts of any characters become bytes that every reader takes."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from tracklog.store.layout import NON_FINITE

LEAST, GREATEST = -(2**63), 2**64 - 1
"""Integers that JSON carries here: signed and unsigned ones of 64 bits."""
_NONE = object()


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


def dumps_text(obj: Any, **kwargs: Any) -> str:
    """Return a value as JSON text, by `json.dumps` with what keywords it is given; see `dumps` for what JSON lacks."""
    return json.dumps(json.loads(dumps(obj)), **kwargs)


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


def number(value: float) -> float | str:
    """Return a float as JSON: itself, or the name of what JSON lacks."""
    if math.isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124 - NaN


def decoded(value: Any) -> Any:
    """Return what was logged for a JSON value: floats that JSON lacks, texts with their names, and all within lists."""
    if isinstance(value, str):
        return NON_FINITE.get(value, value)
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, dict):
        return value.get("value") if value.get("_type") == "string" else {k: decoded(v) for k, v in value.items()}
    return value


def as_logged(value: Any) -> Any:
    """Return what was logged for a JSON value, and integers for the texts that keep those beyond 64 bits."""
    if isinstance(value, str) and is_kept_as_text(found := read(value, None)):
        return found
    if isinstance(value, list):
        return [as_logged(item) for item in value]
    if isinstance(value, dict) and value.get("_type") != "string":
        return {key: as_logged(item) for key, item in value.items()}
    return decoded(value)


def written(value: Any) -> str:
    """Return what `decoded` returned as JSON, but that numbers which JSON lacks have their names without quotes."""
    if isinstance(value, float):
        found = number(value)
        return found if isinstance(found, str) else orjson.dumps(value).decode()
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{dumps(key).decode()}:{written(item)}' for key, item in value.items())}}}"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else dumps(value).decode()


def read(text: str, default: Any) -> Any:
    """Return the value that `written` wrote, to the last digit; `default` where the text is none."""
    try:
        return json.loads(text)
    except ValueError:
        return default


def is_kept_as_text(value: object) -> bool:
    """Tell whether a number is too wide for the log folder, which keeps its digits as a text."""
    return isinstance(value, int) and not LEAST <= value <= GREATEST


def legible(text: str) -> str:
    """Return a text as people read it: in quotes where it would be taken for a number, true, null, a list or nothing."""
    meant = read(text, _NONE)
    plain = text == text.strip() and text not in ("", "–") and (meant is _NONE or is_kept_as_text(meant))
    return text if plain else written(text)
