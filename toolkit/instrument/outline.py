"""A report's plan as compiled: sections, parts, and the sentences they may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from toolkit.forms.fields import Fields
from toolkit.model.form import Form
from toolkit.model.form import OpenList
from toolkit.rules.bind import BindError
from toolkit.rules.compile import Check
from toolkit.rules.compile import compile_condition
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.parse import RuleSyntaxError


@dataclass(frozen=True, slots=True)
class Change:
    """A gap that compares: ``mark`` stands before it, ``node`` is what is compared with last year's."""

    mark: str
    node: Node


@dataclass(frozen=True, slots=True)
class ByUnit:
    """A gap that is told by unit, in the report of a sum only: ``node`` is what of."""

    node: Node


Gap = str | Node | Change | ByUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sentence with gaps: literal texts, between them words of the report (texts), figures (nodes) and others."""

    pieces: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to say a sentence; the first whose condition holds is taken."""

    template: Template
    when: Check | None = None
    list: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sentence for a text that is no more than one of the words ``says``, or an amount in ``unit``."""

    template: Template
    says: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run-in heading, its sentences from figures, and the unit's own text; ``answers`` for a text of one word."""

    lead: str = ""
    text: str = ""
    after: bool = False
    sentences: tuple[tuple[Case, ...], ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlan:
    """A section: heading, parts, and a table where it has one."""

    heading: str
    parts: tuple[Part, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A report's outline. ``closing`` lines come with the cover line they need.

    ``key_figures`` are what the page of a round and the companion document show of every unit: label and expression.
    """

    title: tuple[Template, ...]
    preamble: tuple[Template, ...]
    sections: tuple[SectionPlan, ...]
    closing: tuple[tuple[str, Template], ...] = ()
    unit_self: str = "本单位"
    area_self: str = "各单位"
    key_figures: tuple[tuple[str, Node], ...] = ()


#: What a title says to whoever fills the sheet in: ``（选填）``.
_NOTE = re.compile(r"（[^（）]*）$")
#: ``{，同比 requests.new.total}``: the mark before it is printed only where the comparison is.
_CHANGE = re.compile(r"([，；。、]?)同比\s+(.+)")
#: ``{分单位 requests.new.total}``.
_BY_UNIT = re.compile(r"分单位\s+(.+)")
_PLACE = re.compile(r"\{([^{}]*)\}")
#: Words of a report that are not figures.
WORDS = ("self", "unit", "year", "next_year", "period", "from", "to", "basis", "list.total", "list.parts", "amount")


def compile_outline(form: Form, report: Mapping[str, object]) -> tuple[Outline, list[str]]:
    """The outline in ``report`` (as read from report.toml), a plain default where it is empty, and every problem."""
    problems: list[str] = []
    if not report:
        return _default(form, problems), problems
    root = Fields(report, "", problems)
    compiler = _Compiler(form, problems, _figures(root.table("figures")))
    for name in compiler.figures:
        compiler.gap(name, f"figures.{name}")
    own = root.table("self")
    outline = Outline(
        unit_self=own.text("unit", "本单位"),
        area_self=own.text("area", "各单位"),
        title=tuple(compiler.template(t, "title") for t in root.texts("title")),
        preamble=tuple(compiler.texts(root, "preamble")),
        sections=tuple(compiler.section(s) for s in root.tables("section", required=True)),
        closing=tuple(compiler.closing(root)),
        key_figures=tuple(compiler.key_figures(root)),
    )
    own.unknown()
    root.unknown()
    return outline, [f"report.toml {p}" for p in problems]


@dataclass(frozen=True, slots=True)
class _Compiler:
    form: Form
    problems: list[str]
    figures: Mapping[str, str] = field(default_factory=dict)

    def template(self, text: str, path: str) -> Template:
        pieces, gaps, last = [], [], 0
        for found in _PLACE.finditer(text):
            pieces.append(text[last : found.start()])
            gaps.append(self.gap(found[1].strip(), path))
            last = found.end()
        pieces.append(text[last:])
        return Template(pieces=tuple(pieces), gaps=tuple(gaps))

    def gap(self, text: str, path: str) -> Gap:
        if found := _CHANGE.fullmatch(text):
            node = self.gap(found[2], path)
            return Change(found[1], node) if isinstance(node, Node) else node
        if found := _BY_UNIT.fullmatch(text):
            node = self.gap(found[1], path)
            return ByUnit(node) if isinstance(node, Node) else node
        if text in WORDS or text in {one.name for one in self.form.cover}:
            return text
        try:
            return compile_expression(self.form, self.figures.get(text, text))
        except (RuleSyntaxError, BindError) as error:
            self.problems.append(f"{path}: “{{{text}}}”：{error}")
            return ""

    def texts(self, fields: Fields, key: str) -> Iterator[Template]:
        for one in fields.tables(key):
            yield self.template(one.text("text", required=True), f"{one.path}.text")
            one.unknown()

    def closing(self, fields: Fields) -> Iterator[tuple[str, Template]]:
        for one in fields.tables("closing"):
            needs = one.text("needs")
            if needs and needs not in {line.name for line in self.form.cover}:
                one.problem(f"封面没有“{needs}”这一项", "needs")
            yield needs, self.template(one.text("text", required=True), f"{one.path}.text")
            one.unknown()

    def key_figures(self, fields: Fields) -> Iterator[tuple[str, Node]]:
        for one in fields.tables("board"):
            label, gap = (
                one.text("label", required=True),
                self.gap(one.text("value", required=True), f"{one.path}.value"),
            )
            if isinstance(gap, Node):
                yield label, gap
            elif gap:
                one.problem("只能是数，不能是文字", "value")
            one.unknown()

    def section(self, fields: Fields) -> SectionPlan:
        table = fields.text("table")
        if table and table not in {t.id for t in self.form.tables}:
            fields.problem(f"没有表“{table}”", "table")
        out = SectionPlan(
            heading=fields.text("heading", required=True),
            parts=tuple(self.part(p) for p in fields.tables("part")),
            table=table,
        )
        fields.unknown()
        return out

    def part(self, fields: Fields) -> Part:
        text = fields.text("text")
        if text and text not in self.form.texts:
            fields.problem(f"没有文字项“{text}”", "text")
        out = Part(
            lead=fields.text("lead"),
            text=text,
            after=fields.flag("after"),
            sentences=tuple(self.cases(s) for s in fields.tables("sentence")),
            answers=tuple(self.answer(a) for a in fields.tables("answer")),
        )
        fields.unknown()
        return out

    def answer(self, fields: Fields) -> Answer:
        out = Answer(
            template=self.template(fields.text("text", required=True), f"{fields.path}.text"),
            says=tuple(fields.texts("says")),
            unit=fields.text("amount"),
        )
        if bool(out.says) == bool(out.unit):
            fields.problem("写 says（哪些词）或 amount（金额的单位）之一")
        fields.unknown()
        return out

    def cases(self, fields: Fields) -> tuple[Case, ...]:
        out = tuple(self.case(c) for c in fields.tables("cases", required=True))
        fields.unknown()
        return out

    def case(self, fields: Fields) -> Case:
        when = fields.text("when")
        check: Check | None = None
        if when:
            try:
                check = compile_condition(self.form, when)
            except (RuleSyntaxError, BindError) as error:
                fields.problem(str(error), "when")
        name = fields.text("list")
        if name and name not in {one.id for one in self.form.lists}:
            fields.problem(f"没有清单“{name}”", "list")
        out = Case(template=self.template(fields.text("text"), f"{fields.path}.text"), when=check, list=name)
        fields.unknown()
        return out


def _figures(fields: Fields) -> dict[str, str]:
    """Expressions that sentences use by a short name."""
    return {name: fields.text(name) for name in fields.data}


def _default(form: Form, problems: list[str]) -> Outline:
    """Title, statistical period, every table, text and list: enough for a form that says nothing about its report."""
    compiler = _Compiler(form, problems)
    tables = [SectionPlan(heading=t.title, table=t.id) for t in form.tables]
    texts = [
        SectionPlan(
            heading=g.title,
            parts=tuple(Part(lead=f"{t.label}。" if len(g.texts) > 1 else "", text=t.name) for t in g.texts),
        )
        for g in form.groups
    ]
    return Outline(
        title=(compiler.template("{unit}", ""), compiler.template("{period}" + form.title, "")),
        preamble=(compiler.template("本报告所列数据的统计期限自{from}起至{to}止。", ""),),
        sections=(*tables, *texts, *(_listed(compiler, one) for one in form.lists)),
    )


def _listed(compiler: _Compiler, one: OpenList) -> SectionPlan:
    """A section that tells an open list in a sentence, or that nobody filled it."""
    filled = compiler.template(f"共{{list.total}}{one.type.unit}：{{list.parts}}。", "")
    cases = (Case(template=filled, list=one.id), Case(template=compiler.template("没有填写。", "")))
    return SectionPlan(heading=_NOTE.sub("", one.title), parts=(Part(sentences=(cases,)),))
