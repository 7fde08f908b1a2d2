"""Groups lose nothing: lone points, runs that end, runs of NaN, and what their rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

# Pixels of the first canvas of a card that have the colour of a run or group: neither grey nor the red of marks for NaN.
COLOURED = """(key) => {
  const c = document.querySelector(`[data-panel="${key}"] canvas`);
  const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.slice(i, i + 4);
    const red = r > 150 && r - g > 60 && Math.abs(g - b) < 40;
    if (a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 60 && !red) found++;
  }
  return found;
}"""


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build two groups: one whose runs end a step apart and are evaluated now and then, one of NaN alone."""
    home = tmp_path_factory.mktemp("grouped")
    for n in range(3):
        rows: list[dict[str, Any]] = [{"loss": 1 / (step + 1) + n / 10} for step in range(40 - n)]
        for step, row in enumerate(rows):
            row["seldom"] = 0.4 + n / 10 if step % 7 == 3 else "NaN"
        rows[-1]["final"] = 0.5 + n / 10
        rows[0]["first"] = 0.5 + n / 10
        write_run(home / "logs", f"a{n}", rows, name=f"a{n}", config={"sizes": [1, 2]})
        lost: list[dict[str, Any]] = [{"loss": "NaN"} for _ in range(10)]
        write_run(home / "logs", f"b{n}", lost, name=f"b{n}", config={"sizes": [3]})
    return built(home)


def tip(page: Page, key: str, share: float) -> list[str]:
    """Point at a share of a chart's width, and return the rows of its tooltip."""
    card = page.locator(f'[data-panel="{key}"]')
    card.scroll_into_view_if_needed()
    box = card.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + share * (box["width"] - 1), box["y"] + box["height"] / 2)
    page.wait_for_selector(".tip")
    return page.locator(".tip").inner_text().split("\n")


@pytest.mark.parametrize("width", [700, 1001, 1370, 1470, 1500])
def test_points_that_stand_alone_are_drawn_at_every_width(browser: Browser, grouped: Site, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 700}) as page:
        show(page, grouped.url("p/index.html", "v=1&group=config.sizes"))
        for key in ("final", "first", "seldom"):
            page.evaluate("(key) => document.querySelector(`[data-panel='${key}']`).scrollIntoView()", key)
            page.wait_for_function(
                f"(key) => document.querySelector(`[data-panel='${{key}}'] canvas`) && ({COLOURED})(key) > 12", arg=key
            )


def test_the_tooltip_says_mean_spread_and_number_and_nan(browser: Browser, grouped: Site) -> None:
    with window(browser) as page:
        show(page, grouped.url("p/index.html", "v=1&group=config.sizes"))
        said = tip(page, "loss", 2 / 39)
        at = said.index("[1,2]")
        assert said[at + 1 : at + 3] == ["0.4333", "±0.1, n 3"]
        lost = said.index("[3]")
        assert said[lost + 1] == "NaN"
        said = tip(page, "loss", 1)
        assert "n 1" in said
        assert not [text for text in said if text.startswith("±0")]
        card = page.locator('[data-panel="loss"]')
        assert "rings: a run of the group ends" in card.locator(".hint").inner_text()


def test_groups_of_lists_are_named_by_them_and_spreads_have_a_column(browser: Browser, grouped: Site) -> None:
    with window(browser) as page:
        show(page, grouped.url("p/index.html", "v=1&group=config.sizes&list=summary.final,created"))
        heads = page.locator(".runs-head [role=columnheader]").all_inner_texts()
        assert [head.strip() for head in heads] == ["Name", "final", "±", "Created"]
        rows = {
            row.locator(".fold").inner_text().split("\n")[0].strip(): row.locator(".num").all_inner_texts()
            for row in page.locator(".runs-group").all()
        }
        assert rows["[1,2]"] == ["0.6", "±0.1", ""]
        assert rows["[3]"] == ["–", "", ""]
        show(page, grouped.url("p/table.html", "v=1&group=config.sizes&cols=summary.loss,summary.final"))
        cells = page.locator(".tr.group", has_text="[3]").locator("[role=gridcell]").all_inner_texts()
        assert cells[0].strip() == "NaN"


def test_the_table_beside_a_full_screen_has_numbers_for_lone_points_too(browser: Browser, grouped: Site) -> None:
    with window(browser) as page:
        show(page, grouped.url("p/index.html", "v=1&group=config.sizes&panel=final"))
        row = page.locator(".full .tracetable tbody tr", has_text="[1,2]")
        assert row.locator("td").all_inner_texts() == ["0.6", "0.5", "0.7"]


def test_the_tooltip_stays_that_of_the_chart_under_the_pointer(browser: Browser, grouped: Site) -> None:
    with window(browser) as page:
        show(page, grouped.url("p/index.html", "v=1"))
        tip(page, "loss", 0.3)
        page.mouse.down()
        tip(page, "loss", 0.6)
        page.mouse.up()
        page.get_by_text("Reset zoom").wait_for()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        zoomed = page.locator(".tip").inner_text()
        page.mouse.move(0, 0)
        page.wait_for_selector(".tip", state="detached")
        assert "\n".join(tip(page, "loss", 0.6)) == zoomed
