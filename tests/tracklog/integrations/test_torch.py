"""`watch`: what is logged of a model while it trains, and what the model is spared."""

from __future__ import annotations

import contextlib
import copy
import gc
import io
import subprocess
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import nn

import tracklog
from tests.tracklog.test_log import begin, folded
from tracklog.integrations.torch import unwatch, watch

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    with begin(tmp_path) as started:
        yield started


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 3))


def train(model: Any, run: Any, steps: int = 4, width: int = 6) -> None:
    for step in range(steps):
        model.zero_grad()
        loss = model(torch.randn(8, width)).square().mean()
        loss.backward()
        run.log({"loss": loss.item(), "n": step})


def keys(run: Any) -> list[set[str]]:
    return [set(row) - {"_step", "loss", "n"} for row in folded(run)[0]]


NAMES = {"0.weight", "0.bias", "2.weight", "2.bias"}
GRADIENTS = {f"gradients/{name}" for name in NAMES}
PARAMETERS = {f"parameters/{name}" for name in NAMES}


@pytest.mark.parametrize(
    ("log", "wanted"),
    [("gradients", GRADIENTS), ("parameters", PARAMETERS), ("all", GRADIENTS | PARAMETERS), (None, set())],
)
def test_every_so_many_passes_join_the_row_of_the_step(run: Any, log: str | None, wanted: set[str]) -> None:
    model = network()
    assert watch(run, model, log=log, log_freq=2) == []
    train(model, run)
    assert keys(run) == [set(), wanted, set(), wanted]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_bins_are_those_of_the_finite_values(run: Any, dtype: torch.dtype) -> None:
    weight = torch.linspace(-1, 3, 1000).to(dtype).reshape(10, 100)
    model = nn.Module()
    broken = weight.clone()
    broken[0, 0], broken[0, 1], broken[0, 2] = torch.nan, torch.inf, -torch.inf
    model.whole, model.broken = nn.Parameter(weight), nn.Parameter(broken)
    model.nothing, model.same = nn.Parameter(torch.full((5,), torch.nan)), nn.Parameter(torch.full((7,), 2.5))
    model.empty, model.huge = nn.Parameter(torch.zeros(0)), nn.Parameter(torch.tensor([-3e38, 3e38]))
    model.forward = lambda: None
    watch(run, model, log="parameters", log_freq=1)
    model()
    run.log({})
    row = folded(run)[0][0]
    assert set(row) == {"_step", *(f"parameters/{name}" for name in ("whole", "broken", "same", "huge"))}
    values = weight.double().numpy()
    for name, kept in (("whole", values), ("broken", values.reshape(-1)[3:])):
        found = row[f"parameters/{name}"]
        counts, edges = np.histogram(kept, 64)
        assert (found["min"], found["width"] * 64) == (
            pytest.approx(edges[0]),
            pytest.approx(edges[-1] - edges[0]),
        )
        assert sum(found["counts"]) == kept.size
        assert np.abs(np.cumsum(found["counts"]) - np.cumsum(counts)).max() <= 1 + (dtype is torch.bfloat16) * 30
    assert row["parameters/same"] == {"_type": "histogram", "counts": [7], "min": 2.5, "width": 0.0}
    assert row["parameters/huge"]["counts"][0] == row["parameters/huge"]["counts"][-1] == 1


def test_zeros_of_sparse_gradients_count(run: Any) -> None:
    model = nn.Embedding(100, 2, sparse=True)
    watch(run, model, log_freq=1)
    (model(torch.tensor([1, 2, 2])) * torch.tensor([1.0, 64.0])).sum().backward()
    run.log({})
    found = folded(run)[0][0]["gradients/weight"]
    assert (sum(found["counts"]), found["counts"][0], found["min"]) == (200, 197, 0)
    assert found["width"] == 2
    assert found["counts"][32] == found["counts"][63] == 1


def test_further_models_are_told_apart(run: Any) -> None:
    one, two = nn.Linear(6, 1), nn.Linear(6, 1)
    watch(run, [one, two], log_freq=1)
    watch(run, third := nn.Linear(6, 1), log_freq=1, idx=7)
    for model in (one, two, third):
        model(torch.ones(2, 6)).sum().backward()
    run.log({})
    prefixes = ("", "graph_1", "graph_7")
    assert keys(run) == [{f"gradients/{p}{name}" for p in prefixes for name in ("weight", "bias")}]


def test_a_parameter_is_watched_once(run: Any) -> None:
    model = network()
    watch(run, model)
    with pytest.raises(ValueError, match=r"'0\.weight' of Sequential is watched already"):
        watch(run, model, log_graph=True)
    with pytest.raises(ValueError, match=r"'0\.0\.weight' of Sequential is watched already"):
        watch(run, nn.Sequential(model, nn.ReLU()))
    watch(run, model, log_freq=1)  # as callbacks do each time that they begin
    train(model, run, 1)
    assert {name.partition("/")[2] for name in keys(run)[0]} == {f"graph_1{name}" for name in NAMES}


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"models": 3}, TypeError, "not int"),
        ({"models": [network(), "x"]}, TypeError, "not str"),
        ({"models": network(), "log": "weights"}, ValueError, "log='weights' does not exist"),
        ({"models": network(), "log_freq": 0}, ValueError, "log_freq=0"),
    ],
)
def test_mistakes_are_told_at_once(run: Any, arguments: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        watch(run, **arguments)


def test_nothing_is_logged_after_unwatch_or_the_end_of_the_run(tmp_path: Path) -> None:
    model, other = network(), nn.Linear(6, 1)
    with begin(tmp_path) as run:
        watch(run, [model, other], log="all", log_freq=1)
        unwatch(run, model)
        train(model, run, 1)
        train(other, run, 1)
        assert keys(run) == [
            set(),
            {f"{kind}/graph_1{n}" for kind in ("gradients", "parameters") for n in ("weight", "bias")},
        ]
    other(torch.ones(1, 6)).sum().backward()
    with begin(tmp_path) as later:
        watch(later, [model, other], log_freq=1)
        train(other, later, 1)
        assert keys(later) == [{"gradients/graph_1weight", "gradients/graph_1bias"}]


def test_frozen_parameters_have_no_gradients_and_evaluation_none(run: Any) -> None:
    model = network()
    for parameter in model[0].parameters():
        parameter.requires_grad = False
    watch(run, model, log="all", log_freq=1)
    train(model, run, 1)
    with torch.no_grad():
        model(torch.ones(1, 6))
    run.log({})
    assert keys(run) == [{"gradients/2.weight", "gradients/2.bias"} | PARAMETERS, PARAMETERS]


class Wrapper(nn.Module):
    """As `DataParallel` and its like: a module that holds the model."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, given: torch.Tensor) -> Any:
        return self.module(given)


def test_wrapped_models(run: Any) -> None:
    model = network()
    watch(run, model, log="all", log_freq=1)
    train(nn.DataParallel(Wrapper(model)), run, 2)
    unwatch(run)
    watch(run, wrapped := Wrapper(model), log="gradients", log_freq=1, idx=0)
    train(wrapped, run, 1)
    assert keys(run) == [GRADIENTS | PARAMETERS] * 2 + [{f"gradients/module.{name}" for name in NAMES}]


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_compiled_models(run: Any, when: str, backend: str) -> None:
    model = network()
    if when == "before":
        watch(run, model, log="all", log_freq=1)
    compiled: Any = torch.compile(model, backend=backend)
    if when == "after":
        watch(run, compiled, log="all", log_freq=1)
    train(compiled, run, 3)
    prefix = "" if when == "before" else "_orig_mod."
    assert keys(run) == [{f"{kind}/{prefix}{name}" for kind in ("gradients", "parameters") for name in NAMES}] * 3


def test_a_deep_copy_is_not_watched_and_a_saved_model_needs_no_tracklog(run: Any, tmp_path: Path) -> None:
    model = network()
    watch(run, model, log="all", log_freq=1, log_graph=True)
    copied = copy.deepcopy(model)
    copied(torch.ones(1, 6)).sum().backward()
    run.log({"loss": 0})
    assert keys(run) == [set()]
    torch.save(model, tmp_path / "model.pt")
    code = """if True:
        import sys, torch
        model = torch.load("model.pt", weights_only=False)
        model(torch.ones(1, 6)).sum().backward()
        assert not [name for name in sys.modules if name.startswith("tracklog")]
    """
    subprocess.run([sys.executable, "-P", "-c", code], check=True, cwd=tmp_path)
    torch.save(model.state_dict(), io.BytesIO())


class Token:
    """Lives as long as the graph of gradients that holds it."""


class Holds(torch.autograd.Function):
    """A node of the graph that holds a token."""

    @staticmethod
    def forward(ctx: Any, given: Any, token: Token) -> Any:
        ctx.token = token
        return given.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        assert ctx.token
        return gradients[0], None


def test_watching_keeps_nothing_alive(run: Any) -> None:
    model = network()
    watch(run, model, log="all", log_freq=1, log_graph=True)
    train(model, run, 1)
    token = Token()
    graph = weakref.ref(token)
    out = Holds.apply(model(torch.ones(2, 6)), token).sum()  # type: ignore[no-untyped-call]
    out.backward(create_graph=False)
    del token, out
    assert graph() is None
    seen = weakref.ref(model)
    del model
    gc.collect()
    assert seen() is None


class Pair(nn.Module):
    """Returns two tensors in a dict, and has a part that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.spare = nn.Linear(6, 4), nn.Linear(2, 2)
        self.spare.weight.requires_grad = False

    def forward(self, given: torch.Tensor) -> dict[str, Any]:
        found = self.body(given)
        return {"logits": found, "loss": found.sum(), "note": "x"}


def test_the_graph_is_a_table_of_modules(run: Any) -> None:
    model = Pair()
    (graph,) = watch(run, model, log=None, log_graph=True)
    for _ in range(2):
        model(torch.ones(5, 6))
        run.log({})
    row = folded(run)[0][0]
    assert row["graph_0"]["_type"] == "table-file"
    assert len(folded(run)[0]) == 1
    assert graph.table().data == [
        ["(model)", "Pair", "(5 × 4), (scalar)", 0, 0],
        ["body", "Linear", "5 × 4", 28, 28],
        ["spare", "Linear", "", 6, 2],
    ]


def test_gradients_of_gradients_and_of_inputs(run: Any) -> None:
    model = network()
    watch(run, model, log_freq=1)
    given = torch.ones(3, 6, requires_grad=True)
    (first,) = torch.autograd.grad(model(given).square().sum(), given, create_graph=True)
    total: Any = first.square().sum()
    total.backward()
    run.log({})
    assert {"gradients/0.weight", "gradients/2.weight"} <= keys(run)[0]


class Fails(torch.autograd.Function):
    """Raises in the backward pass, once."""

    failed = False

    @staticmethod
    def forward(ctx: Any, given: Any) -> Any:
        del ctx
        return given.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        del ctx
        if not Fails.failed:
            Fails.failed = True
            raise RuntimeError("out of memory")
        return gradients[0]


def test_a_backward_pass_that_raises_is_no_end(run: Any) -> None:
    model = network()
    watch(run, model, log_freq=1)
    for _ in range(2):
        loss = model[2](Fails.apply(model[:2](torch.ones(3, 6)))).sum()  # type: ignore[no-untyped-call]
        with contextlib.suppress(RuntimeError):
            loss.backward()
        run.log({"n": 0})
    assert keys(run)[1] == GRADIENTS


def test_a_disabled_run_watches_nothing() -> None:
    run = tracklog.init(mode="disabled")
    model = network()
    assert watch(run, model, log="all", log_freq=1) == []
    train(model, run, 1)
    unwatch(run, model)
    assert set(run.summary) == {"loss", "n"}
    run.finish()


def test_traces_of_the_profiler_are_files_of_the_run(run: Any) -> None:
    from torch.profiler import ProfilerActivity, profile

    import tracklog

    with profile(activities=[ProfilerActivity.CPU], on_trace_ready=tracklog.profiler.torch_trace_handler()):
        torch.ones(3).sum()
    assert list(Path(run.dir).glob("pytorch_traces/*.json"))
