"""Tables of the example of everything: sorted, filtered, grouped, joined, in both forms of the site."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
import pytest
from vega_datasets import local_data

from tests.browser.support import hash_of, settle, show, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.support import Site

PAGE = "everything/index.html"


def cars_table() -> pd.DataFrame:
    """Return the cars as the package has them, years as text."""
    return pd.DataFrame(json.loads(local_data.cars.raw()))


def card(page: Page, site: Site, key: str, state: str = "", *, single: bool = False, **params: str) -> Locator:
    """Open the workspace with one table, in a state; return its card when all of it is there."""
    query = "&".join(f"{name}={quote(value)}" for name, value in params.items())
    own = f"&t.{quote(key)}%23table={quote(state)}" if state else ""
    show(page, site.url(PAGE, f"p={quote(key)}&cols=1{own}{f'&{query}' if query else ''}", single=single))
    found = page.locator(f"[data-panel='{key}#table']")
    found.locator(".dt-tr").first.wait_for()
    return found


def column(grid: Locator, name: str) -> list[str]:
    """Return the texts of a column's cells that are in the document, from top to bottom."""
    head = grid.get_by_role("columnheader").filter(has_text=name).first
    index = head.get_attribute("aria-colindex")
    found: list[str] = grid.locator(".dt-tr:not(.group)").evaluate_all(
        """(rows, index) => rows
          .sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
          .map((row) => row.querySelector(`[aria-colindex="${index}"]`)?.innerText.trim() ?? '')""",
        index,
    )
    return found


def test_a_head_sorts_down_up_and_back_and_the_link_holds_it(browser: Browser, everything: Site) -> None:
    powers = sorted(cars_table()["Horsepower"].dropna(), reverse=True)
    with window(browser) as page:
        table = card(page, everything, "tables/cars")
        assert table.locator(".dt-foot").inner_text().endswith("of 406 rows")
        as_logged = column(table, "Name")
        head = table.get_by_role("button", name="Horsepower")
        head.click()
        assert float(column(table, "Horsepower")[0]) == powers[0]
        assert table.locator("[aria-sort=descending]").count() == 1
        linked = hash_of(page)
        head.click()
        assert float(column(table, "Horsepower")[0]) == powers[-1]
        table.get_by_role("button", name="Name").click(modifiers=["Shift"])
        assert table.locator("[aria-sort]").count() == 2
        table.get_by_role("button", name="Name").click(modifiers=["Shift"])
        table.get_by_role("button", name="Name").click(modifiers=["Shift"])
        head.click()
        assert table.locator("[aria-sort]").count() == 0
        assert column(table, "Name") == as_logged
        page.goto("about:blank")
        page.goto(everything.url(PAGE) + linked)
        table.locator("[aria-sort=descending]").wait_for()
        assert float(column(table, "Horsepower")[0]) == powers[0]


@pytest.mark.parametrize("single", [False, True])
def test_only_what_is_in_view_is_in_the_document(browser: Browser, everything: Site, single: bool) -> None:
    with window(browser) as page:
        table = card(page, everything, "tables/cars", single=single)
        grid = table.get_by_role("grid")
        assert grid.get_attribute("aria-rowcount") == "407"
        assert 8 <= table.locator(".dt-tr").count() < 40
        top = table.locator(".dt-head").bounding_box()
        grid.evaluate("(e) => { e.scrollTop = e.scrollHeight; e.scrollLeft = 200 }")
        table.locator("[aria-rowindex='407']").wait_for()
        assert table.locator(".dt-foot").inner_text().endswith("–406 of 406 rows")
        assert table.locator(".dt-head").bounding_box()["y"] == top["y"]  # type: ignore[index]
        first = table.locator("[aria-rowindex='407'] .first").bounding_box()
        assert first["x"] == pytest.approx(grid.bounding_box()["x"], abs=1)  # type: ignore[index]


def test_conditions_are_added_shown_and_removed(browser: Browser, everything: Site) -> None:
    cars = cars_table()
    with window(browser) as page:
        table = card(page, everything, "tables/cars")
        for name, comparison, value in (("Origin", "is", "Japan"), ("Year", ">", "1975-01-01")):
            table.get_by_role("button", name="Filter").click()
            form = page.get_by_role("dialog", name="Filter")
            form.get_by_label("Column").select_option(name)
            form.get_by_label("Comparison").select_option(label=comparison)
            form.get_by_label("Value").fill(value)
            form.get_by_role("button", name="Add filter").click()
        japanese = cars[cars["Origin"] == "Japan"]
        late = japanese[japanese["Year"] > "1975-01-01"]
        foot = table.locator(".dt-foot")
        assert f"of {len(late)} rows that match, 406 in all" in foot.inner_text()
        table.get_by_role("button", name="Remove the condition on Year").click()
        assert f"of {len(japanese)} rows that match" in foot.inner_text()
        table.get_by_role("searchbox", name="Search all cells").fill("Civic")
        named = japanese[japanese["Name"].str.contains("civic")]
        page.wait_for_function(
            "(n) => document.querySelector('.dt-foot').innerText.includes(`of ${n} rows that`)", arg=len(named)
        )


def test_groups_have_means_and_open(browser: Browser, everything: Site) -> None:
    means = cars_table().groupby("Origin")["Weight_in_lbs"].mean()
    with window(browser) as page:
        table = card(page, everything, "tables/cars", "h=Displacement,Year,Acceleration,Cylinders")
        table.get_by_role("button", name="Group").click()
        page.get_by_role("dialog", name="Group").get_by_label("Group by").select_option("Origin")
        page.keyboard.press("Escape")
        assert table.locator(".dt-foot").inner_text().startswith("3 groups of 406 rows")
        groups = table.locator(".dt-tr.group")
        assert [text.split("\n")[0] for text in groups.all_inner_texts()] == ["Europe", "Japan", "USA"]
        index = table.get_by_role("columnheader").filter(has_text="Weight").get_attribute("aria-colindex")
        shown = groups.locator(f"[aria-colindex='{index}']").all_inner_texts()
        assert [float(text) for text in shown] == pytest.approx(means.tolist(), abs=0.06)
        assert groups.locator("svg.dist").count() > 3
        groups.first.get_by_role("button").click()
        assert set(filter(None, column(table, "Origin"))) <= {"Europe"}
        assert table.locator(".dt-tr:not(.group)").count() > 3


@pytest.mark.parametrize("single", [False, True])
def test_pictures_are_drawn_in_cells_of_the_size_that_is_set(browser: Browser, everything: Site, single: bool) -> None:
    with window(browser) as page:
        table = card(page, everything, "tables/digits", "z=96", single=single)
        picture = table.locator(".dt-media img, .dt-media canvas").first
        picture.wait_for()
        page.wait_for_function("(e) => !('naturalWidth' in e) || e.naturalWidth === 8", arg=picture.element_handle())
        row = table.locator(".dt-tr").first.bounding_box()
        assert row["height"] == 104  # type: ignore[index]
        assert picture.bounding_box()["height"] == pytest.approx(96, abs=2)  # type: ignore[index]


def test_runs_stand_one_below_the_other_or_side_by_side(browser: Browser, everything: Site) -> None:
    with window(browser) as page:
        table = card(page, everything, "tables/growing")
        assert table.get_by_role("columnheader").first.inner_text().strip() == "run"
        table.get_by_role("button", name="Runs").click()
        page.get_by_role("dialog", name="Runs").get_by_label("Join runs on").select_option("step")
        assert table.locator(".dt-foot").inner_text().endswith("of 30 rows")
        assert sorted(column(table, "first")[:2], reverse=True) == ["1", "0.5"]
        assert len(table.get_by_role("columnheader").all()) == 3


def test_a_table_grows_with_the_steps(browser: Browser, everything: Site) -> None:
    with window(browser) as page:
        table = card(page, everything, "tables/growing")
        assert table.locator(".dt-foot").inner_text().endswith("of 60 rows")
        table.get_by_role("slider", name="Step").press("ArrowLeft")
        page.wait_for_function("() => document.querySelector('.dt-foot').innerText.endsWith('of 40 rows')")


def test_the_download_holds_the_rows_and_columns_in_view(browser: Browser, everything: Site, tmp_path: Any) -> None:
    with window(browser, accept_downloads=True) as page:
        table = card(page, everything, "tables/cars", "f=Origin,=,Japan;h=run,Year;s=-Horsepower")
        with page.expect_download() as waiting:
            table.get_by_role("button", name="CSV").click()
        waiting.value.save_as(tmp_path / "cars.csv")
        head, *rows = csv.reader((tmp_path / "cars.csv").read_text().splitlines())
        assert "run" not in head
        assert "Year" not in head
        japanese = cars_table().query("Origin == 'Japan'")
        assert len(rows) == len(japanese)
        assert float(rows[0][head.index("Horsepower")]) == japanese["Horsepower"].max()


def test_columns_are_hidden_and_resized_by_keys(browser: Browser, everything: Site) -> None:
    with window(browser) as page:
        table = card(page, everything, "tables/cars")
        table.get_by_role("button", name="Columns").click()
        page.get_by_role("dialog", name="Columns").get_by_label("Cylinders").uncheck()
        page.keyboard.press("Escape")
        assert table.get_by_role("columnheader").filter(has_text="Cylinders").count() == 0
        head = table.get_by_role("columnheader").filter(has_text="Name")
        before = head.bounding_box()["width"]  # type: ignore[index]
        head.get_by_role("button").press("Alt+ArrowRight")
        assert head.bounding_box()["width"] == before + 16  # type: ignore[index]
        assert "w=Name" in hash_of(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_tables_tab_has_the_run_s_tables(browser: Browser, everything: Site, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 900}) as page:
        show(page, everything.url(f"everything/runs/{everything.runs('everything')[0]}", "tab=tables"))
        table = page.locator("[data-panel='tables/cars#table']")
        table.scroll_into_view_if_needed()
        table.locator(".dt-tr").first.wait_for()
        settle(page)
        assert table.get_by_role("grid").bounding_box()["height"] > 400  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
