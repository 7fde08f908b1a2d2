"""How cards stand in the window: no empty third, charts of one height, tall cards as tall as their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.tracklog.test_log import QUIET

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

# Of each card in view: section, left and right edge, top, height, and the bottom of the lowest thing inside.
CARDS = """() => [...document.querySelectorAll('.board .card')].map((card) => {
  const box = card.getBoundingClientRect();
  const inside = [...card.children].map((child) => child.getBoundingClientRect()).filter((one) => one.height);
  return { section: card.closest('.sec').getAttribute('aria-label'), panel: card.dataset.panel, left: box.left,
           right: box.right, top: Math.round(box.top + scrollY), height: box.height,
           inside: Math.max(...inside.map((one) => one.bottom)) - box.top };
})"""
EDGES = (
    """() => { const box = document.querySelector('.main').getBoundingClientRect(); return [box.left, box.right] }"""
)


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build sections of one to five charts, of pictures of 8 × 8 and larger ones, and of both at once."""
    home = tmp_path_factory.mktemp("sections")
    random = np.random.default_rng(0)
    for name in ("first", "second"):
        run = tracklog.init(project="p", id=name, name=name, dir=home / "logs", settings=QUIET)
        for step in range(3):
            values: dict[str, Any] = {f"s{n}/k{i}": step * i for n in range(1, 6) for i in range(n)}
            digits = [
                tracklog.Image(random.integers(0, 255, (8, 8), np.uint8), caption=f"{name} {i}") for i in range(5)
            ]
            values["tiny/digits"] = digits
            values["mixed/loss"] = step
            values["mixed/picture"] = tracklog.Image(random.integers(0, 255, (90, 120, 3), np.uint8), caption="noise")
            values["mixed/other"] = tracklog.Image(random.integers(0, 255, (200, 120, 3), np.uint8), caption="higher")
            run.log(values)
        run.finish()
    return built(home)


def cards(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(CARDS)
    return found


@pytest.mark.parametrize("width", [1440, 1100, 800, 390])
def test_no_row_of_cards_leaves_the_right_of_the_window_empty(sections: Site, browser: Browser, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 3000}) as page:
        show(page, sections.url("p/index.html"))
        left, right = page.evaluate(EDGES)
        rows: dict[int, list[dict[str, Any]]] = {}
        for card in cards(page):
            rows.setdefault(card["top"], []).append(card)
        assert len(rows) > 5
        for row in rows.values():
            assert min(card["left"] for card in row) - left < 30
            assert right - max(card["right"] for card in row) < 30
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_charts_have_one_height_and_no_card_is_half_empty(sections: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 1440, "height": 3000}) as page:
        show(page, sections.url("p/index.html"))
        page.wait_for_function("() => [...document.querySelectorAll('.tile img')].every((image) => image.naturalWidth)")
        found = cards(page)
        assert {round(card["height"]) for card in found if card["panel"].startswith("s")} == {228}
        assert len([card for card in found if card["panel"].startswith("s")]) == 15
        assert [card["panel"] for card in found if card["height"] - card["inside"] > 24] == []


def test_small_sections_stand_beside_each_other(sections: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 1440, "height": 3000}) as page:
        show(page, sections.url("p/index.html"))
        tops = {card["section"]: card["top"] for card in cards(page)}
        assert tops["s1"] == tops["s2"] != tops["s3"]
        page.get_by_role("button", name="s1 1", exact=True).click()
        page.wait_for_function("() => document.querySelectorAll('.sec.shut').length === 1")
        # Sections that are folded take a line of their own.
        box = page.locator(".sec.shut").first.bounding_box()
        assert box
        assert box["width"] > 1000


def test_each_run_has_a_row_of_its_pictures_under_its_name(sections: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 1440, "height": 3000}) as page:
        show(page, sections.url("p/index.html", "p=tiny"))
        rows = page.locator("[data-panel='tiny/digits#image'] .many section")
        assert rows.count() == 2
        assert [rows.nth(n).locator(".of-run b").inner_text() for n in range(2)] == ["second", "first"]
        assert rows.nth(1).locator(".cap").all_inner_texts() == [f"first {i}" for i in range(5)]
        # Enlarged by a whole factor, and the caption below the picture covers nothing of it.
        picture, caption = (
            rows.nth(0).locator(".pic").first.bounding_box(),
            rows.nth(0).locator(".cap").first.bounding_box(),
        )
        assert picture
        assert caption
        assert (picture["width"], picture["height"]) == (128, 128)
        assert caption["y"] >= picture["y"] + picture["height"]
