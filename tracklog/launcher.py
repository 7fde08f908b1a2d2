"""What started this process: torchrun, SLURM or MPI, and which of theirs it is; a Jupyter kernel."""

from __future__ import annotations

import os
import sys

_RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK")
_JOBS = (
    ("TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "MASTER_ADDR", "MASTER_PORT"),
    ("SLURM_JOB_ID", "SLURM_RESTART_COUNT", "SLURM_STEP_ID"),
)


def rank() -> int | None:
    """Return the rank of this process; None outside a launcher."""
    for variable in _RANKS:
        if os.environ.get(variable, "").isdigit():
            return int(os.environ[variable])
    return None


def job_key() -> list[str] | None:
    """Return what tells the processes of one launch from those of another; None outside a launcher."""
    for variables in _JOBS:
        if os.environ.get(variables[0]):
            return [os.environ.get(variable, "") for variable in variables]
    return None


def in_kernel() -> bool:
    """Return whether this process runs a Jupyter kernel; libraries import ipykernel without running one."""
    module = sys.modules.get("ipykernel.kernelapp")
    return module is not None and bool(module.IPKernelApp.initialized())
