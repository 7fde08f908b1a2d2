"""Where the config of a run comes from, and that what was stored comes back as it was."""

from __future__ import annotations

import argparse
import dataclasses
import enum
import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import omegaconf
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracklog
from tests.tracklog.test_log import QUIET, begin
from tracklog import Api, configs
from tracklog.errors import ConfigError, UsageError, forget_warnings
from tracklog.store import fold, reader


class Mode(enum.Enum):
    FAST = 1
    SLOW = "slow"


def stored(run: Any) -> dict[str, Any]:
    log = reader.read_run(Path(run.sync_dir))
    return fold.config_values(log, fold.sessions(log))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([*Mode, "NaN", "Infinity"]),
)
HASHABLE = st.recursive(
    SCALARS.filter(lambda v: not isinstance(v, float) or not math.isnan(v)),
    lambda inner: st.tuples(inner, inner),
    max_leaves=3,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.tuples(inner), st.dictionaries(st.text(max_size=4), inner, max_size=3),
        st.sets(HASHABLE, max_size=3), st.frozensets(HASHABLE, max_size=2),
    ),
    max_leaves=8,
)  # fmt: skip


def alike(a: Any, b: Any) -> bool:
    """Equal and of the same types throughout; NaN is NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    return bool(a == b) or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


@given(config=st.dictionaries(st.text("abc._", min_size=1, max_size=4), VALUES, max_size=4))
def test_what_was_stored_comes_back_equal_and_of_its_type(config: dict[str, Any], tmp_path_factory: Any) -> None:
    forget_warnings()
    root = tmp_path_factory.mktemp("root")
    with begin(root, id="r", config=config) as run:
        live = run.config.as_dict()
        assert alike(live, config)
        assert alike(stored(run), config)
    with begin(root, id="r", resume="must") as again:
        assert alike(again.config.as_dict(), config)
        again.config.update(config)  # the same values: no error, nothing written
    events = [
        e for w in reader.read_run(Path(run.sync_dir)).writers.values() for e in w.events if e["event"] == "config"
    ]
    assert len(events) == bool(config)


@dataclasses.dataclass
class Net:
    layers: int = 2
    widths: tuple[int, ...] = (8, 4)


@attrs.define
class Optimizer:
    name: str = "adam"
    net: Net = attrs.Factory(Net)


class Model(pydantic.BaseModel):
    lr: float = 0.1
    mode: Mode = Mode.FAST


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (argparse.Namespace(a=1, b=None), {"a": 1, "b": None}),
        (SimpleNamespace(a=1), {"a": 1}),
        (Net(), {"layers": 2, "widths": (8, 4)}),
        (Optimizer("sgd", Net(3)), {"name": "sgd", "net": {"layers": 3, "widths": (8, 4)}}),
        (Model(lr=0.2), {"lr": 0.2, "mode": Mode.FAST}),
        ({"inner": Model()}, {"inner": {"lr": 0.1, "mode": Mode.FAST}}),
        (omegaconf.OmegaConf.create({"a": 1, "b": "${a}", "c": [1, "${a}"]}), {"a": 1, "b": 1, "c": [1, 1]}),
        ({"hydra": omegaconf.OmegaConf.create({"x": {"y": 2}})}, {"hydra": {"x": {"y": 2}}}),
        ({0: "zero", "n": np.float32(0.5), "arr": np.arange(3)}, {"0": "zero", "n": 0.5, "arr": [0, 1, 2]}),
        ({"--lr": 1, "cut": slice(1, 5, 2)}, {"lr": 1, "cut": {"slice_start": 1, "slice_step": 2, "slice_stop": 5}}),
    ],
)
def test_every_kind_of_config_is_taken(given: Any, wanted: dict[str, Any], tmp_path: Path) -> None:
    with begin(tmp_path, config=given) as run:
        assert run.config.as_dict() == wanted


def test_a_missing_value_of_omegaconf_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    given = omegaconf.OmegaConf.create({"data": {"path": "???"}, "bad": "${nowhere}"})
    with begin(tmp_path, config=given) as run:
        assert run.config["data"] == {"path": "???"}
        run.log({"cfg": omegaconf.OmegaConf.create({"x": 1})})
    said = capfd.readouterr().err
    assert "no value for data.path" in said
    assert "could not be resolved" in said


ABSL = f"""
import sys
from absl import flags
import tracklog as wandb
flags.DEFINE_string("model", None, "help")
flags.DEFINE_integer("size", 3, "help")
if len(sys.argv) > 1:
    flags.FLAGS(sys.argv)
run = wandb.init(project="p", id="r", dir="logs", settings={QUIET!r})
wandb.config.update(flags.FLAGS)
print(run.config["model"], run.config["size"])
"""


@pytest.mark.parametrize(("arguments", "printed"), [([], "None 3"), (["--model=x", "--size=5"], "x 5")])
def test_absl_flags_before_and_after_they_are_parsed(arguments: list[str], printed: str) -> None:
    done = subprocess.run([sys.executable, "-c", ABSL, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == printed


def test_files_come_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config-defaults.yaml").write_text(
        "wandb_version: 1\na: {desc: first, value: 1}\nb: {value: 1}\nc: 1\nd: {x: 1}\n"
    )
    Path("mine.yaml").write_text("b: 2\n")
    Path("more.yaml").write_text("deep: {c: {value: 3}, e: 3}\n")
    monkeypatch.setenv("WANDB_CONFIG_PATHS", "mine.yaml,more.yaml::deep")
    tracklog.config.early = 0
    tracklog.config.a = 0
    with begin(tmp_path, config={"a": 9, "b": 9, "c": 9}) as run:
        assert run.config.as_dict() == {"a": 9, "b": 2, "c": 3, "d": {"x": 1}, "early": 0, "e": 3}


def test_a_flag_takes_the_place_of_an_equal_number(tmp_path: Path) -> None:
    with begin(tmp_path, config={"flag": 1}) as run:
        run.config.update({"flag": True})
        assert run.config.flag is True
        assert Api().run(run.path).config["flag"] is True


def test_a_path_updates_a_config(tmp_path: Path) -> None:
    Path("more.yaml").write_text("lr:\n  desc: rate\n  value: 0.5\nepochs: 3\n")
    with begin(tmp_path, config={"lr": 0.1}) as run:
        run.config.update(Path("more.yaml"), allow_val_change=True)
        run.config.update("more.yaml")
        assert dict(run.config) == {"lr": 0.5, "epochs": 3}
        with pytest.raises(ConfigError, match=r"'none\.yaml' cannot be read"):
            run.config.update("none.yaml")


def test_a_path_is_a_config_and_keys_are_chosen(tmp_path: Path) -> None:
    Path("c.yaml").write_text("lr: 1.0e-4\nnet: {layers: 2}\nseed: {value: 3}\n")
    with begin(tmp_path, config="c.yaml", config_exclude_keys=["seed"]) as run:
        assert run.config.as_dict() == {"lr": 1e-4, "net": {"layers": 2}}
    with begin(tmp_path, config=Path("c.yaml"), config_include_keys=["seed"]) as run:
        assert run.config.as_dict() == {"seed": 3}
    with pytest.raises(UsageError, match="not both"):
        begin(tmp_path, config={"a": 1}, config_include_keys=["a"], config_exclude_keys=["b"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"), ("a: [", "is no YAML"), ("- 1\n", "holds list"),
        ("a: {desc: only}\n", "describes 'a' and gives it no value"), ("wandb_version: 2\n", "wandb_version 2"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_config_is_refused(content: str | None, sentence: str, tmp_path: Path) -> None:
    if content is not None:
        Path("c.yaml").write_text(content)
    with pytest.raises(ConfigError, match=sentence):
        begin(tmp_path, config="c.yaml")
    assert not (tmp_path / "p").exists()  # told before there is a run


def test_an_empty_defaults_file_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("config-defaults.yaml").touch()
    begin(tmp_path).finish()
    assert (
        "Found an empty default config file (config-defaults.yaml). Proceeding with no defaults."
        in capfd.readouterr().err
    )


SCRIPT = f"""
import sys
import tracklog as wandb
run = wandb.init(project="p", id="r", dir="logs", settings={QUIET!r}, config={{"lr": 1}})
print(run.config.as_dict(), sys.argv[1:])
"""


def test_configs_of_the_command_line_by_tracklog_run_and_left_over() -> None:
    Path("s.py").write_text(SCRIPT)
    Path("a.yaml").write_text("lr: 2\nx: 1\n")
    for command in (
        ["-m", "tracklog", "run", "--configs", "a.yaml", "s.py", "--seed=3"],
        ["s.py", "--configs=a.yaml", "--seed=3"],
    ):
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=True, env={**os.environ}
        )
        assert "{'lr': 2, 'x': 1}" in done.stdout
        assert "--seed=3" in done.stdout


def test_a_config_file_that_is_not_there_is_told_before_the_script_starts() -> None:
    Path("s.py").write_text("print('started')")
    command = [sys.executable, "-m", "tracklog", "run", "--configs", "none.yaml", "s.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tracklog: --configs names 'none.yaml', and there is no such file\n"


def test_values_change_only_with_leave_and_locked_ones_never(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with begin(tmp_path, config={"lr": 1, "t": (1, 2), "nan": math.nan}) as run:
        run.config.update({"lr": 1.0, "t": [1, 2], "nan": math.nan})  # equal
        with pytest.raises(ConfigError, match='Attempted to change value of key "lr" from 1 to 2'):
            run.config.lr = 2
        run.config.update({"lr": 2}, allow_val_change=True)
        run.config.update_locked({"lr": 3, "new": 4}, user="sweep")
        run.config.lr = 5
        run.config.update({"new": 9}, allow_val_change=True)
        run.config.setdefaults({"lr": 7, "fresh": 1})
        assert (run.config.lr, run.config["new"], run.config.fresh) == (3, 4, 1)
        assert run.config_static["lr"] == 3
    assert capfd.readouterr().err.count("is set by sweep to 3, and stays so") == 1


class Loud:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def test_what_cannot_be_a_value_costs_nothing_else(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ring: dict[str, Any] = {}
    ring["self"] = ring
    with begin(tmp_path, config={"ring": ring, "loud": Loud(), "ok": 1, "call": math.sin}) as run:
        assert run.config.ok == 1
        assert "cannot be shown: RuntimeError: no words" in run.config.loud
        assert run.config.call == "math.sin"
        with pytest.raises(TypeError, match="settings, not media"):
            run.config.picture = tracklog.Histogram([1, 2])
    assert "nested deeper" in capfd.readouterr().err


def test_a_config_of_five_megabytes_is_kept(tmp_path: Path) -> None:
    config = {f"key{n}": {"text": "x" * 480} for n in range(10_000)}
    with begin(tmp_path, config=config) as run:
        pass
    assert stored(run) == config


def test_parse_config_chooses_keys() -> None:
    assert configs.parse(argparse.Namespace(a=1, b=2), exclude=["b"]) == {"a": 1}
    assert tracklog.helper.parse_config({"a": 1, "b": 2}, include=["a"]) == {"a": 1}
