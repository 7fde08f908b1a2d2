#!/bin/sh
# wandb 0.31.0 with gymnasium 1.4.0: init(monitor_gym=True) logs no video of RecordVideo, and closing the environment raises.
#
# Input: CartPole in a RecordVideo for a few steps, in a run with monitor_gym=True.
# Expected: the video is logged, as documented, or a sentence says that this recorder is not known.
# Seen: the file is written and not logged, and env.close() raises AttributeError, since the recorder has not the attributes
#   of the one that was there before Gymnasium 1; without monitor_gym the same lines end well. tracklog logs it: tests/tracklog/integrations/test_gym.py.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check wandb==0.31.0 gymnasium==1.4.0 pygame moviepy
cd "$place"
cat > look.py <<'PYTHON'
import pathlib
import sys

import gymnasium
import wandb

run = wandb.init(project="p", monitor_gym=sys.argv[1] == "monitored")
env = gymnasium.wrappers.RecordVideo(
    gymnasium.make("CartPole-v1", render_mode="rgb_array"), sys.argv[1], episode_trigger=lambda n: True
)
env.reset(seed=1)
for _ in range(5):
    env.step(0)
try:
    env.close()
    closed = "closed"
except AttributeError as error:
    closed = type(error).__name__
videos = [key for key in run.summary.keys() if "video" in key.lower()]
run.finish()
print(sys.argv[1], closed, len(list(pathlib.Path(sys.argv[1]).glob("*.mp4"))), videos)
PYTHON
export WANDB_MODE=offline WANDB_SILENT=true SDL_VIDEODRIVER=dummy
plain=$(venv/bin/python -W ignore look.py plain | tail -1)
monitored=$(venv/bin/python -W ignore look.py monitored 2>/dev/null | tail -1) # what is left open complains at exit
echo "$plain"
echo "$monitored"
test "$plain" = "plain closed 1 []"
test "$monitored" = "monitored AttributeError 1 []"
