"""What a run logged and used of artifacts, from its events."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder.artifact_model import RunArtifact
from tracklog.store import happenings, layout, lineage

if TYPE_CHECKING:
    from tracklog.store.reader import RunLog


def of_run(log: RunLog) -> tuple[RunArtifact, ...]:
    """Return each version once for each use, in the order of time."""
    events = [event for writer in log.writers.values() for event in happenings.of_kind(writer, "artifact")]
    found: dict[tuple[str, ...], RunArtifact] = {}
    for event in sorted(events, key=happenings.when):
        one = _artifact(event)
        if one is not None:
            place = (one.use, one.project, one.name, one.digest)
            before = found.get(place, one)
            aliases = tuple(dict.fromkeys((*before.aliases, *one.aliases)))
            found[place] = dataclasses.replace(before, aliases=aliases)
    return tuple(found.values())


def _artifact(event: dict[str, Any]) -> RunArtifact | None:
    use, name, digest = (event.get(key) for key in ("use", "name", "digest"))
    if use not in (lineage.LOGGED, lineage.USED) or not isinstance(name, str) or not isinstance(digest, str):
        return None
    version, kind, project, aliases = (event.get(key) for key in ("version", "type", "project", "aliases"))
    return RunArtifact(
        use="logged" if use == lineage.LOGGED else "used",
        name=name,
        type=kind if isinstance(kind, str) else "",
        version=version if isinstance(version, int) else 0,
        digest=digest,
        aliases=tuple(a for a in aliases if isinstance(a, str)) if isinstance(aliases, list) else (),
        project=layout.file_name(project, layout.RESERVED_PROJECTS) if isinstance(project, str) else "",
    )
