"""Axes say where they are: labels differ, none is missing or cut, and a dot at the edge is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

VALUES: dict[str, list[float]] = {
    "constant": [1e-4] * 50,
    "near": [1e8 + n * 1e-3 for n in range(50)],
    "below": [-1e8 - n * 1e-3 for n in range(50)],
    "huge": [1e300 * (1 + n / 1000) for n in range(50)],
    "tokens": [1_240_000_000 + 1000 * n for n in range(50)],
    "clock": [1_700_000_000_000_000_000 + 1000 * n for n in range(50)],
    "negative": [-123_456.0 - n for n in range(50)],
    "powers": [10.0 ** (n / 5 - 5) for n in range(50)],
    "whole": [7.0] * 50,
}
BINS = {"_type": "histogram", "bins": [-123_456.3, -123_456.2, -123_456.1, -123_456.0], "values": [1, 5, 2]}
# What was written on each canvas, with its place in CSS pixels and its width.
RECORD = """
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
  const { a, d, e, f } = this.getTransform();
  const width = this.measureText(text).width * a;
  const shift = { center: width / 2, right: width, end: width }[this.textAlign] ?? 0;
  (this.canvas.said ??= []).push([String(text), Math.round(x * a + e - shift), Math.round(y * d + f), width]);
  return write.call(this, text, x, y, ...rest);
};
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  this.canvas.said = [];
  return clear.apply(this, box);
};
"""
SAID = "(key) => document.querySelector(`[data-panel='${key}'] canvas`)?.said ?? []"


@pytest.fixture(scope="module")
def axes(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build projects whose axes are hard to label."""
    home = tmp_path_factory.mktemp("axes")
    rows = [{key: values[n] for key, values in VALUES.items()} | {"bins": BINS} for n in range(50)]
    write_run(home / "logs", "r", rows)
    times = [{"_step": 1_700_000_000 + 60 * n, "y": float(n)} for n in range(20)]
    write_run(home / "logs", "unix", times, project="unix")
    write_run(home / "logs", "one", [{"y": 0.5}], project="one")
    return built(home)


def said(page: Page, key: str) -> list[Any]:
    """Return what was written on a chart: texts with their places."""
    page.wait_for_function(f"(key) => ({SAID})(key).length > 1", arg=key)
    found: list[Any] = page.evaluate(SAID, key)
    return found


@pytest.mark.parametrize("width", [390, 1440])
def test_labels_differ_and_none_is_cut(browser: Browser, axes: Site, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 900}) as page:
        page.add_init_script(RECORD)
        for key in (*VALUES, "bins#histogram"):
            show(page, axes.url("p/index.html", f"v=1&p=^{key.partition('#')[0]}$"))
            found = said(page, key)
            assert min(x for _, x, _, _ in found) >= 0, (key, found)
            places = {(x, y): text for text, x, y, _ in found}
            bottom = max(y for _, y in places)
            left = {y: text for (_, y), text in places.items() if y < bottom}
            assert len(left) > 1, (key, found)
            assert len(set(left.values())) == len(left), (key, left)
            assert all(any(char.isdigit() for char in text) for text in left.values())
            offset = {"near": "+100,000,000", "below": "−100,000,000.1", "clock": "+1,700,000,000,000,000,000"}.get(key)
            assert offset is None or offset in left.values(), left


def test_log_axes_have_powers_throughout(browser: Browser, axes: Site) -> None:
    with window(browser) as page:
        page.add_init_script(RECORD)
        show(page, axes.url("p/index.html", "v=1&p=powers&o.powers=log"))
        found = said(page, "powers")
        bottom = max(y for _, _, y, _ in found)
        labels = {text for text, _, y, _ in found if y < bottom}
        assert len(labels) > 2
        assert all(text.startswith("1e") for text in labels), labels


def test_what_steps_have_in_common_stands_beside_their_unit(browser: Browser, axes: Site) -> None:
    with window(browser) as page:
        page.add_init_script(RECORD)
        show(page, axes.url("unix/index.html", "v=1"))
        found = said(page, "y")
        bottom = max(y for _, _, y, _ in found)
        steps = [text for text, _, y, _ in found if y == bottom]
        assert len(set(steps)) == len(steps) > 2
        assert page.locator("[data-panel=y] .unit").inner_text() == "+1,700,000,000 step"


def test_a_single_point_at_step_0_is_a_whole_dot(browser: Browser, axes: Site) -> None:
    dot = """() => {
      const c = document.querySelector('[data-panel=y] canvas');
      if (!c) return null;
      const { data, width } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
      const at = [];
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = data.slice(i, i + 3);
        if (data[i + 3] > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) at.push([(i / 4) % width, Math.floor(i / 4 / width)]);
      }
      const span = (n) => Math.max(...at.map((p) => p[n])) - Math.min(...at.map((p) => p[n])) + 1;
      return at.length ? [span(0), span(1)] : null;
    }"""
    with window(browser) as page:
        page.add_init_script(RECORD)
        show(page, axes.url("one/index.html", "v=1"))
        page.wait_for_function(f"() => ({dot})()")
        wide, high = page.evaluate(dot)
        assert abs(wide - high) <= 1
        assert wide >= 3
        texts = [text for text, *_ in said(page, "y")]
        assert "0" in texts
        assert not [text for text in texts if text.startswith("−")]
