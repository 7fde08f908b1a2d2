"""Libraries that train for the script, by our loggers and callbacks: Lightning, transformers, Stable-Baselines3, skorch."""

from __future__ import annotations

import pytest

from tests.tracklog.integrations.folders import logged
from tracklog.public_api import Api

LIGHTNING = """
import warnings
warnings.filterwarnings("ignore")
import logging, torch
{imports}
from tracklog.integrations.lightning import TracklogLogger
class Model(pl.LightningModule):
    def __init__(self, width=4, lr=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(width, 1)
    def forward(self, x):
        return self.layer(x)
    def training_step(self, batch, n):
        loss = self(batch[0]).square().mean()
        self.log("loss", loss)
        return loss
    def validation_step(self, batch, n):
        self.log("val_loss", self(batch[0]).square().mean())
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.hparams.lr)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(8, 4)), batch_size=2)
def fit(logger, epochs=2):
    model = Model()
    checkpoint = ModelCheckpoint("saved", filename="best", monitor="val_loss")
    trainer = pl.Trainer(max_epochs=epochs, logger=logger, log_every_n_steps=2, accelerator="cpu", callbacks=[checkpoint],
        enable_progress_bar=False, enable_model_summary=False)
    trainer.fit(model, data, data)
    return model
"""
IMPORTS = {
    "lightning": "import lightning.pytorch as pl\nfrom lightning.pytorch.callbacks import ModelCheckpoint",
    "pytorch_lightning": "import pytorch_lightning as pl\nfrom pytorch_lightning.callbacks import ModelCheckpoint",
}


@pytest.mark.parametrize("package", IMPORTS)
def test_lightning(package: str) -> None:
    folder = logged(
        LIGHTNING.format(imports=IMPORTS[package])
        + """
logger = TracklogLogger(log_model=True)
logger.watch(torch.nn.Linear(2, 2), log="all")
fit(logger)
assert logger.experiment is run and (logger.name, logger.version) == ("p", "r")
run.finish()
"""
    )
    assert folder.config == {"width": 4, "lr": 0.1}
    assert [row["trainer/global_step"] for row in folder.rows if "loss" in row] == [1, 3, 5, 7]
    assert [row["trainer/global_step"] for row in folder.rows if "val_loss" in row] == [3, 7]
    assert folder.values("epoch") == [0, 0, 0, 1, 1, 1]
    assert folder.logged() == {"model-r:v0": ["latest", "best"]}
    model = Api({"dir": "logs"}).artifact("p/model-r:best", type="model")
    assert list(model.manifest.entries) == ["best.ckpt"]
    assert model.metadata["score"] >= 0
    (saver,) = (value for value in model.metadata.values() if isinstance(value, dict))
    assert saver["save_top_k"] == 1


def test_lightning_begins_a_run_of_its_own() -> None:
    folder = logged(
        """
run.finish()
"""
        + LIGHTNING.format(imports=IMPORTS["lightning"])
        + """
logger = TracklogLogger(project="p", id="r", dir="logs", prefix="a", settings=run.settings)
fit(logger, epochs=1)
logger.experiment.finish()
"""
    )
    assert folder.values("a/trainer/global_step") == []
    assert folder.values("trainer/global_step") == [1, 3, 3]
    assert len(folder.values("a/loss")) == 2


def test_transformers() -> None:
    folder = logged("""
import warnings
warnings.filterwarnings("ignore")
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
from tracklog.integrations.transformers import TracklogCallback
model = BertForSequenceClassification(BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
    intermediate_size=8, max_position_embeddings=16))
rows = [{"input_ids": torch.randint(0, 20, (6,)), "attention_mask": torch.ones(6), "labels": n % 2} for n in range(8)]
args = TrainingArguments("out", max_steps=4, per_device_train_batch_size=2, logging_steps=2, eval_strategy="steps", eval_steps=4,
    report_to="none", use_cpu=True, save_strategy="no", disable_tqdm=True)
trainer = Trainer(model, args, train_dataset=rows, eval_dataset=rows,
    callbacks=[TracklogCallback(watch="gradients", watch_freq=2, log_model=True)])
trainer.train()
trainer.train()
trainer.predict(rows)
again = BertForSequenceClassification.from_pretrained(run.dir + "/model")
assert all((a == b).all() for a, b in zip(again.parameters(), model.parameters()))
run.finish()
""")
    losses = [row for row in folder.rows if "train/loss" in row]
    assert [row["train/global_step"] for row in losses] == [2, 4, 2, 4]
    assert all("gradients/classifier.weight" in row for row in losses)
    assert [row["train/global_step"] for row in folder.rows if "eval/loss" in row] == [4, 4]
    assert len(folder.values("test/loss")) == 1
    assert folder.config["hidden_size"] == 8
    assert folder.config["max_steps"] == 4
    assert folder.config["model/num_parameters"] > 0
    assert {"train_runtime", "train_loss"} <= folder.summary.keys()
    assert not folder.values("train/train_loss")
    assert folder.logged() == {"model-r:v0": [], "model-r:v1": ["latest"]}


def test_stable_baselines() -> None:
    folder = logged("""
import warnings
warnings.filterwarnings("ignore")
from stable_baselines3 import A2C
from tracklog.integrations import tensorboard
from tracklog.integrations.sb3 import WandbCallback
tensorboard.patch_for(run)
model = A2C("MlpPolicy", "CartPole-v1", n_steps=5, tensorboard_log="runs", seed=0, device="cpu")
callback = WandbCallback(gradient_save_freq=2, model_save_path="models", model_save_freq=10)
for _ in range(2):
    model.learn(20, callback=callback, log_interval=1, reset_num_timesteps=False, tb_log_name="a")
run.finish()
""")
    rows = [row for row in folder.rows if "time/fps" in row]
    assert [row["global_step"] for row in rows] == [5, 10, 15, 20, 25, 30, 35, 40]
    assert any("gradients/action_net.weight" in row for row in folder.rows)
    assert any("parameters/action_net.weight" in row for row in folder.rows)
    assert (folder.config["algo"], folder.config["n_steps"]) == ("A2C", 5)
    assert "model.zip" in folder.files
    assert any(name.startswith("runs/a_0/events") for name in folder.files)


def test_skorch_by_its_own_logger() -> None:
    folder = logged("""
import numpy as np, torch
from skorch import NeuralNetClassifier
from skorch.callbacks import WandbLogger
from sklearn.base import clone
rng = np.random.default_rng(0)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Softmax(dim=-1))
net = NeuralNetClassifier(module, max_epochs=3, verbose=0, callbacks=[WandbLogger(run)])
net.fit(rng.random((20, 3)).astype("float32"), rng.integers(0, 2, 20))
clone(net)
run.finish()
""")
    assert [set(row) - {"_step"} for row in folder.rows] == [{"dur", "train_loss", "valid_acc", "valid_loss"}] * 3
    assert "best_model.pth" in folder.files
