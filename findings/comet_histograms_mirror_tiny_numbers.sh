#!/bin/sh
# comet-ml 3.58.8: histograms count numbers nearer to 0 than 1e-12 among those of the other sign.
#
# Input: log_histogram_3d of [1e-13], of [-1e-13], and, to compare, of [1e-11] and [-1e-11], offline.
# Expected: the bin around 0, or one on the number's own side: bins are numbered from the smallest number to the greatest, with
#   0 in number 775, and a bin holds "values[index] <= value < values[index + 1]", as the package says of its own lookup.
# Seen: 1e-13 is in bin 751, that of -9e-12, and -1e-13 in 798, that of 8e-12; 1e-11 and -1e-11 are where they belong. What was
#   so counted cannot be told from what belongs there: an importer shows the bins as they are
#   (tests/tracklog/importers/test_comet.py).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check comet-ml==3.58.8 numpy==2.3.5 "setuptools<81"
cd "$place"
HOME="$place" venv/bin/python - <<'PYTHON'
import glob
import json
import zipfile

import comet_ml

NUMBERS = {"plus_tiny": 1e-13, "minus_tiny": -1e-13, "plus": 1e-11, "minus": -1e-11}
quiet = {"log_code": False, "log_git_metadata": False, "log_env_details": False, "display_summary_level": 0}
experiment = comet_ml.OfflineExperiment(project_name="p", workspace="w", offline_directory="runs", **quiet)
for name, number in NUMBERS.items():
    experiment.log_histogram_3d([number], name=name, step=1)
experiment.end()
(path,) = glob.glob("runs/*.zip")
seen = {}
with zipfile.ZipFile(path) as packed:
    for line in packed.read("messages.json").splitlines():
        payload = json.loads(line)["payload"]
        if payload.get("upload_type") == "histogram3d":
            histogram = json.loads(packed.read(payload["file_path"]))
            seen[payload["additional_params"]["fileName"]] = histogram["index_values"][0][0]
print(comet_ml.__version__, seen)
assert comet_ml.__version__ == "3.58.8"
assert seen["minus"] < 775 < seen["plus"]
assert seen["plus_tiny"] < 775 < seen["minus_tiny"]
PYTHON
