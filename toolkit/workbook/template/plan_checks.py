"""Plans the check sheet: a line for every check, and formulas that stay empty while a figure is missing.

That a formula is guarded is needed because in a spreadsheet SUM skips a text, and + takes a blank for 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from toolkit.forms import layout as book
from toolkit.forms.layout import CHECKS, CheckColumn, SheetPlaces, Spot
from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.finding import Severity
from toolkit.model.rule import TextRule
from toolkit.rules.compile import Check
from toolkit.rules.expression import Key, Node, Number, Total, leaves
from toolkit.workbook.template.cells import CellRole, Planned, Prefill, Word
from toolkit.workbook.template.plan_entries import CheckLine, entry_lines


def sum_of(keys: Sequence[Key], places: SheetPlaces) -> str:
    """The sum of variables of one sheet."""
    area = places.area(keys)
    return f'IF(COUNT({area})={len(keys)},SUM({area}),"")'


def count(keys: Iterable[Key], places: SheetPlaces) -> str:
    """``COUNT`` over variables, one run of cells of a sheet at a time."""
    runs: list[list[Key]] = []
    for key in keys:
        if runs and "," not in (area := places.area([*runs[-1], key])) and area.count(":") == 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return f"COUNT({','.join(places.area(run) for run in runs)})"


@lru_cache(maxsize=4096)
def guarded_formula(instrument: Instrument, node: Node, sheet: str) -> str:
    """A node's formula that stays empty while a figure is missing: SUM skips a text and + takes a blank for 0."""
    places = SheetPlaces(instrument.layout, sheet)
    # Of a list any cell may be blank.
    needed = (leaf for leaf in leaves(node) if not (isinstance(leaf, Total) and leaf.function))
    keys = tuple(dict.fromkeys(key for leaf in needed for key in leaf.keys()))
    plain = node.formula(places)
    return f'IF({count(keys, places)}={len(keys)},{plain},"")' if keys else plain


#: Where the verdicts are counted.
SUMMARY = Spot(CHECKS, 2, 0)


def check_lines(instrument: Instrument, given: Prefill) -> Iterator[Planned]:
    """The check sheet: what is open first, then a line for what is entered where, then every rule at every place."""
    text = "没有通过的排在最前面。“全部项目”一条规则一行，下面是各处；点“位置”跳到那一格；“请核实”的在最右列说明。"
    text += "结论空着的，请用表格软件打开，启用编辑后自动计算。"
    yield from Planned.top(CHECKS, "校验", text, 8)
    heads = ("编号", "应当", "位置", "左边", "右边", "相差", "结论", "情况说明")
    yield from Planned.heads(CHECKS, book.FIRST_OPEN - 1, heads)
    lines = list(entry_lines(instrument, given))
    for check in instrument.rules.checks:
        lines += _check(instrument, check, given)
    for rule, keys in instrument.layout.folded.items():
        lines += _head(instrument, rule, [instrument.checks[key] for key in keys])
    for told in instrument.form.text_rules:
        if told.id in instrument.layout.explained:
            lines += _about_texts(instrument, told, given)
    lines += _groups(instrument)
    yield _summary(instrument)
    yield from _first_open(instrument)
    text = f"全部项目（上面是其中没有通过的前 {book.OPEN_LINES} 项）"
    yield Planned(Spot(CHECKS, book.CHECKS_TOP - 1, 0), CellRole.BAND, text, cols=8)
    yield from lines


#: Which verdicts are shown first, worst first, and what is added to the row of such a line.
_URGENT = {Word.FAILED: 0, Word.QUERIED: 10_000, Word.EMPTY: 20_000}
_SHOWN = (CheckColumn.RULE, CheckColumn.SENTENCE, CheckColumn.PLACE, CheckColumn.VERDICT, CheckColumn.EXPLANATION)


def _first_open(instrument: Instrument) -> Iterator[Planned]:
    """The first lines that are not passed, errors before the rest: number, demand, place, verdict, which cells."""
    first, last = book.CHECKS_TOP, _last_row(instrument)
    verdicts, rank = f"G{first + 1}:G{last + 1}", '""'
    for word, more in reversed(_URGENT.items()):
        rank = f'IF({verdicts}="{word}",ROW({verdicts})+{more},{rank})'
    heads = f"{book.address(first, CheckColumn.GROUP)}:{book.address(last, CheckColumn.GROUP)}"
    for i in range(book.OPEN_LINES):
        aid = Spot(CHECKS, book.FIRST_OPEN + i, CheckColumn.AID)
        yield Planned(aid, CellRole.RESULT, formula=f'IFERROR(SMALL({rank},{i + 1}),"")', array=True)
        for column in _SHOWN:
            nothing = "各项都通过。" if i == 0 and column == CheckColumn.SENTENCE else ""
            area = f"{book.address(first, column)}:{book.address(last, column)}"
            role = CellRole.VERDICT if column == CheckColumn.VERDICT else CellRole.SENTENCE
            line = f"MOD({aid.cell},10000)-{first}"
            if column == CheckColumn.SENTENCE:
                line = f"INDEX({heads},{line})-{first}"
            shown = f'IF(COUNT({aid.cell})=0,"{nothing}",INDEX({area},{line})&"")'
            cols = CheckColumn.VERDICT - column if column == CheckColumn.PLACE else 1
            yield Planned(aid._replace(col=column), role, formula=shown, cols=cols)


def _groups(instrument: Instrument) -> Iterator[Planned]:
    """Beside each line, hidden, the number of the row that says what is demanded: its own, or its rule's."""
    rows = instrument.layout.check_rows
    above = {key: rows[rule] for rule, keys in instrument.layout.folded.items() for key in keys}
    for key, row in rows.items():
        yield Planned(Spot(CHECKS, row, CheckColumn.GROUP), CellRole.RESULT, above.get(key, row) + 1)


def _head(instrument: Instrument, rule: str, checks: Sequence[Check]) -> Iterator[Planned]:
    """The line of a rule above its places: what is demanded, and of how many of them the worst verdict is."""
    line, layout = CheckLine(instrument, rule), instrument.layout
    first = layout.spots[book.key_name(checks[0].keys[0])]
    where = f"{first.sheet}（{len(checks)} 处）"
    code, says, place = line.head(checks[0].rule.id, demand(instrument, checks[0]), where, first)
    yield from (code, says, replace(place, cols=CheckColumn.VERDICT - CheckColumn.PLACE))
    spots = [layout.check_spot(check.key, CheckColumn.VERDICT) for check in checks]
    area, shown = f"{spots[0].cell}:{spots[-1].cell}", '""'
    for word in reversed((Word.FAILED, Word.QUERIED, Word.EMPTY, Word.NOTED, Word.PASSED, Word.NOT_APPLICABLE)):
        count = f'COUNTIF({area},"{word}")'
        shown = f'IF({count}>0,"{word} "&{count},{shown})'
    yield line.put(CheckColumn.VERDICT, formula=shown)
    yield line.put(CheckColumn.EXPLANATION)


def _last_row(instrument: Instrument) -> int:
    """The row of the last line that has a verdict of its own."""
    keys = (*instrument.layout.entry_lines, *(check.key for check in instrument.rules.checks))
    return instrument.layout.check_spot(keys[-1], CheckColumn.VERDICT).row


def _about_texts(instrument: Instrument, rule: TextRule, given: Prefill) -> Iterator[Planned]:
    """The line of a rule that no formula can check: it says so, and has room for an explanation."""
    line, layout = CheckLine(instrument, rule.id), instrument.layout
    spots = [layout.spot(name) for name in rule.texts or instrument.form.texts]
    code, says, place = line.head(rule.id, rule.say, "、".join(dict.fromkeys(s.sheet for s in spots)), spots[0])
    yield from (code, says, line.put(CheckColumn.VERDICT, Word.LATER))
    for column in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE):
        yield replace(line.put(column), role=CellRole.SENTENCE)
    yield place
    yield line.explanation(given, "收件后如请核实这一条，而文字属实，在这里写明实际情况和原因。")


def _check(instrument: Instrument, check: Check, given: Prefill) -> Iterator[Planned]:
    # The lowest limit holds, of those for the unit's kind of body.
    limit = min((value for kind, value in check.rule.limits.items() if kind in {given.body, given.named}), default=None)
    check = check if limit is None else replace(check, right=Number(limit))
    line = CheckLine(instrument, check.key)
    row, column = instrument.place(check)
    first = instrument.layout.spots[book.key_name(check.keys[0])]
    where = f"{first.sheet}：{(row or column or (first.cell,))[-1]}"
    folded = check.key.partition("[")[0] in instrument.layout.folded
    code, says, place = line.head(check.rule.id, "" if folded else demand(instrument, check), where, first)
    yield from (code, says, replace(place, role=CellRole.LINK_BELOW) if folded else place)
    for col, node in ((CheckColumn.LEFT, check.left), (CheckColumn.RIGHT, check.right)):
        # A limit differs by kind of body; in a formula it would make a fingerprint for each kind.
        if check.rule.limits and isinstance(node, Number):
            yield line.put(col, node.constant)
        else:
            yield line.put(col, formula=guarded_formula(instrument, node, CHECKS))
    left, right, diff = (line.at(c) for c in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE))
    difference = f'IF(COUNT({left},{right})=2,ROUND({left}-{right},6),"")'
    yield line.put(CheckColumn.DIFFERENCE, formula=difference)
    yield line.put(CheckColumn.VERDICT, formula=_verdict(instrument, check, diff, line.at(CheckColumn.AID)))
    if _by_body(check):
        yield line.put(CheckColumn.AID, _failed(check, given))
    yield line.explanation(given, "结论为“请核实”时，写明实际情况和原因。")


def _verdict(instrument: Instrument, check: Check, diff: str, aid: str) -> str:
    places, cells = SheetPlaces(instrument.layout, CHECKS), instrument.variables
    due = [k for k in check.current if cells[k.name].type.required and k.name not in instrument.rules.relevant]
    figures = [key for key in due if not cells[key.name].type.choices]
    blank = f'"{Word.EMPTY}"'
    if len(due) < len(check.current):
        blank = f'IF({count(figures, places)}<{len(figures)},{blank},"{Word.NOT_APPLICABLE}")'
    failed = aid if _by_body(check) else f'"{_failed(check)}"'
    inner = f'IF(COUNT({diff})=0,{blank},IF({diff}{check.op}0,"{Word.PASSED}",{failed}))'
    if check.when:
        inner = f'IF({check.when.formula(places)},{inner},"{Word.NOT_APPLICABLE}")'
    known = f"{count(check.prior, places)}<{len(check.prior)}" if check.prior else ""
    return f'IF({known},"{Word.NOT_APPLICABLE}",{inner})' if known else inner


def _by_body(check: Check) -> bool:
    """Whether what a failure means depends on the kind of body: a hidden cell of the line holds it."""
    return check.rule.unknown_severity is not None or bool(check.rule.free_bodies)


def _failed(check: Check, given: Prefill | None = None) -> str:
    rule, body = check.rule, given.body if given else ""
    if given and (body or given.named) in rule.free_bodies:
        return Word.NOT_APPLICABLE
    severity = (None if body else rule.unknown_severity) or rule.typed_severity or rule.severity
    noted = rule.beta or severity is Severity.NOTE
    return Word.NOTED if noted else Word.QUERIED if severity is Severity.VERIFY else Word.FAILED


def _summary(instrument: Instrument) -> Planned:
    area = f"G{book.CHECKS_TOP + 1}:G{_last_row(instrument) + 1}"
    parts = [f'"{word} "&COUNTIF({area},"{word}")&" 项"' for word in (Word.FAILED, Word.QUERIED, Word.EMPTY)]
    return Planned(SUMMARY, CellRole.RESULT, formula='&"，"&'.join(parts), cols=8)
