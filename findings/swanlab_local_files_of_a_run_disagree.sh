#!/bin/sh
# swanlab 0.10.3: of two values that are logged at one step, one file of a run keeps the first and another one the last.
#
# Input: a run in local mode that logs loss 1 and then 2, both with step=5.
# Expected: both values, or the same one in the run's log and in its lines.
# Seen: logs/1/1000.log holds 2 alone; in run-<id>.swanlab, which `swanlab sync` uploads, stands one record, of 1. An importer
#   takes the lines, which no buffer holds back, and says so: tests/tracklog/importers/test_swanlab.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check swanlab==0.10.3
cd "$place"
HOME="$place" venv/bin/python - <<'PYTHON'
import glob
import json
import struct

import swanlab

swanlab.init(project="p", mode="local", logdir="swanlog")
swanlab.log({"loss": 1}, step=5)
swanlab.log({"loss": 2}, step=5)
swanlab.finish()
(lines,) = glob.glob("swanlog/run-*/logs/1/1000.log")
kept = [(line["index"], line["data"]) for line in map(json.loads, open(lines))]
(log,) = glob.glob("swanlog/run-*/*.swanlab")
data = open(log, "rb").read()
# A scalar's key and step, then, behind type and time, its double: `{1 key, 2 step, 3 type, 4 time, 5 {1 number}}`.
numbers = [value for value in (1.0, 2.0) if b"\x09" + struct.pack("<d", value) in data]
print(swanlab.__version__, kept, numbers, data.count(b"\x0a\x04loss\x10\x05"))
assert swanlab.__version__ == "0.10.3"
assert kept == [(5, 2.0)]
assert numbers == [1.0]
assert data.count(b"\x0a\x04loss\x10\x05") == 1
PYTHON
