"""A form ready for use: its definition and all that is compiled from it, checked together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from toolkit.errors import DefinitionError
from toolkit.forms.controls import with_controls
from toolkit.forms.layout import CHECKS, Layout, explain_name, text_key
from toolkit.forms.read_form import Definition, parse_definition
from toolkit.instrument.language import Language, compile_language
from toolkit.instrument.outline import Outline, compile_outline
from toolkit.model.finding import Severity
from toolkit.model.form import Form, Variable
from toolkit.model.period import CALLED, on_file
from toolkit.model.returns import Return
from toolkit.model.rule import TextRule
from toolkit.rules.compile import Check, RuleSet, compile_rules
from toolkit.rules.expression import Exact, Key, Operation
from toolkit.text import DIGITS, MARKS, shown, words_in


class Wanted(NamedTuple):
    """What a required text must hold: more than ``marks``, and more than one of ``phrases`` (in capitals)."""

    marks: str
    phrases: tuple[str, ...]

    def words(self, text: str) -> int:
        """How many of its characters are words."""
        return words_in(text, self.marks)

    def empty(self, text: str) -> bool:
        """Whether it has words and says nothing: one of the phrases, with marks about it at most."""
        upper = text.upper()
        found = [self.words(phrase) for phrase in self.phrases if phrase in upper]
        return bool(found) and self.words(text) in found


@dataclass(frozen=True, eq=False)
class Instrument:
    """A form with its compiled rules, its layout, its report's outline and its language. Built once, never changed."""

    form: Form
    rules: RuleSet
    layout: Layout
    outline: Outline
    language: Language

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Every variable, with ``derived`` set for those the template computes."""
        return {
            name: replace(variable, derived=name in self.rules.formulas)
            for name, variable in self.form.variables.items()
        }

    @cached_property
    def known(self) -> Mapping[str, Variable]:
        """The variables, and those of earlier times that some rule names, by their names on file."""
        filed = {name: replace(self.variables[on_file(name)[0]], name=name) for name in self.rules.prior}
        return {**filed, **self.variables}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables in printed order: the columns of every frame."""
        return tuple(self.form.variables)

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Checks by key."""
        return {check.key: check for check in self.rules.checks}

    @cached_property
    def text_rules(self) -> Mapping[str, TextRule]:
        """Rules about texts by id."""
        return {rule.id: rule for rule in self.form.text_rules}

    @cached_property
    def wanted(self) -> Mapping[str, Wanted]:
        """What each required text must hold. Where the report has an answer for a word or a figure, that will do."""
        parts = [part for section in self.outline.sections for part in section.parts if part.answers]
        answers = {part.text: [word.upper() for one in part.answers for word in one.says] for part in parts}
        phrases = dict.fromkeys(phrase.upper() for phrase in self.form.empty_texts)
        return {
            name: Wanted(
                MARKS if name in answers else MARKS + DIGITS,
                tuple(one for one in phrases if one not in answers.get(name, ())),
            )
            for name, text in self.form.texts.items()
            if text.required
        }

    def due(self, variable: str, values: Exact) -> bool:
        """Whether a blank is a fault there, by what stands in other cells."""
        asked = self.rules.relevant.get(variable)
        return self.form.cells[variable].type.required and (asked is None or bool(values.result(asked)))

    def explanation_cell(self, content: Return, key: str) -> tuple[str, str] | None:
        """Sheet and cell where a return explains a rule; None where its check sheet, an earlier one, has none."""
        if content.explained_at is None:
            return CHECKS, self.layout.spot(explain_name(key)).cell
        return (CHECKS, content.explained_at[key]) if key in content.explained_at else None

    def place(self, check: Check) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The printed labels, from outside in, of the row or of the column that a check holds in; else empty."""
        scope = check.scope
        if not check.rule.table or not scope.id:
            return (), ()
        table = self.form.table(check.rule.table)
        if scope.row:
            return table.row(scope.row).path, ()
        return (), table.column(check.keys[0].name.split(".")[1], scope.column).path


def loads(text: str, words: str = "", *, controls: bool = False) -> Instrument:
    """A form from a text, and what it says about language from another; DefinitionError as of `assemble`."""
    return assemble(parse_definition(text, words), "（文字）", controls=controls)


def assemble(definition: Definition, source: str, *, controls: bool) -> Instrument:
    """Compile all that a definition says, with control totals if wanted; DefinitionError with every problem at once."""
    problems = list(definition.problems)
    form = with_controls(definition.form) if controls and not problems else definition.form
    if definition.names_unique:
        rules, faulty = compile_rules(form)
        outline, unknown = compile_outline(form, definition.report)
        language, unreadable = compile_language(form, definition.words)
        problems += [*faulty, *unknown, *unreadable]
    if problems:
        raise DefinitionError(source, list(dict.fromkeys(problems)))
    told = tuple(rule.id for rule in form.text_rules if rule.takes_explanation)
    words = [text_key(text.name) for text in form.texts.values() if text.required] if form.empty_texts else []
    levels = {c.key: (c.rule.severity, c.rule.typed_severity, c.rule.unknown_severity) for c in rules.checks}
    explained = frozenset({*(key for key, several in levels.items() if Severity.VERIFY in several), *told, *words})
    clash = [key for key, times in Counter(map(explain_name, sorted(explained))).items() if times > 1]
    if clash:
        raise DefinitionError(source, [f"rules: 有的规则编号只差标点，说明格的名称会相同：{'、'.join(clash)}"])
    lines = (*(check.key for check in rules.checks), *told)
    layout = Layout(form, rules.prior, lines, explained, tuple(dict.fromkeys(_printed(outline))))
    _ = layout.grids
    return Instrument(form, rules, layout, outline, language)


def _printed(outline: Outline) -> Iterator[str]:
    """The ids of groups of texts, lists and tables, section by section."""
    for section in outline.sections:
        yield from (part.text.partition(".")[0] for part in section.parts if part.text)
        yield from (case.list for part in section.parts for cases in part.sentences for case in cases if case.list)
        yield section.table


class Labels(NamedTuple):
    """Calls variables by their printed labels, as seen from the place of a check: its rows, its columns, or both.

    With ``values`` each cell is told with its figure.
    """

    instrument: Instrument
    check: Check
    values: Exact | None = None

    def cell(self, key: Key) -> str:
        """``“一、本年新收……”``, with 上年 before last year's."""
        return self._label(key) + (shown(self.values.cell(key)) if self.values else "")

    def total(self, keys: Sequence[Key]) -> str:
        """``“first”至“last”各项之和``."""
        return f"{self._label(keys[0])}至{self._label(keys[-1])}各项之和"

    def column(self, keys: Sequence[Key]) -> str:
        """``“账号”各行“关注量”``: a column of a list."""
        first = self.instrument.variables[keys[0].name]
        table = self.instrument.form.table(first.table)
        block = table.block(first.row)
        return f"“{block.stub or block.title or table.title}”各行“{first.column_path[-1]}”"

    def _label(self, key: Key) -> str:
        """The part of a variable's labels that tells it from its neighbours."""
        variable, scope = self.instrument.known[key.name], self.check.scope
        label = f"{variable.row_label} {variable.column_label}".strip()
        if scope.column or (scope.row and variable.column_path):
            label = (variable.column_path if scope.row else variable.row_path)[-1]
        return f"{CALLED[on_file(key.name)[1]] if key.prior else ''}“{label}”"


SIGNS = {"=": "应等于", "<=": "应不大于", ">=": "应不小于", "<": "应小于", ">": "应大于", "<>": "应不等于"}


def in_labels(instrument: Instrument, check: Check) -> str:
    """The rule as it is written, with printed labels for ids: ``“甲” ＋ “乙” ＝ “丙”``."""
    speech = Labels(instrument, check)
    return _only(check, speech) + Operation(check.op, (check.left, check.right)).words(speech)


def demand(instrument: Instrument, check: Check) -> str:
    """What a check demands, without values: its own words, else generated from the labels."""
    if check.rule.say:
        return check.rule.say
    speech = Labels(instrument, check)
    return f"{_only(check, speech)}{check.left.words(speech)}，{SIGNS[check.op]} {check.right.words(speech)}"


def _only(check: Check, speech: Labels) -> str:
    """The condition of a rule that has one, before what it demands."""
    return f"{check.when.words(speech)} 时，" if check.when else ""
