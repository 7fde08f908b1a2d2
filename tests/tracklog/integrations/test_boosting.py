"""Boosted trees of three libraries, each trained in a process of its own; what its run folder holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tracklog.integrations.folders import Folder, left, logged

BEGIN = """
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
cancer = load_breast_cancer()
fit_x, see_x, fit_y, see_y = train_test_split(cancer.data, cancer.target, random_state=0)
"""


def trained(code: str) -> Folder:
    return logged(BEGIN + code)


def test_xgboost() -> None:
    folder = trained("""
import json, xgboost
from tracklog.integrations.xgboost import WandbCallback
model = xgboost.XGBClassifier(
    n_estimators=12, max_depth=2, early_stopping_rounds=3, learning_rate=1.0, eval_metric=["auc", "logloss"],
    callbacks=[WandbCallback(log_model=True)],
)
model.fit(fit_x, fit_y, eval_set=[(fit_x, fit_y), (see_x, see_y)], verbose=False)
json.dump(model.evals_result()["validation_1"]["logloss"], open("scores.json", "w"))
again = xgboost.Booster(model_file=run.dir + "/r_model.json")
assert (again.predict(xgboost.DMatrix(see_x)) == model.get_booster().predict(xgboost.DMatrix(see_x))).all()
run.finish()
""")
    scores = left("scores.json")
    rows = [row for row in folder.rows if "epoch" in row]
    assert [row["epoch"] for row in rows] == [row["_step"] for row in rows] == list(range(len(scores)))
    assert [row["validation_1-logloss"] for row in rows] == scores
    assert set(rows[0]) >= {f"validation_{n}-{metric}" for n in (0, 1) for metric in ("auc", "logloss")}
    assert folder.config["learner"]["gradient_booster"]["name"] == "gbtree"
    assert folder.summary["validation_1-logloss"] == {"min": min(scores)}
    assert set(folder.summary["validation_1-auc"]) == {"max"}
    assert folder.rows[-1]["best_iteration"] == scores.index(min(scores))
    assert folder.rows[-1]["best_score"] == pytest.approx(min(scores))
    importances = [value for _, value in folder.table("Feature Importance_table")]
    assert importances == sorted(importances, reverse=True)
    assert "r_model.json" in folder.files
    assert folder.logged() == {"r_model.json:v0": ["latest"]}


def test_xgboost_by_folds_and_as_in_2020() -> None:
    folder = trained("""
import xgboost
from tracklog.integrations.xgboost import WandbCallback, wandb_callback
data = xgboost.DMatrix(cancer.data, cancer.target)
params = {"objective": "binary:logistic", "eval_metric": ["error", "error@0.7"]}
xgboost.cv(params, data, 3, nfold=2, callbacks=[WandbCallback()])
xgboost.train(params | {"booster": "gblinear", "updater": "coord_descent"}, data, 2, evals=[(data, "all")], verbose_eval=False,
    callbacks=[wandb_callback()])
run.finish()
""")
    assert [set(row) for row in folder.rows] == [
        {
            "_step",
            "epoch",
            *(f"{s}-{m}{e}" for s in ("train", "test") for m in ("error", "error@0.7") for e in ("", "-std")),
        }
    ] * 3 + [{"_step", "all-error", "all-error@0.7"}] * 2
    assert set(folder.summary["test-error@0.7"]) == {"min"}
    assert "learner" not in folder.config


def test_lightgbm() -> None:
    folder = trained("""
import json, lightgbm
from tracklog.integrations.lightgbm import log_summary, wandb_callback
train = lightgbm.Dataset(fit_x, fit_y)
params = {"objective": "binary", "metric": ["auc", "binary_logloss"], "verbose": -1, "learning_rate": 0.5, "max_depth": 2}
held = {}
booster = lightgbm.train(params, train, 12, valid_sets=[lightgbm.Dataset(see_x, see_y, reference=train)], valid_names=["val"],
    callbacks=[wandb_callback(), lightgbm.record_evaluation(held), lightgbm.early_stopping(3, verbose=False)])
log_summary(booster, save_model_checkpoint=True)
json.dump([held["val"], booster.best_iteration, booster.feature_importance().tolist()], open("scores.json", "w"))
run.finish()
""")
    scores, best, importances = left("scores.json")
    rows = [row for row in folder.rows if "iteration" in row]
    assert [row["iteration"] for row in rows] == list(range(len(rows)))
    for metric in ("auc", "binary_logloss"):
        assert [row[f"val_{metric}"] for row in rows] == scores[metric]
    assert folder.config["learning_rate"] == 0.5
    assert folder.summary["val_binary_logloss"] == {"min": min(scores["binary_logloss"])}
    assert folder.summary["val_auc"] == {"max": max(scores["auc"])}
    assert folder.summary["best_iteration"] == best
    assert set(folder.summary["best_score"]["val"]) == {"auc", "binary_logloss"}
    assert sorted(value for _, value in folder.table("Feature Importance_table")) == sorted(importances)
    assert f"model_ckpt_{best}.txt" in folder.files
    assert folder.logged() == {"model_r:v0": ["latest", "best"]}


def test_lightgbm_by_folds() -> None:
    folder = trained("""
import lightgbm
from tracklog.integrations.lightgbm import wandb_callback
params = {"objective": "binary", "metric": "auc", "verbose": -1}
lightgbm.cv(params, lightgbm.Dataset(cancer.data, cancer.target), 2, nfold=2, callbacks=[wandb_callback()])
run.finish()
""")
    assert [set(row) - {"_step"} for row in folder.rows] == [{"valid_auc-mean", "valid_auc-stdv", "iteration"}] * 2
    assert set(folder.summary["valid_auc-mean"]) == {"max"}


def test_catboost() -> None:
    folder = trained("""
import json, catboost
from tracklog.integrations.catboost import WandbCallback, log_summary
model = catboost.CatBoostClassifier(
    iterations=11, depth=2, metric_period=3, verbose=False, allow_writing_files=False, eval_metric="AUC",
)
model.fit(fit_x, fit_y, eval_set=(see_x, see_y), callbacks=[WandbCallback(metric_period=3)])
log_summary(model, save_model_checkpoint=True)
json.dump([model.get_evals_result()["validation"]["Logloss"], model.get_best_iteration()], open("scores.json", "w"))
again = catboost.CatBoostClassifier().load_model(run.dir + "/model")
assert (again.predict(see_x) == model.predict(see_x)).all()
run.finish()
""")
    scores, best = left("scores.json")
    rows = [row for row in folder.rows if "iteration@metric-period-3" in row]
    assert [row["iteration@metric-period-3"] for row in rows] == [1, 4, 7, 10, 11]
    assert [row["validation-Logloss"] for row in rows] == scores
    assert folder.config["depth"] == 2
    assert folder.summary["best_iteration"] == best
    assert {"learn", "validation"} <= set(folder.summary["best_score"])
    assert len(folder.table("Feature Importance_table")) == 30
    assert "model" in folder.files
    assert folder.logged() == {"model_r:v0": ["latest", "last"]}


@pytest.mark.parametrize(
    "call",
    [
        "from tracklog.integrations.xgboost import WandbCallback as call",
        "from tracklog.integrations.catboost import WandbCallback as call",
        "from tracklog.integrations.lightgbm import log_summary as log; call = lambda: log(None)",
    ],
)
def test_without_a_run(call: str) -> None:
    code = f"""
import tracklog
{call}
try:
    call()
except tracklog.Error as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("You must call wandb.init() before ")
