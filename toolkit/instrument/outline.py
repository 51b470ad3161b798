"""The outline of a form's report, compiled: sections, parts, and the sentences they may say.

``report.toml`` is read once, when the form is loaded; what is wrong in it is told with all else that is wrong in the
definition. A sentence is literal text with gaps: ``新收申请{requests.new.total}件``. What may stand in a gap is said at
`Gap`; which keys there are, in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

from toolkit.forms.fields import Fields
from toolkit.model.form import Form, OpenList
from toolkit.model.keys import Also, Id, Ref
from toolkit.rules.compile import compile_condition, compile_expression
from toolkit.rules.expression import Node, Operation


class YearChange(NamedTuple):
    """A gap that compares the figure ``node`` with last year's; ``mark`` is printed before it, if there is anything."""

    mark: str
    node: Node


class ByUnit(NamedTuple):
    """A gap that tells the figure ``node`` of each unit; in the report of a sum only."""

    node: Node


class NamedFigure(NamedTuple):
    """A figure with what it is called."""

    label: Annotated[str, "what it is called"]
    node: Annotated[Node, Also("value"), "an expression or a name of `[figures]`"]


class Breakdown(NamedTuple):
    """A gap that takes a figure apart."""

    id: Annotated[Id, "its name in `{分项 id}`"]
    parts: Annotated[tuple[NamedFigure, ...], Also("part"), "what it is made of"]
    all: Annotated[str, "said where a single part is all of it (`均{}`)"]
    none: Annotated[str, "said of the parts that are 0 (`没有{}的情形`)"] = ""
    share: Annotated[bool, "the first part is a percentage too, where it is exact to a tenth"] = False


#: What stands in a gap: one of `WORDS` or a line of the cover (str), a figure (node), or what is made of a figure.
Figured = Node | YearChange | ByUnit | Breakdown
Gap = str | Figured


_TABLE, _TEXT, _LIST = Ref("没有表“{}”"), Ref("没有文字项“{}”"), Ref("没有清单“{}”")
_COVER = Ref("封面没有“{}”这一项")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text with gaps: ``pieces`` are the literal texts, one more than there are ``gaps`` between them."""

    pieces: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCase:
    """One way to say a sentence: of several the first whose conditions hold is taken."""

    template: Annotated[Template, Also("text"), "the sentence"] = Template(pieces=("",), gaps=())
    when: Annotated[Operation | None, "a comparison over full names"] = None
    list: Annotated[str, _LIST, "an open list that must be filled in"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sentence in place of a text that is no more than a word or an amount; one of the two."""

    template: Annotated[Template, Also("text"), "the sentence"]
    says: Annotated[tuple[str, ...], "the words; an amount of 0 counts as `0` among them"] = ()
    unit: Annotated[str, Also("amount"), "the unit of an amount"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence proposed for a sum where texts of units say something."""

    template: Annotated[Template, Also("text"), "the sentence"]
    find: Annotated[tuple[re.Pattern[str], ...], "regular expressions for what they say; `{n}` is a number"] = ()
    text: Annotated[str, Also("of"), _TEXT, "the text that says it; else the part's own"] = ""
    least: Annotated[int, "the least number of such units"] = 1
    every: Annotated[Template | None, "said where all units do; those are passed over afterwards"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """What stands under a run-in heading: sentences from figures, each as its cases, and the unit's own text."""

    lead: Annotated[str, "a run-in heading"] = ""
    text: Annotated[str, _TEXT, "the name of a text of the form"] = ""
    after: Annotated[bool, "whether the sentences stand behind the text"] = False
    sentences: Annotated[tuple[tuple[SentenceCase, ...], ...], Also("sentence"), "sentences: `cases` of each"] = ()
    answers: Annotated[tuple[Answer, ...], Also("answer"), "for a text that is no more than a word"] = ()
    drafts: Annotated[tuple[DraftSentence, ...], Also("draft"), "proposals for the report of a sum"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlan:
    """A section of the report."""

    heading: Annotated[str, "its heading"]
    parts: Annotated[tuple[SectionPart, ...], Also("part"), "what stands in it"] = ()
    table: Annotated[str, _TABLE, "the table that stands after the parts"] = ""


class ClosingLine(NamedTuple):
    """A sentence at the end, a paragraph; one that is aligned is a line of its own, in a sum only."""

    template: Annotated[Template, Also("text"), "the sentence"]
    needs: Annotated[str, _COVER, "a cover line without which it is left out"] = ""
    align: Annotated[Literal["", "left", "center", "right"], "how a line of its own is set"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """All that a form says about its report.

    ``unit_self`` and ``area_self`` are what ``{self}`` says in the report of a unit and of a sum.
    """

    title: Annotated[tuple[Template, ...], "the title, one text a line"] = ()
    preamble: tuple[Template, ...]
    sections: Annotated[tuple[SectionPlan, ...], Also("section"), "the sections"]
    closing: Annotated[tuple[ClosingLine, ...], "sentences at the end"] = ()
    unit_self: str = "本单位"
    area_self: str = "各单位"
    area_names: Annotated[Mapping[str, tuple[str, ...]], Also("names"), "`{self}` by endings of a sum's name"] = field(
        default_factory=dict
    )
    key_figures: Annotated[tuple[NamedFigure, ...], Also("board"), "shown of every unit and of the sum"] = ()


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
    compiler = _Compiler(form, problems)
    names = {_TABLE: {one.id for one in form.tables}, _TEXT: form.texts, _LIST: {one.id for one in form.lists}}
    names |= {_COVER: {line.name for line in form.cover}}
    root = Fields(report or _plain(form), "", problems, compiler.readers, names)
    compiler.figures.update(root.get("figures", dict[str, str]))
    for name in compiler.figures:
        compiler.gap(name, f"figures.{name}")
    compiler.breakdowns.update((one.id, one) for one in root.get("breakdown", tuple[Breakdown, ...]))
    own = root.table("self")
    outline = root.made(
        Outline,
        unit_self=own.get("unit", str) or "本单位",
        area_self=own.get("area", str) or "各单位",
        preamble=root.each("preamble", lambda one: one.get("text", Template, required=True)),
    )
    own.unknown()
    root.unknown()
    return outline, [f"report.toml {p}" for p in problems]


@dataclass(frozen=True, slots=True)
class _Compiler:
    form: Form
    problems: list[str]
    figures: dict[str, str] = field(default_factory=dict)
    breakdowns: dict[str, Breakdown] = field(default_factory=dict)

    @property
    def readers(self) -> Mapping[Any, Callable[[Fields, str], Any]]:
        return {
            Template: lambda told, key: self.template(told.get(key, str), told.where(key)),
            tuple[Template, ...]: lambda told, key: tuple(
                self.template(one, told.where(key)) for one in told.get(key, tuple[str, ...])
            ),
            Node: self.node,
            Operation: self.condition,
            tuple[re.Pattern[str], ...]: self.patterns,
            tuple[tuple[SentenceCase, ...], ...]: lambda told, key: told.each(
                key, lambda one: one.get("cases", tuple[SentenceCase, ...], required=True)
            ),
            tuple[Answer, ...]: lambda told, key: told.each(key, self.answer),
            tuple[SectionPart, ...]: lambda told, key: told.each(key, self.part),
        }

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
        if text in WORDS or text in {*self.form.words, *(one.name for one in self.form.cover)}:
            return text
        try:
            return compile_expression(self.form, self.figures.get(text, text))
        except ValueError as error:
            self.problems.append(f"{path}: “{{{text}}}”：{error}")
            return ""

    def node(self, fields: Fields, key: str) -> Node | None:
        gap = self.gap(fields.get(key, str), fields.where(key))
        if isinstance(gap, Node):
            return gap
        if gap:
            fields.problem("只能是数，不能是文字", key)
        return None

    def condition(self, fields: Fields, key: str) -> Operation | None:
        text = fields.get(key, str)
        return fields.tried(partial(compile_condition, self.form), text, key) if text else None

    def patterns(self, fields: Fields, key: str) -> tuple[re.Pattern[str], ...]:
        out = []
        for text in fields.get(key, tuple[str, ...]):
            try:
                out.append(re.compile(text.replace("{n}", _COUNT)))
            except re.error as error:
                fields.problem(f"“{text}”写法不对：{error}", key)
        return tuple(out)

    def answer(self, fields: Fields) -> Answer:
        out = fields.made(Answer)
        if bool(out.says) == bool(out.unit):
            fields.problem("写 says（哪些词）或 amount（金额的单位）之一")
        return out

    def part(self, fields: Fields) -> SectionPart:
        part = fields.made(SectionPart)
        if not part.text and not all(one.text for one in part.drafts):
            fields.problem("没有 text，每个 draft 都要写 of（看哪一项文字）", "draft")
        return replace(part, drafts=tuple(replace(one, text=one.text or part.text) for one in part.drafts))


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
