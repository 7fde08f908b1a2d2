"""Rows of the page, by Chromium's own clock."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from site_builder import Builder, Options
from tests.bench import builds, corpus
from tests.bench.measure import Figure, World, median

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

RUNS, CHARTS, POINTS, MANY = 20, 30, 1000, 1_000_000
NAMES = tuple(f"{('train', 'val', 'perf')[k % 3]}/metric_{k:02}" for k in range(CHARTS))

# Installed before the page's own scripts: notes when the list stands and when nothing in view waits for data any more.
# Times are taken after the frame that follows, when the page answers again.
HELPERS = """
window.bench = {
  seen: (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.bottom > 0 && r.top < innerHeight },
  frames: (n) => new Promise((done) => requestAnimationFrame(() => (n > 1 ? bench.frames(n - 1).then(done) : done()))),
  async until(test) {
    while (!test()) await bench.frames(1);
    await bench.frames(1);
    await new Promise((done) => setTimeout(done));
    return performance.now();
  },
  cards: () => [...document.querySelectorAll('figure')].filter(bench.seen),
  drawn: (cards, lines) => cards.length > 0 && cards.every((c) => (!lines || c.ariaLabel.includes(`, ${lines} line`))
    && c.querySelector('canvas') && !c.querySelector('.wait')),
  none: () => !document.querySelector('figure canvas'),
  // From a change of the address until the charts in view have so many lines; where the charts are is asked before.
  async shown(hash, lines) {
    const cards = bench.cards();
    const from = performance.now();
    location.hash = hash;
    return (await bench.until(() => bench.drawn(cards, lines))) - from;
  },
  // The same with data that is not there yet: when the last of it had come, and how long the drawing took from then on.
  async loaded(hash, lines) {
    const put = tracklog.put;
    let last = performance.now();
    const from = last;
    tracklog.put = (...data) => (put(...data), (last = performance.now()));
    const all = await bench.shown(hash, lines);
    return [last - from, all - (last - from)];
  },
  // Until the figure says nothing new for a while: the time of its last word.
  async settled(change) {
    let last = 0;
    const observer = new MutationObserver(() => (last = performance.now()));
    observer.observe(document.querySelector('figure'), {subtree: true, childList: true, characterData: true, attributes: true});
    const from = performance.now();
    change();
    do await bench.frames(1); while (!last || performance.now() - last < 400);
    observer.disconnect();
    return last - from;
  },
};
if (location.protocol === 'file:') bench.first = new Promise((done) => addEventListener('DOMContentLoaded', async () => {
  const list = await bench.until(() => document.querySelector('.rail .run'));
  done([list, await bench.until(() => bench.drawn(bench.cards(), 0))]);
}));
"""
SCROLL = """async (scroller) => {
  const root = document.querySelector(scroller);
  let [longest, gap, last] = [0, 0, performance.now()];
  const observer = new PerformanceObserver((list) => list.getEntries().forEach((e) => (longest = Math.max(longest, e.duration))));
  observer.observe({entryTypes: ['longtask']});
  for (let i = 0; i <= 200; i++) {
    root.scrollTop = ((root.scrollHeight - root.clientHeight) * i) / 200;
    await bench.frames(1);
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  }
  await bench.frames(4);
  observer.disconnect();
  return [longest, gap];
}"""


@contextmanager
def chromium(drawing: str = "--disable-gpu") -> Iterator[Browser]:
    """Start Chromium: that of PATH, else Playwright's; `drawing` says how it draws."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", drawing, "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def page(browser: Browser, url: str, height: int = 900) -> Iterator[Page]:
    """Open a page in a window of its own, with nothing cached."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": height})
    opened = context.new_page()
    opened.add_init_script(HELPERS)
    opened.goto(url)
    yield opened
    context.close()


def _site(world: World, name: str, *what: Any) -> Path:
    def make(path: Path) -> None:
        corpus.write(path / "logs", *what)
        Builder(Options((path / "logs",), path / "site", jobs=1)).build()

    return world.folder(name, make) / "site"


def opening(world: World) -> Iterator[Figure]:
    """Open a project of 1,000 runs; scroll its lists."""
    workspace = builds.site(world) / "bench/index.html"
    lists, charts, tasks, gaps = [], [], [], []
    with chromium() as browser:
        for _ in range(1 + world.repeats):
            with page(browser, workspace.as_uri()) as opened:
                listed, drawn = opened.evaluate("bench.first")
                lists.append(listed)
                charts.append(drawn)
                longest, gap = opened.evaluate(SCROLL, ".rail .virtual")
                tasks.append(longest)
                gaps.append(gap)
        table = (workspace.parent / "table.html").as_uri()
        with page(browser, table) as opened:
            opened.wait_for_selector(".grid .tr a")
            opened.evaluate("bench.frames(4)")
            table_task, table_gap = opened.evaluate(SCROLL, ".grid")
    # The first one finds the disk and the browser cold.
    lists, charts = lists[1:], charts[1:]
    note = f"list after {median(lists):.0f} ms"
    yield Figure("1000 runs: list and first charts answer", median(charts), 1500, "ms", charts, note)
    yield Figure(
        "1000 runs: longest task, scrolling the list",
        median(tasks),
        None,
        "ms",
        tasks,
        f"{median(gaps):.0f} ms a frame",
    )
    yield Figure(
        "1000 runs: longest task, scrolling the table", table_task, None, "ms", (), f"{table_gap:.0f} ms a frame"
    )


def many(world: World) -> Iterator[Figure]:
    """Load the data of 20 runs, draw 30 charts of it; hide all and draw them again."""
    workspace = _site(world, "charts30", RUNS, POINTS, NAMES) / "bench/index.html"
    figures: dict[str, list[float]] = {}
    with chromium() as browser:
        for turn in range(1 + world.repeats):
            for what, height in (("the visible ones", 900), ("all", 4200)):
                with page(browser, f"{workspace.as_uri()}#only=", height) as opened:
                    opened.wait_for_selector(".rail .run")
                    opened.wait_for_function("bench.none")
                    loaded, first = opened.evaluate(f"bench.loaded('hide=', {RUNS})")
                    opened.evaluate("(location.hash = 'only=', bench.until(bench.none))")
                    again = opened.evaluate(f"bench.shown('hide=', {RUNS})")
                    if turn:  # the first one finds the disk and the browser cold
                        figures.setdefault("load", []).append(loaded)
                        figures.setdefault(what, []).append(first)
                        figures.setdefault(f"{what} again", []).append(again)
    yield Figure("20 runs: load their data", median(figures["load"]), 250, "ms", figures["load"])
    for what, bound in (("the visible ones", 300), ("all", 1000)):
        again = median(figures[f"{what} again"])
        note = f"{again:.0f} ms when hidden and shown again"
        yield Figure(f"30 charts x 20 runs: draw {what}", median(figures[what]), bound, "ms", figures[what], note)


def million(world: World) -> Iterator[Figure]:
    """Draw and zoom a series of a million points."""
    workspace = _site(world, "million", 1, MANY, ("train/loss",)) / "bench/index.html"
    first: list[float] = []
    steps: list[float] = []
    with chromium() as browser:
        for _ in range(1 + world.repeats):
            with page(browser, f"{workspace.as_uri()}#only=") as opened:
                opened.wait_for_selector(".rail .run")
                opened.wait_for_function("bench.none")
                first.append(opened.evaluate("bench.shown('hide=', 1)"))
                low, high = 0.0, float(MANY)
                while high - low > 500:
                    low, high = low + (high - low) * 0.37, high - (high - low) * 0.38
                    steps.append(
                        opened.evaluate(
                            "(zoom) => bench.settled(() => (location.hash = `hide=&zoom=${zoom}`))", f"{low}..{high}"
                        )
                    )
                assert opened.locator(".hint").first.inner_text().startswith("All ")
    yield Figure("1 M points: first draw", median(first[1:]), 300, "ms", first)
    yield Figure("1 M points: zoom step", median(steps), 100, "ms", steps, f"slowest {max(steps):.0f} ms")


# From a click or a change of the address until the table says another thing, and the page answers again.
ACTED = """async ([heads, hash]) => {
  const said = () => document.querySelector('.dt-body').textContent + document.querySelector('.dt-foot').textContent;
  const before = said();
  const from = performance.now();
  if (hash !== null) location.hash = hash;
  else document.querySelectorAll('.dt-head button')[heads].click();
  return (await bench.until(() => said() !== before)) - from;
}"""
ACTS: tuple[tuple[str, int, str | None], ...] = (
    ("sort by a number", 1, None),
    ("sort by text, all different", 3, None),
    ("filter by a number", 0, "f=value,>,0"),
    ("search all cells", 0, "q=a1b"),
    ("group by a column, sorted by a mean", 0, "g=word;s=-value"),
)


def table(world: World) -> Iterator[Figure]:
    """Sort, filter, search and group a table of 100,000 rows, a page for each turn."""
    workspace = world.folder("table100k", _table) / "site/bench/index.html"
    figures: dict[str, list[float]] = {"first rows": []}
    with chromium() as browser:
        for _ in range(1 + world.repeats):
            with page(browser, workspace.as_uri()) as opened:
                figures["first rows"].append(opened.evaluate("bench.until(() => document.querySelector('.dt-tr'))"))
                opened.evaluate("bench.until(() => document.querySelector('.dt-scroll').ariaRowCount === '100001')")
                for name, head, state in ACTS:
                    hash_ = None if state is None else "t.table%23table=" + quote(state)
                    figures.setdefault(name, []).append(opened.evaluate(ACTED, [head, hash_]))
    for name, samples in figures.items():
        bound = None if name == "first rows" else 200
        yield Figure(f"100,000-row table: {name}", median(samples[1:]), bound, "ms", samples[1:])


def _table(path: Path) -> None:
    import tracklog

    random = np.random.default_rng(0)
    count = 100_000
    columns = {
        "id": range(count),
        "value": random.normal(size=count).tolist(),
        "word": np.array(["red", "green", "blue", "yellow"])[random.integers(0, 4, count)].tolist(),
        "name": [f"item {n:x}" for n in random.integers(0, 1 << 40, count).tolist()],
        "whole": random.integers(0, 1000, count).tolist(),
    }
    silent = {"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True}
    run = tracklog.init(project="bench", dir=path / "logs", settings=silent)
    run.log({"table": tracklog.Table(columns=list(columns), data=list(zip(*columns.values(), strict=True)))})
    run.finish()
    Builder(Options((path / "logs",), path / "site", jobs=1)).build()
