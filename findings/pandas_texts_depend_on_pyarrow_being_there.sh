#!/bin/sh
# pandas 3.0.1: whether a DataFrame takes a text depends on whether pyarrow is installed, though nothing imports it.
#
# Input: a file name that is no UTF-8, as os.listdir gives it: a text with a lone surrogate (PEP 383).
# Expected: pandas takes any str; or refuses it, whatever else is installed.
# Seen: without pyarrow the frame is made and holds the text; with pyarrow in the same environment the same line raises
#   UnicodeEncodeError, since the new default dtype of texts stores them in Arrow's UTF-8. dtype=object takes them either way.
#   tracklog's tables replace what UTF-8 cannot carry: tests/tracklog/test_surprises.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
cd "$place"
cat > look.py <<'PYTHON'
import importlib.util

import pandas

name = b"caf\xe9.csv".decode("utf-8", "surrogateescape")
try:
    seen = pandas.DataFrame({"file": [name]})["file"].iloc[0] == name
except UnicodeEncodeError as error:
    seen = type(error).__name__
kept = pandas.DataFrame({"file": pandas.Series([name], dtype=object)})["file"].iloc[0] == name
print(pandas.__version__, "pyarrow" if importlib.util.find_spec("pyarrow") else "no pyarrow", seen, kept)
PYTHON
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.0.1
without=$(venv/bin/python look.py)
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==22.0.0
with=$(venv/bin/python look.py)
echo "$without"
echo "$with"
test "$without" = "3.0.1 no pyarrow True True"
test "$with" = "3.0.1 pyarrow UnicodeEncodeError True"
