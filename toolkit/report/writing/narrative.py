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
from toolkit.report.writing.gaps import Members, by_unit, compared, keys_of, measured
from toolkit.rules.compile import holds
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
        """A sentence with its gaps filled, and the facts in it."""
        words = self.words | more
        items = self.content.items.get(name, ())
        if items:
            unit = next(one.type.unit for one in self.instrument.form.lists if one.id == name)
            words["list.total"] = shown(sum((count for _, count in items), Decimal(0)))
            words["list.parts"] = "，".join(labelled(label, f"{shown(count)}{unit}") for label, count in items)
        out: list[str] = [template.pieces[0]]
        facts: list[Fact] = []
        for gap, piece in zip(template.gaps, template.pieces[1:], strict=True):
            if isinstance(gap, str):
                out.append(words.get(gap, MISSING))
                facts += self.listed(name, gap)
            elif isinstance(gap, YearChange | ByUnit):
                words_, found = self.change(gap) if isinstance(gap, YearChange) else self.by_unit(gap)
                out.append(words_)
                facts += found
            else:
                text = _figure(self.figures.result(gap))
                facts.append(Fact(text=text, variables=tuple(map(key_name, gap.keys()))))
                out.append(text)
            out.append(piece)
        text = "".join(out)
        return text, [replace(fact, sentence=text) for fact in facts]

    def change(self, gap: YearChange) -> tuple[str, list[Fact]]:
        """A comparison with last year, and the figures in it."""
        words, figures = compared(
            gap, self.content.numbers, self.submission.prior, measured(gap.node, self.instrument.variables)
        )
        names = tuple(map(key_name, keys_of(gap)))
        return words, [Fact(text=figure, variables=names) for figure in figures]

    def by_unit(self, gap: ByUnit) -> tuple[str, tuple[Fact, ...]]:
        return by_unit(gap, self.members or (), measured(gap.node, self.instrument.variables))

    def listed(self, name: str, gap: str) -> Iterator[Fact]:
        """The figures of an open list that a gap shows: each line's, or their sum."""
        items = self.content.items.get(name, ())
        lines = self.content.lines.get(name, tuple(range(1, len(items) + 1)))
        (listing,) = (one for one in self.instrument.form.lists if one.id == name) if items else (None,)
        counts = [listing.names(line)[1] for line in lines] if listing else []
        if gap == "list.parts":
            yield from (Fact(text=shown(n), variables=(v,)) for (_, n), v in zip(items, counts, strict=True))
        elif gap == "list.total":
            yield Fact(text=shown(sum((count for _, count in items), Decimal(0))), variables=tuple(counts))

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
        required = part.text and self.instrument.form.texts[part.text].required
        if not own and required and not answer:
            own = [f"{PENDING}{self.instrument.form.texts[part.text].label}】"]
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
        stated_figures = (
            [Fact(text=amount, variables=(part.text,), sentence=sentence)] if "amount" in answer.template.gaps else []
        )
        return sentence, [*facts, *stated_figures]

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
    for start in (lead, lead.rstrip("。")):
        if text.startswith(start):
            return text[len(start) :].lstrip("。：: ")
    return text


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
    if found is None or value is None:
        return None
    return value * _TEN_THOUSAND if found[2] else value
