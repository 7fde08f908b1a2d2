"""What the manifest keeps of a run or an artifact: all that lists and its freshness need, as JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder import kinds, manifest, rendering
from site_builder.pages import run as run_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_builder import artifacts, runs

BROKEN, LONGEST = 100, 300
"""Sentences about damaged media, a run, and their characters."""


def of_run(built: runs.Built, signature: str, parts: list[str], outputs: dict[str, str]) -> dict[str, Any]:
    """Return what the manifest keeps of a run: all that lists and its freshness need."""
    source = built.source
    return {
        "signature": signature,
        "state": built.row.state,
        "run": source.run,
        "root": source.root,
        "project": source.project,
        "label": rendering.label_of(built),
        "sessions": manifest.session_rows(built.sessions) if built.row.state not in ("finished", "failed") else [],
        "row": {**_plain(built.row), "parts": tuple(parts)},
        "config": built.config,
        "summary": built.summary,
        "least": built.least,
        "greatest": built.greatest,
        "keys": [_plain(info) for info in built.keys],
        "artifacts": [[one.use, one.project, one.name, one.digest] for one in built.head.artifacts],
        "viewers": sorted({*kinds.assets(built.kinds), *run_page.scripts(built)}),
        "pictures": built.pictures,
        "damage": [f"{d.file}:{d.line}: {d.reason}" for d in built.head.damage] + _first(built.broken),
        "media": manifest.media_signature(source.folder) if built.broken else "",
        "outputs": outputs,
    }


def _plain(value: Any) -> Any:
    """Return dataclasses within tuples and dataclasses as dicts; nothing is copied."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value)) if value else value
    names = getattr(value, "__dataclass_fields__", None)
    return value if names is None else {name: _plain(getattr(value, name)) for name in names}


def _first(sentences: Sequence[str]) -> list[str]:
    """Return as many sentences as anybody reads, and how many there are more."""
    shown = [text[:LONGEST] for text in sentences[:BROKEN]]
    rest = len(sentences) - BROKEN
    return shown if rest <= 0 else [*shown, f"{rest:,} more of this kind"]


def of_artifact(built: artifacts.Built, signature: str = "") -> dict[str, Any]:
    """Return what the manifest keeps of an artifact: all that lists and its freshness need."""
    return {
        "signature": signature,
        "project": built.place.project,
        "row": dataclasses.asdict(built.row),
        "viewers": sorted(kinds.assets(built.kinds)),
        "damage": _first(built.head.damage),
        "outputs": {},
    }
