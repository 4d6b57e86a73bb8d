"""Values on the wire: what goes in comes out, and what was made up raises WireError, nothing else."""

from __future__ import annotations

import contextlib
import json
import math
import struct
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from grader_plugin.channel import WireError
from grader_plugin.wire import DTYPES, Opaque, Shared, map_shared, pack, share, unpack

settings.register_profile("wire", deadline=None, max_examples=150, derandomize=True, database=None)
settings.load_profile("wire")

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=True)
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.binary(max_size=8)
)
KEYS = st.text(max_size=4) | st.integers(-9, 9) | st.booleans() | st.tuples(st.integers(0, 3))
DATA = st.recursive(
    SCALARS,
    lambda part: (
        st.lists(part, max_size=4)
        | st.lists(part, max_size=4).map(tuple)
        | st.dictionaries(KEYS, part, max_size=4)
        | st.lists(st.floats(), max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """A tensor of any dtype that travels, of any shape and with the strides that indexing gives."""
    dtype = draw(st.sampled_from(list(DTYPES.values())))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    bits = draw(st.integers(0, 2**31))
    generator = torch.Generator().manual_seed(bits)
    count = math.prod(shape) * dtype.itemsize
    raw = torch.randint(
        0, 2 if dtype == torch.bool else 256, (count,), dtype=torch.uint8, generator=generator
    )
    tensor = raw.view(dtype).reshape(shape) if count else torch.empty(shape, dtype=dtype)
    how = draw(st.sampled_from(["as is", "transposed", "stepped", "expanded", "conjugate", "one row"]))
    if how == "transposed" and tensor.dim() > 1:
        tensor = tensor.transpose(draw(st.integers(0, tensor.dim() - 1)), -1)
    elif how == "stepped" and tensor.dim():
        tensor = tensor[..., ::2]
    elif how == "expanded":
        tensor = tensor.expand(3, *tensor.shape)
    elif how == "conjugate" and tensor.is_complex():
        tensor = tensor.conj()
    elif how == "one row" and tensor.dim() and tensor.shape[0]:
        tensor = tensor[0]
    if draw(st.booleans()) and (tensor.is_floating_point() or tensor.is_complex()):
        tensor = tensor.detach().requires_grad_()
    return tensor


def no_reference(thing: object) -> Any:
    raise WireError(f"{thing!r} is a reference")


def there_and_back(value: object) -> Any:
    buffers: list[Any] = []
    node = json.loads(json.dumps(pack(value, buffers, no_reference), allow_nan=False))
    return unpack(node, [bytearray(buffer) for buffer in buffers], no_reference)


def same(one: object, other: object) -> bool:
    """Equal in type and value, nan equal to nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (one != one and other != other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one), list(other)) and all(same(one[key], other[key]) for key in one)
    return one == other


@given(DATA)
def test_plain_data_comes_back(value: object) -> None:
    assert same(there_and_back(value), value)


@given(tensors())
def test_a_tensor_comes_back_bit_by_bit(tensor: Tensor) -> None:
    found = there_and_back({"of": [tensor]})["of"][0]
    assert type(found) is Tensor
    assert (found.dtype, found.shape, found.requires_grad) == (
        tensor.dtype,
        tensor.shape,
        tensor.requires_grad,
    )
    empty = torch.empty(0, dtype=tensor.dtype)
    flat, sent = (torch.cat([empty, one.detach().reshape(-1)]) for one in (found, tensor))
    assert flat.numel() == 0 or torch.equal(flat.view(torch.uint8), sent.view(torch.uint8))
    if tensor.numel() > 1 and 0 not in tensor.stride():  # an expanded view is written out
        assert found.is_contiguous() == tensor.resolve_conj().is_contiguous()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (2**63, "an int above 64 bits"),
        (torch.zeros(1).expand(10**12), "a tensor of 1,000,000,000,000 elements (the limit is 67,108,864)"),
        (torch.zeros(2, device="meta"), "a tensor on the device meta"),
        (torch.eye(2).to_sparse(), "a tensor of layout sparse_coo"),
        (torch.zeros([1] * 9), "a tensor of 9 dimensions (the limit is 8)"),
        (torch.zeros(2, dtype=torch.float8_e4m3fn), "a tensor of dtype float8_e4m3fn"),
        (torch.zeros(2).as_subclass(type("Evil", (Tensor,), {})), "a subclass of torch.Tensor (Evil)"),
    ],
)
def test_what_does_not_travel_is_described(value: object, says: str) -> None:
    assert there_and_back([value]) == [Opaque(says)]


def test_nesting_ends() -> None:
    deep: list[object] = []
    deep.append(deep)
    text = json.dumps(pack(deep, [], no_reference))
    assert text.count("list") == 8
    assert "data nested more than 8 deep" in text


def test_a_parameter_and_a_subclass_of_a_number_travel_as_what_they_are() -> None:
    class Loud(float):
        def __float__(self) -> float:
            return 0.0

        def __repr__(self) -> str:
            return "nan"

    found = there_and_back([torch.nn.Parameter(torch.ones(2)), Loud(1.5), True])
    assert type(found[0]) is Tensor
    assert found[0].requires_grad
    assert found[1:] == [1.5, True]
    assert type(found[1]) is float


# What a worker that is not ours could send.
NUMBERS = st.integers(-9, 9) | st.sampled_from([2**31, 2**62, 2**63, 2**64, 10**30, -(2**70), 0.5, 1e308])
LEAVES = NUMBERS | st.none() | st.booleans() | st.sampled_from([*DTYPES, "list", "nan", "inf", "x", ""])
NODES = st.recursive(
    LEAVES,
    lambda part: (
        st.lists(part, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "tensor",
                    "dtype",
                    "shape",
                    "stride",
                    "grad",
                    "float",
                    "opaque",
                    "bytes",
                    "floats",
                    "as",
                    "dict",
                    "list",
                    "tuple",
                    "handle",
                ]
            ),
            part,
            max_size=5,
        )
    ),
    max_leaves=20,
)
TENSORS = st.fixed_dictionaries(
    {"tensor": st.integers(-3, 3), "dtype": st.sampled_from(list(DTYPES)) | LEAVES},
    optional={
        "shape": st.lists(NUMBERS, max_size=5) | NODES,
        "stride": st.lists(NUMBERS, max_size=5) | NODES,
        "grad": NODES,
    },
)


@settings(max_examples=400)
@given(
    NODES | TENSORS | st.lists(TENSORS).map(lambda parts: {"list": parts}),
    st.lists(st.binary(max_size=32), max_size=3),
)
def test_a_made_up_node_is_a_value_or_a_wire_error(node: Any, buffers: list[bytes]) -> None:
    with contextlib.suppress(WireError):
        unpack(node, [bytearray(buffer) for buffer in buffers], no_reference)


@pytest.mark.parametrize(
    "node",
    [
        {"tensor": 0, "dtype": "float32", "shape": [3]},
        {"tensor": 0, "dtype": "float32", "shape": [-1, -2]},
        {"tensor": 0, "dtype": "float32", "shape": [2, True]},
        {"tensor": 0, "dtype": "float31", "shape": [2]},
        {"tensor": 5, "dtype": "float32", "shape": [2]},
        {"tensor": 1, "dtype": "float32", "shape": [0, 2**62, 2**62]},
        {"tensor": 0, "dtype": "float32", "shape": [1] * 9},
        {"tensor": 0},
        {"float": "1.5"},
        {"floats": 2, "as": "list"},
        {"dict": [[{"list": []}, 1]]},
        {"dict": [[1]]},
        {"handle": 3},
        {},
        [],
        [1],
        2**63,
        -(2**63),
    ],
    ids=repr,
)
def test_what_does_not_hold_together(node: Any) -> None:
    with pytest.raises(WireError):
        unpack(node, [bytearray(8), bytearray(), bytearray(7)], no_reference)


@pytest.mark.parametrize("stride", [[2**40, 1], [1, 2**62], [0, 1], [-1, 1], [1], "ab", [1.0, 1.0]], ids=repr)
def test_a_stride_that_asks_for_memory_is_done_without(stride: Any) -> None:
    node = {"tensor": 0, "dtype": "uint8", "shape": [2, 3], "stride": stride}
    found = unpack(node, [bytearray(range(6))], no_reference)
    assert found.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.stride() == (3, 1)


def test_shared_memory_is_sealed_and_private_to_each_reader() -> None:
    import fcntl
    import os

    shared = share((2, 3), torch.float32, lambda out: out.copy_(torch.arange(6.0).reshape(2, 3)))
    assert isinstance(shared, Shared)
    assert len(shared) == 2
    node = {"dtype": "float32", "shape": [2, 3]}
    first = map_shared(os.dup(shared.fd), node)
    first.zero_()
    assert map_shared(os.dup(shared.fd), node).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(OSError, match="not permitted"):
        os.pwrite(shared.fd, b"x", 0)
    with pytest.raises(OSError, match="not permitted"):
        os.truncate(shared.fd, 0)
    assert fcntl.fcntl(shared.fd, fcntl.F_GET_SEALS)
