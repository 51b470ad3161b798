"""A bounded run of the fuzz target: what comes from outside ends in a verdict or a sentence, whatever is in it.

The inputs are the same at all times; those that once made a reader fail are named beside what they taught.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from factories.fuzzing import TARGETS, failures

#: Inputs of each target in every run of the tests; more by ``python -m factories.fuzzing`` in ``tests/``.
RUNS = {"workbook": 150, "texts": 3_000, "roster": 400, "form": 400, "docx": 100}
#: A bracket that closes nothing in a formula; a number of 6,400 digits in a definition.
ONCE_FAILED: Sequence[tuple[str, int]] = (("workbook", 110), ("form", 1193), ("form", 4290), ("form", 5826))


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_makes_a_reader_fail(name: str) -> None:
    assert list(failures(name, range(RUNS[name]))) == []


@pytest.mark.parametrize(("name", "number"), ONCE_FAILED)
def test_what_once_made_a_reader_fail_is_answered(name: str, number: int) -> None:
    assert list(failures(name, range(number, number + 1))) == []


def test_a_reader_that_fails_is_found() -> None:
    def read(data: bytes) -> None:
        if len(data) % 2:
            raise IndexError

    target = TARGETS["texts"]
    broken = replace(target, read=read)
    assert "IndexError" in broken.failure(b"a")
    assert broken.failure(b"aa") == ""
