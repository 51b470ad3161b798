"""Last year's workbooks named by hand, for verifying without a round: whose they are, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from toolkit.checks.prior import with_context
from toolkit.collection.folder import Folder
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.form import CONTROLS
from toolkit.model.period import Period
from toolkit.model.returns import Context, Return, Verdict
from toolkit.model.sentences import worded
from toolkit.pipeline.read_return import ReadResult, inputs, judged, understand_file
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import standings
from toolkit.text import name_key, shortened

#: Form, period, and a unit's code or name.
Key = tuple[str, str, str]
#: Characters of a unit's name in a message.
_QUOTED = 40


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What a unit reported: every figure, every text."""

    figures: Mapping[str, Decimal]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class LastYear:
    """Accepted returns of an earlier time, by unit; ``twice`` are units that have several which differ."""

    filed: Mapping[Key, Filed]
    twice: frozenset[Key] = frozenset()

    def beside(self, found: ReadResult) -> ReadResult:
        """A return with last year's figures and texts, if they are at hand; a note if they are not."""
        if isinstance(found, Verdict):
            return found
        kind, content = load(found.form), found.content
        keys = _keys(kind, content, years=1)
        filed = next((self.filed[key] for key in keys if key in self.filed and key not in self.twice), None)
        if filed is None:
            fault = "several" if any(key in self.twice for key in keys) else "none"
            note = worded(Code.FORM_13, fault, unit=shortened(content.unit, _QUOTED))
            return replace(found, findings=(*found.findings, Finding.at(note)))
        return with_context(kind, found, Context(prior=filed.figures, prior_texts=filed.texts))


def last_year(where: Path, form: str = "") -> LastYear:
    """Read a workbook, a folder of them or a round; UsageError where nothing in it was accepted."""
    verdicts = _of_round(where) if where.is_dir() and Folder(where).is_round else _of_files(inputs([where]), form)
    filed: dict[Key, Filed] = {}
    twice: set[Key] = set()
    for verdict in verdicts:
        if verdict.content is None or not verdict.status.counts:
            continue
        content = verdict.content
        one = Filed(
            figures={name: value for name, value in content.numbers.items() if value is not None},
            texts={name: text for name, text in content.texts.items() if text},
        )
        for key in _keys(load(_base(verdict.form)), content, years=0):
            twice |= {key} if filed.setdefault(key, one).figures != one.figures else set()
    if not filed:
        raise UsageError(
            f"--previous {where}：里面没有通过核对的工作簿。请给出上年的工作簿、文件夹或上一轮收集的文件夹。"
        )
    return LastYear(filed, frozenset(twice))


def _of_round(where: Path) -> list[Verdict]:
    with open_round(where, alone=False) as old:
        return [one.verdict for one in standings(old) if one.state.counts and one.verdict is not None]


def _of_files(files: Sequence[Path], form: str) -> list[Verdict]:
    return judged([understand_file(path, form) for path in files])


def _base(form: str) -> str:
    return form.removesuffix(CONTROLS)


def _keys(kind: Instrument, content: Return, *, years: int) -> list[Key]:
    """A unit's code and its name, for the period so many years before the return's."""
    try:
        period = Period.parse(content.period, kind.form.period_kind)
    except ValueError:
        return []
    told = str(period.last_year if years else period)
    names = (content.identity.code, name_key(content.unit))
    return [(kind.form.base, told, name) for name in names if name]
