"""Calls of the C library that Python has no name for; each raises OSError when it fails. Needs no torch."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any


@cache
def _libc() -> Any:
    """Made once, before a template forks: it costs more than the calls."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def syscall(number: int, *args: int | bytes | ctypes.Array[Any] | None) -> int:
    """A system call by its number; integers go as `long`, bytes as a pointer to them."""
    told = (ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args)
    return _checked(_libc().syscall(ctypes.c_long(number), *told))


def prctl(option: int, value: int) -> int:
    """prctl(2) with one argument."""
    return _checked(_libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def call(name: str, *args: Any) -> int:
    """A function of the C library by its name."""
    return _checked(getattr(_libc(), name)(*args))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
