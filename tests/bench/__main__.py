"""Measure what must be fast: ``python -m tests.bench [--only ROW,ROW] [--repeat N] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import (
    artifacts,
    beside,
    builds,
    compare,
    console,
    gate,
    grouped,
    growing,
    importing,
    media,
    pages,
    recorder,
    space,
    watch,
    wide,
)
from tests.bench.measure import Figure, World, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS: dict[str, Callable[[World], Iterator[Figure]]] = {
    "import": recorder.imports,
    "log": recorder.log,
    "process": recorder.process,
    "cold": builds.cold,
    "rebuild": builds.rebuild,
    "noop": builds.nothing,
    "live": growing.live,
    "ranks": growing.ranks,
    "long": growing.long,
    "sweep": growing.sweep,
    "watched": growing.watched,
    "console": console.console,
    "open": pages.opening,
    "grouped": grouped.grouped,
    "charts": pages.many,
    "million": pages.million,
    "keys10000": wide.keys,
    "list2000": wide.lists,
    "table": recorder.table,
    "rows": pages.table,
    "image": media.image,
    "pictures": media.pictures,
    "gallery": media.gallery,
    "cloud": space.cloud,
    "artifact": artifacts.artifact,
    "compare": compare.compare,
    "gate": gate.gate,
    "watch": watch.watch,
    "keys": beside.keys,
    "loader": beside.loader,
    "calls": beside.calls,
    "processes": beside.processes,
    "imports": beside.imports,
    "import_tensorboard": importing.tensorboard,
    "import_wandb": importing.wandb,
    "accumulator": importing.accumulator,
}


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default=",".join(ROWS), help=f"rows, of {', '.join(ROWS)}")
    parser.add_argument("--repeat", type=int, default=3, help="how often the dearest rows are repeated; others more")
    parser.add_argument("--json", type=Path, help="file for the figures with all their samples")
    parser.add_argument(
        "--home", type=Path, help="folder for what is made, which needs 2 GB (default: a temporary one)"
    )
    given = parser.parse_args()
    names = given.only.split(",")
    if unknown := set(names) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(dir=given.home, prefix="tracklog-bench-") as home:
        world = World(Path(home), given.repeat)
        for name in names:
            say(f"{name} (load {os.getloadavg()[0]:.1f})")
            figures += ROWS[name](world)
    print(table(figures))
    if given.json:
        given.json.write_text(json.dumps(report(figures), indent=2) + "\n", encoding="utf-8")


def table(figures: list[Figure]) -> str:
    """Return the figures as aligned columns."""
    lines = [("figure", "measured", "bound", "ratio", "", "")]
    for figure in figures:
        bound = "" if figure.bound is None else f"{figure.bound:g} {figure.unit}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        lines.append((figure.name, f"{figure.value:.3g} {figure.unit}", bound, ratio, figure.verdict, figure.note))
    widths = [max(len(line[n]) for line in lines) for n in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def report(figures: list[Figure]) -> dict[str, object]:
    """Return the figures as JSON, with what they were measured on."""
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "figures": [
            {
                "name": figure.name,
                "value": figure.value,
                "unit": figure.unit,
                "bound": figure.bound,
                "ratio": figure.ratio,
                "verdict": figure.verdict,
                "note": figure.note,
                "samples": list(figure.samples),
            }
            for figure in figures
        ],
    }


if __name__ == "__main__":
    main()
