"""Event files that torch, tensorboardX and TensorBoard itself write, value by value."""

from __future__ import annotations

import io
import math
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import tensorboardX
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from torch.utils.tensorboard import SummaryWriter

from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, summary, take

ROOT = Path("tracklogs")
RUN = ROOT / "p" / "logs"


def single(value: float) -> float:
    """Return a number as float32 keeps it, by its shortest text."""
    return float(str(np.float32(value)))


def written(folder: str = "logs", **options: Any) -> SummaryWriter:
    return SummaryWriter(folder, **options)


def taken(folder: str = "logs") -> Path:
    outcome = take(Path(folder), ROOT)
    assert outcome.damage == []
    return RUN


def events(folder: str = "logs") -> list[Any]:
    return [event for file in sorted(Path(folder).glob("*tfevents*")) for event in EventFileLoader(str(file)).Load()]


VALUES = [0.1, -0.0, 1 / 3, 16777217.0, 1e39, 1e-42, math.inf, -math.inf, 1.7e9 + 33]


def test_numbers_of_every_encoding_are_what_was_given() -> None:
    writer = written()
    for step, value in enumerate(VALUES):
        writer.add_scalar("plain", value, step, walltime=1.7e9 + step)
        writer.add_scalar("new", value, step, walltime=1.7e9 + step, new_style=True)
        writer.add_scalar("double", value, step, walltime=1.7e9 + step, new_style=True, double_precision=True)
    writer.add_scalar("plain", math.nan, 20, walltime=1.7e9 + 20)
    writer.close()
    folder = taken()
    with np.errstate(over="ignore"):
        expected = [(step, single(value)) for step, value in enumerate(VALUES)]
    *finite, (last, nan) = series(folder, "plain")
    assert finite == expected
    assert last == 20
    assert math.isnan(nan)
    assert series(folder, "new") == expected
    assert series(folder, "double") == list(enumerate(VALUES))
    assert [line["_timestamp"] for line in lines(folder)] == [*(1.7e9 + n for n in range(len(VALUES))), 1.7e9 + 20]
    assert '"plain":0.1,"new":0.1,' in (folder / "history-imported.jsonl").read_text().replace("_new", "new")
    assert any("float32" in note for note in about(folder)["imported"]["notes"])


def test_many_numbers_are_those_that_tensorboard_itself_reads() -> None:
    writer = written()
    random = np.random.default_rng(0)
    for step in range(700):
        writer.add_scalar("a", random.normal() * 10.0 ** random.integers(-30, 30), step * 3)
        if step % 3 == 0:
            writer.add_scalar("a longer tag/with a part é", random.normal(), step * 3)
        if step % 100 == 0:
            writer.add_text("note", "x" * step, step * 3)
    writer.close()
    folder = taken()
    for tag in ("a", "a longer tag/with a part é"):
        expected = [
            (event.step, single(value.simple_value if value.HasField("simple_value") else value.tensor.float_val[0]))
            for event in events()
            for value in event.summary.value
            if value.tag == tag
        ]
        assert series(folder, tag) == expected
    assert [len(text) for _, text in series(folder, "note")] == list(range(0, 700, 100))


@pytest.mark.parametrize("library", [SummaryWriter, tensorboardX.SummaryWriter])
def test_add_scalars_and_their_folders_are_one_run(library: Any) -> None:
    writer = library("logs")
    for step in range(5):
        writer.add_scalar("loss", step, step)
        writer.add_scalars("pair/x", {"a": step, "b/c": step * 2}, step)
    writer.close()
    outcome = take(Path("logs"), ROOT)
    assert [one.id for one in outcome.changed] == ["logs"]
    assert series(RUN, "loss") == series(RUN, "pair/x/a") == [(n, float(n)) for n in range(5)]
    assert series(RUN, "pair/x/b/c") == [(n, 2.0 * n) for n in range(5)]
    assert len(rows(RUN)) == 5


def test_hyperparameters_are_the_config_of_the_run() -> None:
    writer = written()
    for step in range(3):
        writer.add_scalar("loss", step, step)
    writer.add_hparams({"lr": 0.1, "layers": 3, "name": "adam"}, {"hparam/best": 0.5, "loss": 7.0})
    writer.close()
    folder = taken()
    assert config(folder) == {"lr": 0.1, "layers": 3, "name": "adam"}
    assert series(folder, "loss") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert summary(folder)["loss"] == 7.0
    assert summary(folder)["hparam/best"] == 0.5


def test_several_trials_are_several_runs() -> None:
    writer = written()
    for n in range(2):
        writer.add_hparams({"lr": 0.1 * n}, {"score": n}, run_name=f"trial{n}")
    writer.close()
    outcome = take(Path("logs"), ROOT)
    assert sorted(one.id for one in outcome.changed) == ["logs", "trial0", "trial1"]
    assert config(ROOT / "p" / "trial1") == {"lr": 0.1}
    assert series(ROOT / "p" / "trial1", "score") == [(0, 1.0)]


def test_histograms_keep_their_buckets() -> None:
    values = np.random.default_rng(1).normal(size=5000)
    writer = written()
    writer.add_histogram("h", values, 1)
    writer.add_histogram("bins", values, 2, bins="auto")
    writer.add_histogram("odd", np.array([1.0, math.nan]), 3)
    writer.close()
    folder = taken()
    for key in ("h", "bins"):
        ((_, found),) = series(folder, key)
        edges = found.get("bins") or [found["min"] + n * found["width"] for n in range(len(found["counts"]) + 1)]
        assert sum(found["counts"]) == 5000
        assert (
            np.histogram(values, np.array(edges) * [1 - 1e-12 * (n == 0) for n in range(len(edges))])[0].sum() >= 4999
        )
        assert edges[0] == pytest.approx(values.min())
        assert edges[-1] == pytest.approx(values.max())
    ((_, odd),) = series(folder, "odd")
    assert (sum(odd["counts"]), odd["dropped"]) == (1, 1)


def test_media_are_kept_byte_for_byte() -> None:
    pixels = np.random.default_rng(2).integers(0, 255, (3, 6, 5), np.uint8)
    writer = written()
    writer.add_image("img", pixels, 0)
    writer.add_audio("snd", torch.sin(torch.linspace(0, 100, 800))[None], 0, sample_rate=8000)
    writer.add_text("words", "**bold**", 0)
    writer.close()
    folder = taken()
    ((_, image),) = series(folder, "img")
    data = (folder / "files" / image["path"]).read_bytes()
    stored = {value.tag: value for event in events() for value in event.summary.value}
    original = stored["img"].image.encoded_image_string or stored["img"].tensor.string_val[2]
    assert data == original
    assert np.array(Image.open(io.BytesIO(data))).transpose(2, 0, 1).tolist() == pixels.tolist()
    assert (image["_type"], image["width"], image["height"]) == ("image-file", 5, 6)
    ((_, sound),) = series(folder, "snd")
    assert (sound["_type"], sound["sample_rate"], sound["duration"]) == ("audio-file", 8000, 0.1)
    assert (folder / "files" / sound["path"]).read_bytes().startswith(b"RIFF")
    assert series(folder, "words") == [(0, "**bold**")]


@pytest.mark.parametrize("library", [SummaryWriter, tensorboardX.SummaryWriter])
def test_curves_and_meshes(library: Any) -> None:
    random = np.random.default_rng(3)
    labels, scores = random.integers(0, 2, 200), random.random(200)
    points, colors = random.random((1, 30, 3), np.float32), random.integers(0, 255, (1, 30, 3), np.uint8)
    faces = random.integers(0, 30, (1, 10, 3))
    writer = library("logs")
    writer.add_pr_curve("pr", labels, scores, 1, num_thresholds=11)
    tensor = torch.from_numpy if library is SummaryWriter else np.asarray
    writer.add_mesh("cloud", tensor(points), tensor(colors), global_step=1)
    writer.add_mesh("mesh", tensor(points), tensor(colors), tensor(faces), global_step=1)
    writer.close()
    folder = taken()
    ((_, curve),) = series(folder, "pr")
    table = orjson.loads((folder / "files" / curve["table"]["path"]).read_bytes())
    assert table["columns"] == ["threshold", "TP", "FP", "TN", "FN", "precision", "recall"]
    assert [row[0] for row in table["data"]] == [n / 10 for n in range(11)]
    assert table["data"][0][1:5] == [labels.sum(), 200 - labels.sum(), 0, 0]
    ((_, cloud),) = series(folder, "cloud")
    assert np.load(folder / "files" / cloud["path"]) == pytest.approx(np.concatenate([points[0], colors[0]], axis=1))
    ((_, mesh),) = series(folder, "mesh")
    text = (folder / "files" / mesh["path"]).read_text().splitlines()
    assert len([line for line in text if line.startswith("v ")]) == 30
    assert [[int(n) - 1 for n in line.split()[1:]] for line in text if line.startswith("f ")] == faces[0].tolist()


def test_tensors_of_tensorflow() -> None:
    writer = EventFileWriter("logs")
    picture = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(picture, "PNG")
    images = Summary.Value(tag="i")
    images.metadata.plugin_data.plugin_name = "images"
    images.tensor.dtype = 7
    images.tensor.string_val.extend([b"3", b"2", picture.getvalue()])
    images.tensor.tensor_shape.dim.add().size = 3
    values = [
        scalar_pb("s", 0.1),
        histogram_pb("h", [1.0, 2.0, 2.0, 4.0], buckets=3),
        text_pb("t", "hi"),
        Summary(value=[images]),
    ]
    for summary_ in values:
        writer.add_event(Event(step=7, wall_time=1.7e9, summary=summary_))
    # Metadata stand at the first value of a tag alone.
    later = scalar_pb("s", 0.2)
    later.value[0].ClearField("metadata")
    writer.add_event(Event(step=8, wall_time=1.7e9 + 1, summary=later))
    writer.close()
    folder = taken()
    assert series(folder, "s") == [(7, 0.1), (8, 0.2)]
    assert series(folder, "t") == [(7, "hi")]
    ((_, found),) = series(folder, "h")
    assert found == {"_type": "histogram", "counts": [1, 2, 1], "min": 1.0, "width": 1.0}
    ((_, image),) = series(folder, "i")
    assert (folder / "files" / image["path"]).read_bytes() == picture.getvalue()


def test_a_restart_takes_back_what_lies_behind_it() -> None:
    first = written(filename_suffix=".a")
    for step in range(10):
        first.add_scalar("loss", step, step)
    first.close()
    second = written(purge_step=6, filename_suffix=".b")
    for step in range(6, 9):
        second.add_scalar("loss", step + 100, step)
    second.close()
    folder = taken()
    assert series(folder, "loss") == [(n, float(n)) for n in range(6)] + [(n, n + 100.0) for n in range(6, 9)]
    assert any("4 values were taken back" in note for note in about(folder)["imported"]["notes"])


def test_a_restart_after_an_import_takes_back_what_was_imported() -> None:
    test_growing = written(filename_suffix=".a")
    for step in range(10):
        test_growing.add_scalar("loss", step, step)
    test_growing.close()
    taken()
    second = written(purge_step=6, filename_suffix=".b")
    second.add_scalar("loss", 100, 6)
    second.close()
    outcome = take(Path("logs"), ROOT)
    assert [one.is_afresh for one in outcome.changed] == [True]
    assert series(RUN, "loss") == [*((n, float(n)) for n in range(6)), (6, 100.0)]


def test_steps_that_repeat_are_counted_and_kept_beside() -> None:
    writer = written()
    for value in (1.0, 2.0, 3.0):
        writer.add_scalar("loss", value)
    writer.close()
    folder = taken()
    assert [(row["_step"], row["step"], row["loss"]) for row in rows(folder)] == [(0, 0, 1.0), (1, 0, 2.0), (2, 0, 3.0)]
    assert [event["step_metric"] for event in lines(folder, "events") if event["event"] == "metric"] == ["step"]
    assert any("more than once at step 0" in note for note in about(folder)["imported"]["notes"])


def test_falling_steps_stay_in_their_order() -> None:
    writer = written()
    for step in (5, 6, 2, 3, -4):
        writer.add_scalar("loss", step, step)
    writer.close()
    folder = taken()
    assert series(folder, "loss") == [(n, float(n)) for n in (5, 6, 2, 3, -4)]
    assert any("fall" in note for note in about(folder)["imported"]["notes"])


def test_a_run_that_goes_on_is_followed() -> None:
    writer = written()
    writer.add_scalars("pair", {"a": 0.0}, 0)
    for step in range(3):
        writer.add_scalar("loss", step, step)
    writer.flush()
    folder = taken()
    before = (folder / "history-imported.jsonl").read_bytes()
    unchanged = everything(ROOT)
    assert take(Path("logs"), ROOT).changed == []
    assert everything(ROOT) == unchanged
    for step in range(3, 6):
        writer.add_scalar("loss", step, step)
        writer.add_scalars("pair", {"a": step, "b": -step}, step)
    writer.close()
    outcome = take(Path("logs"), ROOT)
    assert [(one.rows, one.is_new, one.is_afresh) for one in outcome.changed] == [(3, False, False)]
    assert (folder / "history-imported.jsonl").read_bytes().startswith(before)
    assert series(folder, "loss") == [(n, float(n)) for n in range(6)]
    assert series(folder, "pair/b") == [(n, float(-n)) for n in range(3, 6)]
    shutil.rmtree("again", ignore_errors=True)
    take(Path("logs"), Path("again"))
    assert (Path("again/p/logs/history-imported.jsonl")).read_bytes() == (
        folder / "history-imported.jsonl"
    ).read_bytes()


def test_steps_that_begin_to_repeat_are_counted_from_the_start() -> None:
    writer = written()
    for step in range(3):
        writer.add_scalar("loss", step, step)
    writer.flush()
    taken()
    writer.add_scalar("loss", 9.0, 1)
    writer.close()
    outcome = take(Path("logs"), ROOT)
    assert [one.is_afresh for one in outcome.changed] == [True]
    assert [(row["step"], row["loss"]) for row in rows(RUN)] == [(0, 0.0), (1, 1.0), (2, 2.0), (1, 9.0)]
    assert take(Path("logs"), ROOT).changed == []


KILLED = """
import os, sys
from {module} import SummaryWriter
writer = SummaryWriter("logs")
for step in range(50):
    writer.add_scalar("loss", step * 0.1, step)
if sys.argv[1] == "flushed":
    writer.flush()
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("module", ["torch.utils.tensorboard", "tensorboardX"])
@pytest.mark.parametrize("how", ["flushed", "at once"])
def test_a_killed_run_is_a_crashed_one(module: str, how: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED.format(module=module), how], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    folder = taken()
    found = series(folder, "loss")
    assert found == [(n, single(n * 0.1)) for n in range(50)][: len(found)]
    # tensorboardX hands its flush to a thread, which dies with the process.
    assert how != "flushed" or module == "tensorboardX" or len(found) == 50
    assert state(folder, time.time() + 1801) == "crashed"
    assert not found or state(folder, time.time()) == "running"


def test_what_is_damaged_is_named_and_the_rest_taken() -> None:
    writer = written()
    for step in range(20):
        writer.add_scalar("loss", step, step)
    writer.close()
    (file,) = Path("logs").iterdir()
    data = bytearray(file.read_bytes())
    data[-10] ^= 1
    file.write_bytes(data + b"torn")
    outcome = take(Path("logs"), ROOT)
    assert len(outcome.damage) == 1
    assert "checksum" in outcome.damage[0]
    assert series(RUN, "loss") == [(n, float(n)) for n in range(19)]


def test_a_picture_that_is_none_costs_itself() -> None:
    writer = EventFileWriter("logs")
    broken = Summary(value=[Summary.Value(tag="i", image=Summary.Image(encoded_image_string=b"no picture"))])
    writer.add_event(Event(step=1, wall_time=1.7e9, summary=broken))
    writer.add_event(Event(step=2, wall_time=1.7e9, summary=scalar_pb("s", 0.5)))
    writer.close()
    outcome = take(Path("logs"), ROOT)
    assert len(outcome.damage) == 1
    assert series(RUN, "s") == [(2, 0.5)]


def test_what_has_no_place_is_said() -> None:
    writer = written()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates what its own writer calls
        writer.add_graph(torch.nn.Linear(2, 2), torch.zeros(1, 2))
    writer.add_custom_scalars_multilinechart(["a", "b"])
    writer.close()
    notes = take(Path("logs"), ROOT).notes
    assert any("graphs" in note for note in notes)
    assert any("custom scalars" in note for note in notes)


def test_embeddings_are_said_to_be_left_out() -> None:
    writer = SummaryWriter("runs/a")
    writer.add_scalar("loss", 0.5, 1)
    writer.add_embedding(torch.rand(4, 3), metadata=["a", "b", "c", "d"], global_step=1)
    writer.close()
    outcome = take(Path("runs"), ROOT)
    assert any(note.startswith("embeddings have no place in a run") for note in outcome.notes), outcome.notes
    assert take(Path("runs"), ROOT).changed == []
