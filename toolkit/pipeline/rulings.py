"""What the settings of a round decide about rules, held to the form and the roster."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from toolkit.collection.roster import Roster
from toolkit.collection.settings import Settings
from toolkit.instrument import Instrument
from toolkit.model.finding import Severity
from toolkit.model.policy import Policy


def policy_of(settings: Settings, roster: Roster, today: date) -> Policy:
    """The severities and waivers that hold today; a waiver stands under the unit's code."""
    waivers = {
        (code, one.rule): one for one in settings.waivers if one.until >= today and (code := _code(roster, one.unit))
    }
    return Policy(severities=settings.severities, waivers=waivers)


def ruling_problems(settings: Settings, kind: Instrument, roster: Roster) -> Iterator[str]:
    """Rules and units that do not exist, and severities that nobody could live up to."""
    rules = {rule.id for rule in kind.form.rules} | kind.text_rules.keys()
    for rule, level in settings.severities.items():
        if rule not in rules:
            yield f"[severity] 没有规则“{rule}”，本表的规则有 {'、'.join(sorted(rules))}"
        elif level is Severity.VERIFY and not _explained(kind, rule):
            yield f"[severity] {rule}：模板里这条规则没有“情况说明”一栏，不能设为 verify"
    for one in settings.waivers:
        if one.rule not in rules:
            yield f"[[waiver]] 没有规则“{one.rule}”"
        if not _code(roster, one.unit):
            yield f"[[waiver]] 名册里没有“{one.unit}”，请写单位代码或全称"


def _explained(kind: Instrument, rule: str) -> bool:
    text = kind.text_rules.get(rule)
    keys = [check.key for check in kind.rules.rule(rule)] or [text.explanation if text else rule]
    return all(key in kind.layout.explained for key in keys)


def _code(roster: Roster, unit: str) -> str:
    if unit in roster.by_code:
        return unit
    return next((one.code for one in roster.units if unit in {one.name, one.short}), "")
