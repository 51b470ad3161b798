"""The rules about texts, applied to an editor's words: findings that the report as written did not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.checks.narrative.claims import readings_of
from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import Remark, remedy_of, severity_of
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import FigureReading, Finding, Statement
from toolkit.model.returns import Submission
from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.document.layout import tidied


def remarks_on(instrument: Instrument, submission: Submission, expected: Document, words: Document) -> list[Finding]:
    """Findings of the rules about texts in ``words``, without those that ``expected`` has as well.

    ``submission`` is the return that ``expected`` was written from. A finding names the report's part, not a sheet.
    """
    before = {(one.rule, one.text, one.message) for one in _read(instrument, submission, tidied(expected))}
    found = _read(instrument, submission, words)
    return [_finding(instrument, one) for one in found if (one.rule, one.text, one.message) not in before]


def figures_on(instrument: Instrument, submission: Submission, words: Document) -> list[FigureReading]:
    """Every figure in an editor's words, with what it was held against; ``submission`` as in `remarks_on`."""
    return readings_of(instrument, _with_texts(instrument, submission, words))


def texts_in(instrument: Instrument, document: Document) -> dict[str, str]:
    """The words of a report by the form's texts: each paragraph belongs to the run-in heading it follows."""
    out: dict[str, list[str]] = {}
    for plan, section in zip(instrument.outline.sections, document.sections, strict=True):
        parts = [part for part in plan.parts if part.text]
        current = parts[0] if parts else None
        for block in section.blocks:
            if current is None or not isinstance(block, Paragraph):
                continue
            current = next((part for part in parts if block.lead and part.lead == block.lead), current)
            out.setdefault(current.text, []).append(block.text)
    return {name: "\n".join(lines) for name, lines in out.items()}


def _read(instrument: Instrument, submission: Submission, document: Document) -> Iterator[Remark]:
    return read_texts(instrument, _with_texts(instrument, submission, document))


def _with_texts(instrument: Instrument, submission: Submission, document: Document) -> Submission:
    texts = texts_in(instrument, document)
    return replace(submission, content=replace(submission.content, texts=texts))


def _finding(instrument: Instrument, remark: Remark) -> Finding:
    rule, spots = instrument.text_rules[remark.rule], instrument.layout.spots
    told = Statement(
        rule.id,
        severity_of(rule, certain=remark.certain),
        f"改后的“{instrument.form.texts[remark.text].label}”：{remark.message}",
        remedy_of(rule, remark).rstrip("。") + "。",
    )
    found = Finding.at(told, (), (remark.text, *remark.variables), left=remark.left, right=remark.right)
    return replace(found, cells=tuple(spots[name].reference for name in remark.variables))
