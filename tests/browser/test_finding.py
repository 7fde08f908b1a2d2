"""Finding and comparing runs: which are drawn first, their looks, names, columns, and what the palette finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import hash_of, settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

COUNT = 14
LOOKS = """(selector) => Object.fromEntries([...document.querySelectorAll(selector)].map((row) => {
  const swatch = row.querySelector('.sw');
  return [row.querySelector('a').title, getComputedStyle(swatch).getPropertyValue('--c') + '/' + swatch.dataset.dash];
}))"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build fourteen runs whose names share both ends, in thirteen groups, and a second project."""
    home = tmp_path_factory.mktemp("many")
    for n in range(COUNT):
        write_run(
            home / "logs",
            f"r{n:02}",
            [{"val/loss": (n * 5) % COUNT, "train/loss": 1, "val/acc": n, "fixed": 7}],
            name=f"resnet50-imagenet-{'wide-and-deep-' * 4}{n:02}-seed0",
            created=f"2026-09-{n + 1:02}T12:00:00+00:00",
            config={"lr": n // 2 * 2, "same": 1, "alpha": "x"},
            tags=["baseline", "imagenet", "a-very-long-tag", "sweep"],
            group=f"g{n if n < COUNT - 1 else 0}",
            notes="all the same",
        )
    write_run(home / "logs", "other", [{"x": 1}], project="elsewhere")
    return built(home)


def eyes(page: Page) -> list[str]:
    """Return the last figures of the names of the runs that are drawn, in the order of the list."""
    on = page.locator(".rail .run:not(.hidden) a").evaluate_all("all => all.map((a) => a.title)")
    return [name.removesuffix("-seed0")[-2:] for name in on]


def test_the_first_eight_of_the_order_are_drawn_and_the_foot_says_by_what_rule(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html"))
        assert eyes(page) == [f"{n:02}" for n in range(13, 5, -1)]
        assert "8 of 14: newest 8" in page.locator(".rail-foot").inner_text().replace("\n", "")
        show(page, many.url("p/index.html", "sort=summary.val/loss"))
        expected = sorted(range(COUNT), key=lambda n: (n * 5) % COUNT)[:8]
        assert eyes(page) == [f"{n:02}" for n in expected]
        assert "8 of 14: first 8 by val/loss" in page.locator(".rail-foot").inner_text().replace("\n", "")
        show(page, many.url("p/index.html", "sort=-summary.val/acc&f=val/acc<5"))
        assert eyes(page) == ["04", "03", "02", "01", "00"]


def test_a_run_has_one_look_whatever_is_shown_sorted_or_opened(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html", "hide="))
        looks: dict[str, str] = page.evaluate(LOOKS, ".rail .run")
        assert len(set(looks.values())) == COUNT
        show(page, many.url("p/index.html", "sort=summary.val/loss&f=val/acc<5"))
        fewer: dict[str, str] = page.evaluate(LOOKS, ".rail .run")
        assert fewer.items() <= looks.items()
        show(page, many.url("p/table.html"))
        assert page.evaluate(LOOKS, ".runtable .tr[aria-selected]") == looks


def test_groups_have_looks_of_their_own_no_two_alike(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html", "group=group&hide="))
        swatches = page.locator(".runs-group .sw").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).getPropertyValue('--c') + one.dataset.dash)"
        )
        assert len(swatches) == len(set(swatches)) == COUNT - 1
        # A colour that is chosen for a group is the group's alone.
        page.locator(".runs-group .sw").first.click()
        page.get_by_role("button", name="Colour 5", exact=True).click()
        assert "color=group:" in hash_of(page)


def test_names_keep_what_tells_them_apart(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html"))
        first = page.locator(".rail .run a").first
        # What all names share gives way; what tells this one apart is whole, and the name is still the name.
        assert first.locator(".dim").first.evaluate("e => e.scrollWidth > e.clientWidth")
        tail, row = first.locator(".tail"), page.locator(".rail .run").first.bounding_box()
        box = tail.bounding_box()
        assert box
        assert row
        assert tail.text_content() == "13"
        assert tail.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert box["x"] + box["width"] <= row["x"] + row["width"]
        assert first.text_content() == f"resnet50-imagenet-{'wide-and-deep-' * 4}13-seed0"
        assert first.locator(".dim").last.text_content() == "-seed0"
        legend = page.locator(".legend").first
        assert legend.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert all("…" in text for text in legend.locator("> span").all_inner_texts())


def test_legends_end_in_whole_entries_at_every_width(browser: Browser, tmp_path: Path) -> None:
    for n in range(8):
        lost = n == 7
        rows: list[dict[str, Any]] = [{"loss": 1.0}, {"loss": "NaN" if lost else 2.0}]
        write_run(
            tmp_path / "logs", f"r{n}", rows, name="polynomial5-lr10.0-s0" if lost else f"fourier1-24-lr0.01-s{n}"
        )
    site = built(tmp_path)
    for width in (390, 415, 465, 1100, 1440):
        with window(browser, viewport={"width": width, "height": 800}) as page:
            show(page, site.url("p/index.html", "v=1"))
            assert page.evaluate(LEGEND_ENDS) > 0, width


LEGEND_ENDS = """() => {
  const right = [...document.querySelectorAll(".legend > span")].at(-1).getBoundingClientRect().right;
  return document.querySelector(".legend-wrap .more").getBoundingClientRect().left - right;
}"""
"""Pixels between the last entry of a legend and what says how many more there are."""


def test_tags_are_whole_and_the_others_are_counted(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/table.html"))
        tags = page.locator(".tags").first
        assert tags.locator(".chip").all_inner_texts() == ["baseline"]
        assert tags.locator(".dim").inner_text() == "+3"


def heads(page: Page) -> list[str]:
    return page.locator(".heads [role=columnheader] button").all_inner_texts()


def test_the_first_columns_differ_or_were_meant(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/table.html"))
        assert heads(page) == [
            "Name", "Tags", "Created", "Duration", "trend of val/acc", "best val/acc", "val/acc",
            "best val/loss", "val/loss", "lr",
        ]  # fmt: skip
        page.get_by_role("switch", name="Only columns that differ").click()
        assert {"Notes", "same", "train/loss", "fixed"} <= set(heads(page))
        assert len(heads(page)) == len(set(heads(page)))


def test_differences_without_a_baseline_ask_for_one(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/table.html"))
        page.get_by_role("button", name="Δ baseline").click()
        page.get_by_role("button", name="Choose a baseline").click()
        page.get_by_role("menuitem").first.click()
        assert "base=r13" in hash_of(page)
        assert page.get_by_role("button", name="Choose a baseline").count() == 0
        assert page.get_by_text("base", exact=True).count() > 0


def test_selected_runs_are_compared_and_hidden(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/table.html"))
        for n in (0, 1):
            page.get_by_role("checkbox").nth(n).check()
        page.locator(".selection").get_by_role("button", name="Hide").click()
        assert page.locator(".table-foot").inner_text().startswith("12 of 14 runs")
        assert page.locator(".where .chip.filter").count() == 2
        for n in (0, 1):
            page.get_by_role("checkbox").nth(n).check()
        page.get_by_role("link", name="Compare in the workspace").click()
        settle(page)
        assert eyes(page) == ["11", "10"]


@pytest.mark.parametrize(
    ("words", "group", "address"),
    [
        ("-05-seed0", "Run", "runs/r05.html"),
        ("media", "", ""),
        ("table", "Page", "table.html"),
        ("elsewhere", "Project", "elsewhere/index.html"),
        ("val/acc", "Panel", "panel=val/acc"),
        ("fixed", "Summary", "sort=-summary.fixed"),
        ("alpha", "Config", "sort=-config.alpha"),
    ],
)
def test_the_palette_finds_runs_pages_panels_and_keys(
    many: Site, browser: Browser, words: str, group: str, address: str
) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html"))
        page.keyboard.press("/")
        page.locator("dialog.find input").fill(words)
        options = page.locator("#find-list [role=option]").filter(has_text=group)
        if not group:
            assert page.locator("#find-list").inner_text() == "Nothing found"
            return
        options.first.click()
        page.wait_for_function("(part) => decodeURIComponent(location.href).includes(part)", arg=address)


def test_the_column_of_a_filter_is_searched_and_its_value_has_the_focus(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html"))
        page.get_by_role("button", name="Add a filter").click()
        assert page.evaluate("document.activeElement.parentElement.textContent").startswith("Value")
        page.locator(".filter-form input").first.fill("config.lr")
        page.locator("[data-first]").fill("4")
        page.keyboard.press("Enter")
        settle(page)
        assert sorted(eyes(page)) == ["04", "05"]


@pytest.mark.parametrize(
    ("query", "cause", "way"),
    [
        ("q=nobody", "No run matches the search", "Clear the search"),
        ("f=val/acc>99", "No run matches the filter", "Clear the filter"),
        ("only=", "No run is shown", "Show 8 runs"),
    ],
)
def test_where_nothing_is_drawn_the_cause_is_named_with_the_way_out(
    many: Site, browser: Browser, query: str, cause: str, way: str
) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html", query))
        first = page.locator(".card").first
        first.get_by_text(cause).wait_for()
        first.get_by_role("button", name=way).click()
        page.wait_for_function("() => document.querySelectorAll('.card canvas').length > 2")
        assert len(eyes(page)) == 8


def test_the_switcher_leads_to_the_other_project_and_tabs_count(many: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html"))
        assert page.locator(".top nav a").first.inner_text().split() == ["Workspace", "14"]
        page.locator(".switcher").click()
        page.get_by_role("menuitem", name="elsewhere").click()
        page.wait_for_url("**/elsewhere/index.html*")


def test_a_phone_has_the_palette_too(many: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        show(page, many.url("p/runs/r05.html"))
        page.get_by_role("button", name="Find").click()
        page.locator("dialog.find input").fill("-07-")
        page.locator("#find-list [role=option]").first.click()
        page.wait_for_url("**/r07.html*")


HEAD = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  return box('.tabs-wrap').bottom - box('#main').top;
}"""


def test_the_head_of_a_run_is_a_fifth_of_a_phone_and_on_one_edge_elsewhere(many: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        show(page, many.url("p/runs/r05.html"))
        assert page.evaluate(HEAD) <= 844 / 5
    with window(browser, viewport={"width": 1920, "height": 900}) as page:
        for tab, inside in (("overview", ".key-numbers, .box"), ("charts", ".card")):
            show(page, many.url("p/runs/r05.html", f"tab={tab}"))
            left = page.locator(".run-title").bounding_box()
            first = page.locator(inside).first.bounding_box()
            assert left
            assert first
            assert abs(left["x"] + 24 - first["x"]) < 2 or abs(left["x"] - first["x"]) < 2
