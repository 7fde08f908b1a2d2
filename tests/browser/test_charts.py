"""Custom charts and figures in cards: one title, controls in the head, rows that wrap; their tables stand nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import tracklog
from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.browser.test_values import QUIET
from tracklog.listing import runs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

CLASSES = [f"class {n}" for n in range(10)]
RUNS = 3


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of three runs with curves and a matrix of ten classes, and a figure of Altair's."""
    home = tmp_path_factory.mktemp("charted")
    random = np.random.default_rng(0)
    truth = random.integers(0, len(CLASSES), 300)
    frame = pd.DataFrame({"a": random.random(60), "b": random.random(60), "c": np.repeat(list("uvwxyz"), 10)})
    choice = alt.selection_point(fields=["c"], bind=alt.binding_select(options=list("uvw"), name="Letter "))
    figure = alt.Chart(frame, title="Points by letter").mark_point().encode(x="a", y="b", column="c")
    for n in range(RUNS):
        guess = random.random((len(truth), len(CLASSES)))
        run = tracklog.init(
            dir=str(home / "logs"), project="p", id=f"r{n}", name=f"run {n}", settings=tracklog.Settings(**QUIET)
        )
        run.log(
            {
                "val/pr": tracklog.plot.pr_curve(truth, guess, labels=CLASSES),
                "val/roc": tracklog.plot.roc_curve(truth, guess, labels=CLASSES, title="ROC"),
                "val/confusion": tracklog.plot.confusion_matrix(probs=guess, y_true=truth, class_names=CLASSES),
                "figure": figure.add_params(choice),
                "own": tracklog.Table(columns=["x"], data=[[1]]),
            }
        )
        run.finish()
    return built(home)


def test_a_title_stands_once_in_the_head(browser: Browser, charted: Site) -> None:
    with window(browser) as page:
        show(page, charted.url("p/runs/r0.html", "v=1&tab=charts"))
        for key, title in (
            ("val/pr#chart", ["Precision-Recall Curve"]),
            ("val/roc#chart", []),
            ("figure#vega", ["Points by letter"]),
        ):
            card = page.locator(f"[data-panel='{key}']")
            card.locator("canvas").wait_for()
            expect(card.locator(".headnote")).to_have_text(title)


def test_controls_stand_in_the_head(browser: Browser, charted: Site) -> None:
    with window(browser) as page:
        show(page, charted.url("p/runs/r0.html", "v=1&tab=charts"))
        for key, name in (("val/confusion#chart", "Share of the actual class"), ("figure#vega", "Letter")):
            card = page.locator(f"[data-panel='{key}']")
            expect(card.locator("header .vega-bindings")).to_contain_text(name)
            assert not card.locator(".vega-box .vega-bind").count()


@pytest.mark.parametrize("width", [1440, 390])
def test_charts_of_several_runs_stay_within_their_cards(browser: Browser, charted: Site, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 2400}) as page:
        show(page, charted.url("p/index.html", "v=1"))
        for key in ("val/pr#chart", "val/roc#chart", "val/confusion#chart", "figure#vega"):
            card = page.locator(f"[data-panel='{key}']")
            card.scroll_into_view_if_needed()
            card.locator("canvas").first.wait_for()
            assert card.locator(".vega-box").evaluate_all(
                "(all) => all.every((e) => e.scrollWidth <= e.clientWidth)"
            ), key


def test_tables_of_charts_are_no_tables_of_their_own(browser: Browser, charted: Site) -> None:
    with window(browser) as page:
        show(page, charted.url("p/runs/r0.html", "v=1&tab=tables"))
        assert page.locator("nav a[data-tab=tables] .n").inner_text() == "1"
        panels = page.locator("[data-pane=tables] [data-panel]")
        panels.first.wait_for()
        assert [panel.get_attribute("data-panel") for panel in panels.all()] == ["own#table"]
        show(page, charted.url("p/runs/r0.html", "v=1"))
        assert not page.locator("tr[data-key='val/pr_table']").count()
        show(page, charted.url("p/table.html", "v=1&diff=0"))
        assert not page.get_by_role("columnheader", name="_table").count()
        show(page, charted.url("p/index.html", "v=1&panel=val/pr_table%23table"))
        page.locator("dialog.full .dt-body [role=row]").first.wait_for()
    assert all("val/pr_table" not in row["summary"] and "own" in row["summary"] for row in runs(charted.logs))
