"""Files that do to the process that looks at them what their name says; such a process finds it here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from multiprocessing import parent_process
from typing import Any

from toolkit.io.limits import own_limits
from toolkit.model.returns import FiledVerdict, ReadResult, Verdict
from toolkit.pipeline import read_return
from toolkit.pipeline import verify as verifying
from toolkit.pipeline.attribution import Background, check_each
from toolkit.pipeline.verify import PriorReturns, verify_batch

#: Names, or parts of names.
DIES, STALLS = "死去", "不停"
#: Seconds of processor time left to one that stalls, so that nobody need wait.
_LEFT = 0.2


def verified(
    files: Sequence[tuple[str, bytes | Exception]], form: str = "", prior: PriorReturns | None = None
) -> list[Verdict]:
    """In the place of `verify_batch`."""
    _poison(verifying, "understand_bytes")
    return verify_batch(files, form, prior)


def checked(pairs: Sequence[tuple[str, bytes]], known: Background) -> list[FiledVerdict]:
    """In the place of `check_each`."""
    _poison(read_return, "understand_bytes")
    return check_each(pairs, known)


@cache
def _poison(place: Any, name: str) -> None:
    assert parent_process() is not None, "the process of the tests itself would not live through it"
    setattr(place, name, partial(_met, getattr(place, name)))


def _met(read: Callable[..., ReadResult], file: object, *given: Any) -> ReadResult:
    if DIES in str(file):
        os._exit(9)
    if STALLS in str(file):
        own_limits()(_LEFT)
        while True:
            pass
    return read(file, *given)
