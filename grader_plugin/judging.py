"""From what a check raised to a status and words."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from typing import Any

import numpy
import torch
from torch.autograd.gradcheck import GradcheckError

from .conversation import SiblingDied, WorkerLost
from .mnist import MnistError
from .rehearsal import Diverged
from .result import Blocked, CheckFailure, OutOfTime, Status, StillToDo
from .sandbox import SandboxError
from .submission import Submission

ERROR_CAP = 4096


def judge(function: Callable[[Any], None], submission: Submission) -> dict[str, Any]:
    """Run a check: its status and words."""
    try:
        function(submission)
    except StillToDo as error:
        return {"status": Status.TODO, "message": str(error)}
    except Blocked as error:
        return {"status": Status.BLOCKED, "message": str(error)}
    except OutOfTime:
        return {"status": Status.NOT_RUN}
    except CheckFailure as failure:
        return _failed(failure, submission)
    except (AssertionError, GradcheckError) as error:
        first, _, more = str(error).partition("\n")
        return _failed(
            CheckFailure(first or "What the check asserts does not hold", detail=more[:ERROR_CAP]), submission
        )
    except (SiblingDied, WorkerLost, Diverged):
        raise
    except Exception as error:  # whatever else a check raises is the grader's fault, and is said to be
        if submission.cut and "does not require grad" in str(error):
            hint = "Does .item(), .detach(), .data or .numpy() stand between the input and the result?"
            return _failed(
                CheckFailure(f"{submission.cut} has no gradient path back to its input", hint=hint),
                submission,
            )
        return _error(error)
    return {"status": Status.PASSED, "curve": submission.curve}


def _failed(failure: CheckFailure, submission: Submission) -> dict[str, Any]:
    where = failure.where or submission.place()
    return {
        "status": Status.FAILED,
        "message": failure.message,
        "detail": failure.detail,
        "hint": failure.hint,
        "where": where,
        "code": submission.code(where),
        "returned": submission.returned,
        "curve": failure.curve,
    }


def _error(error: Exception) -> dict[str, Any]:
    if isinstance(error, (SandboxError, MnistError)):  # sentences of ours: what is in the way is no secret
        return {"status": Status.ERROR, "message": str(error)}
    lines = traceback.format_exception(error)
    return {
        "status": Status.ERROR,
        "message": f"The grader failed on this check ({type(error).__name__}: {error})",
        "detail": "".join(lines)[-ERROR_CAP:],
    }


def seed_all(seed: int, theirs: int | None = None) -> None:
    """Seed torch, which a check draws from, and the others, from which only code in the learner's place does."""
    torch.default_generator.manual_seed(seed)
    others = seed if theirs is None else theirs
    numpy.random.seed(others % 2**32)
    random.seed(others)
