"""What single panels show: values that are not finite, heat maps, pictures step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

QUICK = {"disable_git": True, "disable_stats": True}
ROWS, NAN, ABOVE, BELOW = 30, (7, 12), (18,), (24,)
# At which steps the last (or first) pixel rows of the plot hold a colour: [step, ...] of the one asked for.
MARKED = """([variable, edge, steps]) => {
  const bytes = (name) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = `var(${name})`;
    const paint = document.createElement('canvas').getContext('2d');
    paint.fillStyle = getComputedStyle(probe).color;
    paint.fillRect(0, 0, 1, 1);
    probe.remove();
    return paint.getImageData(0, 0, 1, 1).data;
  };
  const colours = ['--bad', '--warn', '--paper', '--ink'].map((name) => [name, bytes(name)]);
  const canvas = document.querySelector('figure canvas'), box = canvas.getBoundingClientRect();
  const plot = document.querySelector('figure .u-over').getBoundingClientRect();
  const ratio = canvas.width / box.width, context = canvas.getContext('2d');
  const y = Math.round((edge === 'top' ? plot.top - box.top : plot.bottom - box.top - 3) * ratio);
  return steps.filter((step) => {
    const x = Math.round((plot.left - box.left + plot.width * step / (steps.length - 1)) * ratio);
    const { data } = context.getImageData(x - 1, y, 3, 3);
    for (let i = 0; i < data.length; i += 4) {
      const far = colours.map(([name, colour]) => [Math.hypot(...[0, 1, 2].map((c) => data[i + c] - colour[c])), name]);
      const [distance, name] = far.sort((a, b) => a[0] - b[0])[0];
      if (data[i + 3] > 150 && distance < 60 && name === variable) return true;
    }
    return false;
  });
}"""


def counts(step: int) -> list[int]:
    return [step, 10 - step, 5, 1]


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of a run that is not always finite, one with histograms, two with pictures."""
    home = tmp_path_factory.mktemp("kinds")
    odd: dict[int, Any] = (
        dict.fromkeys(NAN, "NaN") | dict.fromkeys(ABOVE, "Infinity") | dict.fromkeys(BELOW, "-Infinity")
    )
    write_run(home / "logs", "wild", [{"loss": odd.get(n, 1 + (n % 5) / 10)} for n in range(ROWS)], project="p")
    with tracklog.init(dir=home / "logs", project="heat", id="h", name="h", settings=QUICK) as run:
        for step in range(11):
            run.log({"weights": tracklog.Histogram(np_histogram=(counts(step), [0, 1, 2, 3, 4]))})
    for name, steps in (("a", (0, 10, 20)), ("b", (0, 20))):
        with tracklog.init(dir=home / "logs", project="pictures", id=name, name=name, settings=QUICK) as run:
            for step in steps:
                picture = np.full((16, 16, 3), step * 10, dtype=np.uint8)
                run.log({"sample": tracklog.Image(picture), "again": tracklog.Image(picture)}, step=step)
    return built(home)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_values_that_are_not_finite_are_ticks_at_the_edges(browser: Browser, kinds: Site, theme: Any) -> None:
    steps = list(range(ROWS))
    with window(browser, color_scheme=theme) as page:
        show(page, kinds.url("p/index.html", "v=1"))
        assert page.evaluate(MARKED, ["--bad", "bottom", steps]) == list(NAN)
        assert page.evaluate(MARKED, ["--warn", "top", steps]) == list(ABOVE)
        assert page.evaluate(MARKED, ["--warn", "bottom", steps]) == list(BELOW)


def test_numbers_at_the_axes_are_as_large_on_dense_screens(browser: Browser, kinds: Site) -> None:
    inked = []
    for scale in (1, 2):
        with window(browser, device_scale_factor=scale) as page:
            show(page, kinds.url("p/index.html", "v=1"))
            # What is written left of the plot, in pixels of the canvas.
            inked.append(
                page.evaluate("""() => {
                  const canvas = document.querySelector('figure canvas');
                  const scale = canvas.width / canvas.clientWidth;
                  const left = (document.querySelector('figure .u-over').offsetLeft - 2) * scale;
                  const d = canvas.getContext('2d').getImageData(0, 0, Math.floor(left), canvas.height).data;
                  return d.reduce((n, v, i) => n + (i % 4 === 3 ? v / 255 : 0), 0);
                }""")
            )
    assert 3 < inked[1] / inked[0] < 5


def at(page: Page, share_x: float, share_y: float = 0.5, selector: str = "figure .u-over") -> None:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * share_x, box["y"] + box["height"] * share_y)


def test_the_tooltip_names_them(browser: Browser, kinds: Site) -> None:
    with window(browser) as page:
        show(page, kinds.url("p/index.html", "v=1"))
        for step, text in ((NAN[0], "NaN"), (ABOVE[0], "+Inf"), (BELOW[0], "−Inf"), (3, "1.3")):
            at(page, step / (ROWS - 1))
            page.wait_for_selector(f".tip .h b:text-is('step {step}')")
            assert page.locator(".tip .r .num").first.inner_text() == text
        assert page.locator(".tip .nan, .tip .inf").count() == 0


def test_a_heat_map_tells_step_bin_and_share(browser: Browser, kinds: Site) -> None:
    left, bottom, top, right = 46, 20, 6, 8
    with window(browser) as page:
        show(page, kinds.url("heat/index.html", "v=1"))
        page.wait_for_selector(".heat canvas")
        box = page.locator(".heat").bounding_box()
        assert box is not None
        for step, bin_ in ((4, 0), (4, 1), (10, 0), (7, 2), (2, 3)):
            x = box["x"] + left + (box["width"] - left - right) * step / 10
            y = box["y"] + top + (box["height"] - top - bottom) * (1 - (bin_ + 0.5) / 4)
            page.mouse.move(x, y)
            page.wait_for_selector(f".tip .h b:text-is('step {step}')")
            page.wait_for_selector(f".tip .h span:text-is('{bin_} to {bin_ + 1}')")
            count = counts(step)[bin_]
            foot = page.locator(".tip .foot").inner_text()
            assert f"{count} of 16" in foot
            assert float(foot.split()[-2]) == pytest.approx(100 * count / 16, abs=0.06)
        page.mouse.move(2, 2)
        page.wait_for_selector(".tip", state="detached")


def test_arrows_walk_through_the_steps_of_pictures(browser: Browser, kinds: Site) -> None:
    with window(browser) as page:
        show(page, kinds.url("pictures/index.html", "v=1"))
        card = page.locator("figure[data-panel='sample#image']")
        slider, caption = card.locator("input[type=range]"), card.locator(".cap")
        card.scroll_into_view_if_needed()
        slider.focus()
        for key, step, earlier, place in (
            ("", 20, [], "3 of 3"),
            ("ArrowLeft", 10, ["step 0"], "2 of 3"),
            ("ArrowLeft", 0, [], "1 of 3"),
            ("ArrowLeft", 0, [], "1 of 3"),
            ("ArrowRight", 10, ["step 0"], "2 of 3"),
        ):
            if key:
                page.keyboard.press(key)
            card.locator(f".steps b:text-is('{step}')").wait_for()
            assert card.locator(f".steps span:text-is('{place}')").count() == 1
            assert [text.strip() for text in card.locator(".amber").all_inner_texts()] == earlier
            assert caption.count() == 2
        assert "b" in caption.filter(has=page.locator(".amber")).inner_text()
        other = page.locator("figure[data-panel='again#image']")
        assert other.locator(".steps b").inner_text() == "20"
        card.get_by_role("button", name="all panels").click()
        other.locator(".steps b:text-is('10')").wait_for()
        slider.focus()
        page.keyboard.press("ArrowLeft")
        other.locator(".steps b:text-is('0')").wait_for()
        assert "step=0" in page.url
        settle(page)
