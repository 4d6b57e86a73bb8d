"""An interpreter of our own: isolated, with a short environment, it finds what the grader found and nothing else."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import platformdirs

from . import outside
from .channel import Channel

# What a worker has of the grader, in the order in which it is imported.
MODULES = (
    "scratch",
    "syscalls",
    "landlock",
    "seccomp",
    "confinement",
    "dynamo",
    "channel",
    "wire",
    "drawing",
    "fixtures",
    "mount",
    "worker",
    "template",
)
NEEDED = ("torch", "numpy", "matplotlib", "typing_extensions")

_HERE = Path(__file__).parent

# The modules by their files, in a package that has no path: nothing else of the grader can be imported beside them.
# Importing torch takes seconds, in which nobody listens: whoever is orphaned then has to notice by itself.
# What is imported stays: the collector would only look through it, again and again.
_BOOT = """
import gc, importlib.util, json, sys, types
gc.disable()
told = json.loads(sys.argv[1])
sys.argv[1:] = []
sys.path += told["path"]
package = sys.modules["grader_plugin"] = types.ModuleType("grader_plugin")
package.__path__ = []
for name in told["modules"]:
    spec = importlib.util.spec_from_file_location("grader_plugin." + name, told["folder"] + "/" + name + ".py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(package, name, module)
    if name == "confinement" and told["parent"]:
        module.leave_with_parent(told["parent"])
gc.enable()
getattr(module, told["entry"])(told["fd"], **told["options"])
"""


def execute(
    folder: Path, entry: str, output: int | IO[bytes], **options: Any
) -> tuple[subprocess.Popen[bytes], Channel]:
    """Run `template.entry(fd, **options)` in `folder`, with a channel to it; its errors go where `output` does.

    `output` subprocess.DEVNULL leaves the standard error as it is: what a template has to say there is ours.
    """
    ours, theirs = socket.socketpair()
    # The signal comes when the *thread* ends that starts a process, so only the main thread can ask for it.
    guarded = sys.platform == "linux" and threading.current_thread() is threading.main_thread()
    posix = os.name == "posix"
    with theirs:
        os.set_inheritable(theirs.fileno(), True)
        told = {
            "folder": str(_HERE),
            "modules": MODULES,
            "entry": entry,
            "fd": theirs.fileno(),
            "path": import_path(NEEDED),
            "parent": os.getpid() if guarded else 0,
            "options": options,
        }
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BOOT, json.dumps(told)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output == subprocess.DEVNULL else subprocess.STDOUT,
            env=environment(folder),
            cwd=folder,
            close_fds=posix,  # on Windows a handle is passed on only where all are that may be
            pass_fds=[theirs.fileno()] if posix else (),
            start_new_session=posix,
        )
    return process, Channel(ours)


def import_path(names: Iterable[str]) -> list[str]:
    """The folders in which this interpreter finds these packages."""
    found = []
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            depth = 1 if spec.submodule_search_locations is None else 2
            found.append(str(Path(spec.origin).parents[depth - 1]))
    return list(dict.fromkeys(found))


def readable() -> list[str]:
    """What a confined worker may read: Python, the packages beside torch, shared libraries, matplotlib's font list."""
    paths = sysconfig.get_paths()
    triplet = sysconfig.get_config_var("MULTIARCH") or ""
    home = Path(sys.base_prefix)
    libraries = [*home.glob("lib*/*.so*"), *(Path(lib, triplet) for lib in ("/lib", "/usr/lib") if triplet)]
    return [
        paths["stdlib"],
        paths["platstdlib"],
        *import_path(NEEDED),
        *map(str, libraries),
        "/lib64",
        "/usr/lib64",
        str(_matplotlib()),
    ]


def hidden() -> list[str]:
    """What lies among that and is not a worker's business: the grader, exercises, and packages that the grader does not use."""
    home = {"base": sys.base_prefix, "platbase": sys.base_prefix}
    site = [sysconfig.get_path(name, vars=home) for name in ("purelib", "platlib")]
    used = import_path(NEEDED)
    return [str(_HERE), *map(str, outside.homes()), *(path for path in site if path not in used)]


def environment(folder: Path) -> dict[str, str]:
    """A short list, nothing of the caller's. One thread: the same bits each time, and no fight for the cores."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {
        **kept,
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        "OMP_NUM_THREADS": "1",
        # A learner, or `grader verify`, may ask for two: threads that wait by spinning took 10 s for 0.5 s of work
        # where another process had one of the cores.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(_matplotlib()),
    }


def _matplotlib() -> Path:
    """Kept between runs: its font list takes seconds to build."""
    return Path(platformdirs.user_cache_dir("pytest-gradient")) / "matplotlib"
