#!/bin/sh
# swanlab 0.10.3: minus infinity in the config is written as plus infinity, and None as an empty mapping.
#
# Input: an offline run with the config {"low": -inf, "high": inf, "nothing": None, "empty": {}}.
# Expected: four values that can be told apart, as JSON and YAML can write them: -.inf, .inf, null, {}.
# Seen: files/config.yaml holds `Inf` for both infinities, and `{}` for None as for the empty dict. An importer says that the
#   sign is lost, and keeps `{}`: tests/tracklog/importers/test_swanlab.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check swanlab==0.10.3 pyyaml==6.0.3
cd "$place"
HOME="$place" venv/bin/python - <<'PYTHON'
import glob

import swanlab
import yaml

config = {"low": float("-inf"), "high": float("inf"), "nothing": None, "empty": {}}
swanlab.init(project="p", mode="offline", logdir="swanlog", config=config)
swanlab.finish()
(path,) = glob.glob("swanlog/run-*/files/config.yaml")
seen = {key: one["value"] for key, one in yaml.safe_load(open(path)).items()}
print(swanlab.__version__, seen)
assert swanlab.__version__ == "0.10.3"
assert seen == {"low": "Inf", "high": "Inf", "nothing": {}, "empty": {}}
PYTHON
