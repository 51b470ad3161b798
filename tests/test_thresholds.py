"""Thresholds are pinned: changed a little, each makes a test of its room fail. A sample; THRESHOLDS=all takes all."""

from __future__ import annotations

import os
import random

import pytest
from factories.mutants import Threshold, survives, thresholds

SEED, SAMPLE = 20251231, 3
#: Thresholds whose change needs no test, by the end of their name, and why.
FREE = {
    **dict.fromkeys(("_SHOWN", "_QUOTED", "_MOST_CELLS"), "how much is shown"),
    **dict.fromkeys(("export._WIDE", "export._WIDEST", "units._PAPER"), "how wide a column is"),
    **dict.fromkeys(("read._LONG", "xml._SMALL", "book.LONG"), "how fast, never what"),
    **dict.fromkeys(
        ("gate.MAX_FILE", "read.MAX_EXPANDED", "xml.MAX_ELEMENTS", "xml.MAX_TOKEN"),
        "a bound against bombs: nobody relies on the number, and that there is one is tested",
    ),
    **dict.fromkeys(("parse._AROUND", "extract._LONGEST_LINE", "claims._NAMED"), "how much is shown"),
    **dict.fromkeys(("arithmetic._LARGEST", "numbers._END", "structure._LONGEST_VERSION"), "beyond any real one"),
    **dict.fromkeys(
        ("workers.AHEAD", "workers.HERE", "workers.SMALL", "read._COMPARED"),
        "how fast, never what",
    ),
    "sheet.MOST_ROWS": "a bound against bombs, far beyond any roster; that there is one is tested with fewer",
    "read._ESCAPED": "how long a text is looked at before it is refused for its length",
    "book.MOST_ROWS": "a sheet of a hundred thousand rows; that it stops is tested with fewer",
    **dict.fromkeys(
        ("proposals.TRIED", "proposals._BESIDE", "calibration._FAINT", "weights._ABSURD"),
        "how hard is looked; what is found is measured",
    ),
}
DUE = [one for one in thresholds() if not any(str(one).endswith(end) for end in FREE)]
CHOSEN = DUE if os.environ.get("THRESHOLDS") == "all" else random.Random(SEED).sample(DUE, SAMPLE)  # noqa: S311 - a sample


@pytest.mark.runs
@pytest.mark.parametrize("more", [False, True], ids=["less", "more"])
@pytest.mark.parametrize("one", CHOSEN, ids=str)
def test_a_threshold_is_pinned_from_both_sides(one: Threshold, more: bool) -> None:  # noqa: FBT001 - less or more
    assert not survives(one, more), f"no test of {one.tests[-1]} notices another {one}"


def test_what_is_free_of_a_test_is_still_there() -> None:
    names = [str(one) for one in thresholds()]
    assert [end for end in FREE if not any(name.endswith(end) for name in names)] == []
    assert len(DUE) > SAMPLE
