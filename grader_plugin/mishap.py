"""What went wrong in a worker, in a learner's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from .channel import NO_ANSWER
from .confinement import ADDRESS_SPACE
from .process import Ending
from .result import CheckFailure

SENTENCE_CAP = 300  # characters of an exception's first line
TEXT_CAP = 2048
_CAPS = {"kind": 80, "type": 80, "file": 200, "line": 20, "stub": 80, "module": 80}
_GIB = 2**30

_OUT_OF_REACH = "Files, the network and other processes (a DataLoader has none with num_workers=0) are out of reach while code is graded; does it need them?"

# What to look at first, by the type of the exception.
_QUESTIONS = {
    "TypeError": "What is the type of each value in that line?",
    "RuntimeError": "What are the shape and dtype of each tensor in that line?",
    "IndexError": "What is the shape of the tensor that is indexed there?",
    "KeyError": "Which keys does it have?",
    "ValueError": "What are the values in that line when it runs?",
    "NameError": "Is the name defined or imported in this file, and spelt the same there?",
    "UnboundLocalError": "On which path is that variable not set yet?",
    "AttributeError": "What is the object in front of the dot, and where would it get that attribute?",
    "ModuleNotFoundError": "Only the lesson's own files and installed packages can be imported; is the name one of them?",
    "ImportError": "Is the imported name defined in that file?",
    "SyntaxError": "What is open, missing or too much in that line, or just before it?",
    "IndentationError": "Does that line start in the same column as the others of its block?",
    "RecursionError": "Which call leads back to itself?",
    "PermissionError": _OUT_OF_REACH,
    "URLError": _OUT_OF_REACH,
    "gaierror": _OUT_OF_REACH,
}
# Where the words of an exception say more than its type: the first that is found in them counts.
_QUESTIONS_BY_WORDS = {
    "in-place": "Which operation writes into a tensor that autograd still needs?",
    "inplace": "Which operation writes into a tensor that autograd still needs?",
    "Boolean value of Tensor": "Python's max, min and if ask a whole tensor for one yes or no: what asks each element?",
    "must match the size": "Which shapes meet in that line, and did one of them lose a dimension on its way there?",
    "cannot be multiplied": "Which shape does a layer expect there, and which one does it get?",
    "torch.return_types": "What are the two things that come back there, and which of them does the formula need?",
    "can't start new thread": "How many threads does it start?",
    "File too large": "How much does it write there?",
    "Can't call numpy": "Which step leaves PyTorch, where gradients are followed?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An exception as the worker told it, each field a text, empty where nothing was said.

    `types` are the names of the exception's class and its bases, `stub` the function whose
    `raise NotImplementedError` it was, `module` the file that cannot be loaded (`kind` "unloadable").
    """

    kind: str = ""
    type: str = ""
    types: str = ""
    text: str = ""
    file: str = ""
    line: str = ""
    stub: str = ""
    module: str = ""

    @classmethod
    def read(cls, reply: Any) -> Told:
        """From whatever the worker sent."""
        said = reply if isinstance(reply, dict) else {}
        return cls(
            **{
                field.name: str(said.get(field.name) or "")[: _CAPS.get(field.name, TEXT_CAP)]
                for field in fields(cls)
            }
        )

    @property
    def where(self) -> str:
        """The learner's innermost line, empty if none of theirs was involved."""
        return f"{self.file}:{self.line}" if self.file else ""


def raised(told: Told, name: str, where: str) -> CheckFailure:
    """An exception of the learner's code; `where` is its place if it has none of its own."""
    first, _, more = told.text.partition("\n")
    if len(first) > SENTENCE_CAP:
        first = f"{first[:SENTENCE_CAP]}…"
    if told.type == "SystemExit":
        return CheckFailure(
            f"{name} called sys.exit({first})",
            where=told.where or where,
            hint="What should it do instead of ending the program?",
        )
    if told.type == "MemoryError" or "allocate memory" in told.text:
        asked = re.search(r"tried to allocate (\d{1,20}) bytes", told.text)
        gib = int(asked[1]) / _GIB if asked else 0.0
        wanted = f"asked for {gib:,.1f} GiB of memory" if 0 < gib < 1e6 else "asked for more memory"
        return CheckFailure(
            f"{name} {wanted}; it may take {ADDRESS_SPACE / _GIB:g} GiB in all",
            where=told.where or where,
            hint="How large is each tensor in that line?",
        )
    kind = told.type or "an exception"
    return CheckFailure(
        f"{name} raised {kind}: {first}" if first else f"{name} raised {kind}",
        detail="\n".join(part for part in more.splitlines()[:6] if part),
        where=told.where or where,
        hint=_question(told),
    )


def _question(told: Told) -> str:
    by_words = (question for words, question in _QUESTIONS_BY_WORDS.items() if words in told.text)
    return next(by_words, _QUESTIONS.get(told.type, ""))


def late(name: str, seconds: float, ending: Ending, where: str) -> CheckFailure:
    """No answer within the deadline."""
    cpu = "" if ending.cpu is None else f" ({ending.cpu:.1f} s of it computing)"
    waiting = ending.cpu is not None and ending.cpu < 0.1 * seconds
    hint = "What does it wait for?" if waiting else "Which loop does not come to an end?"
    return CheckFailure(f"{name} took over {seconds:g} s{cpu} and was stopped", hint=hint, where=where)


def died(name: str, ending: Ending, where: str) -> CheckFailure:
    """The process is gone, or closed its channel."""
    if ending.greedy:
        return CheckFailure(
            f"{name} took more memory than it may, and was stopped",
            where=where,
            hint="How large is each tensor that it makes?",
        )
    if ending.signal is not None:
        hint = {
            "SIGSEGV": "Which call reaches outside Python?",
            "SIGKILL": "How much memory does it ask for?",
            "SIGSYS": "Which call to the system does it make?",
        }.get(ending.signal_name, "")
        return CheckFailure(f"{name} made the process die ({ending.signal_name})", where=where, hint=hint)
    if ending.exit is not None and ending.exit != NO_ANSWER:
        return CheckFailure(
            f"{name} ended the process with exit status {ending.exit}",
            where=where,
            hint="What should it do instead of ending the program?",
        )
    return CheckFailure(
        f"{name} left the process unable to answer",
        where=where,
        hint="Does it close files that it did not open, or replace Python's own functions?",
    )
