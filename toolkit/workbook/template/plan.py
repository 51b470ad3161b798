"""What stands in every cell of a template, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from toolkit.forms import layout as book
from toolkit.forms.layout import CHECKS, COVER, IDENTITY, PERIOD, PRIOR, UNIT, CheckColumn, SheetPlaces, Spot
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import NIL_TICK, OpenList, Table, TextField, TextGroup
from toolkit.model.period import CALLED, on_file
from toolkit.model.sentences import phrase
from toolkit.rules.compile import derive
from toolkit.rules.expression import Key
from toolkit.workbook.template.cells import CellRole, Planned, Prefill, TemplatePlan, Word
from toolkit.workbook.template.conditions import literal, nil_formula
from toolkit.workbook.template.plan_checks import SUMMARY, check_lines, guarded_formula, sum_of
from toolkit.workbook.template.plan_entries import prior_members, prior_totals

_NIL_HINT = "没有发生的选“是”，表里对应的格自动填 0；只要有一件，就留空。"


def plan_template(instrument: Instrument, prefill: Prefill | None = None) -> TemplatePlan:
    """The plan of a blank or prefilled workbook."""
    given, layout, form = prefill or Prefill(), instrument.layout, instrument.form
    head = {name: text for name, text in {UNIT: given.unit, PERIOD: given.period}.items() if text}
    known = replace(given, values={**given.values, **head}, named=given.named or form.body_named(given.unit))
    typed = {name: given.values.get(book.prior_name(name)) for name in layout.prior}
    figures = {name: value for name, value in typed.items() if isinstance(value, Decimal)}
    prior = prior_known(instrument, {**given.prior, **figures})
    results = _results(instrument, given.values, prior)
    sheets: dict[str, list[Planned]] = {name: [] for name in layout.sheets}
    sheets[CHECKS] += check_lines(instrument, known)
    sheets[COVER] += _cover(instrument, known)
    for table in form.tables:
        sheets[table.sheet] += _table(instrument, table, known, results)
    for group in form.groups:
        sheets[group.sheet] += _texts(instrument, group, known)
    for one in form.lists:
        sheets[one.sheet] += _list(instrument, one, known)
    if layout.prior:
        sheets[PRIOR] += _prior(instrument, prior, typed)
    blank = TemplatePlan({name: tuple(cells) for name, cells in sheets.items()})
    mark = blank.fingerprint if not given.values else blank_plan(instrument).fingerprint
    told = vars(given) | {"form": form.id, "version": str(form.version), "fingerprint": mark}
    rows: list[Planned] = []
    for i, key in enumerate(book.IDENTITY_FIELDS):
        rows.append(Planned(Spot(IDENTITY, i, 0), CellRole.FIXED, key))
        rows.append(Planned(Spot(IDENTITY, i, 1), CellRole.FIXED, told[key], name=f"xxgk.{key}"))
    return TemplatePlan({**blank.sheets, IDENTITY: tuple(rows)})


@lru_cache(maxsize=16)
def blank_plan(instrument: Instrument) -> TemplatePlan:
    """The plan of the form's blank workbook: what every return is held against."""
    return plan_template(instrument)


def _results(
    instrument: Instrument, values: Mapping[str, Decimal | str], prior: Mapping[str, Decimal | None]
) -> dict[str, Decimal | None]:
    """What totals, and the cells that a tick fills, show at first."""
    formulas, nil_of = instrument.rules.formulas, instrument.form.nil_of
    nils = {name for name, one in nil_of.items() if values.get(one.name) == NIL_TICK} - formulas.keys()
    numbers = {name: value for name in instrument.names if isinstance(value := values.get(name), Decimal)}
    return derive(formulas, dict.fromkeys(nils, Decimal(0)) | numbers, prior, formulas.keys() & values.keys())


def prior_known(instrument: Instrument, given: Mapping[str, Decimal]) -> dict[str, Decimal | None]:
    """Last year's figures with the totals that the workbook computes of them."""
    return derive(prior_totals(instrument), given, {})


def _cover(instrument: Instrument, given: Prefill) -> Iterator[Planned]:
    form, layout = instrument.form, instrument.layout
    # Ticks stand in a column of their own, which all that has none reaches over.
    wide = 2 if form.nils else 1
    yield from Planned.top(COVER, form.title, form.basis, 3)
    hints = {UNIT: ("单位名称", "请写全称，与公章一致。"), PERIOD: ("", "")}
    for name, label, value in ((UNIT, "单位名称", given.unit), (PERIOD, "统计期间", given.period)):
        spot = layout.spot(name)
        yield Planned(spot._replace(col=0), CellRole.STUB, label)
        role = CellRole.FIXED if value else CellRole.TEXT
        yield Planned(spot, role, value or None, name=name, cols=wide, hint=hints[name])
    for one in form.cover:
        spot = layout.spot(one.name)
        yield Planned(spot._replace(col=0), CellRole.STUB, one.label)
        told = given.values.get(one.name)
        yield Planned(spot, CellRole.TEXT, told, name=one.name, cols=wide, hint=(one.label, one.hint))
    if form.nils:
        yield Planned(Spot(COVER, spot.row + 1, 0), CellRole.STUB, "零报告", rows=len(form.nils))
    for nil in form.nils:
        spot = layout.spot(nil.name)
        yield Planned(spot._replace(col=1), CellRole.STUB, nil.label)
        yield Planned(spot, CellRole.TICK, given.values.get(nil.name), name=nil.name, hint=("零报告", _NIL_HINT))
    last = spot.row
    yield Planned(Spot(COVER, last + 1, 0), CellRole.STUB, "校验结果")
    yield Planned(Spot(COVER, last + 1, 1), CellRole.RESULT, formula=SUMMARY.reference, cols=wide)
    if form.guide:
        yield Planned(Spot(COVER, last + 3, 0), CellRole.HEAD, "填表说明", cols=1 + wide)
    for i, line in enumerate(form.guide):
        yield Planned(Spot(COVER, last + 4 + i, 0), CellRole.HELP, line, cols=1 + wide)


def _table(
    instrument: Instrument, table: Table, given: Prefill, results: Mapping[str, Decimal | None]
) -> Iterator[Planned]:
    form, layout, grid = instrument.form, instrument.layout, instrument.layout.grids[table.id]
    units = dict.fromkeys(v.measure for v in table.variables if v.measure)
    unit = f"单位：{'、'.join(units)}。" if units else ""
    text = f"{unit}浅黄色格填写，没有的填 0；灰色格自动计算。"
    yield from Planned.top(table.sheet, table.title, text, grid.ncols)
    for cell in grid.cells:
        spot, name = layout.on_sheet(table.id, cell), cell.variable
        if cell.kind != "number":
            yield Planned(spot, CellRole(cell.kind), cell.plain, rows=cell.rows, cols=cell.cols)
            continue
        variable, value = form.cells[name], given.values.get(name)
        kind, told = variable.type, variable.type.kind + ("" if variable.type.required else " freely")
        computed, nil, formula = instrument.rules.formulas.get(name), form.nil_of.get(name), ""
        if value is None and computed:
            value, formula = results.get(name), guarded_formula(instrument, computed.right, table.sheet)
        elif value is None and nil:
            value, formula = results.get(name), nil_formula(layout.spot(nil.name))
        yield Planned(
            spot=spot,
            role=CellRole.TOTAL if computed else CellRole.TEXT if kind.choices or kind.is_words else CellRole.NUMBER,
            value=value,
            formula=formula,
            name=name,
            rows=cell.rows,
            cols=cell.cols,
            type=kind,
            hint=(variable.row_path[-1], f"{variable.row_label}。{phrase(f'enter {told}')}"),
        )


def _texts(instrument: Instrument, group: TextGroup, given: Prefill) -> Iterator[Planned]:
    yield from Planned.top(group.sheet, group.title, "在中间一列填写正文；换段按 Alt+Enter。", 2)
    for text in group.texts:
        spot, written = instrument.layout.spot(text.name), given.values.get(text.name)
        yield Planned(spot._replace(col=0), CellRole.STUB, text.label)
        yield Planned(spot, CellRole.TEXT, written, name=text.name)
        yield _hint(instrument, text)


def _hint(instrument: Instrument, text: TextField) -> Planned:
    """Beside a text, on the screen only: what to write, how much of it a page shows, and what its line says of it."""
    spot = instrument.layout.spot(text.name)
    most = book.TEXT_LINES * book.TEXT_WIDTH // 2
    asked = f"{'必填' if text.required else '选填'}。{text.hint}"
    hint = f"{asked}打印时约容 {most} 字，现有 "
    long = f"超出 {most} 字的部分打印不出来，请精简或另附全文。"
    verdict = '""'
    if text.required:
        at = instrument.layout.check_spot(book.text_key(text.name), CheckColumn.VERDICT).reference
        verdict = f'IF(OR(LEN({spot.cell})=0,{at}="{Word.PASSED}"),"","【"&{at}&"】")'
    count = f"LEN({spot.cell})"
    formula = f'{verdict}&{literal(hint)}&{count}&" 字。"&IF({count}>{most},{literal(long)},"")'
    return Planned(spot._replace(col=2), CellRole.SENTENCE, asked, formula)


def _list(instrument: Instrument, one: OpenList, given: Prefill) -> Iterator[Planned]:
    yield from Planned.top(one.sheet, one.title, one.hint, 3)
    yield from Planned.heads(one.sheet, book.LIST_TOP - 1, ("序号", one.label, one.count))
    for line in range(1, one.size + 1):
        word, number = one.names(line)
        label, count = instrument.layout.spot(word), instrument.layout.spot(number)
        yield Planned(label._replace(col=0), CellRole.STUB, line)
        yield Planned(label, CellRole.TEXT, given.values.get(word), name=word)
        yield Planned(count, CellRole.NUMBER, given.values.get(number), name=number, type=one.type)


def _prior(
    instrument: Instrument, prior: Mapping[str, Decimal | None], typed: Mapping[str, Decimal | str | None]
) -> Iterator[Planned]:
    times = {name: on_file(name)[1] for name in instrument.layout.prior}
    told, more = ("以前的", "当年头一期的“本年前期”填 0。") if any(times.values()) else ("上年", "")
    text = f"已由收表单位填好的为灰色；空白的请照{told}报告填写，没有{told}报告的留空。{more}"
    yield from Planned.top(PRIOR, "上年数", text, 3)
    yield from Planned.heads(PRIOR, book.PRIOR_TOP - 1, ("项目", "栏目", "上年数"))
    places = SheetPlaces(instrument.layout, PRIOR)
    for name in instrument.layout.prior:
        variable, spot = instrument.known[name], instrument.layout.spot(book.prior_name(name))
        when = f"（{CALLED[times[name]]}）" if times[name] else ""
        members, own = prior_members(instrument, name), typed[name]
        value = prior.get(name) if own is None or members else own
        yield Planned(spot._replace(col=0), CellRole.STUB, variable.row_label)
        yield Planned(spot._replace(col=1), CellRole.STUB, variable.column_label + when)
        yield Planned(
            spot=spot,
            role=CellRole.TOTAL
            if members
            else CellRole.FIXED
            if own is None and value is not None
            else CellRole.NUMBER,
            value=value,
            formula=sum_of([Key(m, prior=True) for m in members], places) if members else "",
            name=book.prior_name(name),
            type=variable.type,
            hint=("上年数", variable.row_label),
        )
