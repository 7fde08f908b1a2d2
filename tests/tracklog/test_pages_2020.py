"""What the other pages of 2020 promise, the library's and the config's: each snippet runs and leaves what it should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder import Builder, Options
from tests.tracklog.test_log import QUIET
from tracklog.store import fold, layout, reader

SETTINGS = f"settings={QUIET!r}"


def run_script(code: str, *arguments: str) -> str:
    """Run a script that imports tracklog as wandb, in a process of its own; return what it printed."""
    Path("script.py").write_text(f"import tracklog as wandb\nwandb.setup({SETTINGS})\n{code}")
    done = subprocess.run([sys.executable, "script.py", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Only:
    """The only run of a project."""

    def __init__(self, project: str) -> None:
        (self.folder,) = reader.run_folders(layout.project_folder(Path("tracklogs"), project))
        log = reader.read_run(self.folder)
        found = fold.sessions(log)
        self.run = fold.environment(log, found)
        self.config = fold.config_values(log, found)
        self.history = fold.history(log, found)
        self.summary = fold.summary(log, found, self.history)

    def page(self) -> str:
        """Return the run's page of the site that is built now."""
        assert not Builder(Options(roots=(Path("tracklogs"),), site=Path("site"))).build().damage
        return (Path("site") / self.folder.parent.name / "runs" / f"{self.folder.name}.html").read_text()


def test_the_library_page() -> None:
    run_script("""
config = dict(
  learning_rate = 0.01,
  momentum = 0.2,
  architecture = "CNN",
  dataset_id = "peds-0192",
  infra = "AWS",
)
wandb.init(
  project="detect-pedestrians",
  notes="tweak baseline",
  tags=["baseline", "paper1"],
  config=config,
)
wandb.log({"accuracy": 0.9})
wandb.run.summary["accuracy"] = 0.95
""")
    only = Only("detect-pedestrians")
    assert (only.run["notes"], only.run["tags"]) == ("tweak baseline", ["baseline", "paper1"])
    assert only.config["architecture"] == "CNN"
    assert only.summary == {"accuracy": 0.95}
    page = only.page()
    for text in ("tweak baseline", "baseline", "paper1", "peds-0192", "learning_rate", "0.95"):
        assert text in page


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ('wandb.config.epochs = 4\nwandb.config.batch_size = 32\nwandb.init(project="p", config={"epochs": 4})',
         {"epochs": 4, "batch_size": 32}),
        ('wandb.init(project="p", config={"epochs": 4, "batch_size": 32})', {"epochs": 4, "batch_size": 32}),
        ('wandb.init(project="p")\nwandb.config.update({"epochs": 4, "batch_size": 32})', {"epochs": 4, "batch_size": 32}),
        ('wandb.init(project="p")\nwandb.config.update({"dataset":"ab131"})', {"dataset": "ab131"}),
        ('wandb.init(project="p")\nwandb.config.update({"my_param": 10, "learning_rate": 0.3, "model_architecture": "B"})',
         {"my_param": 10, "learning_rate": 0.3, "model_architecture": "B"}),
    ],
)  # fmt: skip
def test_the_config_page(code: str, wanted: dict[str, Any]) -> None:
    run_script(code)
    assert Only("p").config == wanted


def test_argparse_flags() -> None:
    run_script(
        """
import argparse
wandb.init(project="p")
wandb.config.epochs = 4
parser = argparse.ArgumentParser()
parser.add_argument('-b', '--batch-size', type=int, default=8, metavar='N', help='input batch size for training')
args = parser.parse_args()
wandb.config.update(args)
""",
        "--batch-size=16",
    )
    assert Only("p").config == {"epochs": 4, "batch_size": 16}


@pytest.mark.parametrize("way", ["option", "command"])
def test_config_files(way: str) -> None:
    Path("config-defaults.yaml").write_text(
        "# sample config defaults file\n"
        "epochs:\n  desc: Number of epochs to train over\n  value: 100\n"
        "batch_size:\n  desc: Size of each mini-batch\n  value: 32\n"
    )
    Path("special-configs.yaml").write_text("batch_size:\n  value: 64\n")
    code = 'wandb.init(project="p")\nprint(wandb.config.epochs, wandb.config.batch_size)'
    if way == "option":
        assert run_script(code, "--configs", "special-configs.yaml") == "100 64\n"
    else:
        run_script(code)
        command = [sys.executable, "-m", "tracklog", "run", "--configs", "special-configs.yaml", "script.py"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "100 64\n"


def test_nested_configs_are_shown_with_dots() -> None:
    Path("my.yaml").write_text("data: {name: digits, size: 3}\n")
    run_script("""
import yaml
my_yaml_file = yaml.safe_load(open("my.yaml"))
hyperparameter_defaults = dict(dropout = 0.5, batch_size = 100, learning_rate = 0.001)
config_dictionary = dict(yaml=my_yaml_file, params=hyperparameter_defaults)
wandb.init(project="p", config=config_dictionary)
assert wandb.config["params"]["batch_size"] == 100
""")
    only = Only("p")
    assert only.config["yaml"] == {"data": {"name": "digits", "size": 3}}
    only.page()
    data = "".join(path.read_text() for path in Path("site/data").rglob("*.js"))
    assert "params.learning_rate" in data
    assert "yaml.data.name" in data


def test_configs_and_summaries_are_changed_by_the_api() -> None:
    run_script("""
import numpy as np
wandb.init(project="p", id="run_id", config={"foo": 1})
wandb.log({"acc": 0.5})
wandb.finish()
api = wandb.Api()
run = api.run("username/p/run_id")
run.config["foo"] = 32
run.update()
run.summary["tensor"] = np.arange(1000.0)
run.summary.update()
again = wandb.Api().run("p/run_id")
assert again.config["foo"] == 32 and np.array_equal(again.summary["tensor"], np.arange(1000.0))
""")
    only = Only("p")
    assert only.config == {"foo": 32}
    tensor = only.summary["tensor"]
    assert (tensor["min"], tensor["max"], tensor["mean"]) == (0, 999, 499.5)
    assert tensor["95%"] == pytest.approx(np.percentile(np.arange(1000.0), 95))
    assert (only.folder / "files" / tensor["path"]).is_file()
    page = only.page()
    assert "foo" in page
    assert "tensor" in page


def test_the_best_accuracy_is_the_summary_that_was_set() -> None:
    run_script("""
import argparse
args = argparse.Namespace(epochs=4)
wandb.init(project="p", config=args)
best_accuracy = 0
for epoch, test_accuracy in enumerate([0.3, 0.7, 0.6], 1):
  if (test_accuracy > best_accuracy):
    wandb.run.summary["best_accuracy"] = test_accuracy
    best_accuracy = test_accuracy
""")
    assert Only("p").summary == {"best_accuracy": 0.7}


FLAGS = """
import types
class FLAGS:
    pass
flags = FLAGS()
flags.__dict__["__flags"] = {"data_dir": "/tmp/data", "batch_size": 128}
wandb.init(project="p")
wandb.config.epochs = 4
wandb.config.update(flags)
"""


def test_flags_of_tensorflow_1() -> None:
    run_script(FLAGS)
    assert Only("p").config == {"epochs": 4, "data_dir": "/tmp/data", "batch_size": 128}  # noqa: S108 - the page's own


def test_console_and_machine_are_recorded_unasked() -> None:
    Path("script.py").write_text(
        "import tracklog as wandb\nwith wandb.init(project='p'):\n    print('epoch 1')\n    wandb.log({'x': 1})\n"
    )
    subprocess.run([sys.executable, "script.py"], check=True, capture_output=True)
    only = Only("p")
    log = reader.read_run(only.folder)
    assert any("epoch 1" in line["text"] for one in log.writers.values() for line in one.console)
    assert any("cpu" in row for one in log.writers.values() for row in one.system)
    assert "numpy==" in (only.folder / "files/requirements.txt").read_text()
    assert json.loads((only.folder / "run.json").read_text())["program"] == "script.py"
