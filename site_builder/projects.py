"""What is about several runs: project indexes, workspaces, tables and the first page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import templates, tensors, values
from site_builder.model import ProjectRow, SiteIndex
from site_builder.output import data_script, version_of
from site_builder.pages import artifact as artifact_page
from site_builder.pages import artifacts as artifacts_page
from site_builder.pages import base
from site_builder.pages import compare as compare_page
from site_builder.pages import index as index_page
from site_builder.pages import media as media_page
from site_builder.pages import project as project_page
from site_builder.pages import run as run_page
from site_builder.series import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_builder.output import Folder

TITLE = "Projects"
LIVE = ("running", "silent")
PACKS = "packs"
"""The script that reads packs."""


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a site shows, as its manifest keeps it."""

    runs: Sequence[dict[str, Any]]
    artifacts: Sequence[dict[str, Any]]
    packs: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    """By project; a single file has none."""


def write(site: Folder, site_id: str, listed: Listed, changed: list[str]) -> list[str]:
    """Write the shared entries, then their pages; add the entries whose content changed to `changed`.

    Returns the paths of all shared outputs.
    """
    by_folder = indexes(listed)
    first = overview(by_folder)
    paths = []
    for folder, index in by_folder.items():
        paths.append(_write_entry(site, f"{folder}.js", f"p/{folder}", index, changed))
    paths.append(_write_entry(site, "site.js", "site", first, changed))
    for folder, index in by_folder.items():
        for template, context in pages(site_id, folder, index):
            site.write(context["page"].path, templates.render(template, context))
            paths.append(context["page"].path)
    site.write(index_page.PATH, templates.render(index_page.TEMPLATE, index_page.context(site_id, first)))
    return [*paths, index_page.PATH]


def pages(site_id: str, folder: str, index: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield template and context of each page of a project that is about several runs."""
    for kind in ("project", "table"):
        yield project_page.TEMPLATES[kind], project_page.context(site_id, kind, folder, index)
    if media_page.keys(index["keys"]):
        yield media_page.TEMPLATE, media_page.context(site_id, folder, index)
    yield compare_page.TEMPLATE, compare_page.context(site_id, folder, index)
    if index["artifacts"]:
        yield artifacts_page.TEMPLATE, artifacts_page.context(site_id, folder, index)


def viewers(listed: Listed) -> set[str]:
    """Return the scripts that pages load when they need them."""
    found = {*base.SCRIPTS, *(name for run in listed.runs for name in (run_page.VIEWER, *run["viewers"]))}
    found |= {name for artifact in listed.artifacts for name in (artifact_page.VIEWER, *artifact["viewers"])}
    found |= {PACKS} if any(listed.packs.values()) else set()
    return found | {media_page.VIEWER} if any(media_page.keys(run["keys"]) for run in listed.runs) else found


def indexes(listed: Listed) -> dict[str, dict[str, Any]]:
    """Return the `ProjectIndex` of each project as JSON, by its folder."""
    by_project: dict[str, list[dict[str, Any]]] = {}
    for run in listed.runs:
        by_project.setdefault(run["project"], []).append(run)
    rows: dict[str, list[dict[str, Any]]] = {}
    for artifact in listed.artifacts:
        if artifact["row"]["digests"]:
            rows.setdefault(artifact["project"], []).append(artifact["row"])
    return {
        folder: index_of(members, rows.get(folder, ()), listed.packs.get(folder, ()))
        for folder, members in sorted(by_project.items())
    }


def overview(by_folder: dict[str, dict[str, Any]]) -> SiteIndex:
    """Return what the first page says."""
    return SiteIndex(TITLE, tuple(_project_row(folder, index) for folder, index in by_folder.items()))


def _write_entry(site: Folder, file: str, name: str, value: object, changed: list[str]) -> str:
    entries = [Entry(name, orjson.dumps(value).decode())]
    path = f"data/{file}"
    before = len(site.written)
    digest = version_of(entries)
    site.write(path, data_script(file, digest, entries), digest)
    if len(site.written) > before:
        changed.append(name)
    return path


def index_of(
    runs: Sequence[dict[str, Any]], artifacts: Sequence[dict[str, Any]], packs: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return a `ProjectIndex` as JSON; newest run first."""
    ordered = sorted(runs, key=lambda run: (-run["row"]["created"], run["row"]["id"]))
    places = {run["row"]["entry"]: n for n, run in enumerate(ordered)} if packs else {}
    return {
        "project": ordered[0]["label"],
        "runs": [run["row"] for run in ordered],
        "config": _columns([{key: values.exact(value) for key, value in run["config"].items()} for run in ordered]),
        "summary": _columns([{key: _cell(value) for key, value in run["summary"].items()} for run in ordered]),
        "least": _columns([run["least"] for run in ordered]),
        "greatest": _columns([run["greatest"] for run in ordered]),
        "keys": _keys(ordered[::-1]),
        "artifacts": sorted(artifacts, key=lambda row: (row["type"], row["name"], row["root"])),
        "packs": [
            {"runs": [places[entry] for entry, _ in pack["runs"]], "first": pack["first"], "parts": pack["parts"]}
            for pack in packs
        ],
    }


def _cell(value: Any) -> Any:
    """Return a summary value as the run table holds it: media by their kind, tensors by mean and deviation."""
    if not isinstance(value, dict) or "_type" not in value or value["_type"] == "string":
        return values.exact(value)
    tensor = tensors.described(value)
    return f"{tensor.mean} {tensor.std}".strip() if tensor else values.logged(value)


def _columns(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places: dict[str, list[int]] = {}
    columns: dict[str, list[Any]] = {}
    for n, row in enumerate(rows):
        for key, value in row.items():
            places.setdefault(key, []).append(n)
            columns.setdefault(key, []).append(value)
    return [
        {"key": key, "rows": None if len(found) == len(rows) else found, "values": columns[key]}
        for key, found in places.items()
    ]


def _keys(oldest_first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for run in oldest_first:
        for info in run["keys"]:
            place = (info["stream"], info["key"], info["kind"])
            if place in found:
                found[place]["runs"] += 1
                found[place]["hidden"] = found[place]["hidden"] and info["hidden"]
                # What the newest run says of it, as scripts change.
                found[place] |= {name: info[name] for name in ("x", "goal") if info[name]}
            else:
                found[place] = dict(info)
    return list(found.values())


def _project_row(folder: str, index: dict[str, Any]) -> ProjectRow:
    rows = index["runs"]
    return ProjectRow(
        project=index["project"],
        page=f"{folder}/{project_page.FILES['project']}",
        runs=len(rows),
        running=sum(row["state"] in LIVE for row in rows),
        crashed=sum(row["state"] == "crashed" for row in rows),
        failed=sum(row["state"] == "failed" for row in rows),
        last_sign=max((row["last_sign"] for row in rows), default=0.0),
    )
