"""The outline of a form's report, compiled: sections, parts, and the sentences they may say.

``report.toml`` is read once, when the form is loaded; what is wrong in it is told with all else that is wrong in the
definition. A sentence is literal text with gaps: ``新收申请{requests.new.total}件``. What may stand in a gap is said at
`Gap`; which keys there are, in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.forms.fields import Fields
from toolkit.model.form import Form, OpenList
from toolkit.rules.bind import BindError
from toolkit.rules.compile import Check, compile_condition, compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.parse import RuleSyntaxError


class YearChange(NamedTuple):
    """A gap that compares the figure ``node`` with last year's; ``mark`` is printed before it, if there is anything."""

    mark: str
    node: Node


class ByUnit(NamedTuple):
    """A gap that tells the figure ``node`` of each unit; in the report of a sum only."""

    node: Node


class Breakdown(NamedTuple):
    """A gap that takes a figure apart: parts, words where one is all of it and for those that are 0, first as share."""

    parts: tuple[tuple[str, Node], ...]
    all: str
    none: str
    share: bool


#: What stands in a gap: one of `WORDS` or a line of the cover (str), a figure (node), or what is made of a figure.
Figured = Node | YearChange | ByUnit | Breakdown
Gap = str | Figured


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text with gaps: ``pieces`` are the literal texts, one more than there are ``gaps`` between them."""

    pieces: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCase:
    """One way to say a sentence: of several the first whose condition ``when`` holds is taken.

    A case with ``list`` needs the open list of that id to be filled in as well.
    """

    template: Template
    when: Check | None = None
    list: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sentence in place of a text that is one of the words ``says``, or an amount in ``unit``; one of the two."""

    template: Template
    says: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence proposed for a sum, where the text ``text`` of at least so many units says what ``find`` says.

    ``every`` is said where all units are among them; units of which an earlier draft told are then passed over.
    """

    template: Template
    find: tuple[re.Pattern[str], ...]
    text: str
    least: int = 1
    every: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """What stands under a run-in heading ``lead``: sentences from figures, and the unit's own text.

    ``text`` names the text. The sentences stand before it or, with ``after``, behind it; each of them is given as the
    cases it may be said in. ``answers`` are for a text that is no more than a word, ``drafts`` for the report of a sum.
    """

    lead: str = ""
    text: str = ""
    after: bool = False
    sentences: tuple[tuple[SentenceCase, ...], ...] = ()
    answers: tuple[Answer, ...] = ()
    drafts: tuple[DraftSentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlan:
    """A section: heading, parts, and the id of its table where it has one."""

    heading: str
    parts: tuple[SectionPart, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """All that a form says about its report.

    ``closing`` are sentences at the end, each with the line of the cover it needs ("" for none) and how it is set; what
    is set is a line of its own, in a sum only. ``key_figures`` are what the page of a round and the companion document
    show of every unit. ``unit_self`` and ``area_self`` are what ``{self}`` says in the report of a unit and of a sum,
    ``area_names`` what it says where the name of the sum ends in one of some words.
    """

    title: tuple[Template, ...]
    preamble: tuple[Template, ...]
    sections: tuple[SectionPlan, ...]
    closing: tuple[tuple[Template, str, str], ...] = ()
    unit_self: str = "本单位"
    area_self: str = "各单位"
    area_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key_figures: tuple[tuple[str, Node], ...] = ()


#: What a title says to whoever fills the sheet in: ``（选填）``.
_NOTE = re.compile(r"（[^（）]*）$")
#: ``{，同比 requests.new.total}``: the mark before it is printed only where the comparison is.
_CHANGE = re.compile(r"([，；。、]?)同比\s+(.+)")
#: ``{分单位 requests.new.total}``.
_BY_UNIT = re.compile(r"分单位\s+(.+)")
#: ``{分项 results}``: an id of ``[[breakdown]]``.
_BREAKDOWN = re.compile(r"分项\s+(.+)")
_PLACE = re.compile(r"\{([^{}]*)\}")
_TIME = ("year", "next_year", "period", "from", "to", "date")
#: Words of a report that are not figures.
WORDS = ("self", "unit", "office", *_TIME, "basis", "list.total", "list.parts", "amount", "count", "nth", "quote")
#: ``{n}`` in a pattern of a draft: a number, written in either way.
_COUNT = r"(?P<n>\d+(?:\.\d+)?万?|[零〇一二两三四五六七八九十百千万]+)"


def compile_outline(form: Form, report: Mapping[str, object]) -> tuple[Outline, list[str]]:
    """The outline of ``report`` (report.toml as read), and every problem in it as ``report.toml path: what``.

    Where ``report`` is empty the outline is a plain one: title, period, every table, text and list. Raises nothing:
    what is faulty is left empty, so that all problems are seen at once.
    """
    problems: list[str] = []
    root = Fields(report or _plain(form), "", problems)
    given = root.table("figures")
    figures = {name: given.text(name) for name in given.data}
    compiler = _Compiler(form, problems, figures)
    for name in figures:
        compiler.gap(name, f"figures.{name}")
    compiler.breakdowns.update(root.each("breakdown", compiler.breakdown))
    own = root.table("self")
    outline = Outline(
        unit_self=own.text("unit", "本单位"),
        area_self=own.text("area", "各单位"),
        area_names=root.table("names").texts_by_key(),
        title=tuple(compiler.template(t, "title") for t in root.texts("title")),
        preamble=root.each("preamble", compiler.text),
        sections=root.each("section", compiler.section, required=True),
        closing=root.each("closing", compiler.closing),
        key_figures=tuple(filter(None, root.each("board", compiler.key_figure))),
    )
    own.unknown()
    root.unknown()
    return outline, [f"report.toml {p}" for p in problems]


@dataclass(frozen=True, slots=True)
class _Compiler:
    form: Form
    problems: list[str]
    figures: Mapping[str, str] = field(default_factory=dict)
    breakdowns: dict[str, Breakdown] = field(default_factory=dict)

    def template(self, text: str, path: str) -> Template:
        parts = _PLACE.split(text)
        return Template(pieces=tuple(parts[::2]), gaps=tuple(self.gap(one.strip(), path) for one in parts[1::2]))

    def gap(self, text: str, path: str) -> Gap:
        if found := _CHANGE.fullmatch(text):
            node = self.gap(found[2], path)
            return YearChange(found[1], node) if isinstance(node, Node) else node
        if found := _BY_UNIT.fullmatch(text):
            node = self.gap(found[1], path)
            return ByUnit(node) if isinstance(node, Node) else node
        if found := _BREAKDOWN.fullmatch(text):
            if found[1] not in self.breakdowns:
                self.problems.append(f"{path}: 没有分项“{found[1]}”")
            return self.breakdowns.get(found[1], "")
        if text in WORDS or text in {one.name for one in self.form.cover}:
            return text
        try:
            return compile_expression(self.form, self.figures.get(text, text))
        except (RuleSyntaxError, BindError) as error:
            self.problems.append(f"{path}: “{{{text}}}”：{error}")
            return ""

    def text(self, fields: Fields, *, required: bool = True) -> Template:
        return self.template(fields.text("text", required=required), f"{fields.path}.text")

    def closing(self, fields: Fields) -> tuple[Template, str, str]:
        needs = fields.text("needs")
        if needs and needs not in {line.name for line in self.form.cover}:
            fields.problem(f"封面没有“{needs}”这一项", "needs")
        return self.text(fields), needs, fields.choice("align", ("left", "center", "right"))

    def breakdown(self, fields: Fields) -> tuple[str, Breakdown]:
        parts = tuple(filter(None, fields.each("part", self.key_figure, required=True)))
        words = fields.text("all", required=True), fields.text("none")
        return fields.id(), Breakdown(parts, *words, fields.flag("share"))

    def draft(self, fields: Fields, own: str) -> DraftSentence:
        name, every = fields.text("of", own), fields.text("every")
        if name not in self.form.texts:
            fields.problem(f"没有文字项“{name}”", "of")
        return DraftSentence(
            template=self.text(fields),
            find=tuple(filter(None, (self.pattern(one, fields) for one in fields.texts("find")))),
            text=name,
            least=fields.whole("least", 1),
            every=self.template(every, f"{fields.path}.every") if every else None,
        )

    def pattern(self, text: str, fields: Fields) -> re.Pattern[str] | None:
        try:
            return re.compile(text.replace("{n}", _COUNT))
        except re.error as error:
            fields.problem(f"“{text}”写法不对：{error}", "find")
            return None

    def key_figure(self, fields: Fields) -> tuple[str, Node] | None:
        label = fields.text("label", required=True)
        gap = self.gap(fields.text("value", required=True), f"{fields.path}.value")
        if isinstance(gap, Node):
            return label, gap
        if gap:
            fields.problem("只能是数，不能是文字", "value")
        return None

    def section(self, fields: Fields) -> SectionPlan:
        table = fields.text("table")
        if table and table not in {t.id for t in self.form.tables}:
            fields.problem(f"没有表“{table}”", "table")
        return SectionPlan(
            heading=fields.text("heading", required=True), parts=fields.each("part", self.part), table=table
        )

    def part(self, fields: Fields) -> SectionPart:
        text = fields.text("text")
        if text and text not in self.form.texts:
            fields.problem(f"没有文字项“{text}”", "text")
        return fields.made(
            SectionPart,
            text=text,
            sentences=fields.each("sentence", lambda told: told.each("cases", self.case, required=True)),
            answers=fields.each("answer", self.answer),
            drafts=fields.each("draft", lambda told: self.draft(told, text)),
        )

    def answer(self, fields: Fields) -> Answer:
        out = Answer(template=self.text(fields), says=fields.texts("says"), unit=fields.text("amount"))
        if bool(out.says) == bool(out.unit):
            fields.problem("写 says（哪些词）或 amount（金额的单位）之一")
        return out

    def case(self, fields: Fields) -> SentenceCase:
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
        return SentenceCase(template=self.text(fields, required=False), when=check, list=name)


def _plain(form: Form) -> dict[str, object]:
    """The report.toml of a form that has none: title, period, every table, text and list."""

    def cases(one: OpenList) -> list[dict[str, object]]:
        return [{"list": one.id, "text": f"共{{list.total}}{one.type.unit}：{{list.parts}}。"}, {"text": "没有填写。"}]

    tables = [{"heading": t.title, "table": t.id} for t in form.tables]
    leads = {t.name: f"{t.label}。" if len(g.texts) > 1 else "" for g in form.groups for t in g.texts}
    parts = {g.id: [{"lead": leads[t.name], "text": t.name} for t in g.texts] for g in form.groups}
    texts = [{"heading": g.title, "part": parts[g.id]} for g in form.groups]
    told = {one.id: [{"sentence": [{"cases": cases(one)}]}] for one in form.lists}
    lists = [{"heading": _NOTE.sub("", one.title), "part": told[one.id]} for one in form.lists]
    span = {"text": "本报告所列数据的统计期限自{from}起至{to}止。"}
    return {"title": ["{unit}", f"{{period}}{form.title}"], "preamble": [span], "section": [*tables, *texts, *lists]}
