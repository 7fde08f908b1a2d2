#!/bin/sh
# duckdb 2.0.1: a JSON Lines column that begins with whole numbers makes integers of later fractions, without a word.
#
# Input: 40,000 lines whose `loss` is a whole number, then 0.5 and 0.75.
# Expected: DOUBLE, or an error, as DuckDB gives for a key or a text that its sample has not seen.
# Seen: `SELECT * FROM 'file.jsonl'` types columns by the first 20,480 lines, and reads 0.5 as 0 and 0.75 as 1. With
#   sample_size=-1 they are right. docs/format.md gives these lines; tests/test_docs.py reads such a column.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
cd "$place"
venv/bin/python - <<'PYTHON'
import json

import duckdb

with open("file.jsonl", "w") as file:
    for n in range(40_000):
        file.write(json.dumps({"step": n, "loss": n % 3}) + "\n")
    file.write(json.dumps({"step": 40_000, "loss": 0.5}) + "\n")
    file.write(json.dumps({"step": 40_001, "loss": 0.75}) + "\n")
usual = duckdb.sql("SELECT * FROM 'file.jsonl' WHERE step >= 40000 ORDER BY step")
whole = duckdb.sql("SELECT * FROM read_json('file.jsonl', sample_size=-1) WHERE step >= 40000 ORDER BY step")
seen = [usual.fetchall(), whole.fetchall()]
print(duckdb.__version__, *seen)
assert seen == [[(40000, 0), (40001, 1)], [(40000, 0.5), (40001, 0.75)]]
PYTHON
