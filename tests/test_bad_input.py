"""Whatever stands in a learner's file: one clear sentence for the checks that meet it, and no harm to any other."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from conftest import Watched

from grader_plugin.compare import assert_close, like_input
from grader_plugin.exercise import Exercise, Task
from grader_plugin.result import CheckResult
from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox
from grader_plugin.submission import Submission

HEAD = "import ctypes, os, sys, time\nimport torch\nfrom torch import Tensor\n\n\n"
RELU = "def relu(x):\n    return x.clamp(min=0)\n"
GELU = "\n\ndef gelu(x):\n    return x.clamp(min=0)\n"
SOFTMAX = "def softmax(x):\n    return x.clamp(min=0)\n"
PATH = "exercises/activations.py"

Grade = Callable[..., dict[str, CheckResult]]


def lesson(seconds: Mapping[str, float]) -> dict[str, Exercise]:
    """Two files, three functions that have to be relu, a point each; the deadlines of those that hang."""
    first = Exercise("activations", "First", tasks=(Task("relu", like_input), Task("gelu", like_input)))
    second = Exercise("softmax", "Second", tasks=(Task("softmax", like_input),))

    def check(exercise: Exercise, name: str) -> None:
        def judge(submission: Submission) -> None:
            """It is relu"""
            x = torch.linspace(-2, 2, 5)
            assert_close(getattr(submission, name)(x), torch.relu(x), f"{name}(x)", inputs=x)

        judge.__name__ = name
        exercise.check(task=name, points=1, seconds=seconds.get(name, 60.0))(judge)

    check(first, "relu")
    check(first, "gelu")
    check(second, "softmax")
    return {"activations": first, "softmax": second}


@pytest.fixture
def grade_files(sandbox: Sandbox, tmp_path: Path) -> Iterator[Grade]:
    """Grade the small lesson: `grade_files({"activations.py": …}, relu=SHORT)` gives the results by task."""
    watched = Watched(sandbox)

    def grade_them(files: Mapping[str, str | bytes], **seconds: float) -> dict[str, CheckResult]:
        for name, text in {"softmax.py": SOFTMAX, **files}.items():
            (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        run = Run(tmp_path, "exercises", sandbox=watched, exercises=lesson(seconds))
        record = grade(run)
        assert record.max_score == 3
        assert record.complete
        return {check.task: check for check in record.checks}

    yield grade_them
    watched.assert_nothing_is_left()


def assert_clear(result: CheckResult) -> None:
    """One sentence, of the learner's world: no traceback, no path or word of the grader's."""
    assert "\n" not in result.message
    assert len(result.message) < 400
    for told in (result.message, result.detail, result.hint, result.where):
        assert not re.search(r"Traceback|grader_plugin/|site-packages|/tmp", told), told


def does(*lines: str, decorate: str = "") -> str:
    """A relu of these lines."""
    return f"{decorate}def relu(x):\n" + "".join(f"    {line}\n" for line in lines)


@dataclass(frozen=True)
class Case:
    """A file, or what stands before gelu in it, and what the check of relu says of it."""

    id: str
    code: str | bytes
    says: str
    status: str = "failed"
    whole_file: bool = False  # the check of gelu, in the same file, says the same
    where: str = ""
    seconds: float = 60.0
    hint: str = ""
    output: str = ""
    alone: bool = False  # `code` is the whole file
    files: Mapping[str, str] = field(default_factory=dict)


LOADING = f"Loading {PATH}"
SHORT = 0.6

DEFINITIONS = [
    Case("empty", "", f"{PATH} (found: nothing)", alone=True, whole_file=True, where=PATH),
    Case("misspelt", "def Relu(x):\n    return x\n", f"relu is not defined in {PATH} (found: Relu, gelu)"),
    Case("nothing but a comment", "# later\n", f"relu is not defined in {PATH} (found: gelu)"),
    Case("not a function", "relu = 3\n", "relu raised TypeError: 'int' object is not callable", where=":6"),
    Case("no parameter", does("return 1").replace("(x)", "()"), "relu raised TypeError: relu() takes 0"),
    Case("another parameter", does("return x").replace("(x)", "(x, y)"), "missing 1 required positional"),
]

LOADS = [
    Case("syntax", "def relu(x:\n    return x\n", f"{LOADING} raised SyntaxError: '(' was never", where=":6"),
    Case(
        "indentation", "def relu(x):\nreturn x\n", f"{LOADING} raised IndentationError: expected", where=":7"
    ),
    Case("import fails", "import nothing_there\n", "No module named 'nothing_there'", where=":6"),
    Case("name of another", "from .softmax import nothing\n", "cannot import name 'nothing'", where=":6"),
    Case("assertion at the end", f"{RELU}\nassert 1 == 2\n", f"{LOADING} raised AssertionError", where=":9"),
    Case("sys.exit", f"sys.exit(0)\n{RELU}", f"{LOADING} called sys.exit(0)", where=":6"),
    Case("os._exit", f"os._exit(0)\n{RELU}", f"{LOADING} ended the process with exit status 0", where=PATH),
    Case("segfault", "ctypes.string_at(0)\n", f"{LOADING} made the process die (SIGSEGV)", where=PATH),
    Case("loop", "while True:\n    pass\n", f"{LOADING} took over 0.6 s", seconds=SHORT, hint="Which loop"),
    Case("wait", "time.sleep(1e6)\n", f"{LOADING} took over 0.6 s", seconds=SHORT, hint="What does it wait"),
    Case("100,000 signs", f"x = {'-' * 100_000}1\n", f"{PATH} is too complex to parse", where=PATH),
    Case("5,000 parentheses", f"x = {'(' * 5000}1{')' * 5000}\n", "too many nested parentheses", where=":6"),
    Case("100,000 dots", f"x = lambda a: a{'.b' * 100_000}\n", f"{PATH} is too complex to parse"),
    Case("the solutions", "from solutions.activations import relu\n", "No module named 'solutions'"),
    Case("the rubrics", "import grader_plugin.rubrics\n", "No module named 'grader_plugin.rubrics'"),
    Case(
        "the rubrics' reference", "import grader_plugin.compare\n", "No module named 'grader_plugin.compare'"
    ),
    Case("too large", f"{RELU}#{'x' * 300_000}", f"{PATH} has 300,150 bytes, the limit is 262,144"),
    Case("latin-1", "name = 'é'\n".encode("latin-1"), f"{PATH} is not UTF-8 (byte 8); save it with that"),
    Case("utf-16", f"{RELU}{GELU}".encode("utf-16"), f"{PATH} is not UTF-8 (byte 0)", where=PATH),
    Case("a NUL", b"x = 1\n\0", f"{PATH} holds a NUL byte at position 6, so it is not Python text"),
]

CALLS = [
    Case("sys.exit", does("sys.exit(0)"), "relu called sys.exit(0)", where=":7"),
    Case("exit with words", does("sys.exit('a\\nb')"), "relu called sys.exit(a)", where=":7"),
    Case("os._exit", does("os._exit(0)"), "relu ended the process with exit status 0", where=":6"),
    Case("segfault", does("ctypes.string_at(0)"), "relu made the process die (SIGSEGV)", where=":6"),
    Case("abort", does("os.abort()"), "relu made the process die (SIGABRT)", where=":6"),
    Case("kills itself", does("os.kill(os.getpid(), 9)"), "relu made the process die (SIGKILL)"),
    Case("loop", does("while True:", "    pass"), "relu took over 0.6 s", seconds=SHORT, hint="Which loop"),
    Case(
        "loop deaf to signals",
        does("import signal", "signal.signal(15, signal.SIG_IGN)", "while True: pass"),
        "and was stopped",
        seconds=SHORT,
    ),
    Case(
        "wait", does("time.sleep(1e6)"), "(0.0 s of it computing) and was stopped", seconds=SHORT, hint="wait"
    ),
    Case(
        "recursion", does("return relu(x)"), "maximum recursion depth exceeded", hint="leads back to itself"
    ),
    Case(
        "memory", does("return torch.zeros(10**9)"), "relu asked for 3.7 GiB of memory; it may take 1.5 GiB"
    ),
    Case("input", does("return float(input()) * x"), "relu raised EOFError"),
    Case("KeyboardInterrupt", does("raise KeyboardInterrupt"), "relu raised KeyboardInterrupt", where=":7"),
    Case("GeneratorExit", does("raise GeneratorExit"), "relu raised GeneratorExit"),
    Case("StopIteration", does("raise StopIteration"), "relu raised StopIteration"),
    Case("two lines", does("raise ValueError('a\\nb')"), "relu raised ValueError: a"),
    Case("half a surrogate pair", does("raise ValueError('\\ud800')"), "relu raised ValueError: \\ud800"),
    Case(
        "closes every descriptor", does("os.closerange(0, 999)", "return x"), "relu left the process unable"
    ),
    Case(
        "no len", does("import builtins", "builtins.len = None", "return x"), "relu left the process unable"
    ),
    Case("writes garbage", does("os.write(3, b'garbage ' * 9)", "return x"), "something that is not a frame"),
    Case("no torch", does("sys.modules['torch'] = None", "return x"), "relu(x) is -2", where=":8"),
]

ERRORS = {
    "raises": ("raise ValueError", "relu raised E: (its message is unavailable)"),
    "exits": ("os._exit(3)", "relu ended the process with exit status 3"),
    "is not text": ("return 3", "relu raised E: (its message is unavailable)"),
    "is huge": ("return 'x' * 10**8", "relu raised E: xxxx"),
    "is text of a kind": ("return type('T', (str,), {'__getitem__': lambda *_: 3})('a')", "relu raised E: a"),
}
CALLS += [
    Case(
        f"an error whose text {name}",
        f"class E(Exception):\n    def __str__(self):\n        {line}\n\n\n{does('raise E')}",
        says,
    )
    for name, (line, says) in ERRORS.items()
] + [
    Case(
        "an error whose text never comes",
        f"class E(Exception):\n    def __str__(self):\n        while True: pass\n\n\n{does('raise E')}",
        "relu took over 0.6 s",
        seconds=SHORT,
    )
]

EQUAL = "class Evil(Tensor):\n    def __eq__(self, other):\n        return True\n\n\n"
FUNCTION = (
    "class Evil(Tensor):\n    @classmethod\n    def __torch_function__(cls, *_):\n        return True\n\n\n"
)
POSER = "class Poser:\n    __class__ = Tensor\n\n\n"

RETURNS = [
    Case("a list", does("return x.tolist()"), "relu returned a list, expected a torch.Tensor", where=":7"),
    Case("a list of tensors", does("return [x]"), "relu returned a list, expected a torch.Tensor"),
    Case("a list in itself", does("y = []", "y.append(y)", "return y"), "relu returned a list, expected"),
    Case("an array", does("return x.numpy()"), "relu returned a numpy.ndarray, expected a torch.Tensor"),
    Case("None", does("x.clamp(min=0)"), "relu returned None, expected", hint="a return on every path?"),
    Case("NotImplemented", does("return NotImplemented"), "relu returned a NotImplementedType, expected"),
    Case("a float", does("return 1.5"), "relu returned a float, expected a torch.Tensor"),
    Case("a large int", does("return 10**30"), "relu returned an int above 64 bits, expected"),
    Case("a class", does("return Tensor"), "relu returned a torch._C._TensorMeta, expected"),
    Case("many objects", does("return [object()] * 10_000"), "bytes of other values, the limit is 65,536"),
    Case(
        "many tensors", does("return [x] * 1000"), "relu returned too much: 1,000 tensors, the limit is 512"
    ),
    Case(
        "a subclass with __eq__",
        EQUAL + does("return x.as_subclass(Evil)"),
        "a subclass of torch.Tensor (Evil)",
    ),
    Case(
        "a subclass that lies",
        FUNCTION + does("return x.as_subclass(Evil)"),
        "of torch.Tensor (Evil), expected",
    ),
    Case("what says it is a tensor", POSER + does("return Poser()"), "relu", where=":11"),
    Case("float64", does("return x.double()"), "relu returned dtype float64 for an input of dtype float32"),
    Case("bool", does("return x > 0"), "relu returned dtype bool for an input of dtype float32"),
    Case("complex", does("return x + 0j"), "relu returned dtype complex64 for an input of dtype float32"),
    Case("a smaller shape", does("return x[:3]"), "relu returned shape (3,) for an input of shape (5,)"),
    Case("a scalar", does("return x[0]"), "relu returned shape () for an input of shape (5,)"),
    Case("meta", does("return x.to('meta')"), "relu returned a tensor on the device meta, expected"),
    Case("sparse", does("return x.to_sparse()"), "relu returned a tensor of layout sparse_coo, expected"),
    Case("mkldnn", does("return x.to_mkldnn()"), "relu returned a tensor of layout _mkldnn, expected"),
    Case(
        "quantised",
        does("return torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)"),
        "relu returned a tensor of layout quantized, expected",
    ),
    Case(
        "9 dimensions", does("return x.reshape([1] * 8 + [5])"), "a tensor of 9 dimensions (the limit is 8)"
    ),
    Case(
        "10^12 elements", does("return torch.zeros(1).expand(10**12)"), "of 1,000,000,000,000 elements (the"
    ),
    Case(
        "a coroutine",
        "async " + does("return x"),
        "relu returned a coroutine (is there an 'async' too many?)",
    ),
    Case(
        "a generator", does("yield x"), "relu returned a generator (is there a 'yield' where a return should"
    ),
    Case("nan", does("return x * float('nan')"), "relu(x) is nan at x = -2, expected 0", where=":7"),
    Case("inf", does("return x + float('inf')"), "relu(x) is infinite at x = -2, expected 0"),
    Case("a wrong value", does("return x"), "relu(x) is -2 at x = -2, expected 0"),
    Case(
        "its input, later changed", does("x.clamp_(min=0)", "y = x[:]", "x -= 1", "return y"), "relu(x) is -1"
    ),
]

TODO = [
    Case("a stub", does('"""Relu."""', "raise NotImplementedError"), "relu is still to do", "todo"),
    Case("a stub with words", does("raise NotImplementedError('soon')"), "relu is still to do", "todo"),
    Case("half written", does("x.nothing()", "raise NotImplementedError"), "relu is still to do", "todo"),
    Case(
        "a branch", does("if x.dim():", "    raise NotImplementedError", "return x"), "relu is still", "todo"
    ),
    Case(
        "a stub in between",
        does("return gelu(x)") + "\n\ndef gelu(x):\n    raise NotImplementedError\n",
        f"gelu in {PATH} is still to do",
        "blocked",
        alone=True,
    ),
    Case(
        "another file's stub",
        "from .softmax import softmax\n\n\n" + does("return softmax(x)"),
        "softmax in exercises/softmax.py is still to do",
        "blocked",
        files={"softmax.py": "def softmax(x):\n    raise NotImplementedError\n"},
    ),
    Case(
        "torch has none",
        does("return torch.zeros(2, device='meta').cpu()"),
        "relu raised NotImplementedError: Cannot copy out of meta tensor; no data!",
    ),
    Case(
        "a helper has none",
        "def helper(x):\n    raise NotImplementedError\n\n\n" + does("return helper(x)"),
        "relu raised NotImplementedError",
        where=":7",
    ),
]

PRINTS = [
    Case("control characters", does("print('\\x1b[2J')", "return x"), "relu(x) is -2", output="\\x1b[2J\n"),
    Case("a command", does("print('::error::boo')", "return x"), "relu(x) is -2", output="::error::boo\n"),
    Case("no text", does("os.write(1, b'\\xff\\0')", "return x"), "relu(x) is -2", output="\ufffd\\x00"),
    Case("to stderr", does("print('a', file=sys.stderr)", "return x"), "relu(x) is -2", output="a\n"),
]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}-{case.id.replace(' ', '-')}")
        for kind, cases in {
            "defines": DEFINITIONS,
            "loads": LOADS,
            "calls": CALLS,
            "returns": RETURNS,
            "todo": TODO,
            "prints": PRINTS,
        }.items()
        for case in cases
    ],
)
def test_one_sentence_for_the_checks_it_belongs_to(case: Case, grade_files: Grade) -> None:
    if isinstance(case.code, bytes):
        source = case.code
    else:
        source = (HEAD + case.code + ("" if case.alone else GELU)).encode()
    gelu_seconds = case.seconds if case in LOADS else 60.0
    results = grade_files({"activations.py": source, **case.files}, relu=case.seconds, gelu=gelu_seconds)

    relu, gelu, softmax = results["relu"], results["gelu"], results["softmax"]
    assert relu.status.value == case.status, relu
    assert case.says in relu.message
    assert case.where in relu.where
    assert case.hint in relu.hint
    if case.output:
        assert relu.output == case.output
    for result in results.values():
        assert_clear(result)
    if case in LOADS or case.whole_file:
        assert gelu.status.value == case.status
        assert gelu.message == relu.message or "is not defined" in gelu.message or "took over" in gelu.message
    elif not case.alone:
        assert gelu.status.value == "passed", gelu
    if not case.files:
        assert softmax.status.value == "passed", softmax


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(does("print('x' * 10_000_000)", "return x.clamp(min=0)"), id="prints 10 MB"),
        pytest.param(does("print('PASSED' * 9)", "return x.clamp(min=0)"), id="prints a verdict"),
        pytest.param(does("sys.stdout.close()", "return x.clamp(min=0)"), id="closes stdout"),
        pytest.param(does("sys.stdout = None", "return x.clamp(min=0)"), id="has no stdout"),
        pytest.param(does("return x.clamp_(min=0)"), id="works in place"),
        pytest.param(does("return torch.nn.Parameter(x.clamp(min=0))"), id="returns a parameter"),
        pytest.param(does("open('a', 'w').write('b')", "return x.clamp(min=0)"), id="leaves a file"),
        pytest.param(does("torch.manual_seed(1)", "return x.clamp(min=0)"), id="seeds"),
        pytest.param("relu: object = lambda x: x.clamp(min=0)\n", id="is a lambda"),
        pytest.param("if True:\n    def relu(x):\n        return x.clamp(min=0)\n", id="is defined under if"),
        pytest.param(
            "class relu:\n    def __new__(cls, x):\n        return x.clamp(min=0)\n", id="is a class"
        ),
        pytest.param("from exercises.softmax import softmax\n\nrelu = softmax\n", id="is a sibling's"),
    ],
)
def test_what_harms_nobody_passes(code: str, grade_files: Grade) -> None:
    results = grade_files({"activations.py": HEAD + code + GELU})
    assert {task: result.status.value for task, result in results.items()} == dict.fromkeys(results, "passed")


def test_a_file_may_begin_with_a_byte_order_mark(grade_files: Grade) -> None:
    results = grade_files({"activations.py": f"\ufeff{RELU}{GELU}"})
    assert results["relu"].score == 1


def test_a_flood_of_output_is_cut_and_counted(grade_files: Grade) -> None:
    results = grade_files({"activations.py": HEAD + does("print('x' * 10_000_000)", "return x") + GELU})
    kept, _, rest = results["relu"].output.partition("\n")
    assert kept == "x" * 65536
    assert rest == f"… {10_000_001 - 65536:,} bytes more were dropped"


def test_a_second_reply_is_not_the_next_checks(grade_files: Grade) -> None:
    forged = 'json.dumps({"number": 3, "value": {"list": []}}).encode()'
    lines = [
        "import json, struct",
        f"told = {forged}",
        "os.write(3, struct.pack('!4sII', b'GRD1', len(told), 0) + told)",
        "return x",
    ]
    results = grade_files({"activations.py": HEAD + does(*lines) + GELU})
    assert results["relu"].message == "relu returned a list, expected a torch.Tensor"
    assert results["gelu"].status.value == results["softmax"].status.value == "passed"


def test_a_check_that_calls_again_sees_what_nobody_asked_for(sandbox: Sandbox, tmp_path: Path) -> None:
    twice = Exercise("activations", "Twice", tasks=(Task("relu"),))

    @twice.check(task="relu", points=1)
    def calls_twice(submission: Submission) -> None:
        """It can be called twice"""
        submission.relu(1)
        submission.relu(1)

    (tmp_path / "activations.py").write_text("import os\n\n\ndef relu(x):\n    os.write(3, b'x' * (x + 1))\n")
    result = Run(tmp_path, "e", sandbox=sandbox, exercises={"activations": twice}).check(
        "activations", "calls_twice"
    )
    assert result.message.startswith("relu was not answered as agreed: ")


def test_the_environment_of_the_learners_code_is_a_short_list(grade_files: Grade) -> None:
    lines = ["print(sorted(os.environ))", "print(sys.argv, os.listdir('.'), sys.stdin.read())", "return x"]
    told = grade_files({"activations.py": HEAD + does(*lines) + GELU})["relu"].output
    names = (
        "HOME LANG MKL_NUM_THREADS MPLBACKEND MPLCONFIGDIR OMP_NUM_THREADS OMP_WAIT_POLICY OPENBLAS_NUM_THREADS PATH "
        "PYTHONIOENCODING TMPDIR"
    )
    assert told == f"{names.split()}\n['-c'] [] \n"


def test_what_one_check_leaves_the_next_does_not_see(grade_files: Grade) -> None:
    lines = [
        "import tempfile",
        "for folder in (os.environ['HOME'], os.environ['TMPDIR'], tempfile.gettempdir(), '.'):",
        "    assert os.listdir(folder) in ([], ['mark']), os.listdir(folder)",
        "    open(os.path.join(folder, 'mark'), 'w').close()",
        "torch.relu = torch.exp",
        "return x.clamp(min=0)",
    ]
    both = does(*lines) + "\n\n" + does(*lines).replace("relu(x)", "gelu(x)")
    results = grade_files({"activations.py": HEAD + both})
    assert results["relu"].status.value == results["gelu"].status.value == "passed", results


@pytest.mark.parametrize(
    ("broken", "how"),
    [
        ("def softmax(:\n", "softmax in the other file cannot be loaded"),
        ("import nothing_there\n", "raises"),
        ("raise SystemExit(0)\n", "exits"),
        ("import os\n\nos._exit(0)\n", "ends the process"),
        ("import os\n\nos.abort()\n", "dies"),
        ("while True:\n    pass\n", "never ends"),
        ("\0", "is not text"),
    ],
)
def test_a_broken_file_blocks_only_what_calls_into_it(broken: str, how: str, grade_files: Grade) -> None:
    code = "from .softmax import softmax\n\n\n" + does("return softmax(x)") + GELU
    seconds = dict.fromkeys(("relu", "softmax"), SHORT if how == "never ends" else 60.0)
    results = grade_files({"activations.py": code, "softmax.py": broken}, **seconds)
    assert results["relu"].status.value == "blocked"
    assert results["relu"].message == "relu needs exercises/softmax.py, which cannot be loaded"
    assert results["gelu"].status.value == "passed"
    assert results["softmax"].status.value == "failed"
    for result in results.values():
        assert_clear(result)


def test_a_class_made_from_a_broken_files_class_names_that_file(grade_files: Grade) -> None:
    code = "from .softmax import Base\n\n\nclass Mine(Base):\n    pass\n\n\n" + does("return Mine()") + GELU
    results = grade_files({"activations.py": code, "softmax.py": "def softmax(:\n"})
    assert results["relu"].message == "relu needs exercises/softmax.py, which cannot be loaded"


def test_a_call_into_a_broken_file_while_loading_names_both(grade_files: Grade) -> None:
    code = f"from .softmax import softmax\n\n\n{RELU}{GELU}\n\nsoftmax(3)\n"
    results = grade_files({"activations.py": code, "softmax.py": "def softmax(:\n"})
    says = f"{PATH} calls into exercises/softmax.py, which cannot be loaded"
    assert results["relu"].status.value == results["gelu"].status.value == "blocked"
    assert results["relu"].message == says


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", f"{PATH} does not exist"),
        ("renamed", f"{PATH} does not exist"),
        ("link", f"{PATH} is a link"),
        ("dangling", f"{PATH} is a link"),
        ("folder", f"{PATH} is not a regular file"),
        ("pipe", f"{PATH} is not a regular file"),
        ("socket", f"{PATH} cannot be opened: "),
    ],
)
def test_a_file_that_does_not_come_in(kind: str, says: str, tmp_path: Path, grade_files: Grade) -> None:
    path = tmp_path / "activations.py"
    held = None
    if kind == "renamed":
        (tmp_path / "Activations.py").write_text(RELU)
    elif kind == "link":
        (tmp_path / "other.py").write_text(RELU)
        path.symlink_to("other.py")
    elif kind == "dangling":
        path.symlink_to("nothing.py")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        held = socket.socket(socket.AF_UNIX)
        here = os.open(tmp_path, os.O_RDONLY)  # a socket's path may have 107 characters
        held.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)
    results = grade_files({})
    if held is not None:
        held.close()
    for task in ("relu", "gelu"):
        assert results[task].status.value == "failed"
        assert results[task].message.startswith(says)
        assert_clear(results[task])
    assert results["softmax"].status.value == "passed"


def test_the_first_file_that_breaks_is_told_with_all_others_unharmed(grade_files: Grade) -> None:
    """A submission of nothing but broken files: the record is complete, each check has its sentence."""
    results = grade_files({"activations.py": "import os\n\nos._exit(1)\n", "softmax.py": "1 +\n"})
    assert {task: result.status.value for task, result in results.items()} == dict.fromkeys(results, "failed")
