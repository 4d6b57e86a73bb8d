"""The grader, the runner, the machine taken for a target (T)."""

from __future__ import annotations

from harness import SHORT, Case, does

REFUSED = "relu raised PermissionError: [Errno 1] Operation not permitted"
DENIED = "relu raised PermissionError: [Errno 13] Permission denied"
WRONG = "relu(x) is"
NOTES = "def note(act):\n    try:\n        act()\n        print('went through')\n    except OSError as error:\n        print(error.strerror)\n\n\n"
FRAME = (
    "import json, struct\n\n\ndef frame(**header):\n    text = json.dumps(header).encode()\n"
    "    os.write(3, struct.pack('!4sII', b'GRD1', len(text), 0) + text)\n\n\n"
)

TAKEOVERS = [
    Case(id="T08", does="exits with 0", code=does("sys.exit(0)"), says="relu called sys.exit(0)"),
    Case(id="T08b", does="exits with 0 at once", code=does("os._exit(0)"), says="relu ended the process with exit status 0"),
    Case(id="T10", does="raises KeyboardInterrupt", code=does("raise KeyboardInterrupt"), says="relu raised KeyboardInterrupt"),
    Case(id="T10b", does="raises GeneratorExit", code=does("raise GeneratorExit"), says="relu raised GeneratorExit"),
    Case(id="T10c", does="exits while it is loaded", code="raise SystemExit(0)\n", says="Loading exercises/activations.py called sys.exit(0)", gelu="failed"),
    Case(
        id="T12", does="answers twice", code=FRAME + does("frame(number=3, value=None)", "return x.clamp(min=0)"),
        says="relu returned None, expected a torch.Tensor",
    ),
    Case(
        id="T12b", does="answers the next question beforehand",
        code=FRAME + does("for n in range(2, 99): frame(number=n, value={'tensor': 0})", "return x.clamp(min=0)"),
        says="relu was not answered as agreed: it answered another question",
    ),
    Case(
        id="T12c", does="answers with a verdict",
        code=FRAME + does("frame(number=3, status='passed', score=1, passed=True)", "time.sleep(1e6)"),
        says="relu returned None, expected a torch.Tensor",
    ),
    Case(
        id="T12d", does="floods with events",
        code=FRAME + does("while True: frame(number=3, event='loading', module='softmax')"), says="Loading exercises/activations.py took over 0.6 s", seconds=SHORT,
    ),
    Case(
        id="T12e", does="blames another file",
        code=FRAME + does("frame(number=3, event='loading', module='softmax')", "os._exit(1)"),
        says="Loading exercises/activations.py ended the process with exit status 1",
    ),
    Case(
        id="T12f", does="says that it is not written yet",
        code=FRAME + does("frame(number=3, raised={'kind': 'exception', 'type': 'NotImplementedError', 'file': 'exercises/softmax.py', 'line': 1, 'stub': 'softmax'})", "time.sleep(1e6)"),
        status="blocked", says="softmax in exercises/softmax.py is still to do",
    ),
    Case(
        id="T12g", does="says nonsense in every field",
        code=FRAME + does("frame(number=3, raised={'kind': ['x'], 'type': {'a': 1}, 'text': [None], 'file': 3, 'line': '::error', 'stub': -1, 'module': '../../x'})", "time.sleep(1e6)"),
        says="relu raised {'a': 1}: [None]",
    ),
    Case(
        id="T14", does="prints a verdict", code=does("print('PASSED 10/10\\n::error file=x::gone\\n##[error]gone')", "return x"),
        says=WRONG, output="PASSED 10/10\n::error file=x::gone\n##[error]gone\n",
    ),
    Case(
        id="T16", does="writes into the runner's command files",
        code=does("open(os.environ['GITHUB_OUTPUT'], 'a').write('score=100')", "return x"), says="relu raised KeyError: 'GITHUB_OUTPUT'",
    ),
    Case(
        id="T18", does="kills its parent", harms=True,
        code=does("os.kill(os.getppid(), 9)", "time.sleep(1e6)"), says=REFUSED, free="relu left the process unable to answer",
    ),
    Case(id="T18b", does="kills all that it can reach", code=does("os.kill(-1, 0)", "return x"), says=REFUSED, free=WRONG),
    Case(id="T18c", does="kills its group", code=does("os.killpg(0, 9)"), says=REFUSED, free="relu made the process die (SIGKILL)"),
    Case(
        id="T18d", does="has the kernel signal its parent",
        code=does("import fcntl", "read, write = os.pipe()", "fcntl.fcntl(read, fcntl.F_SETOWN, os.getppid())", "return x"),
        says=REFUSED, free=WRONG,
    ),
    Case(
        id="T18e", does="lowers its parent's limits",
        code=does("import resource", "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))", "return x"), says=REFUSED, free=WRONG,
    ),
    Case(id="T18f", does="slows its parent down", code=does("os.setpriority(os.PRIO_PROCESS, os.getppid(), 1)", "return x"), says=REFUSED, free=WRONG),
    Case(
        id="T20", does="types into the terminal", code=does("import fcntl", "fcntl.ioctl(0, 0x5412, b'x')", "return x"),
        says=REFUSED, free="relu raised OSError: [Errno 25]",
    ),
    Case(
        id="T22", does="an exception whose text raises", says="relu raised E: (its message is unavailable)",
        code="class E(Exception):\n    def __str__(self):\n        raise ValueError\n\n\n" + does("raise E"),
    ),
    Case(
        id="T22b", does="an exception whose text is huge", says="relu raised E: xxxx",
        code="class E(Exception):\n    def __str__(self):\n        return 'x' * 10**8\n\n\n" + does("raise E"),
    ),
    Case(
        id="T22c", does="an exception whose text is a command", says="relu raised ValueError: ::error::\\x1b[2J",
        code=does("raise ValueError('::error::\\x1b[2J\\n::set-output name=a::b\\n\\u202e')"),
    ),
    Case(id="T24", does="changes a file of the user's", code=does("open('{outside}', 'a').write('alias')", "return x"), says=DENIED, free=WRONG, outside=True),
    Case(id="T24b", does="empties a file that it may not write", code=does("os.open('{outside}', os.O_RDONLY | os.O_TRUNC)", "return x"), says=REFUSED, free=WRONG, outside=True),
    Case(id="T24g", does="empties it by a mode that is none", code=does("os.open('{outside}', os.O_TRUNC | os.O_ACCMODE)", "return x"), says=REFUSED, free=WRONG, outside=True),
    Case(id="T24c", does="changes the rights of a file", code=does("os.chmod('{outside}', 0)", "return x"), says=REFUSED, free=WRONG, outside=True),
    Case(id="T24d", does="removes a file", code=does("os.unlink('{outside}')", "return x"), says=DENIED, free=WRONG, outside=True),
    Case(id="T24e", does="replaces a file", code=does("open('own', 'w').close()", "os.replace('own', '{outside}')", "return x"), says=DENIED, free=WRONG, outside=True),
    Case(id="T24f", does="changes the time of a file", code=does("os.utime('{outside}', (0, 0))", "return x"), says=REFUSED, free=WRONG, outside=True),
    Case(
        id="T26", does="prints the environment",
        code=does("print(sorted(name for name in os.environ if not name.endswith('THREADS')))", "return x"), says=WRONG,
        output="['HOME', 'LANG', 'MPLBACKEND', 'MPLCONFIGDIR', 'OMP_WAIT_POLICY', 'PATH', 'PYTHONIOENCODING', 'TMPDIR']\n",
    ),
    Case(
        id="T28", does="looks for descriptors that it inherited",
        code=does("found = [fd for fd in range(4, 4096) if not _closed(fd)]", "print(found)", "return x")
        + "\n\ndef _closed(fd):\n    try:\n        os.fstat(fd)\n    except OSError:\n        return True\n    return False\n",
        says=WRONG, output="[]\n",
    ),
    Case(id="T32", does="TCP", code=does("import socket", "socket.create_connection(('127.0.0.1', 9))", "return x"), says=REFUSED, free="relu raised ConnectionRefusedError"),
    Case(id="T32b", does="UDP", code=does("import socket", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", "return x"), says=REFUSED, free=WRONG),
    Case(id="T32c", does="a unix socket", code=does("import socket", "socket.socket(socket.AF_UNIX)", "return x"), says=REFUSED, free=WRONG),
    Case(id="T34", does="starts a program", code=does("os.system('true')", "import subprocess", "subprocess.run(['true'])", "return x"), says=REFUSED, free=WRONG),
    Case(id="T34b", does="becomes a program", code=does("os.execv('/bin/true', ['true'])"), says=REFUSED, free="relu ended the process with exit status 0"),
    Case(id="T36", does="looks into the template", code=does("open(f'/proc/{os.getppid()}/environ').read()", "return x"), says=DENIED, free=WRONG),
    Case(
        id="T36b", does="reads its parent's memory",
        code=does("print(ctypes.CDLL(None).process_vm_readv(os.getppid(), None, 0, None, 0, 0))", "return x"),
        says=WRONG, output="-1\n", free=WRONG,
    ),
    Case(
        id="T38b", does="reads the images", says=WRONG, free=WRONG, output="Permission denied\n" * 4,
        code=NOTES + does(
            "for name in ('train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'):",
            "    note(lambda: open({root!r} + '/data/MNIST/raw/' + name + '.gz', 'rb'))", "return x",
        ),
    ),
    Case(
        id="T38", does="lists what it must not see",
        code=NOTES + does(
            "for path in ('/', '/root', '/home', '/tmp', '..', '/proc', '/etc', {root!r}, {root!r} + '/solutions', {root!r} + '/data'):",
            "    note(lambda: os.listdir(path))", "return x",
        ),
        says=WRONG, free=WRONG, output="Permission denied\n" * 10,
    ),
    Case(id="T40", does="frees itself", code=does("libc = ctypes.CDLL(None)", "print(libc.prctl(4, 1, 0, 0, 0), libc.prctl(1, 0, 0, 0, 0))", "return x"), says=WRONG, free=WRONG, output="-1 -1\n"),
    Case(id="T42", does="makes a namespace", code=does("print(ctypes.CDLL(None).unshare(0x10000000))", "return x"), says=WRONG, free=WRONG, output="-1\n"),
    Case(id="T44", does="a call of another architecture", says="relu made the process die (SIGSYS)", free=WRONG,
         code=does("print(ctypes.CDLL(None).syscall(0x40000000 + 39))", "return x")),
]  # fmt: skip
