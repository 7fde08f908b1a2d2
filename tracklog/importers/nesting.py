"""Names that are joined from the keys of nested settings, and the settings that they were."""

from __future__ import annotations

from typing import Any


def nested(flat: dict[str, Any], separator: str) -> dict[str, Any]:
    """Return settings nested at a separator in their names; one whose way is taken by a value keeps its whole name."""
    found: dict[str, Any] = {}
    for name, value in flat.items():
        parts = name.split(separator)
        place: Any = found
        for part in parts[:-1]:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if isinstance(place, dict) and parts[-1] not in place and all(parts):
            place[parts[-1]] = value
        else:
            found[name] = value
    return found
