"""Every kind of value that can be logged, at several steps and in two runs: python examples/everything.py [LOGS].

Each function returns what one section of the site shows at a step. Pictures come with scikit-learn; the protein is
an entry of the PDB; sounds, videos and meshes are made from formulas, which their captions name.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import bokeh.plotting
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.express as px
import sklearn.datasets
from rdkit import Chem
from scipy import ndimage  # type: ignore[import-untyped]
from sklearn.calibration import calibration_curve
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_sample_image
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import silhouette_samples
from sklearn.model_selection import learning_curve
from sklearn.neural_network import MLPClassifier
from tmtools.testing import get_pdb_path  # type: ignore[import-untyped]
from vega_datasets import data

import tracklog

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

STEPS = (0, 10, 20)
mpl.use("Agg")


def images(step: int, seed: int) -> dict[str, Any]:
    """Photographs with masks by colour and boxes around what they find; the digits; a JPEG as it came from its file."""
    name = "china.jpg" if seed == 0 else "flower.jpg"
    photo = load_sample_image(name)[::2, ::2]
    truth = by_colour(photo, soft=0)
    guess = by_colour(photo, soft=24 - step)
    digits = load_digits()
    first = 30 * step
    file = Path(sklearn.datasets.__file__).parent / "images" / name
    return {
        "images/segments": tracklog.Image(
            photo,
            caption=name,
            masks={
                "prediction": {"mask_data": guess},
                "truth": {"mask_data": truth},
                "error": {"mask_data": (truth != guess).astype(int), "class_labels": {0: "right", 1: "wrong"}},
            },
            boxes={"parts": {"box_data": parts(guess)}},
            classes=tracklog.Classes([{"id": n, "name": name, "color": color} for n, (name, color) in CLASSES.items()]),
        ),
        "images/crops": [
            tracklog.Image(
                photo[top : top + 96, :144], caption=f"rows {top} to {top + 96}", masks=crop_masks(guess, top)
            )
            for top in (0, 58, 116)
        ],
        "images/digits": [
            tracklog.Image(1 - pixels / 16, caption=str(digit))
            for pixels, digit in zip(
                digits.images[first : first + 120], digits.target[first : first + 120], strict=True
            )
        ],
        "images/jpeg": tracklog.Image(file, caption="the file, byte for byte"),
    }


CLASSES = {0: ("other", "#808080"), 1: ("sky", "#4a90d9"), 2: ("leaves", "#2e8b57"), 3: ("warm", "#d9534f")}


def by_colour(photo: NDArray[Any], soft: int) -> NDArray[Any]:
    """Return a class for each pixel by its colour; `soft` moves the thresholds."""
    red, green, blue = np.moveaxis(photo.astype(int), 2, 0)
    found = np.zeros(photo.shape[:2], np.uint8)
    found[(blue > 150 + soft) & (blue >= red)] = 1
    found[(green > red + soft // 4) & (green > blue + soft)] = 2
    found[(red > 110 + soft) & (red > green + 25 + soft)] = 3
    return found


def crop_masks(ids: NDArray[Any], top: int) -> dict[str, Any]:
    """Return the masks of a crop."""
    labels = {n: name for n, (name, _) in CLASSES.items()}
    return {"prediction": {"mask_data": ids[top : top + 96, :144], "class_labels": labels}}


def parts(ids: NDArray[Any]) -> list[dict[str, Any]]:
    """Return boxes around the largest connected parts of classes, in both forms of positions, with two scores."""
    boxes: list[dict[str, Any]] = []
    for class_id in (1, 2, 3):
        labels, _ = ndimage.label(ndimage.binary_opening(ids == class_id, iterations=2))
        sizes = np.bincount(labels.ravel())[1:]
        for part in np.argsort(sizes)[::-1][:4]:
            rows, columns = ndimage.find_objects((labels == part + 1).astype(int))[0]
            fill = float(sizes[part] / ((rows.stop - rows.start) * (columns.stop - columns.start)))
            box: dict[str, Any] = {
                "class_id": class_id,
                "scores": {"fill": fill, "share": float(sizes[part] / ids.size)},
            }
            if part % 2:
                box |= {
                    "position": {
                        "middle": [(columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2],
                        "width": columns.stop - columns.start,
                        "height": rows.stop - rows.start,
                    },
                    "domain": "pixel",
                }
            else:
                height, width = ids.shape
                corners = (columns.start / width, columns.stop / width, rows.start / height, rows.stop / height)
                box["position"] = dict(zip(("minX", "maxX", "minY", "maxY"), corners, strict=True))
            boxes.append(box)
    return boxes


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


def all_cars() -> pd.DataFrame:
    """Return the cars of vega_datasets, whose own reader asks pandas for what it is about to drop."""
    cars = pd.DataFrame(json.loads(data.cars.raw()))
    return cars.assign(Year=pd.to_datetime(cars["Year"]))


def airports() -> pd.DataFrame:
    """Return the airports of vega_datasets."""
    return pd.read_csv(io.BytesIO(data.airports.raw()))


def figures(step: int, seed: int) -> dict[str, Any]:
    """Matplotlib (explorable, and a picture where it cannot be), Plotly, Altair, Bokeh: the cars of vega_datasets."""
    cars = all_cars().dropna().head(80 + 8 * step)
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
        "figures/map": px.scatter_geo(airports().iloc[seed::40], lat="latitude", lon="longitude", scope="usa"),
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
    heights = tracklog.Table(
        columns=["class", "certainty"], data=[[names[t], p.max()] for t, p in zip(truth, probas, strict=True)]
    )
    xs = list(range(len(held)))
    return {
        "charts/line": tracklog.plot.line(sizes_sorted(sizes), "petal", "sepal", title="sepal by petal, sorted"),
        "charts/scatter": tracklog.plot.scatter(sizes, "petal", "sepal"),
        "charts/bar": tracklog.plot.bar(heights, "class", "certainty", title="mean certainty"),
        "charts/histogram": tracklog.plot.histogram(heights, "certainty"),
        "charts/series": tracklog.plot.line_series(
            xs, [np.sort(p).tolist() for p in probas.T], keys=names, xname="rank"
        ),
        "charts/pr": tracklog.plot.pr_curve(truth, probas, labels=names),
        "charts/roc": tracklog.plot.roc_curve(truth, probas, labels=names),
        "charts/confusion": tracklog.plot.confusion_matrix(probas, truth, class_names=names),
        "charts/heatmap": tracklog.plots.HeatMap(names, names, np.round(probas[:3].tolist(), 2), show_text=True),
        "charts/unknown": tracklog.plot_table("radar", heights, {"x": "class"}),
    }


def displays(step: int, seed: int) -> dict[str, Any]:
    """The presets for scikit-learn's displays, by tables such as `tracklog.sklearn.plot_…` makes: a tree, a line, clusters."""
    cancer, diabetes, iris = load_breast_cancer(), load_diabetes(), load_iris().data
    order = np.random.default_rng(seed).permutation(len(cancer.data))
    seen, held = order[: 120 + 10 * step], order[-200:]
    tree = RandomForestClassifier(20, random_state=seed).fit(cancer.data[seen], cancer.target[seen])
    right = tree.predict(cancer.data[held]) == cancer.target[held]
    shares, means = calibration_curve(cancer.target[held], tree.predict_proba(cancer.data[held])[:, 1], n_bins=8)
    ideal = [["Perfectly calibrated", end, end] for end in (0, 1)]
    line = LinearRegression().fit(diabetes.data, diabetes.target)
    guess = line.predict(diabetes.data)
    rest = (diabetes.target - guess) / guess.std()
    sizes, *scores = learning_curve(tree, cancer.data[held], cancer.target[held], cv=3)[:3]
    clusters = KMeans(2 + seed + step // 10, n_init=2, random_state=0).fit(iris)
    values = silhouette_samples(iris, clusters.labels_)
    ranked = sorted(zip(clusters.labels_.tolist(), values.tolist(), strict=True))
    counts = range(1, 8)
    important = sorted(zip(tree.feature_importances_.tolist(), cancer.feature_names, strict=True), reverse=True)[:8]
    rows: dict[str, tuple[list[str], list[list[Any]]]] = {
        "calibration": (
            ["model", "fraction_of_positives", "mean_predicted_value"],
            ideal + [["forest", share, mean] for share, mean in zip(shares, means, strict=True)],
        ),
        "class_proportions": (
            ["class", "dataset", "count"],
            [
                [str(name), part, int((cancer.target[chosen] == n).sum())]
                for n, name in enumerate(cancer.target_names)
                for part, chosen in (("train", seen), ("test", held))
            ],
        ),
        "elbow": (
            ["cluster_ranges", "errors"],
            [[n, KMeans(n, n_init=1, random_state=seed).fit(iris).inertia_] for n in counts],
        ),
        "feature_importances": (["feature_names", "importances"], [[str(name), value] for value, name in important]),
        "learning_curve": (
            ["dataset", "score", "train_size", "low", "high"],
            [
                [part, fold.mean(), int(size), fold.mean() - fold.std(), fold.mean() + fold.std()]
                for part, folds in zip(("train", "test"), scores, strict=True)
                for size, fold in zip(sizes, folds, strict=True)
            ],
        ),
        "metrics": (
            ["metric_name", "metric_value", "model_name"],
            [["accuracy", right.mean(), "forest"], ["error", 1 - right.mean(), "forest"]],
        ),
        "outliers": (
            ["distance", "instance_indicies", "outlier_percentage", "influence_threshold"],
            [[one, n, 100 * (rest**2 > 4).mean(), 4] for n, one in enumerate((rest**2).tolist()[:120])],
        ),
        "residuals_plot": (
            ["dataset", "y_pred", "residuals"],
            [["test" if n % 5 == 0 else "train", guess[n], (rest * guess.std())[n]] for n in range(0, len(guess), 2)],
        ),
        "silhouette_": (
            ["y_sil", "x1", "x2", "color_sil", "silhouette_avg"],
            [[n + 10 * kind, 0, value, kind, values.mean()] for n, (kind, value) in enumerate(ranked)],
        ),
    }
    return {
        f"charts/{name.strip('_')}": tracklog.visualize(f"wandb/{name}/v1", tracklog.Table(columns=columns, data=cells))
        for name, (columns, cells) in rows.items()
    }


def sizes_sorted(table: tracklog.Table) -> tracklog.Table:
    """Return the rows by their first column."""
    return tracklog.Table(columns=table.columns, data=sorted(table.data))


def tables(step: int, seed: int) -> dict[str, Any]:
    """Cars of vega_datasets, digits of scikit-learn with what a run takes them for, and a table that grows by its rows."""
    cars = all_cars().iloc[seed::2].head(120 + 8 * step)
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

SMILES = {
    "caffeine": "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
    "aspirin": "CC(=O)OC1=CC=CC=C1C(=O)O",
    "glucose": "OCC1OC(O)C(O)C(O)C1O",
}


def molecules(step: int, seed: int) -> dict[str, Any]:
    """Small molecules that RDKit builds from their formulas, one more at each step, and a protein."""
    names = list(SMILES)[: 1 + step // 10]
    return {
        "molecules/known": [tracklog.Molecule.from_smiles(SMILES[name], caption=name) for name in names],
        "molecules/flat": tracklog.Molecule.from_rdkit(
            Chem.MolFromSmiles(SMILES[names[-1 - seed % len(names)]]),
            caption="without hydrogens or optimisation",
            convert_to_3d_and_optimize=False,
        ),
        "molecules/protein": tracklog.Molecule(
            io.StringIO(globin("AB"[seed])), file_type="pdb", caption=f"2GTL, chain {'AB'[seed]}"
        ),
    }


def globin(chain: str) -> str:
    """Return a chain of the earthworm's haemoglobin with its haem, of PDB's entry 2GTL, which tmtools brings along."""
    lines = Path(get_pdb_path("2gtl")).read_text().splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith(("ATOM", "HETATM")) and line[21] == chain)


def space(step: int, seed: int) -> dict[str, Any]:
    """A torus knot as a mesh, and a street of points with boxes: all from formulas."""
    rng = np.random.default_rng(seed)
    ground = np.column_stack([rng.uniform(-20, 20, (6000, 2)), rng.normal(0, 0.05, 6000)])
    cars = [(-6, 2 + step / 5, 0.8), (5, -3, 0.8), (12, 4 - step / 10, 0.8)]
    bodies = [center + rng.uniform(-1, 1, (400, 3)) * (2, 0.9, 0.7) for center in cars]
    points = np.concatenate([ground, *bodies])
    boxes = [
        tracklog.box3d(center=center, size=(4.2, 2, 1.6), orientation=(1, 0, 0, 0.1 * n), color=(80, 200, 255), label="car",
                       score=0.97 - n / 10)
        for n, center in enumerate(cars)
    ]  # fmt: skip
    arrows = [
        {"start": list(center), "end": [center[0] + 4, center[1], center[2]], "color": [321, 160, 40]}
        for center in cars
    ]
    categories = np.concatenate([np.ones(len(ground)), *[np.full(400, n + 2) for n in range(len(cars))]])
    shades = np.column_stack(
        [points, *(rng.uniform(60, 255, (2, len(points)))), np.full(len(points), 40.0 * (seed + 1))]
    )
    return {
        "space/scene": tracklog.Object3D({"type": "lidar/beta", "points": points, "boxes": boxes, "vectors": arrows}),
        "space/categories": tracklog.Object3D(np.column_stack([points, categories])),
        "space/colours": tracklog.Object3D(shades),
        "space/knot": tracklog.Object3D(
            io.StringIO(torus_knot(2 + seed, 3 + step // 10)), file_type="obj", caption="torus knot"
        ),
    }


def torus_knot(p: int, q: int, around: int = 12, along: int = 240) -> str:
    """Return a (p, q) torus knot as a Wavefront OBJ."""
    t = np.linspace(0, 2 * np.pi, along, endpoint=False)
    radius = 2 + np.cos(q * t)
    line = np.column_stack([radius * np.cos(p * t), radius * np.sin(p * t), np.sin(q * t)])
    ahead = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    side = np.cross(ahead, line)
    up = np.cross(ahead, side)
    side, up = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (side, up))
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rings = line[:, None] + 0.35 * (np.cos(turn)[:, None] * side[:, None] + np.sin(turn)[:, None] * up[:, None])
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in rings.reshape(-1, 3)]
    for n in range(along):
        for m in range(around):
            a, b = n * around + m + 1, n * around + (m + 1) % around + 1
            c, d = (n + 1) % along * around + m + 1, (n + 1) % along * around + (m + 1) % around + 1
            lines.append(f"f {a} {c} {d} {b}")
    return "\n".join(lines)


def histograms(network: MLPClassifier) -> dict[str, Any]:
    """What a network for the digits is made of after one more epoch: weights, activations, how sure it is."""
    pixels, digits = load_digits(return_X_y=True)
    network.partial_fit(pixels / 16, digits, classes=range(10))
    hidden = np.maximum(pixels / 16 @ network.coefs_[0] + network.intercepts_[0], 0)
    sure = network.predict_proba(pixels / 16).max(axis=1)
    return {
        "histograms/weights": network.coefs_[0],
        "histograms/activations": tracklog.Histogram(hidden[hidden > 0], num_bins=64),
        "histograms/outputs": tracklog.Histogram(hidden @ network.coefs_[1] + network.intercepts_[1], num_bins=512),
        "histograms/certainty": tracklog.Histogram(np_histogram=np.histogram(sure, [0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1])),
    }


SECTIONS: tuple[Callable[[int, int], dict[str, Any]], ...] = (
    images,
    sounds,
    videos,
    documents,
    texts,
    figures,
    charts,
    displays,
    tables,
    molecules,
    space,
)


def main(folder: str | None = None) -> None:
    """Log two runs of all sections."""
    for seed, name in enumerate(("first", "second")):
        with tracklog.init(project="everything", name=name, dir=folder, config={"seed": seed}) as run:
            network = MLPClassifier((32 + 32 * seed,), random_state=seed)
            for step in range(STEPS[-1] + 1):
                run.log(histograms(network), step=step)
                for section in SECTIONS if step in STEPS else ():
                    run.log(section(step, seed), step=step)
            run.summary["histograms/first layer"] = network.coefs_[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
