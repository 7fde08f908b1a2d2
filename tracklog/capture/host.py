"""The machine, the program and the person behind a run; nothing here raises."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import socket
import sys
from typing import Any

from tracklog import launcher
from tracklog.capture.redact import redact_args

SLURM = (
    "JOB_ID",
    "JOB_NAME",
    "JOB_PARTITION",
    "ARRAY_JOB_ID",
    "ARRAY_TASK_ID",
    "STEP_ID",
    "PROCID",
    "NTASKS",
    "NNODES",
    "JOB_NODELIST",
    "CPUS_PER_TASK",
    "CLUSTER_NAME",
    "RESTART_COUNT",
)


def describe() -> dict[str, Any]:
    """Return what is known of host, os, python, executable, cpu_count, cpu_count_logical, memory, gpu, cuda, slurm.

    Memory is in bytes; `gpu` is a list of {name, memory}; `slurm` holds the variables of the job, in lower case.
    """
    found: dict[str, Any] = {
        "host": socket.gethostname(),
        "os": platform.platform(),
        "python": platform.python_version(),
        "executable": sys.executable,
        "cpu_count_logical": os.cpu_count(),
    }
    with contextlib.suppress(Exception):
        import psutil

        found["cpu_count"] = psutil.cpu_count(logical=False)
        found["memory"] = psutil.virtual_memory().total
    with contextlib.suppress(Exception):
        found |= _gpus()
    slurm = {name.lower(): os.environ[f"SLURM_{name}"] for name in SLURM if f"SLURM_{name}" in os.environ}
    return {key: value for key, value in {**found, "slurm": slurm}.items() if value}


def _gpus() -> dict[str, Any]:
    """Return name and memory (bytes) of each NVIDIA GPU, and the newest CUDA that their driver knows."""
    import pynvml

    pynvml.nvmlInit()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        version = pynvml.nvmlSystemGetCudaDriverVersion_v2()
        gpus = [
            {"name": _text(pynvml.nvmlDeviceGetName(one)), "memory": pynvml.nvmlDeviceGetMemoryInfo(one).total}
            for one in handles
        ]
        return {"gpu": gpus, "cuda": f"{version // 1000}.{version % 1000 // 10}"}
    finally:
        pynvml.nvmlShutdown()


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def program() -> tuple[str, list[str]]:
    """Return what was started and its arguments (secrets hidden); notebooks and prompts have names in ``<>``."""
    arguments = list(getattr(sys, "argv", []))
    if launcher.in_kernel():
        return "<notebook>", []
    if not arguments or not arguments[0] or hasattr(sys, "ps1"):
        return "<interactive>", []
    first, rest = arguments[0], redact_args(arguments[1:])
    if first == "-c":
        return "<command>", rest
    # Under `python -m package.module` the main module knows its name, and argv only its file.
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is not None and spec.name:
        return f"-m {spec.name.removesuffix('.__main__')}", rest
    return first, rest


def user() -> str:
    """Return the login name; where nobody knows it, the number of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user stands in no passwd
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else ""
