"""Scripts as people wrote them for wandb, then and now: they import `wandb` and know nothing of tracklog."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from tracklog.store import fold, reader

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ran:
    """A script that was run with tracklog in the place of wandb, and the runs that it left."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr
        self.folders = sorted(path.parent for path in Path("tracklogs").glob("*/*/run.json"))

    def run(self, name: str = "*") -> Recorded:
        """Return the only run of this id."""
        (folder,) = Path("tracklogs").glob(f"*/{name}/run.json")
        return Recorded(folder.parent)


class Recorded:
    """A run as its folder says it is."""

    def __init__(self, folder: Path) -> None:
        log = reader.read_run(folder)
        found = fold.sessions(log)
        history = fold.history(log, found)
        clocks = ("_runtime", "_timestamp")
        self.folder = folder
        self.rows = [
            {k: v for k, v in row.items() if k not in clocks} for track in history.tracks for row in track.rows
        ]
        self.summary = fold.summary(log, found, history)
        self.config = fold.config(log, found)
        self.known: dict[str, Any] = fold.environment(log, found)


def script(body: str, *arguments: str, code: int = 0, world: Mapping[str, str] | None = None) -> Ran:
    """Run a script in an environment with `world` in it; it ends with `code`, and only one that fails prints a traceback."""
    Path("script.py").write_text(dedent(body))
    command = [sys.executable, "-m", "tracklog", "run", "--as-wandb", "script.py", *arguments]
    environment = {**os.environ, **(world or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code, done.stderr
    assert code or "Traceback" not in done.stderr, done.stderr
    return Ran(done)


def test_a_sweep_learns_from_its_trials_and_keeps_them_in_one_folder() -> None:
    ran = script("""
        import wandb

        def train():
            run = wandb.init(project="elsewhere", config={"lr": 5, "epochs": 2})
            for epoch in range(run.config.epochs):
                wandb.log({"loss": wandb.config.lr * wandb.config.batch / (epoch + 1), "epoch": epoch})

        grid = {"method": "grid", "metric": {"name": "loss", "goal": "minimize"},
                "parameters": {"lr": {"values": [0.1, 0.2]}, "batch": {"values": [1, 2]}}}
        sweep_id = wandb.sweep(grid, project="s")
        wandb.agent(sweep_id, function=train)
        best = wandb.Api().sweep(f"s/{sweep_id}").best_run()
        print(best.config["lr"], best.config["batch"], best.summary["loss"])
    """)
    assert ran.output == "0.1 1 0.05\n"
    assert [folder.parts[:2] for folder in ran.folders] == [("tracklogs", "s")] * 4
    assert ran.errors.count("init(project='elsewhere') has no effect in a sweep") == 4
    assert "has nothing for the sweep's metric" not in ran.errors


def test_before_and_after_a_run_its_names_refuse_by_wandbs_errors() -> None:
    ran = script("""
        import wandb

        def refused(ask):
            try:
                ask()
            except wandb.errors.Error as error:
                assert error.message == str(error)
                print(error.message)
            else:
                print("taken")

        def every():
            refused(lambda: wandb.config.lr)
            refused(lambda: wandb.config["lr"])
            refused(lambda: wandb.summary["loss"])
            refused(lambda: wandb.log({"loss": 1}))
            refused(lambda: wandb.define_metric("loss"))
            print(wandb.run, hasattr(wandb.config, "lr"), getattr(wandb.config, "lr", 7), wandb.config.get("lr"))

        every()
        wandb.config.epochs = 4
        run = wandb.init(project="p")
        print(wandb.config.epochs)
        wandb.finish()
        every()
        error = wandb.CommError("gone", ValueError("behind"))
        print(error.message, error.exc)
    """)
    refusals = (
        "You must call wandb.init() before wandb.config.lr\n"
        "You must call wandb.init() before wandb.config['lr']\n"
        "You must call wandb.init() before wandb.summary['loss']\n"
        "You must call wandb.init() before wandb.log()\n"
        "You must call wandb.init() before wandb.define_metric()\n"
        "None False 7 None\n"
    )
    assert ran.output == f"{refusals}4\n{refusals}gone behind\n"
    assert ran.run().config == {"epochs": 4}


def test_settings_are_read_and_set_by_wandbs_names() -> None:
    ran = script("""
        import wandb

        settings = wandb.Settings(project="s", run_name="mine", run_tags=["q"], run_group="g", start_method="thread",
                                  _disable_stats=True, x_disable_meta=True, root_dir="elsewhere")
        settings.run_id = "made"
        settings.init_timeout = 300
        settings.run_notes = "gone"
        settings.run_notes = None
        print(settings.run_id, settings.run_name, settings.run_group, settings.start_method, hasattr(settings, "nonsense"))
        run = wandb.init(settings=settings, dir=None)
        print(run.id, run.name, run.tags, run.group, repr(run.notes), run.settings.disable_stats, run.settings.x_disable_meta)
        run.finish()
        run = wandb.init(settings={"silent": True})
        print(run.settings.run_id == run.id, run.settings.project == run.project)
    """)
    assert ran.output == "made mine g thread False\nmade mine ('q',) g '' True True\nTrue True\n"
    assert "start_method='thread' has no effect" in ran.errors
    assert "init_timeout=300 has no effect" in ran.errors
    assert ran.errors.count("WARNING") == 2
    assert Path("elsewhere/s/made/run.json").is_file()


def test_what_is_misspelt_on_a_run_is_refused() -> None:
    ran = script("""
        import wandb

        for mode in ("offline", "disabled"):
            run = wandb.init(mode=mode, project="p", settings={"silent": True})
            for name, value in (("nmae", "x"), ("project", "x"), ("id", "x")):
                try:
                    setattr(run, name, value)
                except Exception as error:
                    print(type(error).__name__, end=" ")
            try:
                run.name = None
            except TypeError as error:
                print(error)
            run.name, run.notes, run.tags = "named", "noted", ["t"]
            print(run.name, run.notes, run.tags, run.start_time > 0)
            run.finish()
    """)
    once = "AttributeError AttributeError AttributeError run.name = None: give a text\nnamed noted ('t',) True\n"
    assert ran.output == once * 2


def test_what_a_recorded_run_is_asked_for() -> None:
    ran = script("""
        import time
        import wandb

        run = wandb.init(entity="me", project="p", name="first", job_type="train", settings={"silent": True})
        for epoch in range(3):
            run.log({"loss": 1 / (epoch + 1)}, step=10 * epoch)
        run.finish()
        api = wandb.Api()
        found = api.run(f"me/p/{run.id}")
        print(found.summary["_step"], found.summary.get("_runtime") > 0, "_timestamp" in found.summary, "_wandb" in found.summary)
        print(time.time() - found.summary["_timestamp"] < 3600, found.summary.keys())
        print(found.displayName, found.display_name, found.jobType, found.createdAt == found.created_at)
        print([one.name for one in api.runs("me/p", {"summary_metrics._step": {"$gte": 20}}, order="-summary_metrics._runtime")])
        found.summary["best"] = 1
        found.summary.update()
        print(sorted(api.run(f"p/{run.id}").summary))
    """)
    assert ran.output.splitlines() == [
        "20 True True False",
        "True KeysView({'loss': 0.3333333333333333})",
        "first first train True",
        "['first']",
        "['best', 'loss']",
    ]


IMPORTS = """
from wandb import Settings, Api, Image, Table, AlertLevel, agent, sweep, data_types, env, errors, plot, sklearn, util
from wandb.apis import InternalApi, PublicApi
from wandb.apis.internal import Api as Internal
from wandb.apis.public import Api as Public, File, Run as Recorded, Runs, Sweep
from wandb.data_types import Image as AlsoImage, Media, WBValue
from wandb.errors import CommError, Error, UsageError
from wandb.sdk.lib import RunDisabled
from wandb.sdk.wandb_run import Run
from wandb.sdk.wandb_settings import Settings as AlsoSettings
from wandb.sdk.wandb_setup import setup
from wandb.sdk.wandb_sweep import sweep as also_sweep
from wandb.util import generate_id
from wandb.wandb_agent import agent as also_agent
from wandb.wandb_run import Run as AlsoRun
import wandb
import wandb.apis.public
assert wandb.apis.public.Run is Recorded and wandb.Api is Api is Public and wandb.apis.public.Sweep is Sweep
assert (Run, Image, Settings, sweep, agent) == (AlsoRun, AlsoImage, AlsoSettings, also_sweep, also_agent)
assert issubclass(RunDisabled, Run) and issubclass(Image, WBValue)
"""


def test_names_are_where_scripts_of_both_times_import_them_from() -> None:
    script(IMPORTS)


def test_an_import_of_what_is_not_there_yet_says_what_to_do_instead() -> None:
    for line in (
        "from wandb.fastai import WandbCallback",
        "import wandb.integration.sacred",
        "from wandb import ArtifactTTL",
    ):
        ran = script(line, code=1)
        assert "is not there yet; instead: " in ran.errors.splitlines()[-1], line
    ran = script("""
        try:
            from wandb import ArtifactTTL
        except ImportError:
            print("without")
    """)
    assert ran.output == "without\n"


def test_files_saved_where_scripts_put_them_and_fetched_again() -> None:
    ran = script("""
        import os
        import wandb

        run = wandb.init(project="p", id="a")
        open(os.path.join(wandb.run.dir, "model.h5"), "w").write("weights")
        os.makedirs("checkpoints/last")
        open("checkpoints/last/state.pt", "w").write("state")
        home = wandb.run.dir
        for saved in (wandb.save(os.path.join(home, "model.h5")), wandb.save(os.path.join(home, "*.h5")),
                      wandb.save("checkpoints/**"), wandb.save(os.path.abspath("checkpoints/last/state.pt"))):
            print([os.path.relpath(path, home) for path in saved])
        wandb.finish()
        print(wandb.restore("model.h5", run_path="me/p/a", root="fetched").read())
        for name, path in (("model.h5", "p/nobody"), ("nothing", "p/a")):
            try:
                print(wandb.restore(name, run_path=path))
            except wandb.CommError as error:
                print(type(error).__mro__[1].__name__, isinstance(error, ValueError))
    """)
    assert ran.output.splitlines() == [
        "['model.h5']",
        "['model.h5']",
        "['checkpoints/last/state.pt']",
        "['last/state.pt']",
        "weights",
        "CommError True",
        "None",
    ]
    assert ran.errors.count("of its folders the last name is kept") == 1
    files = {path.name for path in Path("tracklogs/p/a/files").iterdir()}
    assert {"model.h5", "checkpoints", "last"} <= files
    assert "files" not in files


def test_a_config_that_is_assigned_is_the_runs() -> None:
    ran = script("""
        import argparse
        import wandb

        wandb.config = {"lr": 0.1, "epochs": 3}
        run = wandb.init(project="p", config={"epochs": 4})
        print(wandb.config["lr"], wandb.config.epochs, wandb.config is run.config)
        wandb.config = argparse.Namespace(lr=0.2, net={"layers": 2})
        print(wandb.config.lr, wandb.config.net["layers"], run.config["lr"])
        config = wandb.config = run.config
        wandb.finish()
        try:
            wandb.config.lr
        except wandb.Error as error:
            print(error)
    """)
    assert ran.output == "0.1 4 True\n0.2 2 0.2\nYou must call wandb.init() before wandb.config.lr\n"
    assert ran.run().config == {"lr": 0.2, "epochs": 4, "net": {"layers": 2}}


def test_tests_of_scripts_put_functions_of_their_own_in_place_and_back() -> None:
    ran = script("""
        from unittest import mock
        import wandb

        with mock.patch("wandb.log") as log, mock.patch.object(wandb, "run", None), mock.patch("wandb.init") as init:
            wandb.init(project="never")
            wandb.log({"loss": 1})
            print(log.call_args.args, init.called, wandb.run)
        try:
            wandb.log({"loss": 1})
        except wandb.Error:
            print("none yet")
        before, wandb.log = wandb.log, lambda data: print("swallowed", data)
        wandb.log({"loss": 2})
        wandb.log = before
        run = wandb.init(project="p")
        with mock.patch("wandb.log"):
            wandb.log({"loss": 3})
        wandb.log({"loss": 4})
        wandb.log = None
        run.finish()
        run = wandb.init(project="p")
        wandb.log({"loss": 5})
        print(wandb.run is run, run.step)
    """)
    assert ran.output.splitlines() == ["({'loss': 1},) True None", "none yet", "swallowed {'loss': 2}", "True 1"]
    assert [len(Recorded(folder).rows) for folder in ran.folders] == [1, 1]


def test_what_is_changed_inside_of_a_config_is_kept() -> None:
    ran = script("""
        import wandb

        run = wandb.init(project="p", id="r", config={"net": {"layers": 2}, "sizes": [1], "lr": 0.1})
        run.config.net["width"] = 8
        run.config["sizes"].append(2)
        wandb.config.persist()
        print(wandb.Api().run("p/r").config)
        for name in ("config", "summary"):
            try:
                setattr(run, name, {"lr": 1})
            except AttributeError as error:
                print(error)
        run.finish()
        run = wandb.init(project="p", id="r", resume="must")
        run.config.net["layers"] = 3
        run.finish()
        try:
            run.mark_preempting()
        except wandb.UsageError:
            print("too late")
    """)
    assert ran.output.splitlines() == [
        "{'net': {'layers': 2, 'width': 8}, 'sizes': [1, 2], 'lr': 0.1}",
        "run.config cannot be replaced; call run.config.update(...)",
        "run.summary cannot be replaced; call run.summary.update(...)",
        "too late",
    ]
    assert ran.run().config == {"net": {"layers": 3, "width": 8}, "sizes": [1, 2], "lr": 0.1}


def test_media_are_asked_for_their_json() -> None:
    ran = script("""
        import os
        import numpy as np
        import wandb

        print(wandb.Histogram(np_histogram=([1, 2], [0, 1, 2])).to_json())
        picture = wandb.Image(np.zeros((4, 4)), caption="black")
        try:
            picture.to_json()
        except ValueError as error:
            print(error)
        run = wandb.init(project="p")
        picture.bind_to_run(run, "picture", 0)
        found = picture.to_json(run)
        print(found["_type"], found["caption"], os.path.isfile(os.path.join(run.dir, found["path"])))
        run.log({"pictures": [picture] * 200})
        print(wandb.Image.MAX_ITEMS, wandb.Histogram.MAX_LENGTH)
    """)
    assert ran.output.splitlines() == [
        "{'_type': 'histogram', 'values': [1, 2], 'bins': [0.0, 1.0, 2.0]}",
        "to_json(run) keeps a file media/images/….png: give the run that it belongs to",
        "image-file black True",
        "108 512",
    ]
    assert ran.run().rows[0]["pictures"]["count"] == 200


def test_an_object_that_finishes_its_run_when_it_goes_finds_none_at_the_end() -> None:
    ran = script("""
        import wandb

        class Logger:
            def __init__(self):
                self.run = wandb.init(project="p")

            def __del__(self):
                if wandb.run:
                    wandb.finish()
                wandb.finish()

        logger = Logger()
        wandb.log({"loss": 1})
    """)
    assert "Exception ignored" not in ran.errors
    assert ran.run().rows == [{"_step": 0, "loss": 1}]


def test_a_training_of_2020() -> None:
    ran = script(
        """
        import argparse
        import os
        import numpy as np
        import torch
        import wandb

        hyperparameter_defaults = dict(dropout=0.5, learning_rate=0.001)
        wandb.init(config=hyperparameter_defaults, project="cnn", allow_val_change=True, magic=True, sync_tensorboard=False)
        parser = argparse.ArgumentParser()
        parser.add_argument("--epochs", type=int, default=1)
        args = parser.parse_args()
        wandb.config.update(args)
        config = wandb.config
        config.seed = 42

        torch.manual_seed(config.seed)
        model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(config.dropout))
        wandb.watch(model, log="all", log_freq=1)
        for epoch in range(config.epochs):
            loss = model(torch.rand(8, 4)).pow(2).mean()
            loss.backward()
            pictures = [wandb.Image(np.zeros((4, 4)), caption="Pred: {} Truth: {}".format(1, 2))]
            wandb.log({"Test Loss": loss, "Test Accuracy": 100.0 * epoch / 3}, commit=False)
            wandb.log({"Examples": pictures})
        wandb.log()
        wandb.run.history.row.update({"late": 1})
        wandb.log({"later": 2}, sync=False)
        torch.save(model.state_dict(), os.path.join(wandb.run.dir, "model.pt"))
        wandb.run.save()
        wandb.run.summary["best_accuracy"] = max(wandb.run.summary["Test Accuracy"], 50)
        wandb.run.name, wandb.run.notes, wandb.run.tags = wandb.run.id, "done", ["first"]
        wandb.run.tags = wandb.run.tags + ("second",)
        print(wandb.run.mode, wandb.run.project_name(), wandb.run.resumed, wandb.run.step, wandb.run.history._step)
        wandb.join()
        """,
        "--epochs=3",
        world={"WANDB_MODE": "dryrun"},
    )
    run = ran.run()
    assert ran.output == "dryrun cnn False 5 5\n"
    assert run.config == {"dropout": 0.5, "learning_rate": 0.001, "epochs": 3, "seed": 42}
    assert [row["_step"] for row in run.rows] == [0, 1, 2, 4]
    assert {"Test Loss", "Examples", "gradients/0.weight", "parameters/0.bias"} <= set(run.rows[2])
    assert (run.rows[3]["late"], run.rows[3]["later"]) == (1, 2)
    assert (run.summary["best_accuracy"], run.known["name"], run.known["tags"]) == (
        run.summary["Test Accuracy"],
        run.known["id"],
        ["first", "second"],
    )
    assert (run.folder / "files/model.pt").is_file()
    assert ran.errors.count("WARNING") == ran.errors.count("magic=True has no effect") == 1


def test_every_variable_says_what_it_says_in_wandb() -> None:
    Path("more.yaml").write_text("wandb_version: 1\nlr:\n  desc: rate\n  value: 0.5\n")
    world = {
        "PROJECT": "envp", "ENTITY": "me", "NAME": "named", "NOTES": "noted", "TAGS": "a,b", "RUN_GROUP": "g", "JOB_TYPE": "j",
        "RUN_ID": "i", "RESUME": "allow", "CONSOLE": "off", "CONFIG_PATHS": "more.yaml", "HOST": "h", "USERNAME": "u",
        "PROGRAM": "p.py", "_DISABLE_STATS": "true", "API_KEY": "k", "BASE_URL": "http://nowhere", "START_METHOD": "thread",
    }  # fmt: skip
    body = """
        import wandb

        run = wandb.init(config={"lr": 0.1, "epochs": 2})
        print(run.path, run.name, run.notes, run.tags, run.group, run.job_type, run.resumed, dict(run.config))
        wandb.log({"loss": 1})
    """
    environment = {f"WANDB_{name}": value for name, value in world.items()}
    for resumed in (False, True):
        ran = script(body, world=environment)
        assert ran.output == f"me/envp/i named noted ('a', 'b') g j {resumed} {{'lr': 0.5, 'epochs': 2}}\n"
        assert "WARNING" not in ran.errors
    run = Recorded(Path("tracklogs/envp/i"))
    assert [row["_step"] for row in run.rows] == [0, 1]
    assert {key: run.known[key] for key in ("host", "user", "program")} == {"host": "h", "user": "u", "program": "p.py"}
    assert not list(run.folder.glob("system-*"))
    assert not list(run.folder.glob("console-*"))


def test_a_disabled_script_leaves_nothing() -> None:
    ran = script(
        """
        import os
        import wandb

        with wandb.init(project="p", config={"lr": 1}, name="n") as run:
            wandb.watch(None)
            wandb.define_metric("loss", summary="min")
            wandb.config.epochs = 3
            wandb.log({"loss": {"train": 1}, "picture": wandb.Html("x")})
            wandb.alert("hot", "very")
            print(wandb.save("*.py"), run.log_artifact("x"), run.use_artifact("x"), run.url, run.step)
            print(wandb.run.summary["loss"]["train"], run.summary.loss.train, run.config.epochs, run.disabled)
        print(wandb.run, sorted(os.listdir(".")))
        """,
        world={"WANDB_MODE": "disabled"},
    )
    assert ran.output.splitlines() == ["None x None None 1", "1 1 3 True", "None ['script.py']"]
    assert ran.errors == ""
