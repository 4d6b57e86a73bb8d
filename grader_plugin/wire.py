"""Values on the wire: plain data and tensors as JSON and raw buffers, nothing pickled, every size checked.

This module runs in the grader and in the worker.
"""

from __future__ import annotations

import math
import mmap
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .channel import BODY_CAP, Buffer, WireError

RANK_CAP = 8
DEPTH_CAP = 8
STRIDED_CAP = 8 * 1024 * 1024
ITEMS_CAP = 1_000_000  # of a list: a number takes 8 bytes on the wire and 32 in Python

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.bool,
        torch.complex64,
        torch.complex128,
    )
}

Refer = Callable[[object], dict[str, Any]]
Resolve = Callable[[dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that does not travel: what it is, in words ("a numpy.ndarray")."""

    description: str


@dataclass(frozen=True, eq=False)
class Shared:
    """A tensor in a memory file, written once and handed to any number of workers; closed when it is let go.

    Each worker maps it privately: what one writes, nobody else sees.
    """

    fd: int
    dtype: torch.dtype
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return self.shape[0]

    def __del__(self) -> None:
        os.close(self.fd)


def dtype_name(dtype: torch.dtype) -> str:
    """`torch.float32` as `float32`."""
    return str(dtype).removeprefix("torch.")


def pack(value: object, buffers: list[Buffer], refer: Refer, depth: int = 0, *, cap: int = BODY_CAP) -> Any:
    """JSON for `value`, its tensors appended to `buffers`; what is neither is left to `refer`.

    A tensor of more than `cap` bytes is told as what does not travel.
    """
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        number = int.__int__(value)
        return number if abs(number) < 2**63 else {"opaque": "an int above 64 bits"}
    if isinstance(value, float):
        plain = float.__float__(value)
        return plain if math.isfinite(plain) else {"float": repr(plain)}
    if isinstance(value, torch.Tensor):
        return _pack_tensor(value, buffers, cap)
    if isinstance(value, bytes):
        buffers.append(value)
        return {"bytes": len(buffers) - 1}
    if depth >= DEPTH_CAP:
        return {"opaque": f"data nested more than {DEPTH_CAP} deep"}
    if isinstance(value, dict):
        items = [
            [pack(part, buffers, refer, depth + 1, cap=cap) for part in item] for item in dict.items(value)
        ]
        return {"dict": items}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        parts = list(list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value))
        if len(parts) > ITEMS_CAP:
            return {"opaque": f"a {kind} of {len(parts):,} items (the limit is {ITEMS_CAP:,})"}
        if parts and all(type(part) is float for part in parts):  # a loss curve: 8 bytes a number, bits kept
            buffers.append(struct.pack(f"<{len(parts)}d", *parts))
            return {"floats": len(buffers) - 1, "as": kind}
        return {kind: [pack(part, buffers, refer, depth + 1, cap=cap) for part in parts]}
    return refer(value)


def unpack(node: Any, buffers: Sequence[Buffer], resolve: Resolve, *, whole: bool = False) -> Any:
    """The value that `pack` wrote; raises WireError for anything else, and for buffers left over where it is the `whole`.

    Each buffer is one value, as `pack` writes them: named a thousand times it would be copied as often. And all lists of
    numbers together have no more than one may have.
    """
    parts = _Parts(buffers)
    value = _unpack(node, parts, resolve, 0)
    if whole and parts.left:
        raise WireError(f"the other side sent {len(parts.left)} buffers that belong to no value")
    return value


class _Parts:
    """The buffers of one value: each is taken once, and the numbers of all lists are counted."""

    def __init__(self, buffers: Sequence[Buffer]) -> None:
        self.left = dict(enumerate(buffers))
        self._numbers = 0

    def take(self, index: int) -> Buffer:
        """A buffer that nothing has taken yet; raises KeyError, TypeError."""
        return self.left.pop(index)

    def numbers(self, index: int) -> tuple[float, ...]:
        """A buffer of float64; raises WireError for more of them than are taken."""
        data = self.take(index)
        self._numbers += len(data) // 8
        if self._numbers > ITEMS_CAP:
            raise WireError(f"lists of {self._numbers:,} numbers, the limit is {ITEMS_CAP:,}")
        return struct.unpack(f"<{len(data) // 8}d", data)


def _unpack(node: Any, parts: _Parts, resolve: Resolve, depth: int) -> Any:
    if isinstance(node, int) and abs(node) >= 2**63:
        raise WireError("the other side sent an int above 64 bits")
    if node is None or isinstance(node, (bool, str, int, float)):
        return node
    if not isinstance(node, dict) or depth > DEPTH_CAP:
        raise WireError("the other side sent a value that is not one")
    try:
        if "tensor" in node:
            return _unpack_tensor(node, parts.take(node["tensor"]))
        if "float" in node:
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["float"]]
        if "opaque" in node:
            return Opaque(str(node["opaque"])[:200])
        if "bytes" in node:
            return bytes(parts.take(node["bytes"]))
        if "floats" in node:
            numbers = parts.numbers(node["floats"])
            return list(numbers) if node["as"] == "list" else numbers
        if "dict" in node:
            items = [
                (_unpack(key, parts, resolve, depth + 1), _unpack(part, parts, resolve, depth + 1))
                for key, part in node["dict"]
            ]
            if len(dict(items)) != len(items):
                raise WireError("the other side sent a key twice")
            return dict(items)
        for name, kind in (("list", list), ("tuple", tuple)):
            if name in node:
                return kind(_unpack(part, parts, resolve, depth + 1) for part in node[name])
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, RuntimeError, struct.error) as error:
        raise WireError("the other side sent a value that does not hold together") from error
    if "figure" in node and resolve is not _no_reference:
        node = {**node, "figure": _unpack(node["figure"], parts, _no_reference, 0)}
    return resolve(node)


def _no_reference(node: dict[str, Any]) -> object:
    raise WireError("the other side sent a reference where none belongs")


def tensors(value: object, depth: int = 0) -> Iterator[torch.Tensor]:
    """The tensors inside plain containers, in the order in which `pack` writes them, and no deeper than it goes."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth >= DEPTH_CAP:
        return
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from tensors(key, depth + 1)
            yield from tensors(part, depth + 1)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from tensors(part, depth + 1)


def share(shape: tuple[int, ...], dtype: torch.dtype, fill: Callable[[torch.Tensor], object]) -> Shared:
    """A sealed memory file (Linux) that holds what `fill` writes into a tensor of that shape; not empty."""
    import fcntl

    fd = os.memfd_create("tensor", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    size = math.prod(shape) * dtype.itemsize
    os.truncate(fd, size)
    memory = mmap.mmap(fd, size)
    fill(torch.frombuffer(memory, dtype=dtype).reshape(shape))  # the tensor is gone when `fill` returns,
    memory.close()  # so the mapping can go: a file that is mapped for writing cannot be sealed
    # Sealed against growing, shrinking and writing, by anybody (linux/fcntl.h, F_SEAL_*).
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
    return Shared(fd, dtype, shape)


def map_shared(fd: int, node: dict[str, Any]) -> torch.Tensor:
    """The worker's private, writable view of a `Shared`; closes `fd`."""
    dtype, shape = DTYPES[node["dtype"]], tuple(node["shape"])
    size = math.prod(shape) * dtype.itemsize
    memory = mmap.mmap(fd, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    os.close(fd)
    return torch.frombuffer(memory, dtype=dtype).reshape(shape)


def _pack_tensor(tensor: torch.Tensor, buffers: list[Buffer], cap: int) -> dict[str, Any]:
    trouble = _why_not(tensor, cap)
    if trouble:
        return {"opaque": trouble}
    grad = bool(tensor.requires_grad)
    data = tensor.detach().resolve_conj().resolve_neg()
    node: dict[str, Any] = {
        "tensor": len(buffers),
        "dtype": dtype_name(data.dtype),
        "shape": list(data.shape),
    }
    if grad:
        node["grad"] = True
    if data.numel() > 1 and not data.is_contiguous() and 0 not in data.stride():
        node["stride"] = list(data.stride())
    buffers.append(_raw(data))
    return node


def _why_not(tensor: torch.Tensor, cap: int) -> str:
    kind = type(tensor)
    if kind not in (torch.Tensor, torch.nn.Parameter):
        return f"a subclass of torch.Tensor ({kind.__name__[:80]})"
    if tensor.is_nested or tensor.layout is not torch.strided or tensor.is_quantized:
        layout = (
            "nested" if tensor.is_nested else "quantized" if tensor.is_quantized else str(tensor.layout)[6:]
        )
        return f"a tensor of layout {layout}"
    if tensor.device.type != "cpu":
        return f"a tensor on the device {tensor.device}"
    if dtype_name(tensor.dtype) not in DTYPES:
        return f"a tensor of dtype {dtype_name(tensor.dtype)}"
    if tensor.dim() > RANK_CAP:
        return f"a tensor of {tensor.dim()} dimensions (the limit is {RANK_CAP})"
    size = math.prod(tensor.shape) * tensor.dtype.itemsize
    if size > cap:  # before anything makes it contiguous: an expanded view has 10^12 elements in four bytes
        return f"a tensor of {math.prod(tensor.shape):,} elements (the limit is {cap // tensor.dtype.itemsize:,})"
    return ""


def _raw(tensor: torch.Tensor) -> memoryview:
    flat = tensor.detach().contiguous().reshape(-1)
    if flat.numel() == 1:  # of one element any stride is contiguous, and `view` wants 1
        flat = flat.as_strided((1,), (1,))
    return flat.view(torch.uint8).numpy().data if flat.numel() else memoryview(b"")


def _unpack_tensor(node: dict[str, Any], data: Buffer) -> torch.Tensor:
    dtype, shape = DTYPES[node["dtype"]], node["shape"]
    if len(shape) > RANK_CAP or not all(type(size) is int and size >= 0 for size in shape):
        raise WireError(f"a tensor of shape {shape!r:.80}")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise WireError(f"a tensor of shape {shape!r:.80} and dtype {node['dtype']} in {len(data)} bytes")
    tensor = (
        torch.frombuffer(data, dtype=dtype).reshape(shape).detach()  # detached: a leaf, and not a view of one
        if len(data)
        else torch.empty(shape, dtype=dtype)
    )
    if "stride" in node and _fits(shape, node["stride"], tensor.numel(), dtype.itemsize):
        tensor = torch.empty_strided(shape, node["stride"], dtype=dtype).copy_(tensor)
    return (
        tensor.requires_grad_()
        if node.get("grad") and (dtype.is_floating_point or dtype.is_complex)
        else tensor
    )


def _fits(shape: list[int], stride: Any, count: int, itemsize: int) -> bool:
    """Whether the strided copy takes at most eight times the memory of the dense one; of a large one, no more than it."""
    if not isinstance(stride, list) or len(stride) != len(shape):
        return False
    if not all(type(step) is int and step > 0 for step in stride):
        return False
    span: int = sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
    return span < 8 * count + 64 and (span < count or span * itemsize < STRIDED_CAP)
