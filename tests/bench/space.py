"""A cloud of a million points: until its first frame, and frames a second while it turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from site_builder import Builder, Options
from tests.bench import pages
from tests.bench.measure import Figure, World, median

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTS = 1_000_000
TURNS = 20
FIRST = """async () => {
  await bench.until(() => document.querySelector('.space canvas') && !document.querySelector('.space .sk'));
  return performance.now();
}"""
TURN = """async (turns) => {
  const canvas = document.querySelector('.space canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = (type, n) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, pointerType: 'mouse', button: 0,
    buttons: 1, clientX: left + width / 2 + 4 * n, clientY: top + height / 2, bubbles: true }));
  canvas.setPointerCapture = canvas.releasePointerCapture = () => undefined;
  at('pointerdown', 0);
  const from = performance.now();
  for (let n = 1; n <= turns; n++) {
    at('pointermove', n);
    await bench.frames(1);
    canvas.getContext('webgl2').finish();
  }
  at('pointerup', turns);
  return turns / ((performance.now() - from) / 1000);
}"""


def _write(root: Path) -> None:
    import tracklog

    points = np.random.default_rng(0).normal(size=(POINTS, 3)) * (10, 10, 1)
    settings = {"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True}
    with tracklog.init(project="bench", name="cloud", id="cloud", dir=root, settings=settings) as run:
        run.log({"cloud": tracklog.Object3D(points)})


def cloud(world: World) -> Iterator[Figure]:
    """Open the page of a run with a million points; turn them."""
    logs = world.folder("cloud", _write)
    site = world.home / "cloud-site"
    Builder(Options((logs,), site, jobs=1)).build()
    address = (site / "bench/runs/cloud.html").as_uri() + "#tab=media"
    firsts, rates = [], []
    with pages.chromium("--enable-unsafe-swiftshader") as browser:
        for _ in range(world.repeats):
            with pages.page(browser, address) as page:
                firsts.append(float(page.evaluate(FIRST)))
                rates.append(float(page.evaluate(TURN, TURNS)))
    how = "software drawing, no GPU"
    yield Figure("1M points: first frame", median(firsts), None, "ms", firsts, how)
    yield Figure(
        "1M points: frames a second while turning", median(rates), None, "/s", rates, f"{how}; 30 where one draws"
    )
