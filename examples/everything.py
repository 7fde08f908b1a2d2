"""Every kind of value that can be logged, at several steps and in two runs: python examples/everything.py [LOGS].

Each function returns what one section of the site shows at a step. Pictures come with scikit-learn; sounds, videos and
meshes are made from formulas, which their captions name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import altair as alt
import bokeh.plotting
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import plotly.express as px
from sklearn.datasets import load_digits, load_iris, load_sample_image
from sklearn.linear_model import LogisticRegression
from vega_datasets import data

import tracklog

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = (0, 10, 20)
mpl.use("Agg")


def images(step: int, seed: int) -> dict[str, Any]:
    """Crops of photographs."""
    photo = load_sample_image("china.jpg" if seed == 0 else "flower.jpg")
    return {"images/crop": tracklog.Image(photo[step * 4 : step * 4 + 240, :320], caption=f"from row {step * 4}")}


def sounds(step: int, seed: int) -> dict[str, Any]:
    """Tones whose pitch rises: a linear chirp with a tremolo."""
    rate, low = 16_000, 220 * (1 + seed)
    time = np.arange(2 * rate) / rate
    high = low * (2 + step / 10)
    chirp = np.sin(2 * np.pi * (low + (high - low) * time / 4) * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))
    return {
        "sounds/chirp": tracklog.Audio(0.8 * chirp, sample_rate=rate, caption=f"chirp from {low} Hz to {high:.0f} Hz"),
        "sounds/pair": [
            tracklog.Audio(0.5 * np.sign(np.sin(2 * np.pi * low * time)), sample_rate=rate, caption="square wave"),
            tracklog.Audio(np.stack([chirp, -chirp], axis=1), sample_rate=rate, caption="chirp in stereo"),
        ],
    }


def videos(step: int, seed: int) -> dict[str, Any]:
    """Waves on water from two sources: cos(k r1 - w t) + cos(k r2 - w t)."""
    y, x = np.mgrid[0:72, 0:112] / 10.0
    one, two = np.hypot(x - 3, y - 3.6), np.hypot(x - 8, y - 3.6 + seed)
    phases = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    waves = np.stack([np.cos((2 + step / 10) * one - t) + np.cos((2 + step / 10) * two - t) for t in phases])
    grey = ((waves + 2) * 63).astype(np.uint8)[:, None]
    tinted = np.concatenate([grey // 2, grey, 255 - grey // 2], axis=1)
    return {
        "videos/waves": tracklog.Video(tinted, fps=12, format="gif", caption="two sources, as a gif"),
        "videos/mp4": tracklog.Video(tinted, fps=12, format="mp4", caption="the same, as mp4"),
    }


def documents(step: int, seed: int) -> dict[str, Any]:
    """HTML with a table and a script."""
    rows = "".join(f"<tr><td>{n}</td><td>{(seed + 1) * (step + n) ** 2}</td></tr>" for n in range(5))
    script = "<script>document.querySelector('b').textContent = document.querySelectorAll('tr').length</script>"
    return {"documents/table": tracklog.Html(f"<p>Rows counted by a script: <b>?</b></p><table>{rows}</table>{script}")}


def texts(step: int, seed: int) -> dict[str, Any]:
    """Strings and nested values over steps."""
    return {
        "text/note": f"Step {step}: run {seed} is {'warming up' if step == 0 else 'learning'}.",
        "text/nested": [{"layer": n, "sizes": [8 << n, 4 << n]} for n in range(2 + step // 10)],
    }


def figures(step: int, seed: int) -> dict[str, Any]:
    """Matplotlib (explorable, and a picture where it cannot be), Plotly, Altair, Bokeh: the cars of vega_datasets."""
    cars = data.cars().dropna().head(80 + 8 * step)
    power, mileage = ("Horsepower", "Miles_per_Gallon") if seed == 0 else ("Displacement", "Acceleration")
    curve, axes = plt.subplots()
    axes.plot(sorted(cars[power]), label=power)
    axes.set(xlabel="rank", ylabel=power, title=f"{power} of {len(cars)} cars")
    axes.legend()
    picture, axes = plt.subplots()
    axes.imshow(np.histogram2d(cars[power], cars[mileage], bins=20)[0])
    plt.close("all")
    scatter = px.scatter(cars, x=power, y=mileage, color="Origin", hover_name="Name")
    bars = alt.Chart(data.cars.url).mark_bar().encode(x="mean(Horsepower):Q", y="Cylinders:O", color="Origin:N")
    dots = bokeh.plotting.figure(height=240, sizing_mode="stretch_width", title="Bokeh")
    dots.scatter(cars[power], cars[mileage])
    return {
        "figures/matplotlib": curve,
        "figures/matplotlib picture": picture,
        "figures/plotly": scatter,
        "figures/altair": bars,
        "figures/bokeh": dots,
    }


def charts(step: int, seed: int) -> dict[str, Any]:
    """Every preset: a classifier of iris that has seen more of the data at each step."""
    iris = load_iris()
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(iris.data))
    seen, held = order[: 30 + 3 * step], order[-60:]
    model = LogisticRegression(max_iter=500, C=0.05).fit(iris.data[seen], iris.target[seen])
    probas, truth = model.predict_proba(iris.data[held]), iris.target[held]
    names = [str(name) for name in iris.target_names]
    sizes = tracklog.Table(columns=["petal", "sepal"], data=iris.data[held][:, [2, 0]].tolist())
    heights = tracklog.Table(columns=["class", "certainty"], data=[[names[t], p.max()] for t, p in zip(truth, probas)])
    xs = list(range(len(held)))
    return {
        "charts/line": tracklog.plot.line(sizes_sorted(sizes), "petal", "sepal", title="sepal by petal, sorted"),
        "charts/scatter": tracklog.plot.scatter(sizes, "petal", "sepal"),
        "charts/bar": tracklog.plot.bar(heights, "class", "certainty", title="mean certainty"),
        "charts/histogram": tracklog.plot.histogram(heights, "certainty"),
        "charts/series": tracklog.plot.line_series(xs, [np.sort(p) for p in probas.T], keys=names, xname="rank"),
        "charts/pr": tracklog.plot.pr_curve(truth, probas, labels=names),
        "charts/roc": tracklog.plot.roc_curve(truth, probas, labels=names),
        "charts/confusion": tracklog.plot.confusion_matrix(probas, truth, class_names=names),
        "charts/heatmap": tracklog.plots.HeatMap(names, names, np.round(probas[:3].tolist(), 2), show_text=True),
        "charts/unknown": tracklog.plot_table("radar", heights, {"x": "class"}),
    }


def sizes_sorted(table: tracklog.Table) -> tracklog.Table:
    """Return the rows by their first column."""
    return tracklog.Table(columns=table.columns, data=sorted(table.data))


def tables(step: int, seed: int) -> dict[str, Any]:
    """Cars of vega_datasets, digits of scikit-learn with what a run takes them for, and a table that grows by its rows."""
    cars = data.cars().iloc[seed::2].head(120 + 8 * step)
    digits = load_digits()
    chosen = np.arange(24) + step + 100 * seed
    columns = ["image", "label", "taken for", "ink", "blank"]
    rows = [
        [
            tracklog.Image(digits.images[n] / 16, caption=f"digit {n}"),
            int(digits.target[n]),
            int(digits.target[n] if (n * 7 + step) % 5 else (digits.target[n] + 3) % 10),
            float(digits.images[n].mean() / 16),
            bool(digits.images[n][0].sum() == 0),
        ]
        for n in chosen
    ]
    growing = GROWING.setdefault(seed, tracklog.Table(columns=["step", "loss"], log_mode="INCREMENTAL"))
    for n in range(10):
        growing.add_data(step + n, 1 / (1 + step + n + seed))
    return {
        "tables/cars": cars,
        "tables/digits": tracklog.Table(columns=columns, data=rows),
        "tables/growing": growing,
    }


GROWING: dict[int, tracklog.Table] = {}
"""The growing table of each run."""

SECTIONS: tuple[Callable[[int, int], dict[str, Any]], ...] = (
    images,
    sounds,
    videos,
    documents,
    texts,
    figures,
    charts,
    tables,
)


def main(folder: str | None = None) -> None:
    """Log two runs of all sections."""
    for seed, name in enumerate(("first", "second")):
        with tracklog.init(project="everything", name=name, dir=folder, config={"seed": seed}) as run:
            for step in STEPS:
                for section in SECTIONS:
                    run.log(section(step, seed), step=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
