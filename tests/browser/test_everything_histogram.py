"""Histograms as a heat map, as outlines over the steps and over each other, and what the summary tells of a tensor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.conftest import built
from tests.browser.support import hash_of, show, window
from tests.browser.test_everything import FORMS, ink, page, panel
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.support import Site

__all__ = ["page"]


def choose(card: Locator, view: str) -> Locator:
    """Switch a card to a view; return its canvas."""
    card.hover()
    card.get_by_label("View", exact=True).select_option(label=view)
    return card.locator(
        {"Heat map": ".heatmap canvas", "Ridge": ".ridges canvas", "Overlay": ".overlay canvas"}[view]
    ).first


def drawn(page: Page, canvas: Locator, colours: int) -> None:
    """Wait until a canvas shows more than some colours."""
    canvas.wait_for()
    page.wait_for_function(
        """([c, n]) => { const d = c.getContext('2d').getImageData(0, 0, c.width || 1, c.height || 1).data;
        return new Set(new Uint32Array(d.buffer)).size > n }""",
        arg=[canvas.element_handle(), colours],
    )


@FORMS
def test_an_outline_for_each_step_with_later_ones_in_front(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "histograms/outputs#histogram", single=single)
    drawn(page, card.locator(".heatmap canvas").first, 8)
    card.get_by_label("Run").select_option(label="second")
    canvas = choose(card, "Ridge")
    drawn(page, canvas, 20)
    assert "hv.histograms/outputs%23histogram=ridge" in hash_of(page)
    assert re.search(r"\d+ of 21 histograms drawn", card.inner_text())
    assert "512 bins" in card.inner_text()
    area = canvas.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] - 24)
    tip = page.locator(".tip")
    tip.get_by_text("step 20", exact=True).wait_for()
    assert re.search(r"[\d,]+ of 17,970", tip.inner_text())
    assert ink(canvas) > 20
    page.reload()
    drawn(page, page.locator('[data-panel="histograms/outputs#histogram"] .ridges canvas'), 20)


@FORMS
def test_each_run_has_a_heat_map_and_one_choice_holds_for_all(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "histograms/weights#histogram", single=single)
    maps = card.locator(".heatmap canvas")
    drawn(page, maps.nth(1), 8)
    assert [name.strip() for name in card.locator(".runline").all_inner_texts()] == ["second", "first"]
    card.get_by_label("Run").select_option(label="first")
    card.locator(".runline").first.wait_for(state="detached")
    assert maps.count() == 1
    assert "hrun=" in hash_of(page)
    other = page.locator("[data-panel='histograms/certainty#histogram']")
    assert other.get_by_label("Run").evaluate("(e) => e.selectedOptions[0].textContent") == "first"
    other.get_by_label("Run").select_option(label="all runs")
    drawn(page, maps.nth(1), 8)


@FORMS
def test_runs_over_each_other_at_a_step(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "histograms/weights#histogram", single=single)
    canvas = choose(card, "Overlay")
    drawn(page, canvas, 10)
    assert card.locator(".legend").inner_text().split()[:2] == ["second", "first"]
    last = canvas.screenshot()
    slider = card.get_by_role("slider")
    slider.fill("0")
    card.get_by_text("1 of 21").wait_for()
    page.wait_for_function("(c) => c.getAttribute('aria-label').includes('at step 0')", arg=canvas.element_handle())
    assert canvas.screenshot() != last
    area = canvas.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    tip = page.locator(".tip")
    tip.locator(".r").nth(1).wait_for()
    assert re.search(r"second\s+[\d.]+ %\s+\d+ of 4,096", tip.inner_text())
    assert re.search(r"first\s+[\d.]+ %\s+\d+ of 2,048", tip.inner_text())


@FORMS
def test_uneven_bins_keep_their_widths(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "histograms/certainty#histogram", single=single)
    for view in ("Overlay", "Ridge", "Heat map"):
        drawn(page, choose(card, view), 5)
    assert "hv." not in hash_of(page)


@FORMS
def test_a_tensor_of_the_summary_is_described(page: Page, everything: Site, single: bool) -> None:
    run = everything.runs("everything")[0]
    show(page, everything.url(f"everything/runs/{run}", single=single))
    row = page.locator('tr[data-key="histograms/first layer"]')
    assert re.match(r"^[−\d.e]+$", row.locator(".v").inner_text())
    assert row.locator(".best").inner_text().startswith("±0.")
    facts = row.locator(".v").get_attribute("title") or ""
    assert re.match(r"64 × (32|64) float64 · mean ", facts)
    assert "variance 0." in facts
    assert "95 % 0." in facts
    assert row.locator("svg.sparkline rect").count() == 32


def test_a_single_histogram_is_bars_and_steps_of_nan_are_marked(browser: Browser, tmp_path: Path) -> None:
    some = {"_type": "histogram", "counts": [1, 2, 4], "min": 0.0, "width": 1.0}
    nan = {"_type": "histogram", "counts": [0, 0], "min": 0.0, "width": 0.5, "dropped": 7}
    write_run(tmp_path / "logs", "r0", [{"w": some}, {"w": some}, {"w": nan}, {"w": nan}], name="lost")
    write_run(tmp_path / "logs", "r1", [{"w": some}], name="short")
    site = built(tmp_path)
    with window(browser) as page:
        show(page, site.url("p/index.html"))
        card = page.locator("[data-panel='w#histogram']")
        assert card.locator(".runline").count() == 2
        card.get_by_text("2 steps without a finite value, the first 2").wait_for()
        drawn(page, card.locator(".bars canvas"), 3)
        heat = card.locator(".heatmap canvas")
        drawn(page, heat, 3)
        area, whole = heat.bounding_box(), card.bounding_box()
        assert area is not None
        assert whole is not None
        page.mouse.move(area["x"] + area["width"] - 14, area["y"] + area["height"] / 2)
        page.locator(".tip").get_by_text("no finite value").wait_for()
        assert whole["height"] > 160


def test_what_is_in_no_bin_is_told(browser: Browser, tmp_path: Path) -> None:
    some = {"_type": "histogram", "counts": [1, 2], "min": 0.0, "width": 1.0, "dropped": 2}
    none = {"_type": "histogram", "counts": [0, 0], "min": 0.0, "width": 1.0, "dropped": 1_000}
    write_run(tmp_path / "logs", "r0", [{"some": some, "none": none}] * 3)
    site = built(tmp_path)
    with window(browser) as page:
        show(page, site.url("p/index.html"))
        page.locator("[data-panel='some#histogram']").get_by_text("6 values NaN or infinite, in no bin").wait_for()
        empty = page.locator("[data-panel='none#histogram']")
        empty.get_by_text("No finite values").wait_for()
        empty.get_by_text("3,000 values NaN or infinite").wait_for()
        assert not empty.locator("canvas").count()
