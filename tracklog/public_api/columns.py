"""The columns of runs that `Api.runs` filters and sorts by, under wandb's names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tracklog.public_api.facts import seconds
from tracklog.public_api.filters import MISSING

if TYPE_CHECKING:
    from tracklog.public_api.facts import Facts

_KNOWN = {
    "name": "id",
    "id": "id",
    "display_name": "name",
    "displayName": "name",
    "tags": "tags",
    "notes": "notes",
    "description": "notes",
    "group": "group",
    "jobType": "job_type",
    "job_type": "job_type",
    "username": "user",
    "user": "user",
    "user.username": "user",
    "host": "host",
    "entity": "entity",
    "project": "project",
    "sweep": "sweep",
    "sweep_id": "sweep",
    "sweepName": "sweep",
}
"""Columns, and under which name `run.json` and edits have them; wandb calls the id of a run its name."""
_CREATED, _SIGN = ("created_at", "createdAt"), ("heartbeat_at", "heartbeatAt", "updated_at", "updatedAt")
_NESTED = ("config.", "summary_metrics.", "summary.")


def check(column: str) -> None:
    """Raise ValueError for a column that runs do not have."""
    if column in _KNOWN or column in (*_CREATED, *_SIGN, "state") or column.startswith(_NESTED):
        return
    names = ", ".join((*_KNOWN, "created_at", "heartbeat_at", "state", "config.<key>", "summary_metrics.<key>"))
    msg = f"runs have no column {column!r}; there are {names}"
    raise ValueError(msg)


def value(facts: Facts, column: str) -> Any:
    """Return what a run has in a column, times as unix seconds; `MISSING` where it has nothing."""
    if column in _CREATED:
        return _or_missing(seconds(facts.known.get("created") or None))
    if column in _SIGN:
        return facts.last_sign or MISSING
    if column == "state":
        return facts.state
    if column in _KNOWN:
        return _or_missing(facts.known.get(_KNOWN[column]) or None)
    tier, _, key = column.partition(".")
    found = _at(facts.config if tier == "config" else facts.clocks | facts.summary, key)
    if found is MISSING and tier == "config" and key.endswith(".value"):
        found = _at(facts.config, key.removesuffix(".value"))
    return found


def operand(column: str, given: Any) -> Any:
    """Return a filter's value as the column has it. Raises ValueError for an unknown column or what is no time there."""
    check(column)
    if column not in (*_CREATED, *_SIGN) or given is None:
        return given
    found = seconds(given)
    if found is None:
        msg = f"{column} is compared with a time such as '2026-11-17T20:35:04Z', not with {given!r}"
        raise ValueError(msg)
    return found


def _or_missing(found: Any) -> Any:
    return MISSING if found is None else found


def _at(tree: Mapping[str, Any], path: str) -> Any:
    """Return what stands under a dotted path; keys may hold dots themselves."""
    if path in tree:
        return tree[path]
    for end, char in enumerate(path):
        inner = tree.get(path[:end]) if char == "." else None
        if isinstance(inner, Mapping) and (found := _at(inner, path[end + 1 :])) is not MISSING:
            return found
    return MISSING


def ordering(order: str | None) -> tuple[Callable[[Facts], tuple[Any, ...] | None], bool]:
    """Return what runs are sorted by (None: it comes last), and whether the greatest comes first.

    `order` is a column after ``+`` or ``-``. Raises ValueError for one that runs do not have.
    """
    text = order or "+created_at"
    column = text.lstrip("+-")
    check(column)

    def rank(facts: Facts) -> tuple[Any, ...] | None:
        found = value(facts, column)
        if isinstance(found, bool | int | float):
            return None if isinstance(found, float) and math.isnan(found) else (0, found)
        return (1, found) if isinstance(found, str) else None

    return rank, text.startswith("-")
