"""A site as one HTML file: the same pages and entries, inert until asked for, within a budget of bytes.

What is drawn first goes in first: pages and indexes, the heads of runs, their coarsest levels, finer ones, smaller copies of
pictures, code, logs and files, then originals of pictures, and what is in artifacts last. What the budget leaves out is
told in its place and to the caller. The file opens where its content is: a single run at its page, two that were named at
their comparison, one project that was asked for at its workspace.
"""

from __future__ import annotations

import base64
import mimetypes
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import (
    artifacts,
    builder,
    inspection,
    manifest,
    pictures,
    projects,
    records,
    rendering,
    sources,
    templates,
)
from site_builder.gate import GateError
from site_builder.options import Report, silent
from site_builder.pages import artifact as artifact_page
from site_builder.pages import index as index_page
from site_builder.pages import run as run_page
from site_builder.series import Entry, gzip
from tracklog.store import layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from site_builder import runs
    from site_builder.gate import Gate
    from site_builder.model import Level
    from site_builder.options import Options, Progress
    from site_builder.pictures import MediaFile

MAX_SIZE = 20_000_000
PAIR = 2


@dataclass(slots=True)
class _Sheet:
    """The parts of the file, in the order of their importance."""

    room: int
    scripts: list[str] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    """Kind of thing, and the sizes of those left out."""

    def add(self, name: str, text: str, kind: str, *, always: bool = False) -> None:
        """Add an inert script, unless the budget is spent."""
        script = f'<script type="text/plain" data-entry="{_attribute(name)}">{text}</script>\n'
        size = len(_encoded(script))
        if size > self.room and not always:
            self.left_out.setdefault(kind, []).append(size)
            return
        self.room -= size
        self.scripts.append(script)


def write(options: Options, target: Path, max_size: int, progress: Progress = silent) -> Report:
    """Write one HTML file. Raises UsageError when there is nothing to write from, OSError when it cannot be written."""
    began = time.perf_counter()
    report = Report()
    built = list(_built(options, report, progress))
    kept = [records.of_run(one, "", [], {}) for one in built]
    stored = list(_stored(options, built, artifacts.uses(kept)))
    looked = _looked_through(options.gate, built, stored) if options.gate else {}
    if looked:
        kept = [looked[one.row.page].record(record) for one, record in zip(built, kept, strict=True)]
    shown = [records.of_artifact(one) for one in stored]
    if looked:
        shown = [looked[one.row.page].record(record) for one, record in zip(stored, shown, strict=True)]
    listed = projects.Listed(kept, shown)
    ids = manifest.Manifest()
    indexes = projects.indexes(listed)
    overview = projects.overview(indexes)
    pages = list(_pages(ids.site, built, stored, indexes, overview))
    first = _first(options.wanted, built)
    head = next(
        _with_words(looked, path, templates.render_standalone(template, context | {"link": _link}))
        for path, _, context, template in pages
        if path == first
    )
    sheet = _Sheet(max_size - len(_encoded(head)))
    for name, value in (("site", overview), *((f"p/{folder}", index) for folder, index in indexes.items())):
        entry = Entry(name, orjson.dumps(value).decode())
        sheet.add(name, _packed(entry), "pages", always=True)
    sheet.add(
        "version",
        _packed(Entry("version", builder.version(ids, time.time(), live=False).decode())),
        "pages",
        always=True,
    )
    for path, title, context, template in pages:
        main = _with_words(looked, path, templates.render_main(template, context | {"link": _link}))
        page = {"title": _with_words(looked, path, title), "page": context["page"], "main": main}
        sheet.add(f"page:{path}", _packed(Entry(path, orjson.dumps(page).decode())), "pages", always=True)
    for name in sorted(projects.viewers(listed)):
        sheet.add(
            f"viewer:{name}", _packed(Entry(name, templates.asset_bytes(templates.assets()[name]).decode())), "viewers"
        )
    _add_entries(sheet, built, stored)
    _write(target, head.replace("</body>", "".join(sheet.scripts) + "</body>", 1))
    report.written = [str(target)]
    report.runs = report.read = len(built)
    report.warnings += [
        f"left out of {target.name}: {len(sizes):,} {kind}, {sum(sizes) / 1e6:.1f} MB (--max-size {max_size / 1e6:g})"
        for kind, sizes in sheet.left_out.items()
    ]
    if sheet.room < 0:
        size = (max_size - sheet.room) / 1e6
        report.warnings.append(
            f"{target.name} has {size:.1f} MB, more than --max-size {max_size / 1e6:g}: its pages alone need that"
        )
    report.damage += [
        f"{one.source.folder}: {text}" for one, record in zip(built, kept, strict=True) for text in record["damage"]
    ]
    report.damage += [f"{one.row.entry}: {text}" for one in stored for text in one.head.damage]
    report.seconds = time.perf_counter() - began
    return report


def _looked_through(
    gate: Gate, built: list[runs.Built], stored: list[artifacts.Built]
) -> dict[str, inspection.Inspector]:
    """Return what the gate found, by page, and give runs and artifacts words for it. Raises GateError for what must not leave."""
    found = {}
    for one in built:
        page = templates.render_main(
            run_page.TEMPLATE, run_page.context("", rendering.label_of(one), one) | {"link": _link}
        )
        found[one.row.page] = inspection.of_run(gate, one, {}, page.encode("utf-8", "replace"))
    for artifact in stored:
        page = templates.render_main(artifact_page.TEMPLATE, artifact_page.context("", artifact) | {"link": _link})
        found[artifact.row.page] = inspection.of_artifact(gate, artifact, page.encode("utf-8", "replace"))
    hits = [hit for inspector in found.values() for hit in inspector.blocking()]
    if hits:
        raise GateError(hits)
    everything: list[runs.Built | artifacts.Built] = [*built, *stored]
    for both in everything:
        both.parts, both.contents = found[both.row.page].given.parts, found[both.row.page].given.contents
    return found


def _with_words(looked: Mapping[str, inspection.Inspector], path: str, text: str) -> str:
    return looked[path].page(text) if path in looked else text


def _link(to: str, anchor: str = "") -> str:
    """Return the href that leads to a page of the file; anchors stand in the query, where islands look for them.

    What is set on the page, as ``tab=code``, stands there as it is.
    """
    query = anchor if "=" in anchor else f"h={anchor}"
    return f"#/{to}?{query}" if anchor else f"#/{to}"


def _first(wanted: sources.Wanted, built: list[runs.Built]) -> str:
    """Return the page at which the file opens."""
    if wanted == sources.Wanted() or len({one.source.project for one in built}) != 1:
        return index_page.PATH
    if len(built) == 1:
        return built[0].row.page
    return f"{built[0].source.project}/{'compare' if len(wanted.runs) == len(built) == PAIR else 'index'}.html"


def _built(options: Options, report: Report, progress: Callable[[str, int, int], None]) -> Iterator[runs.Built]:
    found = sources.find(options.roots, options.wanted, options.max_file)
    report.warnings += sources.complaints(options.roots, found)
    sources.unasked(options.wanted, found)
    for n, source in enumerate(found.values()):
        known = dict(pictures.ahead(f"{source.folder}/{layout.FILES}", {}, options.jobs))
        result = rendering.read_built(source, time.time(), known=known)
        progress("runs", n + 1, len(found))
        if isinstance(result, str):
            report.damage.append(result)
        else:
            yield result


def _stored(
    options: Options, built: list[runs.Built], uses: dict[tuple[str, str], artifacts.Uses]
) -> Iterator[artifacts.Built]:
    for place in artifacts.find(one.source for one in built).values():
        mine = uses.get((place.project, place.folder.name), [])
        if mine or options.wanted == sources.Wanted():
            yield artifacts.build(place, mine)


def _pages(
    site: str,
    built: list[runs.Built],
    stored: list[artifacts.Built],
    indexes: dict[str, dict[str, Any]],
    overview: Any,
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    context = index_page.context(site, overview)
    yield index_page.PATH, context["title"], context, index_page.TEMPLATE
    for folder, index in indexes.items():
        for template, context in projects.pages(site, folder, index):
            yield context["page"].path, context["title"], context, template
    for one in built:
        context = run_page.context(site, rendering.label_of(one), one)
        yield one.row.page, context["title"], context, run_page.TEMPLATE
    for artifact in stored:
        context = artifact_page.context(site, artifact)
        yield artifact.row.page, context["title"], context, artifact_page.TEMPLATE


def _add_entries(sheet: _Sheet, built: list[runs.Built], stored: list[artifacts.Built]) -> None:
    everything: list[runs.Built | artifacts.Built] = [*built, *stored]
    entries = {entry.name: entry for one in everything for part in one.parts for entry in part}
    for entry in entries.values():
        if isinstance(entry.data, str):
            sheet.add(entry.name, _packed(entry), "runs")
    first, finer = (
        {f"{one.row.entry}/{n}" for one in built for n in blocks(one)} for blocks in (_first_blocks, _blocks)
    )
    _add(sheet, (entry for name, entry in entries.items() if name in first), "charts")
    _add(sheet, (entry for name, entry in entries.items() if name in finer - first), "finer levels")
    media = {file.place: file for one in built for file in one.media}
    _add_pictures(sheet, (file for file in media.values() if file.derived), "smaller copies of pictures")
    code = {entry.name: entry for one in built for kept in one.contents for entry in kept.entries}
    _add(sheet, code.values(), "code")
    rest = (e for name, e in entries.items() if name not in first and name not in finer and not isinstance(e.data, str))
    _add(sheet, rest, "logs and files")
    _add_pictures(sheet, (file for file in media.values() if not file.derived), "pictures")
    # Data sets and models last: whoever sends one file sends the runs.
    others = {file.place: file for one in stored for file in one.media if file.place not in media}
    _add_pictures(sheet, others.values(), "pictures")
    files = {entry.name: entry for one in stored for kept in one.contents for entry in kept.entries}
    _add(sheet, (entry for name, entry in files.items() if name not in code), "files of artifacts")


def _add(sheet: _Sheet, entries: Iterable[Entry], kind: str) -> None:
    for entry in entries:
        sheet.add(entry.name, _packed(entry), kind)


def _add_pictures(sheet: _Sheet, media: Iterable[MediaFile], kind: str) -> None:
    for file in sorted(media, key=lambda file: file.size):
        if file.size > sheet.room:
            sheet.left_out.setdefault(kind, []).append(file.size)
        else:
            sheet.add(f"media:{file.place}", _data_uri(file), kind)


def _first_blocks(one: runs.Built) -> Iterator[int]:
    for levels in _levels(one):
        yield from levels[-1].blocks


def _blocks(one: runs.Built) -> Iterator[int]:
    for levels in _levels(one):
        for level in levels:
            yield from level.blocks


def _levels(one: runs.Built) -> Iterator[Sequence[Level]]:
    yield from (axis.levels for axis in one.head.axes)
    yield from (series.levels for series in one.head.series)


def _packed(entry: Entry) -> str:
    data = gzip(entry.data.encode()) if isinstance(entry.data, str) else entry.data
    return base64.b64encode(data).decode()


def _data_uri(file: MediaFile) -> str:
    kind = mimetypes.guess_type(file.place)[0] or "application/octet-stream"
    try:
        data = file.data if file.data is not None else content(file.source)
    except OSError:
        return ""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _attribute(name: str) -> str:
    return name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.{os.getpid()}.part")
    aside.write_bytes(_encoded(text))
    aside.replace(target)
