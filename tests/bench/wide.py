"""Rows of the page with thousands of keys, and of lists with thousands of runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from site_builder import Builder, Options
from tests.bench import corpus
from tests.bench.measure import Figure, World, median
from tests.bench.pages import SCROLL, chromium, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

# Longest of what kept the page from answering: a task, or the time between two frames, in which painting counts too.
WATCH = """
addEventListener('DOMContentLoaded', () => {
  let last = performance.now();
  bench.longest = 0;
  const held = (ms) => (bench.longest = Math.max(bench.longest, ms));
  new PerformanceObserver((list) => list.getEntries().forEach((e) => held(e.duration))).observe({entryTypes: ['longtask']});
  const frame = () => {
    const now = performance.now();
    held(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  frame();
  bench.held = () => {
    const longest = bench.longest;
    bench.longest = 0;
    return longest;
  };
});
"""
# Elements of the board (the shell has its own), the longest task, while the window goes through all of it.
PLACES = """async (query) => {
  location.hash = query;
  await bench.until(() => bench.drawn(bench.cards(), 0));
  let most = 0;
  bench.held();
  for (let i = 0; i <= 40; i++) {
    scrollTo(0, ((document.documentElement.scrollHeight - innerHeight) * i) / 40);
    await bench.frames(3);
    most = Math.max(most, document.querySelectorAll('.main *').length);
  }
  await bench.frames(4);
  const longest = bench.held();
  scrollTo(0, 0);
  return [most, longest];
}"""
# From a word in the field until other sections stand (the field waits 120 ms for the next key), and the longest task.
SEARCHED = """async (word) => {
  bench.held();
  const said = () => [...document.querySelectorAll('.board h2')].map((e) => e.textContent).join();
  const before = said();
  const field = document.querySelector('.tools input[type=search]');
  const from = performance.now();
  field.value = word;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  const answered = (await bench.until(() => said() !== before)) - from;
  await bench.until(() => bench.drawn(bench.cards(), 0));
  await bench.frames(4);
  return [answered - 120, bench.held()];
}"""
# The heads of runs come last of what is large; charts are counted from there.
HEADS = """
addEventListener('DOMContentLoaded', () => {
  const put = tracklog.put;
  tracklog.put = (...data) => {
    put(...data);
    if (/\\.0\\.js$/.test(data[0])) bench.read = performance.now();
  };
});
"""


def _site(world: World, name: str, write: Callable[[Path], None]) -> Path:
    def make(path: Path) -> None:
        write(path / "logs")
        Builder(Options((path / "logs",), path / "site")).build()

    return world.folder(name, make) / "site/bench"


def keys(world: World) -> Iterator[Figure]:
    """Open a project of 3 runs with 10,000 keys, go through its board, search in it."""
    site = _site(world, "keys10000", corpus.keyed)
    words = ("grad_norm", "layers/3.*norm", "block_1", "")
    with chromium() as browser:
        for what, url in (
            ("workspace", f"{(site / 'index.html').as_uri()}#v=1"),
            ("Charts tab", f"{(site / 'runs/run0000.html').as_uri()}#tab=charts"),
        ):
            first = [_first(browser, url) for _ in range(1 + world.repeats)][1:]
            yield Figure(f"10,000 keys, {what}: first charts after the data", median(first), 500, "ms", first)
            with _watched(browser, url) as opened:
                most, longest = opened.evaluate(PLACES, f"{url.partition('#')[2]}&all=layers,eval,experts,val")
                yield Figure(
                    f"10,000 keys, {what}: elements", most, 3000, "", (), f"longest wait of the scroll {longest:.0f} ms"
                )
                if what == "workspace":
                    found = [opened.evaluate(SEARCHED, word) for word in words * world.repeats]
                    tasks = [longest for _, longest in found]
                    note = f"answers after {median([answered for answered, _ in found]):.0f} ms"
                    yield Figure("10,000 keys: longest wait of a search", max(tasks), 100, "ms", tasks, note)


def _first(browser: Browser, url: str) -> float:
    with page(browser, "about:blank") as opened:
        opened.add_init_script(HEADS)
        opened.goto(url)
        found: float = opened.evaluate("bench.until(() => bench.drawn(bench.cards(), 0)).then((at) => at - bench.read)")
        return found


def lists(world: World) -> Iterator[Figure]:
    """Scroll the lists of 2,000 runs, grouped and not; show all of them."""
    site = _site(world, "list2000", corpus.swept)
    with chromium() as browser:
        for file, scroller, row in (("index", ".rail .virtual", ".run"), ("table", ".grid", ".tr a")):
            for group in ("", "model", "seed"):
                tasks = []
                with page(browser, f"{(site / file).as_uri()}.html#v=1&group={group}") as opened:
                    opened.wait_for_selector(f"{scroller} :is({row}, .runs-group)")
                    opened.evaluate("bench.frames(60)")
                    tasks += [max(opened.evaluate(SCROLL, scroller)) for _ in range(1 + world.repeats)][1:]
                what = "list" if file == "index" else "table"
                by = f", grouped by {group}" if group else ""
                yield Figure(f"2000 runs: longest wait, scrolling the {what}{by}", median(tasks), 50, "ms", tasks)
        yield from _all(browser, f"{(site / 'index.html').as_uri()}#v=1")


def _all(browser: Browser, url: str) -> Iterator[Figure]:
    with _watched(browser, url) as opened:
        opened.evaluate("bench.until(() => bench.drawn(bench.cards(), 0)).then(() => bench.held())")
        said = opened.evaluate("bench.shown('hide=', '2,000')")
        opened.evaluate("bench.frames(120)")
        held = opened.evaluate("bench.held()")
        yield Figure("2000 runs, all shown: longest wait", held, None, "ms", (), f"{said:.0f} ms until they are there")
        box = opened.locator("figure .canvas").first.bounding_box()
        assert box
        for n in range(12):
            opened.mouse.move(box["x"] + 60 + n * 15, box["y"] + 40 + n * 3)
            opened.evaluate("bench.frames(6)")
        held = opened.evaluate("bench.held()")
        yield Figure("2000 runs, all shown: longest wait, pointing at lines", held, None, "ms")


@contextmanager
def _watched(browser: Browser, url: str) -> Iterator[Page]:
    with page(browser, "about:blank") as opened:
        opened.add_init_script(WATCH)
        opened.goto(url)
        yield opened
