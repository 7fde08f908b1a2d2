"""What TensorBoard's writers are given reaches the run."""

from __future__ import annotations

import pytest

from tests.tracklog.integrations.folders import left, logged

FOLLOW = """
from tracklog.integrations import tensorboard
tensorboard.patch_for(run)
"""
WRITERS = ["torch.utils.tensorboard", "tensorboardX"]


@pytest.mark.parametrize("module", WRITERS)
def test_scalars_of_a_step_are_a_row(module: str) -> None:
    folder = logged(f"""
from tracklog.integrations import tensorboard
from {module} import SummaryWriter
writer = SummaryWriter("runs/a")  # older than the following
tensorboard.patch_for(run)
for step in range(0, 30, 10):
    writer.add_scalar("train/loss", 1 / (step + 1), step)
    run.log({{"own": step}}, commit=False)
    writer.add_scalar("lr", 0.5, step, walltime=1_600_000_000 + step)
writer.close()
run.finish()
""")
    assert [set(row) for row in folder.rows] == [{"_step", "train/loss", "own", "lr", "global_step"}] * 3
    assert [row["_step"] for row in folder.rows] == [0, 1, 2]
    assert folder.values("global_step") == [0, 10, 20]
    assert folder.values("train/loss") == pytest.approx([1, 1 / 11, 1 / 21])
    assert [row["_timestamp"] for row in folder.whole] == [1_600_000_000, 1_600_000_010, 1_600_000_020]
    (events,) = [name for name in folder.files if "tfevents" in name]
    assert events.startswith("runs/a/")


@pytest.mark.parametrize("module", WRITERS)
def test_every_kind(module: str) -> None:
    folder = logged(
        FOLLOW
        + f"""
import json, warnings
warnings.simplefilter("ignore")
import numpy as np
from matplotlib import pyplot as plt
from {module} import SummaryWriter
writer = SummaryWriter("runs")
rng = np.random.default_rng(0)
writer.add_image("image", rng.random((3, 8, 12)), 1)
writer.add_images("images", rng.random((4, 3, 8, 8)), 1)
writer.add_figure("figure", plt.figure(figsize=(1, 1)), 1)
values = rng.normal(size=10_000) * 100
writer.add_histogram("histogram", values, 1)
json.dump([values.min(), values.max()], open("ends.json", "w"))
writer.add_text("note", "*hello*", 1)
writer.add_audio("sound", rng.random({(1, 800) if module == WRITERS[0] else (800, 1)}) * 2 - 1, 1, sample_rate=8000)
writer.add_scalars("loss", {{"train": 1.0, "val": 2.0}}, 1)
writer.add_hparams({{"lr": 0.5, "name": "x", "flag": True}}, {{"accuracy": 0.75}})
writer.add_pr_curve("pr", np.array([0, 1, 1]), np.array([0.2, 0.7, 0.4]), 1)
writer.close()
run.finish()
""",
        quiet=False,
    )
    assert folder.config == {"lr": 0.5, "name": "x", "flag": True}
    assert {key: folder.record(key)["_type"] for key in ("image", "images", "figure", "sound", "histogram")} == {
        "image": "image-file",
        "images": "image-file",
        "figure": "image-file",
        "sound": "audio-file",
        "histogram": "histogram",
    }
    image, sound, histogram = (folder.record(key) for key in ("image", "sound", "histogram"))
    assert (image["width"], image["height"]) == (12, 8)
    assert (sound["sample_rate"], sound["duration"]) == (8000, 0.1)
    assert sum(histogram["counts"]) == 10_000
    low, high = left("ends.json")
    assert (histogram["bins"][0], histogram["bins"][-1]) == pytest.approx((low, high))
    assert folder.record("note/text_summary") == "*hello*"
    below = "loss_" if module == WRITERS[0] else "loss/"  # the folders that each library makes
    assert (folder.record(f"{below}train/loss"), folder.record(f"{below}val/loss")) == (1.0, 2.0)
    assert folder.record("accuracy") == 0.75
    assert (
        folder.errors.count("tracklog: WARNING") == folder.errors.count("pr_curves of TensorBoard are not drawn") == 1
    )
    assert {row["global_step"] for row in folder.rows} == {0, 1}


def test_a_moving_gif_is_a_video() -> None:
    folder = logged(
        FOLLOW
        + """
import io
import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter
from tensorboard.compat.proto.summary_pb2 import Summary
frames = [Image.fromarray(np.full((4, 6), 80 * n, np.uint8)) for n in range(3)]
buffer = io.BytesIO()
frames[0].save(buffer, "gif", save_all=True, append_images=frames[1:])
value = Summary.Value(tag="video", image=Summary.Image(height=4, width=6, encoded_image_string=buffer.getvalue()))
with SummaryWriter("runs") as writer:
    writer.file_writer.add_summary(Summary(value=[value]), 5)
run.finish()
"""
    )
    assert folder.record("video")["_type"] == "video-file"


def test_folders_give_prefixes() -> None:
    folder = logged(
        FOLLOW
        + """
from torch.utils.tensorboard import SummaryWriter
writers = {name: SummaryWriter(f"runs/{name}") for name in ("train", "val", "val/deep")}
for step in range(2):
    for name, writer in writers.items():
        writer.add_scalar("loss", step, step)
for writer in writers.values():
    writer.close()
run.finish()
"""
    )
    assert [set(row) for row in folder.rows] == [
        {"_step", "train/loss", "val/loss", "val/deep/loss", "global_step"}
    ] * 2


def test_a_root_and_writers_without_a_name() -> None:
    folder = logged(
        """
from tracklog.integrations import tensorboard
tensorboard.patch(root_logdir="all")
from torch.utils.tensorboard import SummaryWriter
for writer in (SummaryWriter("all/one"), SummaryWriter(), SummaryWriter("all/two")):
    writer.add_scalar("loss", 1, 7)
    writer.close()
tensorboard.unpatch()
with SummaryWriter("all/three") as writer:
    writer.add_scalar("loss", 2, 8)
run.finish()
"""
    )
    assert folder.rows == [{"_step": 0, "one/loss": 1, "loss": 1, "two/loss": 1, "global_step": 7}]


def test_a_run_hears_only_of_its_own_time() -> None:
    folder = logged(
        FOLLOW
        + """
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter("runs")
writer.add_scalar("loss", 1, 0)
run.finish()
writer.add_scalar("loss", 2, 1)
other = wandb.init(project="p", id="other", dir="logs", settings=run.settings)
writer.add_scalar("loss", 3, 2)
tensorboard.patch_for(other)
writer.add_scalar("loss", 4, 3)
assert dict(other.summary) == {} and other._history._open == {"loss": 4, "global_step": 3}
other.finish()
"""
    )
    assert folder.values("loss") == [1]


def test_event_files_are_whole_in_the_run() -> None:
    logged(
        FOLLOW
        + """
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter("runs/x")
for step in range(50):
    writer.add_scalar("loss", step, step)
run.finish()
found = EventAccumulator(run.dir + "/runs/x").Reload().Scalars("loss")
assert [one.value for one in found] == list(range(50))
"""
    )


def test_following_twice_is_a_mistake_and_summaries_can_be_logged_by_hand() -> None:
    folder = logged("""
from tracklog.integrations import tensorboard
tensorboard.patch()
try:
    tensorboard.patch()
except wandb.UsageError as error:
    assert "unpatch" in str(error)
from tensorboard.compat.proto.summary_pb2 import Summary
summary = Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])
tensorboard.log(summary, step=3)
tensorboard.log(summary.SerializeToString(), step=4, namespace="deep")
run.finish()
""")
    assert folder.rows == [
        {"_step": 0, "loss": 0.5, "global_step": 3},
        {"_step": 1, "deep/loss": 0.5, "global_step": 4},
    ]


def test_many_writers_in_many_threads() -> None:
    folder = logged(
        FOLLOW
        + """
import threading
from torch.utils.tensorboard import SummaryWriter
def work(name):
    with SummaryWriter(f"runs/{name}") as writer:
        for step in range(50):
            writer.add_scalar("loss", step, step)
threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
for thread in threads: thread.start()
for thread in threads: thread.join()
run.finish()
"""
    )
    keys = {key for row in folder.rows for key in row if key.endswith("loss")}
    assert len(keys) == 4
    assert all(folder.values(key) == list(range(50)) for key in keys)
