"""GPU metrics from a stand-in for NVML, since few machines that run the tests have a card."""

from __future__ import annotations

import os
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pynvml
import pytest

from tracklog.capture import host
from tracklog.capture.system import SystemSampler

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1024**3


def refuse(*_: object) -> Any:
    raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stand in for a machine with one card, which this process uses."""
    fake = ModuleType("pynvml")
    values = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda _: "Card",
        "nvmlSystemGetCudaDriverVersion_v2": lambda: 12040,
        "nvmlDeviceGetUtilizationRates": lambda _: SimpleNamespace(gpu=90, memory=40),
        "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(total=80 * GIB, used=20 * GIB, free=60 * GIB),
        "nvmlDeviceGetPowerUsage": lambda _: 350_000,
        "nvmlDeviceGetEnforcedPowerLimit": lambda _: 700_000,
        "nvmlDeviceGetTemperature": lambda _, __: 55,
        "nvmlDeviceGetClockInfo": lambda _, __: 1900,
        "nvmlDeviceGetComputeRunningProcesses": lambda _: [SimpleNamespace(pid=os.getpid(), usedGpuMemory=GIB)],
        "NVML_TEMPERATURE_GPU": 0,
        "NVML_CLOCK_GRAPHICS": 0,
        "NVML_CLOCK_SM": 1,
        "NVML_CLOCK_MEM": 2,
    }
    for name, value in values.items():
        # What the stand-in offers exists under that name in the real library.
        assert hasattr(pynvml, name), name
        setattr(fake, name, value)
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    return fake


def gpu(sample: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in sample.items() if key.startswith("gpu.")}


@pytest.mark.usefixtures("nvml")
def test_every_card_is_sampled(tmp_path: Path) -> None:
    assert gpu(SystemSampler(os.getpid(), tmp_path).sample()) == {
        "gpu.0.gpu": 90,
        "gpu.0.memory": 40,
        "gpu.0.memoryAllocated": 25,
        "gpu.0.memoryAllocatedBytes": 20 * GIB,
        "gpu.0.powerWatts": 350,
        "gpu.0.enforcedPowerLimitWatts": 700,
        "gpu.0.powerPercent": 50,
        "gpu.0.temp": 55,
        "gpu.0.smClock": 1900,
        "gpu.0.memoryClock": 1900,
        "gpu.0.graphicsClock": 1900,
        "gpu.process.0.memoryAllocatedBytes": GIB,
    }


def test_what_a_card_cannot_say_is_left_out(nvml: Any, tmp_path: Path) -> None:
    nvml.nvmlDeviceGetPowerUsage = refuse
    sampler = SystemSampler(os.getpid(), tmp_path)
    for _ in range(2):
        found = gpu(sampler.sample())
        assert "gpu.0.powerWatts" not in found
        assert found["gpu.0.temp"] == 55
    assert sampler.notes == ["gpu 0 power: Not Supported"]


@pytest.mark.usefixtures("nvml")
def test_the_host_knows_its_cards() -> None:
    found = host.describe()
    assert found["gpu"] == [{"name": "Card", "memory": 80 * GIB}]
    assert found["cuda"] == "12.4"


def test_without_a_driver_there_is_nothing_to_say(nvml: Any, tmp_path: Path) -> None:
    nvml.nvmlInit = refuse
    sampler = SystemSampler(os.getpid(), tmp_path)
    assert gpu(sampler.sample()) == {}
    assert sampler.notes == []
    assert "gpu" not in host.describe()
