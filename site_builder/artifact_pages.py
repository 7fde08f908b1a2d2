"""The artifacts of one build: those that changed, or that other runs use now, are read and written again."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder import artifacts, inspection, records, templates
from site_builder.pages import artifact as page
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from site_builder.manifest import Manifest
    from site_builder.output import Folder
    from site_builder.sources import Source


def build(
    runs: Iterable[Source],
    known: Manifest,
    result: Manifest,
    absent: Collection[str],
    site: Folder,
    changed: list[str],
    *,
    selected: bool,
) -> None:
    """Bring the artifacts of the projects of some runs up to date: into `result`, whose runs are built already.

    Where runs were `selected`, only what they logged or used is shown. Adds the entries whose content changed to `changed`.
    """
    uses = artifacts.uses(result.runs.values())
    for key, place in artifacts.find(runs).items():
        mine = uses.get((place.project, place.folder.name), [])
        if selected and not mine:
            continue
        sign = artifacts.signature(place, mine)
        before = known.artifacts.get(key)
        looked = site.gate is None or (before or {}).get("gate") == site.gate.signature
        if (
            before
            and looked
            and before["signature"] == sign
            and not before["damage"]
            and not absent & before["outputs"].keys()
        ):
            result.artifacts[key] = before
        else:
            built = artifacts.build(place, mine)
            written = _written(built, sign, site, result.site, changed)
            if written is not None:
                result.artifacts[key] = written


def _written(
    built: artifacts.Built, sign: str, site: Folder, site_id: str, changed: list[str]
) -> dict[str, Any] | None:
    """Write what an artifact gives to the site; return its record, None where it must not leave."""
    written = len(site.written)
    place = built.place
    rendered = templates.render(page.TEMPLATE, page.context(site_id, built))
    inspector = inspection.of_artifact(site.gate, built, rendered) if site.gate is not None else None
    if inspector is not None:
        if found := inspector.blocking():
            site.hits += found
            return None
        rendered, built.parts, built.contents = inspector.given.page, inspector.given.parts, inspector.given.contents
    with site.gathered() as outputs, site.inspected():
        parts = site.write_parts(f"{place.project}/{layout.ARTIFACTS}/{place.name}", built.parts)
        built.row = dataclasses.replace(built.row, parts=tuple(parts))
        if len(site.written) > written:
            changed.append(built.row.entry)
        kept = records.of_artifact(built, sign)
        for _, error in site.write_shared(built.contents, built.media):
            kept["damage"].append(f"a picture cannot be copied: {error.strerror}")
        site.write(built.row.page, rendered)
    kept |= {"outputs": outputs}
    return kept if inspector is None else inspector.record(kept)
