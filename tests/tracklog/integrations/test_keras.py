"""Keras 3 on PyTorch: what its callbacks leave in the run."""

from __future__ import annotations

import pytest

from tests.tracklog.integrations.folders import Folder, logged

TRAIN = """
import json
import numpy as np
import keras
from tracklog.integrations.keras import WandbCallback, WandbEvalCallback, WandbMetricsLogger, WandbModelCheckpoint
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x, y = rng.random((32, 4, 4, 1)), rng.integers(0, 2, 32)
def network(**compiled):
    model = keras.Sequential([keras.layers.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2, name="out")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(**({"optimizer": keras.optimizers.SGD(0.5), "loss": loss, "metrics": ["accuracy"]} | compiled))
    return model
def fit(model, *callbacks, epochs=3):
    return model.fit(x, y, batch_size=8, epochs=epochs, validation_split=0.25, verbose=0, callbacks=list(callbacks)).history
"""


def trained(code: str, *, quiet: bool = True) -> Folder:
    return logged(TRAIN + code, quiet=quiet, KERAS_BACKEND="torch")


def test_metrics_of_epochs() -> None:
    folder = trained("""
fit(network(), WandbMetricsLogger())
run.finish()
""")
    metrics = {f"epoch/{name}" for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "epoch")}
    assert [set(row) - {"_step"} for row in folder.rows] == [metrics] * 3
    assert folder.values("epoch/epoch") == [0, 1, 2]
    assert folder.values("epoch/learning_rate") == [0.5] * 3


@pytest.mark.parametrize(("log_freq", "steps"), [('"batch"', [0, 1, 2, 3, 4, 5]), ("2", [0, 2, 4, 6])])
def test_metrics_of_batches(log_freq: str, steps: list[int]) -> None:
    folder = trained(f"""
schedule = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.5, 0.25])
fit(network(optimizer=keras.optimizers.SGD(schedule)), WandbMetricsLogger(log_freq={log_freq}), epochs=2)
run.finish()
""")
    assert folder.values("batch/batch_step") == steps
    assert folder.values("batch/learning_rate")[0] == 0.5
    assert folder.values("batch/learning_rate")[-1] == 0.25
    assert len(folder.values("batch/loss")) == len(steps)
    assert folder.values("epoch/epoch") == [0, 1]


def test_checkpoints_are_where_the_script_wants_them_and_artifacts() -> None:
    folder = trained("""
model = network()
fit(model, WandbModelCheckpoint("models/{epoch}.keras"), WandbModelCheckpoint("best.weights.h5", save_weights_only=True,
    save_best_only=True, monitor="loss"), epochs=2)
name = f"p/run_{run.id}_model"
kept = {model.metadata["filepath"]: model for model in wandb.Api({"dir": "logs"}).artifact_versions("model", name)}["2.keras"]
assert kept.metadata["loss"] > 0
for name in ("models/2.keras", kept.file("back")):
    assert (keras.saving.load_model(name).predict(x, verbose=0) == model.predict(x, verbose=0)).all()
other = network()
other.load_weights("best.weights.h5")
run.finish()
""")
    assert {alias for aliases in folder.logged().values() for alias in aliases} == {"latest", "epoch_0", "epoch_1"}


def test_tables_of_predictions() -> None:
    folder = trained("""
class Eval(WandbEvalCallback):
    def add_ground_truth(self, logs=None):
        for n, (picture, label) in enumerate(zip(x[:5], y)):
            self.data_table.add_data(n, wandb.Image(picture), int(label))
    def add_model_predictions(self, epoch, logs=None):
        guesses = self.model.predict(x[:5], verbose=0).argmax(axis=-1)
        for n in self.data_table_ref.get_index():
            self.pred_table.add_data(epoch, *self.data_table_ref.data[n], int(guesses[n]))
fit(network(), WandbMetricsLogger(), Eval(["id", "picture", "label"], ["epoch", "id", "picture", "label", "guess"]), epochs=2)
run.finish()
""")
    assert [row[0] for row in folder.table("val_data")] == [0, 1, 2, 3, 4]
    tables = folder.values("eval_data")
    assert [(one["nrows"], one["ncols"]) for one in tables] == [(5, 5)] * 2
    assert folder.values("epoch/epoch") == [0, 1]


def test_the_callback_of_2020() -> None:
    folder = trained("""
model = network()
history = fit(model, WandbCallback(log_weights=True, data_type="image", labels=["no", "yes"], validation_data=(x, y),
    predictions=3, log_batch_frequency=2))
best = int(np.argmin(history["val_loss"]))
json.dump([best, history], open("history.json", "w"))
assert run.summary["best_epoch"] == best
assert abs(run.summary["best_val_loss"] - history["val_loss"][best]) < 1e-9
assert set(keras.saving.load_model(run.dir + "/model-best.h5").get_config()) == set(model.get_config())
run.finish()
""")
    rows = [row for row in folder.rows if "epoch" in row]
    assert [row["epoch"] for row in rows] == [0, 1, 2]
    assert set(rows[0]) == {
        *("_step", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "examples"),
        *("parameters/out.weights", "parameters/out.bias"),
    }
    assert {one["caption"] for one in rows[0]["examples"]["items"]} <= {"no", "yes"}
    assert rows[0]["examples"]["count"] == 3
    assert len(folder.rows) == 3 + 3 * 2
    assert "model-best.h5" in folder.files


def test_what_has_no_effect_in_the_callback_of_2020_is_said() -> None:
    folder = trained(
        """
fit(network(), WandbCallback(monitor="val_none", log_gradients=True, log_evaluation=True, save_model=False), epochs=2)
run.finish()
""",
        quiet=False,
    )
    for said in (
        "no 'val_none'",
        "log_gradients and training_data have no effect",
        "log_evaluation=...) has no effect",
    ):
        assert folder.errors.count(said) == 1
    assert "best_epoch" not in folder.summary
    assert folder.files == set()
