"""System metrics: process, machine, disk, network and NVIDIA GPUs, under the names that scripts and charts know."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1024 * 1024
GIB = 1024 * MIB
SHORTEST = 0.1
"""Seconds between two looks below which the machine's CPU share is noise and left out."""


class SystemSampler:
    """Look at the process ``pid`` and at the machine around it.

    A part that fails is left out; `notes` says why, once for each part.
    """

    def __init__(self, pid: int, disk_path: str | os.PathLike[str]) -> None:
        self.notes: list[str] = []
        self._noted: set[str] = set()
        self._parts: list[tuple[str, Callable[[], dict[str, float]]]] = []
        for name, prepare in (
            ("process", lambda: _process(pid)),
            ("cpu", _machine_cpu),
            ("memory", _memory),
            ("disk", lambda: _disk(Path(disk_path))),
            ("disk traffic", _disk_traffic),
            ("network", _network),
        ):
            part = self._try(name, prepare)
            if part is not None:
                self._parts.append((name, part))
        try:
            self._parts += _gpus(pid)
        except Exception:  # most machines have no NVIDIA GPU: nothing to say
            return

    def sample(self) -> dict[str, float]:
        """Return the metrics of now. Never raises."""
        found: dict[str, float] = {}
        for name, part in self._parts:
            found.update(self._try(name, part) or {})
        return found

    def _try(self, name: str, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except Exception as error:  # psutil is denied many things in containers, NVML on shared GPUs
            if name not in self._noted:
                self._noted.add(name)
                self.notes.append(f"{name}: {str(error) or type(error).__name__}")
            return None


def _process(pid: int) -> Callable[[], dict[str, float]]:
    """Prepare the process's share of the CPUs it may use (%), its memory and threads."""
    import psutil

    process = psutil.Process(pid)
    capacity = len(process.cpu_affinity()) if hasattr(process, "cpu_affinity") else psutil.cpu_count() or 1
    # The first look covers the process's life so far.
    last_time, last_used = process.create_time(), 0.0

    def look() -> dict[str, float]:
        nonlocal last_time, last_used
        with process.oneshot():
            times, memory, percent, threads = (
                process.cpu_times(),
                process.memory_info(),
                process.memory_percent(),
                process.num_threads(),
            )
        now, used = time.time(), times.user + times.system
        span, busy = max(now - last_time, 1e-3), max(used - last_used, 0.0)
        last_time, last_used = now, used
        return {
            "cpu": min(100 * busy / span / capacity, 100.0),
            "proc.memory.rssMB": memory.rss / MIB,
            "proc.memory.percent": percent,
            "proc.cpu.threads": float(threads),
        }

    return look


def _machine_cpu() -> Callable[[], dict[str, float]]:
    """Prepare the share of all CPUs that is in use (%)."""
    import psutil

    psutil.cpu_percent(interval=None)
    last = time.monotonic()

    def look() -> dict[str, float]:
        nonlocal last
        if time.monotonic() - last < SHORTEST:
            return {}
        last = time.monotonic()
        return {"machine.cpu": psutil.cpu_percent(interval=None)}

    return look


def _memory() -> Callable[[], dict[str, float]]:
    import psutil

    def look() -> dict[str, float]:
        memory = psutil.virtual_memory()
        return {"memory_percent": memory.percent, "proc.memory.availableMB": memory.available / MIB}

    return look


def _disk(path: Path) -> Callable[[], dict[str, float]]:
    """Prepare the use of the disk that holds ``path``, named by where it is mounted."""
    import psutil

    mount = path.resolve()
    while not os.path.ismount(mount) and mount != mount.parent:
        mount = mount.parent

    def look() -> dict[str, float]:
        usage = psutil.disk_usage(str(mount))
        return {f"disk.{mount}.usagePercent": usage.percent, f"disk.{mount}.usageGB": usage.used / GIB}

    return look


def _disk_traffic() -> Callable[[], dict[str, float]]:
    """Prepare what all disks have read and written since now (MB)."""
    import psutil

    begin = psutil.disk_io_counters()
    if begin is None:  # containers often see no disks
        return dict

    def look() -> dict[str, float]:
        now = psutil.disk_io_counters()
        if now is None:
            return {}
        return {
            "disk.in": (now.read_bytes - begin.read_bytes) / MIB,
            "disk.out": (now.write_bytes - begin.write_bytes) / MIB,
        }

    return look


def _network() -> Callable[[], dict[str, float]]:
    """Prepare what all interfaces have sent and received since now (bytes)."""
    import psutil

    begin = psutil.net_io_counters()
    if begin is None:
        return dict

    def look() -> dict[str, float]:
        now = psutil.net_io_counters()
        return {
            "network.sent": float(now.bytes_sent - begin.bytes_sent),
            "network.recv": float(now.bytes_recv - begin.bytes_recv),
        }

    return look


def _gpus(pid: int) -> Iterator[tuple[str, Callable[[], dict[str, float]]]]:
    """Prepare one part for each value of each GPU, so that what one card cannot say costs that value alone."""
    import pynvml

    pynvml.nvmlInit()
    return iter(
        [
            (f"gpu {index} {name}", part)
            for index in range(pynvml.nvmlDeviceGetCount())
            for name, part in _gpu(pynvml, pynvml.nvmlDeviceGetHandleByIndex(index), f"gpu.{index}.", pid)
        ]
    )


def _gpu(nvml: Any, handle: Any, prefix: str, pid: int) -> Iterator[tuple[str, Callable[[], dict[str, float]]]]:
    def utilisation() -> dict[str, float]:
        rates = nvml.nvmlDeviceGetUtilizationRates(handle)
        return {f"{prefix}gpu": float(rates.gpu), f"{prefix}memory": float(rates.memory)}

    def memory() -> dict[str, float]:
        info = nvml.nvmlDeviceGetMemoryInfo(handle)
        return {
            f"{prefix}memoryAllocated": 100 * info.used / info.total,
            f"{prefix}memoryAllocatedBytes": float(info.used),
        }

    def power() -> dict[str, float]:
        watts = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
        return {
            f"{prefix}powerWatts": watts,
            f"{prefix}enforcedPowerLimitWatts": limit,
            f"{prefix}powerPercent": 100 * watts / limit,
        }

    def own_memory() -> dict[str, float]:
        own = [one for one in nvml.nvmlDeviceGetComputeRunningProcesses(handle) if one.pid == pid]
        used = sum(one.usedGpuMemory or 0 for one in own)
        return {f"{prefix.replace('gpu.', 'gpu.process.')}memoryAllocatedBytes": float(used)} if own else {}

    yield "utilisation", utilisation
    yield "memory", memory
    yield "power", power
    yield "own memory", own_memory
    for name, key, ask, kind in (
        ("temperature", "temp", nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU),
        ("sm clock", "smClock", nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_SM),
        ("memory clock", "memoryClock", nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_MEM),
        ("graphics clock", "graphicsClock", nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_GRAPHICS),
    ):
        yield name, _single(f"{prefix}{key}", ask, handle, kind)


def _single(key: str, ask: Callable[[Any, Any], float], handle: Any, kind: Any) -> Callable[[], dict[str, float]]:
    return lambda: {key: float(ask(handle, kind))}
