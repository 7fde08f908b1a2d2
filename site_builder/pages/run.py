"""The page of a run: its overview as plain HTML; charts, media, logs and files come to life in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from site_builder import code_files, markdown, surroundings, tensors
from site_builder.model import MEDIA_KINDS
from site_builder.pages import base, code, notebook
from site_builder.values import cell, logged, written
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_builder.model import Alert, Damage, Joint, Lost
    from site_builder.runs import Built

TEMPLATE = "run.html.j2"
VIEWER = "logs"
"""Script of the tab Logs, which is loaded when it is opened."""
ALERTS = 50
"""Alerts that the page prints, at most."""
VALUES = 200
"""Values of the summary that the page prints, at most: scripts list the others when they are asked for."""
ARTIFACTS = 12
"""Versions that the page prints of those that the run logged, and of those that it used, at most."""


@dataclass(frozen=True, slots=True)
class Node:
    """A config value, or a dict of them."""

    key: str
    value: str
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A summary value: its path, its last part, as people read it and as it is; of a tensor its spread and bars."""

    key: str
    label: str
    value: str
    raw: str
    best: str = ""
    bars: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What the Overview tab prints."""

    command: str
    git: dict[str, Any] | None
    environment: tuple[tuple[str, str], ...]
    config: tuple[Node, ...]
    summary: tuple[dict[str, Any], ...]
    values: int
    listed: int
    notes: Markup
    exception: dict[str, Any] | None
    damage: tuple[Damage, ...]
    joints: tuple[Joint, ...]
    alerts: tuple[Alert, ...]
    artifacts: tuple[dict[str, Any], ...]


def context(site: str, label: str, built: Built) -> dict[str, Any]:
    """Return the template's context; `label` is the project's name."""
    row = built.row
    common = base.context(
        site,
        "run",
        row.page,
        title=f"{row.name} · {label}",
        label=label,
        folder=built.source.project,
        run=row.entry,
        has_media=any(info.kind in MEDIA_KINDS and not info.hidden for info in built.keys),
        has_artifacts=built.has_artifacts,
    )
    parts = {"overview": overview(built), "notebooks": notebook.sections(built.notebooks), "code": code.code(built)}
    return common | parts | {"run": row, "head": built.head, "tabs": _tabs(built)}


def scripts(built: Built) -> set[str]:
    """Return the viewers of those tabs that not every run has."""
    return {
        name
        for name, there in ((notebook.VIEWER, built.notebooks), (code.VIEWER, code.is_there(built.head.files)))
        if there
    }


def overview(built: Built) -> Overview:
    """Gather what the Overview tab prints."""
    environment = built.environment
    command = surroundings.command(environment)
    return Overview(
        command=command,
        git=_git(environment.get("git"), built),
        environment=(*surroundings.listed(environment), *((("Command", command),) if command else ())),
        config=_tree(built.config),
        summary=_summary(built.summary, dict(built.row.diverged)),
        values=len(built.summary),
        listed=min(len(built.summary), VALUES),
        notes=markdown.render(built.row.notes) if built.row.notes else Markup(),
        exception=_exception(built),
        damage=built.head.damage,
        # The first session of a fork goes on from the copy: that is told as where it comes from.
        joints=built.head.joints[1:] if environment.get("forked_from") else built.head.joints,
        alerts=tuple(built.alerts[:ALERTS]),
        artifacts=_artifacts(built),
    )


def _tabs(built: Built) -> list[dict[str, Any]]:
    head = built.head
    history = [s for s in head.series if s.stream == "history" and not s.hidden]
    media = {(s.key, s.kind) for s in history if s.kind in MEDIA_KINDS}
    inside = {f"{s.key}_table" for s in history if s.kind == "chart"}
    tables = {s.key for s in history if s.kind == "table"} - inside
    charts = {
        (s.key, "number" if s.kind == "bool" else s.kind) for s in history if s.kind not in {*MEDIA_KINDS, "table"}
    }
    system = {s.key for s in head.series if s.stream == "system"}
    tabs = [("overview", "Overview", 0), ("charts", "Charts", len(charts)), ("media", "Media", len(media))]
    tabs += [("tables", "Tables", len(tables)), ("system", "System", len(system))]
    tabs += [("notebook", "Notebook", len(built.notebooks)), ("code", "Code", len(code.kept(head.files)))]
    tabs += [("logs", "Logs", head.logs.lines), ("files", "Files", len(head.files))]
    always = ("overview", "logs", "code") if code.is_there(head.files) else ("overview", "logs")
    return [{"id": id_, "label": label, "count": count} for id_, label, count in tabs if count or id_ in always]


def _artifacts(built: Built) -> tuple[dict[str, Any], ...]:
    """Return what the run logged and used, the newest first in either list."""
    lists: dict[str, list[dict[str, Any]]] = {"used": [], "logged": []}
    for one in reversed(built.head.artifacts):
        page = (
            ""
            if one.project
            else f"{built.row.page.partition('/')[0]}/{layout.ARTIFACTS}/{layout.file_name(one.name)}.html"
        )
        lists[one.use].append({"of": one, "page": page, "anchor": f"version={one.digest}"})
    return tuple({"use": use, "some": found[:ARTIFACTS], "all": len(found)} for use, found in lists.items() if found)


def _git(git: object, built: Built) -> dict[str, Any] | None:
    if not isinstance(git, dict) or not git.get("commit"):
        return None
    text = {key: str(git.get(key) or "") for key in ("remote", "commit", "branch")}
    has_patch = any(file.path == layout.PATCH for file in built.head.files)
    changed = git.get("files_changed")
    return text | {
        "dirty": bool(git.get("dirty")) or has_patch,
        "files_changed": changed if isinstance(changed, int) else 0,
        "has_patch": has_patch,
    }


def _tree(flat: Mapping[str, Any]) -> tuple[Node, ...]:
    """Return a flat config as a tree again."""
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, last = layout.split_path(key)
        place = nested
        for part in parents:
            place = place.setdefault(part, _Branch())
        place[last] = value
    return _nodes(nested)


class _Branch(dict[str, Any]):
    """A nested dict of the config, unlike one that is a value."""


def _nodes(nested: Mapping[str, Any]) -> tuple[Node, ...]:
    return tuple(
        Node(key, "", _nodes(value)) if isinstance(value, _Branch) else Node(key, written(value), ())
        for key, value in nested.items()
    )


def _summary(summary: Mapping[str, Any], diverged: Mapping[str, Lost]) -> tuple[dict[str, Any], ...]:
    sections: dict[str, list[Item]] = {}
    for key, value in islice(summary.items(), VALUES):
        label = key.replace("\\.", ".")
        section = label.rpartition("/")[0].partition("/")[0]
        sections.setdefault(section, []).append(_item(key, label.removeprefix(f"{section}/"), value, diverged.get(key)))
    return tuple({"section": section, "items": items} for section, items in sections.items())


def _item(key: str, label: str, value: Any, lost: Lost | None) -> Item:
    if lost is not None and isinstance(value, str) and value in layout.NON_FINITE:
        before = "never finite" if lost.good is None else f"last good value {cell(lost.good)}"
        since = f"since step {lost.since:,}"
        return Item(key, label, logged(value), f"{lost.what} {since}, {before}", since)
    tensor = tensors.described(value)
    if tensor:
        return Item(key, label, tensor.mean, tensor.facts, tensor.std, tensor.bars)
    return Item(key, label, logged(value), _raw(value))


def _raw(value: Any) -> str:
    if isinstance(value, dict):
        return ""
    return value if isinstance(value, str) else written(value)


def _exception(built: Built) -> dict[str, Any] | None:
    error = built.error
    if error is None or built.row.state not in ("failed", "crashed"):
        return None
    where = f"{error['file']}:{error['line']}" if error.get("file") else ""
    code_file = code_files.likest(built.head.files, error.get("file")) if "site-packages" not in where else None
    marks = [mark.line for mark in built.head.logs.marks if mark.level == "error"]
    return {
        "title": f"{error.get('type', 'Exception')}: {error.get('message', '')}",
        "where": where,
        "code": f"tab=code&file={quote(code_file)}&L={error['line']}" if code_file else "",
        "lines": built.log_tail[-6:],
        "line": marks[-1] if marks else -1,
    }
