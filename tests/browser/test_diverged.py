"""Metrics that run away or end in what is not finite: what is drawn, what is said, and where."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.support import Site

SENTENCE = "NaN since step 60, last good value 0.5"
"""Of the run that was lost."""


@pytest.fixture(scope="module")
def diverged(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of a calm run, one that runs away, and one that is lost."""
    home = tmp_path_factory.mktemp("diverged")
    calm = [1 + math.sin(n) / 10 for n in range(80)]
    losses: dict[str, list[float | str]] = {
        "calm": [*calm],
        "away": [*calm, 9.69e305],
        "lost": [*calm[:59], 0.5, "NaN", "NaN"],
    }
    for name, values in losses.items():
        rows = [{"loss": value, "val/acc": 1 - abs(n - 40) / 100} for n, value in enumerate(values)]
        write_run(home / "logs", name, rows, name=name)
    return built(home)


def hint(page: Page) -> Locator:
    """Return what stands below the chart of the loss."""
    return page.locator("figure[data-panel='loss'] .hint")


def test_outliers_are_clipped_when_that_is_asked_for(browser: Browser, diverged: Site) -> None:
    with window(browser) as page:
        show(page, diverged.url("p/index.html", "v=1"))
        expect(hint(page)).not_to_contain_text("beyond")
        show(page, diverged.url("p/index.html", "v=1&clip=1"))
        expect(hint(page)).to_contain_text("values from 0.5 to 9.69e305 lie beyond the axis: switch off Clip outliers")
        show(page, diverged.url("p/index.html", "v=1&clip=1&only=away"))
        expect(hint(page)).to_contain_text("values up to 9.69e305 lie beyond the axis: switch off Clip outliers")


def test_a_range_of_ones_own_says_what_it_leaves_out(browser: Browser, diverged: Site) -> None:
    with window(browser) as page:
        show(page, diverged.url("p/index.html", "v=1&o.loss=y%3D0.95..1.05&only=calm"))
        expect(hint(page)).to_contain_text("values from 0.9 to 1.1 lie beyond the axis: empty the Y range in the menu")
        show(page, diverged.url("p/index.html", "v=1&o.loss=y%3D0..2&only=calm"))
        expect(hint(page)).not_to_contain_text("beyond")


def test_a_lost_run_is_told_wherever_it_is_shown(browser: Browser, diverged: Site) -> None:
    with window(browser) as page:
        show(page, diverged.url("p/index.html", "v=1&list=summary.loss"))
        expect(hint(page)).to_contain_text(f"lost: {SENTENCE}")
        assert "lost NaN" in page.locator("figure[data-panel=loss] .legend").inner_text()
        row = page.locator("[data-run=lost]")
        assert row.locator(".lostmark").get_attribute("title") == f"loss: {SENTENCE}"
        assert row.locator(f".num[title='{SENTENCE}']").inner_text() == "NaN"
        assert page.locator("[data-run=calm] .lostmark").count() == 0
        show(page, diverged.url("p/table.html", "v=1&cols=summary.loss"))
        assert page.locator(f".tr .num[title='{SENTENCE}']").inner_text() == "NaN"
        show(page, diverged.url("p/runs/lost.html", "v=1"))
        numbers = page.locator(".key-numbers > div")
        numbers.first.wait_for()
        assert SENTENCE in numbers.first.inner_text()
        assert page.locator("tr[data-key=loss] .v").get_attribute("title") == SENTENCE
        show(page, diverged.url("p/runs/lost.html", "v=1&tab=charts"))
        expect(hint(page)).to_contain_text(SENTENCE)


def test_it_is_told_without_scripts(browser: Browser, diverged: Site) -> None:
    with window(browser, java_script_enabled=False) as page:
        page.goto(diverged.url("p/runs/lost.html"))
        assert "since step 60" in page.locator("tr[data-key=loss]").inner_text()


def test_best_and_last_of_what_was_validated_are_columns(browser: Browser, diverged: Site) -> None:
    with window(browser, viewport={"width": 1700, "height": 900}) as page:
        show(page, diverged.url("p/table.html", "v=1&diff=0"))
        heads = page.locator("[role=columnheader]").all_inner_texts()
        assert "best val/acc" in heads
        assert heads[heads.index("best val/acc") + 1] == "val/acc"
        show(
            page,
            diverged.url(
                "p/table.html", "v=1&cols=best.val/acc,summary.val/acc&sort=-best.val/acc&f=best.val/acc%3E0.9"
            ),
        )
        settle(page)
        row = page.locator(".tr", has_text="calm")
        assert row.locator(".num").all_inner_texts() == ["1", "0.61"]
        assert page.locator(".tr a.name").count() == len(("calm", "away", "lost"))
