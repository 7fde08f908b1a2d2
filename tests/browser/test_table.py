"""The run table: sorting by clicks, groups, CSV."""

from __future__ import annotations

import csv
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import hash_of, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

# id, name, optimizer, learning rate, accuracy
RUNS: tuple[tuple[str, str, str, float, float], ...] = (
    ("r0", "=cmd()", "adam", 0.1, 0.5125),
    ("r1", "+1 more", "sgd", 0.01, 0.75),
    ("r2", 'a "quoted", name', "adam", 0.001, 0.625),
    ("r3", "@here", "sgd", 0.1, 0.8125),
    ("r4", "-2", "adam", 0.01, 0.9375),
)
# The texts of a column from top to bottom, in rows that match.
COLUMN = """([label, rows]) => {
  const heads = [...document.querySelectorAll('.heads [role=columnheader]')].map((head) => head.textContent.replace(/ [↓↑]$/, ''));
  return [...document.querySelectorAll(rows)].map((row) => row.children[heads.lastIndexOf(label)].textContent);
}"""
SORTED = "() => [...document.querySelectorAll('.heads [aria-sort]')].map((head) => [head.textContent, head.ariaSort])"


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of five runs whose names a spreadsheet would take for formulas."""
    home = tmp_path_factory.mktemp("five")
    for run, name, optimizer, rate, accuracy in RUNS:
        config: dict[str, Any] = {"optimizer": optimizer, "lr": rate, "note": "=1+1"}
        write_run(home / "logs", run, [{"acc": 0.25}, {"acc": accuracy}], name=name, config=config)
    return built(home)


def column(page: Page, label: str, rows: str = ".tr:has(a)") -> list[str]:
    found: list[str] = page.evaluate(COLUMN, [label, rows])
    return found


def head(page: Page, label: str) -> Any:
    return page.locator(".heads [role=columnheader]", has_text=label).last.get_by_role("button")


def test_a_click_sorts_down_up_and_not_at_all_and_shift_adds(browser: Browser, five: Site) -> None:
    with window(browser) as page:
        show(page, five.url("p/table.html", "v=1"))
        first = column(page, "acc")
        assert sorted(map(float, first)) == sorted(accuracy for *_, accuracy in RUNS)
        falling = sorted(first, key=float, reverse=True)
        for order, mark, query in (
            (falling, "descending", "sort=-summary.acc"),
            (falling[::-1], "ascending", "sort=summary.acc"),
            (first, None, ""),
        ):
            head(page, "acc").click()
            page.wait_for_function(f"(mark) => (({SORTED})()[0]?.[1] ?? null) === mark", arg=mark)
            assert column(page, "acc") == order
            assert query in hash_of(page)
        head(page, "optimizer").click()
        head(page, "acc").click(modifiers=["Shift"])
        page.wait_for_function(f"() => ({SORTED})().length >= 2")
        assert ["optimizer ↑", "ascending"] in page.evaluate(SORTED)
        assert ["acc ↓", "descending"] in page.evaluate(SORTED)
        assert column(page, "optimizer") == ["adam"] * 3 + ["sgd"] * 2
        assert list(map(float, column(page, "acc"))) == [0.9375, 0.625, 0.5125, 0.8125, 0.75]
        assert "sort=config.optimizer,-summary.acc" in hash_of(page)


def test_the_row_of_a_group_tells_mean_and_deviation(browser: Browser, five: Site) -> None:
    with window(browser) as page:
        show(page, five.url("p/table.html", "v=1&group=config.optimizer"))
        page.wait_for_selector(".tr.group")
        names = page.locator(".tr.group [role=rowheader]").all_inner_texts()
        cells = column(page, "acc", ".tr.group")
        assert len(names) == len(cells) == 2
        for name, cell in zip(names, cells, strict=True):
            values = [accuracy for _, _, optimizer, _, accuracy in RUNS if optimizer in name]
            assert f"{len(values)} runs" in name
            mean, _, deviation = cell.partition("±")
            assert float(mean) == pytest.approx(statistics.mean(values), abs=5e-4)
            assert float(deviation) == pytest.approx(statistics.stdev(values), rel=5e-3)
        lr = column(page, "lr", ".tr.group")
        assert lr == [f"{len({rate for _, _, o, rate, _ in RUNS if o in name})} values" for name in names]
        page.locator(".tr.group .fold").first.click()
        page.wait_for_selector(".tr.group[aria-expanded=false]")
        assert len(set(column(page, "optimizer"))) == 1


def test_the_csv_holds_what_was_logged_and_no_formula(browser: Browser, five: Site) -> None:
    with window(browser) as page:
        show(page, five.url("p/table.html", "v=1&diff=0&sort=-summary.acc"))
        with page.expect_download() as download:
            page.get_by_role("toolbar", name="Table").get_by_role("button", name="CSV").click()
        with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    assert download.value.suggested_filename == "p-runs.csv"
    best = sorted(RUNS, key=lambda run: -run[4])
    assert [row["id"] for row in rows] == [run for run, *_ in best]
    for row, (_, name, optimizer, rate, accuracy) in zip(rows, best, strict=True):
        assert row["Name"].removeprefix("'") == name
        assert float(row["acc"]) == accuracy
        assert (row["config optimizer"], float(row["config lr"])) == (optimizer, rate)
        assert row["config note"] == "'=1+1"
        assert not [value for value in row.values() if value[:1] in "=+@" and value], row
