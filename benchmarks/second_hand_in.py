"""Whether a return is right at its second hand-in: every blank told by its row, or proposed as 0 and confirmed once.

    python -m benchmarks.second_hand_in

Forty units take the true figures of the samples in turn. Each has the habits of a desk, drawn by chance: 60 % leave
blank what is 0, 15 % type ``10件`` into some cells, 15 % type totals over their formulas, 10 % have a row of a table
one line too low.

The respondent follows the lines of the notice literally, each for itself with the probability `FOLLOWED`, then puts
right what that line names, all of it; a line is passed over otherwise. A line about a sum or balance leads to the
faulty figures in 70 of 100 cases. Nobody looks at the check sheet or does what no line says. These are assumptions
about people, not observations of them: what is shown is what follows from the number of lines.

A return is right when it is accepted and every figure is the true one. Units with an even number were looked at while
the program was made, those with an odd number are reported.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

import openpyxl

from samples.build import RETURNS, load_prefill, members
from toolkit.forms.layout import CONFIRM
from toolkit.instrument.catalogue import load
from toolkit.model.codes import FORMULAS, Code
from toolkit.model.finding import Finding, Outcome, Severity
from toolkit.model.returns import Verdict
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.annotate import annotate
from toolkit.workbook.annotation.marks import lines_of
from toolkit.workbook.proposals import CONFIRMED
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

UNITS, SEED = 40, 20260128
FOLLOWED = (0.9, 0.97)
_FORM = load("zfxxgk-2021")
_ENTERED = [name for name, one in _FORM.variables.items() if not one.derived]
Values = dict[str, Decimal | str]


@dataclass(frozen=True)
class Unit:
    """A unit: what is true, and what it hands in first."""

    true: Prefill
    first: Prefill


def judge(data: bytes) -> Verdict:
    """The verdict on a workbook."""
    (found,) = judged([understand_bytes("某局.xlsx", data)])
    return found


def truths() -> list[Prefill]:
    """The samples that are accepted as they are, every figure written."""
    found = [*members(), *(load_prefill(path) for path in sorted(RETURNS.rglob("*.toml")))]
    plain = [replace(one, code="", key="", signature="") for one in found]
    return [one for one in plain if judge(write_template(_FORM, one)).status.counts]


def units(draw: Random) -> Iterator[Unit]:
    """Forty units with their habits."""
    known = truths()
    for number in range(UNITS):
        true = known[number % len(known)]
        yield Unit(true, replace(true, values=_handed_in(dict(true.values), draw)))


def _handed_in(values: Values, draw: Random) -> Values:
    numbers = [name for name in _ENTERED if isinstance(values.get(name), Decimal)]
    if draw.random() < 0.10:
        below = [(a, b) for a, b in zip(numbers, numbers[7:], strict=False) if a.startswith("requests.")][:40]
        for above, place in reversed(below):
            values[place] = values[above]
    if draw.random() < 0.60:
        for name in numbers:
            if values[name] == 0:
                del values[name]
    if draw.random() < 0.15:
        for name in draw.sample([name for name in numbers if name in values], 3):
            values[name] = f"{values[name]}件"
    if draw.random() < 0.15:
        content = judge(write_template(_FORM, Prefill(unit="某局", period="2025", values=values))).content
        totals = content.numbers if content else {}
        values |= {name: total for name in _FORM.rules.formulas if (total := totals.get(name)) is not None}
    return values


def second(unit: Unit, draw: Random, followed: float, *, proposing: bool) -> tuple[bool, int]:
    """Whether the second hand-in is right, and how many lines about blanks the unit had to read."""
    data = write_template(_FORM, unit.first)
    verdict = judge(data)
    if verdict.status.counts:
        return _is_right(verdict, unit.true), 0
    lines = [one for one in lines_of(_FORM, verdict, enclosed=proposing) if one.severity is not Severity.NOTE]
    values, is_confirmed = dict(unit.first.values), False
    for line in lines:
        likely = followed * (0.7 if line.rule.startswith(("BAL", "SUM", "YOY")) else 1)
        if draw.random() < likely:
            is_confirmed |= line.rule == Code.VAL_14
            _mend(values, line, unit.true.values)
    sent = _sent(data, verdict, values, is_confirmed=is_confirmed) if proposing else None
    again = judge(sent or write_template(_FORM, replace(unit.first, values=values)))
    return _is_right(again, unit.true), sum(_is_of_blanks(line) for line in lines)


def _mend(values: Values, line: Finding, true: Mapping[str, Decimal | str]) -> None:
    for name in line.variables if line.rule != Code.VAL_14 else ():
        if name in _FORM.rules.formulas and line.rule in FORMULAS:
            values.pop(name, None)
        elif name in true:
            values[name] = true[name]
    if line.rule.startswith(("BAL", "SUM")):
        values |= {name: true[name] for name in _ENTERED if name in true and name.startswith("requests.")}


def _sent(data: bytes, verdict: Verdict, values: Values, *, is_confirmed: bool) -> bytes:
    """The annotated copy as the unit sends it back: corrected by hand, confirmed or not."""
    book = openpyxl.load_workbook(io.BytesIO(annotate(data, _FORM, verdict)))
    content = verdict.content
    for name in _ENTERED:
        value = values.get(name)
        if value is not None and content is not None and value != content.numbers.get(name):
            sheet, address = _FORM.layout.cells[name]
            book[sheet][address].value = float(value) if isinstance(value, Decimal) else value
    if is_confirmed:
        book[CONFIRM]["A1"].value = CONFIRMED
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _is_of_blanks(line: Finding) -> bool:
    return line.rule == Code.VAL_14 or (line.rule == Code.VAL_01 and line.outcome is Outcome.UNDETERMINED)


def _is_right(verdict: Verdict, true: Prefill) -> bool:
    content = verdict.content
    return (
        verdict.status.counts
        and content is not None
        and all(content.numbers[name] == true.values.get(name) for name in _ENTERED)
    )


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same draw for everybody


def main() -> None:
    """Print the table for the units that are reported."""
    reported = [unit for number, unit in enumerate(units(_chance(SEED))) if number % 2]
    faulty = [unit for unit in reported if not judge(write_template(_FORM, unit.first)).status.counts]
    print(f"{len(reported)} units, {len(faulty)} returned at first")
    print("followed   right at the second hand-in   lines about blanks, mean of units that have any")
    for followed in FOLLOWED:
        for proposing in (False, True):
            draw = _chance(SEED + 1)
            found = [second(unit, draw, followed, proposing=proposing) for _ in range(2) for unit in faulty]
            lines = [count for _, count in found if count]
            right, how = sum(ok for ok, _ in found), "proposed" if proposing else "told    "
            print(f"{followed:.2f} {how}  {right} of {len(found)}   {sum(lines) / max(1, len(lines)):.1f}")


if __name__ == "__main__":
    main()
