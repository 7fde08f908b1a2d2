"""Many runs at once are drawn from a few files, and say what they say when each is read from its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

RUNS, ROWS, LONG = 60, 40, 1000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build two groups of runs, some of which end early, diverge, change kinds, or go on; one metric has more rows."""
    home = tmp_path_factory.mktemp("many")
    for n in range(RUNS):
        rows: list[dict[str, Any]] = [{"loss": 1 / (step + 1) + n} for step in range(ROWS - n % 3)]
        if n == 7:
            rows[5]["loss"], rows[9]["loss"], rows[11]["loss"], rows[-1]["loss"] = "NaN", "Infinity", "-Infinity", "NaN"
        if n == 11:
            rows[3]["loss"] = True
        for step, row in enumerate(rows):
            row["few"] = n
            row["epoch"] = step / 4
            if step % 10 == 3:
                row["eval"] = step + n / 8
        if n % 20 == 0:
            rows += [{"long": 1000.0 if step == 500 else step % 3} for step in range(LONG)]
        created = f"2026-09-{1 + n // 24:02}T{n % 24:02}:00:00+00:00"
        write_run(
            home / "logs",
            f"r{n:02}",
            rows,
            created=created,
            config={"g": n % 2},
            exit_code=None if n == 13 else 1 if n == 17 else 0,
        )
    return built(home)


def tips(page: Page, key: str, *shares: float) -> list[str]:
    """Return what a chart says at several places, given as shares of its width."""
    card = page.locator(f'[data-panel="{key}"]')
    card.scroll_into_view_if_needed()
    box = card.locator(".u-over").bounding_box()
    assert box is not None
    said = []
    for share in shares or (0, 0.13, 0.4, 0.77, 1):
        page.mouse.move(box["x"] + share * (box["width"] - 1), box["y"] + box["height"] / 2)
        page.wait_for_selector(".tip")
        said.append(page.locator(".tip").inner_text())
    page.mouse.move(0, 0)
    return said


def data_of(page: Page) -> list[str]:
    """Begin to note which files of data a page reads; its list grows."""
    found: list[str] = []
    page.on(
        "request", lambda request: found.append(request.url.partition("/data/")[2]) if "/data/" in request.url else None
    )
    return found


@pytest.mark.parametrize("x", ["step", "rel", "wall", "epoch"])
def test_groups_of_many_runs_say_what_their_own_entries_say(browser: Browser, many: Site, x: str) -> None:
    query = f"v=1&group=config.g&hide=&band=minmax&x={x}"
    with window(browser) as page, window(browser) as other:
        read = data_of(page)
        show(page, many.url("p/index.html", query))
        show(other, many.url("p/index.html", query, single=True))
        for key in ("loss", "eval", "few"):
            assert tips(page, key) == tips(other, key)
        hints = [one.locator('[data-panel="loss"] .hint').inner_text() for one in (page, other)]
        assert hints[0] == hints[1]
        # The one that goes on, and the one whose kind a pack cannot tell.
        own = {file.partition("?")[0] for file in read if file.startswith("p/r")}
        if x != "epoch":  # next to which `eval` was logged in fewer rows
            assert own == {"p/r13.0.js", "p/r11.0.js"}


HINT = """(text) => {
  const card = document.querySelector('[data-panel="long"]');
  card?.scrollIntoView();
  return card?.querySelector('.hint')?.textContent.includes(text);
}"""


def test_what_a_pack_makes_coarser_is_said_and_is_there_after_a_zoom(browser: Browser, many: Site) -> None:
    with window(browser) as page:
        show(page, many.url("p/index.html", "v=1&group=config.g&hide="))
        page.wait_for_function(HINT, arg="375 of 3,000 points drawn, each a mean: zoom for all")
        show(page, many.url("p/index.html", "v=1&group=config.g&hide=&zoom=530..550"))
        page.wait_for_function(HINT, arg="All 63 points in view are drawn")


def test_an_overlay_of_many_runs_shows_the_range_behind_its_points(browser: Browser, many: Site) -> None:
    with window(browser) as page, window(browser) as other:
        read = data_of(page)
        for one, single in ((page, False), (other, True)):
            show(one, many.url("p/index.html", "v=1&hide=", single=single))
            one.wait_for_selector('[data-panel="loss"] .canvas')
            settle(one)
        labels = [one.locator('[data-panel="loss"] .canvas').get_attribute("aria-label") for one in (page, other)]
        assert labels[0] == labels[1]
        assert "61 lines" in str(labels[0])  # two of the run whose kind changed
        said = tips(page, "long", 502 / 1001)
        assert any("0…1000" in text for text in said), said
        assert any("/packs/" in file for file in read)


def test_the_small_lines_of_the_run_table_come_from_packs(browser: Browser, many: Site) -> None:
    with window(browser) as page:
        read = data_of(page)
        show(page, many.url("p/table.html", "v=1&cols=~summary.loss"))
        page.wait_for_function("() => document.querySelectorAll('.tr .sparkline').length > 15")
        assert {file.partition("?")[0] for file in read if file.startswith("p/r")} <= {"p/r13.0.js", "p/r11.0.js"}
