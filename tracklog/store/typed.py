"""Config values that JSON has no form for: written as plain JSON, with a note beside it of what they were.

Tuples and sets are lists, enums their names, integers beyond 64 bits their digits; whoever reads the JSON alone has these.
The notes, path by path, give the values back: ``{"betas": "tuple", "mode": "enum:models.Mode"}``.
"""

from __future__ import annotations

import enum
import sys
from typing import Any

from tracklog.store import encoding, layout

Types = dict[str, str]
"""Notes by path; of a strange run folder any JSON."""
_SEQUENCES: dict[str, type] = {"tuple": tuple, "set": set, "frozenset": frozenset}


def encode(value: Any, path: tuple[str, ...], types: Types) -> Any:
    """Return a value as JSON, and note in `types` what that cannot tell. Values are those of `tracklog.values.config`."""
    if isinstance(value, enum.Enum):
        types[layout.join_path(path)] = f"enum:{value.__class__.__module__}.{value.__class__.__qualname__}"
        return value.name
    if isinstance(value, dict):
        return {key: encode(item, (*path, key), types) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        if value.__class__.__name__ in _SEQUENCES:
            types[layout.join_path(path)] = value.__class__.__name__
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [encode(item, (*path, str(n)), types) for n, item in enumerate(items)]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return encoding.number(value)
    if isinstance(value, int):
        if encoding.is_kept_as_text(value):
            types[layout.join_path(path)] = "int"
            return str(value)
        return value
    return {"_type": "string", "value": value} if value in layout.NON_FINITE else value


def decode(value: Any, types: Types, path: tuple[str, ...] = ()) -> Any:
    """Return what was encoded. An enum comes back where its class is loaded, and is its name elsewhere."""
    kind = types.get(layout.join_path(path), "") if types else ""
    if isinstance(value, dict) and value.get("_type") != "string":
        return {key: decode(item, types, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        items = [decode(item, types, (*path, str(n))) for n, item in enumerate(value)]
        try:
            return _SEQUENCES[kind](items) if kind in _SEQUENCES else items
        except TypeError:  # what was hashable then is not now
            return items
    if kind == "int" and isinstance(value, str):
        return encoding.read(value, value)
    if kind.startswith("enum:") and isinstance(value, str):
        return _enum(kind.removeprefix("enum:"), value)
    return encoding.decoded(value)


def _enum(name: str, member: str) -> Any:
    """Return a member of a class that some loaded module has; nothing is imported because a run names it."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        found: Any = sys.modules.get(".".join(parts[:cut]))
        for part in parts[cut:]:
            found = getattr(found, part, None)
        if isinstance(found, type) and issubclass(found, enum.Enum):
            return found.__members__.get(member, member)
    return member


def of_key(types: Types, key: str) -> Types:
    """Return the notes that belong to a top-level key."""
    own = layout.join_path((key,))
    inside = f"{own}."
    return {path: str(kind) for path, kind in types.items() if path == own or path.startswith(inside)}
