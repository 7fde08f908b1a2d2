"""Figures of other libraries: explorable where nothing gets lost, pictures where something would."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import altair as alt
import bokeh.plotting
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import orjson
import plotly.graph_objects as go
import pytest
from vega_datasets import data

from tracklog import Altair, Bokeh, Html, Image, Plotly
from tracklog.media.foreign import as_media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.media.base import MediaDoor

mpl.use("Agg")
Draw = Callable[[Any], object]


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


def forms(path: Path) -> Iterator[Any]:
    yield path
    yield str(path)
    with path.open("rb") as file:
        yield file
    with path.open() as file:
        yield file


def drawn(draw: Draw) -> Any:
    figure, axes = plt.subplots()
    draw(axes)
    return figure


FAITHFUL: dict[str, Draw] = {
    "line": lambda axes: axes.plot([1, 2, 3], [3, 1, 2], label="a"),
    "markers and gaps": lambda axes: axes.plot([1, 2, np.nan, 4], [3, 1, 2, 5], "o--"),
    "scatter": lambda axes: axes.scatter([1, 2], [2, 3], label="points"),
    "bars": lambda axes: axes.bar(["a", "b"], [1, 2]),
    "horizontal bars": lambda axes: axes.barh(["a", "b"], [1, 2]),
    "histogram": lambda axes: axes.hist([1, 2, 2, 3], bins=3),
    "log": lambda axes: axes.semilogy([1, 2], [2, 300]),
    "a price": lambda axes: axes.plot([1, 2], label="costs 3$, if a < b"),
}
PICTURES: dict[str, Draw] = {
    "image": lambda axes: axes.imshow(np.eye(3)),
    "colours by value": lambda axes: axes.scatter([1, 2], [2, 3], c=[1, 2]),
    "area": lambda axes: axes.fill_between([1, 2, 3], [1, 2, 1]),
    "annotation": lambda axes: axes.text(0.5, 0.5, "look here"),
    "error bars": lambda axes: axes.errorbar([1, 2], [2, 3], yerr=[0.1, 0.2]),
    "box plot": lambda axes: axes.boxplot([[1, 2, 3]]),
    "pie": lambda axes: axes.pie([1, 2]),
    "contours": lambda axes: axes.contour(np.random.default_rng(0).random((5, 5))),
    "twin axes": lambda axes: axes.twinx().plot([1, 2]),
    "stacked bars": lambda axes: (axes.bar([0, 1], [1, 2]), axes.bar([0, 1], [1, 2], bottom=[1, 2])),
    "a formula": lambda axes: axes.set_title("loss of $x^2$"),
    "a formula at a tick": lambda axes: (axes.plot([1, 2]), axes.set_xticks([0, 1], ["a", r"$\alpha$"])),
    "what HTML would make bold": lambda axes: (axes.plot([1, 2], label="<b>x</b>"), axes.legend()),
    "a title at the left": lambda axes: (axes.plot([1, 2]), axes.set_title("left", loc="left")),
    "many points": lambda axes: axes.plot(np.zeros(100_001)),
    "nothing but text": lambda axes: axes.figure.suptitle("title"),
}


@pytest.mark.parametrize("draw", FAITHFUL.values(), ids=FAITHFUL)
def test_what_plotly_can_show_is_explorable(draw: Draw) -> None:
    assert isinstance(as_media(drawn(draw)), Plotly)


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_what_it_cannot_show_is_a_picture(draw: Draw) -> None:
    figure = drawn(draw)
    assert isinstance(as_media(figure), Image)
    with pytest.raises(ValueError, match=r"."):
        Plotly(figure)


def test_the_data_and_the_words_come_along() -> None:
    figure = orjson.loads(Plotly(drawn(FAITHFUL["bars"])).figure)
    assert figure["layout"]["xaxis"]["ticktext"] == ["a", "b"]
    figure = orjson.loads(Plotly(drawn(FAITHFUL["scatter"])).figure)
    assert figure["data"][0]["name"] == "points"
    axes = drawn(FAITHFUL["line"]).axes[0]
    axes.set(title="T", xlabel="x")
    figure = orjson.loads(Plotly(axes).figure)
    assert (figure["layout"]["title"]["text"], figure["layout"]["xaxis"]["title"]["text"]) == ("T", "x")
    assert figure["data"][0]["y"] == [3, 1, 2]


def test_pyplot_itself_is_the_current_figure() -> None:
    drawn(FAITHFUL["line"])
    assert isinstance(as_media(plt), Plotly)


def test_plotly(door: MediaDoor) -> None:
    figure = go.Figure(go.Scatter(x=np.arange(3), y=[1, None, 3]))
    record = as_media(figure).to_record(door)  # type: ignore[union-attr]
    assert record["_type"] == "plotly-file"
    assert orjson.loads(door.files[str(record["path"])])["data"][0]["y"] == [1, None, 3]  # type: ignore[attr-defined]
    assert orjson.loads(Plotly({"data": [{"y": np.arange(2)}]}).figure) == {"data": [{"y": [0, 1]}]}
    with pytest.raises(ValueError, match="not int"):
        Plotly(3)


def test_altair_brings_its_data() -> None:
    spec = orjson.loads(Altair(alt.Chart(data.cars.url).mark_bar().encode(x="Origin:N")).spec)
    assert "url" not in spec["data"]
    assert len(spec["data"]["values"]) == len(orjson.loads(data.cars.raw()))
    spec = orjson.loads(Altair(alt.Chart(data.stocks.url).mark_line()).spec)
    assert spec["data"]["format"]["type"] == "csv"
    frame = data.iris()
    many = alt.Chart(frame.sample(6000, replace=True, random_state=0)).mark_point().encode(x="petalLength")
    (rows,) = orjson.loads(Altair(many).spec)["datasets"].values()
    assert len(rows) == 6000


def test_urls_that_cannot_be_resolved_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    spec = orjson.loads(Altair({"data": {"url": "https://example.org/a.csv"}, "mark": "bar"}).spec)
    assert spec["data"]["url"] == "https://example.org/a.csv"
    assert "stay outside of the chart" in capfd.readouterr().err


def test_bokeh_keeps_its_script_once(door: MediaDoor) -> None:
    records = []
    for n in range(2):
        plot = bokeh.plotting.figure()
        plot.scatter([1, 2], [n, 2])
        media = as_media(plot)
        assert isinstance(media, Bokeh)
        records.append(media.to_record(door))
    assert records[0]["path"] != records[1]["path"]
    assert records[0]["scripts"] == records[1]["scripts"]


def test_html(tmp_path: Path, door: MediaDoor) -> None:
    assert Html("<p>x</p>", inject=False).html == "<p>x</p>"
    assert Html("<html><head><title>t</title></head></html>").html.startswith('<html><head><base target="_blank">')
    assert Html("<html><body>x").html.startswith("<html><head><base")
    path = tmp_path / "a.html"
    path.write_text("<b>file</b>")
    for source in forms(path):
        assert Html(source, inject=False).html == "<b>file</b>"
    assert Html(str(path), inject=False, data_is_not_path=True).html == str(path)
    assert Html("absent.html", inject=False).html == "absent.html"
    record = Html("<p>").to_record(door)
    assert (record["_type"], str(record["path"])[-5:]) == ("html-file", ".html")
    with pytest.raises(ValueError, match=r"ends in \.html"):
        Html(tmp_path / "a.txt")
    with pytest.raises(TypeError, match="not int"):
        Html(3)
