"""CSV files as loggers write them, and states of transformers' trainer, value by value."""

from __future__ import annotations

import csv
import json
import math
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracklog import importing
from tracklog.errors import UsageError
from tracklog.importers import cells
from tracklog.store import encoding, fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path("logs")
LONG_AGO = 1_700_000_000


def bring(source: str | Path, **how: Any) -> importing.Outcome:
    return importing.bring(Path(source), ROOT, project="p", **how)


def rows(run: str) -> list[dict[str, Any]]:
    """Return the folded rows of an imported run, without what tells the time."""
    log = reader.read_run(layout.run_folder(ROOT, "p", run))
    assert log.damage == []
    (track,) = fold.history(log, fold.sessions(log)).tracks
    return [
        {key: encoding.decoded(value) for key, value in row.items() if key not in ("_runtime", "_timestamp")}
        for row in track.rows
    ]


def known(run: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return config, summary and state of a run."""
    log = reader.read_run(layout.run_folder(ROOT, "p", run))
    found = fold.sessions(log)
    folded = fold.history(log, found)
    return fold.config(log, found), fold.summary(log, found, folded), fold.state(found, os.stat(ROOT).st_mtime)  # noqa: PTH116


def written(path: str, lines: Iterable[Iterable[object]], *, aged: bool = False) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    if aged:
        os.utime(target, (LONG_AGO, LONG_AGO))
    return target


def tree() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(ROOT.rglob("*")) if path.is_file()}


# -- what loggers write


def test_lightnings_logger_value_by_value() -> None:
    import lightning
    import torch
    from lightning.pytorch.loggers import CSVLogger

    class Model(lightning.LightningModule):
        def __init__(self, lr: float = 1e-3, net: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - settings
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            self.log("train/loss", loss := self.layer(batch[0]).pow(2).mean(), on_epoch=True)
            self.log("odd, name", math.nan if index == 3 else float(index))
            return loss

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val/loss", self.layer(batch[0]).abs().mean())

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), self.hparams["lr"])

    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(32, 4)), batch_size=4)
    logger = CSVLogger(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            max_epochs=3, logger=logger, log_every_n_steps=2, enable_progress_bar=False, enable_checkpointing=False,
            enable_model_summary=False, accelerator="cpu",
        )  # fmt: skip
        trainer.fit(Model(net={"layers": [1, 2]}), data, data)

    outcome = bring(".")
    assert [taken.id for taken in outcome.changed] == ["lightning_logs-version_0"]
    assert outcome.notes == ["metrics.csv: the step is its column 'step', it has no time"]
    wanted: dict[int, dict[str, Any]] = {}
    with Path("lightning_logs/version_0/metrics.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            step = int(line.pop("step"))
            wanted.setdefault(step, {"_step": step}).update(
                {key: int(cell) if key == "epoch" else float(cell) for key, cell in line.items() if cell}
            )
    np.testing.assert_equal(rows("lightning_logs-version_0"), list(wanted.values()))
    assert known("lightning_logs-version_0")[0] == {"lr": 0.001, "net": {"layers": [1, 2]}}


def test_kerass_logger_with_two_fits_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")  # Keras asks for TensorFlow otherwise
    import keras

    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    x = np.arange(30, dtype=np.float32).reshape(10, 3) / 30
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one that is an error here makes Keras log tensors
        histories = [
            model.fit(
                x, x[:, :1], epochs=4, verbose=0, callbacks=[keras.callbacks.CSVLogger("log.csv", append=True)]
            ).history
            for _ in range(2)
        ]
    outcome = bring(".")
    assert (
        "'loss' stands more than once at step 0: rows are counted, and the source's steps are the key 'step'"
        in outcome.notes
    )
    found = rows("log")
    assert [row["_step"] for row in found] == list(range(8))
    assert [row["step"] for row in found] == [0, 1, 2, 3] * 2
    assert "val_loss" not in found[0], "Keras writes NA in columns of its own where nothing is validated"
    for key in ("loss", "mae"):
        assert [row[key] for row in found] == pytest.approx(
            list(map(float, histories[0][key] + histories[1][key])), rel=1e-6
        )


def test_the_trainer_of_transformers_at_its_latest_state() -> None:
    import torch
    from transformers import Trainer, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, x: Any, labels: Any = None) -> dict[str, Any]:
            out = self.layer(x).squeeze(-1)
            return {"loss": (out - labels).pow(2).mean(), "logits": out}

    data = [{"x": torch.randn(2), "labels": torch.randn(())} for _ in range(16)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arguments = TrainingArguments(
            output_dir="out", num_train_epochs=2, logging_steps=2, save_steps=4, eval_strategy="steps", eval_steps=4,
            per_device_train_batch_size=4, report_to=[], use_cpu=True, disable_tqdm=True,
        )  # fmt: skip
        trainer = Trainer(model=Model(), args=arguments, train_dataset=data, eval_dataset=data)
        trainer.train()
        assert [taken.id for taken in bring("out").changed] == ["out"]
        checkpoints = rows("out")
        trainer.save_state()
    outcome = bring("out")
    assert [(taken.id, taken.is_afresh) for taken in outcome.changed] == [("out", False)]
    state = json.loads(Path("out/trainer_state.json").read_text(encoding="utf-8"))
    wanted: dict[int, dict[str, Any]] = {}
    for entry in state["log_history"][:-1]:
        wanted.setdefault(entry["step"], {}).update(entry)
    assert rows("out") == checkpoints
    assert [{**row, "step": row["_step"]} for row in checkpoints] == [{"_step": s, **e} for s, e in wanted.items()]
    config, summary, _ = known("out")
    assert config["max_steps"] == 8
    last = state["log_history"][-1]
    assert {key: summary[key] for key in ("train_runtime", "train_loss")} == {
        k: last[k] for k in ("train_runtime", "train_loss")
    }


def test_an_export_of_wandb_is_a_run_for_each_of_its_columns() -> None:
    written(
        "wandb_export_2026-01-01.csv",
        [
            ["Step", "calm-sky-1 - val/loss", "calm-sky-1 - val/loss__MIN", "calm-sky-1 - val/loss__MAX",
             "wild - fox - val/loss", "wild - fox - val/loss__MIN", "wild - fox - val/loss__MAX"],
            [0, 0.5, 0.5, 0.5, "", "", ""],
            [10, 0.25, 0.2, 0.3, "NaN", "NaN", "NaN"],
        ],
    )  # fmt: skip
    written(
        "wandb_export_b.csv",
        [["Step", *(f"calm-sky-1 - lr{end}" for end in ("", "__MIN", "__MAX"))], [0, *([1e-3] * 3)]],
    )
    outcome = bring(".")
    assert sorted(taken.id for taken in outcome.changed) == ["calm-sky-1", "wild"]
    assert rows("calm-sky-1") == [{"_step": 0, "val/loss": 0.5, "lr": 1e-3}, {"_step": 10, "val/loss": 0.25}]
    (row,) = rows("wild")
    assert (row["_step"], math.isnan(row["fox - val/loss"])) == (10, True)
    assert any("an export of W&B, which samples" in note for note in outcome.notes)


def test_wide_and_long_files_with_times_and_several_runs() -> None:
    written(
        "wide.csv",
        [["timestamp", "iteration", "loss", "text", "ok"], ["2026-01-01T00:00:00Z", 5, "inf", "a,b", "True"]],
    )
    written(
        "long.tsv",
        [["run\tstep\tmetric\tvalue"], ["a\t0\tloss\t1"], ["b\t0\tloss\t2"], ["a\t0\tacc\t3"], ["a\t1\tloss\tNA"]],
    )
    bring("wide.csv")
    bring("long.tsv")
    assert rows("wide") == [{"_step": 5, "loss": math.inf, "text": "a,b", "ok": True}]
    line = json.loads(next((ROOT / "p/wide").glob("history-*")).read_text(encoding="utf-8"))
    assert line["_timestamp"] == 1_767_225_600.0
    assert rows("a") == [{"_step": 0, "loss": 1, "acc": 3}]
    assert rows("b") == [{"_step": 0, "loss": 2}]


# -- steps, growth, ends


def test_steps_that_fall_repeat_or_have_fractions_lose_nothing() -> None:
    written("falls.csv", [["step", "loss"], [5, 1], [3, 2], [8, 3]])
    written("repeats.csv", [["step", "loss"], [5, 1], [5, 2]])
    written("fractions.csv", [["step", "loss"], [0.5, 1], [1.5, 2]])
    written("none.csv", [["epochs_", "loss"], ["x", 1], ["y", 1]])
    for name in ("falls", "repeats", "fractions", "none"):
        bring(f"{name}.csv")
    assert [(row["_step"], row["loss"]) for row in rows("falls")] == [(5, 1), (3, 2), (8, 3)]
    assert [(row["_step"], row["step"], row["loss"]) for row in rows("repeats")] == [(0, 5, 1), (1, 5, 2)]
    assert [(row["step"], row["loss"]) for row in rows("fractions")] == [(0.5, 1), (1.5, 2)]
    assert [(row["_step"], row["epochs_"]) for row in rows("none")] == [(0, "x"), (1, "y")]


def test_again_takes_only_what_is_new_and_what_is_whole() -> None:
    path = written("log.csv", [["step", "loss", "note"], [0, 1, 'a "b"\nc']])
    bring(path)
    before = tree()
    assert bring(path).changed == []
    assert tree() == before
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write('1,2,"half of a rec')
    assert bring(path).changed == []
    assert tree() == before
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write('ord,\nwhole"\r\n2,3,x\r\n')
    (taken,) = bring(path).changed
    assert (taken.rows, taken.is_afresh) == (2, False)
    assert [row["note"] for row in rows("log")] == ['a "b"\nc', "half of a record,\nwhole", "x"]


def test_a_file_that_is_written_anew_with_more_columns_is_read_afresh() -> None:
    bring(written("log.csv", [["step", "loss"], [0, 1], [1, 2]]))
    (taken,) = bring(written("log.csv", [["step", "loss", "acc"], [0, 1, ""], [1, 2, ""], [2, 3, 0.5]])).changed
    assert taken.is_afresh
    assert rows("log")[-1] == {"_step": 2, "loss": 3, "acc": 0.5}


def test_lines_of_one_step_agree_whether_they_come_together_or_apart() -> None:
    lines: list[list[Any]] = [["epoch", "step", "a", "b"], [0, 7, 1, ""], [0, 7, "", 2], [1, 8, 3, ""]]
    bring(written("whole.csv", lines))
    for count in (2, 3, 4):
        bring(written("grown.csv", lines[:count]))
    assert (
        rows("grown") == rows("whole") == [{"_step": 7, "epoch": 0, "a": 1, "b": 2}, {"_step": 8, "epoch": 1, "a": 3}]
    )


def test_a_run_without_a_sign_for_long_counts_as_finished_until_it_goes_on() -> None:
    path = written("log.csv", [["step", "loss"], [0, 1]], aged=True)
    bring(path)
    assert known("log")[2] == "finished"
    with path.open("a", encoding="utf-8") as file:
        file.write("1,2\n")
    bring(path)
    assert [row["loss"] for row in rows("log")] == [1, 2]
    assert known("log")[2] == "running"


# -- what is wrong with it


def test_five_thousand_columns_and_mixed_encodings() -> None:
    names = [f"layer{n}/norm" for n in range(5000)]
    path = written("wide.csv", [["step", *names], [0, *range(5000)], [1, *([""] * 4999), 7]])
    with path.open("ab") as file:
        file.write("2,prüfen\n".encode("cp1252") + "3,prüfen\n".encode())
    outcome = bring(path)
    found = rows("wide")
    assert found[0] == {"_step": 0} | {name: n for n, name in enumerate(names)}
    assert found[1] == {"_step": 1, names[-1]: 7}
    assert [row[names[0]] for row in found[2:]] == ["prüfen", "prüfen"]
    assert "wide.csv has lines that are no UTF-8; they are read as Windows-1252" in outcome.notes


def test_damaged_and_foreign_files_are_named_and_cost_only_themselves() -> None:
    written("good.csv", [["epoch", "loss"], [0, 1]])
    Path("bad.csv").write_text('epoch,loss\n0,1\n1,"2"x\n2,3\n', encoding="utf-8")
    Path("utf16.csv").write_text("epoch,loss\n0,1\n", encoding="utf-16")
    Path("trainer_state.json").write_text('{"log_history": 7}', encoding="utf-8")
    Path("other.csv").write_text("name,age\nAnna,7\n", encoding="utf-8")
    outcome = bring(".")
    assert sorted(taken.id for taken in outcome.changed) == ["bad", "good"]
    assert [row["loss"] for row in rows("bad")] == [1, 3]
    assert any(text.startswith("bad: bad.csv: record 3: ") for text in outcome.damage), outcome.damage
    assert "trainer_state.json is no state of a trainer: its log_history is no list" in outcome.damage
    assert bring("utf16.csv").damage == ["utf16.csv is UTF-16; save it as UTF-8"]
    Path("notes.txt").write_text("a,b\n0,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="formats are"):
        bring("notes.txt")


def test_what_a_column_or_a_line_has_too_many_is_kept_or_named() -> None:
    outcome = bring(written("log.csv", [["step", "loss", "loss"], [0, 1, 2], [1, 3, 4, 99]]))
    assert rows("log") == [{"_step": 0, "loss": 1, "loss.1": 2}, {"_step": 1, "loss": 3, "loss.1": 4}]
    assert outcome.damage == ["log: log.csv: record 3 has more cells than the head; the rest is left out"]


def test_a_log_of_keras_may_be_called_as_its_documentation_calls_it() -> None:
    written("training.log", [["epoch", "loss"], [0, 1]])
    assert [taken.id for taken in bring("training.log").changed] == ["training"]
    written("any.thing", [["x", "loss"], [0, 1]])
    assert [taken.id for taken in bring("any.thing", format_name="csv").changed] == ["any"]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=8)


@settings(deadline=None)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=8), st.data())
def test_records_come_back_whatever_is_cut_or_flipped(
    tmp_path_factory: Any, records: list[list[str]], data: st.DataObject
) -> None:
    path: Path = tmp_path_factory.mktemp("records") / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["a", "b"], *records])
    lines = cells.opened(path)
    assert not isinstance(lines, str)
    assert list(lines.rows()) == records
    whole = path.read_bytes()
    cut = data.draw(st.integers(8, len(whole)))
    path.write_bytes(whole[:cut])
    part = cells.opened(path)
    assert not isinstance(part, str)
    assert list(part.rows()) == records[: part.records - 1]
    place = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :])
    flipped = cells.opened(path)
    if not isinstance(flipped, str):
        for _ in flipped.rows():
            pass
