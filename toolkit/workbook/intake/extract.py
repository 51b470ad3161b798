"""Blank cells that should hold something, folded: a whole table or sheet, else a printed row, else the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.forms.layout import PERIOD, UNIT, Spot, explain_name, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Outcome, Severity
from toolkit.model.flat import CellError, CellValue, FlatCell, FlatWorkbook
from toolkit.model.form import NumberType, OpenList
from toolkit.model.period import Period
from toolkit.model.returns import Identity, Return
from toolkit.rules.compile import derive
from toolkit.text import shortened
from toolkit.workbook.intake.forensics import Formulas
from toolkit.workbook.intake.numbers import read_number, read_text
from toolkit.workbook.template.plan import prior_members


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


#: Characters of a unit's name: it heads every page that tells of the unit.
_LONGEST_UNIT = 255


@dataclass
class _Reader:
    """One workbook being understood."""

    flat: FlatWorkbook
    instrument: Instrument
    formulas: Formulas
    findings: list[Finding] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)
    noted: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)

    def spot(self, name: str) -> Spot:
        return self.instrument.layout.spots[name]

    def value(self, name: str) -> CellValue:
        return self.flat.at(*self.instrument.layout.cells[name]).value

    def text(self, name: str) -> str:
        cell = self.flat.at(*self.instrument.layout.cells[name])
        return read_text(cell, self.flat.styles[cell.style], from_1904=self.flat.from_1904)

    def number(self, name: str, kind: NumberType, labels: tuple[str, str], *, due: bool = True) -> Decimal | None:
        """A number cell's value; what is wrong with it becomes a finding."""
        sheet, address = self.instrument.layout.cells[name]
        cell = self.flat.at(sheet, address)
        reading = read_number(cell, self.flat.styles[cell.style], kind)
        if reading.blank:
            if name in self.formulas.overwritten:
                row, column = labels
                told = "请恢复公式：从空白模板复制同一格。"
                self.findings.append(_at(self, name, "合计公式被删除", told, row=row, column=column))
            elif due:
                self.blanks.append(name)
            return None
        if reading.fault:
            row, column = labels
            told = reading.remedy + "。"
            self.findings.append(_at(self, name, reading.fault, told, row=row, column=column))
        elif reading.note:
            self.noted.setdefault((sheet, reading.remedy), []).append((name, reading.note))
        return reading.value

    def labels(self, name: str) -> tuple[str, str]:
        variable = self.instrument.variables[name]
        return variable.row_label, variable.column_label


def extract(
    flat: FlatWorkbook,
    instrument: Instrument,
    identity: Identity,
    formulas: Formulas,
    source: tuple[str, str],
) -> tuple[Return, list[Finding]]:
    """The return and the findings about its values. ``source`` is file name and SHA-256."""
    reader = _Reader(flat, instrument, formulas)
    prior = _prior(reader)
    numbers, typed = _numbers(reader, prior)
    texts = {name: reader.text(name) for name in instrument.form.texts}
    listed = {one.id: tuple(_items(reader, one)) for one in instrument.form.lists}
    unit = " ".join((reader.text(UNIT) or identity.unit).split())[: _LONGEST_UNIT + 1]
    period, period_findings = _period(reader, identity)
    content = Return(
        file=source[0],
        sha256=source[1],
        identity=identity,
        unit=unit,
        period=period,
        numbers=numbers,
        prior=prior,
        texts=texts,
        items={name: tuple((label, count) for _, label, count in rows) for name, rows in listed.items()},
        lines={name: tuple(line for line, _, _ in rows) for name, rows in listed.items()},
        cover={one.name: reader.text(one.name) for one in instrument.form.cover},
        explanations=_explanations(reader),
        overwritten=frozenset(typed),
    )
    findings = [
        *_unit(reader, identity, unit),
        *period_findings,
        *blank_findings(instrument, reader.blanks),
        *reader.findings,
        *blank_texts(instrument, flat, texts),
        *_notes(reader),
    ]
    return content, findings


def _at(  # noqa: PLR0913 - a finding has that many parts
    reader: _Reader, name: str, message: str, remedy: str, *, row: str = "", column: str = "", code: str = "VAL-01"
) -> Finding:
    """A finding at one named cell."""
    spot = reader.spot(name)
    return Finding(
        rule=code,
        severity=Severity.ERROR,
        sheet=spot.sheet,
        cell=spot.cell,
        cells=(spot.cell,),
        variables=(name,),
        row=row,
        column=column,
        message=message,
        remedy=remedy,
    )


def _numbers(reader: _Reader, prior: Mapping[str, Decimal | None]) -> tuple[dict[str, Decimal | None], set[str]]:
    """Every variable, derived ones computed again unless their formula was overwritten."""
    rules = reader.instrument.rules
    typed = {name for name in rules.formulas if name in reader.formulas.overwritten}
    entered: dict[str, Decimal | None] = {}
    for name, variable in reader.instrument.variables.items():
        if not variable.derived or name in typed:
            entered[name] = reader.number(name, variable.type, reader.labels(name))
    found = derive(rules.formulas, entered, prior, typed)
    return {name: found.get(name) for name in reader.instrument.names}, typed


def _prior(reader: _Reader) -> dict[str, Decimal | None]:
    """Last year's figures that the workbook carries; blanks are nothing missing."""
    out: dict[str, Decimal | None] = {}
    totals: dict[str, tuple[str, ...]] = {}
    for name in reader.instrument.layout.prior:
        members = prior_members(reader.instrument, name)
        if members and prior_name(name) not in reader.formulas.overwritten:
            totals[name] = members
            continue
        kind = reader.instrument.variables[name].type
        row, column = reader.labels(name)
        out[name] = reader.number(prior_name(name), kind, (f"上年 {row}", column), due=False)
    for name in reader.instrument.rules.formulas:
        members = totals.get(name, ())
        if not members:
            continue
        known = [value for member in members if (value := out.get(member)) is not None]
        out[name] = sum(known, Decimal(0)) if len(known) == len(members) else None
    return out


def _items(reader: _Reader, one: OpenList) -> Iterator[tuple[int, str, Decimal]]:
    """The filled lines of an open list; a line needs both its label and its count."""
    for line in range(1, one.size + 1):
        label_name, count_name = one.names(line)
        label = reader.text(label_name)
        row = f"第 {line} 行 {shortened(label)}".strip()
        count = reader.number(count_name, one.type, (row, one.count), due=False)
        if label and count is not None:
            yield line, label, count
        elif count is not None or (label and reader.value(count_name) is None):
            missing, what = (count_name, one.count) if label else (label_name, one.label)
            remedy = f"这一行的{one.label}和{one.count}要同时填写，不需要时两格都留空。"
            reader.findings.append(_at(reader, missing, "没有填", remedy, row=f"第 {line} 行", column=what))


def _notes(reader: _Reader) -> Iterator[Finding]:
    """Values read another way than they stand: one note a sheet and remedy."""
    for (sheet, remedy), noted in reader.noted.items():
        cells = tuple(reader.spot(name).cell for name, _ in noted)
        told = "；".join(f"{cell} {note}" for cell, (_, note) in list(zip(cells, noted, strict=True))[:5])
        more = f"；等 {len(noted)} 格" if len(noted) > 5 else ""  # noqa: PLR2004
        yield Finding(
            rule="VAL-10",
            severity=Severity.NOTE,
            sheet=sheet,
            cell=cells[0],
            cells=cells,
            variables=tuple(name for name, _ in noted),
            message=told + more,
            remedy=f"{remedy}。",
        )


def _unit(reader: _Reader, identity: Identity, unit: str) -> Iterator[Finding]:
    if not unit:
        yield _at(reader, UNIT, "封面没有填写单位名称", "请填写单位全称。", code="FORM-09")
    elif len(unit) > _LONGEST_UNIT:
        message = f"封面的单位名称“{shortened(unit)}”超过 {_LONGEST_UNIT} 个字，不是单位名称"
        yield _at(reader, UNIT, message, "请填写单位全称。", code="FORM-09")
    elif identity.unit and unit != " ".join(identity.unit.split()):
        message = f"封面的单位名称“{shortened(unit)}”与发给“{shortened(identity.unit)}”的模板不一致"
        yield _at(reader, UNIT, message, "请用发给本单位的模板填写；单位更名的，请与收表单位联系。", code="FORM-11")


def _period(reader: _Reader, identity: Identity) -> tuple[str, list[Finding]]:
    kind, shown = reader.instrument.form.period_kind, reader.text(PERIOD)
    text = identity.period or shown
    try:
        period = Period.parse(text, kind)
    except ValueError as error:
        message = str(error) if text else "封面没有填写统计期间"
        return text, [_at(reader, PERIOD, message, "请填写统计期间，例如 2025。", code="FORM-10")]
    if identity.period and shown and not _same_period(shown, period):
        message = f"封面的统计期间“{shortened(shown)}”与模板的期间 {period} 不一致"
        return str(period), [_at(reader, PERIOD, message, "请换用本期的模板填写。", code="FORM-11")]
    return str(period), []


def _same_period(text: str, period: Period) -> bool:
    try:
        return Period.parse(text, period.kind) == period
    except ValueError:
        return text == period.label


def _explanations(reader: _Reader) -> dict[str, str]:
    layout = reader.instrument.layout
    found = {key: reader.text(explain_name(key)) for key in layout.checks if key in layout.explained}
    return {key: text for key, text in found.items() if text}
