"""The workspace and the run table: the same runs, as plain rows before the page comes to life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from site_builder.pages import base, media
from site_builder.values import logged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEMPLATES = {"project": "project.html.j2", "table": "table.html.j2"}
FILES = {"project": "index.html", "table": "table.html"}
MOST_RUNS = 200
MOST_COLUMNS = 12


def context(site: str, kind: Literal["project", "table"], folder: str, index: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template's context; `index` is a `ProjectIndex` as JSON."""
    label = str(index["project"])
    title = f"{label} · table" if kind == "table" else label
    columns = _columns(index)
    rows = [
        {"run": run, "cells": [_cell(column, n) for column in columns]}
        for n, run in enumerate(index["runs"][:MOST_RUNS])
    ]
    path = f"{folder}/{FILES[kind]}"
    common = base.context(
        site,
        kind,
        path,
        title=title,
        label=label,
        folder=folder,
        has_media=bool(media.keys(index["keys"])),
        has_artifacts=bool(index["artifacts"]),
    )
    return common | {
        "index": index,
        "heads": [column["key"].replace("\\.", ".") for column in columns],
        "rows": rows,
    }


def _columns(index: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Choose the columns to print: config that differs first, then summary."""
    config = [column for column in index["config"] if _differs(column)]
    half = MOST_COLUMNS // 2
    summary = list(index["summary"])
    room = MOST_COLUMNS - min(len(summary), MOST_COLUMNS - min(len(config), half))
    return [*config[:room], *summary][:MOST_COLUMNS]


def _differs(column: Mapping[str, Any]) -> bool:
    return column["rows"] is not None or any(value != column["values"][0] for value in column["values"])


def _cell(column: Mapping[str, Any], run: int) -> str:
    if column["rows"] is None:
        return logged(column["values"][run])
    return logged(column["values"][column["rows"].index(run)]) if run in column["rows"] else "–"
