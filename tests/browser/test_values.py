"""Values as they were logged and numbers by their own size, wherever a page shows them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.site_builder.logs import write_run
from tracklog.listing import runs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

SEED = 6687881544318117707
EDGE = 2**53 + 1
# What each run was given; 1 and "1", None and "null" must stay apart.
ODD: dict[str, tuple[Any, str]] = {
    "whole": (1, "1"),
    "text": ("1", '"1"'),
    "none": (None, "null"),
    "word": ("null", '"null"'),
    "empty": ("", '""'),
    "list": ([1, "1", EDGE], f'[1,"1",{EDGE}]'),
    "nan": (float("nan"), "NaN"),
    "name": ("NaN", '"NaN"'),
    "wide": (SEED, str(SEED)),
    "next": (SEED + 1, str(SEED + 1)),
    "beyond": (2**70, str(2**70)),
    "plain": ("poly", "poly"),
}
QUIET = {"console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True, "quiet": True}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project whose runs have one config key of all sorts, and the same as a value of the summary."""
    home = tmp_path_factory.mktemp("odd")
    for name, (value, _) in ODD.items():
        run = tracklog.init(
            dir=str(home / "logs"),
            project="p",
            id=name,
            name=name,
            config={"odd": value},
            settings=tracklog.Settings(**QUIET),
        )
        run.log({"acc": 0.5, "said": value})
        if name == "wide":
            run.log(
                {
                    "t": tracklog.Table(
                        columns=["id", "any"],
                        data=[[EDGE, 1], [EDGE + 1, "1"], [EDGE + 2, [EDGE]]],
                        allow_mixed_types=True,
                    )
                }
            )
        run.finish()
    return built(home)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of losses that are far apart, of which one run ends in NaN and one in infinity."""
    home = tmp_path_factory.mktemp("sizes")
    losses: dict[str, list[float | str]] = {
        "large": [5000.0, 5000.0],
        "small": [0.05, 0.04],
        "lost": [2.5, 2.3324, "NaN"],
        "gone": [1.0, 9.69e305, "Infinity"],
    }
    for n, (name, values) in enumerate(losses.items()):
        rows = [{"loss": value, "wins": int(n == 1), "rate": 6.1234e-7 * (n + 1)} for value in values]
        write_run(home / "logs", name, rows, name=name, group="all" if n < 3 else "rest")
    return built(home)


def cells(page: Page, text: str) -> list[str]:
    """Return the cells of the row that has a text."""
    row = page.locator("main [role=row]", has_text=text).last
    row.wait_for()
    return [cell.inner_text().strip() for cell in row.locator("[role=gridcell]").all()]


def test_cells_of_runs_have_the_digits_of_their_values(browser: Browser, sizes: Site) -> None:
    with window(browser, viewport={"width": 1700, "height": 900}) as page:
        show(page, sizes.url("p/table.html", "v=1&cols=summary.loss,summary.wins,summary.rate"))
        assert cells(page, "large") == ["5000", "0", "6.123e−7"]
        assert cells(page, "small") == ["0.04", "1", "1.225e−6"]
        assert cells(page, "lost") == ["NaN", "0", "1.837e−6"]
        assert cells(page, "gone") == ["+Inf", "0", "2.449e−6"]
        show(page, sizes.url("p/table.html", "v=1&cols=summary.loss,summary.wins&group=group"))
        grouped = cells(page, "3 runs")
        assert grouped[1].startswith("0.3333")
        assert grouped[0].startswith("2500\n±")


def test_the_last_value_is_the_last_logged_one(browser: Browser, sizes: Site) -> None:
    with window(browser) as page:
        show(page, sizes.url("p/index.html", "v=1&panel=loss"))
        table = page.locator(".full .tracetable")
        rows = {
            row.locator("th").inner_text().strip(): row.locator("td").all_inner_texts()
            for row in table.locator("tbody tr").all()
        }
        assert rows == {
            "large": ["5000", "5000", "5000"],
            "small": ["0.04", "0.04", "0.05"],
            "lost": ["NaN", "2.332", "2.5"],
            "gone": ["+Inf", "1", "9.69e305"],
        }
        for run, last in (("lost", "NaN"), ("small", "0.04"), ("gone", "+Inf")):
            show(page, sizes.url(f"p/runs/{run}.html", "v=1"))
            assert page.locator("tr[data-key=loss] .v").inner_text() == last
            mark = page.locator("tr[data-key=loss] .sparkline")
            mark.wait_for()
            assert mark.locator("circle").count() == (last == "0.04")
            assert mark.locator(".nan").count() == (last == "NaN")


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_values_are_shown_as_they_were_logged(browser: Browser, odd: Site, single: bool) -> None:
    with window(browser, viewport={"width": 1700, "height": 900}) as page:
        show(page, odd.url("p/table.html", "v=1&cols=config.odd,summary.said", single=single))
        for name, (_, text) in ODD.items():
            assert cells(page, name) == [text, text], name
        show(page, odd.url("p/table.html", "v=1&group=config.odd", single=single))
        labels = page.locator(".tr.group b").all_inner_texts()
        assert sorted(labels) == sorted(text for _, text in ODD.values())
        for name, (_, text) in ODD.items():
            show(page, odd.url(f"p/runs/{name}.html", "v=1", single=single))
            leaf = page.locator("[data-config] .v").inner_text()
            assert leaf in (text, f'"{text}"'), name
            assert page.locator("tr[data-key=said] .v").inner_text() == text


def test_the_csv_of_runs_holds_them_too(browser: Browser, odd: Site) -> None:
    with window(browser) as page:
        show(page, odd.url("p/table.html", "v=1&cols=config.odd"))
        with page.expect_download() as download:
            page.get_by_role("toolbar", name="Table").get_by_role("button", name="CSV").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
    found = {row[1]: row[2] for row in csv.reader(text.splitlines()[1:])}
    for name, (value, shown) in ODD.items():
        assert found[name] == (value if isinstance(value, str) else shown), name
    assert 'text,"1"' in text
    assert "whole,1" in text


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("odd=1", {"whole", "list"}),
        ('odd="1"', {"text", "list"}),
        ("odd=null", {"none"}),
        ('odd=""', {"empty"}),
        ("odd=NaN", {"nan"}),
        ('odd="NaN"', {"name"}),
        (f"odd={SEED}", {"wide"}),
        (f"odd>{SEED}", {"next"}),
        (f"odd={2**70}", {"beyond"}),
        (f'odd=[1, "1", {EDGE}]', {"list"}),
        (f'odd=[1, "1", {EDGE - 1}]', set()),
    ],
)
def test_filters_tell_them_apart_on_pages_and_in_the_terminal(
    browser: Browser, odd: Site, condition: str, names: set[str]
) -> None:
    assert {row["name"] for row in runs(odd.logs, condition=condition)} == names
    with window(browser) as page:
        show(page, odd.url("p/table.html", f"v=1&f={quote(condition)}"))
        assert set(page.locator(".tr a.name").all_text_contents()) == names
        chip = page.locator(".chip.filter").first
        assert re.split("[=>]", condition, maxsplit=1)[1] in chip.inner_text()


def test_tables_tell_wide_integers_and_texts_apart(browser: Browser, odd: Site) -> None:
    with window(browser) as page:
        show(page, odd.url("p/runs/wide.html", "v=1&tab=tables"))
        settle(page)
        grid = page.locator(".dt-body [role=row]")
        grid.first.wait_for()
        rows = [row.locator("[role=rowheader], [role=gridcell]").all_inner_texts() for row in grid.all()]
        assert rows == [[str(EDGE), "1"], [str(EDGE + 1), '"1"'], [str(EDGE + 2), f"[{EDGE}]"]]


def test_a_value_that_is_typed_into_the_form_is_what_it_looks_like(browser: Browser, odd: Site) -> None:
    with window(browser) as page:
        for typed, names in (
            ('"1"', {"text", "list"}),
            ("1", {"whole", "list"}),
            (str(SEED + 1), {"next"}),
            ("poly", {"plain"}),
        ):
            show(page, odd.url("p/table.html", "v=1"))
            page.get_by_role("toolbar", name="Table").get_by_role("button", name="Filter").click()
            form = page.locator(".filter-form")
            form.get_by_label("Column").fill("config.odd")
            form.get_by_label("Value").fill(typed)
            form.get_by_role("button", name="Add filter").click()
            page.wait_for_selector(".chip.filter")
            shown = "wanted => [...document.querySelectorAll('.tr a.name')].map(e => e.textContent).sort().join() === wanted"
            page.wait_for_function(shown, arg=",".join(sorted(names)))
