"""A project: the runs of one folder."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracklog import page
from tracklog.public_api.sweep import Sweep
from tracklog.store import sweeps

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a log folder."""

    name: str
    entity: str
    """A label: there are no accounts."""
    folder: Path

    @property
    def path(self) -> list[str]:
        """Entity and name."""
        return [self.entity, self.name]

    @property
    def id(self) -> str:
        """The name: there is no other id."""
        return self.name

    @property
    def url(self) -> str | None:
        """File URL of its page; None until there is a site."""
        return page.of_project(self.folder)

    def sweeps(self) -> list[Sweep]:
        """Return the project's sweeps, by id."""
        return [Sweep(place, self.entity) for place in sweeps.folders(self.folder)]

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Return a link to its page as HTML, or its name alone. `height` and `hidden` are taken for scripts."""
        del height, hidden
        name = html.escape(self.name)
        return f'<a href="{html.escape(self.url)}">{name}</a>' if self.url else name

    def _repr_html_(self) -> str:
        return self.to_html()
