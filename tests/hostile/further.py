"""What the catalogue does not list (X): numbers that it left out, and what else could be tried."""

from __future__ import annotations

from harness import SHORT, Case, does
from takeovers import FRAME, REFUSED

RIGHT = "return x.clamp(min=0)"
UNABLE = "relu left the process unable to answer"
NO_FRAME = "relu was not answered as agreed: the other side sent something that is not a frame"
WAIT = "time.sleep(1e6)"
COMET = does(
    "end = time.time() + 9",  # should it ever get away, it does not stay
    "if os.fork() == 0:",
    "    os.setsid()",
    "    while time.time() < end:",
    "        if os.fork(): os._exit(0)",
    "    os._exit(0)",
    RIGHT,
)
DAEMONS = does(
    "read, write = os.pipe()",
    "for n in range(20):",
    "    if os.fork() == 0:",
    "        os.setsid()",
    "        if os.fork():",
    "            os._exit(0)",
    "        os.write(write, b'%6d ' % os.getpid())",
    "        time.sleep(1e6)",
    "print(''.join(os.read(read, 7).decode() for n in range(20)))",
    RIGHT,
)

# State that a file leaves behind in torch, in Python, in the worker that answers for it.
STATE = [
    Case(id="X01", does="changes its input behind autograd's back", code=does("x.data.clamp_(min=0)", "return x"), says="the gradient of relu is 1 at index 0, expected 0"),
    Case(id="X02", does="switches gradients off for good", code="torch.set_grad_enabled(False)\n\n\n" + does(RIGHT), says="relu has no gradient path back to its input", gelu="failed"),
    Case(id="X03", does="changes the default dtype", code="torch.set_default_dtype(torch.float64)\n\n\n" + does("return torch.maximum(x, torch.zeros(5))"), says="relu returned dtype float64 for an input of dtype float32"),
    Case(
        id="X04", does="leaves a mode on that answers for torch", says="relu raised TypeError", gelu="failed",
        code=(
            "from torch.overrides import TorchFunctionMode\n\n\nclass M(TorchFunctionMode):\n    def __torch_function__(self, *_, **__):\n"
            "        return torch.zeros(5)\n\n\nM().__enter__()\n\n\n" + does(RIGHT)
        ),
    ),
    Case(
        id="X05", does="takes the watch for built-ins down", says="relu raised RuntimeError: trying to pop from empty mode stack",
        code="from torch.utils._python_dispatch import _pop_mode\n\n\n" + does("_pop_mode()", "return torch.relu(x)"),
    ),
    Case(id="X06", does="is the built-in", code="relu = torch.relu\n", says="relu calls PyTorch's own relu"),
    Case(id="X07", does="is a module of the built-in", code="relu = torch.nn.ReLU()\n", says="relu calls PyTorch's own relu"),
    Case(id="X08", does="traces what runs above it", code="def trace(*_):\n    raise ValueError('traced')\n\n\n" + does("sys.settrace(trace)", "sys._getframe(1).f_trace = trace", RIGHT), says="relu raised ValueError: traced"),
    Case(id="X09", does="has each audited call raise", code="sys.addaudithook(lambda *_: 1 / 0)\n\n\n" + does(RIGHT), says=UNABLE, gelu="failed"),
    Case(id="X10", does="leaves no room for calls", code=does("sys.setrecursionlimit(20)", RIGHT), says="relu raised RecursionError"),
    Case(id="X11", does="sleeps in the garbage collector", code="import gc\n\ngc.callbacks.append(lambda *_: time.sleep(1e6))\n\n\n" + does("gc.collect()", RIGHT), says="relu took over 0.6 s", seconds=SHORT, hint="What does it wait for?"),
    Case(id="X12", does="has a standard output that exits", code="class Out:\n    def write(self, *_): pass\n    def flush(self): os._exit(0)\n\n\n" + does("sys.stdout = Out()", RIGHT), says="relu ended the process with exit status 0"),
    Case(id="X13", does="empties the environment and goes elsewhere", code=does("os.environ.clear()", "os.chdir('/')", RIGHT), status="passed"),
    Case(
        id="X14", does="would sleep at its end", status="passed",
        code="import atexit\nimport threading\n\natexit.register(time.sleep, 1e6)\n\n\n" + does("threading.Thread(target=time.sleep, args=[1e6]).start()", RIGHT),
    ),
    Case(id="X15", does="is somebody else in sys.modules", code="class Evil:\n    def __getattr__(self, name): raise ValueError(name)\n\n\nsys.modules[__name__] = Evil()\n\n\n" + does(RIGHT), says="relu is not defined in exercises/activations.py (found: nothing)", gelu="failed"),
    Case(id="X16", does="sends a verdict in the worker's place", code="import grader_plugin.worker as w\n\nw.Worker.do_call = lambda *_: {'value': None, 'status': 'passed', 'score': 9}\n\n\n" + does(RIGHT), says="relu returned None, expected a torch.Tensor", gelu="failed"),
    Case(id="X17", does="takes the worker's voice", code="import grader_plugin.channel as c\n\nc.Channel.send = lambda *_, **__: None\n\n\n" + does(RIGHT), says="Loading exercises/activations.py took over 0.6 s", seconds=SHORT, gelu="failed"),
    Case(id="X18", does="skips its check", code=does("import pytest", "pytest.skip('all of it')"), says="relu raised Skipped: all of it"),
    Case(id="X19", does="asks the learner", code=does("input()"), says="relu raised EOFError"),
    Case(
        id="X20b", does="draws what the grader drew", status="passed", output="False\n",
        code=does("torch.manual_seed(torch.initial_seed())", "print(torch.equal(torch.randn(5), x.detach()))", RIGHT),
    ),
    Case(id="X20", does="asks for a debugger", code=does("breakpoint()", RIGHT), says="relu raised BdbQuit"),
]  # fmt: skip

# The descriptor that leads to the grader, and what is written there.
WIRE = [
    Case(id="X21", does="shuts the channel down", code=does("import socket", "socket.socket(fileno=3).shutdown(2)", WAIT), says=REFUSED, free=UNABLE),
    Case(id="X22", does="prints into the channel", code=does("os.dup2(3, 1)", "print('a verdict', flush=True)", RIGHT), says=NO_FRAME),
    Case(id="X23", does="reads what the grader asks", code=does("import threading", "threading.Thread(target=os.read, args=(3, 10**6), daemon=True).start()", RIGHT), says="relu", seconds=SHORT),  # late, or unable to answer: who reads first is chance
    Case(id="X24", does="sends descriptors", code=does("import socket", "s = socket.socket(fileno=os.dup(3))", "socket.send_fds(s, [b'GRD0' * 9], [0] * 8)", WAIT), says=REFUSED, free=NO_FRAME),
    Case(
        id="X25", does="answers rightly, twice", says="relu was not answered as agreed: it sent data that nobody asked for",
        code=FRAME + does(
            "text = json.dumps({'number': 3, 'graph': 0, 'value': {'tensor': 0, 'dtype': 'float32', 'shape': [5], 'grad': True}}).encode()",
            "body = x.detach().clamp(min=0).numpy().tobytes()",
            "one = struct.pack('!4sIIQ', b'GRD1', len(text), 1, 20) + text + body", "os.write(3, one + one)", WAIT,
        ),
    ),
    Case(id="X26", does="a header that is no object", code=FRAME + does("os.write(3, struct.pack('!4sII', b'GRD1', 2, 0) + b'[]')", WAIT), says="relu was not answered as agreed: the other side sent a header that is not an object"),
    Case(id="X27", does="a header of 60,000 brackets", code=FRAME + does("os.write(3, struct.pack('!4sII', b'GRD1', 60_000, 0) + b'[' * 60_000)", WAIT), says="that is not JSON"),
    Case(id="X28", does="a number of 59,000 digits", code=FRAME + does("os.write(3, struct.pack('!4sII', b'GRD1', 59_006, 0) + b'{\"a\":' + b'9' * 59_000 + b'}')", WAIT), says="that is not JSON"),
    Case(id="X29", does="a key that stands twice", code=FRAME + does("os.write(3, struct.pack('!4sII', b'GRD1', 25, 0) + b'{\"number\":3, \"number\": 4 }')", WAIT), says="that is not JSON"),
    Case(id="X30", does="two billion buffers", code=FRAME + does("os.write(3, struct.pack('!4sII', b'GRD1', 2, 2**31))", WAIT), says=NO_FRAME),
    Case(id="X31", does="events of odd types", code=FRAME + does("for event in (['x'], None, 7, {}): frame(number=3, event=event, step='x', module=['x'])", RIGHT), status="passed"),
    Case(id="X32", does="operators that nobody used", code=FRAME + does("frame(number=3, watched=['\\x1b[2J\\n'] * 99, watched_at='exercises/../x:1')", WAIT), says="relu calls PyTorch's own \\x1b[2J\\n"),
    Case(
        id="X33", does="a shape of 60,000 letters", says="relu was answered with bytes that make no sense",
        code=FRAME + does("text = json.dumps({'number': 3, 'value': {'tensor': 0, 'dtype': 'float32', 'shape': 'a' * 60_000}}).encode()", "os.write(3, struct.pack('!4sIIQ', b'GRD1', len(text), 1, 0) + text)", WAIT),
    ),
    Case(id="X34", does="too much of too much", code=FRAME + does("frame(number=3, too_large='a' * 60_000)", WAIT), says="relu returned too much"),
    Case(
        id="X35", does="a file that the lesson does not have", says="relu", status="failed",
        code=FRAME + does("frame(number=3, raised={'kind': 'unloadable', 'module': '../../etc/passwd'})", WAIT),
    ),
    Case(
        id="X36", does="a line that the file does not have", says="relu raised E", where="exercises/activations.py:14",
        code=FRAME + does("frame(number=3, raised={'type': 'E', 'file': 'exercises/activations.py', 'line': '9' * 19})", WAIT),
    ),
    Case(
        id="X37", does="a place outside of the lesson", says="relu raised E", where="exercises/activations.py:14",
        code=FRAME + does("frame(number=3, raised={'type': 'E', 'file': 'exercises/../../etc/passwd', 'line': '1'})", WAIT),
    ),
    Case(id="X38", does="an exception without a type", code=does("raise type('', (Exception,), {})"), says="relu raised an exception"),
]  # fmt: skip

# What comes back, is raised, is printed.
ANSWERS = [
    Case(id="X41", does="a leaf in the place of a result", code=does("return x.detach().clamp(min=0).requires_grad_()"), says="the gradient of relu is 0 at index 2, expected 1"),
    Case(id="X42", does="float8", code=does("return x.clamp(min=0).to(torch.float8_e4m3fn)"), says="relu returned a tensor of dtype float8_e4m3fn"),
    Case(id="X43", does="a list within itself", code=does("y = []", "y.append(y)", "return y"), says="relu returned"),
    Case(id="X44", does="a text of 100 MB", code=does("return 'x' * 10**8"), says="relu returned too much: 100,000,0"),
    Case(id="X45", does="half characters", code=does("raise ValueError('\\ud800 \\udfff')"), says="relu raised ValueError: \\ud800 \\udfff"),
    Case(id="X46", does="prints what is no text", code=does("os.write(1, b'\\xff\\xfe\\x00\\x1b[2J')", RIGHT), status="passed", output="\ufffd\ufffd\\x00\\x1b[2J"),
    Case(id="X47", does="an exception whose class has no name", code="class M(type):\n    @property\n    def __name__(cls): raise ValueError\n\n\nclass E(Exception, metaclass=M): pass\n\n\n" + does("raise E"), says=UNABLE),
    Case(id="X48", does="an exception with a name that is a command", code=does("raise type('::error::\\x1b[2J\\n' * 50, (Exception,), {})('a')"), says="relu raised ::error::\\x1b[2J\\n"),
    Case(id="X49", does="a syntax error of its own", code=does("raise SyntaxError('x', ('exercises/activations.py', {'a'}, 1, ''))"), says=UNABLE),
    Case(
        id="X50", does="a syntax error beyond its file", says="relu raised SyntaxError: x",
        code=does("raise SyntaxError('x', ('exercises/activations.py', 10**15, 1, ''))"),
    ),
    Case(id="X51", does="a name that only looks right", code="def r\u0435lu(x):\n    return x\n", says="relu is not defined in exercises/activations.py (found: r"),
    Case(id="X52", does="a name in wide letters, which is that name", code="def \uff52\uff45\uff4c\uff55(x):\n    return x.clamp(min=0)\n", status="passed"),
]  # fmt: skip

# Processes, signals, files, time.
MACHINE = [
    Case(id="X61", does="a pool of processes", code=does("from multiprocessing import Pool", "with Pool(2) as pool: pool.map(abs, [1])", RIGHT), says="relu raised PermissionError", free_status="passed", hint=""),
    Case(id="X62", does="twenty daemons", code=DAEMONS, says=REFUSED, free_status="passed", spawns=True),
    Case(id="X63", does="a process that is always another one", code=COMET, says=REFUSED, free_status="passed"),
    Case(id="X64", does="eight threads that spin", code=does("import threading", "def spin():", "    while True: pass", "for _ in range(8): threading.Thread(target=spin, daemon=True).start()", "spin()"), says="took over 0.6 s", seconds=SHORT),
    Case(id="X65", does="interrupts its main thread", code=does("import _thread", "_thread.interrupt_main()", "time.sleep(1)", RIGHT), says="relu raised KeyboardInterrupt"),
    Case(id="X66", does="crashes in a thread", code=does("import threading", "threading.Thread(target=ctypes.string_at, args=[0], daemon=True).start()", "time.sleep(9)", RIGHT), says="relu made the process die (SIGSEGV)"),
    Case(id="X67", does="a signal without a name", code=does("os.kill(os.getpid(), 40)", "time.sleep(9)"), says="relu made the process die (signal 40)"),
    Case(id="X68", does="ends by faulthandler", code=does("import faulthandler", "faulthandler.dump_traceback_later(0.05, exit=True)", "time.sleep(9)"), says="relu ended the process with exit status 1"),
    Case(id="X69", does="the status of a worker without an answer", code=does("os._exit(97)"), says=UNABLE),
    Case(id="X70", does="the status of a worker without confinement", code="os._exit(98)\n", says="Loading exercises/activations.py ended the process with exit status 98", gelu="failed"),
    Case(id="X71", does="links to a folder outside", code=does("os.symlink(os.path.dirname('{outside}'), 'link')", RIGHT), says=REFUSED, free_status="passed"),
    Case(id="X72", does="a hard link to a file outside", code=does("os.link('{outside}', 'link')", "os.chmod('link', 0o600)", RIGHT), says="relu raised PermissionError", free_status="passed"),
    Case(id="X73", does="a pipe where it may write", code=does("os.mkfifo('pipe')", RIGHT), says=REFUSED, free_status="passed"),
    Case(id="X74", does="names that are long and have line ends", code=does("os.mkdir('a' * 200)", "open('a' * 200 + '/' + '\\n' * 200, 'w').close()", RIGHT), status="passed"),
    Case(
        id="X75", does="writes on while its folder is emptied", status="passed",
        code=does("import itertools, threading", "def write():", "    for n in itertools.count(): open(str(n % 9), 'w').close()", "threading.Thread(target=write, daemon=True).start()", RIGHT),
    ),
    Case(id="X76", does="two thousand mappings", code=does("import mmap", "kept = [mmap.mmap(-1, 1 << 20) for _ in range(2000)]", RIGHT), says="relu asked for more memory; it may take 1.5 GiB in all"),
    Case(id="X77", does="a terabyte that nobody has to keep", code=does("libc = ctypes.CDLL(None)", "libc.mmap.restype = ctypes.c_ssize_t", "print(libc.mmap(None, ctypes.c_size_t(1 << 40), 3, 0x4022, -1, ctypes.c_size_t(0)))", RIGHT), status="passed", output="-1\n"),
    Case(id="X78", does="looks for files by patterns", code=does("import glob", "print(glob.glob('/proc/[0-9]*'), glob.glob({root!r} + '/solutions/*'), glob.glob('../*'))", "return x"), says="relu(x) is", free="relu(x) is", output="[] [] []\n"),
    Case(
        id="X80", does="a download", hint="the network", free="relu raised URLError", says="relu raised URLError",
        code=does("from urllib.request import urlopen", "urlopen('http://localhost:9/')", RIGHT),
    ),
    Case(id="X81", does="a path of its scratch folder in words", code=does("open(os.path.expanduser('~/data'))"), says="relu raised FileNotFoundError", absent="/check-"),
]  # fmt: skip

# Files that are hard to read.
SOURCES = [
    Case(id="X91", does="a chain of 60,000 attributes", code=f"x = a{'.a' * 60_000}\n", says="exercises/activations.py is too complex to parse", gelu="failed"),
    Case(id="X92", does="a ladder of 12,000 elifs", code="if 1:\n    pass\n" + "elif 1:\n    pass\n" * 12_000, says="exercises/activations.py is too complex to parse", gelu="failed"),
    Case(id="X93", does="60,000 decorators", code="@a\n" * 60_000 + does(RIGHT), says="Loading exercises/activations.py raised NameError: name 'a' is not defined", gelu="failed"),
    Case(id="X94", does="a power that is folded", code="x = 9**9**9\n", says="Loading exercises/activations.py took over 0.6 s", seconds=SHORT, gelu="failed"),
    Case(id="X95", does="a text of a terabyte", code="x = 'a' * 10**12\n", says="Loading exercises/activations.py asked for more memory", gelu="failed"),
    Case(id="X96", does="12,000 functions", code="".join(f"def f{n}(): pass\n" for n in range(12_000)) + does(RIGHT), status="passed"),
]  # fmt: skip

FURTHER = [*STATE, *WIRE, *ANSWERS, *MACHINE, *SOURCES]
