"""The workspace: which runs are drawn, what the charts show, what a link carries."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import blank, hash_of, settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.support import Site

ROWS = 5000
NAN, ABOVE, BELOW = (7, 120, 121), (125, 4000), (130,)
COPIED = "navigator.clipboard && (navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve() })"
COUNTED = """() => {
  window.drawn = new Map();
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    drawn.set(this.canvas, (drawn.get(this.canvas) ?? 0) + 1);
    return clear.apply(this, box);
  };
}"""
VIEW = """() => ({
  eyes: [...document.querySelectorAll('.rail .run')].map((r) => [r.dataset.run, r.querySelector('.eye').ariaPressed]),
  colours: [...document.querySelectorAll('.rail .run .sw')].map((s) => s.getAttribute('style')),
  sort: [...document.querySelectorAll('.runs-head [aria-sort]')].map((h) => [h.textContent, h.ariaSort]),
  smooth: document.querySelector('[aria-label="Kind of smoothing"]').value,
  legends: [...document.querySelectorAll('.legend')].slice(0, 3).map((l) => l.textContent),
  hints: [...document.querySelectorAll('.hint')].slice(0, 3).map((h) => h.textContent),
  folded: [...document.querySelectorAll('.sec.shut')].map((s) => s.ariaLabel),
})"""


def logged() -> list[Any]:
    """Return values that no shorter type holds, and some that are not finite."""
    chance = random.Random(3)
    values: list[Any] = [chance.gauss(0, 1) * 10 ** chance.randint(-9, 0) + 1 for _ in range(ROWS)]
    for steps, value in ((NAN, "NaN"), (ABOVE, "Infinity"), (BELOW, "-Infinity")):
        for step in steps:
            values[step] = value
    return values


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of two runs, one of them with values that are easily spoiled."""
    home = tmp_path_factory.mktemp("numbers")
    write_run(home / "logs", "exact", [{"train/loss": value} for value in logged()], name="exact, =run")
    write_run(home / "logs", "other", [{"train/loss": 1.0 + step / ROWS} for step in range(ROWS)])
    return built(home)


def card(page: Page, title: str) -> Locator:
    return page.locator(f'figure[data-panel="{title}"]')


def test_eight_runs_are_drawn_at_first_and_all_after_one_click(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        for project, runs in (("iris", 14), ("seattle-temperature", 9)):
            show(page, demo.url(f"{project}/index.html"))
            assert page.locator(".rail .run").count() == runs
            assert page.locator(".rail .eye[aria-pressed=true]").count() == 8
            assert ", 8 lines" in str(card(page, "train/loss").get_attribute("aria-label"))
            page.get_by_role("button", name="Show all").click()
            page.wait_for_function(
                "(n) => document.querySelector('figure').ariaLabel.includes(`, ${n} lines`)", arg=runs
            )
            assert page.locator(".rail .eye[aria-pressed=true]").count() == runs
    assert len(demo.runs("iris")) >= 12


def test_alt_click_shows_only_one_run_and_brings_the_others_back(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        show(page, demo.url("iris/index.html"))
        eye = page.locator(".rail .eye").nth(3)
        eye.click(modifiers=["Alt"])
        assert page.locator(".rail .eye[aria-pressed=true]").count() == 1
        eye.click(modifiers=["Alt"])
        assert page.locator(".rail .eye[aria-pressed=true]").count() == 8


@pytest.mark.parametrize("form", ["folder", "single"])
def test_every_chart_in_view_is_drawn(browser: Browser, demo: Site, form: str) -> None:
    with window(browser) as page:
        show(page, demo.url("iris/index.html", single=form == "single"))
        drawn = blank(page, ".canvas canvas")
        assert len(drawn) >= 3
        assert not any(drawn)
        page.locator("figure .tiles img").first.scroll_into_view_if_needed()
        page.wait_for_function("() => [...document.querySelectorAll('.tiles img')].some((i) => i.naturalWidth > 0)")


def test_a_zoom_loads_every_point_and_the_csv_holds_what_was_logged(browser: Browser, numbers: Site) -> None:
    values = logged()
    with window(browser) as page:
        show(page, numbers.url("p/index.html", "v=1"))
        assert f"of {2 * ROWS:,} points drawn" in card(page, "train/loss").locator(".hint").inner_text()
        show(page, numbers.url("p/index.html", "v=1&zoom=100..140"))
        page.wait_for_function("() => document.querySelector('.hint').textContent.startsWith('All ')")
        hint = card(page, "train/loss").locator(".hint").inner_text()
        assert "NaN" in hint
        assert "±Inf" in hint
        card(page, "train/loss").get_by_role("button", name="Menu of train/loss").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
    assert download.value.suggested_filename == "train_loss.csv"
    assert set(head) == {"step", "exact, =run", "run other"}
    column = head.index("exact, =run")
    found = {float(row[0]): row[column] for row in rows}
    assert list(found) == list(range(100, 141))
    for step in range(100, 141):
        if isinstance(values[step], float):
            assert float(found[step]) == values[step], step


def test_the_tooltip_says_what_was_logged_at_the_step(browser: Browser, numbers: Site) -> None:
    values = logged()
    with window(browser) as page:
        show(page, numbers.url("p/index.html", "v=1&only=exact&zoom=200..220"))
        page.wait_for_function("() => document.querySelector('.hint').textContent.startsWith('All ')")
        box = card(page, "train/loss").locator(".u-over").bounding_box()
        assert box is not None
        seen = set()
        for share in (0.2, 0.45, 0.7, 0.9):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
            page.wait_for_selector(".tip")
            step = int(page.locator(".tip .h b").inner_text().removeprefix("step "))
            value = float(page.locator(".tip .r .num").first.inner_text().replace("−", "-").replace(",", ""))
            assert value == pytest.approx(values[step], rel=1e-3), step
            seen.add(step)
        assert len(seen) == 4
        page.mouse.move(2, 2)
        page.wait_for_selector(".tip", state="detached")


def test_dragging_zooms_all_charts_and_a_double_click_goes_back(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        show(page, demo.url("iris/index.html", "v=1"))
        over = card(page, "train/loss").locator(".u-over")
        box = over.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.3, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=4)
        page.mouse.up()
        page.wait_for_function("() => location.hash.includes('zoom=')")
        page.wait_for_function("() => document.querySelector('.hint').textContent.startsWith('All ')")
        over.dblclick()
        page.wait_for_function("() => !location.hash.includes('zoom=')")


def change(page: Page) -> None:
    """Set one thing of each sort."""
    page.get_by_label("Kind of smoothing").first.select_option("tb")
    page.locator(".rail .eye").nth(1).click()
    page.locator(".rail .eye").nth(10).click()
    page.locator(".runs-head").get_by_role("button", name="Name").click()
    page.locator("section.sec").first.locator(".fold").click()


@pytest.mark.parametrize("form", ["folder", "single"])
def test_a_copied_link_shows_the_same_view_elsewhere(browser: Browser, demo: Site, form: str) -> None:
    with window(browser) as page:
        page.add_init_script(COPIED)
        show(page, demo.url("iris/index.html", single=form == "single"))
        page.get_by_role("button", name="Copy link to this view").click()
        untouched = page.evaluate("window.copied")
        assert untouched.endswith("v=1")
        change(page)
        settle(page)
        page.get_by_role("button", name="Copy link to this view").click()
        link, view = page.evaluate("window.copied"), page.evaluate(VIEW)
    assert "v=1&" in link
    with window(browser) as page:
        show(page, link)
        assert page.evaluate(VIEW) == view
        assert page.locator(".restored").count() == 0


@pytest.mark.parametrize("form", ["folder", "single"])
def test_a_link_to_a_view_of_many_words_is_short(browser: Browser, tmp_path: Path, form: str) -> None:
    runs = [f"a-rather-long-name-of-a-run-{n:03}" for n in range(90)]
    for n, run in enumerate(runs):
        write_run(tmp_path / "logs", run, [{"loss": n / (step + 1)} for step in range(20)])
    site = built(tmp_path)
    hidden = ",".join(runs[::2])
    colours = ",".join(f"{run}:{n % 12 + 1}.1" for n, run in enumerate(runs))
    with window(browser) as page:
        page.add_init_script(COPIED)
        show(page, site.url("p/index.html", f"v=1&hide={hidden}&color={colours}", single=form == "single"))
        page.locator(".rail .eye").nth(3).click()
        page.wait_for_function("() => /v=[\\w-]{2,}$/.test(location.hash)")
        settle(page)
        page.get_by_role("button", name="Copy link to this view").click()
        page.wait_for_function("() => window.copied")
        link, view = page.evaluate("window.copied"), page.evaluate(VIEW)
        assert link == page.url
        assert len(link.partition("#")[2]) < 1500 < len(hidden + colours)
        page.reload()
        settle(page)
        assert page.evaluate(VIEW) == view
    with window(browser) as page:
        show(page, link)
        assert page.evaluate(VIEW) == view
        assert page.locator(".restored").count() == 0
        page.evaluate("location.hash = location.hash.replace(/v=.*/, 'v=1&sm=ema.6')")
        page.wait_for_function("() => document.querySelector('[aria-label=\"Kind of smoothing\"]').value === 'ema'")
        page.go_back()
        settle(page)
        page.wait_for_function("(eyes) => document.querySelectorAll('.rail .eye[aria-pressed=true]').length === eyes",
            arg=sum(eye[1] == "true" for eye in view["eyes"]))  # fmt: skip
        assert page.evaluate(VIEW) == view


def test_the_last_view_comes_back_with_a_way_out(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        show(page, demo.url("iris/index.html"))
        first = page.evaluate(VIEW)
        change(page)
        settle(page)
        view = page.evaluate(VIEW)
        assert view != first
        page.goto("about:blank")
        show(page, demo.url("iris/index.html"))
        assert page.evaluate(VIEW) == view
        page.locator(".restored").get_by_role("button", name="Reset").click()
        settle(page)
        assert page.evaluate(VIEW) == first
        assert "sm=" not in hash_of(page)
        page.goto("about:blank")
        show(page, demo.url("iris/index.html", "v=1"))
        assert page.evaluate(VIEW) == first


def test_a_chart_that_is_shown_is_drawn_once(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        show(page, demo.url("iris/index.html", "only="))
        page.evaluate(COUNTED)
        page.evaluate("location.hash = 'hide='")
        page.wait_for_function("() => document.querySelector('figure canvas')")
        settle(page)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert max(page.evaluate("[...drawn.values()]")) == 1


@pytest.mark.parametrize("x", ["step", "rel", "wall"])
def test_charts_of_groups_come_to_rest(browser: Browser, demo: Site, x: str) -> None:
    """A group's mean is made for the width it has; it must not set the width that it is made for."""
    frames = """() => new Promise((done) => {
      let left = 40;
      const next = () => left-- ? requestAnimationFrame(next) : done([...drawn.values()].reduce((a, b) => a + b, 0));
      next();
    })"""
    with window(browser) as page:
        page.add_init_script(f"({COUNTED})()")
        show(page, demo.url("iris/index.html", f"group=config.model.activation&x={x}&sm=ema.6"))
        assert page.evaluate(frames) == page.evaluate(frames)
