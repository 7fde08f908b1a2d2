"""The full screen of lines: what its head and its tables offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import built
from tests.browser.support import hash_of, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of two runs with a loss, and one without."""
    home = tmp_path_factory.mktemp("two")
    for n in range(2):
        write_run(home / "logs", f"r{n}", [{"loss": n + 1 / (step + 1)} for step in range(20)], name=f"run {n}")
    write_run(home / "logs", "r2", [{"other": 1.0}], name="without")
    return built(home)


def test_the_points_as_a_table(browser: Browser, two: Site) -> None:
    with window(browser, viewport={"width": 1280, "height": 500}) as page:
        show(page, two.url("p/index.html", "v=1&panel=loss"))
        full = page.locator("dialog.full")
        expect(full.locator("th button").first).to_contain_text("2 of 3 runs")
        full.get_by_role("button", name="Table").click()
        table = full.get_by_role("region", name="Points")
        rows = table.locator("tbody tr")
        assert rows.count() == 20
        assert page.evaluate(
            """() => document.querySelector('.overview-strip').getBoundingClientRect().bottom
              <= document.querySelector('.full-foot').getBoundingClientRect().top"""
        )
        assert sorted(rows.first.locator("td").all_inner_texts()) == ["1", "2"]
        show(page, two.url("p/index.html", "v=1&panel=loss&zoom=5..9&o.loss=table"))
        expect(rows).to_have_count(5)


def test_a_zoom_is_reset(browser: Browser, two: Site) -> None:
    with window(browser) as page:
        show(page, two.url("p/index.html", "v=1&panel=loss&zoom=5..9"))
        full = page.locator("dialog.full")
        expect(full.locator("footer code")).to_contain_text("zoom=5..9")
        reset = full.get_by_role("button", name="Reset zoom")
        reset.click()
        expect(reset).to_be_disabled()
        assert "zoom" not in hash_of(page)
        full.get_by_role("switch", name="Raw behind").click()
        assert "raw=0" in hash_of(page)
