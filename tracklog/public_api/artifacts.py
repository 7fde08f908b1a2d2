"""The artifacts of projects, from Python: versions, the artifacts that they are of, types. A part of `Api`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from tracklog.artifacts import exchange, naming
from tracklog.artifacts.home import Home
from tracklog.errors import NotFoundError
from tracklog.public_api import address
from tracklog.public_api.run import Run
from tracklog.store import artifacts
from tracklog.store.writer import writer_name

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.artifacts.artifact import Artifact


class Artifacts(Sequence["Artifact"]):
    """Versions of an artifact, the newest first."""

    def __init__(self, found: Sequence[Artifact]) -> None:
        self._found = list(found)

    @overload
    def __getitem__(self, index: int) -> Artifact: ...
    @overload
    def __getitem__(self, index: slice) -> list[Artifact]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return a version, or a list of some."""
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"<Artifacts ({len(self)})>"


@dataclass(frozen=True, slots=True)
class ArtifactCollection:
    """An artifact: all versions of a name."""

    name: str
    type: str
    home: Home

    def artifacts(self, per_page: int = 50) -> Artifacts:
        """Return its versions, the newest first. `per_page` is taken for scripts that pass it."""
        del per_page
        return Artifacts(exchange.all_versions(self.home, self.name))

    versions = artifacts

    @property
    def aliases(self) -> list[str]:
        """The aliases of all versions."""
        return [alias for version in self.artifacts() for alias in version.aliases]


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """All artifacts of a type."""

    name: str
    found: tuple[ArtifactCollection, ...]

    def collections(self, per_page: int = 50) -> list[ArtifactCollection]:
        """Return the artifacts of the type, by name. `per_page` is taken for scripts that pass it."""
        del per_page
        return list(self.found)

    def collection(self, name: str) -> ArtifactCollection:
        """Return an artifact. Raises NotFoundError (a ValueError)."""
        for known in self.found:
            if known.name == name:
                return known
        raise NotFoundError(f"no artifact {name!r} of the type {self.name!r}; there are: {_listed(self.found)}")


class ArtifactReading(ABC):
    """What `Api` knows of artifacts."""

    @property
    @abstractmethod
    def default_project(self) -> str:
        """The project of names that leave it out."""

    @property
    @abstractmethod
    def default_entity(self) -> str:
        """The label of runs that have none."""

    @abstractmethod
    def _project_folders(self, name: str) -> list[Path]:
        """Return the folders of a project. Raises NotFoundError."""

    def artifact(self, name: str, type: str | None = None) -> Artifact:  # noqa: A002 - the name scripts use
        """Return a version by ``[[entity/]project/]name[:alias]``; ``latest`` unless an alias or ``v3`` is given.

        Raises NotFoundError (a ValueError) when it is not there, ValueError when it has another type.
        """
        wanted = naming.address(name)
        homes = self._homes(wanted.project)
        own = replace(wanted, project="")  # which the homes are of
        everywhere = (exchange.look(home, own) for home in homes)
        found = next(filter(None, everywhere), None) or exchange.find(homes[0], f"{own.name}:{own.alias}")
        exchange.check_type(found, type)
        return found

    def artifact_exists(self, name: str, type: str | None = None) -> bool:  # noqa: A002 - the name scripts use
        """Return whether there is a version of that name, and of that type."""
        try:
            self.artifact(name, type)
        except ValueError:
            return False
        return True

    def artifacts(
        self,
        type_name: str,
        name: str,
        order: str | None = None,
        per_page: int = 50,
        tags: Sequence[str] | None = None,
        start: str | None = None,
    ) -> Artifacts:
        """Return the versions of an artifact, the newest first, those with all `tags` if such are given.

        The other arguments are taken for scripts that pass them. Raises NotFoundError (a ValueError) when there is none.
        """
        del order, per_page, start
        found = self.artifact_collection(type_name, name).artifacts()
        return Artifacts([version for version in found if set(tags or ()) <= set(version.tags)])

    def artifact_versions(self, type_name: str, name: str, per_page: int = 50) -> Artifacts:
        """Return the versions of an artifact, as `artifacts`."""
        return self.artifacts(type_name, name, per_page=per_page)

    def artifact_collection(self, type_name: str, name: str) -> ArtifactCollection:
        """Return an artifact by ``[project/]name``. Raises NotFoundError (a ValueError) when there is none of that type."""
        wanted = naming.address(name)
        return self.artifact_type(type_name, wanted.project or None).collection(wanted.name)

    def artifact_collection_exists(self, name: str, type: str) -> bool:  # noqa: A002 - the name scripts use
        """Return whether there is an artifact of that name and type."""
        try:
            self.artifact_collection(type, name)
        except NotFoundError:
            return False
        return True

    def artifact_collections(
        self, project_name: str, type_name: str, order: str | None = None, per_page: int = 50, start: str | None = None
    ) -> list[ArtifactCollection]:
        """Return the artifacts of a project and a type, by name. The other arguments are taken for scripts."""
        del order, per_page, start
        return self.artifact_type(type_name, project_name).collections()

    def artifact_types(self, project: str | None = None, start: str | None = None) -> list[ArtifactType]:
        """Return the types of a project's artifacts, by name. Raises NotFoundError for a project that is not there."""
        del start
        types: dict[str, list[ArtifactCollection]] = {}
        for home in self._homes(address.of_project(project).project):
            for known in artifacts.collections(home.project):
                types.setdefault(known.type, []).append(ArtifactCollection(known.name, known.type, home))
        return [ArtifactType(name, tuple(types[name])) for name in sorted(types)]

    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """Return a type of a project's artifacts. Raises NotFoundError (a ValueError) when it has none."""
        types = self.artifact_types(project)
        for known in types:
            if known.name == type_name:
                return known
        raise NotFoundError(f"no artifacts of the type {type_name!r}; types that are there: {_listed(types)}")

    def _homes(self, project: str) -> list[Home]:
        def open_run(folder: Path) -> Run:
            return Run(folder, self.default_entity)

        return [Home(each, open_run, writer_name) for each in self._project_folders(project or self.default_project)]


def _listed(found: Sequence[ArtifactCollection] | Sequence[ArtifactType]) -> str:
    return ", ".join(each.name for each in found) or "none"
