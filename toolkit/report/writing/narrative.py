"""Writes a report from a return: sentences from figures, the unit's texts word for word, the tables as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from toolkit.checks.narrative.chinese import normalised, numeral
from toolkit.checks.narrative.claims import stated_figures
from toolkit.forms.layout import key_name
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.outline import Answer, ByUnit, SectionPart, SectionPlan, SentenceCase, Template, YearChange
from toolkit.model.period import Period
from toolkit.model.returns import Return, Submission
from toolkit.report.document.blocks import MISSING, PENDING, Block, Document, Fact, Paragraph, Section, TableBlock
from toolkit.report.writing.gaps import Filled, Members, by_unit, compared, measured
from toolkit.rules.compile import holds
from toolkit.rules.expression import Node
from toolkit.rules.values import Exact
from toolkit.text import labelled, shown

#: What a finished sentence, or a mark for a missing text, ends with.
_ENDS = "。！？；…”）】"


def write_report(
    instrument: Instrument,
    submission: Submission,
    *,
    notice: str = "",
    banner: str = "",
    members: Members | None = None,
) -> Document:
    """The report of one return, or of the sum of ``members``; required texts still to be written are marked."""
    writer = _Writer(instrument, submission, members)
    outline, content = instrument.outline, submission.content
    return Document(
        title=tuple(writer.fill(t)[0] for t in outline.title),
        unit=content.unit,
        period=writer.words.get("period", content.period),
        preamble=tuple(writer.paragraph(t) for t in outline.preamble),
        sections=tuple(Section(heading=s.heading, blocks=tuple(writer.section(s))) for s in outline.sections),
        closing=tuple(writer.paragraph(t) for needs, t in outline.closing if not needs or content.cover.get(needs)),
        notice=notice,
        banner=banner,
    )


@dataclass(frozen=True)
class _Writer:
    instrument: Instrument
    submission: Submission
    members: Members | None

    @property
    def content(self) -> Return:
        return self.submission.content

    @cached_property
    def figures(self) -> Exact:
        return Exact.of(self.submission)

    @cached_property
    def words(self) -> dict[str, str]:
        form, content, outline = self.instrument.form, self.content, self.instrument.outline
        own = outline.unit_self if self.members is None else outline.area_self
        out = {"unit": content.unit or "（单位名称）", "self": own, "basis": form.basis, "period": content.period}
        out |= {name: text.rstrip("。. ") for name, text in content.cover.items()}
        try:
            period = Period.parse(content.period, form.period_kind)
        except ValueError:
            return out
        first, last = period.span
        years = {"year": str(period.year), "next_year": str(period.year + 1)}
        return {**out, **years, "period": period.label, "from": first, "to": last}

    def paragraph(self, template: Template) -> Paragraph:
        text, facts = self.fill(template)
        return Paragraph(text=text, facts=tuple(facts), said=(text,))

    def fill(self, template: Template, name: str = "", **more: str) -> tuple[str, list[Fact]]:
        words: dict[str, Filled] = {gap: (text, ()) for gap, text in (self.words | more).items()}
        words |= self.listed(name)
        out: list[str] = [template.pieces[0]]
        facts: list[Fact] = []
        for gap, piece in zip(template.gaps, template.pieces[1:], strict=True):
            told, found = words.get(gap, (MISSING, ())) if isinstance(gap, str) else self.figured(gap)
            out += [told, piece]
            facts += found
        text = "".join(out)
        return text, [replace(fact, sentence=text) for fact in facts]

    def figured(self, gap: Node | YearChange | ByUnit) -> Filled:
        """A figure, a comparison with last year, or every unit's share."""
        if isinstance(gap, YearChange):
            return compared(gap, self.submission, measured(gap.node, self.instrument.variables))
        if isinstance(gap, ByUnit):
            return by_unit(gap, self.members or (), measured(gap.node, self.instrument.variables))
        text = _figure(self.figures.result(gap))
        return text, (Fact(text=text, variables=tuple(map(key_name, gap.keys()))),)

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

    def section(self, plan: SectionPlan) -> Iterator[Block]:
        for part in plan.parts:
            yield from self.part(part)
        if plan.table:
            grid = self.instrument.layout.grids[plan.table]
            values = {c.variable: _figure(self.content.numbers.get(c.variable)) for c in grid.numbers}
            yield TableBlock(grid=grid, values=values)

    def part(self, part: SectionPart) -> Iterator[Paragraph]:
        """The part's paragraphs: generated sentences and the unit's text run on, its further lines follow."""
        sentences, facts = self.sentences(part)
        text = self.content.texts.get(part.text, "")
        if answer := answered(part.answers, text):
            sentence, found = self.answer(part, *answer)
            sentences, facts, text = [*sentences, sentence], [*facts, *found], ""
        said = "".join(sentences)
        own = [line.strip() for line in text.splitlines() if line.strip()]
        if own and part.lead:
            own[0] = _without_lead(own[0], part.lead)
        wanted = self.instrument.form.texts.get(part.text)
        if not own and wanted and wanted.required and not answer:
            own = [f"{PENDING}{wanted.label}】"]
        if not own and not said:
            return
        lines = own or [""]
        told_in = len(lines) - 1 if part.after else 0
        if part.after:
            lines[-1] += ("。" if said and lines[-1] and lines[-1][-1] not in _ENDS else "") + said
        else:
            lines[0] = said + lines[0]
        for i, line in enumerate(lines):
            generated = (tuple(facts), tuple(sentences)) if i == told_in else ((), ())
            yield Paragraph(text=line, lead=part.lead if i == 0 else "", facts=generated[0], said=generated[1])

    def answer(self, part: SectionPart, answer: Answer, amount: str) -> tuple[str, list[Fact]]:
        """The sentence for a short answer; its figure comes from the cell of the text."""
        sentence, facts = self.fill(answer.template, amount=amount)
        if "amount" in answer.template.gaps:
            facts.append(Fact(text=amount, variables=(part.text,), sentence=sentence))
        return sentence, facts

    def sentences(self, part: SectionPart) -> tuple[list[str], list[Fact]]:
        texts: list[str] = []
        facts: list[Fact] = []
        for cases in part.sentences:
            case = next((c for c in cases if self.holds(c)), None)
            if case is not None:
                text, found = self.fill(case.template, case.list)
                if not self.said(part.text, case, found):
                    texts.append(text)
                    facts += found
        return [text for text in texts if text], facts

    def said(self, text: str, case: SentenceCase, facts: list[Fact]) -> bool:
        """Whether the unit's own text already tells, rightly, what a sentence is about.

        That is its first figure; of a sentence without any, that nothing came of what its condition says is 0.
        """
        own = self.content.texts.get(text, "") if text else ""
        if not own or (facts and facts[0].text == MISSING):
            return False
        stated = stated_figures(self.instrument, self.content, text)
        if facts:
            return (frozenset(facts[0].variables), Decimal(facts[0].text)) in stated
        none = {key.name for key in case.when.left.keys()} if case.when else set()
        return any(value == 0 and names <= none for names, value in stated)

    def holds(self, case: SentenceCase) -> bool:
        if case.list and not self.content.items.get(case.list):
            return False
        if case.when is None:
            return True
        values = self.figures
        try:
            return bool(holds(case.when.op, case.when.left.value(values) - case.when.right.value(values)))
        except (KeyError, ArithmeticError):
            return False


def _figure(number: Decimal | None) -> str:
    return MISSING if number is None else shown(number)


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
