"""Blank cells that should hold something, folded: a whole table or sheet, else a printed row, else the cell."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Outcome
from toolkit.model.finding import Severity
from toolkit.model.flat import CellError
from toolkit.model.flat import FlatCell
from toolkit.model.flat import FlatWorkbook
from toolkit.text import shortened


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


def blank_texts(instrument: Instrument, flat: FlatWorkbook, texts: Mapping[str, str]) -> Iterator[Finding]:
    """VAL-01 for required texts: one finding a sheet if none of several was written, else one a text.

    An error value is none in any text: left unsaid, it would look as if nothing had been written there.
    """
    for group in instrument.form.groups:
        due = [text for text in group.texts if text.required]
        missing = {text.name: "必填的文字没有填" for text in due if not texts[text.name]}
        cells = {text.name: flat.at(*instrument.layout.cells[text.name]) for text in group.texts}
        spoilt = {name: told for name, cell in cells.items() if (told := _spoilt(cell, due=name in missing))}
        if len(missing) == len(due) > 1 and not spoilt:
            labels = "、".join(text.label for text in due)
            told = f"必填的文字都没有填（{len(missing)} 项：{labels}）"
            yield _text(instrument, list(missing), "", told, "请填写各部分的文字。")
            continue
        for text in group.texts:
            if told := spoilt.get(text.name) or missing.get(text.name, ""):
                remedy = "请改填文字。" if text.name in spoilt else "请填写这一部分的文字。"
                yield _text(instrument, [text.name], text.label, told, remedy)


def _spoilt(cell: FlatCell, *, due: bool) -> str:
    """What stands in the place of a text, if it is none."""
    if cell.formula is not None and due:
        return f"填的是公式“={shortened(cell.formula)}”，不是文字"
    return f"是错误值 {shortened(cell.value.code)}，不是文字" if isinstance(cell.value, CellError) else ""


def _text(instrument: Instrument, names: Sequence[str], row: str, message: str, remedy: str) -> Finding:
    spots = [instrument.layout.spots[name] for name in names]
    return Finding(
        rule="VAL-01",
        severity=Severity.ERROR,
        sheet=spots[0].sheet,
        cell=spots[0].cell,
        cells=tuple(spot.cell for spot in spots),
        variables=tuple(names),
        row=row,
        message=message,
        remedy=remedy,
    )


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
