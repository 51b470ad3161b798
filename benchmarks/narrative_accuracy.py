"""Everyday sentences held against the table they stand in: precision and recall by kind, seen and unseen halves apart.

``python benchmarks/narrative_accuracy.py [--show]``. 142 of the sentences are right and look wrong, 127 contradict
their table. Every line of ``data/everyday-*.jsonl`` is a JSON object: ``id``, ``kind``, ``year``, ``unit``, ``place``
(the text it stands in), ``text``, ``figures`` (patterns of variables -> their sum; the rest of the table follows from
the form's rules, see `stated_tables`), ``expect``: what has to be told, each the ``figure`` in the words (null where
none stands there, as in 均已办结; a list where any of them will do) and the variable it is to be held ``against``.

Precision is the share of true ones among what is told at level error or verify (and of what is noted, only what was
expected); recall the share of what is expected that is told at any level. The seen half was there while the reader
was written; the unseen half was drawn at random within each kind, and nobody who wrote the reader saw it.

The 36 sentences of published reports in ``narrative_labelled.jsonl`` were seen, too: ``s`` the sentence, ``claims``
[[what, number]], ``verdict`` on its breakdown. They are measured as `text_accuracy` measures reports.

Ends with 1 where a floor is missed.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from stated_tables import Tables
from text_accuracy import COUNTED, Report, Slip, findings_on, measure

from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity

DATA = Path(__file__).parent / "data"
#: Percent below which the run fails: precision and recall of each half.
FLOORS: Mapping[str, tuple[float, float]] = {"seen": (95.0, 90.0), "unseen": (95.0, 68.0)}
#: What the labels of published sentences call a figure -> its short name.
LABELS: Mapping[str, str] = {
    "申请.新收.总计": "new",
    "申请.新收.自然人": "natural",
    "申请.结转下年": "cout",
    "结果.总计": "closed",
    "结果.予以公开": "granted",
    "结果.部分公开": "partial",
    "结果.不予公开": "refused",
    "结果.无法提供": "unavail",
    "结果.不予处理": "declined",
    "结果.其他处理": "other",
    "复议.总计": "review",
    "诉讼.总计": "direct",
}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A contradiction: any of these figures of the words, held against a variable; empty where that does not matter."""

    figures: tuple[str, ...]
    against: str

    def is_told_by(self, finding: Finding) -> bool:
        """Whether a finding names the figure, and a variable of that name."""
        held = bool(self.against) and finding.left is not None
        said = re.findall(r"\d+(?:\.\d+)?", str(finding.left) if held else finding.message)
        named = not self.figures or any(figure in said for figure in self.figures)
        tables = finding.variables[1:]
        return named and (not self.against or not tables or any(fnmatchcase(one, self.against) for one in tables))


@dataclass(kw_only=True)
class Score:
    """Counts of one kind of sentences."""

    sentences: int = 0
    told: int = 0
    true: int = 0
    expected: int = 0
    found: int = 0
    false_errors: int = 0

    def add(self, other: Score) -> None:
        """The counts of another kind, too."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def percents(self) -> tuple[float, float]:
        """Precision and recall; 100 where there is nothing to divide by."""
        pairs = ((self.true, self.told), (self.found, self.expected))
        precision, recall = (100 * part / whole if whole else 100.0 for part, whole in pairs)
        return precision, recall


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _expected(entry: Mapping[str, Any]) -> Expected:
    figure = entry["figure"]
    figures = figure if isinstance(figure, list) else [] if figure is None else [figure]
    return Expected(figures=tuple(str(one) for one in figures), against=entry["against"])


def _scored(instrument: Instrument, tables: Tables, one: Mapping[str, Any], *, show: bool) -> Score:
    """One sentence under its table."""
    report = Report(
        name=one["id"],
        unit=one["unit"],
        year=one["year"],
        texts={one["place"]: one["text"]},
        figures=one["figures"],
    )
    findings = findings_on(instrument, report, tables.holding(report.figures))
    expected = [_expected(entry) for entry in one["expect"]]
    right = [finding for finding in findings if any(wanted.is_told_by(finding) for wanted in expected)]
    told = [finding for finding in findings if finding.severity in COUNTED or finding in right]
    missed = [wanted for wanted in expected if not any(wanted.is_told_by(finding) for finding in right)]
    false = [finding for finding in told if finding not in right]
    if show:
        for finding in false:
            print(f"  false {finding.severity} {finding.rule} {one['id']}: {finding.message}")
        for wanted in missed:
            print(f"  missed {one['id']}: {'/'.join(wanted.figures) or '-'} {wanted.against} | {one['text']}")
    return Score(
        sentences=1,
        told=len(told),
        true=len(right),
        expected=len(expected),
        found=len(expected) - len(missed),
        false_errors=sum(finding.severity is Severity.ERROR for finding in false),
    )


def _line(name: str, score: Score) -> str:
    precision, recall = score.percents
    return (
        f"{name:<20} {score.sentences:4}   precision {precision:5.1f} % ({score.true}/{score.told})   "
        f"recall {recall:5.1f} % ({score.found}/{score.expected})   false errors {score.false_errors}"
    )


def everyday(instrument: Instrument, path: Path, *, show: bool) -> Score:
    """Measures one half and prints it by kind."""
    tables, kinds = Tables(instrument), dict[str, Score]()
    for one in _lines(path):
        kinds.setdefault(one["kind"], Score()).add(_scored(instrument, tables, one, show=show))
    total = Score()
    for kind, score in kinds.items():
        print(_line(kind, score))
        total.add(score)
    print(_line(path.stem, total))
    return total


def _published() -> Iterator[Report]:
    """The labelled sentences of published reports as reports of one text."""
    for one in _lines(DATA / "narrative_labelled.jsonl"):
        year = re.search(r"20\d\d", one["s"])
        wrong = {"不符": False, "存疑": True}.get(one.get("verdict", ""))
        slips = () if wrong is None else (Slip(rule="NAR-07", contains=(str(one["parts"][0][0]),), maybe=wrong),)
        yield Report(
            name=one["id"],
            unit=one.get("unit", ""),
            year=str(one.get("year") or (year[0] if year else "2024")),
            texts={"overview.requests": one["s"].removeprefix("[...]")},
            figures={LABELS[what]: value for what, value in one["claims"] if what in LABELS},
            slips=slips,
        )


def published(instrument: Instrument, *, show: bool) -> None:
    """Measures the labelled sentences and prints it in one line."""
    tally = measure(instrument, _published())
    for line in tally.lines if show else ():
        print(line)
    views: Counter[str] = Counter()
    for (severity, view), count in tally.told.items():
        views[view] += count if severity in COUNTED else 0
    noticed, changes = tally.noticed.total(), tally.changes.total()
    print(
        f"published, seen       {tally.reports}   told true {views['true']} false {views['false']}   "
        f"changed figures told {noticed}/{changes}"
    )


def main() -> int:
    """Measures all; 1 where a floor is missed."""
    instrument, show, missed = load(""), "--show" in sys.argv, False
    for half, floor in FLOORS.items():
        path = DATA / f"everyday-{half}.jsonl"
        if path.is_file():
            score = everyday(instrument, path, show=show)
            missed |= score.false_errors > 0 or any(map(float.__lt__, score.percents, floor))
            print()
    published(instrument, show=show)
    if missed:
        print(f"below the floor: precision and recall of {dict(FLOORS)} percent, no false error")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
