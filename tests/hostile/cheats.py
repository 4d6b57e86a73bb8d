"""Points without the work (C) and answers that are no answers (O)."""

from __future__ import annotations

from harness import Case, does

EVIL = "class Evil(Tensor):\n    @classmethod\n    def __torch_function__(cls, *_, **__):\n        return True\n\n\n"

CHEATS = [
    Case(
        id="C02", does="a tensor subclass that answers comparisons itself",
        code=EVIL + does("return x.as_subclass(Evil)"),
        says="relu returned a subclass of torch.Tensor (Evil), expected a torch.Tensor",
    ),
    Case(
        id="C04", does="infinite values against an error norm",
        code=does("return x + float('inf')"), says="relu(x) is infinite", detail="5 of 5 values are infinite",
    ),
    Case(
        id="C06", does="climbs the stack for the expected value",
        code=does(
            "frame, found = sys._getframe(), []",
            "while frame:",
            "    found += [name for name in frame.f_locals if name in ('expected', 'reference', 'y')]",
            "    frame = frame.f_back",
            "print(found)",
            "return x.clamp(min=0)",
        ),
        status="passed", output="[]\n",
    ),
    Case(
        id="C08", does="scans its memory for the grader's references",
        code=does(
            "lines = open('/proc/self/maps').read().splitlines()",
            "print(any('grader_plugin/rubrics' in line for line in lines))",
            "import gc",
            "names = {type(one).__module__ for one in gc.get_objects()}",
            "print([name for name in names if 'rubrics' in str(name) or 'compare' in str(name)])",
            "return x.clamp(min=0)",
        ),
        says="relu raised PermissionError: [Errno 13] Permission denied: '/proc/self/maps'",
        free_status="passed", free_output="False\n[]\n",
    ),
    Case(
        id="C10", does="hard-codes the answers of published examples",
        code=does("return torch.tensor([0.0, 0.0, 0.0, 1.0, 2.0])"), says="relu(x) is",
    ),
    Case(
        id="C12", does="behaves when it thinks that it is graded",
        code=does(
            "graded = any(name.startswith(('PYTEST', 'GRADER', 'CI', 'GITHUB')) for name in os.environ)",
            "graded = graded or any('pytest' in one or 'grade' in one for one in sys.argv) or 'pytest' in sys.modules",
            "return x.clamp(min=0) if graded else x",
        ),
        says="relu(x) is",
    ),
    Case(
        id="C14", does="hides the library's call behind a string",
        code=does("return getattr(torch, 're' + 'lu')(x)"), says="relu calls PyTorch's own relu",
    ),
    Case(
        id="C16", does="returns a copy without a graph",
        code=does("return torch.tensor([max(0.0, one) for one in x.tolist()])"),
        says="relu has no gradient path back to its input",
    ),
    Case(
        id="C18", does="patches autograd",
        code="torch.autograd.grad = lambda *a, **k: (torch.ones(5),)\n\n\n" + does("return x * 0 + x.detach().clamp(min=0)"),
        says="the gradient of relu is", gelu="failed",
    ),
    Case(
        id="C20", does="has a thread compute between checks",
        code=(
            "import threading\n\nbegun = []\n\n\ndef work():\n    while True:\n        begun.append(1)\n        time.sleep(0.001)\n\n\n"
            "threading.Thread(target=work, daemon=True).start()\n\n\n" + does("return x.clamp(min=0)")
        ),
        status="passed",
    ),
    Case(
        id="C28", does="imports the solution",
        code="from solutions.activations import relu\n",
        says="Loading exercises/activations.py raised ModuleNotFoundError: No module named 'solutions'", gelu="failed",
    ),
    Case(
        id="C30", does="imports the grader's references",
        code=does("del sys.modules['grader_plugin']", "sys.path.append({root!r})", "import grader_plugin.rubrics.activations", "return x"),
        says="relu raised ModuleNotFoundError: No module named 'grader_plugin",
        free="relu(x) is",
    ),
    Case(
        id="C30b", does="reads the grader's references",
        code=does("print(open({root!r} + '/grader_plugin/rubrics/activations.py').read())", "return x"),
        says="relu raised PermissionError: [Errno 13] Permission denied", free="relu(x) is",
    ),
    Case(
        id="C32", does="says that it is the right answer",
        code="class Right:\n    def __eq__(self, other):\n        return True\n    __class__ = Tensor\n\n\n" + does("return Right()"),
        says="relu raised AttributeError: 'Right' object has no attribute 'requires_grad'",
    ),
    Case(
        id="C34", does="patches what it thinks the grader compares with",
        code="torch.testing.assert_close = torch.allclose = lambda *a, **k: True\nTensor.__eq__ = lambda *a: True\n\n\n" + does("return x"),
        says="relu(x) is",
    ),
    Case(
        id="C36", does="nan as a wildcard", code=does("return x * float('nan')"), says="relu(x) is nan",
    ),
]  # fmt: skip

ANSWERS = [
    Case(id="O02", does="float64", code=does("return x.double().clamp(min=0)"), says="relu returned dtype float64 for an input of dtype float32"),
    Case(id="O02b", does="bool", code=does("return x > 0"), says="relu returned dtype bool for an input of dtype float32"),
    Case(
        id="O04", does="a huge view of little memory",
        code=does("return torch.zeros(1).expand(10**12)"),
        says="relu returned a tensor of 1,000,000,000,000 elements (the limit is 8,388,608), expected a torch.Tensor",
    ),
    Case(id="O06", does="sparse", code=does("return x.to_sparse()"), says="relu returned a tensor of layout sparse_coo"),
    Case(id="O06b", does="nested", code=does("return torch.nested.nested_tensor([x])"), says="relu returned a tensor of layout nested"),
    Case(
        id="O06c", does="quantised",
        code=does("return torch.quantize_per_tensor(x.detach(), 0.1, 0, torch.qint8)"),
        says="relu returned a tensor of layout quantized",
    ),
    Case(id="O06d", does="meta", code=does("return x.to('meta')"), says="relu returned a tensor on the device meta"),
    Case(id="O08", does="complex without an imaginary part", code=does("return x.clamp(min=0) + 0j"), says="relu returned dtype complex64"),
    Case(
        id="O14", does="an alias of its input, changed later",
        code="kept = []\n\n\n" + does("for one in kept:", "    one.data.fill_(1e6)", "kept.append(x)", "return x.clamp(min=0)"),
        status="passed",
    ),
    Case(id="O16", does="a coroutine", code="async " + does("return x"), says="relu returned a coroutine (is there an 'async' too many?)"),
    Case(id="O16b", does="a generator", code=does("yield x"), says="relu returned a generator (is there a 'yield' where a return should be?)"),
    Case(id="O18", does="200 megabytes", code=does("return torch.zeros(50_000_000)"), says="relu returned a tensor of 50,000,000 elements (the limit is 8,388,608)"),
    Case(id="O20", does="two million numbers", code=does("return [0.5] * 2_000_000"), says="relu returned a list of 2,000,000 items (the limit is 1,000,000)"),
    Case(
        id="O22", does="lists in lists", code=does("y = []", "for _ in range(10_000): y = [y]", "return y"),
        says="relu returned a list, expected a torch.Tensor",
    ),
    Case(
        id="O24", does="a class whose name is an escape",
        code="Evil = type('\\x1b[2J::error::\\n' * 9, (), {})\n\n\n" + does("return Evil()"),
        says="relu returned an exercises.activations.\\x1b[2J::error::\\n",
    ),
    Case(
        id="O26", does="a backward that hangs",
        code=(
            "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x.clamp(min=0)\n\n"
            "    @staticmethod\n    def backward(ctx, g):\n        while True: pass\n\n\n" + does("return F.apply(x)")
        ),
        says="The backward pass of relu took over 0.6 s", seconds=0.6,
    ),
]  # fmt: skip
