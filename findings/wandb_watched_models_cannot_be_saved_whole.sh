#!/bin/sh
# wandb 0.31.0 with torch 2.13.0: a model that is watched cannot be saved whole any more, before or after its training.
#
# Input: torch.save(model) of a small Sequential, before wandb.watch(model), while it is watched, and after wandb.unwatch(model).
# Expected: watching changes what is logged, and leaves the model one that can be pickled.
# Seen: while it is watched, torch.save raises: the hooks on its parameters are functions within functions. State dicts can be
#   saved. tracklog's watch hooks objects that pickle leaves out: tests/tracklog/integrations/test_torch.py saves watched models.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check wandb==0.31.0 torch==2.13.0 numpy
cd "$place"
WANDB_MODE=offline WANDB_SILENT=true venv/bin/python - <<'PYTHON'
import io

import torch
import wandb


def save(model):
    try:
        torch.save(model, io.BytesIO())
    except Exception as error:
        return type(error).__name__
    return "saved"


model = torch.nn.Sequential(torch.nn.Linear(3, 1))
run = wandb.init(project="p")
seen = {"before": save(model)}
wandb.watch(model, log="all", log_freq=1)
model(torch.ones(2, 3)).sum().backward()
seen["watched"] = save(model)
wandb.unwatch(model)
seen["unwatched"] = save(model)
run.finish()
print(wandb.__version__, torch.__version__, seen)
assert seen["before"] == "saved"
assert seen["watched"] != "saved"
PYTHON
