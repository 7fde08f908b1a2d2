"""An open page follows a training that is really running, from file://, and keeps what the reader has set."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import orjson

from tests.browser.support import CHECKOUT, Site, settle, show, window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

REBUILDS = 60
ROWS = 20
# Logs some rows for every line it reads, and ends at the end of its input.
TRAINING = f"""
import math, sys, tracklog
run = tracklog.init(project="live", id="now", name="now", settings={{"disable_git": True}})
step = 0
for line in sys.stdin:
    for _ in range({ROWS}):
        extra = {{f"extra/m{{k}}": step * k for k in range(12)}}
        run.log({{"train/loss": 1 / (step + 1), "train/wave": math.sin(step / 50), **extra}})
        step += 1
    print("logged up to", step, flush=True)
"""
EARLIER = """
import tracklog
quick = {"disable_git": True, "disable_stats": True}
for n in range(40):
    with tracklog.init(project="live", id=f"old{n:02}", name=f"old {n:02}", settings=quick) as run:
        for step in range(50):
            run.log({"train/loss": n / (step + 1), "train/wave": n})
"""
KEPT = """() => ({
  hash: location.hash, main: scrollY, rail: document.querySelector('.rail .virtual').scrollTop,
  current: document.querySelector('.rail .run[aria-selected=true]')?.dataset.run,
  focus: document.activeElement?.className, marked: document.querySelector('.rail').dataset.marked,
})"""
CURRENT = "() => document.querySelector('.rail .run[aria-selected=true]')?.dataset.run ?? null"
SCROLLED = """async () => {
  const list = document.querySelector('.rail .virtual');
  scrollTo(0, 260);
  list.scrollTop = 300;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return scrollY === 260 && list.scrollTop === 300;
}"""
NUDGE = "document.dispatchEvent(new Event('visibilitychange'))"  # the page looks at once, not at its next turn


@contextmanager
def started(*command: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    world = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(cwd / "logs")}
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd, env=world, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def said(stream: IO[str] | None, word: str) -> str:
    assert stream is not None
    for line in stream:
        if word in line:
            return line
    raise AssertionError(f"ended before it said {word}")


def build_number(site: Site) -> int:
    text = (site.folder / "version.js").read_text(encoding="utf-8")
    return int(orjson.loads(text.partition("(")[2].rpartition(")")[0])["build"])


def rebuilt(site: Site, after: int) -> int:
    """Wait until the watch has built again; return the build's number."""
    while (now := build_number(site)) <= after:
        time.sleep(0.01)
    return now


def train(process: subprocess.Popen[str]) -> int:
    """Have some rows logged; return how many there are now."""
    assert process.stdin is not None
    process.stdin.write("more\n")
    process.stdin.flush()
    return int(said(process.stdout, "logged up to").split()[-1])


def points(page: Page, total: int) -> None:
    """Wait until the zoomed chart of one run shows all points of it."""
    page.wait_for_function(
        "(n) => document.querySelector('figure .hint').textContent.startsWith(`All ${n} points`)", arg=f"{total:,}"
    )


def test_an_open_page_follows_60_rebuilds_and_keeps_zoom_scroll_and_selection(browser: Browser, tmp_path: Path) -> None:
    site = Site(tmp_path / "logs", tmp_path / "site", tmp_path / "none.html")
    with started("-c", EARLIER, cwd=tmp_path) as earlier:
        earlier.wait()
    with (
        started("-c", TRAINING, cwd=tmp_path) as training,
        started("-m", "tracklog", "watch", "logs", "-o", "site", cwd=tmp_path) as watching,
        window(browser, viewport={"width": 1280, "height": 500}) as page,
    ):
        said(watching.stdout, "index.html")
        total = train(training)
        last = rebuilt(site, 0)
        while b"now" not in (site.folder / "data/live.js").read_bytes():
            last = rebuilt(site, last)
        show(page, site.url("live/index.html", "v=1&only=now&zoom=0..100000"))
        points(page, total)
        page.locator(".rail .run").nth(2).locator(".name").hover()
        for _ in range(3):
            before_key = page.evaluate(CURRENT)
            page.keyboard.press("j")
            page.wait_for_function(f"(old) => ({CURRENT})() !== old", arg=before_key)
        page.evaluate("document.querySelector('.rail').dataset.marked = 'the same element'")
        page.wait_for_function(SCROLLED)
        before: dict[str, Any] = page.evaluate(KEPT)
        assert before["current"]
        assert before["rail"] == 300
        for turn in range(REBUILDS):
            total = train(training)
            last = rebuilt(site, last)
            if turn >= 2:
                page.evaluate(NUDGE)
            while not page.evaluate(
                "(n) => document.querySelector('figure .hint').textContent.startsWith(`All ${n} points`)", f"{total:,}"
            ):
                if build_number(site) > last:  # the rows had come in two builds
                    last = build_number(site)
                    page.evaluate(NUDGE)
            assert page.evaluate(KEPT) == before, turn
        assert page.locator(".live-slot .live").inner_text().startswith("Live")
        assert training.stdin is not None
        training.stdin.close()
        training.wait()
        page.evaluate("document.querySelector('.rail .virtual').scrollTop = 0")
        page.wait_for_selector(".rail .run[data-run=now] .dot.finished")
        page.wait_for_selector(".live-slot .live.still")
        assert page.evaluate(KEPT)["main"] == before["main"]
        settle(page)
        watching.terminate()
