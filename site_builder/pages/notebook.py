"""The tab of a run's page that shows its notebooks: plain HTML, in which frames and what is too large come to life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from site_builder.notebook_files import Shown

VIEWER = "notebook"
"""Script of the tab."""


@dataclass(frozen=True, slots=True)
class Section:
    """A notebook."""

    title: str
    path: str
    error: str
    cells: tuple[Markup, ...]
    more: int
    rest: int


def sections(notebooks: Iterable[Shown]) -> tuple[Section, ...]:
    """Return what the template prints."""
    return tuple(
        Section(
            "Cells as they ran" if shown.is_history else shown.notebook.path.rpartition("/")[2],
            shown.notebook.path,
            shown.notebook.error,
            shown.cells,
            shown.more,
            shown.rest,
        )
        for shown in notebooks
    )
