"""What stands in every cell of a template, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from toolkit.forms.layout import (
    CHECKS,
    COVER,
    IDENTITY,
    IDENTITY_FIELDS,
    PERIOD,
    PRIOR,
    PRIOR_TOP,
    TEXT_LINES,
    TEXT_WIDTH,
    UNIT,
    CheckColumn,
    SheetPlaces,
    Spot,
    prior_name,
    text_key,
)
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import TextField
from toolkit.rules.compile import derive
from toolkit.rules.expression import Key
from toolkit.workbook.template.cells import PASSED, CellRole, Known, Planned, Prefill, TemplatePlan
from toolkit.workbook.template.conditions import literal
from toolkit.workbook.template.plan_checks import SUMMARY, check_lines, guarded_formula, sum_of
from toolkit.workbook.template.plan_entries import first_verdict, prior_members


def plan_template(instrument: Instrument, prefill: Prefill | None = None) -> TemplatePlan:
    """The plan of a blank or prefilled workbook."""
    given = prefill or Prefill()
    known = _knowledge(instrument, given)
    layout, form = instrument.layout, instrument.form
    sheets: dict[str, list[Planned]] = {name: [] for name in layout.sheets}
    sheets[CHECKS] += check_lines(instrument, known)
    summary = next(cell.value for cell in sheets[CHECKS] if cell.spot == SUMMARY)
    sheets[COVER] += _cover(instrument, given, known, str(summary))
    for table in form.tables:
        sheets[table.sheet] += _table(instrument, table.id, known)
    for group in form.groups:
        sheets[group.sheet] += _texts(instrument, group.id, known)
    for one in form.lists:
        sheets[one.sheet] += _list(instrument, one.id, known)
    if layout.prior:
        sheets[PRIOR] += _prior(instrument, known)
    blank = TemplatePlan({name: tuple(cells) for name, cells in sheets.items()})
    identity = {
        "form": form.id,
        "version": str(form.version),
        "code": given.code,
        "unit": given.unit,
        "period": given.period,
        "fingerprint": blank.fingerprint if not given.values else blank_plan(instrument).fingerprint,
        "key": given.key,
        "signature": given.signature,
    }
    rows = []
    for i, key in enumerate(IDENTITY_FIELDS):
        rows.append(Planned(spot=Spot(IDENTITY, i, 0), role=CellRole.FIXED, value=key))
        rows.append(Planned(spot=Spot(IDENTITY, i, 1), role=CellRole.FIXED, value=identity[key], name=f"xxgk.{key}"))
    return TemplatePlan({**blank.sheets, IDENTITY: tuple(rows)})


@lru_cache(maxsize=16)
def blank_plan(instrument: Instrument) -> TemplatePlan:
    """The plan of the form's blank workbook: what every return is held against."""
    return plan_template(instrument)


def _knowledge(instrument: Instrument, given: Prefill) -> Known:
    names = instrument.names
    numbers = {n: v for n in names if isinstance(v := given.values.get(n), Decimal)}
    typed = {n for n in instrument.rules.formulas if n in given.values}
    prior = prior_known(instrument, given.prior)
    head = {name: text for name, text in ((UNIT, given.unit), (PERIOD, given.period)) if text}
    current = derive(instrument.rules.formulas, numbers, prior, typed)
    named = given.named or instrument.form.body_named(given.unit)
    return Known(current, prior, {**given.values, **head}, given.body, named)


def prior_known(instrument: Instrument, given: Mapping[str, Decimal]) -> dict[str, Decimal | None]:
    """Last year's figures with the totals that the workbook computes of them."""
    prior: dict[str, Decimal | None] = dict(given)
    for name in instrument.rules.formulas:
        if name in instrument.layout.prior and (members := prior_members(instrument, name)):
            prior[name] = _known([prior.get(member) for member in members])
    return prior


def _cover(instrument: Instrument, given: Prefill, known: Known, summary: str) -> Iterator[Planned]:
    form, layout = instrument.form, instrument.layout
    yield Planned(spot=Spot(COVER, 0, 0), role=CellRole.TITLE, value=form.title, cols=3)
    yield Planned(spot=Spot(COVER, 1, 0), role=CellRole.HELP, value=form.basis, cols=3)
    unit, period = layout.spot(UNIT), layout.spot(PERIOD)
    yield Planned(spot=Spot(COVER, unit.row, 0), role=CellRole.STUB, value="单位名称")
    yield Planned(
        spot=unit,
        role=CellRole.FIXED if given.unit else CellRole.TEXT,
        value=given.unit or None,
        name=UNIT,
        hint=("单位名称", "请写全称，与公章一致。"),
    )
    yield Planned(spot=Spot(COVER, period.row, 0), role=CellRole.STUB, value="统计期间")
    yield Planned(
        spot=period, role=CellRole.FIXED if given.period else CellRole.TEXT, value=given.period or None, name=PERIOD
    )
    last = period.row
    for one in form.cover:
        spot = layout.spot(one.name)
        last = spot.row
        yield Planned(spot=Spot(COVER, spot.row, 0), role=CellRole.STUB, value=one.label)
        value = known.values.get(one.name)
        yield Planned(spot=spot, role=CellRole.TEXT, value=value, name=one.name, hint=(one.label, one.hint))
    yield Planned(spot=Spot(COVER, last + 1, 0), role=CellRole.STUB, value="校验结果")
    yield Planned(
        spot=Spot(COVER, last + 1, 1),
        role=CellRole.RESULT,
        formula=SUMMARY.reference,
        value=summary,
    )
    if form.guide:
        yield Planned(spot=Spot(COVER, last + 3, 0), role=CellRole.HEAD, value="填表说明", cols=2)
    for i, line in enumerate(form.guide):
        yield Planned(spot=Spot(COVER, last + 4 + i, 0), role=CellRole.HELP, value=line, cols=2)


def _table(instrument: Instrument, table_id: str, known: Known) -> Iterator[Planned]:
    layout, table = instrument.layout, instrument.form.table(table_id)
    grid = layout.grids[table_id]
    yield Planned(spot=Spot(table.sheet, 0, 0), role=CellRole.TITLE, value=table.title, cols=grid.ncols)
    yield Planned(spot=Spot(table.sheet, 1, 0), role=CellRole.HELP, value=_help(instrument, table_id), cols=grid.ncols)
    roles = {"band": CellRole.BAND, "head": CellRole.HEAD, "stub": CellRole.STUB, "note": CellRole.NOTE}
    places = SheetPlaces(layout, table.sheet)
    for cell in grid.cells:
        spot = layout.on_sheet(table_id, cell)
        if cell.kind != "number":
            yield Planned(spot=spot, role=roles[cell.kind], value=cell.plain, rows=cell.rows, cols=cell.cols)
            continue
        variable = instrument.variables[cell.variable]
        formula = instrument.rules.formulas.get(cell.variable)
        written = known.values.get(cell.variable)
        yield Planned(
            spot=spot,
            role=CellRole.TOTAL if formula else CellRole.NUMBER,
            value=written if written is not None or not formula else known.result(formula.right),
            formula=guarded_formula(formula.right, places) if formula and written is None else "",
            name=cell.variable,
            rows=cell.rows,
            cols=cell.cols,
            type=variable.type,
            hint=(variable.row_path[-1], f"{variable.row_label}。没有的填 0。"),
        )


def _help(instrument: Instrument, table_id: str) -> str:
    units = dict.fromkeys(v.type.unit for v in instrument.variables.values() if v.table == table_id and v.type.unit)
    unit = f"单位：{'、'.join(units)}。" if units else ""
    return f"{unit}浅黄色格填写，没有的填 0；灰色格自动计算。"


def _texts(instrument: Instrument, group_id: str, known: Known) -> Iterator[Planned]:
    group = next(g for g in instrument.form.groups if g.id == group_id)
    yield Planned(spot=Spot(group.sheet, 0, 0), role=CellRole.TITLE, value=group.title, cols=2)
    yield Planned(
        spot=Spot(group.sheet, 1, 0), role=CellRole.HELP, value="在中间一列填写正文；换段按 Alt+Enter。", cols=2
    )
    for text in group.texts:
        spot = instrument.layout.spot(text.name)
        yield Planned(spot=Spot(spot.sheet, spot.row, 0), role=CellRole.STUB, value=text.label)
        yield Planned(spot=spot, role=CellRole.TEXT, value=known.values.get(text.name), name=text.name)
        yield _hint(instrument, text, str(known.values.get(text.name) or ""))


def _hint(instrument: Instrument, text: TextField, written: str) -> Planned:
    """Beside a text, on the screen only: what to write, how much of it a page shows, and what its line says of it."""
    spot = instrument.layout.spot(text.name)
    most = TEXT_LINES * TEXT_WIDTH // 2
    hint = f"{'必填' if text.required else '选填'}。{text.hint}打印时约容 {most} 字，现有 "
    long = f"超出 {most} 字的部分打印不出来，请精简或另附全文。"
    verdict, value = '""', ""
    if text.required:
        at = instrument.layout.check_spot(text_key(text.name), CheckColumn.VERDICT).reference
        verdict = f'IF(OR(LEN({spot.cell})=0,{at}="{PASSED}"),"","【"&{at}&"】")'
        found = first_verdict(instrument.wanted[text.name], written)
        value = f"【{found}】" if written and found != PASSED else ""
    count = f"LEN({spot.cell})"
    formula = f'{verdict}&{literal(hint)}&{count}&" 字。"&IF({count}>{most},{literal(long)},"")'
    value += f"{hint}{len(written)} 字。" + (long if len(written) > most else "")
    return Planned(spot=Spot(spot.sheet, spot.row, 2), role=CellRole.SENTENCE, formula=formula, value=value)


def _list(instrument: Instrument, list_id: str, known: Known) -> Iterator[Planned]:
    one = next(x for x in instrument.form.lists if x.id == list_id)
    yield Planned(spot=Spot(one.sheet, 0, 0), role=CellRole.TITLE, value=one.title, cols=3)
    yield Planned(spot=Spot(one.sheet, 1, 0), role=CellRole.HELP, value=one.hint, cols=3)
    top = instrument.layout.spot(one.names(1)[0]).row
    for col, text in enumerate(("序号", one.label, one.count)):
        yield Planned(spot=Spot(one.sheet, top - 1, col), role=CellRole.HEAD, value=text)
    for line in range(1, one.size + 1):
        label, count = one.names(line)
        yield Planned(spot=Spot(one.sheet, top + line - 1, 0), role=CellRole.STUB, value=str(line))
        yield Planned(spot=instrument.layout.spot(label), role=CellRole.TEXT, value=known.values.get(label), name=label)
        value = known.values.get(count)
        yield Planned(spot=instrument.layout.spot(count), role=CellRole.NUMBER, value=value, name=count, type=one.type)


def _prior(instrument: Instrument, known: Known) -> Iterator[Planned]:
    layout = instrument.layout
    yield Planned(spot=Spot(PRIOR, 0, 0), role=CellRole.TITLE, value="上年数", cols=3)
    text = "已由收表单位填好的为灰色；空白的请照上年报告填写，没有上年报告的留空。"
    yield Planned(spot=Spot(PRIOR, 1, 0), role=CellRole.HELP, value=text, cols=3)
    for col, head in enumerate(("项目", "栏目", "上年数")):
        yield Planned(spot=Spot(PRIOR, PRIOR_TOP - 1, col), role=CellRole.HEAD, value=head)
    places = SheetPlaces(layout, PRIOR)
    for name in layout.prior:
        variable = instrument.variables[name]
        spot = layout.spot(prior_name(name))
        yield Planned(spot=Spot(PRIOR, spot.row, 0), role=CellRole.STUB, value=variable.row_label)
        yield Planned(spot=Spot(PRIOR, spot.row, 1), role=CellRole.STUB, value=variable.column_label)
        members = prior_members(instrument, name)
        value = known.prior.get(name)
        role = CellRole.TOTAL if members else CellRole.NUMBER if value is None else CellRole.FIXED
        yield Planned(
            spot=spot,
            role=role,
            value="" if value is None and members else value,
            formula=sum_of([Key(m, prior=True) for m in members], places) if members else "",
            name=prior_name(name),
            type=variable.type,
            hint=("上年数", variable.row_label),
        )


def _known(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
