"""Answers altered on their way: whatever a reply says, the check is the submission's failure and never the grader's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from harness import alarm

from grader_plugin import rubrics
from grader_plugin.conversation import Conversation
from grader_plugin.inert import visible_lines
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox
from grader_plugin.wire import DTYPES, WireError, unpack

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**62, 1e308, -1e308, 5e-324, 1e400, "", "::error::\x1b[2J\n", "\ud800", [], {},
    {"list": []}, {"dict": []}, {"list": [1, "a", None]}, {"list": [{"float": "nan"}] * 5}, {"float": "-inf"},
    {"dict": [[{"tuple": [1, 2]}, {"list": []}]]}, {"dict": [[1, 2], [1.0, 3], [True, 4]]}, {"opaque": None},
    {"handle": 0, "type": "x", "module": True}, {"handle": -1, "type": None}, {"figure": {"dict": []}, "number": 0},
    {"bytes": 0}, {"tensor": 0, "dtype": "float32", "shape": []}, {"tensor": 0},
)  # fmt: skip
FILLS = (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\xff", b"\x01\x00\x00\x00", b"\x00\x00\x00\x00\x00\x00\xf8\x7f", b"\x00\x00\x00\x80")  # fmt: skip
SHAPES = ([], [1], [0], [5], [3, 4], [0, 3], [1] * 8, [128, 784])


@pytest.fixture(scope="module")
def confined() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class Altered:
    """The worker of the solutions, with a share of its replies altered by a generator of one's own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.honest = Conversation.request

    def request(self, conversation: Conversation, request: dict[str, Any], *args: Any) -> Any:
        reply, buffers = self.honest(conversation, request, *args)
        if request["op"] in ("call", "vjp") and self.chance.random() < 0.3:
            self._alter(reply, buffers)
        return reply, buffers

    def _alter(self, reply: dict[str, Any], buffers: list[bytearray]) -> None:
        if buffers and self.chance.random() < 0.4:
            buffer, fill = self.chance.choice(buffers), self.chance.choice(FILLS)
            buffer[:] = (fill * (len(buffer) // len(fill) + 1))[: len(buffer)]
            return
        *way, last = self.chance.choice(list(_places(reply)))
        node: Any = reply
        for step in way:
            node = node[step]
        node[last] = self.chance.choice(VALUES) if self.chance.random() < 0.7 else self._tensor(buffers)

    def _tensor(self, buffers: list[bytearray]) -> dict[str, Any]:
        dtype, shape = self.chance.choice(list(DTYPES)), self.chance.choice(SHAPES)
        size = DTYPES[dtype].itemsize
        for length in shape:
            size *= length
        buffers.append(bytearray(size))
        return {"tensor": len(buffers) - 1, "dtype": dtype, "shape": list(shape), "grad": True}


def _places(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a reply, as the way there."""
    if way:
        yield way
    inner = node.items() if isinstance(node, dict) else enumerate(node[:40]) if isinstance(node, list) else ()
    for step, part in inner:
        yield from _places(part, (*way, step))


@pytest.mark.filterwarnings("default")  # as the runner has it; torch warns of what it is handed
@pytest.mark.parametrize("exercise", rubrics.KIT)
def test_no_answer_is_the_grader_s_failure(
    exercise: str, confined: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = Altered(random.Random(exercise))
    monkeypatch.setattr(Conversation, "request", lambda *args: altered.request(*args))
    checks = [one for one in rubrics.load(exercise).info.checks if not one.beside]
    for seed in range(2):
        run = Run(ROOT / "solutions", "exercises", sandbox=confined, seed=seed)
        with alarm():
            for check in checks:
                result = run._grade(check)
                assert result.status.value != "error", (check.name, result.message, result.detail)
                assert "\n" not in result.message
                assert len(result.message) < 1000
                assert visible_lines(result.detail) == result.detail


@pytest.mark.parametrize("node", [{"bytes": 0}, {"floats": 0, "as": "list"}], ids=["bytes", "floats"])
def test_a_buffer_is_one_value(node: dict[str, Any]) -> None:
    """`pack` names each buffer once; 64 KiB of names for one of 256 MiB are a terabyte."""
    with pytest.raises(WireError):
        unpack({"list": [node, node]}, [bytes(16)], lambda _: None)


def test_the_solutions_are_where_they_are_looked_for() -> None:
    assert {f"{name}.py" for name in rubrics.KIT} <= {path.name for path in Path(ROOT, "solutions").iterdir()}
