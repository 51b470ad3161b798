"""What the rules about texts say of published reports whose figures are known, and what they miss.

``python benchmarks/text_accuracy.py PATH.jsonl [--show]``. The texts are not part of the project. Every line of the
file is a JSON object: ``id``, ``unit``, ``year``, ``texts`` by variable, ``figures`` that the words state (names of
``stated_tables.MEANS``, or patterns of variables), ``more`` that the table holds and the words only come near to
(published items, one channel; may be left out), ``true``: what is really wrong in the words, each the beginning of
a ``rule``, parts of the message that ``contains`` names, and ``maybe`` where both views can be held.

Three questions. Under a table that agrees with the figures, which findings are true? How many reports come back for
false findings alone? And if one figure of the table changes (balanced, so that no rule about numbers fails), is the
text that states it told?
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from stated_tables import Numbers, Tables, UnholdableError

from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import finding_of
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Identity, Return, Submission

#: By how much a figure of the table is changed.
STEP = 7
#: Figures that one and the same words may mean.
EITHER = {"nm": "ni", "ni": "nm", "rm": "ri", "ri": "rm"}
#: The same, where the number stands once.
ONCE = {"new": "closed", "closed": "new"}
IMPLIED = "implied"
COUNTED = (Severity.ERROR, Severity.VERIFY)


@dataclass(frozen=True, kw_only=True)
class Slip:
    """Something that is wrong in a text; ``maybe`` where that can be doubted."""

    rule: str
    contains: tuple[str, ...]
    maybe: bool = False

    def is_told_by(self, finding: Finding) -> bool:
        """Whether a finding says so: its rule, and one of the parts in its message (blanks aside)."""
        said = _plain(finding.message)
        return finding.rule.startswith(self.rule) and any(_plain(part) in said for part in self.contains)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Texts of a published report, the figures that they state, and what is wrong in them."""

    name: str
    unit: str
    year: str
    texts: Mapping[str, str]
    figures: Mapping[str, int]
    more: Mapping[str, int] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()

    def times(self, value: int) -> int:
        """How often the figure stands in the texts, in digits."""
        words = _plain("".join(self.texts.values()).replace(",", ""))
        return len(re.findall(rf"(?<![\d.]){value}(?![\d.%％年])", words))

    def stated(self) -> Iterator[tuple[tuple[str, ...], int, bool]]:
        """Figures that the texts state in digits or by a denial (未收到), and those implied (均已办结): True, False.

        Figures that the same words may mean (规范性文件 9 件, 办理 5 件) come together.
        """
        left = {value: self.times(value) for value in self.figures.values()}
        seen: set[str] = set()
        for figure, value in self.figures.items():
            other = EITHER.get(figure, "") or (ONCE.get(figure, "") if self.times(value) < 2 else "")
            both = self.figures.get(other) == value
            if figure not in seen and (self.times(value) or value == 0):
                seen |= {figure, other} if both else {figure}
                yield ((figure, other) if both else (figure,), value, value == 0 or left[value] > 0)
                left[value] -= 1


@dataclass(kw_only=True)
class Tally:
    """What was counted, and the lines that ``--show`` prints."""

    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    false_rules: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    only_false: int = 0
    slips: int = 0
    found: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    noted: int = 0
    lines: list[str] = field(default_factory=list)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def reports_in(path: Path) -> Iterator[Report]:
    """The reports of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            one: dict[str, Any] = json.loads(line)
            slips = (
                Slip(rule=slip["rule"], contains=tuple(slip["contains"]), maybe=bool(slip.get("maybe")))
                for slip in one.get("true", ())
            )
            yield Report(
                name=one["id"],
                unit=one["unit"],
                year=str(one["year"]),
                texts=one["texts"],
                figures=one["figures"],
                more=one.get("more", {}),
                slips=tuple(slips),
            )


def findings_on(instrument: Instrument, report: Report, numbers: Numbers) -> list[Finding]:
    """What the rules about texts find under a table."""
    content = Return(
        file=f"{report.name}.xlsx",
        sha256="",
        identity=Identity(form=instrument.form.id, unit=report.unit, period=report.year),
        unit=report.unit,
        period=report.year,
        numbers=dict[str, Decimal | None](numbers),
        texts=report.texts,
    )
    submission = Submission(content=content)
    return [finding_of(instrument, content, remark) for remark in read_texts(instrument, submission)]


def _true(report: Report, finding: Finding) -> str:
    hit = [slip for slip in report.slips if slip.is_told_by(finding)]
    return ("maybe" if all(slip.maybe for slip in hit) else "true") if hit else "false"


def _judge(report: Report, findings: list[Finding], tally: Tally) -> None:
    """Counts what is told under the right table: true, false, missed."""
    views = [(one, _true(report, one)) for one in findings]
    tally.reports += 1
    for one, view in views:
        tally.told[one.severity, view] += 1
        if view == "false":
            tally.false_rules[f"{one.rule} {one.severity}"] += 1
            tally.lines.append(f"  false {one.severity} {one.rule} {report.name}: {one.message}")
    counted = [view for one, view in views if one.severity in COUNTED]
    tally.only_false += bool(counted) and set(counted) == {"false"}
    for slip in report.slips:
        if not slip.maybe:
            hit = any(slip.is_told_by(one) for one in findings)
            tally.slips += 1
            tally.found += hit
            if not hit:
                tally.lines.append(f"  missed {slip.rule} {report.name}: {' '.join(slip.contains)}")


def _shift(instrument: Instrument, tables: Tables, report: Report, numbers: Numbers, tally: Tally) -> None:
    """Changes one stated figure of the table after the other; told is what names that figure or its variables."""
    before = {(one.rule, one.message) for one in findings_on(instrument, report, numbers)}
    for figures, value, said in report.stated():
        try:
            changed = tables.changed(numbers, [*report.figures, *report.more], figures, STEP)
        except UnholdableError:
            continue
        variables = {name for figure in figures for name in tables.variables(figure)}
        new = [
            one
            for one in findings_on(instrument, report, changed)
            if (one.rule, one.message) not in before and (one.left == value or variables & set(one.variables))
        ]
        hit = any(one.severity in COUNTED for one in new)
        kind = "/".join(figures) if said else IMPLIED
        tally.changes[kind] += 1
        tally.noticed[kind] += hit
        tally.noted += bool(new) and not hit
        if not hit:
            what = f"{'/'.join(figures)} {value} {'in' if said else 'implied by'} the text"
            tally.lines.append(f"  unnoticed {report.name}: {what}, {value + STEP} in the table")


def measure(instrument: Instrument, reports: Iterator[Report]) -> Tally:
    """All three questions over all reports."""
    tables, tally = Tables(instrument), Tally()
    for report in reports:
        numbers = tables.holding({**report.more, **report.figures})
        _judge(report, findings_on(instrument, report, numbers), tally)
        _shift(instrument, tables, report, numbers, tally)
    return tally


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.1%}" if whole else "0/0"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--show", action="store_true", help="each false finding and each missed figure")
    chosen = parser.parse_args()
    tally = measure(load(""), reports_in(chosen.path))
    for line in tally.lines if chosen.show else ():
        print(line)
    print(f"{tally.reports} reports")
    for level in (Severity.ERROR, Severity.VERIFY, Severity.NOTE):
        true, false, maybe = (tally.told[level, view] for view in ("true", "false", "maybe"))
        print(f"{level:<7} true {true:3}  false {false:3}  either {maybe:3}  precision {_share(true, true + false)}")
    print(f"false by rule: {dict(tally.false_rules.most_common())}")
    print(f"reports returned for false findings alone: {_share(tally.only_false, tally.reports)}")
    print(f"slips in the texts that are told: {_share(tally.found, tally.slips)}")
    noticed, changes = tally.noticed.total(), tally.changes.total()
    stated = _share(noticed - tally.noticed[IMPLIED], changes - tally.changes[IMPLIED])
    print(f"a changed figure of the table is told: {_share(noticed, changes)}; of those in so many words {stated}")
    print(f"  as a note only: {tally.noted} more")
    print("  " + "  ".join(f"{name} {tally.noticed[name]}/{n}" for name, n in tally.changes.most_common()))


if __name__ == "__main__":
    main()
