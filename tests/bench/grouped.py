"""Row of a project of thousands of runs, grouped by a key of their config, all of them shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_builder import Builder, Options
from tests.bench import corpus, pages
from tests.bench.measure import Figure, World, median

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

ROWS = 1000
BOUNDS = {1000: (1000, None), 2000: (2000, 200)}
"""By number of runs: milliseconds until the first chart is drawn, megabytes of heap."""
VIEWS = {"grouped": "v=1&group=config.lr&hide=", "ungrouped": "v=1&hide="}
# Notes when the first chart is drawn, and the longest task until all in view are.
FIRST = """
bench.tasks = [];
const noted = new PerformanceObserver((list) => bench.tasks.push(...list.getEntries().map((e) => e.duration)));
noted.observe({entryTypes: ['longtask']});
bench.chart = new Promise((done) => addEventListener('DOMContentLoaded', async () =>
  done(await bench.until(() => document.querySelector('figure canvas')))));
"""


def grouped(world: World) -> Iterator[Figure]:
    """Open the workspace by a link that shows all runs, in groups and then each by itself."""
    for runs, (wait, room) in BOUNDS.items():
        workspace = _site(world, runs) / "bench/index.html"
        for view, state in VIEWS.items():
            with pages.chromium() as browser:
                # The first one finds the disk and the browser cold.
                taken = [_open(browser, f"{workspace.as_uri()}#{state}") for _ in range(1 + world.repeats)][1:]
            first, every, task, heap = (list(samples) for samples in zip(*taken, strict=True))
            name = f"{runs} runs {view}"
            note = f"list and all charts in view after {median(every):.0f} ms"
            bound = wait if view == "grouped" else None
            yield Figure(f"{name}: first chart", median(first), bound, "ms", first, note)
            yield Figure(f"{name}: longest task", median(task), None, "ms", task)
            yield Figure(f"{name}: heap", median(heap), room if view == "grouped" else None, "MB", heap)


def _site(world: World, runs: int) -> Path:
    def make(path: Path) -> None:
        corpus.write(path / "logs", runs, ROWS)
        Builder(Options((path / "logs",), path / "site")).build()

    return world.folder(f"grouped{runs}", make) / "site"


def _open(browser: Browser, url: str) -> tuple[float, float, float, float]:
    """Return when the first chart was there, and when all in view, in ms; the longest task; the megabytes of the heap."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(300_000)
    page.add_init_script(pages.HELPERS + FIRST)
    page.goto(url)
    first = page.evaluate("bench.chart")
    _, every = page.evaluate("bench.first")
    task = page.evaluate("Math.max(0, ...bench.tasks)")
    used = context.new_cdp_session(page).send("Runtime.getHeapUsage")
    context.close()
    return first, every, task, (used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6
