"""Plans the check sheet: a line for every check, and formulas that stay empty while a figure is missing.

That a formula is guarded is needed because in a spreadsheet SUM skips a text, and + takes a blank for 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from toolkit.forms.layout import (
    CHECKS,
    CHECKS_TOP,
    COVER,
    PERIOD,
    UNIT,
    CheckColumn,
    SheetPlaces,
    Spot,
    address,
    explain_name,
    key_name,
    quoted_sheet,
)
from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.codes import Code
from toolkit.model.finding import Severity
from toolkit.model.rule import TextRule
from toolkit.rules.compile import Check, holds
from toolkit.rules.expression import Key, Node
from toolkit.text import DECIMALS
from toolkit.workbook.template.cells import (
    EMPTY,
    FAILED,
    LATER,
    NOT_APPLICABLE,
    PASSED,
    QUERIED,
    CellRole,
    Known,
    Planned,
)


def sum_of(keys: Sequence[Key], places: SheetPlaces) -> str:
    """The sum of variables of one sheet."""
    area = places.area(keys)
    return f'IF(COUNT({area})={len(keys)},SUM({area}),"")'


def count(keys: Iterable[Key], places: SheetPlaces) -> str:
    """``COUNT`` over variables, one run of cells of a sheet at a time."""
    runs: list[list[Key]] = []
    for key in keys:
        if runs and "," not in places.area([*runs[-1], key]) and places.area([*runs[-1], key]).count(":") == 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return f"COUNT({','.join(places.area(run) for run in runs)})"


def guarded_formula(node: Node, places: SheetPlaces) -> str:
    """A node's formula that stays empty while a figure is missing: SUM skips a text and + takes a blank for 0."""
    keys = tuple(dict.fromkeys(node.keys()))
    if not keys:
        return node.formula(places)
    return f'IF({count(keys, places)}={len(keys)},{node.formula(places)},"")'


#: Beyond so many digits a number has no decimals to round.
_LONGEST = 18


def check_lines(instrument: Instrument, known: Known) -> Iterator[Planned]:
    """The check sheet: completeness of each sheet, then every rule at every place."""
    yield Planned(spot=Spot(CHECKS, 0, 0), role=CellRole.TITLE, value="校验", cols=8)
    text = "填表时自动核对。点“位置”可跳到单元格；结论为“请核实”的，请在最右一列写明实际情况。"
    yield Planned(spot=Spot(CHECKS, 1, 0), role=CellRole.HELP, value=text, cols=8)
    yield Planned(
        spot=Spot(CHECKS, 2, 0),
        role=CellRole.RESULT,
        formula=summary(instrument),
        value=first_summary(instrument, known),
        cols=8,
    )
    heads = ("编号", "应当", "位置", "左边", "右边", "相差", "结论", "情况说明")
    for col, head in enumerate(heads):
        yield Planned(spot=Spot(CHECKS, CHECKS_TOP - 1, col), role=CellRole.HEAD, value=head)
    yield from _all_complete(instrument, known)
    for check in instrument.rules.checks:
        yield from _check(instrument, check, known)
    for rule in instrument.form.text_rules:
        if rule.id in instrument.layout.explained:
            yield from _about_texts(instrument, rule, known)


def _about_texts(instrument: Instrument, rule: TextRule, known: Known) -> Iterator[Planned]:
    """The line of a rule that no formula can check: it says so, and has room for an explanation."""
    layout, texts = instrument.layout, rule.texts or tuple(instrument.form.texts)
    values = {CheckColumn.RULE: rule.id, CheckColumn.SENTENCE: rule.say, CheckColumn.VERDICT: LATER}
    for column in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE):
        values[column] = ""
    for column, value in values.items():
        role = CellRole.VERDICT if column == CheckColumn.VERDICT else CellRole.SENTENCE
        yield Planned(spot=layout.check_spot(rule.id, column), role=role, value=value)
    first = layout.spot(texts[0])
    sheets = "、".join(dict.fromkeys(layout.spot(name).sheet for name in texts))
    where = layout.check_spot(rule.id, CheckColumn.PLACE)
    yield Planned(spot=where, role=CellRole.SENTENCE, value=sheets, link=f"internal:{first.reference}")
    yield Planned(
        spot=layout.check_spot(rule.id, CheckColumn.EXPLANATION),
        role=CellRole.TEXT,
        value=known.values.get(explain_name(rule.id)),
        name=explain_name(rule.id),
        hint=("情况说明", "收件后如请核实这一条，而文字属实，在这里写明实际情况和原因。"),
    )


def _all_complete(instrument: Instrument, known: Known) -> Iterator[Planned]:
    for i, (sheet, words, filled, due) in enumerate(_completeness(instrument)):
        have = sum(bool(known.values.get(n)) if n not in known.current else known.current[n] is not None for n in due)
        yield from _complete(CHECKS_TOP + i, sheet, (words, filled), have, len(due))


def _completeness(instrument: Instrument) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """For the cover, each table and group of texts: sheet, a sentence, a formula that counts entries, what is due."""
    places = SheetPlaces(instrument.layout, CHECKS)
    head = (UNIT, PERIOD)
    yield COVER, "封面的单位名称和统计期间都已填写", _filled(instrument, head), head
    for table in instrument.form.tables:
        keys = [Key(v.name) for v in instrument.variables.values() if v.table == table.id and not v.derived]
        yield (
            table.sheet,
            f"“{table.sheet}”表各格都填数字，没有的填 0",
            count(keys, places),
            tuple(key.name for key in keys),
        )
    for group in instrument.form.groups:
        due = tuple(t.name for t in group.texts if t.required)
        yield group.sheet, f"“{group.sheet}”表必填的文字都已填写", _filled(instrument, due), due


def _filled(instrument: Instrument, names: Sequence[str]) -> str:
    """A formula that counts the texts written."""
    cells = [instrument.layout.spot(name).reference for name in names]
    return f"COUNTA({','.join(cells)})" if cells else "0"


def _complete(row: int, sheet: str, texts: tuple[str, str], have: int, wanted: int) -> Iterator[Planned]:
    words, filled = texts

    def cell(col: int) -> Spot:
        return Spot(CHECKS, row, col)

    left, right, diff = (address(row, c) for c in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE))
    code = Code.FORM_09.value if sheet == COVER else Code.VAL_01.value
    yield Planned(spot=cell(CheckColumn.RULE), role=CellRole.SENTENCE, value=code)
    yield Planned(spot=cell(CheckColumn.SENTENCE), role=CellRole.SENTENCE, value=f"{words}（已填、应填）")
    yield Planned(
        spot=cell(CheckColumn.PLACE), role=CellRole.SENTENCE, value=sheet, link=f"internal:{quoted_sheet(sheet)}!A1"
    )
    yield Planned(spot=cell(CheckColumn.LEFT), role=CellRole.RESULT, formula=filled, value=have)
    yield Planned(spot=cell(CheckColumn.RIGHT), role=CellRole.RESULT, value=wanted)
    yield Planned(
        spot=cell(CheckColumn.DIFFERENCE), role=CellRole.RESULT, formula=f"{left}-{right}", value=have - wanted
    )
    verdict = f'IF({diff}=0,"{PASSED}","{EMPTY}")'
    first = PASSED if have == wanted else EMPTY
    yield Planned(spot=cell(CheckColumn.VERDICT), role=CellRole.VERDICT, formula=verdict, value=first)
    yield Planned(spot=cell(CheckColumn.EXPLANATION), role=CellRole.SENTENCE, value="")


def _check(instrument: Instrument, check: Check, known: Known) -> Iterator[Planned]:
    layout = instrument.layout
    places = SheetPlaces(layout, CHECKS)

    def spot(column: int) -> Spot:
        return layout.check_spot(check.key, column)

    row, column = instrument.place(check)
    names = [key_name(key) for key in check.keys]
    first = layout.spot(names[0])
    yield Planned(spot=spot(CheckColumn.RULE), role=CellRole.SENTENCE, value=check.rule.id)
    yield Planned(spot=spot(CheckColumn.SENTENCE), role=CellRole.SENTENCE, value=demand(instrument, check))
    where = f"{first.sheet}：{(row or column or (first.cell,))[-1]}"
    yield Planned(spot=spot(CheckColumn.PLACE), role=CellRole.SENTENCE, value=where, link=f"internal:{first.reference}")
    sides = [(CheckColumn.LEFT, check.left), (CheckColumn.RIGHT, check.right)]
    for col, node in sides:
        yield Planned(
            spot=spot(col), role=CellRole.RESULT, formula=guarded_formula(node, places), value=known.result(node)
        )
    left, right, diff = (spot(c).cell for c in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE))
    difference = f'IF(COUNT({left},{right})=2,ROUND({left}-{right},6),"")'
    yield Planned(
        spot=spot(CheckColumn.DIFFERENCE), role=CellRole.RESULT, formula=difference, value=_difference(check, known)
    )
    yield Planned(
        spot=spot(CheckColumn.VERDICT),
        role=CellRole.VERDICT,
        formula=_verdict(check, diff, places),
        value=_first_verdict(check, known),
    )
    takes = check.key in layout.explained
    yield Planned(
        spot=spot(CheckColumn.EXPLANATION),
        role=CellRole.TEXT if takes else CellRole.SENTENCE,
        value=known.values.get(explain_name(check.key)) if takes else "",
        name=explain_name(check.key) if takes else "",
        hint=("情况说明", "结论为“请核实”时，写明实际情况和原因。") if takes else ("", ""),
    )


def _verdict(check: Check, diff: str, places: SheetPlaces) -> str:
    failed = _failed(check)
    inner = f'IF(COUNT({diff})=0,"{EMPTY}",IF({diff}{check.op}0,"{PASSED}","{failed}"))'
    if not check.prior:
        return inner
    return f'IF({count(check.prior, places)}<{len(check.prior)},"{NOT_APPLICABLE}",{inner})'


def _difference(check: Check, known: Known) -> str | Decimal:
    left, right = known.result(check.left), known.result(check.right)
    if isinstance(left, str) or isinstance(right, str):
        return ""
    difference = left - right
    if difference.adjusted() > _LONGEST:
        return difference
    return difference.quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP)


def _first_verdict(check: Check, known: Known) -> str:
    if any(known.prior.get(key.name) is None for key in check.prior):
        return NOT_APPLICABLE
    difference = _difference(check, known)
    if isinstance(difference, str):
        return EMPTY
    return PASSED if holds(check.op, difference) else _failed(check)


def _failed(check: Check) -> str:
    severity = check.rule.unknown_severity or check.rule.typed_severity or check.rule.severity
    return QUERIED if severity is Severity.VERIFY else FAILED


def summary(instrument: Instrument) -> str:
    """The formula that counts verdicts in one line."""
    last = instrument.layout.checks_from + len(instrument.rules.checks)
    area = f"{CHECKS}!G{CHECKS_TOP + 1}:G{last}"
    parts = [f'"{word} "&COUNTIF({area},"{word}")&" 项"' for word in (FAILED, QUERIED, EMPTY)]
    return '&"，"&'.join(parts)


def first_summary(instrument: Instrument, known: Known) -> str:
    """The first result of the `summary` formula: what it gives when the workbook is written."""
    verdicts = [_first_verdict(check, known) for check in instrument.rules.checks]
    verdicts += [str(cell.value) for cell in _all_complete(instrument, known) if cell.role is CellRole.VERDICT]
    return "，".join(f"{word} {verdicts.count(word)} 项" for word in (FAILED, QUERIED, EMPTY))
