"""`Api`: the runs of the log folders that this process records into, or would."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import names, recording
from tracklog.capture import host
from tracklog.errors import FormatError, NotFoundError, warn
from tracklog.public_api import absent, address
from tracklog.public_api.artifacts import ArtifactReading
from tracklog.public_api.project import Project
from tracklog.public_api.run import Run, User
from tracklog.public_api.runs import Runs
from tracklog.public_api.sweep import Sweep
from tracklog.settings import resolve, root_folder
from tracklog.store import fold, layout, reader, sweeps

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVERRIDES = ("dir", "entity", "project")


class Api(ArtifactReading):
    """Recorded runs, from Python: ``Api().run("project/id").history()``.

    They are looked for where `init` records: the folder of ``overrides["dir"]``, ``TRACKLOG_DIR``, ``WANDB_DIR`` or
    ``./tracklogs``, and those that runs of this process have been given. Nothing is written but what a script changes.
    """

    def __init__(
        self, overrides: Mapping[str, Any] | None = None, timeout: int | None = None, api_key: str | None = None
    ) -> None:
        """`overrides` may hold ``dir``, ``entity`` and ``project``; the others are taken for scripts that pass them."""
        del timeout, api_key
        given = dict(overrides or {})
        for name in given.keys() - set(_OVERRIDES):
            warn(f"api-{name}", f"Api(overrides={{{name!r}: …}}) has no effect: runs are read from log folders")
        self._chosen = given.get("dir") is not None
        self._settings = resolve({name: given[name] for name in _OVERRIDES if name in given}, None, {})

    # -- where to look

    def _roots(self) -> list[Path]:
        own = root_folder(self._settings).absolute()
        return [own] if self._chosen else list(dict.fromkeys([own, *recording.roots]))

    @property
    def default_entity(self) -> str:
        """The entity that was set, else the user's name; a label: there are no accounts."""
        return self._settings.entity or host.user()

    @property
    def default_project(self) -> str:
        """The project that was set, else the one that `init` would choose."""
        return self._settings.project or names.default_project(Path.cwd())

    @property
    def settings(self) -> dict[str, Any]:
        """Entity, project and run that addresses are completed by."""
        return {"entity": self.default_entity, "project": self.default_project, "run": self._settings.id}

    @property
    def viewer(self) -> User:
        """The user of this process."""
        return User(host.user(), host.user())

    def flush(self) -> None:
        """Do nothing: every call reads the folders as they are."""

    # -- projects

    def projects(self, entity: str | None = None, per_page: int = 200) -> list[Project]:
        """Return the projects that have runs, by name. `per_page` is taken for scripts that pass it."""
        del per_page
        label = entity or self.default_entity
        found = [Project(_project_name(place), label, place) for places in self._folders().values() for place in places]
        return list({project.name: project for project in sorted(found, key=lambda project: project.name)}.values())

    def project(self, name: str, entity: str | None = None) -> Project:
        """Return a project. Raises NotFoundError (a ValueError) when no run of it is there."""
        label = entity or self.default_entity
        return Project(name, label, self._project_folders(name)[0])

    def _folders(self) -> dict[str, list[Path]]:
        """Return the folders of projects that have runs, by their names as files."""
        found: dict[str, list[Path]] = {}
        for root in self._roots():
            for name in reader.projects(root):
                found.setdefault(name, []).append(root / name)
        return found

    def _project_folders(self, name: str) -> list[Path]:
        found = self._folders()
        folders = found.get(layout.file_name(name, layout.RESERVED_PROJECTS))
        if not folders:
            there = ", ".join(_project_name(places[0]) for places in found.values()) or "none"
            where = ", ".join(map(str, self._roots()))
            msg = f"no project {name!r} in {where}; projects with runs: {there}. Name the folder by TRACKLOG_DIR"
            raise NotFoundError(msg)
        return folders

    # -- runs

    def run(self, path: str = "") -> Run:
        """Return a run by ``entity/project/id``, ``project/id`` or ``id``.

        An id alone is looked for in the default project, then in all. Raises NotFoundError (a ValueError) when it is
        not there, or in several projects.
        """
        wanted = address.of_run(path or self._settings.id or "")
        if wanted.project:
            projects = [self._project_folders(wanted.project)]
        else:
            everywhere = self._folders()
            default = everywhere.get(layout.file_name(self.default_project, layout.RESERVED_PROJECTS), [])
            projects = [default, [place for places in everywhere.values() for place in places]]
        found = next(filter(None, (self._runs_called(wanted.run, places) for places in projects)), [])
        # The same run may have been recorded into several folders; the one that was set comes first.
        found = [folder for folder in found if folder.parent.parent == found[0].parent.parent]
        if len(found) != 1:
            where = ", ".join(map(str, self._roots()))
            what = f"several runs {path!r}: {', '.join(map(str, found))}" if found else f"no run {path!r} in {where}"
            msg = f"{what}; write 'project/id', and name the log folder by TRACKLOG_DIR"
            raise NotFoundError(msg)
        return Run(found[0], wanted.entity or self.default_entity)

    @staticmethod
    def _runs_called(run_id: str, projects: list[Path]) -> list[Path]:
        name = layout.file_name(run_id, layout.RESERVED_RUNS)
        found = [project / name for project in projects if reader.is_run(project / name)]
        # A folder that was renamed still knows its id.
        every = (folder for project in projects for folder in reader.run_folders(project))
        return found or [folder for folder in every if _id(folder) == run_id]

    def runs(
        self,
        path: str | None = None,
        filters: Mapping[str, Any] | None = None,
        order: str | None = "+created_at",
        per_page: int = 50,
        include_sweeps: bool = True,
        lazy: bool = True,
    ) -> Runs:
        """Return the runs of a project (``entity/project`` or ``project``; default: that of `init`) that match `filters`.

        `filters` are in MongoDB's form: ``{"config.lr": {"$lt": 0.1}, "state": "finished", "tags": {"$in": ["best"]}}``.
        `order` is a column after ``+`` or ``-``: ``-created_at``, ``+summary_metrics.loss``; runs without a value come
        last. The other arguments are taken for scripts that pass them.
        Raises NotFoundError (a ValueError) for a project that is not there, ValueError for filters or an order that
        cannot be read.
        """
        del per_page, include_sweeps, lazy
        wanted = address.of_project(path)
        projects = self._project_folders(wanted.project or self.default_project)
        folders = functools.partial(_run_folders, projects)
        return Runs(folders, filters, order, wanted.entity or self.default_entity)

    def sweep(self, path: str) -> Sweep:
        """Return a sweep by ``entity/project/id``, ``project/id`` or ``id``. Raises NotFoundError (a ValueError)."""
        wanted = address.of_run(path)
        folder = sweeps.find(self._roots(), wanted.project or self.default_project, wanted.run)
        if folder is None:
            msg = f"no sweep {path!r} in {', '.join(map(str, self._roots()))}; name the log folder by TRACKLOG_DIR"
            raise NotFoundError(msg)
        return Sweep(folder, wanted.entity or self.default_entity)

    def __getattr__(self, name: str) -> Any:
        """Say of wandb's names that are not there yet what to do instead."""
        raise AttributeError(absent.sentence("Api", name))


def _run_folders(projects: list[Path]) -> list[Path]:
    return [folder for project in projects for folder in reader.run_folders(project)]


def _project_name(folder: Path) -> str:
    """Return a project's name, which its folder may hold a hash of only."""
    name = layout.original_name(folder.name)
    if name is not None:
        return name
    known = (_known(run).get("project") for run in reader.run_folders(folder))
    return next((found for found in known if isinstance(found, str)), folder.name)


def _id(folder: Path) -> object:
    return _known(folder).get("id")


def _known(folder: Path) -> dict[str, Any]:
    try:
        log = reader.read_run(folder)
    except FormatError:  # another run's: those that are asked for may still be found
        return {}
    return fold.environment(log, fold.sessions(log))
