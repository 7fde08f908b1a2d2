#!/bin/sh
# keras 3.15.1: CSVLogger writes columns val_… for every metric although nothing is validated, all of them "NA".
#
# Input: a model that is fitted for two epochs without validation data, with CSVLogger as its only callback.
# Expected: the columns of what was measured: epoch, loss, mae.
# Seen: epoch,loss,mae,val_loss,val_mae, the last two NA in every row; pandas reads them as columns of NaN, and a chart of each
#   is empty. An importer that reads NA as missing shows what was measured alone: tests/tracklog/importers/test_csv.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 torch==2.13.0 numpy==2.3.5
cd "$place"
KERAS_BACKEND=torch venv/bin/python - <<'PYTHON'
import keras
import numpy

model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
x = numpy.ones((8, 3), "float32")
model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[keras.callbacks.CSVLogger("log.csv")])
head, *rows = open("log.csv").read().splitlines()
print(keras.__version__, head, rows)
assert keras.__version__ == "3.15.1"
assert head == "epoch,loss,mae,val_loss,val_mae"
assert len(rows) == 2
assert all(row.endswith(",NA,NA") for row in rows)
PYTHON
