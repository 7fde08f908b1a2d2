"""Pictures with masks and boxes, and the page that compares media: what is set is what is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import built
from tests.browser.support import Site, hash_of, settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

FORMS = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
MEDIA = "everything/media.html"
SEGMENTS = "key=images/segments"
# Shares of the pixels of each canvas in view that are painted, and the colours they are painted in.
PAINTED = """() => [...document.querySelectorAll('.media-rows canvas.mask')].map((c) => {
  const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const colours = {};
  let painted = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3]) {
    painted++;
    const key = data.slice(i, i + 3).join();
    colours[key] = (colours[key] ?? 0) + 1;
  }
  return { painted: painted / (data.length / 4), colours, shown: c.checkVisibility() };
})"""


def painted(page: Page) -> list[dict[str, Any]]:
    """Return what the masks of the rows show, once all are painted."""
    page.wait_for_function("() => !document.querySelector('.media-rows [aria-busy=true]')")
    found: list[dict[str, Any]] = page.evaluate(PAINTED)
    return found


@FORMS
def test_a_class_that_is_switched_off_is_not_painted(everything: Site, browser: Browser, *, single: bool) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, SEGMENTS, single=single))
        before = painted(page)
        assert len(before) == 2
        assert all(mask["painted"] == 1 for mask in before)
        assert "74,144,217" in before[1]["colours"], "the colour of the sky is the logged one"
        sky = page.locator(".classes").first.get_by_role("button", name="sky")
        share = before[1]["colours"]["74,144,217"] / sum(before[1]["colours"].values())
        sky.click()
        assert hash_of(page).endswith("cls=-sky")
        after = painted(page)
        assert "74,144,217" not in after[1]["colours"]
        assert after[1]["painted"] == pytest.approx(1 - share)
        sky.click(modifiers=["Alt"])
        assert list(painted(page)[1]["colours"]) == ["74,144,217"]
        page.locator(".overlays .switch").first.click()
        assert painted(page) == []


def test_sets_are_chosen_and_their_opacity_is_that_of_the_page(everything: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, f"{SEGMENTS}&src=error&op=.25"))
        assert {colour for mask in painted(page) for colour in mask["colours"]} != set()
        assert page.locator(".media-rows canvas.mask").first.evaluate("c => getComputedStyle(c).opacity") == "0.25"
        labels = page.locator(".classes").first.locator(".cut")
        assert labels.all_inner_texts() == ["right", "wrong"]
        page.get_by_role("group", name="Sets of masks").get_by_role("button", name="truth").click()
        assert "src=truth" in hash_of(page)
        assert "sky" in labels.all_inner_texts()


@FORMS
def test_boxes_below_a_score_are_not_drawn(everything: Site, browser: Browser, *, single: bool) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, SEGMENTS, single=single))
        boxes = page.locator(".media-rows .bbox")
        page.wait_for_function("() => document.querySelectorAll('.media-rows .bbox').length")
        titles = boxes.evaluate_all("all => all.map((b) => b.title)")
        fills = [float(title.split("fill ")[1].split(",")[0]) for title in titles]
        bound = sorted(fills)[len(fills) // 2] + 1e-6
        page.evaluate("(value) => { location.hash += `&score=fill:${value}` }", bound)
        page.wait_for_function("(n) => document.querySelectorAll('.media-rows .bbox').length < n", arg=len(fills))
        assert boxes.count() == sum(fill >= bound for fill in fills)
        assert f"≥ {bound:.2f}" in page.locator(".overlays .score").first.inner_text()
        counts = page.locator(".classes").nth(1).locator(".n").all_inner_texts()
        assert sum(map(int, counts)) == boxes.count()
        page.get_by_text("Labels and scores").click()
        assert page.locator(".media-rows .bbox b").count() == 0


def test_the_viewer_zooms_both_columns_and_hears_its_keys(everything: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, SEGMENTS))
        painted(page)
        page.locator(".cell button").first.click()
        frames = page.locator("dialog.viewer .moved")
        assert frames.count() == 2
        page.locator("dialog.viewer .frame").first.hover()
        page.mouse.wheel(0, -400)
        page.wait_for_function("() => /scale\\(2/.test(document.querySelector('.moved').style.transform)")
        transforms = frames.evaluate_all("all => all.map((e) => e.style.transform)")
        assert transforms[0] == transforms[1]
        for key, selector in (("m", "canvas.mask"), ("b", ".boxes")):
            page.keyboard.press(key)
            expect(page.locator(f"dialog.viewer {selector}")).to_have_count(0)
            page.keyboard.press(key)
            page.locator(f"dialog.viewer {selector}").first.wait_for()
        page.keyboard.press("1")
        assert "cls=-other" in hash_of(page)
        page.keyboard.press("ArrowLeft")
        assert "step=10" in hash_of(page)
        page.get_by_text("step 10, 320 × 214").wait_for()
        page.keyboard.press("Escape")
        expect(page.locator("dialog.viewer")).to_have_count(0)
        assert "view=" not in hash_of(page)


def test_the_wipe_moves_swaps_and_subtracts(everything: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, SEGMENTS))
        wipe = page.locator(".versus")
        wipe.scroll_into_view_if_needed()
        names = page.locator(".versus .cap")
        before = names.all_inner_texts()
        wipe.focus()
        for _ in range(3):
            page.keyboard.press("Shift+ArrowRight")
        assert hash_of(page).endswith(",.8")
        clip = "(e) => getComputedStyle(e.querySelector('.side.b')).clipPath"
        assert wipe.evaluate(clip) == "inset(0px 0px 0px 80%)"
        box = wipe.bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 40)
        assert wipe.evaluate(clip) == "inset(0px 0px 0px 25%)"
        page.keyboard.press("w")
        after = names.all_inner_texts()
        assert [text[2:] for text in after] == [text[2:] for text in before[::-1]]
        page.keyboard.down(" ")
        page.wait_for_function("() => document.querySelector('.versus .side.b').style.visibility === 'hidden'")
        page.wait_for_function("() => document.querySelector('.versus .side.b').style.visibility === 'visible'")
        page.keyboard.up(" ")
        page.get_by_role("button", name="difference").click()
        assert wipe.evaluate("(e) => getComputedStyle(e.querySelector('.side.b')).mixBlendMode") == "difference"
        page.get_by_label("Run of A").select_option(index=0)
        page.get_by_label("Run of B").select_option(index=0)
        page.get_by_label("Step of A").select_option("20")
        page.get_by_label("Step of B").select_option("20")
        page.locator(".overlays .switch").first.click()
        page.locator(".overlays .switch").nth(1).click()
        wipe.scroll_into_view_if_needed()
        page.evaluate("Promise.all([...document.querySelectorAll('.versus img')].map((i) => i.decode()))")
        shot = page.locator(".versus .side.a").screenshot()
        assert middle(shot).max() < 12, "a picture minus itself is black"


def middle(png: bytes) -> np.ndarray:
    """Return the pixels of a screenshot's middle."""
    import io

    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    height, width = pixels.shape[:2]
    return pixels[height // 4 : height // 2, width // 4 : 3 * width // 4]


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build two runs of which one logs every 10 steps, the other every 25, and a run with ten thousand pictures."""
    home = tmp_path_factory.mktemp("uneven")
    for n, every in enumerate((10, 25)):
        rows: list[dict[str, Any]] = [
            {"sample": record(f"{n}-{step}"), "loss": 1 / (step + 1)} if step % every == 0 else {"loss": 1 / (step + 1)}
            for step in range(51)
        ]
        folder = write_run(home / "logs", f"r{n}", rows, project="uneven")
        for step in range(0, 51, every):
            draw(folder, f"{n}-{step}", 40 + step)
    many = [record(str(n % 50), caption=str(n)) for n in range(10_000)]
    folder = write_run(home / "logs", "many", [{"lots": {"_type": "images", "items": many}}], project="many")
    for n in range(50):
        draw(folder, str(n), n)
    return built(home)


def record(name: str, **more: Any) -> dict[str, Any]:
    return {"_type": "image-file", "path": f"media/images/{name}.png", **more}


def draw(folder: Path, name: str, value: int) -> None:
    path = folder / f"files/media/images/{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), (value * 4 % 256, 90, 200)).save(path)


@FORMS
def test_a_run_without_the_step_shows_its_last_one_before_in_amber(
    uneven: Site, browser: Browser, *, single: bool
) -> None:
    with window(browser) as page:
        show(page, uneven.url("uneven/media.html", "step=40", single=single))
        heads = page.locator(".colhead")
        texts = dict(zip(page.locator(".colhead b").all_inner_texts(), heads.all_inner_texts(), strict=True))
        assert "step 40" in texts["run r0"]
        assert "step 25" in texts["run r1"]
        assert page.locator(".colhead .amber-ink").all_inner_texts() == ["step 25"]
        assert page.locator(".stepbar").get_by_text("1 run in step").count() == 1
        assert page.locator(".stepbar").get_by_text("6 of 7").count() == 1
        sources = page.locator(".media-rows img").evaluate_all("all => all.map((i) => i.naturalWidth)")
        assert sources == [64, 64]
        page.get_by_role("button", name="Next step (→)").click()
        assert "step=50" in hash_of(page)
        assert page.locator(".colhead .amber-ink").count() == 0
        page.get_by_role("button", name="all panels").first.click()
        page.get_by_role("button", name="Earlier step (←)").click()
        assert hash_of(page).endswith("at=40")


def test_columns_may_be_steps_or_samples(uneven: Site, everything: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, uneven.url("uneven/media.html", "cols=steps"))
        assert page.locator(".colhead").all_inner_texts() == ["step 20", "step 30", "step 40", "step 50"] or (
            page.locator(".colhead").count() >= 3
        )
        assert page.locator(".media-rows .cell").count() >= 3
        show(page, everything.url(MEDIA, "key=images/digits&cols=samples&size=80"))
        settle(page)
        assert page.locator(".colhead").count() == 0
        assert page.locator(".media-rows .cell").count() > 20
        page.get_by_role("button", name="runs", exact=True).click()
        assert page.locator(".colhead").count() == 2


@FORMS
@pytest.mark.parametrize("place", ["many/runs/many.html", "many/media.html"], ids=["run", "media"])
def test_of_ten_thousand_pictures_only_those_in_view_are_loaded(
    uneven: Site, browser: Browser, *, place: str, single: bool
) -> None:
    with window(browser) as page:
        show(page, uneven.url(place, "tab=media" if "runs" in place else "cols=samples&size=96", single=single))
        page.wait_for_function("() => [...document.querySelectorAll('.media img')].some((i) => i.naturalWidth)")
        if "runs" in place:
            assert page.get_by_text("10,000 pictures").count() == 1
        else:
            assert page.get_by_text("10,000 samples").count() == 1
        drawn = page.locator(".media img").count()
        assert 20 < drawn < 600
        page.evaluate("document.querySelector('.rows').scrollIntoView({block: 'end'})")
        page.get_by_role("button", name="Open 9999").wait_for(state="attached")
        assert page.locator(".media img").count() < 600


def test_every_kind_has_its_card_on_the_page_of_media(everything: Site, browser: Browser) -> None:
    with window(browser) as page:
        show(page, everything.url(MEDIA, SEGMENTS))
        titles = page.locator(".cards .card h3").all_inner_texts()
        assert {"images/crops", "sounds/chirp", "videos/mp4", "documents/table"} <= set(titles)
        page.get_by_label("Search", exact=False).first.fill("chirp")
        page.wait_for_function("() => document.querySelectorAll('.cards .card').length === 1")
        page.get_by_role("button", name="sounds/chirp").click()
        page.locator(".media-rows .sound").first.wait_for()
        assert page.locator(".media-rows .sound").count() == 2


def test_on_a_phone_the_overlays_are_a_drawer(everything: Site, browser: Browser) -> None:
    with window(browser, viewport={"width": 390, "height": 844}) as page:
        show(page, everything.url(MEDIA, SEGMENTS))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        panel = page.locator(".rail")
        assert not panel.is_visible()
        page.locator(".tools").get_by_role("button", name="Overlays").click()
        assert panel.is_visible()
        page.get_by_role("button", name="Done").click()
        assert not panel.is_visible()


def test_a_broken_picture_is_a_grey_tile_with_its_name(browser: Browser, tmp_path: Path) -> None:
    rows = [{"sample": {"_type": "images", "items": [record("good"), record("torn"), record("gone", caption="no")]}}]
    folder = write_run(tmp_path / "logs", "r0", rows)
    draw(folder, "good", 3)
    (folder / "files/media/images/torn.png").write_bytes((folder / "files/media/images/good.png").read_bytes()[:60])
    site = built(tmp_path)
    with window(browser) as page:
        show(page, site.url("p/runs/r0.html", "tab=media"))
        texts = page.locator(".broken").all_inner_texts()
        assert len(texts) == 2
        assert "media/images/torn.png is damaged" in texts[0]
        assert "media/images/gone.png is not in this folder" in texts[1]
        assert page.locator(".media img").count() == 1


def test_the_media_page_comes_back_as_it_was_left(browser: Browser, everything: Site) -> None:
    with window(browser) as page:
        show(page, everything.url("everything/media.html"))
        first = page.locator(".media-rows img").count()
        page.get_by_role("button", name="samples").click()
        page.locator(".rail").get_by_text("images/crops").click()
        settle(page)
        assert "cols=samples" in hash_of(page)
        page.goto("about:blank")
        show(page, everything.url("everything/media.html"))
        assert "cols=samples" in hash_of(page)
        page.locator(".restored").get_by_role("button", name="Reset").click()
        settle(page)
        assert "cols" not in hash_of(page)
        assert page.locator(".media-rows img").count() == first
