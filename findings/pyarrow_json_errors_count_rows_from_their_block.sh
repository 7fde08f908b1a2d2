#!/bin/sh
# pyarrow 26.0.1: the row that an error of its JSON reader names is counted from the start of a block, not of the file.
#
# Input: 110,000 lines whose `loss` is a number, but in line 30,001, where it is the text "NaN", as strict JSON has it.
# Expected: an error that names row 30,000, where that is, or no number at all.
# Seen: "Column(/loss) changed from number to string in row 5291" with blocks of the usual size (1 MiB), and row 30000 where
#   one block holds the whole file; nothing in the text says that it is a row of a block.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
cd "$place"
venv/bin/python - <<'PYTHON'
import json
import re

import pyarrow
from pyarrow import json as reader

with open("file.jsonl", "w") as file:
    for n in range(110_000):
        file.write(json.dumps({"_step": n, "loss": "NaN" if n == 30_000 else n / 7}) + "\n")
seen = {}
for name, size in {"usual": None, "whole": 1 << 24}.items():
    try:
        reader.read_json("file.jsonl", reader.ReadOptions(block_size=size, use_threads=False))
    except pyarrow.ArrowInvalid as error:
        print(name, error)
        seen[name] = int(re.search(r"changed from number to string in row (\d+)", str(error))[1])
print(pyarrow.__version__, seen)
assert seen == {"usual": 5291, "whole": 30_000}
PYTHON
