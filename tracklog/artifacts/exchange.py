"""What runs log and use: artifacts become versions, names become artifacts, and the run says so in its events."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.artifacts import naming, run_tables
from tracklog.artifacts.artifact import Artifact
from tracklog.artifacts.held import Held
from tracklog.errors import NotFoundError, warn
from tracklog.names import make_artifact_name_safe
from tracklog.store import artifacts, layout, lineage, versions
from tracklog.store.objects import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracklog.artifacts.home import Home
    from tracklog.recording import Recording


def log(
    home: Home,
    recording: Recording,
    run: str,
    given: Any,
    name: str | None,
    kind: str | None,
    aliases: Sequence[str] | str | None,
    tags: Sequence[str] | str | None,
) -> Artifact:
    """Log an artifact, or a path as one, in a run. See `Run.log_artifact`."""
    words, labels = naming.aliases(aliases), naming.tags(tags)
    if isinstance(given, Artifact):
        artifact = given
    elif isinstance(given, str | os.PathLike):
        artifact = _of_path(os.fspath(given), name, kind, run)
    else:
        msg = f"log_artifact() takes an Artifact or a path, not {type(given).__name__}: {given!r:.80}"
        raise TypeError(msg)
    try:
        artifact.log_to(home, run, words, labels)
    except SourceError:
        raise
    except OSError as error:
        warn(
            f"artifact-write-{artifact.collection}",
            f"the artifact {artifact.collection!r} could not be kept in {home.project}: {error.strerror or error}",
        )
        artifact.dismiss()
        return artifact
    return say(recording.event, Held.name_of(home), lineage.LOGGED, artifact, aliases=words)


def _of_path(path: str, name: str | None, kind: str | None, run: str) -> Artifact:
    own = name or make_artifact_name_safe(f"run-{run}-{Path(path).name}")
    artifact = Artifact(own, kind or "unspecified")
    if Path(path).is_file():
        artifact.add_file(path)
    elif Path(path).is_dir():
        artifact.add_dir(path)
    elif "://" in path:
        artifact.add_reference(path)
    else:
        msg = f"log_artifact({path!r:.200}): there is no such file or folder, and it is no address as s3://bucket/key"
        raise ValueError(msg)
    return artifact


def use(home: Home, recording: Recording, given: Any, kind: str | None, use_as: str | None) -> Artifact:
    """Take a version as an input of a run. See `Run.use_artifact`."""
    if isinstance(given, str):
        artifact = find(home, given)
    elif isinstance(given, Artifact):
        artifact = given
    else:
        msg = f"use_artifact() takes a name or an Artifact, not {type(given).__name__}: {given!r:.80}"
        raise TypeError(msg)
    check_type(artifact, kind)
    if artifact.is_draft():  # one that could not be kept
        return artifact
    return say(recording.event, Held.name_of(home), lineage.USED, artifact, use_as=use_as)


def check_type(artifact: Artifact, kind: str | None) -> None:
    """Raise ValueError when an artifact has another type than was asked for."""
    if kind is not None and kind != artifact.type:
        msg = f"the artifact {artifact.name!r} has the type {artifact.type!r}, not {kind!r:.80}"
        raise ValueError(msg)


def find(home: Home, name: str) -> Artifact:
    """Return the artifact that ``[[entity/]project/]name[:alias]`` names, in a project or beside it.

    Raises NotFoundError, a ValueError too, when it is not there.
    """
    wanted = naming.address(name)
    found = look(home, wanted)
    if found is not None:
        return found
    project = _home_of(home, wanted).project
    known = artifacts.collection(project, wanted.name)
    if known is None:
        names = ", ".join(sorted(each.name for each in artifacts.collections(project))[:20]) or "none"
        raise NotFoundError(f"no artifact {wanted.name!r} in {project}; there are: {names}")
    there = [f"v{version.number}" for version in known.versions if version.is_there]
    words = [alias for version in known.versions for alias in version.aliases]
    raise NotFoundError(
        f"the artifact {wanted.name!r} has no {wanted.alias!r}; it has {', '.join([*there[-20:], *words])}"
    )


def look(home: Home, wanted: naming.Address) -> Artifact | None:
    """Return the artifact of an address, in a project or beside it; None when it is not there."""
    where = _home_of(home, wanted)
    found = artifacts.collection(where.project, wanted.name)
    if found is None:
        table = run_tables.find(where, wanted)
        return None if table is None else Artifact.of_version(table)
    version = found.find(wanted.alias)
    return None if version is None or not version.is_there else Artifact.of_version(Held(where, version))


def _home_of(home: Home, wanted: naming.Address) -> Home:
    return replace(home, project=layout.project_folder(home.project.parent, wanted.project)) if wanted.project else home


def say(keep: Callable[..., None], project: str, use: str, artifact: Artifact, **more: Any) -> Artifact:
    """Have an event kept that says what a run of a project logged or used; return the artifact.

    Raises ArtifactNotLoggedError for a draft.
    """
    said = {"use": use, "name": artifact.collection, "version": int(artifact.version[1:]), "digest": artifact.digest}
    said |= {"type": artifact.type} | {key: value for key, value in more.items() if value}
    if artifact.project != project:
        said["project"] = artifact.project
    keep("artifact", **said)
    return artifact


def all_versions(home: Home, name: str) -> list[Artifact]:
    """Return the versions of an artifact that are there, the newest first."""
    found = artifacts.collection(home.project, name)
    known = found.versions if found is not None else []
    return [Artifact.of_version(Held(home, version)) for version in reversed(known) if version.is_there]


def of_run(home: Home, run: Path, use: str) -> list[Artifact]:
    """Return the versions that a run logged or used, in the order of time, each once; those that are not there are left out."""
    found: dict[tuple[str, str, str], Artifact] = {}
    for event in lineage.of_run(run):
        project = str(event.get("project") or "")
        key = (project, event["name"], event["digest"])
        if event["use"] != use or key in found:
            continue
        place = layout.project_folder(home.project.parent, project) if project else home.project
        version = versions.read(versions.folder_of(place, event["name"])).find(event["digest"])
        if version is not None and version.is_there:
            found[key] = Artifact.of_version(Held(replace(home, project=place), version))
    return list(found.values())
