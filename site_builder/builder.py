"""One build: find the runs, read those that changed, write what their content changed, delete what is gone.

Order of writing: data, then pages, then ``version.js``; the manifest last. A build that is killed leaves the site
whole: its files are those of before or of after, each whole, and the next build finds what is missing.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
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
    runs,
    sources,
    templates,
)
from site_builder.lock import locked
from site_builder.manifest import Manifest
from site_builder.model import SCHEMA
from site_builder.options import Options, Progress, Report, silent
from site_builder.output import FRAME, VERSION
from site_builder.pictures import MediaFile
from site_builder.sources import Source, Wanted
from tracklog.errors import UsageError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from site_builder.reading import Reading
    from site_builder.rendering import Rendered

LARGE_FILE = 100_000_000
LARGE_SITE = 1_000_000_000
CHANGES = 50

Job = tuple[Source, pictures.Known]
"""A run to be read, and what is known of its pictures."""


@dataclass(slots=True)
class _Build:
    """One build: what the site was, and what it becomes."""

    known: Manifest
    """What it was; nothing where another version of the tool built it."""
    result: Manifest
    site: output.Folder
    absent: set[str]
    """Outputs that were there and are not."""
    now: float
    """Unix seconds."""
    progress: Progress
    report: Report = field(default_factory=Report)
    changed: list[str] = field(default_factory=list)
    """Entries whose content changed."""
    shares: packs.Fresh = field(default_factory=packs.Fresh)
    """What the runs that were read give to packs."""

    @property
    def there(self) -> set[str]:
        """Return the outputs that are in the site and as they should be."""
        return set(self.known.known()) - self.absent


class Builder:
    """Builds one site, again and again; a watch keeps one."""

    def __init__(self, options: Options) -> None:
        """Prepare; nothing is read yet."""
        self.options = options
        self._readings: dict[str, Reading] = {}
        """Runs that are going on, so that only new bytes are read."""
        self._manifest: Manifest | None = None

    def build(self, progress: Progress = silent) -> Report:
        """Bring the site up to date. Raises UsageError when it must not be written."""
        began = time.perf_counter()
        with locked(self.options.site):
            report = self._build(progress, time.time())
        report.seconds = time.perf_counter() - began
        return report

    def _build(self, progress: Progress, now: float) -> Report:
        for mirror in self.options.mirrors:
            mirror.refresh()
        before = self._manifest or manifest.load(self.options.site)
        report = Report()
        found = self._sources(before, report)
        self._check_roots(before, found)
        gate = self.options.gate
        made = f"{tool()}/{self.options.max_file}" + (f"/{gate.signature}" if gate and gate.replaces else "")
        outputs = before.known()
        absent, leftovers = manifest.look(self.options.site, outputs)
        build = _Build(
            known=before if before.tool == made else Manifest(),
            result=Manifest(
                site=before.site,
                tool=made,
                build=before.build,
                roots=sources.labels(self.options.roots),
                changed=before.changed,
            ),
            site=output.Folder(self.options.site, dict(outputs) if before.tool == made else {}, gate),
            absent=absent,
            now=now,
            progress=progress,
            report=report,
        )
        try:
            self._bring_up(build, found, before, absent)
        finally:
            build.site.drop()
        self._finish(build, before, outputs, leftovers)
        return report

    def _bring_up(self, build: _Build, found: dict[str, Source], before: Manifest, absent: set[str]) -> None:
        """Write all that changed but what tells of it. Raises GateError, and changes nothing, where something must not leave."""
        stale = self._stale(found, build)
        self._build_runs(stale, build)
        artifact_pages.build(
            found.values(),
            build.known,
            build.result,
            build.absent,
            build.site,
            build.changed,
            selected=self.options.wanted != Wanted(),
        )
        build.site.check()
        result = build.result
        others = result.runs.keys() != before.runs.keys() or result.artifacts != before.artifacts
        if stale or absent or before.tool != result.tool or others:
            result.packs = packs.build(result.runs.values(), build.known.packs, build.shares, build.site, absent)
            self._write_shared(build)
            _retire(before, result, absent)
        else:
            result.packs, result.outputs, result.retired = before.packs, dict(before.outputs), before.retired
        build.site.release()

    def _finish(self, build: _Build, before: Manifest, outputs: dict[str, str], leftovers: list[str]) -> None:
        """Tell pages what changed, delete what is gone, and remember what the site is now."""
        site, result, report = build.site, build.result, build.report
        removed = sorted({*outputs, *site.written} - set(result.known()) - {VERSION})
        if site.written or removed or VERSION in build.absent or VERSION not in outputs:
            self._publish(build)
            result.outputs[VERSION] = site.outputs[VERSION]
        else:
            result.outputs[VERSION] = outputs[VERSION]
        report.removed = site.remove(removed)
        site.remove(leftovers)
        report.written = site.written
        report.runs = len(result.runs)
        if report.written or removed or before != result:
            manifest.save(self.options.site, result)
        self._manifest = result
        for key, one in (*result.runs.items(), *result.artifacts.items()):
            report.damage += [f"{key.lstrip('/')}: {text}" for text in one["damage"]]
        if report.written and not self.options.live:
            report.warnings += too_large(self.options.site, result.known())

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

    def _stale(self, found: dict[str, Source], build: _Build) -> list[tuple[str, Source, str]]:
        """Sort runs into those that stay as they are (into the result) and those to be built."""
        stale = []
        for key, source in found.items():
            sign = "".join(map(manifest.signature, (source.folder, *source.others)))
            before = build.known.runs.get(key)
            if before is not None and not build.absent.isdisjoint(before["outputs"]):
                self._readings.pop(key, None)  # what is finished is written once
                before = None
            if (
                before is None
                or before["signature"] != sign
                or (before["media"] and before["media"] != manifest.media_signature(source.folder))
                or (self.options.gate is not None and before.get("gate") != self.options.gate.signature)
                or before["run"] != source.run
                or before["root"] != source.root
                or manifest.state_now(before, build.now) != before["state"]
            ):
                stale.append((key, source, sign))
            else:
                build.result.runs[key] = before
        return stale

    # -- building

    def _build_runs(self, stale: list[tuple[str, Source, str]], build: _Build) -> None:
        pictured = self._pictures(stale, build)
        at_hand = [item for item in stale if self._at_hand(*item[:2])]
        fresh = [item for item in stale if not self._at_hand(*item[:2])]
        remote = bool(self.options.scheduler)
        about = rendering.Site(
            self.options.site, build.result.site, build.now, self.options.live, remote, self.options.gate
        )
        here = (self._update(key, about) for key, _, _ in at_hand)
        read = functools.partial(rendering.read_and_render, site=about)
        away = self._away(read, [(source, pictured[key]) for key, source, _ in fresh])
        done = 0
        for (key, source, sign), rendered in zip([*at_hand, *fresh], itertools.chain(here, away), strict=True):
            done += 1
            build.progress("runs", done, len(stale))
            if isinstance(rendered, str):
                build.report.damage.append(rendered)
                self._readings.pop(key, None)
                continue
            self._place(key, source, sign, rendered, build)
            build.shares.add(rendered.built.row.entry, rendered.share)
            build.report.read += 1
        for key in self._readings.keys() - build.result.runs.keys():
            del self._readings[key]
        build.result.runs = dict(sorted(build.result.runs.items()))

    def _away(self, read: Callable[[Job], Rendered | str], work: list[Job]) -> Iterator[Rendered | str]:
        """Read runs where the options say."""
        if self.options.scheduler and work:
            return jobs.on_cluster(read, work, self.options.scheduler, tool)
        return jobs.results(read, work, self.options.jobs)

    def _at_hand(self, key: str, source: Source) -> bool:
        return key in self._readings and self._readings[key].source == source

    def _pictures(self, stale: list[tuple[str, Source, str]], build: _Build) -> dict[str, pictures.Known]:
        """Return what is known of the pictures of each run; those of a run that has many new ones are looked at here.

        Within one run nothing else would share the work of processes. What is made of pictures is written at once.
        """
        result: dict[str, pictures.Known] = {}
        there = build.there
        for key, source, _ in stale:
            if self._at_hand(key, source):
                result[key] = self._readings[key].known
            else:
                result[key] = pictures.from_facts(build.known.runs.get(key, {}).get("pictures", {}), there)
            files = f"{source.folder}/{layout.FILES}"
            for path, found in pictures.ahead(files, result[key], self.options.jobs):
                result[key][path] = self._written(found, Path(files) / path, build)
        return result

    @staticmethod
    def _written(
        found: pictures.Picture | pictures.Runs, source: Path, build: _Build
    ) -> pictures.Picture | pictures.Runs:
        if isinstance(found, pictures.Runs):
            return found
        for place, data in found.made:
            try:
                build.site.copy(MediaFile(place, source, data, len(data), derived=True))
            except OSError as error:  # noqa: PERF203 - one that cannot be written costs itself alone
                build.report.damage.append(f"{place}: cannot be written: {error.strerror}")
        return dataclasses.replace(found, made=())

    def _update(self, key: str, about: rendering.Site) -> Rendered | str:
        """Read on; a reading that is broken off is not to be gone on with."""
        before = self._readings.pop(key)
        return rendering.read_on(before, about)

    def _place(self, key: str, source: Source, sign: str, rendered: Rendered, build: _Build) -> None:
        built, site = rendered.built, build.site
        written = len(site.written)
        if rendered.inspector is not None and (found := rendered.inspector.blocking()):
            site.hits += found
            return
        with site.gathered() as outputs, site.inspected():
            store = output.Written(site.stage, built.row.entry)
            for digest, entries in rendered.held.items():
                store.keep(digest, entries)
            site.adopt(built.row.entry, built.head.full, [*rendered.written, *store.taken()])
            parts = site.write_parts(f"{source.project}/{source.run}", built.parts)
            if len(site.written) > written:
                build.changed.append(built.row.entry)
            for file, error in site.write_shared(built.contents, built.media):
                build.report.damage.append(f"{file.source}: cannot be copied: {error.strerror}")
            site.write(built.row.page, rendered.page)
        record = records.of_run(built, sign, parts, outputs)
        if rendered.inspector is not None:
            record = rendered.inspector.record(record)
        build.result.runs[key] = record
        if rendered.reading is not None:
            self._readings[key] = rendered.reading

    def _write_shared(self, build: _Build) -> None:
        """Write what is about several runs: indexes, workspaces, tables, the first page, assets."""
        site, result = build.site, build.result
        build.progress("pages", 0, 1)
        listed = projects.Listed(list(result.runs.values()), list(result.artifacts.values()), result.packs)
        shared = projects.write(site, result.site, listed, build.changed)
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
        build.progress("pages", 1, 1)

    def _publish(self, build: _Build) -> None:
        """Write ``version.js``, by which pages learn of everything else."""
        result = build.result
        result.build += 1
        result.changed = [{"build": result.build, "entries": build.changed}, *result.changed][:CHANGES]
        build.site.write(VERSION, output.version_script(version(result, build.now, live=self._is_live(result))))

    def _is_live(self, result: Manifest) -> bool:
        return self.options.live and any(run["state"] in runs.LIVE for run in result.runs.values())

    def touch(self, *, ending: bool = False) -> None:
        """Rewrite ``version.js`` alone, so that open pages see that the watch lives, or ends."""
        if self._manifest is None:
            return
        live = self._is_live(self._manifest) and not ending
        site = output.Folder(self.options.site, {})
        site.write(VERSION, output.version_script(version(self._manifest, time.time(), live=live)))
        self._manifest.outputs[VERSION] = site.outputs[VERSION]


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
    sizes = {path: size for path in outputs if (size := _size(f"{site}/{path}")) >= 0}
    found = [
        f"{path} has {size / 1e6:.0f} MB; Git hosts refuse files over {LARGE_FILE / 1e6:.0f} MB"
        for path, size in sorted(sizes.items())
        if size > LARGE_FILE
    ]
    total = sum(sizes.values())
    if total > LARGE_SITE:
        found.append(f"the site has {total / 1e9:.1f} GB; GitHub Pages takes sites up to {LARGE_SITE / 1e9:.0f} GB")
    return found


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - of a string: a site has thousands of files
    except OSError:
        return -1


def tool() -> str:
    """Return what all outputs depend on: the version of tracklog, its templates and assets, the contract with the page."""
    import tracklog

    return f"{tracklog.__version__}/{templates.digest()}/{SCHEMA}"
