"""What ClearML's `task.json` says of a run: settings as texts with their types, tags, the script, and artifacts."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_url
from tracklog.importers import told
from tracklog.importers.nesting import nested
from tracklog.store import files, layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GENERAL = "General"
"""The section of settings that were given as a dict without a name."""


def told_of(task: dict[str, Any], folder: Path, saved: dict[str, str]) -> Iterator[told.Told]:
    """Yield what a task says; `saved` are the artifacts that were told before."""
    script = _mapping(task.get("script"))
    remote = script.get("repository")
    tags = task.get("tags")
    yield told.About(
        {
            "name": task.get("name"),
            "notes": task.get("comment"),
            "tags": sorted(map(str, tags)) if isinstance(tags, list) else [],
            "job_type": task.get("type"),
            "program": script.get("entry_point"),
            "python": str(script.get("binary") or "").removeprefix("python"),
            "git": {
                "remote": redact_url(remote),
                "commit": script.get("version_num"),
                "branch": script.get("branch"),
            }
            if isinstance(remote, str) and remote
            else None,
        }
    )
    config = _config(task.get("hyperparams"))
    if config:
        yield told.Config(config)
    yield from _files(task, script)
    for name, sign in artifacts(task).items():
        if saved.get(name) != sign:
            yield from _artifact(name, _mapping(_artifacts(task)[name]), folder)


def _config(sections: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section, given in _mapping(sections).items():
        values = {name: _cast(_mapping(one)) for name, one in _mapping(given).items()}
        unfolded = nested(values, "/")
        found |= unfolded if section == _GENERAL else {section: unfolded}
    return found


def _cast(one: dict[str, Any]) -> Any:
    """Return a setting as its type says; one without a type was None."""
    text, kind = one.get("value"), str(one.get("type") or "").partition("/")[0]
    if not kind:
        return None if text in ("", None) else text
    if not isinstance(text, str):
        return text
    try:
        if kind == "bool":
            return {"true": True, "false": False}.get(text.lower(), text)
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
        if kind in ("list", "tuple", "dict"):
            return json.loads(text)
    except (ValueError, RecursionError):
        pass
    return text


def _files(task: dict[str, Any], script: dict[str, Any]) -> Iterator[told.Told]:
    """Yield the texts that a task holds as the files that they were."""
    packages = _mapping(script.get("requirements")).get("pip")
    if isinstance(packages, str) and packages.strip():
        yield told.Saved(layout.REQUIREMENTS, packages.encode("utf-8", "replace"))
    diff, entry = script.get("diff"), script.get("entry_point")
    if isinstance(diff, str) and diff:
        if script.get("repository"):
            yield told.Saved(layout.PATCH, diff.encode("utf-8", "replace"))
        else:  # outside a repository it is the script itself
            name = PurePosixPath(entry if isinstance(entry, str) else "").name or "script.py"
            yield told.Saved(f"{layout.CODE}/{name}", diff.encode("utf-8", "replace"))
    for name, one in _mapping(task.get("configuration")).items():
        text = _mapping(one).get("value")
        if isinstance(text, str):
            yield told.Saved(f"configuration/{name}.conf", text.encode("utf-8", "replace"))


def artifacts(task: dict[str, Any]) -> dict[str, str]:
    """Return the artifacts of a task by their names, and what changes when one does."""
    return {name: f"{one.get('hash')}/{one.get('timestamp')}" for name, one in _artifacts(task).items()}


def _artifacts(task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    listed = _mapping(task.get("execution")).get("artifacts")
    known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {one["key"]: one for one in known if isinstance(one.get("key"), str)}


def _artifact(name: str, one: dict[str, Any], folder: Path) -> Iterator[told.Told]:
    path = data_file(folder, one.get("uri"))
    if path is not None:
        yield told.Saved(f"artifacts/{name}/{path.name}", path)
    else:
        yield told.Damage(f"the artifact {name!r} is not in the session; it is left out")


def data_file(folder: Path, where: Any) -> Path | None:
    """Return a file below `data/` by the path that it had where the run was made; None where it is not there."""
    if not isinstance(where, str):
        return None
    parts = where.replace("\\", "/").split("/")
    starts = [n for n, part in enumerate(parts) if part == "data"]
    tails = ("/".join(parts[n:]) for n in starts)
    return next((found for tail in tails if (found := files.inside(folder, tail)) is not None), None)


def _mapping(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
