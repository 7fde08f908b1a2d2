#!/bin/sh
# msgspec 0.23.0: `msgspec.json.decode_lines`, for "newline-delimited JSON", does not look where the newlines are.
#
# Input: lines as two writers to one file leave them, or one that was killed: two records on the first, a newline within the
#   next, then an empty one.
# Expected: an error, or one item for each line; in JSON Lines a record is one line.
# Seen: records are taken wherever they begin and end, with any whitespace between them, or none. The five lines, none of which
#   is a record, are three records as if all were well. tracklog/store/numeric.py decodes line by line, so that such lines
#   are named as damaged (tests/tracklog/store/test_numeric.py).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.23.0
"$place/venv/bin/python" - <<'PYTHON'
import msgspec

text = b'{"step":1,"loss":0.5}{"step":2,"loss":0.25}\n{"step":3,"loss":\n0.125}\n\n'
found = msgspec.json.Decoder().decode_lines(text)
refused = 0
for line in text.split(b"\n"):
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        refused += 1
print("msgspec", msgspec.__version__, found, "lines that are none:", refused)
assert found == [{"step": n, "loss": 0.5**n} for n in (1, 2, 3)]
assert refused == 5
PYTHON
