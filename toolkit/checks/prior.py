"""Last year's figures: those that a workbook carries against those on file, and those that were taken over whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.form import Variable
from toolkit.model.returns import Context, Submission
from toolkit.model.sentences import listed, worded

_SHOWN = 5
#: So many figures that are not 0 must be the same: fewer may be so by chance.
_FIGURES = 4


def with_context(instrument: Instrument, submission: Submission, context: Context) -> Submission:
    """The return beside what is known of its unit; FORM-12, one note, where it carries other figures of last year."""
    spots, filed = instrument.layout.spots, context.prior
    carried = {name: value for name, value in submission.content.prior.items() if prior_name(name) in spots}
    other = {n: value for n, value in carried.items() if value is not None and filed.get(n, value) != value}
    names = [prior_name(name) for name in other]
    cells = [
        worded(Code.FORM_12, "cell", cell=spots[prior_name(name)].cell, found=value, filed=filed[name]).message
        for name, value in other.items()
    ]
    told = worded(Code.FORM_12, cells=listed(cells, _SHOWN, "；", "；"))
    found = [Finding.at(told, [spots[name] for name in names], names)] if other else []
    return replace(submission, context=context, findings=(*submission.findings, *found))


def taken_over(instrument: Instrument, submission: Submission) -> Iterator[Finding]:
    """SIM-02: a table, else columns, else rows in which every figure is that of last year's return: a note a table."""
    inputs = [one for one in instrument.variables.values() if not one.derived] if submission.context.prior else []
    for table in instrument.form.tables:
        cells = [one for one in inputs if one.table == table.id]
        for way in ("table", "column", "row"):
            lines: dict[str, list[Variable]] = {}
            for one in cells:
                lines.setdefault(getattr(one, way), []).append(one)
            same = [line for line in lines.values() if _same(submission, line)]
            if same:
                names = [one.name for line in same for one in line]
                labels = [((way == "column" and line[0].column_path) or line[0].row_path)[-1] for line in same[:_SHOWN]]
                told = "、".join(f"“{label}”" for label in labels) + "等" * (len(same) > _SHOWN)
                count = sum(1 for name in names if submission.content.numbers[name])
                statement = worded(Code.SIM_02, way, count=count, lines=told)
                yield Finding.at(statement, [instrument.layout.spots[name] for name in names], names)
                break


def _same(submission: Submission, cells: Sequence[Variable]) -> bool:
    """Whether each of these figures is known of both years and the same, and enough of them are not 0."""
    now, before = (
        ([figures.get(one.name) for one in cells]) for figures in (submission.content.numbers, submission.context.prior)
    )
    return now == before and None not in now and sum(map(bool, now)) >= _FIGURES
