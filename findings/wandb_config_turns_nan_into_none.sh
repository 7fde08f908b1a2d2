#!/bin/sh
# wandb 0.31.0: NaN in a config is None as soon as init returns, and floats without a fraction are integers; infinities stay.
#
# Input: an offline run with a config of nan, inf, 2.0, and a list of nan and 1.0.
# Expected: run.config gives back what was given, as it does for inf.
# Seen: run.config is {"nan": None, "inf": inf, "two": 2, "list": [None, 1]}, so that a setting of NaN cannot be told from one
#   that was left out, and the run's file holds it so, which is all that an importer can take:
#   tests/tracklog/importers/test_wandb.py. What tracklog records itself comes back as it was given.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check wandb==0.31.0
cd "$place"
WANDB_SILENT=true venv/bin/python - <<'PYTHON'
import math

import wandb

given = {"nan": math.nan, "inf": math.inf, "two": 2.0, "list": [math.nan, 1.0]}
settings = wandb.Settings(console="off", x_disable_stats=True)
run = wandb.init(dir=".", mode="offline", project="p", config=given, settings=settings)
kept = dict(run.config)
run.finish()
print(wandb.__version__, kept)
assert kept["nan"] is None
assert kept["inf"] == math.inf
assert kept["two"] == 2 and isinstance(kept["two"], int)
assert kept["list"] == [None, 1]
PYTHON
