"""One run, from its files to its page: here, or in another process, since all that comes and goes can be pickled."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder import inspection, output, reading, runs, series, shares, templates
from site_builder.pages import run as run_page
from tracklog.errors import FormatError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from site_builder import pictures
    from site_builder.gate import Gate
    from site_builder.inspection import Inspector
    from site_builder.reading import Reading
    from site_builder.shares import Share
    from site_builder.sources import Source


@dataclass(frozen=True, slots=True)
class Site:
    """What the work on each run is told of the build that it is for."""

    root: Path
    id: str
    now: float
    """Unix seconds."""
    live: bool
    """Whether a watch will go on reading the runs that go on."""
    remote: bool = False
    """Whether the site lies on another machine than where runs are read: all that is made travels back."""
    gate: Gate | None = None
    """Where there is one, nothing is put into the site while runs are read."""


@dataclass(slots=True)
class Rendered:
    """A run with its page."""

    built: runs.Built
    page: bytes
    reading: Reading | None
    """Kept where a watch will go on reading it."""
    written: list[str]
    """Files of finished blocks that were put into the site."""
    held: dict[str, list[series.Entry]]
    """Those that travel, by their digests."""
    share: Share | None
    """What it gives to the packs of its project; None while it goes on."""
    inspector: Inspector | None = None
    """What the gate found."""


def read_and_render(job: tuple[Source, pictures.Known], *, site: Site) -> Rendered | str:
    """Read a run, of whose pictures some are known, and render it; return a sentence when it cannot be shown."""
    source, known = job
    store = output.Held() if site.remote or site.gate else output.Written(site.root, f"r/{source.project}/{source.run}")
    read = _read(source, lambda: reading.read(source, store, known))
    return read if isinstance(read, str) else render(read, site)


def render(read: Reading, site: Site) -> Rendered | str:
    """Build a run that was read, and its page."""
    built = _built(read, site.now, last=not site.live)
    if isinstance(built, str):
        return built
    is_live = built.row.state in runs.LIVE
    try:
        page = templates.render(run_page.TEMPLATE, run_page.context(site.id, label_of(built), built))
        share = None if is_live else shares.of_run(built.head, lambda level: built.coarsest[level.blocks[0]])
    except Exception as error:
        return _not_shown(read.source, error)
    held = read.store.files
    inspector = None
    if site.gate is not None:
        inspector = inspection.of_run(site.gate, built, held, page)
        page, held = inspector.given.page, inspector.given.held
        built.parts, built.contents = inspector.given.parts, inspector.given.contents
        built.head = dataclasses.replace(built.head, full=tuple(map(inspector.name, built.head.full)))
    # What only pages and shares are made of stays here: the rest may go to another process.
    built.coarsest, built.head = {}, dataclasses.replace(built.head, axes=(), series=())
    goes_on = site.live and is_live and not site.remote
    return Rendered(built, page, read if goes_on else None, read.store.taken(), held, share, inspector)


def read_on(before: Reading, site: Site) -> Rendered | str:
    """Read what is new of a run that goes on, and render it; return a sentence when it cannot be shown."""
    read = _read(before.source, lambda: reading.updated(before))
    return read if isinstance(read, str) else render(read, site)


def read_built(source: Source, now: float, known: pictures.Known | None = None) -> runs.Built | str:
    """Read a run and build it, all its blocks among its parts; return a sentence when it cannot be shown."""
    held = output.Held()
    read = _read(source, lambda: reading.read(source, held, known))
    built = read if isinstance(read, str) else _built(read, now, last=True)
    if not isinstance(built, str):
        built.parts += [
            [series.Entry(f"{built.row.entry}/{first + n}", entry.data) for n, entry in enumerate(held.files[digest])]
            for first, digest in zip(built.head.part_starts, built.head.full, strict=False)
        ]
    return built


def _read(source: Source, read: Callable[[], Reading]) -> Reading | str:
    try:
        return read()
    except FormatError as error:
        return str(error)
    except output.NotWrittenError:
        raise  # which concerns all runs
    except Exception as error:
        return _not_shown(source, error)


def _built(read: Reading, now: float, *, last: bool) -> runs.Built | str:
    try:
        return runs.build_run(read, now, last=last)
    except output.NotWrittenError:
        raise  # which concerns all runs
    except Exception as error:
        return _not_shown(read.source, error)


def _not_shown(source: Source, error: Exception) -> str:
    return f"{source.folder}: cannot be shown: {type(error).__name__}: {error}"


def label_of(built: runs.Built) -> str:
    """Return the name of a run's project as people see it."""
    folder = built.source.project
    return str(built.environment.get("project") or layout.original_name(folder) or folder)
