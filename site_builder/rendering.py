"""One run, from its files to its page: here, or in another process, since all that comes and goes can be pickled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder import runs, shares, sources, templates
from site_builder.pages import run as run_page
from tracklog.errors import FormatError
from tracklog.store import layout

if TYPE_CHECKING:
    from site_builder import pictures
    from site_builder.shares import Share
    from site_builder.sources import Source
    from tracklog.store import reader


@dataclass(slots=True)
class Rendered:
    """A run with its page."""

    built: runs.Built
    page: bytes
    log: reader.RunLog | None
    """Kept where a watch will go on reading it."""
    share: Share | None
    """What it gives to the packs of its project; None while it goes on."""


def read_and_render(job: tuple[Source, pictures.Known], *, site: str, now: float, keep: bool) -> Rendered | str:
    """Read a run, of whose pictures some are known, and render it; return a sentence when it cannot be shown.

    `keep` as in `render`.
    """
    source, known = job
    try:
        log = sources.read(source)
    except FormatError as error:
        return str(error)
    return render(source, log, site, now, known, keep=keep)


def render(
    source: Source, log: reader.RunLog, site: str, now: float, known: pictures.Known, *, keep: bool
) -> Rendered | str:
    """Build a run that was read, and its page; `keep` hands the log back while the run goes on."""
    built = read_built(source, now, log, known)
    if isinstance(built, str):
        return built
    try:
        page = templates.render(run_page.TEMPLATE, run_page.context(site, label_of(built), built))
    except Exception as error:
        return _not_shown(source, error)
    live = built.row.state in ("running", "silent")
    return Rendered(built, page, log if keep and live else None, None if live else _share(built))


def _share(built: runs.Built) -> Share:
    blocks = {entry.name: entry.data for part in built.parts for entry in part if isinstance(entry.data, bytes)}
    return shares.of_run(
        built.head, lambda level: shares.from_blocks(level, lambda number: blocks[f"{built.row.entry}/{number}"])
    )


def read_built(
    source: Source, now: float, log: reader.RunLog | None = None, known: pictures.Known | None = None
) -> runs.Built | str:
    """Read a run (unless its log is given) and build it; return a sentence when it cannot be shown."""
    try:
        return runs.build_run(source, log or sources.read(source), now, known)
    except FormatError as error:
        return str(error)
    except Exception as error:
        return _not_shown(source, error)


def _not_shown(source: Source, error: Exception) -> str:
    return f"{source.folder}: cannot be shown: {type(error).__name__}: {error}"


def label_of(built: runs.Built) -> str:
    """Return the name of a run's project as people see it."""
    folder = built.source.project
    return str(built.environment.get("project") or layout.original_name(folder) or folder)
