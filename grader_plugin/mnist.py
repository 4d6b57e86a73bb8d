"""The data set: read from data/ through torchvision once, memory-mapped from a copy afterwards."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import json
import math
import os
import sys
import tempfile
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import platformdirs
import torch

_Array = npt.NDArray[np.uint8]

_RAW: Final = Path("MNIST", "raw")  # torchvision's layout, below a root folder
_SIDECAR: Final = "mnist.json"
_VERSION: Final = 1  # of the copy's layout; another number is another sidecar, so the copy is made anew

# Every copy carries the same time (2000-01-01), so builds running side by side describe each other's files
# and it does not matter whose sidecar comes last. Whatever writes to a file afterwards changes its time.
_STAMP: Final = 946_684_800 * 10**9

_REMEDY: Final = "`grader data --download` fetches it anew when there is a network"


class MnistError(Exception):
    """One sentence: the file, what is wrong with it, what was expected, the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The images, uint8 (N, 28, 28), and their labels, int64 (N,), of the training or the test set."""

    images: torch.Tensor
    labels: torch.Tensor


@dataclass(frozen=True, slots=True)
class _File:
    """An IDX file: `md5` of all of it, unpacked; `sha256` of what follows its header and makes the copy."""

    name: str
    shape: tuple[int, ...]
    md5: str
    sha256: str

    @property
    def copy(self) -> str:
        return self.name.partition("-idx")[0] + ".uint8"

    @property
    def size(self) -> int:
        return 4 * (1 + len(self.shape)) + math.prod(self.shape)  # a magic number, the dimensions, the bytes


_FILES: Final = (
    _File(
        "train-images-idx3-ubyte",
        (60_000, 28, 28),
        "6bbc9ace898e44ae57da46a324031adb",
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    ),
    _File(
        "train-labels-idx1-ubyte",
        (60_000,),
        "a25bea736e30d166cdddb491f175f624",
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    _File(
        "t10k-images-idx3-ubyte",
        (10_000, 28, 28),
        "2646ac647ad5339dbf082846283269ea",
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    ),
    _File(
        "t10k-labels-idx1-ubyte",
        (10_000,),
        "27ae3e4e09519cfbb04c329615203637",
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
)


def load(
    *, verify: bool = False, source: Path | None = None, cache: Path | None = None
) -> tuple[Split, Split]:
    """The training and the test set; their tensors may be written to, which changes no file.

    With `verify` (authoritative grading) the copy is read into memory and hashed, and what was hashed is what
    is returned; without it, the sidecar is believed as long as size and time agree. A copy that is missing or
    damaged is made anew from `source`, silently; where `cache` cannot be written there is no copy.

    Raises MnistError when a copy has to be made and `source` does not hold the data.
    """
    cache = cache or Path(platformdirs.user_cache_dir("pytest-gradient"), "mnist")
    arrays = _from_copy(cache, verify)
    if arrays is None:
        arrays = _from_source(source or source_folder())
        with contextlib.suppress(OSError):  # no copy: the next run unpacks again, slower by seconds
            _write_copy(arrays, cache)
    return _split(*arrays[:2]), _split(*arrays[2:])


def source_folder() -> Path:
    """The data/ below the working directory or, where that holds no MNIST, the one of this package.

    An installed package has it within, a checkout beside it.
    """
    here = Path.cwd() / "data"
    package = Path(__file__).resolve().parent
    known = (here, package / "data", package.parent / "data")
    # os.path: where a folder may not be searched, Path's own raises.
    return next((folder for folder in known if os.path.isdir(folder / _RAW)), here)


def download(source: Path) -> None:
    """Replace the files of `source` that are missing or damaged, by torchvision's own download.

    Raises MnistError where that fails; no file is replaced by one that is not right.
    """
    raw = source / _RAW
    wrong = [file for file in _FILES if not _is_sound(raw, file)]
    if not wrong:
        return
    try:
        raw.mkdir(parents=True, exist_ok=True)
        # Into a folder of its own: torchvision leaves a damaged file alone once all four unpacked ones
        # exist, and replaces every .gz that is not compressed exactly as its own.
        with tempfile.TemporaryDirectory(dir=source, prefix=".download-") as folder:
            _torchvision_mnist()(folder, download=True)
            for file in wrong:
                fetched = _packed(Path(folder, _RAW), file)
                _read(fetched, file)
                os.replace(fetched, _packed(raw, file))
                (raw / file.name).unlink(missing_ok=True)
    except (OSError, RuntimeError, EOFError, HTTPException) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise MnistError(
            f"MNIST file {str(_packed(raw, wrong[0]))!r} could not be downloaded ({reason}), expected md5"
            f" {wrong[0].md5} unpacked; run `grader data --download` again when there is a network"
        ) from error


def _split(images: _Array, labels: _Array) -> Split:
    # numpy widens the labels: torch would start its threads for it, which takes longer than all the rest.
    return Split(torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64)))


def _from_copy(cache: Path, verify: bool) -> Sequence[_Array] | None:
    """The arrays of the copy; None where it is missing, damaged, or not what its sidecar says."""
    arrays: list[_Array] = []
    try:
        if (cache / _SIDECAR).read_bytes() != _sidecar(cache):
            return None
        for file in _FILES:
            if verify:
                array: _Array = np.fromfile(cache / file.copy, np.uint8).reshape(file.shape)
                # Not the sidecar's word: who can write the copy can write the sidecar.
                if hashlib.sha256(array.data).hexdigest() != file.sha256:
                    return None
            else:
                # Copy-on-write ("c"): torch wants writable memory, and warns about any other.
                array = np.memmap(cache / file.copy, np.uint8, mode="c", shape=file.shape)
            arrays.append(array)
    except (OSError, ValueError):  # no such file; too short or too long for its shape
        return None
    return arrays


def _from_source(source: Path) -> Sequence[_Array]:
    try:
        with tempfile.TemporaryDirectory(prefix="mnist-") as folder:
            raw = Path(folder) / _RAW
            raw.mkdir(parents=True)
            for file in _FILES:
                (raw / file.name).write_bytes(_unpacked(source / _RAW, file))
            splits = [_torchvision_mnist()(folder, train=train, download=False) for train in (True, False)]
    except OSError as error:
        raise MnistError(
            f"MNIST cannot be unpacked in the folder for temporary files ({error.strerror}), expected 55 MB"
            " free there; name another folder in the environment variable TMPDIR"
        ) from error
    # torchvision makes int64 of the labels; a byte each is what was in the file.
    tensors = (tensor for split in splits for tensor in (split.data, split.targets))
    return [tensor.to(torch.uint8).numpy() for tensor in tensors]


def _write_copy(arrays: Sequence[_Array], cache: Path) -> None:
    """Put complete files in place one by one, the sidecar last: a reader never sees half a copy."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="build-") as folder:
        fresh = Path(folder)
        for file, array in zip(_FILES, arrays, strict=True):
            array.tofile(fresh / file.copy)
            os.utime(fresh / file.copy, ns=(_STAMP, _STAMP))
        (fresh / _SIDECAR).write_bytes(_sidecar(fresh))
        for name in (*(file.copy for file in _FILES), _SIDECAR):
            os.replace(fresh / name, cache / name)


def _sidecar(folder: Path) -> bytes:
    """What the sidecar of the files in `folder` says, to the byte: it is compared, never parsed."""
    files = {}
    for file in _FILES:
        stat = (folder / file.copy).stat()
        files[file.copy] = {"sha256": file.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    return json.dumps({"version": _VERSION, "files": files}, indent=1).encode() + b"\n"


def is_packed(name: str, data: bytes) -> bool:
    """Whether these bytes are the packed file of MNIST that has this name."""
    file = next((one for one in _FILES if f"{one.name}.gz" == name), None)
    if file is None:
        return False
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            found = stream.read(file.size + 1)
    except (OSError, EOFError, zlib.error):
        return False
    return hashlib.md5(found, usedforsecurity=False).hexdigest() == file.md5


def _packed(raw: Path, file: _File) -> Path:
    return raw / f"{file.name}.gz"


def _is_sound(raw: Path, file: _File) -> bool:
    packed = _packed(raw, file)
    try:
        _read(packed if os.path.exists(packed) else raw / file.name, file)
    except MnistError:
        return False
    return True


def _unpacked(raw: Path, file: _File) -> bytes:
    """From the .gz or else from the unpacked file, which torchvision's own download leaves beside it."""
    try:
        return _read(_packed(raw, file), file)
    except MnistError:
        if not os.path.exists(raw / file.name):
            raise
    return _read(raw / file.name, file)


def _read(path: Path, file: _File) -> bytes:
    """The unpacked bytes of a file or its .gz, checked. Reads one byte too many at most."""
    try:
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            raise OSError(errno.EINVAL, "Not a regular file")  # a pipe would be waited for without end
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            data = stream.read(file.size + 1)
    except FileNotFoundError:
        fact = "is missing"
    except gzip.BadGzipFile:
        fact = "is not a gzip file"
    except (EOFError, zlib.error) as error:
        fact = f"is a damaged gzip file ({error})"
    except OSError as error:
        fact = f"cannot be read ({error.strerror})"
    else:
        # A checksum against damage, not a signature: also where a FIPS build of Python bars md5.
        found = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if found == file.md5:
            return data
        if len(data) == file.size:
            fact = f"has md5 {found} unpacked"
        elif len(data) > file.size:
            fact = f"has more than {file.size} bytes unpacked"
        else:
            fact = f"has {len(data)} bytes unpacked"
    raise MnistError(f"MNIST file {str(path)!r} {fact}, expected md5 {file.md5} unpacked; {_REMEDY}")


def _torchvision_mnist() -> Any:
    """torchvision.datasets.MNIST, also beside a CPU build of torch.

    On Linux the public index's torchvision is built against CUDA. Beside a CPU build of torch its operators
    cannot be loaded, and importing it fails in `torchvision._meta_registrations` with "operator
    torchvision::nms does not exist". Reading MNIST needs no operator, so an empty module stands in for it.
    """
    if "torchvision" not in sys.modules:
        name = "torchvision._meta_registrations"
        sys.modules.setdefault(name, ModuleType(name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other operators that a CPU build lacks
        from torchvision.datasets import MNIST
    return MNIST
