"""Says which cell is wrong and what belongs there, or where to look; never more than the figures bear out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from toolkit.checks.localisation.errors import Explanation, Operation, System
from toolkit.checks.localisation.search import localise
from toolkit.checks.localisation.system import (
    FilledEquations,
    equation_groups,
    filled_equations,
    prior_figures_of,
)
from toolkit.checks.message import sides
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Candidate
from toolkit.model.returns import Return, Submission
from toolkit.rules.compile import Check
from toolkit.text import shown

#: Explanations that are dearer than the cheapest by less are as good.
CLEAR = 0.25
_MOST = 3
_MOST_CELLS = 4
_WHY: Mapping[str, str] = {
    "sign": "多了负号",
    "transposed": "相邻两位数字颠倒",
    "missing": "漏了一位数字",
    "extra": "多了一位数字",
    "digit": "一位数字不对",
    "unit": "差了若干个 0",
    "swap": "与相邻的格填反",
    "exchange": "两格填反",
    "rows": "上下两行填反",
    "shift": "整段错开一格",
    "blank": "漏填",
    "carried": "填错一个数，合计也照错数加了",
    "other": "数值不符",
}
_NOTE = re.compile(r"(?<=.)（[^（）]*）$")


@dataclass(frozen=True, slots=True)
class Suggestion:
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
    return Suggestion("；".join(one.text for one in told), _numbered(different.values()), certain=bool(sure))


def _numbered(options: Iterable[Iterable[Candidate]]) -> tuple[Candidate, ...]:
    return tuple(replace(cell, option=n) for n, cells in enumerate(options, 1) for cell in cells)


def suggestions(instrument: Instrument, submission: Submission, failed: Sequence[Check]) -> dict[str, Suggestion]:
    """For failed equalities, by the key of the check: what probably has to be mended, told once for each root."""
    keys = {check.key for check in failed if check.op == "="}
    if not keys:
        return {}
    out: dict[str, Suggestion] = {}
    for part in equation_groups(instrument, submission.content.overwritten, prior_figures_of(submission)):
        mine = [check for check in part.checks if check.key in keys]
        case = filled_equations(part, instrument, submission) if mine else None
        if case is not None:
            told = _told(instrument, case, mine)
            hints = {check.key: _hint(instrument, submission, check) for check in mine if not told}
            out |= told | {key: Suggestion(hint) for key, hint in hints.items() if hint}
    return out


def certain(case: FilledEquations, found: Sequence[Explanation]) -> list[Operation]:
    """The operations that may be told as 最可能: in every explanation nearly as cheap as the first, and *shown*.

    A failed equation says that one of its cells is wrong, not which. The prices say which slip is likelier, and are no
    evidence. An operation is shown where every equation that it changes fails by just that amount, and

    - the cell is below 0, and its sign alone mends them; or
    - at least two of them meet in the cell: it is the only one that all of them hold, as the total of a row and that of
      a column do, or a column's balance and last year's figure. Of several cells this holds for each.

    In a template whose totals are formulas, the balance of a column and that of the total column share every cell of
    the column: they do not meet.
    """
    if not found:
        return []
    rivals = [one for one in found if one.price < found[0].price + CLEAR]
    system = case.part.system
    residuals = system.residuals(case.values, case.right)
    return [
        move
        for move in found[0].moves
        if all(move.cells in [other.cells for other in one.moves] for one in rivals)
        and all(residuals.get(k) == change for k, change in move.effect.items())
        and (move.kind == "sign" or _meet(system, move))
    ]


def _meet(system: System, move: Operation) -> bool:
    """Whether, for each cell, at least two of the equations that fail hold it and no other cell in common."""
    groups = ([set(system.equations[k]) for k, _ in system.where[cell] if k in move.effect] for cell in move.cells)
    return all(len(group) > 1 and len(set.intersection(*group)) == 1 for group in groups)


def _told(instrument: Instrument, case: FilledEquations, failed: Sequence[Check]) -> dict[str, Suggestion]:
    """What is certain, at the first failed check that it mends; at checks it leaves, the places that may be meant."""
    found, _ = localise(case.part.system, case.values, case.right, case.steps)
    sure = certain(case, found)
    homes: dict[str, list[Operation]] = {}
    mended: set[str] = set()
    for move in sure:
        keys = {case.part.checks[k].key for k in move.effect}
        home = next((c for c in failed if c.key in keys and c.key not in homes), failed[0])
        homes.setdefault(home.key, []).append(move)
        mended |= keys
    out = {key: joined([_sure(instrument, case, move) for move in moves]) for key, moves in homes.items()}
    return out | _places_by_check(instrument, case, [check for check in failed if check.key not in mended], found)


def _places_by_check(
    instrument: Instrument, case: FilledEquations, failed: Sequence[Check], found: Sequence[Explanation]
) -> dict[str, Suggestion]:
    """For each check the slips that would mend it."""
    out: dict[str, Suggestion] = {}
    told: list[Mapping[int, int]] = []
    moves = sorted((move for one in found for move in one.moves if move.kind != "other"), key=lambda one: one.price)
    for check in failed:
        k = case.part.checks.index(check)
        mine: dict[tuple[tuple[int, int], ...], Operation] = {}
        for move in moves:
            if k in move.effect:
                mine.setdefault(tuple(sorted(move.cells.items())), move)
        listed = list(mine.values())[:_MOST]
        if any(move.cells not in told for move in listed):
            told += [move.cells for move in listed]
            out[check.key] = _possible(instrument, case, listed)
    return out


def _sure(instrument: Instrument, case: FilledEquations, move: Operation) -> Suggestion:
    cells = _candidates(instrument, case, move)
    return Suggestion(f"最可能：{_words(instrument, cells, '应为 {0}，现为 {1}')}", cells, certain=True)


def _possible(instrument: Instrument, case: FilledEquations, moves: Sequence[Operation]) -> Suggestion:
    """The words tell them in the order of the table, none before the others; of the options the cheapest is first."""
    listed = [
        (one.price, _candidates(instrument, case, one)) for one in sorted(moves, key=lambda one: sorted(one.cells))
    ]
    words = "；".join(_words(instrument, cells, "现为 {1}，或应为 {0}") for _, cells in listed)
    best = sorted(listed, key=lambda one: one[0])
    return Suggestion(f"可能的位置：{words}；也可能在别的格", _numbered(cells for _, cells in best))


def _candidates(instrument: Instrument, case: FilledEquations, move: Operation) -> tuple[Candidate, ...]:
    """The cells of one operation, in the order of the table, as option 1."""
    out = []
    for cell, new in sorted(move.cells.items()):
        name = case.part.cells[cell]
        spot = instrument.layout.spots[name]
        one = Candidate(
            option=1,
            variable=name,
            sheet=spot.sheet,
            cell=spot.cell,
            value=Decimal(new) / case.scale,
            found=Decimal(case.values[cell]) / case.scale,
            reason=_WHY[move.kind],
        )
        out.append(one)
    return tuple(out)


def _words(instrument: Instrument, cells: Sequence[Candidate], figures: str) -> str:
    """``“……自然人”（申请情况!D7）应为 12，现为 21（相邻两位数字颠倒）``."""
    told = []
    for one in cells[:_MOST_CELLS]:
        variable = instrument.variables[one.variable]
        labels = "／".join(_short(path[-1]) for path in (variable.row_path, variable.column_path))
        both = figures.format(shown(one.value), shown(one.found))
        told.append(f"“{labels}”（{one.sheet}!{one.cell}）{both}")
    more = f"等 {len(cells)} 格" if len(cells) > _MOST_CELLS else ""
    return f"{'，'.join(told)}{more}（{cells[0].reason}）"


def _short(label: str) -> str:
    """A heading without the note behind it."""
    return _NOTE.sub("", label) or label


def _hint(instrument: Instrument, submission: Submission, check: Check) -> str:
    """The bookkeeper's rules of thumb about a difference."""
    left, right = sides(submission, check)
    return "；".join(_hints(instrument, submission.content, check, abs(left - right)))


def _hints(instrument: Instrument, content: Return, check: Check, gap: Decimal) -> Iterator[str]:
    held = {key.name: value for key in check.current if (value := content.numbers.get(key.name))}
    same = [name for name, value in held.items() if abs(value) == gap]
    half = [name for name, value in held.items() if 2 * abs(value) == gap]
    if same:
        yield f"差额 {shown(gap)} 正好等于{_places(instrument, same)}，可能漏加或重加"
    if half:
        yield f"差额 {shown(gap)} 正好是{_places(instrument, half)}的两倍，可能加减方向弄反"
    if gap and gap % 9 == 0 and gap == int(gap):
        yield f"差额 {shown(gap)} 能被 9 整除，可能是相邻两位数字颠倒，或多写、少写一个 0"


def _places(instrument: Instrument, names: Sequence[str]) -> str:
    spots = [instrument.layout.spots[name] for name in names[:_MOST]]
    return "、".join(f"{spot.sheet}!{spot.cell}" for spot in spots)
