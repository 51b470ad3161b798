"""Looks at a form's rules as a whole: what contradicts, what is implied, what no rule covers, what can never fire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Literal

from toolkit.checks.lint.feasibility import contradiction, implied, possible
from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.sentences import listed
from toolkit.rules.compile import Check
from toolkit.rules.expression import Operation

_LONGEST_NAME = 255
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Advice:
    """Something about a form: ``error`` must be mended, a ``hint`` may be right as it is."""

    level: Literal["error", "hint"]
    where: str
    message: str


def lint(instrument: Instrument) -> list[Advice]:
    """Everything there is to say of a form that loads without a fault, errors first."""
    looks = (contradictory, dead, labels, names, redundant, uncounted, uncovered, unreachable, unsummed)
    return sorted((advice for look in looks for advice in look(instrument)), key=lambda one: one.level)


def contradictory(instrument: Instrument) -> Iterator[Advice]:
    """Rules that no set of figures can satisfy."""
    core = contradiction(instrument)
    if core:
        rules = "、".join(dict.fromkeys(check.rule.id for check in core))
        sentences = "；".join(demand(instrument, check) for check in core[:_LISTED])
        yield Advice("error", rules, f"这几条规则互相矛盾，填什么数都不能同时成立：{sentences}")


def redundant(instrument: Instrument) -> Iterator[Advice]:
    """Equalities that follow from the others. Where only some places of a rule do, that is the way of totals."""
    own = [check for check in instrument.rules.checks if not check.rule.derived and check.op == "="]
    follow = {check.key for check in own if _follows(instrument, check, own)}
    for _, group in groupby(own, key=lambda check: (check.rule.id, check.rule.path)):
        checks = list(group)
        if all(check.key in follow for check in checks):
            yield Advice("hint", checks[0].rule.id, "这条规则可由其他规则推出，写不写都一样")


def _follows(instrument: Instrument, check: Check, own: list[Check]) -> bool:
    """Whether an equality is a sum of multiples of the equalities of other rules."""
    mine = instrument.rules.expanded(check.residual)
    others = [instrument.rules.expanded(one.residual) for one in own if one.rule is not check.rule]
    if mine is None:
        return False
    return not mine or implied(mine, [terms for terms in others if terms])


def uncovered(instrument: Instrument) -> Iterator[Advice]:
    """Numbers that no rule looks at, a line a table."""
    covered = {key.name for check in instrument.rules.checks for key in check.keys}
    for table in instrument.form.tables:
        names = [v for v in instrument.variables.values() if v.table == table.id]
        bare = [v for v in names if v.name not in covered]
        if bare:
            rows = list(dict.fromkeys(v.row_path[-1] for v in bare))
            told = listed([f"“{row}”" for row in rows], _LISTED, last="", what="行")
            message = f"“{table.sheet}”表有 {len(bare)} 格没有任何规则核对：{told}"
            yield Advice("hint", f"table({table.id})", message)


def unsummed(instrument: Instrument) -> Iterator[Advice]:
    """Decimals, and quotients that the template computes, of which the form does not say how units are put together."""
    for table in instrument.form.tables:
        mine = [one for one in instrument.variables.values() if one.table == table.id and not one.aggregate.said]
        quotients = {name for name, one in instrument.rules.formulas.items() if one.right.terms() is None}
        bare = [one for one in mine if one.type.kind == "decimal" or one.name in quotients]
        if bare:
            listed = "、".join(f"“{one.brief}”" for one in bare[:_LISTED])
            message = f"没有写各单位的数怎样汇总（aggregate），现在是相加：{listed}。平均数、比例不能相加"
            yield Advice("hint", f"table({table.id})", message)


def dead(instrument: Instrument) -> Iterator[Advice]:
    """Checks that no filled-in figures make fail."""
    for rule, where in _by_rule(never_fire(instrument)):
        yield Advice("error", rule, f"填什么数都不会不成立，等于没有：{where}")


def _by_rule(checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Each rule with the first of its places among these."""
    for rule, group in groupby(checks, key=lambda check: check.rule.id):
        yield rule, "、".join(check.key for check in islice(group, _LISTED))


def unreachable(instrument: Instrument) -> Iterator[Advice]:
    """Conditions that hold with no figure and no choice that may be entered: of cells that are due, and of rules."""
    idle: dict[str, list[str]] = {}
    for name, condition in instrument.rules.relevant.items():
        if not possible(instrument, condition):
            idle.setdefault(instrument.form.cells[name].relevant, []).append(f"“{instrument.form.cells[name].brief}”")
    for text, cells in idle.items():
        told = listed(cells, _LISTED)
        yield Advice("error", "relevant", f"条件“{text}”怎么填都不会成立，这些格永远不用填：{told}")
    never = (check for check in instrument.rules.checks if check.when and not possible(instrument, check.when))
    for rule, where in _by_rule(never):
        yield Advice("error", rule, f"条件怎么填都不会成立，等于没有这条规则：{where}")


def uncounted(instrument: Instrument) -> Iterator[Advice]:
    """Choices of which no sum tells how many units chose what."""
    bare = [one for one in instrument.variables.values() if one.type.choices and one.aggregate.kind == "none"]
    if bare:
        told = listed([f"“{one.brief}”" for one in bare], _LISTED)
        yield Advice("hint", "aggregate", f"写了汇总时不计（none），各选了几个不会有人知道：{told}。要计数的写 count")


def labels(instrument: Instrument) -> Iterator[Advice]:
    """Labels that stand twice under the same heading, and sheets whose names differ by blanks or case only."""
    form = instrument.form
    for table in form.tables:
        for what, paths in (
            ("行", [row.path for row in table.rows]),
            *(("列", [column.path for column in block.columns]) for block in table.blocks),
        ):
            for path, times in Counter(paths).items():
                if times > 1:
                    yield Advice("error", f"table({table.id})", f"{what}标题“{' '.join(path)}”用了 {times} 次，分不清")
    plain = Counter("".join(sheet.split()).casefold() for sheet in instrument.layout.sheets)
    for sheet, times in plain.items():
        if times > 1:
            yield Advice("error", "sheet", f"工作表名“{sheet}”只差空格或大小写，Excel 不接受")


def names(instrument: Instrument) -> Iterator[Advice]:
    """Defined names that are too long for Excel."""
    for name in instrument.layout.spots:
        if len(name) > _LONGEST_NAME:
            yield Advice("error", name[:40], f"名称超过 {_LONGEST_NAME} 个字符，Excel 不接受")


def never_fire(instrument: Instrument) -> list[Check]:
    """The checks that hold whatever is entered within the limits of its type, wherever their condition holds.

    None of a formula, for a total may be typed over; in doubt, as with min and max, none either.
    """

    def fires(check: Check) -> bool:
        broken = Operation("not", (Operation(check.op, (check.left, check.right)),))
        asked = Operation("and", (check.when, broken)) if check.when else broken
        return possible(instrument, asked) or bool(check.when and not possible(instrument, check.when))

    return [check for check in instrument.rules.checks if not check.rule.derived and not fires(check)]
