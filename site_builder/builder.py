"""One build: find the runs, read those that changed, write what their content changed, delete what is gone.

Order of writing: data, then pages, then ``version.js``; the manifest last. A build that is killed leaves the site
whole: its files are those of before or of after, each whole, and the next build finds what is missing.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from site_builder import (
    artifact_pages,
    jobs,
    manifest,
    output,
    packs,
    pictures,
    projects,
    records,
    rendering,
    sources,
    templates,
)
from site_builder.lock import locked
from site_builder.manifest import Manifest
from site_builder.model import SCHEMA
from site_builder.pictures import MediaFile
from site_builder.sources import Wanted
from tracklog.errors import UsageError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from site_builder.rendering import Rendered
    from site_builder.sources import Source
    from tracklog.store import reader

MAX_FILE = 10_000_000
LARGE_FILE = 100_000_000
LARGE_SITE = 1_000_000_000
CHANGES = 50
VERSION = "version.js"
FRAME = "frame.html"
"""Where user HTML runs, sandboxed."""
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Options:
    """What to build, from what, to where."""

    roots: tuple[Path, ...]
    site: Path
    wanted: Wanted = field(default_factory=Wanted)
    """Which runs to read; what the site has of others stays."""
    jobs: int = 0
    """Processes; 0 for as many as there are CPUs."""
    max_file: int = MAX_FILE
    """Bytes of the largest file that travels with the site."""
    roots_changed: bool = False
    """Whether the site may lose runs because its roots are others now."""
    live: bool = False
    """Whether a watch keeps the site fresh."""


@dataclass(slots=True)
class Report:
    """What a build did."""

    runs: int = 0
    read: int = 0
    """Runs that were read."""
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    """Sentences about input that could not be read."""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def silent(_phase: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


class Builder:
    """Builds one site, again and again; a watch keeps one."""

    def __init__(self, options: Options) -> None:
        """Prepare; nothing is read yet."""
        self.options = options
        self._logs: dict[str, reader.RunLog] = {}
        """Logs of runs that are going on, so that only new bytes are read."""
        self._manifest: Manifest | None = None

    def build(self, progress: Callable[[str, int, int], None] = silent) -> Report:
        """Bring the site up to date. Raises UsageError when it must not be written."""
        began = time.perf_counter()
        with locked(self.options.site):
            report = self._build(progress, time.time())
        report.seconds = time.perf_counter() - began
        return report

    def _build(self, progress: Callable[[str, int, int], None], now: float) -> Report:
        report = Report()
        known = self._manifest or manifest.load(self.options.site)
        found = self._sources(known, report)
        self._check_roots(known, found)
        tool = f"{_tool_version()}/{templates.digest()}/{SCHEMA}/{self.options.max_file}"
        before = known.known()
        site = output.Folder(self.options.site, dict(before) if known.tool == tool else {})
        absent, leftovers = manifest.look(self.options.site, before)
        result = Manifest(
            site=known.site,
            tool=tool,
            build=known.build,
            roots=sources.labels(self.options.roots),
            changed=known.changed,
        )
        stale = self._stale(found, known, result, absent, now, everything=known.tool != tool)
        there = set(before) - absent if known.tool == tool else set()
        fresh = packs.Fresh()
        changed_entries = self._build_runs(stale, known, there, result, site, report, progress, now, fresh)
        artifact_pages.build(
            found.values(),
            known if known.tool == tool else Manifest(),
            result,
            absent,
            site,
            changed_entries,
            selected=self.options.wanted != Wanted(),
        )
        others = result.runs.keys() != known.runs.keys() or result.artifacts != known.artifacts
        if stale or absent or known.tool != tool or others:
            before_packs = known.packs if known.tool == tool else {}
            result.packs = packs.build(result.runs.values(), before_packs, fresh, site, absent)
            self._write_shared(result, site, changed_entries, progress)
            _retire(known, result, absent)
        else:
            result.packs, result.outputs, result.retired = known.packs, dict(known.outputs), known.retired
        removed = sorted({*before, *site.written} - set(result.known()) - {VERSION})
        if site.written or removed or VERSION in absent or VERSION not in before:
            self._publish(result, site, changed_entries, now)
            result.outputs[VERSION] = site.outputs[VERSION]
        else:
            result.outputs[VERSION] = before[VERSION]
        report.removed = site.remove(removed)
        site.remove(leftovers)
        report.written = site.written
        report.runs = len(result.runs)
        if report.written or removed or known != result:
            manifest.save(self.options.site, result)
        self._manifest = result
        self._damage(result, report)
        if report.written and not self.options.live:
            report.warnings += too_large(self.options.site, result.known())
        return report

    # -- which runs

    def _sources(self, known: Manifest, report: Report) -> dict[str, Source]:
        """Return the runs that are asked for, and those that the site has already: a narrower look loses none."""
        options = self.options
        found = sources.find(options.roots, options.wanted, options.max_file, known.runs.keys())
        gone = [str(root) for root in options.roots if not root.is_dir()] if options.live else []
        if gone:  # while it was looked at, perhaps: what was found is not all that there is
            msg = f"{', '.join(gone)} is gone"
            raise UsageError(msg)
        report.warnings += sources.complaints(options.roots, found)
        if options.wanted != Wanted() and not options.live:
            others = sources.unasked(options.wanted, found)
            if others:
                report.warnings.append(
                    f"{others:,} runs that were not asked for are in {options.site} already, and stay; "
                    "-o with a new folder builds the selection alone"
                )
        return found

    def _check_roots(self, known: Manifest, found: dict[str, Source]) -> None:
        labels = sources.labels(self.options.roots)
        if not known.roots or known.roots == labels or self.options.roots_changed:
            return
        leaving = sorted(key for key in known.runs if key not in found)
        if leaving:
            names = ", ".join(leaving[:8]) + (f" and {len(leaving) - 8} more" if len(leaving) > 8 else "")  # noqa: PLR2004
            msg = (
                f"{self.options.site} was built from {', '.join(known.roots)}; from {', '.join(labels)} it would "
                f"lose {len(leaving)} runs: {names}. Add --roots-changed to go on, or choose another site with -o."
            )
            raise UsageError(msg)

    def _stale(
        self,
        found: dict[str, Source],
        known: Manifest,
        result: Manifest,
        absent: set[str],
        now: float,
        *,
        everything: bool,
    ) -> list[tuple[str, Source, str]]:
        """Sort runs into those that stay as they are (into `result`) and those to be built."""
        stale = []
        for key, source in found.items():
            sign = "".join(map(manifest.signature, (source.folder, *source.others)))
            before = known.runs.get(key)
            if (
                before is None
                or everything
                or before["signature"] != sign
                or (before["media"] and before["media"] != manifest.media_signature(source.folder))
                or before["run"] != source.run
                or before["root"] != source.root
                or manifest.state_now(before, now) != before["state"]
                or not absent.isdisjoint(before["outputs"])
            ):
                stale.append((key, source, sign))
            else:
                result.runs[key] = before
        return stale

    # -- building

    def _build_runs(
        self,
        stale: list[tuple[str, Source, str]],
        known: Manifest,
        there: set[str],
        result: Manifest,
        site: output.Folder,
        report: Report,
        progress: Callable[[str, int, int], None],
        now: float,
        fresh_shares: packs.Fresh,
    ) -> list[str]:
        changed: list[str] = []
        at_hand = [item for item in stale if item[0] in self._logs]
        fresh = [item for item in stale if item[0] not in self._logs]
        read = functools.partial(rendering.read_and_render, site=result.site, now=now, keep=self.options.live)
        pictured = self._pictures(stale, known, there, site, report)
        here = (self._update(key, source, now, result.site, pictured[key]) for key, source, _ in at_hand)
        away = jobs.results(read, [(source, pictured[key]) for key, source, _ in fresh], self.options.jobs)
        done = 0
        for (key, source, sign), rendered in zip([*at_hand, *fresh], itertools.chain(here, away), strict=True):
            done += 1
            progress("runs", done, len(stale))
            if isinstance(rendered, str):
                report.damage.append(rendered)
                continue
            self._place(key, source, sign, rendered, result, site, changed, report)
            fresh_shares.add(rendered.built.row.entry, rendered.share)
            self._remember(key, rendered)
            report.read += 1
        for key in known.runs.keys() - result.runs.keys():
            self._logs.pop(key, None)
        result.runs = dict(sorted(result.runs.items()))
        return changed

    def _pictures(
        self,
        stale: list[tuple[str, Source, str]],
        known: Manifest,
        there: set[str],
        site: output.Folder,
        report: Report,
    ) -> dict[str, pictures.Known]:
        """Return what is known of the pictures of each run; those of a run that has many new ones are looked at here.

        Within one run nothing else would share the work of processes. What is made of pictures is written at once.
        """
        result: dict[str, pictures.Known] = {}
        for key, source, _ in stale:
            facts = known.runs.get(key, {}).get("pictures", {}) if there else {}
            result[key] = pictures.from_facts(facts, there)
            files = f"{source.folder}/{layout.FILES}"
            for path, found in pictures.ahead(files, result[key], self.options.jobs):
                result[key][path] = self._written(found, Path(files) / path, site, report)
        return result

    @staticmethod
    def _written(
        found: pictures.Picture | pictures.Runs, source: Path, site: output.Folder, report: Report
    ) -> pictures.Picture | pictures.Runs:
        if isinstance(found, pictures.Runs):
            return found
        for place, data in found.made:
            try:
                site.copy(MediaFile(place, source, data, len(data), derived=True))
            except OSError as error:  # noqa: PERF203 - one that cannot be written costs itself alone
                report.damage.append(f"{place}: cannot be written: {error.strerror}")
        return dataclasses.replace(found, made=())

    def _update(self, key: str, source: Source, now: float, site: str, known: pictures.Known) -> Rendered | str:
        log = self._logs[key]
        if not log.update():
            log = sources.read(source)
        return rendering.render(source, log, site, now, known, keep=True)

    def _remember(self, key: str, rendered: Rendered) -> None:
        if self.options.live and rendered.built.row.state in ("running", "silent") and rendered.log is not None:
            self._logs[key] = rendered.log
        else:
            self._logs.pop(key, None)

    @staticmethod
    def _place(
        key: str,
        source: Source,
        sign: str,
        rendered: Rendered,
        result: Manifest,
        site: output.Folder,
        changed: list[str],
        report: Report,
    ) -> None:
        built = rendered.built
        written = len(site.written)
        with site.gathered() as outputs:
            parts = site.write_parts(f"{source.project}/{source.run}", built.parts)
            if len(site.written) > written:
                changed.append(built.row.entry)
            for file, error in site.write_shared(built.contents, built.media):
                report.damage.append(f"{file.source}: cannot be copied: {error.strerror}")
            site.write(built.row.page, rendered.page)
        result.runs[key] = records.of_run(built, sign, parts, outputs)

    def _write_shared(
        self, result: Manifest, site: output.Folder, changed: list[str], progress: Callable[[str, int, int], None]
    ) -> None:
        """Write what is about several runs: indexes, workspaces, tables, the first page, assets."""
        progress("pages", 0, 1)
        listed = projects.Listed(list(result.runs.values()), list(result.artifacts.values()), result.packs)
        shared = projects.write(site, result.site, listed, changed)
        viewers = projects.viewers(listed)
        for name in sorted({*templates.SHELL, *viewers}):
            file = templates.assets()[name]
            path = f"assets/{file}"
            site.write(path, templates.asset_bytes(file))
            shared.append(path)
        if "html" in viewers:
            site.write(FRAME, templates.frame())
            shared.append(FRAME)
        site.write(".nojekyll", b"")
        shared.append(".nojekyll")
        result.outputs = {path: site.outputs[path] for path in shared}
        progress("pages", 1, 1)

    def _publish(self, result: Manifest, site: output.Folder, changed: list[str], now: float) -> None:
        """Write ``version.js``, by which pages learn of everything else."""
        result.build += 1
        result.changed = [{"build": result.build, "entries": changed}, *result.changed][:CHANGES]
        site.write(VERSION, output.version_script(version(result, now, live=self._is_live(result))))

    def _is_live(self, result: Manifest) -> bool:
        return self.options.live and any(run["state"] in ("running", "silent") for run in result.runs.values())

    def touch(self, *, ending: bool = False) -> None:
        """Rewrite ``version.js`` alone, so that open pages see that the watch lives, or ends."""
        if self._manifest is None:
            return
        live = self._is_live(self._manifest) and not ending
        site = output.Folder(self.options.site, {})
        site.write(VERSION, output.version_script(version(self._manifest, time.time(), live=live)))
        self._manifest.outputs[VERSION] = site.outputs[VERSION]

    def _damage(self, result: Manifest, report: Report) -> None:
        for key, one in (*result.runs.items(), *result.artifacts.items()):
            report.damage += [f"{key.lstrip('/')}: {text}" for text in one["damage"]]


def version(result: Manifest, now: float, *, live: bool) -> bytes:
    """Return the JSON of a `model.Version`."""
    files = [["site", f"site.js?v={result.outputs.get('data/site.js', '')}"]]
    for path, digest in sorted(result.outputs.items()):
        if path.startswith("data/") and path != "data/site.js":
            name = path.removeprefix("data/").removesuffix(".js")
            files.append([f"p/{name}", f"{name}.js?v={digest}"])
    return orjson.dumps(
        {
            "schema": SCHEMA,
            "build": result.build,
            "written": round(now, 3),
            "live": live,
            "files": files,
            "changed": result.changed,
        }
    )


def _retire(known: Manifest, result: Manifest, absent: set[str]) -> None:
    """Keep replaced assets for one build more: a page that a browser has cached still asks for them."""
    old = [path for path in known.outputs if path.startswith("assets/") and path not in result.outputs]
    result.retired = [path for path in old if path not in known.retired and path not in absent]
    result.outputs |= {path: known.outputs[path] for path in result.retired}


def too_large(site: Path, outputs: Iterable[str]) -> list[str]:
    """Return a sentence for each file, and for a site, that hosts of static pages and of Git refuse."""
    sizes = {path: (site / path).stat().st_size for path in outputs if (site / path).exists()}
    found = [
        f"{path} has {size / 1e6:.0f} MB; Git hosts refuse files over {LARGE_FILE / 1e6:.0f} MB"
        for path, size in sorted(sizes.items())
        if size > LARGE_FILE
    ]
    total = sum(sizes.values())
    if total > LARGE_SITE:
        found.append(f"the site has {total / 1e9:.1f} GB; GitHub Pages takes sites up to {LARGE_SITE / 1e9:.0f} GB")
    return found


@functools.cache
def _tool_version() -> str:
    import tracklog

    return tracklog.__version__
