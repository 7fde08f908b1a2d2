#!/bin/sh
# dvclive 3.49.1 with PyYAML 6.0.3: params that were logged come back as other values when params.yaml is read by PyYAML.
#
# Input: log_params of a learning rate of 1e-08, the texts "on" and "12:30", read back by dvclive's own reader of YAML and by
#   yaml.safe_load.
# Expected: what was logged, from both.
# Seen: dvclive writes by YAML 1.2, plainly: `lr: 1e-08`, `mode: on`, `at: 12:30`. PyYAML reads by YAML 1.1 and gives the text
#   "1e-08", True and 750. A reader of the core schema of YAML 1.2 gives what was logged:
#   tracklog/importers/settings_files.py, tests/tracklog/importers/test_dvclive.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check dvclive==3.49.1 ruamel.yaml==0.19.1 pyyaml==6.0.3
cd "$place"
DVC_NO_ANALYTICS=1 venv/bin/python - <<'PYTHON'
import yaml
from dvclive import Live
from dvclive.serialize import load_yaml

logged = {"lr": 1e-08, "mode": "on", "at": "12:30"}
with Live("live", save_dvc_exp=False, dvcyaml=None, report=None) as live:
    live.log_params(logged)
text = open("live/params.yaml").read()
own, other = load_yaml("live/params.yaml"), yaml.safe_load(text)
print(text, dict(own), other)
assert text.splitlines() == ["lr: 1e-08", "mode: on", "at: 12:30"]
assert dict(own) == logged
assert other == {"lr": "1e-08", "mode": True, "at": 750}
PYTHON
