"""The notebooks that a run keeps: which there are, and what of them its page holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder import notebook
from site_builder.files import saved_files
from site_builder.notebook import LARGEST, Notebook
from tracklog.store import notebook as history
from tracklog.store.files import content

if TYPE_CHECKING:
    from pathlib import Path

    from markupsafe import Markup

    from site_builder.pictures import Media

MOST = 20
"""Notebooks that a page shows; Files has all of them."""
ON_PAGE = 1_000_000
"""Characters of HTML that all notebooks of a run may have on its page; the cells behind them are loaded when asked for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notebook, and how it is laid out on the page of its run."""

    notebook: Notebook
    is_history: bool
    """Whether it is the session history: cells as they ran."""
    cells: tuple[Markup, ...]
    """Those that stand on the page."""
    more: int
    """How many do not; they are HTML in the payload `rest`."""
    rest: int


def of_run(folder: Path, media: Media) -> tuple[Shown, ...]:
    """Return the notebooks below a run's `files/`: session histories first, then by name."""
    paths = sorted((not _is_history(path), path, size) for path, size in saved_files(folder) if _is_one(path))
    shown, room = [], ON_PAGE
    for others, path, size in paths[:MOST]:
        book = _read(folder, path, size, media)
        if any(output.kind == "frame" for cell in book.cells for output in cell.outputs):
            media.use("html")
        cells: list[Markup] = []
        for cell in book.cells:
            room -= len(cell.html)
            if room < 0:
                break
            cells.append(cell.html)
        rest = "".join(cell.html for cell in book.cells[len(cells) :])
        payload = media.payload(rest.encode("utf-8", "replace")) if rest else -1
        shown.append(Shown(book, not others, tuple(cells), len(book.cells) - len(cells), payload))
    return tuple(shown)


def damage(notebooks: tuple[Shown, ...]) -> list[str]:
    """Return a sentence for each notebook with which something is wrong."""
    return [f"{shown.notebook.path} {shown.notebook.error}" for shown in notebooks if shown.notebook.damaged]


def _is_one(path: str) -> bool:
    return path.lower().endswith(".ipynb") and ".ipynb_checkpoints/" not in path


def _is_history(path: str) -> bool:
    return path.rpartition("/")[2].startswith(history.NAME)


def _read(folder: Path, path: str, size: int, media: Media) -> Notebook:
    if size > LARGEST:
        error = f"has {size / 1e6:,.0f} MB; notebooks up to {LARGEST / 1e6:g} MB are shown"
        return Notebook(path, "", (), error)
    try:
        data = content(folder / path)
    except OSError as error:
        return Notebook(path, "", (), f"cannot be read: {error.strerror}", damaged=True)
    return notebook.read(path, data, media)
