"""What an answer costs the grader: as much memory as it may take, whatever the answer says that it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import GELU, HEAD, SOFTMAX, alarm, does, lesson

from grader_plugin.channel import REPLY_CAP
from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox

PEAK_CAP = 5 * REPLY_CAP  # the answer, and what a check makes of it
STATUS, PEAKS = Path("/proc/self/status"), Path("/proc/self/clear_refs")
pytestmark = pytest.mark.skipif(
    not PEAKS.exists(), reason="only Linux tells the most memory that a process had"
)

SEND = """import json, struct


def send(value, *buffers, **more):
    text = json.dumps({"number": 3, "value": value, **more}).encode()
    sizes = b"".join(struct.pack("!Q", len(buffer)) for buffer in buffers)
    data = struct.pack("!4sII", b"GRD1", len(text), len(buffers)) + sizes + text
    for part in (data, *buffers):
        part = memoryview(part)
        while part:
            part = part[os.write(3, part):]
    time.sleep(1e6)


ALL = 2**25 - 64
"""
# The answer to relu(x); what comes back of such a size is refused, or is wrong: its shape, its kind.
ANSWERS = {
    "bytes as a tensor": "send({'tensor': 0, 'dtype': 'uint8', 'shape': [ALL]}, bytes(ALL))",
    "booleans": "send({'tensor': 0, 'dtype': 'bool', 'shape': [ALL]}, bytes(ALL))",
    "floats": "send({'tensor': 0, 'dtype': 'float32', 'shape': [ALL // 4]}, bytes(ALL))",
    "nan": "send({'tensor': 0, 'dtype': 'float32', 'shape': [ALL // 4]}, b'\\xff' * ALL)",
    "bfloat16 of nan": "send({'tensor': 0, 'dtype': 'bfloat16', 'shape': [ALL // 2]}, b'\\xff' * ALL)",
    "complex": "send({'tensor': 0, 'dtype': 'complex64', 'shape': [ALL // 8]}, b'\\xff' * ALL)",
    "far apart": "send({'tensor': 0, 'dtype': 'uint8', 'shape': [2**22], 'stride': [7]}, bytes(2**22))",
    "more than all": "send({'tensor': 0, 'dtype': 'uint8', 'shape': [2**28]}, bytes(2**28))",
    "an unaligned row": "send({'tensor': 0, 'dtype': 'float32', 'shape': [5, ALL // 20], 'grad': True}, bytes(ALL // 20 * 20))",
    "bytes": "send({'bytes': 0}, bytes(ALL))",
    "numbers": "send({'floats': 0, 'as': 'list'}, bytes(ALL))",
    "many lists of numbers": "send({'list': [{'floats': n, 'as': 'tuple'} for n in range(500)]}, *[bytes(500_000)] * 500)",
    "one buffer for each of a thousand": "send({'list': [{'bytes': 0}] * 1000}, bytes(ALL))",
    "a figure of bytes": "send({'number': 1, 'figure': {'dict': [['legend', {'bytes': 0}], ['axes', {'list': []}]]}}, bytes(ALL))",
    "a figure with a name of bytes": (
        "send({'number': 1, 'figure': {'dict': [['legend', {'list': [{'bytes': 0}]}], ['axes', {'list': []}]]}}, bytes(ALL))"
    ),
    "a figure of a tensor": (
        "send({'number': 1, 'figure': {'dict': [['legend', {'tensor': 0, 'dtype': 'uint8', 'shape': [ALL]}], ['axes', {'list': []}]]}}, bytes(ALL))"
    ),
    "a text of which nobody asked": "send(None, bytes(ALL), watched=['a' * 60_000])",
    "empty buffers": "send({'list': [{'bytes': n} for n in range(512)]}, *[b''] * 512)",
    "announced and not sent": "os.write(3, struct.pack('!4sIIQ', b'GRD1', 2, 1, 2**28) + b'{}'); os._exit(0)",
}  # fmt: skip


@pytest.fixture(scope="module")
def confined() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.confinement()
        yield sandbox


def peak() -> int:
    """The most bytes of memory that this process held since `PEAKS` was written to."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_bounded_whatever_it_says(answer: str, confined: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "activations.py").write_text(HEAD + SEND + does(answer) + GELU)
    (tmp_path / "softmax.py").write_text(SOFTMAX)
    run = Run(tmp_path, "exercises", sandbox=confined, exercises=lesson(30.0), seed=3)
    PEAKS.write_text("5")
    before = peak()
    with alarm():
        record = grade(run)
    taken = peak() - before
    assert [check.status.value for check in record.checks] == ["failed", "passed", "passed"]
    assert "relu" in record.checks[0].message
    assert taken < PEAK_CAP, f"{taken / 2**20:,.0f} MiB"
