"""What eli5 and spaCy draw can be read on light and on dark paper."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import spacy
from PIL import Image
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from spacy.tokens import Doc, Span

import tracklog
from tests.browser.conftest import built
from tests.browser.support import show, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from tests.browser.support import Site


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = tmp_path_factory.mktemp("texts")
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(["good great", "bad boring"] * 5, [1, 0] * 5)
    doc = Doc(
        spacy.blank("en").vocab,
        words=["Ada", "wrote", *["very"] * 20, "long", "programs"],
        pos=["PROPN", "VERB", *["ADV"] * 20, "ADJ", "NOUN"],
        heads=[1, 1, *[22] * 20, 23, 1],
        deps=["nsubj", "ROOT", *["advmod"] * 20, "amod", "dobj"],
    )
    doc.ents = [Span(doc, 0, 1, "PERSON"), Span(doc, 23, 24, "WORK")]
    with tracklog.init(dir=home / "logs", project="p", id="r") as run:
        run.log({"words": tracklog.plots.ExplainText("so good and boring a plot was that", model.predict_proba)})
        run.log({"names": tracklog.plots.NER(doc), "speech": tracklog.plots.POS(doc)})
    return built(home)


def contrast(element: Locator) -> float:
    """Return the contrast ratio of WCAG between the lightest and the darkest pixel of an element."""
    picture = Image.open(BytesIO(element.screenshot())).convert("RGB")
    share = np.asarray(picture, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722]
    return float((light.max() + 0.05) / (light.min() + 0.05))


READ = {
    "words": ("span:text-is('good')", "span:text-is('boring')", "span:text-is('plot')", "td >> nth=0", "th >> nth=0"),
    "names": ("mark >> nth=0", "mark >> nth=1", "mark span >> nth=0"),
    "speech": (".displacy-word >> nth=0", ".displacy-tag >> nth=0", ".displacy-label >> nth=0"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_can_be_read_in_both_themes(browser: Browser, texts: Site, theme: Any) -> None:
    with window(browser, color_scheme=theme) as page:
        show(page, texts.url("p/index.html", "v=1"))
        for key, selectors in READ.items():
            inside = page.frame_locator(f"[data-panel='{key}#html'] iframe")
            found = {selector: contrast(inside.locator(selector)) for selector in selectors}
            assert min(found.values()) > 4, (key, found)


def test_what_counts_more_stands_out_more_and_hues_mean_the_same_on_dark_paper(browser: Browser, texts: Site) -> None:
    paper: dict[tuple[str, str], Any] = {}
    for theme in ("light", "dark"):
        with window(browser, color_scheme=theme) as page:
            show(page, texts.url("p/index.html", "v=1"))
            inside = page.frame_locator("[data-panel='words#html'] iframe")
            for word in ("good", "boring", "plot"):
                picture = Image.open(BytesIO(inside.locator(f"span:text-is('{word}')").screenshot())).convert("RGB")
                paper[theme, word] = np.median(np.asarray(picture, np.float64), axis=(0, 1))
    assert {paper["light", word].argmax() for word in ("good", "boring")} == {0, 1}  # red against, green for
    for word in ("good", "boring"):
        assert paper["dark", word].argmax() == paper["light", word].argmax()
        assert paper["dark", word].max() > paper["dark", "plot"].max() + 40
        assert paper["light", word].min() < paper["light", "plot"].min() - 40


def test_a_long_sentence_is_scrolled_in_its_frame(browser: Browser, texts: Site) -> None:
    with window(browser, viewport={"width": 390, "height": 844}) as page:
        show(page, texts.url("p/index.html", "v=1"))
        inside = page.frame_locator("[data-panel='speech#html'] iframe")
        last = inside.locator(".displacy-word").last
        last.scroll_into_view_if_needed()
        frame = page.locator("[data-panel='speech#html'] iframe").bounding_box()
        word = last.bounding_box()
        assert frame is not None
        assert word is not None
        assert frame["x"] <= word["x"]
        assert word["x"] + word["width"] <= frame["x"] + frame["width"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
