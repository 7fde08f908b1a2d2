"""Loggers of libraries as they are published, which import `wandb` and get tracklog: `tracklog run --as-wandb`.

Ultralytics and fastai are not among them: both need torchvision, of which there is no CPU build for this PyTorch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from site_builder import Builder, Options
from tests.tracklog.integrations.folders import Folder
from tracklog.public_api import Api
from tracklog.store import layout, reader

ROOT = Path(__file__).resolve().parents[3]
QUIET = {"CONSOLE": "off", "DISABLE_STATS": "1", "DISABLE_GIT": "1", "DISABLE_META": "1", "QUIET": "1"}


def run_as_wandb(code: str, folder: str = "logs", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script that knows only wandb."""
    Path("script.py").write_text(code)
    world = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "TRACKLOG_"))}
    world |= {f"TRACKLOG_{name}": value for name, value in QUIET.items()} | {"TRACKLOG_DIR": folder}
    world |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "KERAS_BACKEND": "torch", **environment}
    command = [sys.executable, "-m", "tracklog", "run", "--as-wandb", "script.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=world)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def runs(project: str) -> list[Folder]:
    found = [Folder("", path) for path in reader.run_folders(layout.project_folder(Path("logs"), project))]
    return sorted(found, key=lambda one: str(one.run["name"]))


def keys_on_site() -> dict[str, tuple[str, bool]]:
    """Return the x and whether it is hidden of each history key, as a page of the built site is told."""
    report = Builder(Options(roots=(Path("logs"),), site=Path("site"))).build()
    assert not report.damage
    manifest = orjson.loads(Path("site/.tracklog/manifest.json").read_bytes())
    infos = [info for run in manifest["runs"].values() for info in run["keys"]]
    return {info["key"]: (info["x"], info["hidden"]) for info in infos if info["stream"] == "history"}


TRANSFORMERS = """
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
config = BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
data = [{"input_ids": torch.randint(0, 50, (8,)), "labels": torch.tensor(n % 2)} for n in range(16)]
args = TrainingArguments("out", report_to="wandb", run_name="bert", logging_steps=2, num_train_epochs=2, use_cpu=True,
                         per_device_train_batch_size=4, eval_strategy="epoch", save_strategy="epoch", disable_tqdm=True)
Trainer(BertForSequenceClassification(config), args, train_dataset=data, eval_dataset=data).train()
"""


def test_transformers() -> None:
    run_as_wandb(TRANSFORMERS, WANDB_WATCH="all", WANDB_LOG_MODEL="checkpoint")
    (run,) = runs("huggingface")
    assert run.run["name"] == "bert"
    assert run.config["per_device_train_batch_size"] == 4
    assert run.config["model/num_parameters"] > 0
    assert len(run.values("train/loss")) == 4
    assert run.values("eval/loss")
    assert run.summary["train_runtime"] > 0
    keys = keys_on_site()
    assert keys["train/loss"] == keys["eval/loss"] == ("train/global_step", False)
    logged = run.logged()
    assert list(logged.values()) == [
        ["base_model"],
        ["epoch_1.0", "checkpoint_global_step_4"],
        ["epoch_2.0", "checkpoint_global_step_8"],
        ["latest", "final_model"],
    ]
    found = Api({"dir": "logs"}).artifact("huggingface/model-bert:epoch_2.0", type="model")
    assert "train/loss" in found.metadata
    assert any(name.endswith("model.safetensors") for name in found.manifest.entries)


ACCELERATE = """
from accelerate import Accelerator
accelerator = Accelerator(log_with="wandb", cpu=True)
accelerator.init_trackers("acc", config={"lr": 0.1, "n": 3}, init_kwargs={"wandb": {"name": "one", "tags": ["a"]}})
tracker = accelerator.get_tracker("wandb", unwrap=True)
for step in range(5):
    accelerator.log({"train_loss": 1 / (step + 1)}, step=step)
accelerator.get_tracker("wandb").log_table("samples", columns=["text", "n"], data=[["a", 1]])
accelerator.end_training()
"""


def test_accelerate() -> None:
    run_as_wandb(ACCELERATE)
    (run,) = runs("acc")
    assert (run.run["name"], run.run["tags"], run.config) == ("one", ["a"], {"lr": 0.1, "n": 3})
    assert run.values("train_loss") == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert run.record("samples")["_type"] == "table-file"


LIGHTNING = """
import torch
import lightning as L
from lightning.pytorch.loggers import WandbLogger
class Model(L.LightningModule):
    def __init__(self, width=4):
        super().__init__()
        self.save_hyperparameters()
        self.linear = torch.nn.Linear(width, 1)
    def forward(self, x):
        return self.linear(x)
    def training_step(self, batch, _):
        loss = self(batch[0]).pow(2).mean()
        self.log("train/loss", loss)
        return loss
    def validation_step(self, batch, _):
        self.log("val/loss", self.linear(batch[0]).pow(2).mean())
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(32, 4)), 8)
logger = WandbLogger(project="pl", name="linear", group="g", log_model="all")
model = Model()
logger.watch(model, log="all", log_freq=2)
trainer = L.Trainer(max_epochs=3, logger=logger, log_every_n_steps=1, accelerator="cpu", enable_progress_bar=False,
                    enable_model_summary=False, callbacks=[L.pytorch.callbacks.ModelCheckpoint("saved", monitor="val/loss")])
trainer.fit(model, data, data)
logger.log_image("pictures", [torch.rand(3, 8, 8)], caption=["noise"])
logger.log_table("table", columns=["a"], data=[[1]])
"""


def test_lightning() -> None:
    run_as_wandb(LIGHTNING)
    (run,) = runs("pl")
    assert (run.run["name"], run.run["group"], run.config["width"]) == ("linear", "g", 4)
    assert len(run.values("train/loss")) == 12
    assert len(run.values("val/loss")) == 3
    assert run.values("trainer/global_step")[-1] == 11  # the table and the picture have the last one
    assert run.record("pictures")["_type"] == "images"
    keys = keys_on_site()
    assert keys["train/loss"] == keys["val/loss"] == ("trainer/global_step", False)
    best = Api({"dir": "logs"}).artifact(f"pl/model-{run.run['id']}:best", type="model")
    assert list(best.manifest.entries) == ["model.ckpt"]
    assert best.metadata["ModelCheckpoint"]["monitor"] == "val/loss"
    assert best.metadata["score"] > 0
    assert {"parameters/linear\\.weight", "gradients/linear\\.weight"} <= keys.keys()


BOOSTING = """
import lightgbm, numpy as np, wandb, xgboost
from sklearn.datasets import load_breast_cancer
from wandb.integration.lightgbm import log_summary, wandb_callback
from wandb.integration.xgboost import WandbCallback
X, y = load_breast_cancer(return_X_y=True)
run = wandb.init(project="boost", name="a")
data = xgboost.DMatrix(X, y)
xgboost.train({"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 2}, data, 5,
              evals=[(data, "train")], callbacks=[WandbCallback(log_model=True)], verbose_eval=False)
run.finish()
run = wandb.init(project="boost", name="b")
train = lightgbm.Dataset(X, y)
booster = lightgbm.train({"objective": "binary", "metric": ["binary_logloss"], "verbose": -1}, train, 5,
                         valid_sets=[train], valid_names=["val"], callbacks=[wandb_callback()])
log_summary(booster, save_model_checkpoint=True)
run.finish()
"""


def test_xgboost_and_lightgbm() -> None:
    run_as_wandb(BOOSTING)
    xgboost, lightgbm = runs("boost")
    assert len(xgboost.values("train-logloss")) == 5
    assert xgboost.summary["train-logloss"] == {"min": min(xgboost.values("train-logloss"))}
    assert xgboost.summary["train-auc"] == {"max": max(xgboost.values("train-auc"))}
    assert xgboost.values("epoch") == list(range(5))
    assert len(lightgbm.values("val_binary_logloss")) == 5
    assert lightgbm.config["objective"] == "binary"
    assert any(name.endswith(".json") for name in xgboost.files)
    assert any("model" in name for name in lightgbm.files)
    keys_on_site()


KERAS = """
import keras, numpy as np, wandb
from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint
run = wandb.init(project="keras", config={"units": 4})
model = keras.Sequential([keras.layers.Dense(wandb.config.units, activation="relu"), keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
X = np.random.rand(40, 3).astype("float32")
model.fit(X, X.sum(1), epochs=3, validation_split=0.2, verbose=0,
          callbacks=[WandbMetricsLogger(), WandbModelCheckpoint("models/last.keras")])
run.finish()
"""


def test_keras() -> None:
    run_as_wandb(KERAS)
    (run,) = runs("keras")
    assert run.values("epoch/epoch") == [0, 1, 2]
    assert len(run.values("epoch/val_loss")) == 3
    assert len(run.logged()) == 3
    assert keys_on_site()["epoch/loss"] == ("epoch/epoch", False)


STABLE_BASELINES = """
import wandb
from stable_baselines3 import PPO
from wandb.integration.sb3 import WandbCallback
run = wandb.init(project="sb3", sync_tensorboard=True, config={"total": 256})
model = PPO("MlpPolicy", "CartPole-v1", n_steps=128, batch_size=64, n_epochs=1, seed=0, device="cpu",
            tensorboard_log=f"runs/{run.id}")
model.learn(wandb.config.total, callback=WandbCallback(gradient_save_freq=2, model_save_path=f"models/{run.id}"))
run.finish()
"""


def test_stable_baselines3() -> None:
    run_as_wandb(STABLE_BASELINES)
    (run,) = runs("sb3")
    assert run.values("global_step") == [128, 256]
    # Long enough for an episode to end in each part, which is when its reward is logged.
    assert len(run.values("rollout/ep_rew_mean")) == 2
    assert run.config["algo"] == "PPO"
    assert any(name.endswith("model.zip") for name in run.files)
    keys_on_site()


OPTUNA = """
import optuna, wandb
from optuna_integration import WeightsAndBiasesCallback
optuna.logging.set_verbosity(optuna.logging.ERROR)
for multirun in (False, True):
    callback = WeightsAndBiasesCallback("acc", wandb_kwargs={"project": f"optuna{multirun:d}"}, as_multirun=multirun)
    def objective(trial):
        x = trial.suggest_float("x", -1, 1)
        for step in range(5):
            wandb.log({"inner": x * step})
        return x * x
    if multirun:
        objective = callback.track_in_wandb()(objective)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective, n_trials=3, callbacks=[callback])
    wandb.finish()
"""


def test_optuna_loses_no_trial() -> None:
    done = run_as_wandb(OPTUNA)
    (single,) = runs("optuna0")
    assert len(single.values("acc")) == len(single.values("x")) == 3
    assert [row["_step"] for row in single.rows if "acc" in row] == [0, 1, 2]
    assert len(single.values("inner")) == 15
    assert done.stderr.count("the row is kept at step") >= 1
    trials = runs("optuna1")
    assert len(trials) == 3
    assert all(len(trial.values("acc")) == 1 and len(trial.values("inner")) == 5 for trial in trials)
    assert [str(trial.run["name"]).split("/")[:2] for trial in trials] == [["trial", str(n)] for n in range(3)]
    keys_on_site()


SKORCH = """
import numpy as np, torch, wandb
from sklearn.base import clone
from skorch import NeuralNetClassifier
from skorch.callbacks import WandbLogger
run = wandb.init(project="skorch")
layers = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2), torch.nn.Softmax(-1))
net = clone(NeuralNetClassifier(layers, max_epochs=3, callbacks=[WandbLogger(run)], verbose=0))
X = np.random.randn(40, 4).astype("float32")
net.fit(X, (X[:, 0] > 0).astype("int64"))
"""


def test_skorch() -> None:
    run_as_wandb(SKORCH)
    (run,) = runs("skorch")
    assert len(run.values("train_loss")) == 3


RAY = """
import ray
from ray import tune
from ray.air.integrations.wandb import WandbLoggerCallback
def train(config):
    for step in range(3):
        tune.report({"score": config["a"] * step})
if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    configured = tune.RunConfig(callbacks=[WandbLoggerCallback(project="ray", group="g")], storage_path=STORAGE, verbose=0)
    tune.Tuner(train, param_space={"a": tune.grid_search([1, 2])}, run_config=configured).fit()
"""


def test_ray_logs_from_its_actors(tmp_path: Path) -> None:
    run_as_wandb(f"STORAGE = {str(tmp_path / 'ray')!r}\n{RAY}", folder=str(Path("logs").absolute()))
    found = runs("ray")
    assert sorted(run.config["a"] for run in found) == [1, 2]
    assert all(run.values("score") == [run.config["a"] * n for n in range(3)] for run in found)
    assert all(run.run["group"] == "g" for run in found)


SPACY = """
import random, spacy
from spacy.language import Language
from spacy.training import Example
from spacy import registry
nlp = spacy.blank("en")
nlp.add_pipe("textcat_multilabel").add_label("A")
nlp.initialize(lambda: [Example.from_dict(nlp.make_doc("x"), {"cats": {"A": 1.0}})])
make = registry.loggers.get("spacy.WandbLogger.v5")
log, finalize = make("spacy", [], model_log_interval=None)(nlp)
for step in range(3):
    log({"epoch": 0, "step": step, "score": 0.5, "other_scores": {"cats": {"A": 0.5}, "none": None, "t": "x"},
         "losses": {"textcat": 1.0 / (step + 1)}, "checkpoints": [], "words": 3, "output_path": None})
finalize()
"""


def test_spacy() -> None:
    run_as_wandb(SPACY)
    (run,) = runs("spacy")
    assert run.values("score") == [0.5] * 3
    assert len(run.values("loss_textcat")) == 3


ULTRALYTICS = """
import pathlib, sys, time, wandb
# As its callback does: the run that goes on is found by wandb's own file in the folder that is passed as `dir`.
save_dir = pathlib.Path("runs/train")
signs = list((save_dir / "wandb").glob("*run-*/run-*.wandb"))
newest = max(signs, key=lambda file: file.stat().st_mtime, default=None)
wandb.init(project="ul", name="train", id=newest.stem[4:] if newest else "train_20260101_120000",
           resume="allow" if newest else None, dir=str(save_dir))
for prefix in ("train", "lr", "metrics", "val"):
    wandb.run.define_metric(f"{prefix}/*", step_metric="epoch")
first = wandb.run.summary.get("epoch", 0)
for epoch in range(first, first + 2):
    wandb.run.log({"train/box_loss": 1 / (epoch + 1)}, commit=False)
    wandb.run.log({"metrics/mAP50": epoch / 10, "epoch": epoch + 1}, commit=True)
pathlib.Path("best.pt").write_text("weights")
artifact = wandb.Artifact(type="model", name=f"run_{wandb.run.id}_model")
artifact.add_file(pathlib.Path("best.pt"))
wandb.run.log_artifact(artifact, aliases=["best"])
wandb.finish()
"""


def test_what_ultralytics_does_goes_on_with_its_run() -> None:
    for _ in range(2):
        run_as_wandb(ULTRALYTICS)
    (run,) = runs("ul")
    assert run.values("epoch") == [1, 2, 3, 4]
    (model,) = Api({"dir": run.home.parents[2]}).artifact_versions("model", "ul/run_train_20260101_120000_model")
    assert (model.aliases, list(model.manifest.entries)) == (["latest", "best"], ["best.pt"])
    assert keys_on_site()["metrics/mAP50"] == ("epoch", False)


@pytest.mark.parametrize("way", ["environment", "function"])
def test_other_ways_into_the_place_of_wandb(way: str) -> None:
    code = 'import wandb\nwith wandb.init(project="p") as run:\n    run.log({"x": 1})\nprint(wandb.__version__)\n'
    Path("script.py").write_text(code if way == "environment" else f"import tracklog\ntracklog.as_wandb()\n{code}")
    world = {**os.environ, "PYTHONPATH": str(ROOT), "TRACKLOG_DIR": "logs", "TRACKLOG_CONSOLE": "off"}
    command = [sys.executable, "script.py"]
    if way == "environment":
        world["TRACKLOG_AS_WANDB"] = "1"
        command = [sys.executable, "-m", "tracklog", "run", "script.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=world)
    (run,) = runs("p")
    assert run.values("x") == [1]
    Builder(Options(roots=(Path("logs"),), site=Path("site"))).build()
    (page,) = Path("site/p/runs").glob("*.html")
    assert "tracklog run --as-wandb script.py" in page.read_text()
    assert tuple(map(int, done.stdout.split()[-1].split("."))) >= (0, 13, 6)


def test_a_real_wandb_is_left_alone_and_said_when_it_came_first(tmp_path: Path) -> None:
    real = tmp_path / "site" / "wandb"
    real.mkdir(parents=True)
    (real / "__init__.py").write_text("__version__ = '9.9'\n")
    world = {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}"}
    world.pop("TRACKLOG_AS_WANDB", None)
    code = "import tracklog, wandb; assert wandb.__version__ == '9.9'; tracklog.as_wandb()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=world)
    assert "wandb was imported from" in done.stderr
    code = "import tracklog; tracklog.as_wandb(); import wandb; assert wandb.init is tracklog.init"
    subprocess.run([sys.executable, "-c", code], check=True, env=world)


NAMES = """
import importlib, importlib.metadata, importlib.util, subprocess, sys
import wandb
assert importlib.util.find_spec("wandb") and wandb.__spec__.name == "wandb"
assert importlib.metadata.version("wandb") == wandb.__version__ and importlib.metadata.metadata("wandb")["Name"] == "wandb"
from wandb.sdk.lib import RunDisabled, telemetry
from wandb.sdk.lib.config_util import ConfigError
from wandb.sdk.lib.printer import new_printer
from wandb.sdk.data_types.base_types.wb_value import WBValue
from wandb.sdk.data_types.image import Image
from wandb.wandb_run import Run
import wandb.sdk.wandb_run, wandb.util, wandb.env, wandb.errors, wandb.plot, wandb.sklearn, wandb.xgboost, wandb.keras
assert wandb.sdk.wandb_run.Run is Run is wandb.Run and Image is wandb.Image and issubclass(Image, WBValue)
assert wandb.integration.keras.WandbMetricsLogger is wandb.keras.WandbMetricsLogger
assert wandb.api.api_key and wandb.login() is True and wandb.ensure_configured() is None and wandb.run is None
with telemetry.context(run=None) as tel:
    tel.feature.anything = True
new_printer().display("said")
for module, name in ((wandb, "nonsense"), (wandb.sdk, "nonsense"), (wandb.util, "nonsense")):
    try:
        getattr(module, name)
    except AttributeError as error:
        assert "nonsense" in str(error)
    else:
        raise SystemExit("found nonsense")
child = "import wandb; print(wandb.__version__)"
assert subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, cwd="/").stdout.split() == [wandb.__version__]
print("all there")
"""


def test_the_names_that_libraries_look_for_are_there() -> None:
    assert run_as_wandb(NAMES).stdout.split("\n")[-2] == "all there"
