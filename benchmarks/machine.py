"""The machine that a run was measured on: processor, BLAS library, load, versions and revision, with warnings."""

import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np

from benchmarks.threads import n_threads

AVX512_KERNELS = ("SkylakeX", "Cooperlake", "SapphireRapids")
BUSY = 0.75  # above this load for each core, a machine is busy


class Machine(TypedDict):
    """The facts about a machine, as stored in JSON."""

    processor: str
    cores: int
    system: str
    python: str
    numpy: str
    blas: str
    kernel: str | None
    threads: list[int]
    vectors: list[str]  # SIMD extensions of the processor
    load: float | None  # in the last minute before the run
    revision: str | None
    libraries: NotRequired[dict[str, str]]


def describe() -> Machine:
    """Return the facts of this machine."""
    config = np.show_config(mode="dicts")
    blas, kernel, threads = blas_of(config["Build Dependencies"]["blas"])
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": blas,
        "kernel": kernel,
        "threads": [threads],
        "vectors": config.get("SIMD Extensions", {}).get("found", []),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "revision": revision(),
    }


def processor() -> str:
    """Return the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        facts = {name.strip(): fact.strip() for name, _, fact in (line.partition(":") for line in lines[:40])}
        family = f" (family {facts['cpu family']}, model {facts['model']})" if "cpu family" in facts else ""
        return facts["model name"] + family
    except (OSError, KeyError):
        return platform.processor() or platform.machine() or "unknown"


def blas_of(build: Mapping[str, object]) -> tuple[str, str | None, int]:
    """Return the name and version of the BLAS library, its kernel (None if unknown), and its number of threads."""
    try:
        from threadpoolctl import threadpool_info

        library = next(library for library in threadpool_info() if library["user_api"] == "blas")
    except (ImportError, StopIteration):
        return f"{build['name']} {build['version']}", None, n_threads()
    version = library["version"] or build["version"]
    return f"{library['internal_api']} {version}", library["architecture"], library["num_threads"]


def revision() -> str | None:
    """Return the git revision of the checkout, with a + if tracked files were changed, or None if git fails."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    try:
        answer = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=10)
        return answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def header(machine: Machine) -> str:
    """Return the machine in one line."""
    threads = " and ".join(map(str, machine["threads"]))
    kernel = f"{machine['kernel']} kernel, " if machine["kernel"] else ""
    libraries = "".join(f", {name} {version}" for name, version in machine.get("libraries", {}).items())
    parts = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}",
        f"Python {machine['python']}, NumPy {machine['numpy']}{libraries}",
        f"{machine['blas']}: {kernel}{threads} thread{'' if machine['threads'] == [1] else 's'}",
    ]
    parts += [f"load {machine['load']:.2f}"] if machine["load"] is not None else []
    parts += [f"revision {machine['revision']}"] if machine["revision"] else []
    return "; ".join(parts)


def lines(machine: Machine) -> list[str]:
    """Return the machine in one line, and a line for each warning."""
    return [header(machine), *(f"warning: {warning}" for warning in warnings(machine))]


def warnings(machine: Machine) -> list[str]:
    """Return warnings about what makes the times longer, or hard to compare with other runs."""
    messages = []
    has_avx512 = any(name.startswith(("AVX512", "X86_V4")) for name in machine["vectors"])
    if machine["kernel"] is None:
        messages.append(
            "the kernel of the BLAS library is unknown; to see it, install threadpoolctl: pip install threadpoolctl"
        )
    elif has_avx512 and machine["blas"].startswith("openblas") and machine["kernel"] not in AVX512_KERNELS:
        messages.append(
            f"this processor has AVX-512, but OpenBLAS uses its {machine['kernel']} kernel: set OPENBLAS_CORETYPE=SkylakeX "
            "in the environment before Python starts, which may make the products faster"
        )
    if machine["load"] is not None and machine["load"] > BUSY * machine["cores"]:
        messages.append(
            f"the machine was busy: its load in the last minute was {machine['load']:.2f} (perhaps from an earlier run); "
            "a load changes the ratios less than the times"
        )
    return messages
