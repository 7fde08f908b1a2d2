"""What is said of an artifact: name, type, version, aliases, tags, metadata. `Artifact` adds what it holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from tracklog import values
from tracklog.artifacts import naming
from tracklog.errors import ArtifactNotLoggedError, warn
from tracklog.store import typed, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracklog.artifacts.held import Held

_MOST_KEYS = 100


class Described:
    """Names and words of an artifact; those of a version are kept by `save`."""

    def __init__(
        self, name: str, kind: str, description: str | None, metadata: Mapping[str, Any] | None, held: Held | None
    ) -> None:
        """`held` is the version; None of a draft."""
        self._name, self._type = name, kind
        self._description = description
        self._metadata = _metadata(metadata)
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._held = held
        self._settled = held is not None
        """Whether its name is told with the version: after `wait`, as scripts know it."""
        self._incremental = False
        if held is not None:
            self._take(held)

    def _take(self, held: Held) -> None:
        """Be a version from now on."""
        self._held = held
        version = held.version
        self._aliases, self._tags = list(version.aliases), list(version.tags)
        self._metadata, self._description = dict(version.metadata), version.description

    def _version(self, what: str) -> Held:
        if self._held is None:
            self._refuse(what)
        return self._held

    def _refuse(self, what: str) -> NoReturn:
        msg = f"artifact.{what} of {self._name!r}: it is not logged yet; call run.log_artifact(artifact) first"
        raise ArtifactNotLoggedError(msg, self)

    @property
    def name(self) -> str:
        """The name; with its version, ``model:v3``, once `wait` was called, or when it was asked for by its name."""
        return f"{self._name}:{self.version}" if self._settled else self._name

    @property
    def source_name(self) -> str:
        """`name`."""
        return self.name

    @property
    def collection(self) -> str:
        """The name without a version."""
        return self._name

    @property
    def qualified_name(self) -> str:
        """The project, and the name with its version. Raises ArtifactNotLoggedError."""
        return f"{self.project}/{self._name}:{self.version}"

    @property
    def type(self) -> str:
        """The type."""
        return self._type

    @property
    def version(self) -> str:
        """``v0``, ``v1``, …  Raises ArtifactNotLoggedError."""
        return f"v{self._version('version').version.number}"

    @property
    def source_version(self) -> str:
        """`version`."""
        return self.version

    @property
    def project(self) -> str:
        """The project's name. Raises ArtifactNotLoggedError."""
        return self._version("project").project

    @property
    def entity(self) -> str:
        """Nobody: there are no accounts. Raises ArtifactNotLoggedError."""
        self._version("entity")
        return ""

    @property
    def id(self) -> str | None:
        """The digest of a version; None of a draft."""
        return self._held.version.digest if self._held is not None else None

    @property
    def state(self) -> str:
        """``PENDING``, or ``COMMITTED`` of a version."""
        return "PENDING" if self._held is None else "COMMITTED"

    @property
    def created_at(self) -> str:
        """When it was first logged: ISO 8601 to the second, in UTC. Raises ArtifactNotLoggedError."""
        return _moment(self._version("created_at").version.created)

    @property
    def updated_at(self) -> str:
        """When it was last logged or changed: ISO 8601 to the second, in UTC. Raises ArtifactNotLoggedError."""
        return _moment(self._version("updated_at").version.updated)

    @property
    def file_count(self) -> int:
        """The number of its entries. Raises ArtifactNotLoggedError."""
        return len(self._version("file_count").entries)

    @property
    def incremental(self) -> bool:
        """Whether the entries of the version before are taken over."""
        return self._incremental

    @property
    def ttl(self) -> None:
        """None: nothing is ever deleted."""
        return

    @ttl.setter
    def ttl(self, value: object) -> None:
        warn("no-effect-ttl", f"artifact.ttl = {value!r:.80} has no effect: nothing is ever deleted by tracklog")

    # -- what can be changed

    @property
    def description(self) -> str | None:
        """A text about it, Markdown; kept by `save` where it is logged."""
        return self._description

    @description.setter
    def description(self, value: str | None) -> None:
        self._description = None if value is None else str(value)

    @property
    def metadata(self) -> dict[str, Any]:
        """What is known of it, as a config; kept by `save` where it is logged. At most 100 keys."""
        return self._metadata

    @metadata.setter
    def metadata(self, value: Mapping[str, Any] | None) -> None:
        self._metadata = _metadata(value)

    @property
    def aliases(self) -> list[str]:
        """Other names of the version; kept by `save`. Raises ArtifactNotLoggedError."""
        self._version("aliases")
        return self._aliases

    @aliases.setter
    def aliases(self, value: Sequence[str]) -> None:
        self._version("aliases")
        self._aliases = naming.aliases(value)

    @property
    def tags(self) -> list[str]:
        """Words that choose versions; kept by `save`. Raises ArtifactNotLoggedError."""
        self._version("tags")
        return self._tags

    @tags.setter
    def tags(self, value: Sequence[str]) -> None:
        self._version("tags")
        self._tags = naming.tags(value)

    def _words(self) -> dict[str, Any]:
        """Return what is said of it, for a claim."""
        types: typed.Types = {}
        metadata = typed.encode(_metadata(self._metadata), (), types)
        said: dict[str, Any] = {"metadata": metadata, "types": types} if metadata else {}
        return said if self._description is None else {**said, "description": self._description}

    def _keep_changes(self, held: Held) -> None:
        """Keep what was changed of a version. Raises ValueError for aliases and tags that cannot be, OSError."""
        known = held.version
        aliases, tags = naming.aliases(self._aliases), naming.tags(self._tags)
        changes: dict[str, Any] = {
            "aliases": [alias for alias in aliases if alias not in known.aliases],
            "without": [alias for alias in known.aliases if alias not in aliases],
        }
        changes = {key: value for key, value in changes.items() if value}
        if tags != known.tags:
            changes["tags"] = tags
        if self._metadata != known.metadata:
            changes |= {"metadata": {}} | self._words()
            changes.pop("description", None)
        if self._description is not None and self._description != known.description:
            changes["description"] = self._description
        if changes:
            found = versions.edit(known.folder.parent, held.home.writer(), known.digest, changes)
            if found is not None:
                held.version = found
                self._take(held)


def _metadata(value: Mapping[str, Any] | None) -> dict[str, Any]:
    if value is None:
        return {}
    if not hasattr(value, "items"):
        msg = f"metadata is a dict, not {type(value).__name__}: {value!r:.80}"
        raise TypeError(msg)
    if len(value) > _MOST_KEYS:
        msg = f"metadata has {len(value)} keys; it may have {_MOST_KEYS}"
        raise ValueError(msg)
    found: dict[str, Any] = values.config(dict(value))
    return found


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
