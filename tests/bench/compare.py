"""Rows of Compare: the code of two runs, beside diff2html on the same texts in the same browser."""

from __future__ import annotations

import json
import random
import subprocess
from typing import TYPE_CHECKING

from site_builder import Builder, Options
from tests.bench.measure import CHECKOUT, Figure, World, median, say
from tests.bench.pages import chromium, page
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES, LINES, CHANGES = 20, 5000, 50
WATCH = """
  window.longest = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (longest = Math.max(longest, e.duration))))
    .observe({type: 'longtask', buffered: true});
"""
OURS = """async (files) => {
  const first = await bench.until(() => document.querySelector('.cmp-file .tx.add'));
  const all = await bench.until(() => document.querySelectorAll('.cmp-file > header .plus').length === files);
  await bench.frames(4);
  return [first, all, longest];
}"""
# Unified texts by jsdiff, which diff2html reads, then its own HTML: its way from two texts to a page.
THEIRS = """
import { createTwoFilesPatch } from "diff";
import { html } from "diff2html";
window.theirs = async (pairs) => {
  const from = performance.now();
  let first = 0;
  for (const [name, a, b] of pairs) {
    const place = document.body.appendChild(document.createElement("div"));
    place.innerHTML = html(createTwoFilesPatch(name, name, a, b), { outputFormat: "side-by-side", matching: "lines" });
    if (!first) first = (await bench.frames(2), performance.now() - from);
  }
  await bench.frames(2);
  return [first, performance.now() - from, longest];
};
"""


def compare(world: World) -> Iterator[Figure]:
    """Open the comparison of two runs with 20 files of 5,000 lines; the same texts through jsdiff and diff2html."""
    home = world.folder("compare", _make)
    address = f"{(home / 'site/p/compare.html').as_uri()}#a=a&b=b"
    peer = _peer(world, home)
    ours: list[tuple[float, float, float]] = []
    theirs: list[tuple[float, float, float]] = []
    with chromium() as browser:
        for _ in range(1 + world.repeats):
            with page(browser, "about:blank") as opened:
                opened.add_init_script(WATCH)
                opened.goto(address)
                ours.append(tuple(opened.evaluate(OURS, FILES)))
            if peer is not None:
                with page(browser, "about:blank") as opened:
                    opened.evaluate(WATCH)
                    opened.add_script_tag(path=peer)
                    pairs = [[n, a, b] for n, (a, b) in _texts().items()]
                    theirs.append(tuple(opened.evaluate("(pairs) => theirs(pairs)", pairs)))
    beside = [[turn[n] for turn in theirs[1:]] for n in range(3)]
    for n, (name, bound) in enumerate((("first diff", 300), ("all diffs", 1000), ("longest task", 50))):
        samples = [turn[n] for turn in ours[1:]]
        note = f"diff2html {median(beside[n]):.0f} ms" if theirs else "diff2html could not be installed"
        yield Figure(f"20 files x 5,000 lines: {name}", median(samples), bound, "ms", samples, note)


def _texts() -> dict[str, tuple[str, str]]:
    """Return both texts of each file, by its name."""
    chance = random.Random(0)
    words = [f"{a}{b}" for a in ("load", "fit", "scale", "batch", "mean", "loss") for b in ("", "_rows", "_all", "er")]
    found = {}
    for n in range(FILES):
        lines = [" " * 4 * chance.randrange(4) + " ".join(chance.choices(words, k=6)) for _ in range(LINES)]
        other = list(lines)
        for at in chance.sample(range(LINES), CHANGES):
            other[at] = " ".join(chance.choices(words, k=6))
        found[f"module_{n:02}.py"] = ("\n".join(lines) + "\n", "\n".join(other) + "\n")
    return found


def _make(home: Path) -> None:
    texts = _texts()
    for side, run in enumerate("ab"):
        code = write_run(home / "logs", run, [{"loss": 1.0}]) / "files/code"
        code.mkdir(parents=True)
        for name, pair in texts.items():
            (code / name).write_text(pair[side], encoding="utf-8")
    Builder(Options((home / "logs",), home / "site", jobs=1)).build()


def _peer(world: World, home: Path) -> Path | None:
    """Bundle diff2html for the browser; None where npm cannot get it."""
    place = world.home / "diff2html"
    place.mkdir(exist_ok=True)
    (place / "package.json").write_text(json.dumps({"private": True}), encoding="utf-8")
    (place / "peer.js").write_text(THEIRS, encoding="utf-8")
    bundle = home / "peer.js"
    esbuild = CHECKOUT / "templates/node_modules/.bin/esbuild"
    for command in (
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "diff2html@3.4.56", "diff@8"],
        [str(esbuild), "peer.js", "--bundle", "--minify", f"--outfile={bundle}"],
    ):
        if subprocess.run(command, cwd=place, check=False, capture_output=True).returncode:
            say(f"  {command[0]} failed: diff2html is not measured")
            return None
    return bundle
