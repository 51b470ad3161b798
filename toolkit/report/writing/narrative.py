"""Writes a report from a return: sentences from figures, the unit's texts word for word, the tables as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from toolkit.checks.narrative.chinese import normalised, numeral
from toolkit.checks.narrative.claims import stated_figures
from toolkit.forms.layout import key_name
from toolkit.instrument import outline as plans
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.outline import Answer, SectionPart, SectionPlan, SentenceCase, Template
from toolkit.model.period import Period
from toolkit.model.returns import Return, Submission
from toolkit.report.document.blocks import DRAFT, MISSING, PENDING, Document, Fact, Paragraph, Section, TableBlock
from toolkit.report.writing import gaps
from toolkit.report.writing.drafts import DRAFTED, UnitSays, common_words, read_texts_of, sources_of
from toolkit.report.writing.gaps import ALONE, Filled, Stated, SummedArea, figure_text
from toolkit.rules.expression import Cell, Exact
from toolkit.text import labelled, shown

#: What a finished sentence, or a mark for a missing text, ends with.
_ENDS = "。！？；…”）】"


def write_report(
    instrument: Instrument, submission: Submission, *, banner: str = "", area: SummedArea = ALONE
) -> Document:
    """The report of one return, or of the sum of an ``area``; required texts still to be written are marked."""
    writer = _Writer(instrument, submission, area)
    outline, content = instrument.outline, submission.content
    return Document(
        title=tuple(writer.fill(t)[0] for t in outline.title),
        unit=content.unit,
        period=writer.words.get("period", content.period),
        preamble=tuple(writer.paragraph(t) for t in outline.preamble),
        sections=tuple(Section(heading=s.heading, blocks=tuple(writer.section(s))) for s in outline.sections),
        closing=tuple(writer.closing()),
        notice=area.scope,
        banner=banner,
    )


class _Told(NamedTuple):
    """A generated sentence, its figures, and what the editor is told of it; ``draft`` where it is only proposed."""

    text: str
    facts: Sequence[Fact] = ()
    remark: str = ""
    draft: bool = False

    @property
    def printed(self) -> str:
        return f"{self.text}{DRAFT}" if self.draft else self.text


@dataclass(frozen=True)
class _Writer:
    instrument: Instrument
    submission: Submission
    area: SummedArea

    @property
    def content(self) -> Return:
        return self.submission.content

    def closing(self) -> Iterator[Paragraph]:
        """Whom to ask, in a paragraph; then who signs and when."""
        lines = [(one, align) for one, need, align in self.instrument.outline.closing if self.words.get(need or "unit")]
        said = tuple(self.fill(template)[0] for template, align in lines if not align)
        if said:
            yield Paragraph(text="".join(said), said=said)
        yield from (self.paragraph(template, align) for template, align in lines if align and self.area.members)

    @cached_property
    def figures(self) -> Exact:
        return Exact.of(self.submission)

    @cached_property
    def words(self) -> dict[str, str]:
        form, content, outline = self.instrument.form, self.content, self.instrument.outline
        own, unit = outline.unit_self, content.unit or "（单位名称）"
        if self.area.members:
            names = (name for name, ends in outline.area_names.items() if unit.endswith(ends))
            own = self.area.said or next(names, outline.area_self)
        out = {"unit": unit, "self": own, "basis": form.basis, "period": content.period}
        out |= {"office": self.area.office or unit, "date": self.area.date or f"{PENDING}成文日期】"}
        cover = self.area.cover if self.area.members else content.cover
        out |= {name: text.rstrip("。. ") for name, text in cover.items()}
        out |= {name: self.printed(name) for name in form.words}
        if (period := Period.known(content.period, form.period_kind)) is None:
            return out
        first, last = period.span
        years = {"year": str(period.year), "next_year": str(period.year + 1)}
        return {**out, **years, "period": period.label, "from": first, "to": last}

    def paragraph(self, template: Template, align: str = "") -> Paragraph:
        text, facts = self.fill(template)
        return Paragraph(text=text, facts=tuple(facts), said=() if PENDING in text else (text,), align=align)

    def fill(
        self, template: Template, name: str = "", stated: Stated = frozenset(), **more: str
    ) -> tuple[str, list[Fact]]:
        words: dict[str, Filled] = {gap: (text, ()) for gap, text in (self.words | more).items()}
        words |= self.listed(name)
        out: list[str] = [template.pieces[0]]
        facts: list[Fact] = []
        for gap, piece in zip(template.gaps, template.pieces[1:], strict=True):
            told, found = words.get(gap, (MISSING, ())) if isinstance(gap, str) else self.figured(gap, stated)
            out += [told, piece]
            facts += found
        text = "".join(out)
        return text, [replace(fact, sentence=text) for fact in facts]

    def figured(self, gap: plans.Figured, stated: Stated) -> Filled:
        """A figure, or what is made of it."""
        variables = self.instrument.variables
        match gap:
            case plans.YearChange():
                return gaps.compared(gap, self.submission, gaps.measured(gap.node, variables), self.area)
            case plans.ByUnit():
                return gaps.by_unit(gap, self.area.members, gaps.measured(gap.node, variables))
            case plans.Breakdown():
                return gaps.broken_down(gap, self.figures, gaps.measured(gap.parts[0][1], variables), stated)
        this_year = isinstance(gap, Cell) and not gap.key.prior
        text = self.printed(next(gap.keys()).name) if this_year else figure_text(self.figures.result(gap))
        return text, (Fact(text=text, variables=tuple(map(key_name, gap.keys()))),)

    def printed(self, name: str) -> str:
        """What a cell holds: words, what was chosen, of a sum how many chose what, or a figure."""
        kind, value = self.instrument.form.cells[name].type, self.content.numbers.get(name)
        if kind.is_words or (value is None and kind.choices):
            return self.content.texts.get(name, "")
        return kind.shown(value) if value is not None and kind.choices else figure_text(value)

    def is_due(self, name: str) -> bool:
        """Whether a figure that is not there is missing: not where none need be, nor in a sum where none is made."""
        one, node = self.instrument.form.cells[name], self.instrument.rules.relevant.get(name)
        asked = one.type.required and (node is None or bool(self.figures.result(node)))
        return asked and not (self.area.members and one.aggregate.kind == "none")

    def listed(self, name: str) -> dict[str, Filled]:
        """What a gap may show of an open list: the sum, or each line."""
        items = self.content.items.get(name, ())
        if not items:
            return {}
        (listing,) = (one for one in self.instrument.form.lists if one.id == name)
        counts = [listing.names(line)[1] for line in self.content.lines.get(name, range(1, len(items) + 1))]
        total = shown(sum((count for _, count in items), Decimal(0)))
        lines = [(label, shown(count), variable) for (label, count), variable in zip(items, counts, strict=True)]
        parts = "，".join(labelled(label, f"{count}{listing.type.unit}") for label, count, _ in lines)
        return {
            "list.total": (total, (Fact(text=total, variables=tuple(counts)),)),
            "list.parts": (parts, tuple(Fact(text=count, variables=(variable,)) for _, count, variable in lines)),
        }

    def section(self, plan: SectionPlan) -> Iterator[Paragraph | TableBlock]:
        for part in plan.parts:
            yield from self.part(part)
        if plan.table:
            grid = self.instrument.layout.grids[plan.table]
            told = {c.variable: self.printed(c.variable) for c in grid.numbers}
            values = {name: text if text != MISSING or self.is_due(name) else "" for name, text in told.items()}
            yield TableBlock(grid=grid, values=values)

    def part(self, part: SectionPart) -> Iterator[Paragraph]:
        """The part's paragraphs: generated sentences and the unit's text run on, its further lines follow."""
        told, behind = self.sentences(part)
        text = self.content.texts.get(part.text, "")
        if answer := answered(part.answers, text):
            told, text = [*told, self.answer(part, *answer)], ""
        own = [line.strip() for line in text.splitlines() if line.strip()]
        if own and part.lead:
            own[0] = _without_lead(own[0], part.lead)
        told += [] if own else self.proposed(part)
        wanted = self.instrument.form.texts.get(part.text)
        if not own and wanted and wanted.required and not answer and not any(one.draft for one in told):
            own = [f"{PENDING}{wanted.label}】"]
        said = "".join(one.printed for one in told)
        if not own and not said:
            return
        lines = own or [""]
        after = part.after or behind
        told_in = len(lines) - 1 if after else 0
        if after:
            lines[-1] += ("。" if said and lines[-1] and lines[-1][-1] not in _ENDS else "") + said
        else:
            lines[0] = said + lines[0]
        for i, line in enumerate(lines):
            mine = told if i == told_in else []
            yield Paragraph(
                text=line,
                lead=part.lead if i == 0 else "",
                facts=tuple(fact for one in mine for fact in one.facts),
                # A proposal without figures may be struck; what is added up of lists is held to the data all the same.
                said=tuple(one.text for one in mine if one.facts or not one.draft),
                remarks=tuple((one.printed, one.remark) for one in mine if one.remark),
            )

    def answer(self, part: SectionPart, answer: Answer, amount: str) -> _Told:
        """The sentence for a short answer; its figure comes from the cell of the text."""
        sentence, facts = self.fill(answer.template, amount=amount)
        if "amount" in answer.template.gaps:
            facts.append(Fact(text=amount, variables=(part.text,), sentence=sentence))
        return _Told(sentence, facts)

    def sentences(self, part: SectionPart) -> tuple[list[_Told], bool]:
        """The sentences to be said, and whether they stand behind the unit's text: it has told the first one."""
        own = self.content.texts.get(part.text, "") if part.text else ""
        stated = stated_figures(self.instrument, self.content, part.text) if own else set()
        out: list[_Told] = []
        behind = False
        for cases in part.sentences:
            case = next((c for c in cases if self.holds(c)), None)
            if case is not None:
                text, facts = self.fill(case.template, case.list, stated)
                if _said(stated, case, facts):
                    behind = behind or not out
                elif text:
                    out.append(self.remarked(case, text, facts))
        return out, behind

    def remarked(self, case: SentenceCase, text: str, facts: list[Fact]) -> _Told:
        """A sentence of a sum with where it comes from; a list that not every unit filled in makes a draft."""
        if case.list and self.area.members:
            lists = [(unit, one.content.items.get(case.list)) for unit, one in self.area.members]
            (listing,) = (one for one in self.instrument.form.lists if one.id == case.list)
            totals = [(unit, sum((n for _, n in lines), Decimal(0))) for unit, lines in lists if lines]
            said = [f"{unit}：{shown(total)}{listing.type.unit}" for unit, total in totals]
            silent = [unit for unit, lines in lists if not lines]
            head = DRAFTED if silent else "由各单位填写的清单相加。"
            return _Told(text, facts, sources_of(said, silent, head), draft=bool(silent))
        changes = [gap for gap in case.template.gaps if isinstance(gap, plans.YearChange)]
        variables = self.instrument.variables
        told = (gaps.same_units(one, self.submission, gaps.measured(one.node, variables), self.area) for one in changes)
        return _Told(text, facts, "\n".join(filter(None, told)))

    def proposed(self, part: SectionPart) -> list[_Told]:
        """What the units' texts let an editor say of an area."""
        members = self.area.members
        seen: set[str] = set()
        kept: list[tuple[Template, list[UnitSays], str, list[str]]] = []
        for draft in part.drafts:
            texts = [(unit, self.as_said(part, one, draft.text)) for unit, one in members]
            found = list(read_texts_of(draft, [one for one in texts if not (draft.every and one[0] in seen)]))
            seen |= {one.unit for one in found}
            # What rests on the same sentences as an earlier draft, or would quote its words, says the same once more.
            grounds = {one.quoted for one in found}
            again = any(grounds <= {one.quoted for one in earlier} for _, earlier, *_ in kept)
            quote = common_words(found, [said for *_, said, _ in kept]) if "quote" in draft.template.gaps else ""
            if len(found) >= draft.least and not again and (quote or "quote" not in draft.template.gaps):
                template = draft.every if draft.every and len(found) == len(members) else draft.template
                silent = [unit for unit, _ in members if unit not in seen] if draft.every else []
                kept.append((template, found, quote, silent))
        out: list[_Told] = []
        for number, (template, found, quote, silent) in zip("一二三四五六七八九", kept, strict=False):
            amount = shown(sum((one.amount for one in found), Decimal(0)))
            nth = f"{number}是" if len(kept) > 1 else ""
            text, _ = self.fill(template, count=str(len(found)), amount=amount, nth=nth, quote=quote)
            out.append(_Told(text, (), sources_of([one.quoted for one in found], silent), draft=True))
        return out

    def as_said(self, part: SectionPart, submission: Submission, name: str) -> str:
        """A unit's text, a short answer as the sentence that its own report makes of it."""
        text = submission.content.texts.get(name, "")
        answer = answered(part.answers, text) if name == part.text else None
        return _Writer(self.instrument, submission, ALONE).answer(part, *answer).text if answer else text

    def holds(self, case: SentenceCase) -> bool:
        if case.list and not self.content.items.get(case.list):
            return False
        return case.when is None or bool(self.figures.result(case.when))


def _said(stated: Stated, case: SentenceCase, facts: Sequence[Fact]) -> bool:
    """Whether a text tells, rightly, a sentence's first figure; without any, that what its condition names is 0."""
    if facts:
        first = facts[0]
        return first.text != MISSING and (frozenset(first.variables), Decimal(first.text)) in stated
    none = {key.name for key in case.when.args[0].keys()} if case.when else set()
    return any(value == 0 and names <= none for names, value in stated)


def _without_lead(text: str, lead: str) -> str:
    """A text without the run-in heading that somebody pasted along with it."""
    start = lead.rstrip("。")
    return text[len(start) :].lstrip("。：: ") if text.startswith(start) else text


_MARKS = " 　，。、；：！,.;:!"
_TEN_THOUSAND = Decimal(10_000)
_NOTHING = "0"


def answered(answers: Sequence[Answer], text: str) -> tuple[Answer, str] | None:
    """The answer a whole text amounts to and the amount as printed (in the answer's unit), or None for a statement."""
    words = normalised(text).strip().strip(_MARKS)
    for answer in answers:
        if words in answer.says:
            return answer, _NOTHING
        amount = _amount(words, answer.unit) if answer.unit else None
        if amount is not None:
            nothing = next((one for one in answers if amount == 0 and _NOTHING in one.says), answer)
            return nothing, shown(amount)
    return None


def _amount(words: str, unit: str) -> Decimal | None:
    """``160``, ``160元``, ``0.3万元``, ``共三百元``; None for anything else."""
    found = re.fullmatch(
        rf"(?:共|计|共计|合计)?([\d.]+|[零〇一二两三四五六七八九十百千]+)(万)?(?:{re.escape(unit)})?(?:整)?", words
    )
    value = numeral(found[1]) if found else None
    return value * _TEN_THOUSAND if found and value is not None and found[2] else value
