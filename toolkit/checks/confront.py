"""Applies a rule set to a return, and tells what failed, once per root cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from toolkit.checks.explanation import with_explanation
from toolkit.checks.localisation.suggestion import joined, suggestions
from toolkit.checks.localisation.system import without_sums
from toolkit.checks.narrative.claims import stated_figures
from toolkit.forms.layout import key_name
from toolkit.instrument.instrument import SIGNS, Instrument, Labels, demand
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Outcome, Severity, Statement
from toolkit.model.returns import Context, Return, Submission
from toolkit.model.rule import NO_POLICY, Policy
from toolkit.model.sentences import worded
from toolkit.rules.compile import Check, derive
from toolkit.rules.expression import Cell, Exact, Node, Number, Operation, Terms
from toolkit.text import shortened, shown

#: The sentences on what figures are taken for, and the faults of VAL-01 (or VAL-14) that such figures have.
_SUPPOSED = {"as_zero": {"row", "table"}, "as_number": {"unit", "long_unit"}, "as_proposed": {str(Code.VAL_14)}}
#: What leaves a figure without a value.
_NO_VALUE = frozenset({Code.VAL_01, Code.VAL_14, Code.VAL_16})
#: Of a side of a rule so many characters are told.
_SIDE_LONGEST = 160


def outcome(instrument: Instrument, submission: Submission, check: Check) -> Outcome:
    """The verdict of a check on one return, by the limit and the exemptions of its kind of body."""
    values, strict = Exact.of(submission), _bound(instrument, submission, check)
    found = check.outcome(values)
    if strict is not check and strict.outcome(values) is Outcome.FAIL:
        found = Outcome.FAIL
    if found is Outcome.UNDETERMINED:
        entered = _inputs(instrument, check) - instrument.rules.formulas.keys()
        blank = [name for name in entered if submission.content.numbers.get(name) is None]
        if blank and not any(name in submission.found_at or instrument.due(name, values) for name in blank):
            return Outcome.NOT_APPLICABLE
    body = submission.context.body if check.rule.free_bodies else ""
    if check.rule.free_bodies and not body and found is Outcome.FAIL:
        body = instrument.form.body_named(submission.content.unit)
    return Outcome.NOT_APPLICABLE if body in check.rule.free_bodies else found


def _bound(instrument: Instrument, submission: Submission, check: Check) -> Check:
    """The check with the lowest limit that holds for the unit, by its kind of body and by its name."""
    limits = check.rule.limits
    kinds = {submission.context.body, instrument.form.body_named(submission.content.unit)} if limits else ()
    limit = min((limits[kind] for kind in kinds if kind in limits), default=None)
    return check if limit is None else replace(check, right=Number(limit))


def confront(
    instrument: Instrument, submission: Submission, policy: Policy = NO_POLICY
) -> tuple[list[Finding], list[Check]]:
    """The findings about a return, and the checks left undetermined (some figure is missing).

    What fails only with figures that are but supposed is to be verified; it is told at once, not after they are right.
    """
    supposed = _supposed(instrument, submission)
    checks = instrument.rules.checks
    ended = {c.key: outcome(instrument, submission, c) for c in checks}
    open_ = {c.key: c for c in checks if ended[c.key] is Outcome.UNDETERMINED}
    if supposed is not submission:
        # What is supposed fills only what is missing.
        ended |= {key: outcome(instrument, supposed, check) for key, check in open_.items()}
    failed = [_bound(instrument, submission, c) for c in checks if ended[c.key] is Outcome.FAIL]
    if not failed:
        return [], list(open_.values())
    kept, folded = _fold(instrument, supposed, failed)
    texts = submission.content.texts
    stated = {figure for name in texts for figure in stated_figures(instrument, submission.content, name)}
    told = suggestions(instrument, supposed, failed, stated)
    findings = []
    for check in kept:
        finding = _finding(instrument, supposed, check, policy, folded.get(check.key, ()))
        if check.key in open_:
            finding = _doubted(instrument, submission, finding, check)
        if not finding.explanation:
            one = joined([told[key] for key in (check.key, *finding.folded) if key in told])
            finding = replace(finding, suggestion=one.text, candidates=one.candidates, certain=one.certain)
        findings.append(finding)
    return findings, [check for key, check in open_.items() if key not in {one.key for one in failed}]


def _supposed(instrument: Instrument, submission: Submission) -> Submission:
    """The return with the figures that are supposed; see `Return`."""
    content = submission.content
    if not content.supposed:
        return submission
    numbers = derive(
        instrument.rules.formulas, {**content.numbers, **content.supposed}, submission.prior, content.overwritten
    )
    return replace(submission, content=replace(content, numbers=numbers))


def _doubted(instrument: Instrument, submission: Submission, finding: Finding, check: Check) -> Finding:
    """A failure with figures that are but supposed: to be verified, with the words which these are."""
    names = _inputs(instrument, check) & submission.content.supposed.keys()
    found = [one for one in submission.findings if not names.isdisjoint(one.variables)]
    faults = {str(Code.VAL_14) if one.rule == Code.VAL_14 else one.fault for one in found}
    how = "、".join(worded(Code.VAL_14, way).message for way, mine in _SUPPOSED.items() if faults & mine)
    told = worded(Code.VAL_14, "supposed", how=how, message=finding.message)
    level = Severity.VERIFY if finding.severity is Severity.ERROR else finding.severity
    return replace(finding, severity=level, message=told.message)


def attach_undetermined(instrument: Instrument, submission: Submission, checks: Sequence[Check]) -> list[Finding]:
    """Tell at the first finding about a missing figure which rules could not be checked for want of it.

    A check that is left over (it divides by zero) is noted on its own: nothing is passed over in silence.
    """
    roots = {check.key: _inputs(instrument, check) for check in checks}
    out: list[Finding] = []
    for finding in submission.findings:
        missing = set(finding.variables) if finding.rule in _NO_VALUE else set()
        mine = tuple(key for key, inputs in roots.items() if inputs & missing)
        for key in mine:
            del roots[key]
        one = finding
        if mine and finding.rule != Code.VAL_14:
            rules = "、".join(dict.fromkeys(key.partition("[")[0].partition("#")[0] for key in mine))
            fault = "waits" if len(mine) == 1 else "wait"
            told = worded(Code.VAL_01, fault, missing=finding.message, rules=rules, count=len(mine))
            one = replace(finding, message=told.message, bare=finding.message)
        out.append(replace(one, folded=mine) if mine else one)
    for check in (one for one in checks if one.key in roots):
        message = f"{demand(instrument, check)}。这一项算不出来（除数为 0），没有核对"
        told = Statement(check.rule.id, Severity.NOTE, message, "请自行核对")
        out.append(_at(instrument, submission.content, check, told, outcome=Outcome.UNDETERMINED))
    return out


def _at(instrument: Instrument, content: Return, check: Check, told: Statement, **more: object) -> Finding:
    row, column = instrument.place(check)
    names = [key_name(key) for key in check.keys]
    return with_explanation(instrument, content, check.key, told, names, row=row, column=column, **more)


def severity(check: Check, context: Context) -> Severity:
    """How bad a failure is for this return: it depends on whose last year's figure it is, and on the kind of body."""
    rule = check.rule
    if rule.beta:
        return Severity.NOTE
    if rule.unknown_severity is not None and not context.body:
        return rule.unknown_severity
    if rule.typed_severity is not None and check.prior and (context.doubted or not context.prior):
        return rule.typed_severity
    return rule.severity


def _finding(
    instrument: Instrument, submission: Submission, check: Check, policy: Policy, folded: tuple[str, ...]
) -> Finding:
    unit = submission.content.identity.code
    level = policy.severity(check.rule.id, severity(check, submission.context), unit)
    message = ("（试行）" if check.rule.beta else "") + sentence(instrument, submission, check)
    told = Statement(check.rule.id, level, message, check.rule.remedy or "请核对这些单元格，改正填错的数")
    left, right = sides(submission, check)
    return replace(_at(instrument, submission.content, check, told, left=left, right=right), folded=folded)


def _fold(
    instrument: Instrument, submission: Submission, failed: Sequence[Check]
) -> tuple[list[Check], dict[str, tuple[str, ...]]]:
    """Leave out a failure that merely repeats others of its rule: the total column of a column that fails."""
    kept: list[Check] = []
    folded: dict[str, tuple[str, ...]] = {}
    for check in failed:
        siblings = [c for c in failed if c.rule is check.rule and c is not check]
        repeats = siblings and check.op == "=" and check.key in _repeaters(instrument, submission.content.overwritten)
        if repeats and _gap(submission, check) == sum(_gap(submission, one) for one in siblings):
            for one in siblings:
                folded[one.key] = (*folded.get(one.key, ()), check.key)
        else:
            kept.append(check)
    return kept, folded


def _gap(submission: Submission, check: Check) -> Decimal:
    left, right = sides(submission, check)
    return left - right


@lru_cache(maxsize=64)
def _repeaters(instrument: Instrument, overwritten: frozenset[str]) -> frozenset[str]:
    """Checks that are, once totals are written out, the sum of the other checks of their rule."""
    groups: dict[int, list[tuple[Check, Terms]]] = {}
    for check in instrument.rules.checks:
        terms = None if check.rule.derived else instrument.rules.expanded(check.residual, overwritten)
        if terms:
            groups.setdefault(id(check.rule), []).append((check, terms))
    keys = {check.key for group in groups.values() for check, _ in group}
    return frozenset(keys - {check.key for group in groups.values() for check, _ in without_sums(group)})


def _inputs(instrument: Instrument, check: Check) -> set[str]:
    """The entered variables a check rests on, computed totals written out."""
    out: set[str] = set()
    open_ = [key.name for key in check.current]
    while open_:
        name = open_.pop()
        out.add(name)
        formula = instrument.rules.formulas.get(name)
        if formula is not None:
            open_ += [key.name for key in formula.current if key.name not in out]
    return out


def sides(submission: Submission, check: Check) -> tuple[Decimal, Decimal]:
    """Both sides, exact; KeyError where a figure is missing."""
    values = Exact.of(submission)
    return check.left.value(values), check.right.value(values)


def sentence(instrument: Instrument, submission: Submission, check: Check) -> str:
    """The whole message, without sheet and cell."""
    left, right = sides(submission, check)
    row, column = instrument.place(check)
    where = f"“{column[-1]}”列：" if column else f"“{row[-1]}”行：" if row else ""
    told = Labels(instrument, check, Exact.of(submission))
    gap, word = abs(left - right), "多" if left > right else "少"
    start = f"{where}{demand(instrument, check)}。现在 {_side(told, check.left, left)}"
    if isinstance(check.right, Number):
        return f"{start}，{SIGNS[check.op]} {shown(right)}，{word} {shown(gap)}"
    return f"{start}，{_side(told, check.right, right)}，前者{word} {shown(gap)}"


def _side(told: Labels, node: Node, value: Decimal) -> str:
    if _is_limit(node):
        cells = "、".join(told.cell(key) for key in dict.fromkeys(node.keys()))
        return f"{cells}（照此算，界限是 {shown(value)}）"
    words = shortened(node.words(told), _SIDE_LONGEST)
    return words if isinstance(node, Cell) else f"{words} ＝ {shown(value)}"


def _is_limit(node: Node) -> bool:
    """Whether a side is a limit with an allowance: numbers that nobody sees on the form are in it."""
    return isinstance(node, Operation) and any(isinstance(arg, Number) or _is_limit(arg) for arg in node.args)
