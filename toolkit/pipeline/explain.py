"""Explains a rule or a built-in code in words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from toolkit.checks.lint.lint import Advice, lint
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.instrument import Instrument, demand, in_labels
from toolkit.io.templates import pages
from toolkit.model.codes import Code, built_in
from toolkit.model.rule import TextRule
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
        return RuleExplanation(code=own, title=demand(kind, kind.rules.rule(own)[0]), lines=_lines(kind, own))
    text = next((rule for rule in kind.form.text_rules if rule.id.upper() == wanted), None)
    if text is not None:
        return RuleExplanation(code=text.id, title=text.say, lines=_lines(kind, text.id, text))
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


def _lines(kind: Instrument, code: str, text: TextRule | None = None) -> tuple[str, ...]:
    """What there is to say of a rule of the form, which may have several parts, or of one on its texts."""
    rules = [] if text else [rule for rule in kind.form.rules if rule.id == code]
    parts = [(rule, [check for check in kind.rules.checks if check.rule is rule]) for rule in rules]
    labels = [kind.form.texts[name].label for name in text.texts] if text else []
    words = {"phrase": phrase, "demand": demand, "in_labels": in_labels, "shown": shown}
    template = pages(__package__).get_template("explain.txt.j2")
    return tuple(template.render(words, kind=kind, text=text, labels=labels, parts=parts).splitlines())


def lint_forms(form: str = "") -> dict[str, list[Advice]]:
    """What there is to say of a form, or of every installed one; DefinitionError where one cannot be loaded."""
    kinds = [load(form)] if form else known_forms()
    return {kind.form.id: lint(kind) for kind in kinds}
