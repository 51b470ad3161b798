"""Last year's figures: those that a workbook carries against those on file, and those that were taken over whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.form import Variable
from toolkit.model.returns import Context, Return, Submission
from toolkit.model.sentences import listed, worded

_SHOWN = 5
#: So many figures that are not 0 must be the same: fewer may be so by chance.
_FIGURES = 4


def with_context(instrument: Instrument, submission: Submission, context: Context) -> Submission:
    """The return beside what is known of its unit, with a note where it carries other figures of last year."""
    found = (*submission.findings, *_changed(instrument, submission.content, context.prior))
    return replace(submission, context=context, findings=found)


def _changed(instrument: Instrument, content: Return, figures: Mapping[str, Decimal]) -> Iterator[Finding]:
    """FORM-12: last year's figures that the workbook carries but that are not the ones on file: one note."""
    spots = instrument.layout.spots
    other = [
        name
        for name, value in content.prior.items()
        if value is not None and name in figures and figures[name] != value and prior_name(name) in spots
    ]
    if other:
        names = [prior_name(name) for name in other]
        cells = [
            worded(
                Code.FORM_12,
                "cell",
                cell=spots[prior_name(name)].cell,
                found=content.prior[name],
                filed=figures[name],
            ).message
            for name in other
        ]
        told = worded(Code.FORM_12, cells=listed(cells, _SHOWN, "；", "；"))
        yield Finding.at(told, [spots[name] for name in names], names)


def taken_over(instrument: Instrument, submission: Submission) -> Iterator[Finding]:
    """SIM-02: a table, else columns, else rows in which every figure is that of last year's return: a note a table."""
    before = submission.context.prior
    inputs = [one for one in instrument.variables.values() if not one.derived] if before else []
    for table in instrument.form.tables:
        cells = [one for one in inputs if one.table == table.id]
        told = [("table", "", cells)] if _same(submission, cells) else []
        told = told or list(_lines(submission, "column", cells)) or list(_lines(submission, "row", cells))
        if told:
            same = [one for _, _, line in told for one in line]
            count = sum(1 for one in same if submission.content.numbers[one.name])
            lines = "、".join(f"“{label}”" for _, label, _ in told[:_SHOWN]) + "等" * (len(told) > _SHOWN)
            names = [one.name for one in same]
            statement = worded(Code.SIM_02, told[0][0], count=count, lines=lines)
            yield Finding.at(statement, [instrument.layout.spots[name] for name in names], names)


def _lines(submission: Submission, way: str, cells: Sequence[Variable]) -> Iterator[tuple[str, str, list[Variable]]]:
    """The columns, or the rows, that are the same throughout, with their labels."""
    lines: dict[str, list[Variable]] = {}
    for one in cells:
        lines.setdefault(getattr(one, way), []).append(one)
    for line in lines.values():
        if _same(submission, line):
            yield way, (line[0].column_path if way == "column" else line[0].row_path)[-1].replace("|", ""), line


def _same(submission: Submission, cells: Sequence[Variable]) -> bool:
    """Whether each of these figures is known of both years and the same, and enough of them are not 0."""
    now, before = submission.content.numbers, submission.context.prior
    if any((value := now[one.name]) is None or before.get(one.name) != value for one in cells):
        return False
    return sum(1 for one in cells if now[one.name]) >= _FIGURES
