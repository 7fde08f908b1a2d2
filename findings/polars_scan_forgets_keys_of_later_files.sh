#!/bin/sh
# polars 2.1.0: scan_ndjson over several files takes the columns of the first file only, even when asked to look at all rows.
#
# Input: two JSON Lines files; the second has a key that the first has not.
# Expected: with infer_schema_length=None, documented as a look at all rows, the union of the columns, or an error as for
#   other formats with `extra_columns`.
# Seen: the key of the second file is left out without a word; which file is first is a matter of names. Reading the files
#   one by one and joining them by concat(how="diagonal_relaxed") keeps it: docs/format.md does so, tests/test_docs.py reads
#   such files.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
cd "$place"
venv/bin/python - <<'PYTHON'
import json

import polars

for name, row in (("a", {"step": 0, "loss": 1.0}), ("b", {"step": 1, "loss": 0.5, "late": 7})):
    with open(f"{name}.jsonl", "w") as file:
        file.write(json.dumps(row) + "\n")
scanned = polars.scan_ndjson("*.jsonl", infer_schema_length=None).collect()
one_by_one = [polars.read_ndjson(f"{name}.jsonl", infer_schema_length=None) for name in "ab"]
joined = polars.concat(one_by_one, how="diagonal_relaxed")
print(polars.__version__, scanned.columns, joined.columns, joined["late"].to_list())
assert scanned.columns == ["step", "loss"]
assert scanned.height == 2
assert joined["late"].to_list() == [None, 7]
PYTHON
