"""Videos that Gymnasium's recorders save reach the run.

Gymnasium writes them by moviepy, whose newest version wants a Pillow that is older than ours: PyAV stands in for it, behind the
only class that the recorders use. The recorders are the real ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tracklog.integrations.folders import logged

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import av

class ImageSequenceClip:
    def __init__(self, frames, fps):
        self.frames, self.fps = frames, fps

    def write_videofile(self, path, logger=None):
        with av.open(path, "w") as file:
            height, width = self.frames[0].shape[:2]
            stream = file.add_stream("libx264", rate=self.fps, width=width, height=height, pix_fmt="yuv420p")
            for frame in self.frames:
                file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            file.mux(stream.encode())
"""
WORLD = """
from tracklog.integrations import gym
{first}
import numpy as np
import gymnasium
class World(gymnasium.Env):
    metadata = {{"render_modes": ["rgb_array"], "render_fps": 10}}
    observation_space = gymnasium.spaces.Box(0, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)
    def __init__(self):
        self.render_mode, self.time = "rgb_array", 0
    def reset(self, *, seed=None, options=None):
        self.time = 0
        return np.zeros(1, np.float32), {{}}
    def step(self, action):
        self.time += 1
        return np.zeros(1, np.float32), 1.0, self.time == 5, False, {{}}
    def render(self):
        return np.full((32, 48, 3), self.time * 40, np.uint8)
"""


@pytest.fixture(autouse=True)
def _moviepy(tmp_path: Path) -> None:
    # Scripts run in this folder, which Python looks into first.
    place = tmp_path / "moviepy" / "video" / "io"
    place.mkdir(parents=True)
    (place / "ImageSequenceClip.py").write_text(WRITER)
    for folder in (place, place.parent, place.parent.parent):
        (folder / "__init__.py").touch()


@pytest.mark.parametrize("first", ["gym.monitor()", "import gymnasium.wrappers; gym.monitor(); gym.monitor()"])
def test_gymnasium(first: str) -> None:
    folder = logged(
        WORLD.format(first=first)
        + """
import warnings
warnings.filterwarnings("ignore")
world = gymnasium.wrappers.RecordVideo(World(), "videos", episode_trigger=lambda episode: episode % 2 == 0)
for episode in range(4):
    world.reset()
    while not world.step(0)[2]:
        pass
    run.log({"episode": episode})
world.close()
run.finish()
"""
    )
    assert [row["videos"]["caption"] for row in folder.rows if "videos" in row] == [
        "rl-video-episode-0",
        "rl-video-episode-2",
    ]
    assert [row["episode"] for row in folder.rows if "videos" in row] == [1, 3]
    video = folder.rows[1]["videos"]
    assert (video["_type"], video["width"], video["height"]) == ("video-file", 48, 32)


def test_stable_baselines() -> None:
    folder = logged(
        WORLD.format(first="gym.monitor()")
        + """
from stable_baselines3.common.vec_env import DummyVecEnv, VecVideoRecorder
world = VecVideoRecorder(DummyVecEnv([World]), "videos", record_video_trigger=lambda step: step == 0, video_length=3)
world.reset()
for _ in range(6):
    world.step(np.array([0]))
world.close()
run.finish()
"""
    )
    assert folder.record("videos")["caption"] == "rl-video-step-0-to-step-3"
