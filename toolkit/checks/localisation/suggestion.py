"""Says which cell is wrong and what belongs there, or where to look; never more than the figures bear out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from toolkit.checks.localisation.calibration import Judgement, localise
from toolkit.checks.localisation.errors import Explanation
from toolkit.checks.localisation.slips import KIND_WORDS, SLIP_WORDS
from toolkit.checks.localisation.system import FilledEquations, Statements, equation_groups, filled_equations
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Candidate
from toolkit.model.returns import Submission
from toolkit.rules.compile import Check
from toolkit.text import shown

_MOST_CELLS = 4
#: A note behind a heading, not one that is all of it.
_NOTE = re.compile(r"(?<=[^／])（[^（）]*）(?=／|$)")


class Suggestion(NamedTuple):
    """What is told of a failed check: in words, and as the cells that the words tell; see `Finding`."""

    text: str
    candidates: tuple[Candidate, ...] = ()
    certain: bool = False


def joined(told: Sequence[Suggestion]) -> Suggestion:
    """What is told of several checks at one finding: all that is certain is option 1, and no option is there twice."""
    sure = tuple(cell for one in told if one.certain for cell in one.candidates)
    groups = (groupby(one.candidates, attrgetter("option")) for one in told if not one.certain)
    options = [sure, *(tuple(cells) for group in groups for _, cells in group)]
    different = {frozenset((cell.variable, cell.value) for cell in cells): cells for cells in options if cells}
    numbered = (replace(cell, option=n) for n, cells in enumerate(different.values(), 1) for cell in cells)
    return Suggestion("；".join(one.text for one in told), tuple(numbered), certain=bool(sure))


def suggestions(
    instrument: Instrument, submission: Submission, failed: Sequence[Check], stated: Statements = ()
) -> dict[str, Suggestion]:
    """For failed equalities, by the key of the check: what probably has to be mended, told once for each root.

    ``stated`` are the figures that the unit's own texts state.
    """
    equalities = {check.key for check in failed if check.op == "="}
    out: dict[str, Suggestion] = {}
    groups = equation_groups(instrument, submission.content.overwritten) if equalities else ()
    for case in filter(None, (filled_equations(part, instrument, submission, stated) for part in groups)):
        for one in localise(case, instrument.form.shares):
            if one.shown and equalities.issuperset(case.part.checks[k].key for k in one.equations):
                out |= _told(instrument, case, one)
    return out


def _told(instrument: Instrument, case: FilledEquations, one: Judgement) -> dict[str, Suggestion]:
    """What is certain, each figure at the first failed check that it mends; else the places that may be meant."""
    checks = case.part.checks
    options = [_candidates(instrument, case, option, *each) for option, each in enumerate(one.shown, 1)]
    if not one.certain:
        words = "；".join(_words(instrument, cells, "现为 {1}，或应为 {0}") for cells in options)
        return {checks[min(one.equations)].key: Suggestion(f"可能的位置：{words}；也可能在别的格", sum(options, ()))}
    (cells,) = options
    alone = one.ranked[0].kind not in KIND_WORDS
    homes: dict[int, list[Candidate]] = {}
    for cell in cells:
        mended = {k for k, _ in case.part.system.where[case.part.cells.index(cell.variable)]} & one.equations
        home = min(mended - homes.keys() if alone else one.equations, default=min(one.equations))
        homes.setdefault(home, []).append(cell)
    return {
        checks[k].key: Suggestion(f"最可能：{_words(instrument, own, '应为 {0}，现为 {1}')}", tuple(own), certain=True)
        for k, own in homes.items()
    }


def _candidates(
    instrument: Instrument, case: FilledEquations, option: int, one: Explanation, probability: float
) -> tuple[Candidate, ...]:
    """The cells of one explanation, in the order of the table."""
    names, spots = case.part.cells, instrument.layout.spots
    return tuple(
        Candidate(
            option=option,
            variable=names[cell],
            sheet=spots[names[cell]].sheet,
            cell=spots[names[cell]].cell,
            value=Decimal(new) / case.scale,
            found=Decimal(case.values[cell]) / case.scale,
            reason=KIND_WORDS.get(one.kind) or SLIP_WORDS[one.slips[cell]],
            probability=min(0.999, max(0.001, round(probability, 3))),
        )
        for cell, new in sorted(one.cells.items())
    )


def _words(instrument: Instrument, cells: Sequence[Candidate], figures: str) -> str:
    """``“……自然人”（申请情况!D7）应为 12，现为 21（相邻两位数字颠倒）``; a reason once for cells that share it."""
    told: list[str] = []
    for reason, alike in groupby(cells[:_MOST_CELLS], attrgetter("reason")):
        each = []
        for one in alike:
            labels = _NOTE.sub("", instrument.variables[one.variable].brief)
            each.append(f"“{labels}”（{one.sheet}!{one.cell}）{figures.format(shown(one.value), shown(one.found))}")
        more = f"等 {len(cells)} 格" if len(cells) > _MOST_CELLS and not told else ""
        told.append(f"{'，'.join(each)}{more}（{reason}）")
    return "，".join(told)
