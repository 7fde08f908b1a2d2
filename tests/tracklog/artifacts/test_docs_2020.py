"""The examples of the document of 2020 on code in artifacts, as they are written there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.tracklog.test_log import QUIET
from tracklog.public_api import Api

MAIN = f"""
import os, sys
import tracklog as wandb
sys.path.insert(0, os.getcwd())
wandb.init(project="safelife", dir="logs", settings={QUIET!r})
training_envs = testing_envs = data_logger = None

from training.models import SafeLifePolicyNetwork
from training.ppo import PPO

model = SafeLifePolicyNetwork()
algo = PPO(model,
             training_envs=training_envs,
             testing_envs=testing_envs,
             data_logger=data_logger)

# log PPO code to W&B
# create an artifact named "ppo" of type "rl_algo_code"
rl_algo = wandb.Artifact("ppo", type="rl_algo_code")
# add the corresponding file via a relative path from current working directory
rl_algo.add_file("./training/ppo.py")
# log the Artifact to W&B
wandb.run.log_artifact(rl_algo)

# when using DQN instead
from training.dqn import dqn
rl_algo = wandb.Artifact("dqn", type="rl_algo_code")
rl_algo.add_file("./training/dqn.py")
wandb.run.log_artifact(rl_algo)

# for model code generally
model_code = wandb.Artifact("model_code", type="model_code")
model_code.add_file("./training/models.py", name="models.py")
wandb.run.log_artifact(model_code)
"""
MODULES = {
    "models": "class SafeLifePolicyNetwork: ...\n",
    "ppo": "class PPO:\n    def __init__(self, model, **more): ...\n",
    "dqn": "dqn = 1\n",
}


def train() -> None:
    subprocess.run([sys.executable, "main.py"], check=True)


def versions(name: str, kind: str = "rl_algo_code") -> list[str]:
    return [version.version for version in Api({"dir": "logs"}).artifact_versions(kind, f"safelife/{name}")]


def test_code_is_versioned_where_it_changes() -> None:
    Path("main.py").write_text(MAIN)
    for name, text in MODULES.items():
        path = Path("training", f"{name}.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    train()
    train()
    # "If there are no changes in the code file, … the version will not be incremented."
    assert versions("ppo") == versions("dqn") == versions("model_code", "model_code") == ["v0"]
    Path("training/models.py").write_text(MODULES["models"] + "# more\n")
    train()
    # "If there are changes to a file, a new version will be added and saved with that particular run."
    assert versions("ppo") == versions("dqn") == ["v0"]
    assert versions("model_code", "model_code") == ["v1", "v0"]
    latest = Api({"dir": "logs"}).artifact("safelife/model_code:latest")
    assert Path(latest.get_path("models.py").download()).read_text().endswith("# more\n")
    assert latest.logged_by().logged_artifacts()[-1].name == "model_code:v1"
    assert list(Api({"dir": "logs"}).artifact("safelife/ppo").manifest.entries) == ["ppo.py"]
