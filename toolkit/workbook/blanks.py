"""Blank cells that should hold a number, folded: a whole table, else a printed row, else the cell."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence

from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Outcome
from toolkit.model.finding import Severity


def blank_findings(instrument: Instrument, blanks: Sequence[str]) -> Iterator[Finding]:
    """VAL-01 for blank number cells: one finding a table if nothing at all was filled, else one a row."""
    for table in instrument.form.tables:
        mine = [name for name in blanks if instrument.variables[name].table == table.id]
        due = [v.name for v in instrument.variables.values() if v.table == table.id and not v.derived]
        if mine and len(mine) >= len(due) > 1:
            yield _finding(instrument, mine, "", "整张表都没有填")
            continue
        rows: dict[str, list[str]] = {}
        for name in mine:
            rows.setdefault(instrument.variables[name].row, []).append(name)
        for names in rows.values():
            yield _finding(instrument, names, instrument.variables[names[0]].row_label, "没有填")


def _finding(instrument: Instrument, names: Sequence[str], row: str, what: str) -> Finding:
    spots = [instrument.layout.spots[name] for name in names]
    single = len(names) == 1
    many = "" if single else f"（{len(names)} 格：{instrument.layout.range(names).replace(',', '、')}）"
    if len(many) > 80:  # noqa: PLR2004 - a line that a person reads
        many = f"（{len(names)} 格，从 {spots[0].cell} 起）"
    return Finding(
        rule="VAL-01",
        severity=Severity.ERROR,
        outcome=Outcome.UNDETERMINED,
        sheet=spots[0].sheet,
        cell=spots[0].cell,
        cells=tuple(spot.cell for spot in spots),
        variables=tuple(names),
        row=row,
        column=instrument.variables[names[0]].column_label if single else "",
        message=what + many,
        remedy="请填写数字，没有的填 0。",
    )
