#!/bin/sh
# nbclient 0.11.0 with jupyter_client 8.10.0 and ipykernel 7.4.0: who runs a notebook from a plain script has ipykernel imported.
#
# Input: a script that executes a notebook of one cell, as papermill and test suites do.
# Expected: the kernel is another process; `"ipykernel" in sys.modules`, the usual sign of a notebook, stays false in the script.
# Seen: true from the first execution on, since looking up the native kernel imports ipykernel. No kernel runs in the script:
#   `ipykernel.kernelapp` is not imported, and IPython has no shell there. Libraries that ask `sys.modules` take the script for a
#   notebook. tracklog asks whether a kernel was initialised (`tracklog/launcher.py`).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check \
  nbclient==0.11.0 jupyter_client==8.10.0 ipykernel==7.4.0 nbformat==5.11.1
cd "$place"
venv/bin/python - <<'PYTHON'
import sys

import nbclient
import nbformat

before = "ipykernel" in sys.modules
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
nbclient.NotebookClient(book, kernel_name="python3").execute()
seen = [before, "ipykernel" in sys.modules, "ipykernel.kernelapp" in sys.modules]
print(nbclient.__version__, seen)
assert seen == [False, True, False]
PYTHON
