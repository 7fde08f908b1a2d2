"""Thousands of keys: panels exist near the window only, and every one of them can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_builder import Options, build
from tests.bench import corpus
from tests.browser.support import Site, hash_of, settle, show, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Beyond those of the top bar and the run list.
MOST = 3000
LARGE = "layers"
# Scrolls through all of the board and back, and gives the most elements there were, the panels that were seen, how far a
# card moved but for the scrolling, and whether the page kept its height.
SCROLL = """async (steps) => {
  const frames = (n) => new Promise((done) => requestAnimationFrame(() => (n > 1 ? frames(n - 1).then(done) : done())));
  const page = document.documentElement, heights = new Set(), seen = new Set();
  let [most, moved] = [0, 0];
  for (let i = 0; i <= 2 * steps; i++) {
    const before = [...document.querySelectorAll('.board [data-panel]')].map((e) => [e, e.getBoundingClientRect().top]);
    const from = scrollY;
    scrollTo(0, ((page.scrollHeight - innerHeight) * (i <= steps ? i : 2 * steps - i)) / steps);
    await frames(2);
    for (const [e, top] of before)
      if (e.isConnected) moved = Math.max(moved, Math.abs(e.getBoundingClientRect().top - top + scrollY - from));
    most = Math.max(most, document.querySelectorAll('.main *').length);
    heights.add(page.scrollHeight);
    for (const e of document.querySelectorAll('.board [data-panel]')) seen.add(e.dataset.panel);
  }
  return [most, seen.size, moved, heights.size];
}"""
# The top of what a selector finds, below all that covers the top of the window; null where it is not in the document.
TOP = """(selector) => {
  const tools = document.querySelector('.tools').getBoundingClientRect().bottom;
  return document.querySelector(selector) && document.querySelector(selector).getBoundingClientRect().top - tools;
}"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project with a section of 1,200 panels and a hundred small ones."""
    home = tmp_path_factory.mktemp("wide")
    names = corpus.language_keys()
    blocks = [name for name in names if name.startswith("block_")][:1000]
    chosen = (*corpus.METRICS, *[name for name in names if name.startswith(LARGE)][:1200], *blocks)
    columns = [[1.0 + k, 2.0, 0.5] for k in range(len(chosen))]
    for n in range(2):
        corpus.one(home / "logs", n, chosen, columns, ended=True)
    build(Options((home / "logs",), home / "site", jobs=1))
    return Site(home / "logs", home / "site", home / "none.html")


def workspace(wide: Site, query: str = "v=1") -> str:
    return wide.url("bench/index.html", query)


def below_tools(page: Page, selector: str) -> None:
    page.wait_for_function(
        f"([s]) => {{ const top = ({TOP})(s); return top !== null && top >= 0 && top < 90 }}", arg=[selector]
    )


@pytest.mark.parametrize(
    ("where", "query"), [("bench/index.html", f"v=1&all={LARGE}"), ("bench/runs/run0000.html", "tab=charts")]
)
def test_panels_exist_near_the_window_and_nothing_jumps(browser: Browser, wide: Site, where: str, query: str) -> None:
    with window(browser) as page:
        show(page, wide.url(where, query))
        most, seen, moved, heights = page.evaluate(SCROLL, 12)
        assert most <= MOST
        assert seen > 250
        assert moved < 1
        assert heights == 1


def test_a_large_section_folds_its_rest(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, workspace(wide, f"v=1&h={LARGE}"))
        page.get_by_role("button", name="Show all 1,200").scroll_into_view_if_needed()
        height = page.evaluate("document.documentElement.scrollHeight")
        page.get_by_role("button", name="Show all 1,200").click()
        page.wait_for_function("(height) => document.documentElement.scrollHeight > height + 50_000", arg=height)
        assert f"all={LARGE}" in hash_of(page)
        # A search shows what it leaves, folded alike.
        page.get_by_label("Search 2,210 panels").fill("q_proj/rms")
        page.wait_for_selector(".sec h2 .n:text-is('19')")


@pytest.mark.parametrize("panel", ["layers/17/mlp/up/act_std", "block_077/wd", "val/f1"])
def test_a_link_leads_to_a_panel_wherever_it_is(browser: Browser, wide: Site, panel: str) -> None:
    with window(browser) as page:
        show(page, workspace(wide, f"v=1&h={quote(panel, safe='')}"))
        below_tools(page, f'[data-panel="{panel}"]')
        assert page.locator(".slot.at [data-panel]").get_attribute("data-panel") == panel


def test_a_link_into_a_folded_section_opens_it(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, workspace(wide, "v=1&fold=system,block_077&h=block_077"))
        below_tools(page, "[aria-label=block_077]")
        page.wait_for_selector("[aria-label=block_077] [data-panel]")
        # What no board has leads nowhere, and stops nothing.
        before = page.evaluate("scrollY")
        show(page, workspace(wide, "v=1&h=nothing"))
        assert page.evaluate("scrollY") == before


def test_the_outline_leads_to_sections(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, workspace(wide))
        page.get_by_role("button", name="Sections", exact=True).click()
        assert page.locator(".outline [role=option]").nth(3).inner_text().split() == [LARGE, "1,200"]
        page.locator(".outline input").fill("block_04")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        below_tools(page, "[aria-label=block_041]")
        assert "h=block_041" in hash_of(page)
        page.keyboard.press("}")
        below_tools(page, "[aria-label=block_042]")
        # Keys go through panels that were not in the document.
        for _ in range(14):
            page.keyboard.press("]")
        page.wait_for_function(
            "() => document.activeElement.closest('[data-panel]')?.dataset.panel === 'block_043/act_mean'"
        )


def test_the_palette_leads_to_sections(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, wide.url("bench/table.html", "v=1"))
        page.keyboard.press("/")
        page.get_by_role("combobox").fill("block_063")
        page.locator("[role=option]", has_text="Section").click()
        settle(page)
        below_tools(page, "[aria-label=block_063]")


def test_find_in_page_is_told_where_to_search(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, workspace(wide))
        assert page.locator(".findhint").count() == 0
        page.keyboard.press("Control+f")
        page.get_by_role("button", name="Search all 2,210 panels").click()
        assert page.evaluate("document.activeElement.ariaLabel") == "Search 2,210 panels"
        assert page.locator(".findhint").count() == 0


def test_one_of_many_metrics_is_found_by_typing(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, workspace(wide))
        field = page.get_by_label("Metric as x axis")
        field.fill("block_001/l")
        assert page.locator("datalist option").first.get_attribute("value") == "block_001/lr"
        field.fill("block_001/lr")
        settle(page)
        assert "x=block_001/lr" in hash_of(page)


def test_the_summary_prints_a_part_and_lists_the_rest_on_demand(browser: Browser, wide: Site) -> None:
    run = wide.url("bench/runs/run0000.html", "")
    rows = "[data-summary] tr[data-key]"
    with window(browser, java_script_enabled=False) as page:
        page.goto(run)
        assert page.locator(rows).count() == 200
        assert page.locator(".rest").inner_text().split("\n") == [
            "200 of 2,210 values are listed.",
            "The others need JavaScript.",
        ]
    with window(browser) as page:
        show(page, run)
        said = page.locator(".rest .grow")
        assert said.inner_text() == "200 of 2,210 values; the search looks in all of them"
        assert page.locator(".overview [data-count]").inner_text() == "2,210 values"
        # A hit that has no row yet gets one, with its line, and loses it with the search.
        field = page.get_by_label("Find a key in summary")
        field.fill("block_077/wd")
        hit = page.locator(f"{rows}:not([hidden])")
        assert hit.get_attribute("data-key") == "block_077/wd"
        assert hit.locator("th").inner_text() == "wd"
        assert hit.locator(".v").inner_text() == "0.5"
        hit.locator(".sparkline").wait_for()
        assert page.locator("[data-section=block_077] .part th").all_inner_texts() == ["block_077", "last", "best"]
        assert said.count() == 0
        assert page.locator("[data-summary] .part:visible").count() == 1
        field.fill("block_")
        assert page.locator(f"{rows}:not([hidden])").count() == 200
        assert page.locator(".rest").inner_text() == "800 more hits: type more of the name"
        field.fill("")
        assert page.locator(rows).count() == 200
        page.get_by_role("button", name="Show 200 more").click()
        assert page.locator(rows).count() == 400
        assert said.inner_text() == "400 of 2,210 values; the search looks in all of them"


def test_comparing_lists_a_part_of_what_differs(browser: Browser, wide: Site) -> None:
    with window(browser) as page:
        show(page, wide.url("bench/compare.html", "a=run0000&b=run0001"))
        rows = page.locator("#metrics tbody tr")
        assert rows.count() == 5
        page.get_by_role("button", name="Show 200 of 2,210").click()
        page.get_by_role("button", name="Show 200 more").click()
        assert rows.count() == 400
        page.get_by_role("button", name="Show fewer").click()
        assert rows.count() == 5
