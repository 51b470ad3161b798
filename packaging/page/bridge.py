"""What the page asks of the checker: plain values in and out, texts as JSON, files as bytes.

It runs inside the page only, on top of the very modules that the command line runs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol
from xml.etree.ElementTree import Element

from filling import Filling
from sealing import sealed

from toolkit.collection.folder import RETURNED_PREFIX
from toolkit.forms.layout import explain_name, key_name, text_key
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import safe_name
from toolkit.io.json import as_json
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.period import Period
from toolkit.model.returns import Verdict
from toolkit.model.sentences import letter
from toolkit.pipeline.annotate import annotated
from toolkit.pipeline.verify import verify_batch
from toolkit.report.render.html import render_html
from toolkit.report.writing.narrative import write_report
from toolkit.workbook.annotation.marks import cells_of, lines_of, place_of
from toolkit.workbook.intake import xml
from toolkit.workbook.intake.refusals import Refused
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

#: Where a form that came with the page lies.
FORMS = Path("/forms")
#: How the name of a sealed copy begins.
SEALED_PREFIX = "自查通过-"


class Buffer(Protocol):
    """Bytes of the browser's."""

    def to_bytes(self) -> bytes:
        """The same as Python's."""


class Checked(NamedTuple):
    """A workbook that was dropped on the page, and what came of it."""

    data: bytes
    verdict: Verdict


def spare_the_stack() -> None:
    """Take a tree that is refused for its depth apart, level by level: freed at once, it would overrun the browser's.

    The wasm build of Python frees what an element holds by recursion, and a browser gives it a stack of its own size.
    """
    require_shallow = xml._require_shallow  # noqa: SLF001 - a browser alone has to meddle with it

    def shallow_or_freed(root: Element) -> None:
        try:
            require_shallow(root)
        except Refused:
            parents = [root]
            while parents:
                children = list(chain.from_iterable(parents))
                for one in parents:
                    one.clear()
                parents = children
            raise

    xml._require_shallow = shallow_or_freed  # noqa: SLF001 - the same


class Desk:
    """One page: what it was given, and every workbook that was dropped on it."""

    def __init__(self, given: str) -> None:
        spare_the_stack()
        told = json.loads(given)
        self.form: str = told.get("form", "")
        for name, text in told.get("files", {}).items():
            path = FORMS / self.form / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(text))
            self.form = str(path.parent)
        known = told.get("prefill", {})
        prior = {name: Decimal(value) for name, value in known.get("prior", {}).items()}
        self.prefill = Prefill(**{**known, "prior": prior})
        self.kind: Instrument = load(self.form)
        self.checked: list[Checked] = []
        # What is loaded with the first sheet is loaded before there is one.
        verify_batch([("", write_template(self.kind, self.prefill))], form=self.form)

    def told(self) -> str:
        """What stands in the head of the page."""
        kind = self.kind.form
        period = str(self.prefill.period)
        label = Period.parse(period, kind.period_kind).label if period else ""
        return _json({"title": kind.title, "unit": self.prefill.unit, "period": label})

    def check(self, name: str, given: Buffer) -> str:
        """The verdict as ``xxgk verify --format json`` gives it, and what the page shows of it."""
        return self._checked(name, given.to_bytes())

    def _checked(self, name: str, data: bytes) -> str:
        (verdict,) = verify_batch([(name, data)], form=self.form)
        self.checked.append(Checked(data, verdict))
        kind = load(self.form or verdict.form) if verdict.content is not None else self.kind
        lines = lines_of(kind, verdict, enclosed=False)
        return _json(
            {
                "number": len(self.checked) - 1,
                "verdict": as_json(replace(verdict, content=None)),
                "cards": [_card(kind, line) for line in lines],
                "due": sum(line.severity is not Severity.NOTE for line in lines),
                "passed": verdict.status.counts,
                "label": verdict.status.label,
                "annotated": verdict.status is Status.RETURNED and verdict.content is not None,
                "report": verdict.content is not None,
            }
        )

    def annotated(self, number: int) -> tuple[str, bytes | str]:
        """Name and content of the annotated copy; or why there is none."""
        data, verdict = self.checked[number]
        made = annotated(lambda: data, load(self.form or verdict.form), verdict, ())
        return f"{RETURNED_PREFIX}{_stem(verdict)}.xlsx", made

    def sealed(self, number: int, when: str) -> tuple[str, bytes | str]:
        """Name and content of the workbook with the seal in it; or why there is none."""
        data, verdict = self.checked[number]
        if verdict.content is None or not verdict.status.counts:
            return "", letter("seal_refused")
        made = sealed(data, verdict.content, when)
        return f"{SEALED_PREFIX}{_stem(verdict)}.xlsx", made or letter("seal_refused")

    def report(self, number: int) -> str:
        """The report as a page."""
        _, verdict = self.checked[number]
        found = verdict.submission
        return render_html(write_report(load(self.form or verdict.form), found)) if found is not None else ""

    def blank(self) -> tuple[str, bytes]:
        """Name and content of the blank workbook, with what was given filled in."""
        name = safe_name(f"{self.prefill.unit}{self.prefill.period}{self.kind.form.title}") + ".xlsx"
        return name, write_template(self.kind, self.prefill)

    @cached_property
    def filling(self) -> Filling:
        """The form as the page shows it to be filled in."""
        return Filling(self.kind, self.prefill)

    def sheets(self) -> str:
        """What is to be filled in, and what it is kept under in the browser."""
        return _json({"key": self.filling.key, "sheets": self.filling.sheets()})

    def now(self, typed: str) -> str:
        """What follows from what is typed, ``{"name": "12"}``."""
        return _json(self.filling.now(json.loads(typed)))

    def check_typed(self, typed: str) -> str:
        """What `check` says of the workbook that this makes."""
        name, data = self._book(typed)
        return self._checked(name, data)

    def typed(self, typed: str, when: str) -> tuple[str, bytes]:
        """Name and content of that workbook, with the seal where nothing is left to correct or explain."""
        name, data = self._book(typed)
        (verdict,) = verify_batch([(name, data)], form=self.form)
        passed = verdict.content is not None and verdict.status.counts
        made = sealed(data, verdict.content, when) if passed and verdict.content is not None else None
        return (f"{SEALED_PREFIX}{name}", made) if made else (name, data)

    def _book(self, typed: str) -> tuple[str, bytes]:
        told = json.loads(typed)
        prefill = self.filling.filled(told)
        name = safe_name(f"{prefill.unit}{prefill.period}{self.kind.form.title}") + ".xlsx"
        return name, self.filling.book(told)


def _stem(verdict: Verdict) -> str:
    return Path(verdict.file).stem.removeprefix(RETURNED_PREFIX).removeprefix(SEALED_PREFIX)


def _card(kind: Instrument, line: Finding) -> Mapping[str, object]:
    names = kind.layout.names
    return {
        "level": line.severity.value,
        "word": line.severity.label,
        "place": place_of(line),
        "what": line.message,
        "do": line.remedy,
        "at": [names[place] for place in cells_of(line) if place in names],
        "blank": line.rule == Code.VAL_01,
        "explain": _explain(kind, line),
    }


def _explain(kind: Instrument, line: Finding) -> str:
    """The name of the cell in which the finding is explained, or was; empty where it takes no explanation."""
    if line.severity is not Severity.VERIFY and not line.explanation:
        return ""
    mine = (one for one in kind.rules.checks if one.rule.id == line.rule)
    found = [one.key for one in mine if tuple(map(key_name, one.keys)) == line.variables]
    keys = (line.rule, *found, *map(text_key, line.variables[:1]))
    return next((explain_name(key) for key in keys if key in kind.layout.explained), "")


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False)
