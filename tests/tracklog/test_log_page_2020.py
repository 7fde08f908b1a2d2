"""What the log page of 2020 promises: each of its snippets runs, and leaves what it should."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import torch
from PIL import Image as PILImage
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import tracklog as wandb
from site_builder import Options, build
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

mpl.use("Agg")
IRIS = load_iris()
PREDICTIONS = LogisticRegression(max_iter=500).fit(IRIS.data, IRIS.target).predict_proba(IRIS.data)


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wandb.Run]:
    monkeypatch.chdir(tmp_path)
    with wandb.init(project="log", dir=tmp_path / "logs") as started:
        assert isinstance(started, wandb.Run)
        yield started
    plt.close("all")


def rows() -> list[dict[str, Any]]:
    """Finish, build the site, which must show all of it, and return the rows."""
    wandb.finish()
    report = build(Options((Path("logs"),), Path("site"), jobs=1))
    assert report.damage == []
    (history,) = Path("logs").glob("log/*/history-*.jsonl")
    return [json.loads(line) for line in history.read_text().splitlines()]


def logged(key: str) -> Any:
    return rows()[-1][key]


def stored(record: dict[str, Any]) -> Path:
    (folder,) = Path("logs/log").iterdir()
    return folder / layout.FILES / str(record["path"])


def test_several_metrics_and_an_x_of_ones_own(run: wandb.Run) -> None:
    wandb.log({"accuracy": 0.9, "epoch": 5})
    wandb.log({"acc": 0.9, "custom_step": 3})
    run.summary["accuracy"] = 0.95
    assert run.summary["accuracy"] == 0.95
    first, second = rows()
    assert (first["accuracy"], first["epoch"], second["custom_step"], second["_step"]) == (0.9, 5, 3, 1)


def test_histograms(run: wandb.Run) -> None:
    data = np.random.default_rng(0).normal(size=1000)
    wandb.log({"gradients": wandb.Histogram(data)})
    run.summary.update({"gradients": wandb.Histogram(np_histogram=np.histogram(data))})
    wandb.log({"wide": wandb.Histogram(data, num_bins=512)})
    with pytest.raises(ValueError, match="512"):
        wandb.Histogram(data, num_bins=513)
    one, two = rows()
    assert one["gradients"]["_type"] == "histogram"
    assert len(one["gradients"].get("values", one["gradients"].get("counts"))) == 64
    assert len(two["wide"].get("values", two["wide"].get("counts"))) == 512


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_images_by_their_last_dimension(channels: int, mode: str) -> None:
    pixels = np.random.default_rng(0).random((8, 9, channels))
    wandb.log({"examples": [wandb.Image(pixels, caption="Label")]})
    (item,) = logged("examples")["items"]
    assert (item["caption"], item["width"], item["height"]) == ("Label", 9, 8)
    with PILImage.open(stored(item)) as picture:
        assert picture.mode == mode


def test_masks() -> None:
    mask = np.array([[1, 2, 2, 1], [3, 3, 2, 1], [1, 1, 1, 1]])
    labels = {1: "tree", 2: "car", 3: "road"}
    image = wandb.Image(
        np.zeros((3, 4, 3), np.uint8),
        masks={"predictions": {"mask_data": mask, "class_labels": labels}, "ground_truth": {"mask_data": mask}},
    )
    wandb.log({"mask": image})
    record = logged("mask")
    assert set(record["masks"]) == {"predictions", "ground_truth"}
    with PILImage.open(stored(record["masks"]["predictions"])) as kept:
        assert np.asarray(kept).tolist() == mask.tolist()


def test_boxes() -> None:
    image = wandb.Image(
        np.zeros((30, 40, 3), np.uint8),
        boxes={
            "predictions": {
                "box_data": [
                    {
                        "position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4},
                        "class_id": 2,
                        "box_caption": "minMax(pixel)",
                        "scores": {"acc": 0.1, "loss": 1.2},
                    },
                    {"position": {"middle": [20, 10], "width": 8, "height": 4}, "domain": "pixel", "class_id": 1},
                ],
                "class_labels": {1: "car", 2: "road", 3: "building"},
            },
            "ground_truth": {"box_data": [{"position": {"middle": [0.5, 0.5], "width": 0.1, "height": 0.1}}]},
        },
    )
    wandb.log({"driving_scene": image})
    assert set(logged("driving_scene")["boxes"]) == {"predictions", "ground_truth"}


def test_sounds() -> None:
    wandb.log({"examples": [wandb.Audio(np.random.default_rng(0).random(320), caption="Nice", sample_rate=32)]})
    (item,) = logged("examples")["items"]
    assert (item["sample_rate"], item["duration"], item["caption"]) == (32, 10, "Nice")


@pytest.mark.parametrize("form", ["gif", "mp4", "webm"])
def test_videos(form: str) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (10, 3, 16, 20), dtype=np.uint8)
    wandb.log({"video": wandb.Video(frames, fps=4, format=form)})
    record = logged("video")
    assert (record["width"], record["height"], record["fps"], record["format"]) == (20, 16, 4, form)
    again = wandb.Video(io.BytesIO(stored(record).read_bytes()), format=form)
    assert again.file.extension == wandb.Video(str(stored(record))).file.extension == form


def test_tables_of_text() -> None:
    data = [["I love my phone", "1", "1"], ["My phone sucks", "0", "-1"]]
    columns = ["Text", "Predicted Label", "True Label"]
    table = wandb.Table(columns=columns)
    for row in data:
        table.add_data(*row)
    wandb.log({"one": wandb.Table(data=data, columns=columns), "two": table})
    wandb.log({"frame": wandb.Table(dataframe=pd.DataFrame(data, columns=columns))})
    assert wandb.Table().columns == ["Input", "Output", "Expected"]
    first, second = rows()
    for record in (first["one"], first["two"], second["frame"]):
        content = json.loads(stored(record).read_text())
        assert (content["columns"], content["data"]) == (columns, data)


def test_html() -> None:
    Path("some.html").write_text("<p>some</p>")
    with Path("some.html").open() as one, Path("some.html").open() as two:
        wandb.log({"file": wandb.Html(one), "string": wandb.Html('<a href="https://mysite">Link</a>')})
        wandb.log({"plain": wandb.Html(two, inject=False)})
    first, second = rows()
    assert "<style>" in stored(first["file"]).read_text()
    assert "https://mysite" in stored(first["string"]).read_text()
    assert stored(second["plain"]).read_text() == "<p>some</p>"


def test_molecules() -> None:
    Path("6lu7.pdb").write_text("ATOM      1  N   SER A   1      -32.2    9.3   -34.4  1.00 42.85           N\n")
    with Path("6lu7.pdb").open() as opened:
        wandb.log({"protein": wandb.Molecule(opened)})
    assert stored(logged("protein")).read_bytes() == Path("6lu7.pdb").read_bytes()


CHARTS: dict[str, tuple[Any, str]] = {
    "line": (lambda: wandb.plot.line(xy("x", "y"), "x", "y", title="Custom Y vs X Line Plot"), "wandb/line/v0"),
    "scatter": (lambda: wandb.plot.scatter(xy("class_x", "class_y"), "class_x", "class_y"), "wandb/scatter/v0"),
    "bar": (lambda: wandb.plot.bar(xy("label", "value"), "label", "value", title="Custom Bar Chart"), "wandb/bar/v0"),
    "histogram": (
        lambda: wandb.plot.histogram(wandb.Table(data=[[0.1], [0.4]], columns=["scores"]), "scores", title=None),
        "wandb/histogram/v0",
    ),
    "pr": (
        lambda: wandb.plot.pr_curve(IRIS.target, PREDICTIONS, labels=None, classes_to_plot=None),
        "wandb/area-under-curve/v0",
    ),
    "roc": (
        lambda: wandb.plot.roc_curve(IRIS.target, PREDICTIONS, labels=None, classes_to_plot=None),
        "wandb/area-under-curve/v0",
    ),
    "conf_mat": (
        lambda: wandb.plot.confusion_matrix(PREDICTIONS.argmax(axis=1), IRIS.target, list(IRIS.target_names)),
        "wandb/confusion_matrix/v1",
    ),
    "own": (
        lambda: wandb.plot_table(
            vega_spec_name="carey/new_chart", data_table=xy("step", "height"), fields={"x": "step", "value": "height"}
        ),
        "carey/new_chart",
    ),
}


def xy(x: str, y: str) -> wandb.Table:
    return wandb.Table(data=[[a, a * a] for a in range(5)], columns=[x, y])


@pytest.mark.parametrize("name", CHARTS)
def test_custom_charts(name: str) -> None:
    make, preset = CHARTS[name]
    wandb.log({name: make()})
    (row,) = rows()
    assert (row[name]["_type"], row[name]["spec_name"]) == ("custom-chart", preset)
    assert row[f"{name}_table"]["_type"] == "table-file"


def test_matplotlib_and_plotly() -> None:
    plt.plot([1, 2, 3, 4])
    plt.ylabel("some interesting numbers")
    wandb.log({"chart": plt, "picture": wandb.Image(plt), "figure": go.Figure(go.Bar(y=[1, 2]))})
    (row,) = rows()
    assert [row[key]["_type"] for key in ("chart", "picture", "figure")] == ["plotly-file", "image-file", "plotly-file"]
    assert "some interesting numbers" in stored(row["chart"]).read_text()


def test_meshes_from_open_files() -> None:
    for name in ("sample.obj", "sample.gltf", "sample.glb"):
        Path(name).write_text('{"asset": {"version": "2.0"}}')
    with Path("sample.obj").open() as obj, Path("sample.gltf").open() as gltf, Path("sample.glb").open() as glb:
        wandb.log({"generated_samples": [wandb.Object3D(obj), wandb.Object3D(gltf), wandb.Object3D(glb)]})
    items = logged("generated_samples")["items"]
    assert [item["path"].rpartition(".")[2] for item in items] == ["obj", "gltf", "glb"]


@pytest.mark.parametrize("colours", [[], [5], [255, 0, 9]])
def test_clouds(colours: list[int]) -> None:
    wandb.log({"point_cloud": wandb.Object3D(np.array([[0, 0, 0, *colours], [1, 2, 3, *colours]]))})
    assert np.load(stored(logged("point_cloud"))).shape == (2, 3 + len(colours))


def test_a_lidar_scene() -> None:
    corners = [[0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
    boxes = np.array(
        [
            {"corners": corners, "label": "Box", "color": [123, 321, 111]},
            {"corners": (np.array(corners) * 2).tolist(), "label": "Box-2", "color": [111, 321, 0]},
        ]
    )
    scene = {
        "type": "lidar/beta",
        "points": np.array([[0.4, 1, 1.3], [1, 1, 1], [1.2, 1, 1.2]]),
        "boxes": boxes,
        "vectors": [{"start": [0, 0, 0], "end": [0.1, 0.2, 0.5]}],
    }
    wandb.log({"point_scene": wandb.Object3D(scene)})
    kept = json.loads(stored(logged("point_scene")).read_text())
    assert [box["color"] for box in kept["boxes"]] == [[123, 255, 111], [111, 255, 0]]
    assert kept["vectors"][0]["end"] == [0.1, 0.2, 0.5]


def test_steps_and_pieces() -> None:
    wandb.log({"loss": 0.2}, step=0)
    wandb.log({"acc": 0.5}, step=0)
    wandb.log({"loss": 0.1}, step=1)
    wandb.log({"loss": 0.2}, commit=False)
    wandb.log({"accuracy": 0.8})
    merged: dict[int, dict[str, Any]] = {}
    for row in rows():
        merged.setdefault(row["_step"], {}).update(row)
    assert merged[0]["loss"] == 0.2
    assert merged[0]["acc"] == 0.5
    assert (merged[1]["loss"], merged[1]["accuracy"]) == (0.2, 0.8)


def test_an_argparse_namespace_is_a_config(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    args = parser.parse_args([])
    wandb.finish()
    with wandb.init(config=args, project="args", dir=tmp_path / "args") as started:
        best = 0.0
        for epoch in range(1, args.epochs + 1):
            accuracy = epoch / 10
            if accuracy > best:
                started.summary["best_accuracy"] = best = accuracy
        assert started.config.epochs == 3
        assert started.summary["best_accuracy"] == 0.3
        wandb.log({"loss": torch.tensor(0.25), "val_loss": np.float32(0.5)})
    assert started.config["epochs"] == 3


def test_the_row_of_the_history(run: wandb.Run) -> None:
    run.history.row["loss"] = 0.5
    run.history.row["deep"] = {"a": 1}
    run.history.add({"acc": 0.1})
    run.history.row["loss"] = 0.4
    wandb.log({"acc": 0.2})
    run.history.update({"loss": 0.3})
    run.log({"acc": 0.3}, step=7)
    assert run.history.row == {}
    assert run.history._step == 7
    kept = [{key: row[key] for key in ("_step", "loss", "acc")} for row in rows()]
    assert kept == [
        {"_step": 0, "loss": 0.5, "acc": 0.1},
        {"_step": 1, "loss": 0.4, "acc": 0.2},
        {"_step": 7, "loss": 0.3, "acc": 0.3},
    ]


def test_jpeg_stays_jpeg_and_png_is_the_default() -> None:
    picture = PILImage.fromarray(np.random.default_rng(0).integers(0, 255, (9, 9, 4), dtype=np.uint8))
    picture.convert("RGB").save("myimage.jpg")
    wandb.log({"jpeg": wandb.Image("myimage.jpg"), "png": wandb.Image(picture), "several": [wandb.Image(picture)] * 3})
    (row,) = rows()
    assert stored(row["jpeg"]).read_bytes() == Path("myimage.jpg").read_bytes()
    assert (row["jpeg"]["format"], row["png"]["format"], row["several"]["count"]) == ("jpg", "png", 3)


def test_types_under_one_key_and_cases_stay_apart() -> None:
    for value in (1, True, "text", [1, 2, 3], wandb.Histogram([1, 2]), wandb.Image(np.zeros((2, 2)))):
        wandb.log({"mixed": value, "Metric": 1, "metric": 2})
    wandb.finish()
    build(Options((Path("logs"),), Path("site"), jobs=1))
    manifest = json.loads(Path("site/.tracklog/manifest.json").read_text())
    (one,) = manifest["runs"].values()
    kinds = {info["kind"] for info in one["keys"] if info["key"] == "mixed"}
    assert kinds == {"number", "bool", "string", "other", "histogram", "image"}
    assert {info["key"] for info in one["keys"]} >= {"Metric", "metric"}
