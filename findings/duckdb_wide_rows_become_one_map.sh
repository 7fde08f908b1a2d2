#!/bin/sh
# duckdb 2.0.1: JSON Lines with more than 200 keys of one type are not a table but one column of maps.
#
# Input: 1,000 lines of 300 numbers each, as a run logs the norms of its layers; the same with 150.
# Expected: 301 columns, as 151 with fewer keys, and as pandas and Polars read it.
# Seen: `FROM 'file.jsonl'` has one column, `json`, a MAP(VARCHAR, DOUBLE); a query that names a column fails with a binder
#   error, so that a script breaks when a model grows. columns={...} reads them, as docs/format.md does; so does
#   map_inference_threshold=-1. tests/test_docs.py reads such a run.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
cd "$place"
venv/bin/python - <<'PYTHON'
import json

import duckdb

for keys in (150, 300):
    with open(f"{keys}.jsonl", "w") as file:
        for n in range(1000):
            file.write(json.dumps({"step": n, **{f"layer{i}/norm": n / (i + 1) for i in range(keys)}}) + "\n")
narrow, wide = duckdb.sql("FROM '150.jsonl'"), duckdb.sql("FROM '300.jsonl'")
whole = duckdb.sql("FROM read_json('300.jsonl', map_inference_threshold=-1)")
print(duckdb.__version__, len(narrow.columns), wide.columns, wide.types, len(whole.columns))
assert len(narrow.columns) == 151
assert (wide.columns, [str(kind) for kind in wide.types]) == (["json"], ["MAP(VARCHAR, DOUBLE)"])
assert len(whole.columns) == 301
PYTHON
