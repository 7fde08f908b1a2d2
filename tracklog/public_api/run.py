"""A recorded run: read from its folder, edited by appending to it."""

from __future__ import annotations

import copy
import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog import page
from tracklog.errors import UsageError, warn
from tracklog.public_api import absent, rows
from tracklog.public_api.editing import Summary, config_changes, summary_changes
from tracklog.public_api.facts import Facts, moment, read, seconds
from tracklog.public_api.files import File, Files
from tracklog.settings import check_tags
from tracklog.store import layout, writer
from tracklog.store.edits import Editor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracklog.artifacts.artifact import Artifact
    from tracklog.artifacts.home import Home

_HIDDEN = ("_wandb", "wandb_version")
"""Keys of a config that are no settings of the script."""
_NOT_METADATA = ("format", "id", "project", "name", "notes", "tags", "group", "job_type", "entity", "created", "user")


@dataclass(frozen=True, slots=True)
class User:
    """Who ran it, as the operating system said; there are no accounts."""

    username: str
    name: str = ""
    email: str = ""


class Run:
    """A recorded run. What is read is of the moment it was first asked for; `load` reads anew.

    Changes of `name`, `notes`, `tags`, `config` and `summary` are kept by `update`; they hold until the run itself
    records the key again, and a session that resumes the run goes on from them.
    """

    def __init__(self, folder: Path, entity: str = "") -> None:
        """`folder` is the run's, `entity` the label of runs that have none."""
        self._folder = folder
        self._label = entity
        self._editor = Editor(folder)
        self._read: Facts | None = None
        self._name, self._notes = "", ""
        self._tags: list[str] = []
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        """Name, notes, tags, config and summary as the folder has them."""

    # -- reading

    def facts(self) -> Facts:
        """Return what is known of the run but its rows. Raises FormatError for a newer format."""
        if self._read is None:
            self._read = read(self._folder)
            known = self._read.known
            self._name, self._notes = str(known.get("name") or ""), str(known.get("notes") or "")
            self._tags = [str(tag) for tag in known.get("tags") or ()]
            self._config = {key: value for key, value in self._read.config.items() if key not in _HIDDEN}
            self._summary.clear()  # kept in its place: a script may hold it
            self._summary.update(self._read.summary)
            self._kept = copy.deepcopy(self._words() | {"config": self._config, "summary": self._summary})
        return self._read

    def _words(self) -> dict[str, Any]:
        return {"name": self._name, "notes": self._notes, "tags": self._tags}

    def load(self, force: bool = False) -> dict[str, Any]:
        """Read the run, with `force` even if it was read; changes that were not kept are lost then.

        Returns what is known of it. Raises FormatError when it was written by a newer tracklog.
        """
        if force:
            self._read = None
        return dict(self.facts().known)

    def _text(self, key: str) -> str:
        return str(self.facts().known.get(key) or "")

    id = property(lambda self: self._text("id"), doc="The run's id.")
    storage_id = property(lambda self: self._text("id"), doc="The run's id.")
    project = property(lambda self: self._text("project"), doc="The project's name.")
    group = property(lambda self: self._text("group"), doc='The group; "" when it has none.')
    job_type = property(lambda self: self._text("job_type"), doc='The job type; "" when it has none.')
    username = property(lambda self: self._text("user"), doc="The name of who ran it.")
    entity = property(lambda self: self._text("entity") or self._label, doc="A label: there are no accounts.")
    sweep_name = property(lambda self: self._text("sweep") or None, doc="The id of its sweep; None outside of one.")
    path = property(lambda self: [self.entity, self.project, self.id], doc="Entity, project and id.")

    dir = property(lambda self: str(self._folder / layout.FILES), doc="The folder for files of the run.")
    url = property(lambda self: page.of_run(self._folder), doc="File URL of its page; None until there is a site.")
    state = property(lambda self: self.facts().state, doc="``running``, ``finished``, ``failed`` or ``crashed``.")

    @property
    def last_history_step(self) -> int:
        """The last step; -1 before the first."""
        return int(self.facts().clocks.get(layout.STEP, -1))

    lastHistoryStep = last_history_step  # noqa: N815 - wandb's

    @property
    def user(self) -> User:
        """Who ran it."""
        return User(self._text("user"), self._text("user"))

    @property
    def created_at(self) -> str:
        """When it began: ISO 8601 to the second, in UTC."""
        began = seconds(self.facts().known.get("created"))
        return "" if began is None else moment(began)

    @property
    def heartbeat_at(self) -> str:
        """When it wrote its last line: ISO 8601 to the second, in UTC."""
        return moment(self.facts().last_sign)

    updated_at = heartbeat_at

    @property
    def metadata(self) -> dict[str, Any]:
        """What is known of machine, program and git: ``os``, ``python``, ``host``, ``program``, ``args``, ``git``."""
        known = {key: value for key, value in self.facts().known.items() if key not in _NOT_METADATA}
        hardware = known.pop("hardware", None)
        more = hardware if isinstance(hardware, dict) else {}
        return known | more | {"username": self.username, "startedAt": self._text("created")}

    @property
    def system_metrics(self) -> dict[str, float]:
        """The last value of each system metric, after ``system.``."""
        return dict(self.facts().system)

    systemMetrics = system_metrics  # noqa: N815 - wandb's

    @property
    def rawconfig(self) -> dict[str, Any]:
        """The config with the keys that are no settings of the script."""
        return copy.deepcopy(self.facts().config)

    @property
    def json_config(self) -> str:
        """The config as a JSON text in wandb's form: each key with ``value`` and ``desc``."""
        shown = {key: {"desc": None, "value": value} for key, value in self.facts().config.items()}
        return orjson.dumps(shown, default=str).decode()

    @property
    def summary_metrics(self) -> dict[str, Any]:
        """A copy of the summary as a plain dict; media and tensors as their records."""
        self.facts()
        return copy.deepcopy(self._summary)

    @property
    def history_keys(self) -> dict[str, Any]:
        """For each logged key how many values of which type there are, and the last one."""
        return rows.keys(self._folder)

    # -- what can be changed

    @property
    def name(self) -> str:
        """The name people see."""
        self.facts()
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.facts()
        self._name = str(value)

    display_name = name

    @property
    def notes(self) -> str:
        """Notes, in Markdown."""
        self.facts()
        return self._notes

    @notes.setter
    def notes(self, value: str) -> None:
        self.facts()
        self._notes = str(value)

    @property
    def tags(self) -> list[str]:
        """Tags."""
        self.facts()
        return self._tags

    @tags.setter
    def tags(self, value: Iterable[str]) -> None:
        tags = [value] if isinstance(value, str) else [str(tag) for tag in value]
        check_tags(tags)
        self.facts()
        self._tags = tags

    @property
    def config(self) -> dict[str, Any]:
        """The config, nested as it was logged."""
        self.facts()
        return self._config

    @config.setter
    def config(self, value: dict[str, Any]) -> None:
        self.facts()
        self._config = dict(value)

    @property
    def summary(self) -> Summary:
        """The summary; tensors are arrays. It answers for ``_step``, ``_runtime`` and ``_timestamp`` of the last row."""
        return Summary(self._summary, self._folder, self._keep_summary, self.facts().clocks)

    @summary.setter
    def summary(self, value: dict[str, Any]) -> None:
        items = dict(value)  # which may be of the summary itself
        self.facts()
        self._summary.clear()
        for key, item in items.items():
            self.summary[key] = item

    def update(self) -> None:
        """Keep what was changed, and nothing else.

        Raises TypeError for a config value that cannot be stored, ValueError for a tag that cannot be one, OSError when
        nothing can be written.
        """
        self.facts()
        check_tags(self._tags)
        words = self._words()
        edits = {key: value for key, value in words.items() if value != self._kept[key]}
        self._editor.append([("edit", edits)] if edits else [])
        self._kept |= copy.deepcopy(words)
        self._editor.append(config_changes(self._kept["config"], self._config))
        self._kept["config"] = copy.deepcopy(self._config)
        self._keep_summary()

    save = update

    def _keep_summary(self) -> None:
        self._editor.append(summary_changes(self._kept["summary"], self._summary, writer.Files(self._folder)))
        self._kept["summary"] = copy.deepcopy(self._summary)

    def delete(self, delete_artifacts: bool = False) -> None:
        """Raise UsageError: nothing is ever deleted by tracklog."""
        del delete_artifacts
        msg = (
            f"nothing is ever deleted by tracklog; delete the folder {self._folder} yourself, and build the site again"
        )
        raise UsageError(msg)

    # -- rows

    def history(
        self,
        samples: int = 500,
        keys: Sequence[str] | None = None,
        x_axis: str = "_step",
        pandas: bool = True,
        stream: str = "default",
    ) -> Any:
        """Return up to `samples` rows, evenly spread, the same each time, as a DataFrame (a list of dicts without pandas).

        With `keys` only rows that have all of them and `x_axis`, and of these only these keys. The stream ``system``
        holds the system metrics. Raises ValueError for another stream, or no samples.
        """
        if stream not in ("default", "system"):
            msg = f"stream={stream!r} does not exist; choose 'default' or 'system'"
            raise ValueError(msg)
        if samples < 1:
            msg = f"samples={samples!r} gives no rows; ask for at least one"
            raise ValueError(msg)
        wanted = _names(keys)
        if stream == "system":
            chosen = list(rows.having(iter(rows.system(self._folder)), wanted))
        else:
            with_axis = [x_axis, *(key for key in wanted if key != x_axis)] if wanted else []
            every = rows.logged(self._folder)
            chosen = list(rows.having((row for row in every if x_axis in row), with_axis))
        return rows.frame(rows.sampled(chosen, samples), pandas=pandas, missing=_say_no_pandas)

    def scan_history(
        self,
        keys: Sequence[str] | None = None,
        page_size: int = 1000,
        min_step: int | None = None,
        max_step: int | None = None,
        use_cache: bool = True,
    ) -> Iterator[dict[str, Any]]:
        """Yield all rows as dicts, of steps from `min_step` on and below `max_step`.

        With `keys` only rows that have all of them, and of these only these keys. `page_size` and `use_cache` are taken for
        scripts that pass them.
        """
        del page_size, use_cache
        first, end = min_step or 0, float("inf") if max_step is None else max_step
        every = rows.logged(self._folder)
        return rows.having((row for row in every if first <= row[layout.STEP] < end), _names(keys))

    beta_scan_history = scan_history

    def wait_until_finished(self) -> None:
        """Return once the run is not running any more."""

        def is_running() -> bool:
            self.load(force=True)
            return bool(self.state == "running")

        rows.wait(is_running)

    # -- files

    def files(self, names: Sequence[str] | None = None, per_page: int = 50, pattern: str | None = None) -> Files:
        """Return the run's files: all, those of some names, or those that match a pattern (``%`` any text, ``_`` one).

        `per_page` is taken for scripts that pass it. Raises ValueError when both names and a pattern are given.
        """
        del per_page
        return Files(self._folder, names, pattern)

    def file(self, name: str) -> File:
        """Return a file by name. Raises NotFoundError (a ValueError) when there is none."""
        return File(self._folder, name)

    def upload_file(self, path: str | os.PathLike[str], root: str | os.PathLike[str] = ".") -> File:
        """Copy a file into the run, under its path relative to `root`.

        Raises ValueError for a file outside of `root`, OSError when it cannot be copied.
        """
        name = Path(os.path.relpath(path, root)).as_posix()
        if name.startswith("../") or Path(name).is_absolute():
            msg = f"{os.fspath(path)!r} lies outside root={os.fspath(root)!r}; name a folder that holds it"
            raise ValueError(msg)
        files = writer.Files(self._folder)
        files.copy(Path(path), name)
        self._editor.append([("file", {"path": name, "size": files.place(name).stat().st_size})])
        return self.file(name)

    # -- artifacts

    def _home(self) -> Home:
        from tracklog.artifacts.home import Home

        return Home(self._folder.parent, lambda folder: Run(folder, self._label), writer.writer_name)

    def logged_artifacts(self, per_page: int = 100) -> list[Artifact]:
        """Return the versions that the run logged, in the order of time. `per_page` is taken for scripts that pass it."""
        from tracklog.artifacts import exchange

        del per_page
        return exchange.of_run(self._home(), self._folder, "logged")

    def used_artifacts(self, per_page: int = 100) -> list[Artifact]:
        """Return the versions that the run used, in the order of time. `per_page` is taken for scripts that pass it."""
        from tracklog.artifacts import exchange

        del per_page
        return exchange.of_run(self._home(), self._folder, "used")

    def use_artifact(self, artifact: Artifact, use_as: str | None = None) -> Artifact:
        """Say that the run used a version. Raises ArtifactNotLoggedError for a draft, OSError."""
        from tracklog.artifacts import exchange

        return exchange.say(self._keep_event, self.project, "used", artifact, use_as=use_as)

    def log_artifact(
        self, artifact: Artifact, aliases: Sequence[str] | None = None, tags: Sequence[str] | None = None
    ) -> Artifact:
        """Log an artifact as an output of the run. Raises as the method of a run that goes on, and OSError."""
        from tracklog.artifacts import exchange, naming

        words = naming.aliases(aliases)
        artifact.log_to(self._home(), self.id, words, naming.tags(tags))
        return exchange.say(self._keep_event, self.project, "logged", artifact, aliases=words)

    def _keep_event(self, event: str, **fields: Any) -> None:
        self._editor.append([(event, fields)])

    # -- how it looks

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Return a link to the run's page as HTML, or its name alone. `height` and `hidden` are taken for scripts."""
        del height, hidden
        words = html.escape(f"{self.name} ({'/'.join(part for part in self.path if part)}, {self.state})")
        return f'<a href="{html.escape(self.url)}">{words}</a>' if self.url else words

    _repr_html_ = to_html

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show `to_html` in a notebook; return whether there is one."""
        return page.show(self.to_html(height, hidden))

    def __getattr__(self, name: str) -> Any:
        """Find what wandb spells in two ways, ``createdAt``; say of names that are not there yet what to do instead."""
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
        if snake != name and not name.startswith("_") and hasattr(type(self), snake):
            return getattr(self, snake)
        raise AttributeError(absent.sentence("run", name))

    def __repr__(self) -> str:
        return f"<Run {'/'.join(part for part in self.path if part)} ({self.state})>"


def _names(keys: Sequence[str] | None) -> list[str]:
    """Return keys as a list. Raises TypeError for a text, whose letters would be taken for keys."""
    if isinstance(keys, str):
        msg = f"keys={keys!r} is a text; pass a list of keys, as [{keys!r}]"
        raise TypeError(msg)
    return list(keys or ())


def _say_no_pandas() -> None:
    warn("no-pandas", "pandas is not installed: history() returns a list of dicts; history(pandas=False) asks for that")
