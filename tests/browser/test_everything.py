"""Every kind that `examples/everything.py` logs is to be seen, in a folder and in one file, from file://."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.support import Site, settle, show, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

FORMS = pytest.mark.parametrize("single", [False, True], ids=["folder", "one file"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with window(browser, viewport={"width": 1280, "height": 900}) as opened:
        yield opened


def panel(page: Page, site: Site, key: str, *, single: bool) -> Locator:
    """Open the workspace with the panels of a section only; return one of them, in view and drawn."""
    show(page, site.url("everything/index.html", f"p={key.partition('/')[0]}", single=single))
    card = page.locator(f'[data-panel="{key}"]')
    card.wait_for()
    page.evaluate("(key) => document.querySelector(`[data-panel='${key}']`).scrollIntoView()", key)
    settle(page)
    return card


def ink(canvas: Locator) -> int:
    """Return how many different colours a 2D canvas shows."""
    return int(
        canvas.evaluate(
            """(c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            return new Set(new Uint32Array(d.buffer)).size }"""
        )
    )


def shades(element: Locator) -> int:
    """Return how many colours a photograph of an element shows."""
    import io

    from PIL import Image

    colours = Image.open(io.BytesIO(element.screenshot())).convert("RGB").getcolors(1 << 24)
    return len(colours or ())


def _covered(stage: Locator) -> float:
    """Return the share of a stage that is not in its most frequent colour."""
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(stage.screenshot())).convert("RGB")
    most = max(n for n, _ in picture.getcolors(1 << 24) or ())
    return 1 - most / (picture.width * picture.height)


@FORMS
def test_a_sound_plays_and_shows_itself(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "sounds/chirp#audio", single=single)
    first = card.locator(".sound").first
    _until(lambda: ink(first.locator("canvas.wave")) > 1, page)  # drawn once its width is known
    assert "of 2.00 s, 16 kHz mono" in first.inner_text()
    slider = first.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("(e) => Number(e.getAttribute('aria-valuenow')) > 0", arg=slider.element_handle())
    first.get_by_role("button", name="Spectrogram").click()
    picture = first.locator("canvas.spectrogram")
    page.wait_for_function("(c) => c.width === 125", arg=picture.element_handle())
    assert ink(picture) > 40
    first.get_by_role("button", name="Play", exact=True).click()
    first.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("() => Math.abs(document.querySelector('.sound audio').duration - 2) < 0.01")
    card.locator(".sound").nth(1).get_by_role("button", name="Play", exact=True).click()
    first.get_by_role("button", name="Play", exact=True).wait_for()  # one plays at a time


@FORMS
def test_a_gif_goes_frame_by_frame(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "videos/waves#video", single=single)
    video = card.locator(".video").first
    canvas = video.locator("canvas")
    _until(lambda: shades(canvas) > 9, page)
    video.get_by_role("slider", name="Frame").fill("3")
    video.get_by_text("frame 4 of 24, 12 fps").wait_for()
    before = canvas.screenshot()
    video.get_by_role("button", name="One frame on").click()
    video.get_by_text("frame 5 of 24").wait_for()
    _until(lambda: canvas.screenshot() != before, page)
    video.get_by_role("button", name="One frame back").press(",")
    _until(lambda: canvas.screenshot() == before, page)


@FORMS
def test_an_mp4_has_a_duration_and_its_size(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "videos/mp4#video", single=single)
    video = card.locator("video").first
    page.wait_for_function("(v) => v.duration > 0", arg=video.element_handle())
    assert video.evaluate("(v) => [v.duration, v.videoWidth, v.videoHeight, v.loop]") == [2, 112, 72, True]
    card.get_by_label("Speed").first.select_option("2")
    page.wait_for_function("(v) => v.playbackRate === 2", arg=video.element_handle())
    card.get_by_role("button", name="Loop").first.click()
    page.wait_for_function("(v) => !v.loop", arg=video.element_handle())
    card.get_by_role("button", name="One frame on").first.click()
    page.wait_for_function("(v) => v.currentTime > 0", arg=video.element_handle())
    card.get_by_text("frame 2 of 24, 12 fps").first.wait_for()


@FORMS
def test_html_runs_in_its_frame_and_reaches_nothing(browser: Browser, everything: Site, single: bool) -> None:
    page = browser.new_page(offline=True)  # one that does not fail on what the frame is kept from
    card = panel(page, everything, "documents/table#html", single=single)
    frame = card.locator("iframe").first
    assert frame.get_attribute("sandbox") == "allow-scripts"
    inside = card.frame_locator("iframe").first
    inside.get_by_text("Rows counted by a script: 5").wait_for()
    page.wait_for_function("(f) => f.clientHeight > 150 && f.clientHeight < 260", arg=frame.element_handle())
    content = frame.element_handle().content_frame()
    assert content is not None
    tried = content.evaluate(
        """async () => {
        const failed = (name, act) => Promise.resolve().then(act).then(() => name + ' worked', () => name);
        return Promise.all([
          failed('storage', () => localStorage.length), failed('parent', () => parent.document.title),
          failed('fetch', () => fetch('data:text/plain,x')),
          failed('script', () => new Promise((good, bad) => { const s = document.createElement('script');
            s.src = 'data:text/javascript,0'; s.onload = good; s.onerror = bad; document.head.append(s) })) ]) }"""
    )
    assert tried == ["storage", "parent", "fetch", "script"]
    page.close()


def test_the_frame_does_nothing_by_itself(page: Page, everything: Site) -> None:
    page.goto((everything.folder / "frame.html").as_uri())
    page.evaluate("postMessage({ html: '<b>written</b>' }, '*')")
    page.evaluate("new Promise((done) => { addEventListener('message', done); postMessage(1, '*') })")
    assert page.locator("b").count() == 0


@FORMS
def test_text_and_nested_values_are_readable(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "text/note#string", single=single)
    assert "Step 20: run 0 is learning." in card.inner_text()
    slider = card.get_by_role("slider")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    card.get_by_text("Step 0: run 1 is warming up.").wait_for()
    nested = page.locator('[data-panel="text/nested#other"]')
    assert '"sizes": [' in nested.inner_text()


@FORMS
def test_figures_are_drawn(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "figures/plotly#plotly", single=single)
    card.locator(".plotly-box .points path").first.wait_for()
    assert card.locator(".plotly-box").first.locator(".points path").count() > 50
    curve = page.locator('[data-panel="figures/matplotlib#plotly"]')
    curve.locator(".plotly-box .lines path").first.wait_for()
    assert "cars" in (curve.locator(".gtitle").first.text_content() or "")
    assert page.locator('[data-panel="figures/matplotlib picture#image"] img').count() == 2
    outlines = page.locator('[data-panel="figures/map#plotly"]')
    outlines.scroll_into_view_if_needed()
    outlines.locator(".geo .layer.subunits path, .geo .coastlines path").first.wait_for(state="attached")
    bars = page.locator('[data-panel="figures/altair#vega"]')
    bars.scroll_into_view_if_needed()
    bars.locator("canvas").first.wait_for()
    page.wait_for_function("(c) => c.width > 100", arg=bars.locator("canvas").first.element_handle())
    assert ink(bars.locator("canvas").first) > 10
    # Alone on the board, since cards above it that still grow would push it out of the window, where no frame loads.
    show(page, everything.url("everything/index.html", "p=bokeh", single=single))
    bokeh = page.locator('[data-panel="figures/bokeh#html"]')
    bokeh.frame_locator("iframe").first.locator(".bk-Figure").first.wait_for()


@FORMS
def test_charts_follow_theme_and_step(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "charts/confusion#chart", single=single)
    canvas = card.locator("canvas").first
    before = shades(canvas)
    assert before > 20
    light = canvas.evaluate("(c) => c.toDataURL()")
    card.get_by_label("Share of the actual class").check()
    page.wait_for_function("([c, was]) => c.toDataURL() !== was", arg=[canvas.element_handle(), light])
    page.get_by_role("button", name="Dark theme").or_(page.get_by_role("button", name="theme")).first.click()
    settle(page)
    dark = card.locator("canvas").first
    page.wait_for_function(
        "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.length > 0", arg=dark.element_handle()
    )
    assert shades(dark) > 20


def reach(page: Page, card: Locator) -> None:
    """Scroll from the top until a card is near the window, where it begins to be there."""
    page.evaluate("scrollTo(0, 0)")
    frames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    page.evaluate(frames)
    while not card.count():
        before = page.evaluate("scrollY")
        page.evaluate("scrollBy(0, innerHeight / 2)")
        page.evaluate(frames)
        assert page.evaluate("scrollY") > before, "it is nowhere on the page"
    card.scroll_into_view_if_needed()


def test_every_preset_draws(page: Page, everything: Site) -> None:
    """The section `charts` is the gallery of what comes along."""
    show(page, everything.url("everything/index.html", "p=charts"))
    files = sorted((Path(__file__).parents[2] / "templates/presets").glob("*.vl.json"))
    assert files
    for file in files:
        ids = json.loads(file.read_text())["usermeta"]["tracklog"]["ids"]
        names = re.compile("|".join(re.escape(name.removeprefix("wandb/")) for name in ids))
        card = page.locator("figure.card", has=page.locator(".pts", has_text=names)).first
        reach(page, card)
        card.locator("canvas").first.wait_for()
        assert shades(card.locator("canvas").first) > 10, file.name
        assert not card.get_by_text("cannot be drawn").count()
    unknown = page.locator('[data-panel="charts/unknown#chart"]')
    reach(page, unknown)
    unknown.get_by_text("no preset is called radar").wait_for()
    assert unknown.locator("tbody tr").count() > 20


def test_a_chart_names_its_runs_marks_the_baseline_and_keeps_its_table(page: Page, everything: Site) -> None:
    card = panel(page, everything, "charts/bar#chart", single=False)
    assert card.locator(".legend").inner_text().split() == ["second", "first"]
    assert not page.locator('[data-panel="charts/bar_table#table"]').count()  # no card of its own
    canvas = card.locator("canvas").first
    blues, oranges = (_pixels(canvas, card.locator(".legend .sw").nth(n)) for n in range(2))
    assert min(blues, oranges) > 500
    base = page.evaluate("() => [...tracklog.shared.index.value.runs].find((run) => run.name === 'first').id")
    page.evaluate("(base) => { location.hash += `&base=${base}` }", base)
    swatch = card.locator(".legend .sw").nth(1)
    _until(lambda: 0 < _pixels(canvas, swatch) < oranges / 5, page)  # a bar has become a tick
    card.hover()
    page.keyboard.press("t")
    full = page.get_by_role("dialog")
    full.get_by_text("of 120 rows").wait_for()
    page.keyboard.press("[")
    full.locator(".customchart canvas").wait_for()


def _pixels(canvas: Locator, swatch: Locator) -> int:
    """Return how many pixels of a canvas have about the colour of a swatch, at the opacity of bars or whole."""
    colour = swatch.evaluate("(s) => tracklog.shared.rgb(getComputedStyle(s).getPropertyValue('--c'))")
    return int(
        canvas.evaluate(
            """(c, of) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;
            for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200 && of.every((v, k) => Math.abs(d[i + k] - v) < 14)) n++;
            return n }""",
            colour,
        )
    )


def test_a_preset_can_be_changed_and_taken_along(page: Page, everything: Site) -> None:
    card = panel(page, everything, "charts/bar#chart", single=False)
    card.hover()
    card.get_by_role("button", name="Edit the chart").click()
    editor = page.get_by_role("dialog")
    canvas = editor.locator("canvas").first
    canvas.wait_for()
    was = canvas.evaluate("(c) => c.toDataURL()")
    source = editor.get_by_label("Specification")
    spec = json.loads(source.input_value())
    source.fill("{ broken")
    assert "JSON" in editor.get_by_role("status").inner_text()
    bars = spec["layer"][0]["layer"][0]
    bars["mark"] = "point"
    source.fill(json.dumps(spec))
    page.wait_for_function(
        "(was) => { const c = document.querySelector('dialog.charteditor canvas'); return c && c.toDataURL() !== was }",
        arg=was,
    )
    with page.expect_download() as download:
        editor.get_by_role("button", name="Download bar.vl.json").click()
    assert json.loads(download.value.path().read_text())["layer"][0]["layer"][0] == bars
    assert download.value.suggested_filename == "bar.vl.json"


def test_an_altair_chart_becomes_a_preset(page: Page, everything: Site) -> None:
    import json

    card = panel(page, everything, "figures/altair#vega", single=False)
    card.locator(".vega-item").first.hover()
    card.get_by_role("button", name="Edit").first.click()
    editor = page.get_by_role("dialog")
    editor.locator("canvas").first.wait_for()
    spec = json.loads(editor.get_by_label("Specification").input_value())
    assert (spec["data"]["name"], "datasets" in spec, "values" in spec["data"]) == ("wandb", False, False)
    editor.get_by_label("Specification").fill(json.dumps({**spec, "data": {"url": "https://example.org/a.csv"}}))
    editor.get_by_text("asks for data at a URL").wait_for()


@FORMS
def test_molecules_and_meshes_are_drawn(page: Page, everything: Site, single: bool) -> None:
    card = panel(page, everything, "molecules/known#molecule", single=single)
    card.get_by_text("24 atoms, 25 bonds").first.wait_for()
    stage = card.locator(".stage").first
    _until(lambda: shades(stage) > 60, page)
    card.get_by_label("Style").first.select_option("spacefill")
    _until(lambda: shades(stage) > 200, page)
    knot = panel(page, everything, "space/knot#object3d", single=single)
    knot.get_by_text("5,760 triangles, obj").first.wait_for()
    _until(lambda: shades(knot.locator(".stage").first) > 60, page)


@FORMS
def test_a_protein_is_a_cartoon_first(page: Page, everything: Site, single: bool) -> None:
    show(page, everything.url("everything/index.html", "p=protein", single=single))
    card = page.locator('[data-panel="molecules/protein#molecule"]')
    card.get_by_text("1,193 atoms").first.wait_for()
    assert card.get_by_label("Style").first.input_value() == "cartoon"
    stage = card.locator(".stage").first
    _until(lambda: shades(stage) > 200, page)
    thin = _covered(stage)
    card.get_by_label("Style").first.select_option("surface")
    _until(lambda: _covered(stage) > 1.3 * thin, page)


@FORMS
def test_clouds_of_points(page: Page, everything: Site, single: bool) -> None:
    # Alone on the board: of eight stages in view the first makes room for the last.
    show(page, everything.url("everything/index.html", "p=space/scene", single=single))
    card = page.locator('[data-panel="space/scene#object3d"]')
    stage = card.locator(".stage").first
    card.get_by_text("7,200 points, 3 boxes, 3 arrows").first.wait_for()
    _until(lambda: shades(stage) > 30, page)
    tag = card.get_by_text("car 0.97").first
    tag.wait_for()
    place = _spot(tag, stage)
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=4)
    page.mouse.up()
    _until(lambda: _spot(tag, stage) != place, page)  # orbiting takes the tags along
    stage.press("r")
    _until(lambda: _spot(tag, stage) == place, page)
    show(page, everything.url("everything/index.html", "p=space/categories", single=single))
    categories = page.locator('[data-panel="space/categories#object3d"]')
    assert categories.locator(".swatches").first.inner_text().split() == ["1", "2", "3", "4"]


def _spot(tag: Locator, stage: Locator) -> tuple[int, int]:
    """Return where a tag stands on its stage, which may itself move while cards above it grow."""
    inner, outer = tag.bounding_box(), stage.bounding_box()
    assert inner
    assert outer
    return round(inner["x"] - outer["x"]), round(inner["y"] - outer["y"])


def _until(condition: Any, page: Page) -> None:
    """Wait for something that only a photograph shows: a WebGL canvas draws between two frames."""
    for _ in range(300):
        if condition():
            return
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    raise AssertionError("it never came")


CONTROLS = "(e) => [...e.querySelectorAll('button, select, a')].map((one) => one.ariaLabel || one.textContent)"


@FORMS
def test_players_have_one_set_of_controls_and_nothing_moves_by_itself(
    page: Page, everything: Site, single: bool
) -> None:
    found = {}
    for name in ("videos/waves", "videos/mp4"):
        card = panel(page, everything, f"{name}#video", single=single)
        player = card.locator(".video").first
        player.get_by_role("button", name="Play", exact=True).wait_for()
        found[name] = player.evaluate(CONTROLS)
        if name == "videos/waves":
            player.get_by_text("frame 1 of 24, 12 fps").wait_for()
            player.get_by_role("button", name="Play", exact=True).click()
            player.get_by_text("frame 3 of 24").wait_for()
            player.get_by_role("button", name="Pause").click()
        assert not page.locator("video[autoplay], video[controls], audio[controls]").count()
    frames = ["One frame back (,)", "One frame on (.)"]
    assert found["videos/waves"] == ["Play", *frames, "Speed", "Loop", "Download"]
    assert found["videos/mp4"] == ["Play", "Full screen", *frames, "Speed", "Loop", "Download"]
    card = panel(page, everything, "sounds/chirp#audio", single=single)
    assert card.locator(".sound").first.evaluate(CONTROLS) == ["Play", "Speed", "Loop", "Spectrogram", "Download"]
