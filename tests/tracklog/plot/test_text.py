"""What eli5 and spaCy find in texts reaches the page as HTML, by the libraries themselves."""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import spacy
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from spacy.tokens import Doc, Span

import tracklog
from tracklog.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.html import Html

GOOD, BAD = "good great fun acting", "bad awful boring acting"
MODEL = make_pipeline(CountVectorizer(), LogisticRegression()).fit([GOOD, BAD] * 5, [1, 0] * 5)
ENGLISH = spacy.blank("en")


def sentence() -> Doc:
    """Return a parsed sentence, as a trained pipeline would."""
    return Doc(
        ENGLISH.vocab,
        words=["She", "wrote", "<long>", "programs"],
        pos=["PRON", "VERB", "ADJ", "NOUN"],
        heads=[1, 1, 3, 1],
        deps=["nsubj", "ROOT", "amod", "dobj"],
    )


def named() -> Doc:
    doc = ENGLISH("Ada Lovelace & nobody <else> wrote programs in London")
    doc.ents = [Span(doc, 0, 2, "PERSON"), Span(doc, len(doc) - 1, len(doc), "GPE")]
    return doc


def entities(html: Html) -> list[tuple[str, str]]:
    return [
        (text.strip(), label) for text, label in re.findall(r"<mark[^>]*>([^<]*)<span[^>]*>([^<]*)</span>", html.html)
    ]


def weights(html: Html) -> dict[str, float]:
    return {word: float(weight) for weight, word in re.findall(r'title="([-\d.]+)">([^<]*)</span>', html.html)}


def test_words_are_marked_by_what_they_speak_for() -> None:
    html = tracklog.plots.ExplainText("a good film with a boring plot & <b>", MODEL.predict_proba, ["bad", "good"])
    found = weights(html)
    assert found["good"] > 0.1
    assert found["boring"] < -0.1
    assert abs(found["film"]) < 0.5 * found["good"]
    assert "y=good" in html.html.replace("\n", "")
    assert "&amp; &lt;" in html.html
    assert "&lt;b&gt;" in re.sub(r"</?span[^>]*>", "", html.html)


@pytest.mark.parametrize("made", [np.asarray, torch.as_tensor, np.ndarray.tolist])
def test_probabilities_come_as_arrays_tensors_or_lists_and_are_explained_alike(made: Any) -> None:
    html = tracklog.plots.ExplainText(
        "a good plot", lambda texts: made(MODEL.predict_proba(texts)), np.array(["n", "y"])
    )
    assert html.html == explained()


@cache
def explained() -> str:
    return str(tracklog.plots.ExplainText("a good plot", MODEL.predict_proba, ["n", "y"]).html)


def test_entities_are_marked_with_their_labels() -> None:
    doc = named()
    html = tracklog.plots.NER(docs=doc)
    assert entities(html) == [("Ada Lovelace", "PERSON"), ("London", "GPE")]
    assert "&amp; nobody &lt;else&gt;" in html.html
    assert entities(tracklog.plots.NER(doc[:4])) == [("Ada Lovelace", "PERSON")]
    assert entities(tracklog.plots.NER([doc, doc[3:]])) == [*entities(html), ("London", "GPE")]
    assert entities(tracklog.plots.NER(iter((doc,)))) == entities(html)


def test_sentences_are_trees_of_their_parts_of_speech() -> None:
    html = tracklog.plots.POS(docs=sentence()).html
    assert re.findall(r'displacy-word"[^>]*>([^<]*)<', html) == ["She", "wrote", "&lt;long&gt;", "programs"]
    assert re.findall(r'displacy-tag"[^>]*>([^<]*)<', html) == ["PRON", "VERB", "ADJ", "NOUN"]
    assert sorted(re.findall(r'displacy-label"[^>]*>([^<]*)<', html)) == ["amod", "dobj", "nsubj"]
    assert tracklog.plots.POS([sentence(), sentence()]).html.count("<svg") == 2


def test_documents_follow_the_theme_of_the_page() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy says that a text has no entities, and goes on
        plain = tracklog.plots.NER(ENGLISH("nothing")).html
    for html in (plain, tracklog.plots.POS(sentence()).html):
        assert not re.search(r"(?<!-)color: ?#|background: ?#", html.split("</style>")[-1])
        assert "Arial" not in html


@pytest.fixture
def _model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package as `spacy package` makes it, under the name of the model that the reference uses."""
    (tmp_path / "en_core_web_md").mkdir()
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "London"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path / "en_core_web_md" / "data")
    loads = "from pathlib import Path\nfrom spacy.util import load_model_from_path\n"
    loads += "def load(**how):\n    return load_model_from_path(Path(__file__).parent / 'data', **how)\n"
    (tmp_path / "en_core_web_md" / "__init__.py").write_text(loads)
    info = tmp_path / "en_core_web_md-3.8.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: en-core-web-md\nVersion: 3.8.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "en_core_web_md", raising=False)


@pytest.mark.usefixtures("_model")
def test_text_is_read_by_the_model_of_the_reference() -> None:
    assert entities(tracklog.plots.NER("a day in London")) == [("London", "GPE")]
    assert len(entities(tracklog.plots.NER(["London", named()]))) == 3


def test_what_cannot_be_drawn_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="spacy download en_core_web_md"):
        tracklog.plots.NER("a day in London")
    for docs, kind in ((5, "int"), (None, "NoneType"), ([named(), 5], "int")):
        with pytest.raises(TypeError, match=rf"nlp\(text\), not {kind}"):
            tracklog.plots.POS(docs)
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(UsageError, match="pip install spacy"):
        tracklog.plots.POS(sentence())
    monkeypatch.setitem(sys.modules, "eli5.lime", None)
    with pytest.raises(UsageError, match="pip install eli5"):
        tracklog.plots.ExplainText("a good plot", MODEL.predict_proba)


def test_all_of_them_are_logged(tmp_path: Path) -> None:
    with tracklog.init(project="p", dir=tmp_path) as run:
        run.log(
            {
                "explained": tracklog.plots.ExplainText("a good plot", MODEL.predict_proba),
                "entities": tracklog.plots.NER(named()),
                "speech": tracklog.plots.POS(sentence()),
            }
        )
    (history,) = tmp_path.rglob("history*.jsonl")
    row = orjson.loads(history.read_bytes())
    files = history.parent / "files"
    for key, mark in (("explained", "y="), ("entities", "<mark"), ("speech", "<svg")):
        assert row[key]["_type"] == "html-file"
        assert mark in (files / row[key]["path"]).read_text("utf-8")
