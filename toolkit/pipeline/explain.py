"""What is said of definitions: a rule or a built-in code in words, what lint finds, what changed between two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from toolkit.checks.lint.lint import Advice, lint
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.form_changes import ALL, FormChange, form_changes
from toolkit.instrument.instrument import Instrument, demand, in_labels
from toolkit.io.templates import text_from_template
from toolkit.model.codes import Code, built_in
from toolkit.model.rule import RuleText, TextRule
from toolkit.text import shown
from toolkit.workbook.template.plan import blank_plan


class RuleExplanation(NamedTuple):
    """What a code means: a title, and lines."""

    code: str
    title: str
    lines: tuple[str, ...]


def explain(kind: Instrument, code: str) -> RuleExplanation:
    """The explanation of a rule of the form, or of a built-in code; UsageError for neither."""
    wanted = code.strip().upper()
    own = [rule for rule in kind.form.rules if rule.id.upper() == wanted]
    if own:
        return RuleExplanation(own[0].id, demand(kind, kind.rules.rule(own[0].id)[0]), _lines(kind, own))
    text = next((rule for rule in kind.form.text_rules if rule.id.upper() == wanted), None)
    if text is not None:
        return RuleExplanation(text.id, text.say, _lines(kind, (), text))
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


def _lines(kind: Instrument, rules: Sequence[RuleText], text: TextRule | None = None) -> tuple[str, ...]:
    words = {"demand": demand, "in_labels": in_labels, "shown": shown}
    told = text_from_template("toolkit.pipeline", "explain", kind=kind, rules=rules, text=text, **words)
    return tuple(told.splitlines())


def lint_forms(form: str = "") -> dict[str, list[Advice]]:
    """What there is to say of a form, or of every installed one; DefinitionError where one cannot be loaded."""
    kinds = [load(form)] if form else known_forms()
    return {kind.form.id: lint(kind) for kind in kinds}


def compare_forms(old: Instrument, new: Instrument) -> tuple[FormChange, ...]:
    """What changed since an earlier definition of the form, or against another form; first if it refuses workbooks."""
    was, now = old.form, new.form
    kind = "same version" if was.version == now.version else "" if was.version in now.accepts else "not accepted"
    found = tuple(form_changes(old, new))
    if kind and was.base == now.base and blank_plan(old).fingerprint != blank_plan(new).fingerprint:
        told = FormChange(kind, "", "", ("", ""), f"{was.version}", f"{was.version + 1}", ALL[:1])
        return (told, *found)
    return found


def change_lines(changes: Iterable[FormChange]) -> list[str]:
    """A line for what changed alike in one part of the form."""
    return text_from_template("toolkit.pipeline", "form_diff", changes=changes).splitlines()
