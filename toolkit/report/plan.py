"""A report's plan as compiled: sections, parts, and the sentences they may say."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.report.by_unit import ByUnit
from toolkit.report.change import Change
from toolkit.rules.compile import Check
from toolkit.rules.expression import Node

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
    """A report's outline. ``closing`` lines come with the cover line they need."""

    title: tuple[Template, ...]
    preamble: tuple[Template, ...]
    sections: tuple[SectionPlan, ...]
    closing: tuple[tuple[str, Template], ...] = ()
    unit_self: str = "本单位"
    area_self: str = "各单位"
