"""Typical code of users, which type checkers understand: checked by ``mypy --strict`` with everything else, never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import assert_type

import tracklog as wandb

if TYPE_CHECKING:
    import argparse


def train(args: argparse.Namespace) -> float:
    run = wandb.init(project="digits", config=vars(args), tags=["baseline"], mode="offline", resume="allow", id="a1")
    assert_type(run, wandb.Run)
    assert_type(run.name, str)
    assert_type(run.tags, tuple[str, ...])
    assert_type(run.url, str | None)
    assert_type(run.step, int)
    run.tags = ["a", "b"]
    run.define_metric("val/*", step_metric="epoch", summary="min", goal="minimize")
    metric = run.define_metric("epoch", hidden=True)
    run.define_metric("acc", step_metric=metric)
    best = 0.0
    for epoch in range(int(run.config["epochs"])):
        accuracy = float(np.random.default_rng(epoch).random())
        run.log({"val/acc": accuracy, "epoch": epoch, "nested": {"a": 1}}, step=epoch, commit=True)
        best = max(best, accuracy)
    run.summary["best"] = best
    run.summary.update({"more": 1})
    assert_type(run.save("*.txt", policy="now"), list[str])
    run.alert("done", f"{best:.3f}", level=wandb.AlertLevel.INFO, wait_duration=5)
    run.finish(exit_code=0)
    return best


def everything_at_module_level() -> None:
    with wandb.init(config=Path("config.yaml"), settings=wandb.Settings(console="off")) as run:
        assert_type(run, wandb.Run)
        wandb.log({"loss": 1.0})
        wandb.define_metric("loss", summary="min")
        wandb.config.update({"lr": 0.1}, allow_val_change=True)
        wandb.summary["x"] = 1
        wandb.watch(object(), log="all", log_freq=10)
        wandb.log(
            {
                "image": wandb.Image(np.zeros((2, 2)), caption="c"),
                "hist": wandb.Histogram(np.arange(4)),
                "table": wandb.Table(columns=["a"], data=[[1]]),
                "pr": wandb.plot.pr_curve([0, 1], [[0.2, 0.8], [0.1, 0.9]]),
            }
        )
        value: Any = wandb.config["lr"]
        assert value
    assert_type(wandb.run, wandb.Run | None)
    assert_type(wandb.login(), bool)
    wandb.finish()


def read_back() -> list[str]:
    api = wandb.Api()
    run = api.run("project/id")
    run.config["foo"] = 32
    run.update()
    return [one.name for one in api.runs("project", filters={"config.lr": {"$lt": 0.1}}) if one.state == "finished"]


def artifacts(run: wandb.Run) -> None:
    artifact = wandb.Artifact("data", type="dataset", metadata={"rows": 3})
    artifact.add_file(Path("a.csv"), name="b.csv")
    artifact.add_dir("folder")
    with artifact.new_file("notes.txt", mode="w") as file:
        file.write("x")
    artifact["table"] = wandb.Table(columns=["a"], data=[[1]])
    assert_type(run.log_artifact(artifact, aliases=["best"]), wandb.Artifact)
    assert_type(wandb.use_artifact("data:best").download(), str)
    assert_type(run.use_model("model"), str)
    assert_type(wandb.Api().artifact("project/data:v0").aliases, list[str])
