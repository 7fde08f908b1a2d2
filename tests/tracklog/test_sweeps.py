"""Sweeps: definitions, what their parameters mean, and agents that share them."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import tracklog
from site_builder import Builder, Options
from tests.tracklog.test_log import QUIET
from tracklog import cli, recording
from tracklog.errors import CommError, Error
from tracklog.public_api import Api
from tracklog.store import reader, sweeps
from tracklog.sweeps import beta, parameters
from tracklog.sweeps.agent import agent, find
from tracklog.sweeps.assignment import assigned
from tracklog.sweeps.command import command
from tracklog.sweeps.definition import sweep
from tracklog.sweeps.search import Chance, search

GRID = {
    "method": "grid",
    "parameters": {"a": {"values": [1, 2, 3]}, "opt": {"parameters": {"b": {"values": ["x", "y"]}}}},
}
METRIC = {"name": "loss", "goal": "minimize"}


@pytest.fixture(autouse=True)
def _own_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget where the tests before this one have recorded."""
    monkeypatch.setattr(recording, "roots", {})


def begin() -> Any:
    """Begin the run of a trial, as a script does."""
    return tracklog.init(settings=QUIET)


def seen(sweep_id: str) -> list[Any]:
    """Return the configs of a sweep's runs, in the order of their trials."""
    return [Api().run(f"p/{run}").config for run in sweeps.runs(find(sweep_id))]


# -- definitions


def test_a_sweep_is_kept_beside_the_runs() -> None:
    sweep_id = sweep(GRID, project="p")
    assert len(sweep_id) == 8
    kept = sweeps.read(Path("tracklogs/p/sweeps") / sweep_id)
    assert (kept["definition"], kept["id"], kept["project"]) == (GRID, sweep_id, "p")
    assert reader.projects(Path("tracklogs")) == {}
    numbers = {"method": "grid", "parameters": {"a": {"values": np.array([1, 2])}, "b": {"value": np.float64(0.5)}}}
    assert sweeps.read(find(sweep(numbers, project="p")))["definition"]["parameters"]["a"] == {"values": [1, 2]}
    Path("s.yaml").write_text(yaml.safe_dump(GRID | {"project": "q"}))
    assert find(sweep("s.yaml")).parts[-3:-1] == ("q", "sweeps")
    assert find(f"me/p/{sweep(lambda: GRID, project='p')}").parts[-3:-1] == ("p", "sweeps")
    with pytest.raises(CommError, match="no sweep 'nothere' in"):
        agent("nothere", print)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"method": "guess"}, "method='guess'; choose one of grid, random, bayes"),
        ({"parameters": {}}, r"parameters=\{\}; give a dict"),
        ({"parameters": {"lr": 0.1}}, r"parameter 'lr' is 0.1; write \{'value': 0.1\}"),
        ({"parameters": {"lr": {"min": 0.1, "max": 1}}}, "a grid has no end over lr"),
        ({"parameters": {"o": {"parameters": {"lr": {}}}}}, r"parameter 'o.lr' is \{\}; give value"),
        ({"parameters": {"lr": {"distribution": "cauchy"}}}, "has distribution 'cauchy'; there are constant"),
        ({"parameters": {"lr": {"min": 2, "max": 1}}}, "min=2 above max=1"),
        ({"parameters": {"lr": {"min": "a", "max": 1.0}}}, "min='a'; give a number"),
        ({"parameters": {"lr": {"distribution": "log_uniform_values", "min": 0, "max": 1}}}, "numbers above 0"),
        ({"parameters": {"lr": {"distribution": "int_uniform", "min": 0.5, "max": 1}}}, "needs integers"),
        ({"parameters": {"lr": {"distribution": "normal", "sigma": 0}}}, "sigma=0; give a number above 0"),
        ({"parameters": {"lr": {"min": 0, "max": 1, "step": 2}}}, "has 'step', which its distribution does not take"),
        ({"parameters": {"lr": {"values": []}}}, r"values=\[\]; give a list of at least one"),
        ({"parameters": {"lr": {"values": [1, 2], "probabilities": [0.5, 0.6]}}}, "that add up to 1"),
        ({"method": "bayes"}, "metric=None; give"),
        ({"metric": {"name": "x", "goal": "best"}}, "metric="),
        ({"parameters": {"x": {"value": object()}}}, "is a object"),
        ({"parameters": {"x": {"value": math.nan}}}, "holds numbers, texts, lists and dicts"),
        ({"run_cap": 0}, "run_cap=0; give the number of runs"),
    ],
)
def test_definitions_that_cannot_be_used_are_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sweep(GRID | change, project="p")
    assert not Path("tracklogs").exists()


def test_what_has_no_effect_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    sweep(GRID | {"early_terminate": {"type": "hyperband"}, "colour": 1}, project="p", prior_runs=["a"])
    said = capfd.readouterr().err
    for words in (
        "early_terminate has no effect",
        "prior_runs has no effect",
        "'colour' of a sweep's definition has no effect",
    ):
        assert words in said


# -- parameters


def values_of(field: dict[str, Any], tmp_path: Path, count: int = 2000) -> list[Any]:
    (parameter,) = parameters.parse({"x": field})
    chance = Chance(tmp_path, [parameter], math.inf)
    chance._random.seed(1)
    return [parameter.value(chance) for _ in range(count)]


@pytest.mark.parametrize(
    ("field", "low", "high", "median"),
    [
        ({"min": 2.0, "max": 4.0}, 2, 4, 3),
        ({"min": "1e-4", "max": 1.0, "distribution": "uniform"}, 1e-4, 1, 0.5),
        ({"distribution": "log_uniform", "min": -4, "max": 0}, math.exp(-4), 1, math.exp(-2)),
        ({"distribution": "log_uniform_values", "min": 1e-4, "max": 1}, 1e-4, 1, 1e-2),
        ({"distribution": "inv_log_uniform", "min": 0, "max": 4}, math.exp(-4), 1, math.exp(-2)),
        ({"distribution": "inv_log_uniform_values", "min": 1e-4, "max": 1}, 1e-4, 1, 1e-2),
        ({"distribution": "normal", "mu": 5, "sigma": 2}, -9, 19, 5),
        ({"distribution": "log_normal"}, 0, 1e3, 1),
        ({"distribution": "beta", "a": 2, "b": 2}, 0, 1, 0.5),
    ],
)
def test_distributions_lie_where_they_say(field: Any, low: float, high: float, median: float, tmp_path: Path) -> None:
    found = values_of(field, tmp_path)
    assert low <= min(found) <= max(found) <= high
    below = sum(value < median for value in found)
    assert 800 < below < 1200
    assert len(set(found)) > 1900


def test_steps_choices_and_constants(tmp_path: Path) -> None:
    assert set(values_of({"min": 1, "max": 3}, tmp_path)) == {1, 2, 3}
    assert set(values_of({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.25}, tmp_path)) == {
        0,
        0.25,
        0.5,
        0.75,
        1,
    }
    assert set(values_of({"distribution": "q_log_uniform_values", "min": 1, "max": 64, "q": 16}, tmp_path)) == {
        0,
        16,
        32,
        48,
        64,
    }
    assert {type(value) for value in values_of({"distribution": "q_normal", "q": 2}, tmp_path)} == {int}
    found = values_of({"values": ["a", None, [1]], "probabilities": [0.7, 0.2, 0.1]}, tmp_path)
    assert [1300 < found.count("a") < 1500, 300 < found.count(None) < 500] == [True, True]
    assert values_of({"value": [1, 2]}, tmp_path, 1) == [[1, 2]]
    (grid,) = parameters.parse({"x": {"distribution": "q_uniform", "min": 0.1, "max": 0.5, "q": 0.1}})
    assert grid.choices() == [0.1, 0.2, 0.3, 0.4, 0.5]


@given(st.floats(0.2, 20), st.floats(0.2, 20), st.floats(0.01, 0.99))
def test_shares_of_the_beta_distribution(a: float, b: float, share: float) -> None:
    from scipy.stats import beta as reference  # type: ignore[import-untyped]

    value = beta.quantile(share, a, b)
    assert beta.below(value, a, b) == pytest.approx(reference.cdf(value, a, b), abs=1e-9)
    assert value == pytest.approx(reference.ppf(share, a, b), rel=1e-6, abs=1e-9)


# -- agents that call a function


def test_a_grid_is_every_point_once_in_order() -> None:
    def trial() -> None:
        with begin() as run:
            run.log({"loss": run.config["a"]})

    sweep_id = sweep(GRID | {"metric": METRIC}, project="p")
    agent(sweep_id, trial, count=2)
    agent(sweep_id, function=trial)
    assert seen(sweep_id) == [{"a": a, "opt": {"b": b}} for a, b in itertools.product([1, 2, 3], "xy")]
    agent(sweep_id, trial)
    assert len(seen(sweep_id)) == 6
    assert assigned() is None
    assert {run.state for run in Api().runs("p")} == {"finished"}


def test_runs_that_a_function_leaves_open_are_ended_and_failures_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    def trial() -> None:
        run = begin()
        run.log({"loss": 1})
        if run.config["a"] == 1:
            raise RuntimeError("boom")
        if run.config["a"] == 2:
            sys.exit("no")

    sweep_id = sweep(GRID | {"metric": METRIC, "parameters": {"a": {"values": [1, 2, 3]}}}, project="p")
    agent(sweep_id, trial)
    runs = [Api().run(f"p/{run}") for run in sweeps.runs(find(sweep_id))]
    assert [run.state for run in runs] == ["failed", "failed", "finished"]
    assert "RuntimeError: boom" in capsys.readouterr().err
    assert tracklog.run is None


def test_an_agent_gives_up_when_nothing_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trial() -> None:
        raise ValueError("never")

    anything = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    agent(sweep(anything, project="p"), trial)
    assert capsys.readouterr().err.count("ValueError: never") == 5
    monkeypatch.setenv("WANDB_AGENT_MAX_INITIAL_FAILURES", "2")
    agent(sweep(anything, project="p"), trial)
    assert capsys.readouterr().err.count("ValueError: never") == 2
    agent(sweep(anything, project="p"), trial, max_consecutive_failed_runs=1)
    assert capsys.readouterr().err.count("ValueError: never") == 1
    with pytest.raises(ValueError, match="max_consecutive_failed_runs=0"):
        agent(sweep(anything, project="p"), trial, max_consecutive_failed_runs=0)


def test_ctrl_c_ends_the_agent_and_its_run() -> None:
    def trial() -> None:
        begin().log({"loss": 1})
        raise KeyboardInterrupt

    sweep_id = sweep(GRID, project="p")
    agent(sweep_id, trial)
    (run,) = sweeps.runs(find(sweep_id))
    assert (Api().run(f"p/{run}").state, tracklog.run, assigned()) == ("failed", None, None)


def test_what_a_sweep_says_stays_and_everything_else_is_the_scripts(capfd: pytest.CaptureFixture[str]) -> None:
    def trial() -> None:
        run = tracklog.init(project="q", id="mine", config={"a": 7, "own": 1}, settings=QUIET)
        run.config.a = 8
        run.log({"loss": run.config["a"]})
        assert run.sweep_id == sweep_id

    sweep_id = tracklog.sweep(GRID, project="p")
    tracklog.agent(sweep_id, trial, count=1)
    assert seen(sweep_id) == [{"a": 1, "opt": {"b": "x"}, "own": 1}]
    (run,) = Api().runs("p", {"sweep": sweep_id})
    assert (run.sweep_name, run.summary["loss"]) == (sweep_id, 1)
    assert "config['a'] is set by the sweep" in capfd.readouterr().err


def test_run_cap_is_a_cap_for_all_agents() -> None:
    sweep_id = sweep({"method": "random", "run_cap": 3, "parameters": {"x": {"min": 0.0, "max": 1.0}}}, project="p")
    agent(sweep_id, lambda: begin().finish(), count=2)
    agent(sweep_id, lambda: begin().finish(), count=2)
    assert len(seen(sweep_id)) == 3


def test_a_trial_has_one_run_however_often_it_is_begun() -> None:
    def trial() -> None:
        with begin() as first:
            first.log({"loss": 1})
        with begin() as second:
            second.log({"loss": 2})

    sweep_id = sweep(GRID, project="p")
    agent(sweep_id, trial, count=1)
    (run,) = Api().runs("p")
    assert [row["loss"] for row in run.scan_history()] == [1, 2]


def study_of(sweep_id: str) -> Any:
    """Return what the search has been told, as Optuna reads it."""
    import optuna

    backend = optuna.storages.journal.JournalFileBackend(str(sweeps.journal(find(sweep_id))))
    return optuna.load_study(study_name="sweep", storage=optuna.storages.JournalStorage(backend))


def test_the_search_is_told_of_every_agents_trials() -> None:
    def trial() -> None:
        with begin() as run:
            run.log({"val": {"loss": (run.config["x"] - 0.3) ** 2 + (run.config["kind"] == "bad")}})

    definition = {
        "method": "bayes",
        "metric": {"name": "val.loss", "goal": "minimize"},
        "parameters": {"x": {"min": 0.0, "max": 1.0}, "kind": {"values": ["good", "bad"]}},
    }
    sweep_id = sweep(definition, project="p")
    for _ in range(2):
        agent(sweep_id, trial, count=10)
    study = study_of(sweep_id)
    assert [found.params["x"] for found in study.trials] == [config["x"] for config in seen(sweep_id)]
    assert [found.value for found in study.trials] == [
        Api().run(f"p/{run}").summary["val"]["loss"] for run in sweeps.runs(find(sweep_id))
    ]
    best = Api().sweep(f"p/{sweep_id}").best_run()
    assert best is not None
    assert (best.config["x"], study.direction.name) == (study.best_params["x"], "MINIMIZE")


def test_the_search_is_told_of_failures_and_of_runs_without_the_metric(capfd: pytest.CaptureFixture[str]) -> None:
    outcomes = iter(["fails", "nothing", "nan", "fine"])

    def trial() -> None:
        outcome = next(outcomes)
        with begin() as run:
            run.log({"other": 1} if outcome == "nothing" else {"loss": math.nan if outcome == "nan" else 0.5})
            if outcome == "fails":
                raise ValueError(outcome)

    definition = {"method": "bayes", "metric": METRIC, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    sweep_id = sweep(definition, project="p")
    agent(sweep_id, trial, count=4)
    study = study_of(sweep_id)
    assert [found.state.name for found in study.trials] == ["FAIL", "FAIL", "FAIL", "COMPLETE"]
    assert study.best_value == 0.5
    assert "has nothing for the sweep's metric 'loss'" in capfd.readouterr().err


def test_what_define_metric_keeps_is_the_metric() -> None:
    def trial() -> None:
        with begin() as run:
            run.define_metric("acc", summary="max,min")
            for value in (0.2, 0.9, 0.5):
                run.log({"acc": value})

    metric = {"name": "acc", "goal": "maximize"}
    sweep_id = sweep({"method": "bayes", "metric": metric, "parameters": {"x": {"min": 0.0, "max": 1.0}}}, project="p")
    agent(sweep_id, trial, count=1)
    assert study_of(sweep_id).best_value == 0.9


def test_only_bayes_needs_optuna() -> None:
    bayes = sweep({"method": "bayes", "metric": METRIC, "parameters": {"x": {"min": 0.0, "max": 1.0}}}, project="p")
    code = f"""
import sys
sys.modules["optuna"] = None
from tracklog.sweeps.agent import agent
from tracklog.sweeps.definition import sweep
for method in ("random", "grid"):
    agent(sweep({{"method": method, "parameters": {{"x": {{"values": [1]}}}}}}, project="p"), lambda: print("called"), count=1)
agent({bayes!r}, print, project="p")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "called\ncalled\n"
    assert "method 'bayes' needs Optuna: pip install 'tracklog[sweeps]'" in done.stderr.splitlines()[-1]


def test_a_damaged_sweep_or_trial_is_told(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_id = sweep(GRID, project="p")
    folder = find(sweep_id)
    monkeypatch.setenv("WANDB_SWEEP_ID", sweep_id)
    monkeypatch.setenv("WANDB_SWEEP_PARAM_PATH", str(folder / "trial-0.json"))
    assert assigned() is None
    assert "the run begins without it" in capfd.readouterr().err
    (folder / "sweep.json").write_text("[]")
    with pytest.raises(Error, match=r"sweep\.json is no JSON object"):
        agent(sweep_id, print, project="p")


# -- agents that start a program


PROGRAM = f"""
import sys
import tracklog
run = tracklog.init(settings={QUIET!r})
run.config.update({{"argv": sys.argv[1:]}})
run.log({{"loss": run.config["a"]}})
sys.exit(3 if run.config["a"] == 2 else 0)
"""


def test_programs_get_their_parameters_as_flags_and_by_the_config() -> None:
    Path("train.py").write_text(PROGRAM)
    sweep_id = sweep(GRID | {"program": "train.py", "metric": METRIC}, project="p")
    agent(sweep_id)
    found = seen(sweep_id)
    assert [(config["a"], config["opt"]["b"]) for config in found] == list(itertools.product([1, 2, 3], "xy"))
    assert found[1]["argv"] == ["--a=1", "--opt={'b': 'y'}"]
    states = [Api().run(f"p/{run}").state for run in sweeps.runs(find(sweep_id))]
    assert states == ["finished", "finished", "failed", "failed", "finished", "finished"]


def test_the_command_line_keeps_a_sweep_and_runs_it(capfd: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(PROGRAM)
    Path("sweep.yaml").write_text(yaml.safe_dump(GRID | {"program": "train.py"}))
    cli.main(["sweep", "sweep.yaml", "--project", "p"], standalone_mode=False)
    sweep_id = capfd.readouterr().out.strip()
    cli.main(["agent", sweep_id, "--project", "p", "--count", "1"], standalone_mode=False)
    assert [config["a"] for config in seen(sweep_id)] == [1]
    Path("bad.yaml").write_text("method: guess\n")
    for arguments, sentence in ((["sweep", "bad.yaml"], "choose one of grid"), (["agent", "none"], "no sweep 'none'")):
        with pytest.raises(SystemExit):
            cli.main(arguments)
        assert sentence in capfd.readouterr().err


def test_words_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", "/data")
    params = {"lr": 0.1, "flag": True, "off": False}

    def words(*given_: str) -> list[str]:
        return command({"program": "t.py", "command": list(given_)}, params)

    assert command({"program": "t.py"}, params)[1:] == [
        sys.executable,
        "t.py",
        "--lr=0.1",
        "--flag=True",
        "--off=False",
    ]
    assert words("run", "${program}", "${args_no_boolean_flags}") == ["run", "t.py", "--lr=0.1", "--flag"]
    assert words("${args_no_hyphens}") == ["lr=0.1", "flag=True", "off=False"]
    assert words("${args_json}", "--in=${envvar:DATA}") == ['{"lr": 0.1, "flag": true, "off": false}', "--in=/data"]
    assert words("x ${program}") == ["x t.py"]
    with pytest.raises(ValueError, match=r"'\$\{arguments\}' stands for nothing"):
        words("${arguments}")
    with pytest.raises(ValueError, match="the sweep names no program"):
        agent(sweep(GRID, project="p"))


def test_two_agents_at_once_never_take_the_same_point() -> None:
    points = {"a": {"distribution": "int_uniform", "min": 1, "max": 12}}
    sweep_id = sweep({"method": "grid", "parameters": points, "program": "train.py"}, project="p")
    Path("train.py").write_text(PROGRAM)
    code = f"from tracklog.sweeps.agent import agent; agent({sweep_id!r}, project='p')"
    both = [subprocess.Popen([sys.executable, "-c", code], env=os.environ.copy()) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [config["a"] for config in seen(sweep_id)] == list(range(1, 13))


def test_many_who_take_at_once_share_the_numbers() -> None:
    from concurrent.futures import ThreadPoolExecutor

    folder = find(sweep({"method": "grid", "parameters": {"a": {"values": list(range(60))}}}, project="p"))
    searches = [search(folder, sweeps.read(folder)["definition"]) for _ in range(4)]

    def all_of(one: Any) -> list[int]:
        return [trial.params["a"] for trial in iter(one.take, None)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(all_of, searches))
    assert sorted(itertools.chain(*found)) == list(range(60))


# -- reading


def test_a_sweep_is_read_by_the_api() -> None:
    def trial() -> None:
        with begin() as run:
            run.log({"loss": run.config["a"]})

    sweep_id = sweep(GRID | {"metric": METRIC | {"goal": "maximize"}, "name": "mine", "run_cap": 4}, project="p")
    agent(sweep_id, trial, count=4)
    found = Api().sweep(f"me/p/{sweep_id}")
    assert (found.id, found.name, found.project, found.order) == (sweep_id, "mine", "p", "-summary_metrics.loss")
    assert (found.config["method"], found.path, found.state) == ("grid", ["me", "p", sweep_id], "FINISHED")
    assert [run.config["a"] for run in found.runs] == [1, 1, 2, 2]
    best = found.best_run()
    assert best is not None
    assert best.config["a"] == 2
    assert best.id in {run.id for run in found.runs}
    assert [one.id for one in Api().project("p").sweeps()] == [sweep_id]
    with pytest.raises(CommError, match="no sweep"):
        Api().sweep("p/nothere")


def test_a_site_has_the_runs_of_a_sweep_and_nothing_else() -> None:
    def trial() -> None:
        with begin() as run:
            run.log({"loss": run.config["a"]})

    sweep_id = sweep(GRID, project="p")
    agent(sweep_id, trial, count=2)
    report = Builder(Options((Path("tracklogs"),), Path("site"))).build()
    assert (report.runs, report.damage, report.warnings) == (2, [], [])
    runs = {f"{run}.html" for run in sweeps.runs(find(sweep_id))}
    assert {path.name for path in Path("site/p/runs").iterdir()} == runs


def test_an_agent_all_of_whose_trials_fail_says_so_by_its_exit_code() -> None:
    Path("fails.py").write_text("raise SystemExit(3)")
    Path("s.yaml").write_text("program: fails.py\nproject: p\nmethod: grid\nparameters: {a: {values: [1, 2]}}\n")
    command = [sys.executable, "-m", "tracklog"]
    made = subprocess.run([*command, "sweep", "s.yaml"], capture_output=True, text=True, check=True)
    done = subprocess.run(
        [*command, "agent", "--project", "p", made.stdout.strip()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "tracklog: no trial went well"
