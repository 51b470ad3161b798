"""Explains a rule or a built-in code in words."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from toolkit.checks.lint.lint import Advice, lint
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.instrument import Instrument, demand, in_labels
from toolkit.model.codes import Code, built_in
from toolkit.model.finding import Severity
from toolkit.model.rule import RuleText, TextRule
from toolkit.model.sentences import phrase
from toolkit.text import shown


class RuleExplanation(NamedTuple):
    """What a code means: a title, and lines."""

    code: str
    title: str
    lines: tuple[str, ...]


def explain(kind: Instrument, code: str) -> RuleExplanation:
    """The explanation of a rule of the form, or of a built-in code; UsageError for neither."""
    wanted = code.strip().upper()
    own = next((rule.id for rule in kind.form.rules if rule.id.upper() == wanted), "")
    if own:
        return RuleExplanation(code=own, title=demand(kind, kind.rules.rule(own)[0]), lines=tuple(_rule(kind, own)))
    text = next((rule for rule in kind.form.text_rules if rule.id.upper() == wanted), None)
    if text is not None:
        return RuleExplanation(code=text.id, title=text.say, lines=tuple(_text_rule(kind, text)))
    if known := built_in(wanted):
        return RuleExplanation(code=wanted, title=known.heading, lines=(known.meaning,))
    close = get_close_matches(wanted, all_codes(kind), n=3)
    if close:
        raise UsageError(f"没有编号“{code}”。是不是 {'、'.join(close)}？")
    families = dict.fromkeys(one.partition("-")[0] for one in all_codes(kind))
    raise UsageError(f"没有编号“{code}”。编号写在每条核对结果的前面，以 {'、'.join(families)} 开头。")


def all_codes(kind: Instrument) -> list[str]:
    """Every code that can be explained."""
    own = [*(rule.id for rule in kind.form.rules), *(rule.id for rule in kind.form.text_rules)]
    return [*dict.fromkeys(own), *(known.value for known in Code)]


def _rule(kind: Instrument, code: str) -> Iterator[str]:
    rules = [rule for rule in kind.form.rules if rule.id == code]
    for rule in rules:
        checks = [check for check in kind.rules.checks if check.rule is rule]
        table = kind.form.table(rule.table) if rule.table else None
        if len(rules) > 1:
            yield f"内容：{demand(kind, checks[0])}"
        yield f"算式：{in_labels(kind, checks[0])}"
        if table:
            places = [(row or column or ("指定单元格",))[-1] for row, column in map(kind.place, checks)]
            yield f"范围：工作表“{table.sheet}”，{len(checks)} 处：{'、'.join(places)}"
        yield f"级别：{_level(rule)}"
        if rule.derived:
            yield "模板里这些单元格是公式，自动计算，不必填。"
        if rule.remedy:
            yield f"怎么改：{rule.remedy}。"


def _text_rule(kind: Instrument, rule: TextRule) -> Iterator[str]:
    labels = [kind.form.texts[name].label for name in rule.texts]
    yield f"范围：{'、'.join(labels) or '全部文字'}。由程序读文字核对，读不准的不报；请以原文为准。"
    doubtful = f"；读法不唯一时，为“{rule.doubtful.label}”" if rule.doubtful else ""
    yield f"级别：{_means(rule.severity)}{doubtful}"
    if rule.remedy:
        yield f"怎么改：{rule.remedy}。"


def _level(rule: RuleText) -> str:
    text = _means(rule.severity)
    if rule.typed_severity:
        text += f"；上年数不是取自已通过的上年报表时，为“{rule.typed_severity.label}”"
    if rule.free_bodies:
        text += f"；{'、'.join(rule.free_bodies)}不受此限"
    for kind, limit in rule.limits.items():
        text += f"；{kind}的界限是 {shown(limit)}"
    if rule.unknown_severity:
        text += f"；不知道单位类型时，为“{rule.unknown_severity.label}”"
    return text


def _means(severity: Severity) -> str:
    return f"{severity.label}（{phrase(f'means {severity.value}')}）"


def lint_forms(form: str = "") -> dict[str, list[Advice]]:
    """What there is to say of a form, or of every installed one; DefinitionError where one cannot be loaded."""
    kinds = [load(form)] if form else known_forms()
    return {kind.form.id: lint(kind) for kind in kinds}
