"""Notebooks: from a file's bytes to cells with what they show. Nothing a notebook says is trusted, or has to be whole.

Its cells go through nbconvert, one by one, with the template ``templates/notebook/cell.html.j2``: what a cell breaks costs
that cell. Pictures and documents of outputs go through a door to where the site keeps them.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from markupsafe import Markup

from site_builder import highlight, outputs, templates
from site_builder.markdown import Rich
from tracklog.store import notebook, screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_builder.outputs import Door, Output

LARGEST = 100_000_000
"""Bytes of a notebook that is read."""
SOURCE = 200_000
"""Characters of a cell's source that are shown."""
_CONTROLS = re.compile(r"[\r\b]|\x1b(?!\[[0-9;:]*m)")
"""What goes back in a text, as progress bars do, and all that is no colour."""

Kind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what was written, exactly, and what is shown of it."""

    kind: Kind
    source: str
    count: int | None
    """The number that stands beside a code cell that has run."""
    outputs: tuple[Output, ...]
    html: Markup
    """The whole cell; addresses of pictures stand in ``data-nb-media``, relative to the site's root."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook of a run."""

    path: str
    """Below the run's `files/`."""
    language: str
    cells: tuple[Cell, ...]
    error: str = ""
    """Why it is not shown, or not whole."""
    damaged: bool = False
    """Whether that is because something is wrong with it."""


def read(path: str, data: bytes, door: Door) -> Notebook:
    """Return the notebook that a file holds; never raises: one that cannot be read has an error and no cells."""
    try:
        raw, cut = _loaded(data)
        cells = raw.get("cells")
        if not isinstance(cells, list):
            return Notebook(path, "", (), "is no notebook: it has no list of cells", damaged=True)
    except Exception as error:
        why = str(error)[:200] or type(error).__name__
        return Notebook(path, "", (), f"is damaged: {why}" if data.strip() else "is empty", damaged=True)
    renderer = _Renderer(path, _language(raw), door)
    shown = tuple(renderer.cell(number, cell) for number, cell in enumerate(cells))
    missing = "was cut while it was written; its last cell may be missing" if cut else ""
    return Notebook(path, renderer.language, shown, missing, damaged=cut)


def _loaded(data: bytes) -> tuple[dict[str, Any], bool]:
    """Return a notebook as nbformat 4 has it, and whether its end is missing. Raises ValueError for what is none."""
    try:
        raw, cut = _json(data), False
    except ValueError:
        whole = notebook.salvaged(data)
        if whole == data:
            raise
        raw, cut = _json(whole), True
    if not isinstance(raw, dict):
        raise TypeError("it holds no notebook")
    major = raw.get("nbformat")
    if not isinstance(major, int) or not 1 <= major <= 4:  # noqa: PLR2004 - the formats there are
        raise ValueError(f"its format is {major!r}, and notebooks of formats 1 to 4 are shown")
    if major < 4:  # noqa: PLR2004 - the newest
        import nbformat

        raw = nbformat.convert(nbformat.from_dict(raw), 4)
    return raw, cut


def _json(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except ValueError:  # NaN and lone surrogates are what Python writes, and JSON has not
        return json.loads(data.decode("utf-8", "replace"))


def _language(raw: dict[str, Any]) -> str:
    metadata = raw.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    if not isinstance(info, dict):
        return "python"
    lexer = info.get("pygments_lexer")
    language = str(lexer if isinstance(lexer, str) else info.get("name") or "python").lower()
    return language if language in highlight.LANGUAGES else "text"


class _Renderer:
    """Shows the cells of one notebook."""

    def __init__(self, path: str, language: str, door: Door) -> None:
        self.language = language
        self._rich = Rich()
        self._shelf = outputs.Shelf(path, door, self._rich)

    def cell(self, number: int, raw: Any) -> Cell:
        """Return a cell; of a damaged one a sentence."""
        try:
            return self._cell(number, raw)
        except Exception as error:
            said = Markup('<div class="nb-cell"><p class="nb-note">This cell is damaged: {}</p></div>')
            return Cell("raw", "", None, (), said.format(f"{type(error).__name__}: {error}"[:200]))

    def _cell(self, number: int, raw: dict[str, Any]) -> Cell:
        kind: Kind = raw["cell_type"] if raw.get("cell_type") in ("code", "markdown") else "raw"
        source = outputs.text_of(raw.get("source"))
        count = raw.get("execution_count")
        found = raw.get("outputs") if kind == "code" else None
        shown = tuple(self._output(one) for one in found) if isinstance(found, list) else ()
        cell = Cell(kind, source, count if isinstance(count, int) else None, shown, Markup())
        resources = {
            "shown": cell,
            "number": number + 1,
            "language": self.language,
            "text": self._text(source, raw.get("attachments")) if kind == "markdown" else "",
        }
        return Cell(kind, source, cell.count, shown, _through_nbconvert(kind, resources))

    def _output(self, raw: Any) -> Output:
        try:
            return self._shelf.output(raw)
        except Exception as error:
            return outputs.Output("absent", note=f"This output is damaged: {type(error).__name__}: {str(error)[:200]}")

    def _text(self, source: str, attachments: Any) -> Markup:
        kept = attachments if isinstance(attachments, dict) else {}
        return self._rich.render(part(source), lambda address, words: self._shelf.picture(address, words, kept))


def _through_nbconvert(kind: Kind, resources: dict[str, Any]) -> Markup:
    import nbformat

    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": ""}
    cell |= {"execution_count": None, "outputs": []} if kind == "code" else {}
    book = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    html, _ = _exporter().from_notebook_node(nbformat.from_dict(book), resources)
    return Markup(html)  # noqa: S704 - its template escapes all but what the filters below have made


@functools.cache
def _exporter() -> Any:
    from nbconvert.exporters.templateexporter import TemplateExporter

    filters = {"ansi": ansi, "code": highlight.code, "part": part, "rest": rest, "picture": outputs.picture}
    exporter = TemplateExporter(
        template_name="notebook",
        template_file="cell.html.j2",
        extra_template_basedirs=[str(templates.folder())],
        default_preprocessors=[],
        filters=filters,
    )
    exporter.environment.autoescape = True
    return exporter


def part(source: str) -> str:
    """Return what is shown of a source."""
    return source[:SOURCE]


def rest(source: str) -> int:
    """Return how many characters of a source are not shown."""
    return max(0, len(source) - SOURCE)


def ansi(text: str) -> Markup:
    """Return a text with its colours as spans, lines as a terminal shows them in the end."""
    from nbconvert.filters.ansi import ansi2html

    painted = "\n".join(_painted(text)) if _CONTROLS.search(text) else text
    return Markup(ansi2html(painted))  # noqa: S704 - it escapes the text


def _painted(text: str) -> Iterator[str]:
    shown = screen.Screen()
    shown.write(text, 0.0)
    for row in (*shown.finished(), *shown.rows):
        if not row.erased:
            yield row.painted()
