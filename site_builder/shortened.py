"""What a run says of itself, as much of it as a page shows: texts and lists end somewhere, and say how long they were."""

from __future__ import annotations

from typing import Any

LONGEST = 10_000
"""Characters of a text."""
NOTES = 100_000
"""Characters of notes, which are whole documents now and then."""
MOST = 200
"""Items of a list or mapping."""
_DEPTH = 8


def environment(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a run with every text and list cut to what is shown."""
    kept = {key: _cut(value, NOTES if key == "notes" else LONGEST, 0) for key, value in list(found.items())[:MOST]}
    return {key[:LONGEST]: value for key, value in kept.items()}


def _cut(value: Any, longest: int, depth: int) -> Any:
    if isinstance(value, str):
        return text(value, longest)
    if depth > _DEPTH:
        return None
    if isinstance(value, list):
        return _items(value, longest, depth)
    if isinstance(value, dict):
        return {key[:LONGEST]: _cut(item, longest // 2, depth + 1) for key, item in list(value.items())[:MOST]}
    return value


def _items(values: list[Any], longest: int, depth: int) -> list[Any]:
    """Return the first items, as many as are no longer than one text may be."""
    kept: list[Any] = []
    room = longest
    for value in values[:MOST]:
        if room <= 0:
            break
        kept.append(_cut(value, room, depth + 1))
        room -= len(value) if isinstance(value, str) else 8
    left = len(values) - len(kept)
    return [*kept, f"… ({left:,} more)"] if left else kept


def text(value: str, longest: int = LONGEST) -> str:
    """Return a text that says how long it was where it is cut."""
    return value if len(value) <= longest else f"{value[:longest]}… ({len(value):,} characters)"
