"""What a run is: its names, its place, the pages that show it. `Run` adds what it does."""

from __future__ import annotations

import html
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from tracklog import page
from tracklog.errors import UsageError, warn
from tracklog.settings import Settings, check_tags
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tracklog.config import Config


class Identity:
    """Names and places of a run; of what can be set, setting it is recorded."""

    config: Config
    _start: dict[str, Any]
    _settings: Settings
    _folder: Path
    _finished: bool

    @property
    def id(self) -> str:
        """The run's id, its folder's name."""
        return str(self._start["id"])

    @property
    def project(self) -> str:
        """The project's name."""
        return str(self._start["project"])

    @property
    def entity(self) -> str:
        """As given; tracklog has no accounts."""
        return str(self._start["entity"])

    @property
    def group(self) -> str:
        """The group, "" when unset."""
        return str(self._start["group"])

    @property
    def job_type(self) -> str:
        """The job type, "" when unset."""
        return str(self._start["job_type"])

    @property
    def resumed(self) -> bool:
        """Whether it goes on with an earlier session."""
        return bool(self._start["resumed"])

    @property
    def starting_step(self) -> int:
        """First step of this session."""
        return int(self._start.get("start_step", 0))

    @property
    def dir(self) -> str:
        """The folder for files of the run; what is put there is the run's."""
        return str(self._folder / layout.FILES)

    @property
    def sync_dir(self) -> str:
        """The run's folder."""
        return str(self._folder)

    @property
    def path(self) -> str:
        """entity/project/id, without an entity project/id."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def settings(self) -> Settings:
        """The settings it was started with."""
        return self._settings

    @property
    def config_static(self) -> Mapping[str, Any]:
        """The config as it is now, read-only."""
        return MappingProxyType(self.config.as_dict())

    @property
    def disabled(self) -> bool:
        """Whether nothing is recorded."""
        return False

    @property
    def offline(self) -> bool:
        """True: nothing is ever sent."""
        return True

    @property
    def mode(self) -> str:
        """As given."""
        return self._settings.mode

    @property
    def sweep_id(self) -> str | None:
        """The sweep it is a trial of, or None."""
        return self._start.get("sweep")

    @property
    def url(self) -> str | None:
        """File URL of the run's page in the site beside the log folder or in the working folder; None until there is one.

        A site that was built before the run began gets the page with its next build.
        """
        return page.of_run(self._folder)

    @property
    def project_url(self) -> str | None:
        """File URL of the project's page, as `url`."""
        return page.of_project(self._folder.parent)

    @property
    def sweep_url(self) -> str | None:
        """None: sweeps have no page of their own."""
        return None

    def project_name(self) -> str:
        """Return the project's name."""
        return self.project

    def get_url(self) -> str | None:
        """Return `url`."""
        return self.url

    def get_project_url(self) -> str | None:
        """Return `project_url`."""
        return self.project_url

    def get_sweep_url(self) -> str | None:
        """Return `sweep_url`."""
        return self.sweep_url

    @property
    def name(self) -> str:
        """The name people see; setting it records an edit. Raises TypeError for None."""
        return str(self._start["name"])

    @name.setter
    def name(self, value: str) -> None:
        if value is None:
            raise TypeError("run.name = None: give a text")
        self._edit(name=str(value))

    @property
    def notes(self) -> str:
        """Markdown notes; setting them records an edit."""
        return str(self._start["notes"])

    @notes.setter
    def notes(self, value: str | None) -> None:
        self._edit(notes="" if value is None else str(value))

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags; setting them records an edit, tags that cannot be one are refused with a warning."""
        return tuple(self._start["tags"])

    @tags.setter
    def tags(self, value: Iterable[str] | None) -> None:
        tags = (value,) if isinstance(value, str) else tuple(value or ())
        try:
            check_tags(tags)
        except (ValueError, TypeError) as error:
            warn("tags", str(error))
            return
        self._edit(tags=list(tags))

    def _edit(self, **changes: Any) -> None:
        self._start.update(changes)

    def _refuse(self, verb: str) -> NoReturn:
        msg = f"cannot {verb} run {self.id}: it has finished; call init() for a new one, or init(id=…, resume='allow')"
        raise UsageError(msg)

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Return a card for notebooks: name, project, place and how to look, with a link to the page once there is one."""
        import shlex

        link, name = self.url, html.escape(self.name)
        title = f'<a href="{html.escape(link)}" target="_blank">{name}</a>' if link else f"<b>{name}</b>"
        root = html.escape(shlex.quote(str(self._folder.parent.parent)))
        lines = [
            f"{title} &nbsp;{html.escape(self.project)}, {'finished' if self._finished else 'running'}",
            f"<code>{html.escape(str(self._folder))}</code>",
            f"look: <code>tracklog build {root} --open</code>",
        ]
        shown = "display:none" if hidden else f"display:inline-block;max-height:{int(height)}px;overflow:auto"
        style = f"{shown};padding:.6em 1em;border:1px solid #8888;border-left:4px solid #2f6fde;border-radius:4px"
        return f'<div class="tracklog-run" style="{style}">{"<br>".join(lines)}</div>'

    def _repr_html_(self) -> str:
        return self.to_html()

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show `to_html` in a notebook; return whether this is one."""
        return page.show(self.to_html(height, hidden))

    def __deepcopy__(self, memo: dict[int, Any]) -> Identity:
        """Return the run itself: there is one."""
        return self

    def __repr__(self) -> str:
        """Name the run and its folder."""
        return f"<tracklog run {self.name!r} in {self._folder}>"
