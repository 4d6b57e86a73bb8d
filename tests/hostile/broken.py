"""Files that break (K), calls that hang (H), more than there is (R)."""

from __future__ import annotations

from harness import SHORT, Case, does
from takeovers import REFUSED

WAIT = "time.sleep(1e6)"
OVERFULL = (
    "relu writes more into its folder than is cleaned up in a moment (256 MiB, 20,000 files), and was stopped"
)
LOADING = "Loading exercises/activations.py"
DAEMON = does(
    "read, write = os.pipe()",
    "if os.fork() == 0:",
    "    os.setsid()",
    "    if os.fork():",
    "        os._exit(0)",
    "    os.write(write, str(os.getpid()).encode())",
    "    time.sleep(1e6)",
    "print(os.read(read, 99).decode())",
    "return x",
)

BROKEN = [
    Case(id="K02", does="a misspelt function", code="def Relu(x):\n    return x\n", says="relu is not defined in exercises/activations.py (found: Relu, gelu)"),
    Case(id="K02b", does="an empty file", code="", alone=True, gelu="failed", says="relu is not defined in exercises/activations.py (found: nothing)"),
    Case(id="K04", does="a wrong signature", code="def relu():\n    return 1\n", says="relu raised TypeError: relu() takes 0 positional arguments but 1 was given", where="exercises/activations.py:6"),
    Case(id="K06", does="fails at the end of the file", code=does("return x") + "\nassert 1 == 2\n", says=f"{LOADING} raised AssertionError", gelu="failed", where="exercises/activations.py:9"),
    Case(id="K08", does="aborts", code=does("os.abort()"), says="relu made the process die (SIGABRT)"),
    Case(id="K08b", does="crashes", code=does("ctypes.string_at(0)"), says="relu made the process die (SIGSEGV)"),
    Case(id="K10", does="breaks the builtins", code=does("import builtins", "builtins.len = None", "return x"), says="relu left the process unable to answer"),
    Case(id="K10b", does="breaks json", code=does("import json", "json.dumps = json.loads = None", "return x"), says="relu left the process unable to answer"),
    Case(id="K12", does="too deep to parse", code=f"x = {'-' * 100_000}1\n", says="exercises/activations.py is too complex to parse", gelu="failed"),
    Case(id="K12b", does="too many parentheses", code=f"x = {'(' * 5000}1{')' * 5000}\n", says="too many nested parentheses", gelu="failed"),
    Case(id="K14", does="closes every descriptor", code=does("os.closerange(0, 999)", "return x"), says="relu left the process unable to answer"),
    Case(id="K14b", does="replaces stdout", code=does("sys.stdout = sys.stderr = None", "return x.clamp(min=0)"), status="passed"),
    Case(id="K16", does="stops itself", code=does("os.kill(os.getpid(), 19)"), says="relu took over 0.6 s", seconds=SHORT, hint="What does it wait for?"),
    Case(id="K18", does="dies in a thread, later", code=does("import threading", "threading.Timer(0.2, os._exit, [0]).start()", "time.sleep(1e6)"), says="relu ended the process with exit status 0"),
    Case(id="K20", does="wakes by its own alarm", code=does("import signal", "signal.setitimer(signal.ITIMER_REAL, 0.1)", "time.sleep(1e6)"), says="relu made the process die (SIGALRM)"),
]  # fmt: skip

HANGS = [
    Case(id="H02", does="loops and ignores signals", code=does("import signal", "for n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)", "while True: pass"), says="relu took over 0.6 s", seconds=SHORT, hint="Which loop does not come to an end?"),
    Case(id="H04", does="sleeps", code=does("time.sleep(1e9)"), says="(0.0 s of it computing) and was stopped", seconds=SHORT, hint="What does it wait for?"),
    Case(id="H04b", does="waits for itself", code=does("import threading", "lock = threading.Lock()", "lock.acquire()", "lock.acquire()"), says="relu took over 0.6 s (0.0 s of it computing)", seconds=SHORT, hint="What does it wait for?"),
    Case(id="H04c", does="loops while it is loaded", code="while True:\n    pass\n", says=f"{LOADING} took over 0.6 s", seconds=SHORT, gelu="failed"),
    Case(
        id="H06", does="a DataLoader with workers",
        code=does("from torch.utils.data import DataLoader", "(y,) = DataLoader(x.detach(), batch_size=5, num_workers=1)", "return x"),
        says="relu raised PermissionError", free="relu(x) is", seconds=20, hint="num_workers=0",
    ),
    Case(
        id="H08", does="dribbles its reply", code=does("while True:", "    os.write(3, b'G')", "    time.sleep(0.05)"),
        says="relu was not answered as agreed: the other side sent something that is not a frame", seconds=SHORT,
    ),
    Case(
        id="H08b", does="promises 4 GiB", says="relu was not answered as agreed: a frame of 4,294,967,296 bytes, the limit is 33,554,432",
        code=does("import struct", "os.write(3, struct.pack('!4sIIQ', b'GRD1', 2, 1, 2**32) + b'{}')", "time.sleep(1e6)"),
    ),
    Case(
        id="H08c", does="promises what it does not send", says="relu took over 0.6 s", seconds=SHORT,
        code=does("import struct", "os.write(3, struct.pack('!4sIIQ', b'GRD1', 2, 1, 2**24) + b'{}')", "time.sleep(1e6)"),
    ),
    Case(id="H10", does="prints a gigabyte", code=does("for _ in range(1000): os.write(1, b'x' * 1_000_000)", "return x.clamp(min=0)"), status="passed", output=f"{'x' * 65536}\n… 999,934,464 bytes more were dropped"),
]  # fmt: skip

GREEDY = [
    Case(id="R02", does="memory outside the heap", code=does("import mmap", "mmap.mmap(-1, 2 << 30)", "return x"), says="relu asked for more memory; it may take 1.5 GiB in all"),
    Case(id="R02b", does="memory of tensors", code=does("return torch.zeros(10**9)"), says="relu asked for 3.7 GiB of memory; it may take 1.5 GiB in all"),
    Case(id="R02c", does="a memory file", code=does("fd = os.memfd_create('x')", "return x"), says=REFUSED, free="relu(x) is"),
    Case(id="R02d", does="/dev/shm", code=does("open('/dev/shm/hostile', 'w').close()", "os.unlink('/dev/shm/hostile')", "return x"), says="relu raised PermissionError: [Errno 13] Permission denied", free="relu(x) is"),
    Case(id="R02e", does="a list without end", code=does("y = []", "while True: y.append(bytes(10**7))"), says="relu asked for more memory; it may take 1.5 GiB in all"),
    Case(
        id="R04", does="a thread bomb", says="relu raised RuntimeError: can't start new thread", hint="How many threads does it start?",
        code=does("import threading", "for _ in range(3000): threading.Thread(target=time.sleep, args=[1e6], daemon=True).start()", "return x"),
    ),
    Case(id="R06", does="a large file", code=does("open('a', 'wb').truncate(10**9)", "return x"), says="relu raised OSError: [Errno 27] File too large", hint="How much does it write there?"),
    Case(id="R06b", does="many files", code=does("for n in range(2000): open(str(n), 'w').write('x')", "return x.clamp(min=0)"), status="passed"),
    Case(id="R06c", does="deep folders", code=does("for n in range(3000):", "    os.mkdir('d')", "    os.chdir('d')", WAIT), seconds=20, says=OVERFULL),
    Case(
        id="R06e", does="writes gigabytes in many files, and waits", seconds=20,
        code=does("for n in range(40):", "    with open(f'f{n}', 'wb') as f: f.write(bytes(32 * 2**20))", WAIT), says=OVERFULL,
    ),
    Case(
        id="R06f", does="presses files onto the disk in ten thousand pieces", status="passed",
        code=does(
            "fd = os.open('f', os.O_RDWR | os.O_CREAT)", "for page in range(0, 64 * 2**20, 8192): os.pwrite(fd, b'x' * 4096, page)",
            "os.fsync(fd)", "return x.clamp(min=0)",
        ),
    ),
    Case(id="R06d", does="locked folders", code=does("os.makedirs('a/b')", "os.chmod('a', 0)", "return x.clamp(min=0)"), says=REFUSED, free_status="passed"),
    Case(id="R08", does="leaves a daemon", code=DAEMON, says=REFUSED, free="relu(x) is", spawns=True),
    Case(
        id="R08b", does="a fork bomb", says=REFUSED, seconds=3, free="relu(x) is",
        code=does("for _ in range(40):", "    if os.fork() == 0:", "        os.setsid()", "        time.sleep(1e6)", "return x"),
    ),
    Case(id="R10", does="floods its output", code=does("print('x' * 10**8)", "return x.clamp(min=0)"), status="passed", output=f"{'x' * 65536}\n… 99,934,465 bytes more were dropped"),
    Case(id="R12", does="many open files", code=does("kept = [open(os.devnull) for _ in range(100)]", "return x"), says="relu raised OSError: [Errno 24] Too many open files"),
]  # fmt: skip
