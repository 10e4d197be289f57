#!/usr/bin/env python3
"""The machine, and the versions of everything that is measured, as JSON. Run with the Python of the
peers."""

import argparse
import ctypes
import importlib.metadata
import json
import platform
import re
import subprocess
from pathlib import Path


def first_match(path, pattern):
    found = re.search(pattern, Path(path).read_text(), re.MULTILINE)
    return found[1].strip() if found else "unknown"


def output_of(*command):
    try:
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout.strip()


def isa():
    """The widest vectors this CPU has, as far as networks care."""
    flags = first_match("/proc/cpuinfo", r"^flags\s*:(.*)$").split()
    if "avx512_bf16" in flags:
        return "avx512_bf16"
    return next((name for name in ("avx512f", "avx2") if name in flags), "sse").removesuffix("f")


def kind():
    """Vendor, family and vectors: CPUs of one kind run the same code."""
    vendor = first_match("/proc/cpuinfo", r"^vendor_id\s*:\s*(.*)$")
    short = {"GenuineIntel": "intel", "AuthenticAMD": "amd"}.get(vendor, vendor.lower())
    family = first_match("/proc/cpuinfo", r"^cpu family\s*:\s*(.*)$")
    return f"{short}-{family}-{isa()}"


def peer_versions():
    versions = {"Python": platform.python_version()}
    for name in ("torch", "keras", "tensorflow", "librosa", "opencv-python-headless", "matplotlib", "numpy"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "missing"
    found = re.search(r"ffmpeg version (\S+)", output_of("ffmpeg", "-version"))
    versions["ffmpeg"] = found[1] if found else "missing"
    return versions


def openblas():
    """What the OpenBLAS that aver uses calls this CPU. One that it does not know it takes for a very
    old one."""
    try:
        library = ctypes.CDLL("libopenblas.so.0")
        library.openblas_get_corename.restype = ctypes.c_char_p
        library.openblas_get_config.restype = ctypes.c_char_p
        version = " ".join(library.openblas_get_config().decode().split()[:2])
        return [f"{version} with its code for {library.openblas_get_corename().decode()}"]
    except (OSError, AttributeError):
        return []


def aver_versions(folder):
    """The program's own version, then the libraries any of them names."""
    lines = []
    for tool in ("extract-frames", "extract-audio", "compute-mfcc", "train-audio"):
        lines += output_of(str(folder / f"aver-{tool}"), "--version").splitlines()
    own = [line.split()[-1] for line in lines if line.startswith("aver-")]
    libraries = dict.fromkeys(line for line in lines if not line.startswith("aver-"))
    return ["aver " + own[0], *libraries, *openblas()] if own else []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="store_true", help="only print what kind of CPU this is")
    parser.add_argument("--bin", type=Path, help="folder with aver's programs")
    parser.add_argument("--cores", type=int)
    parser.add_argument("--unset", default="", help="variables that were set and are unset here")
    parser.add_argument("--forced", default="", help="variables that keep both sides from AVX-512")
    arguments = parser.parse_args()
    if arguments.kind:
        print(kind())
        return
    memory = int(first_match("/proc/meminfo", r"^MemTotal:\s+(\d+)"))
    system = first_match("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)')
    print(
        json.dumps(
            {
                "cpu": first_match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
                "isa": isa(),
                "cores": arguments.cores,
                "memory_gib": round(memory / 2**20, 1),
                "system": f"{system}, Linux {platform.release()}",
                "unset": arguments.unset.split(),
                "forced": arguments.forced.split(),
                "aver": aver_versions(arguments.bin),
                "peers": peer_versions(),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
