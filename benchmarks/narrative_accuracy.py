"""Precision and recall of reading figures, claims and breakdowns, on labelled sentences of published reports.

``python benchmarks/narrative_accuracy.py [FILE]``. Every line of the file is a JSON object: ``s`` the sentence,
``figures`` [[number, unit]], ``claims`` [[what, number]], ``parts`` [[whole, [parts]]]. The sentences at hand were seen
while the patterns were written: the result says how well they fit, not what a new office's wording will give.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from toolkit.checks.narrative.arithmetic import stated_breakdowns
from toolkit.checks.narrative.chinese import figures_in, sentences
from toolkit.checks.narrative.clauses.figures import figures_of
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument

LABELLED = Path(__file__).parent / "data" / "narrative_labelled.jsonl"
#: What the labels call a figure -> the first expression of the form that it means.
MEANS = {
    "申请.新收.总计": "requests.new.total",
    "申请.新收.自然人": "requests.new.natural",
    "申请.结转下年": "requests.carried_out.total",
    "结果.总计": "requests.closed.total",
    "复议.总计": "disputes.review.total",
    "诉讼.总计": "disputes.direct.total + disputes.after_review.total",
    "主动公开.总数": "items",
}
#: Which text the sentences are read as.
TEXT = "overview.requests"
GROUPS = {
    "结果.予以公开": "granted",
    "结果.部分公开": "partial",
    "结果.不予公开": "refused_",
    "结果.无法提供": "unavailable_",
    "结果.不予处理": "declined_",
    "结果.其他处理": "other_",
}

Hits = Counter[tuple[str, Decimal]]
Tally = Counter[Any]


def _named(means: str) -> str:
    """What the labels call an expression."""
    for name, text in MEANS.items():
        if means == text:
            return name
    return next((name for name, row in GROUPS.items() if means.startswith(f"requests.{row}")), means)


def _claims(kind: Instrument, text: str) -> Hits:
    read = (one for one in figures_of(kind, TEXT, text, "", "") if one.sense.rule and not one.implied)
    return Counter((_named(one.sense.list or one.sense.readings[0]), one.value) for one in read)


def _numbers(kind: Instrument, text: str) -> Hits:
    return Counter((one.unit, one.value) for s in sentences(text) for one in figures_in(s, kind.language.figure))


def _parts(kind: Instrument, text: str) -> Counter[tuple[Decimal, tuple[Decimal, ...]]]:
    found = (one for s in sentences(text) for one in stated_breakdowns(s, kind.language.figure))
    return Counter((one.whole.value, tuple(part.value for part in one.parts)) for one in found)


def _score(name: str, pairs: list[tuple[Tally, Tally]]) -> None:
    hit = sum((found & wanted).total() for found, wanted in pairs)
    told, due = (sum(pair[i].total() for pair in pairs) for i in (0, 1))
    precision, recall = (100 * hit / max(1, n) for n in (told, due))
    print(f"{name:<12} precision {precision:5.1f} % ({hit}/{told})   recall {recall:5.1f} % ({hit}/{due})")


def main() -> None:
    """Measure and print; misses are listed with ``-v``."""
    chosen = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    lines = Path(chosen[0] if chosen else LABELLED).read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line, parse_float=Decimal) for line in lines if line.strip()]
    kind = load("")
    results: dict[str, list[tuple[Tally, Tally]]] = {"figures": [], "claims": [], "breakdowns": []}
    for one in labelled:
        text = one["s"]
        wanted: dict[str, Tally] = {
            "figures": Counter((u, Decimal(str(v))) for v, u in one["figures"] if u and u != "%"),
            "claims": Counter((what, Decimal(str(v))) for what, v in one["claims"]),
            "breakdowns": Counter(
                (Decimal(str(w)), tuple(Decimal(str(p)) for p in parts)) for w, parts in one["parts"]
            ),
        }
        found: dict[str, Tally] = {
            "figures": _numbers(kind, text),
            "claims": _claims(kind, text),
            "breakdowns": _parts(kind, text),
        }
        for name, pairs in results.items():
            pairs.append((found[name], wanted[name]))
            if "-v" in sys.argv and found[name] != wanted[name]:
                print(one["id"], name, "found only", found[name] - wanted[name], "missed", wanted[name] - found[name])
    print(f"{len(labelled)} labelled sentences")
    for name, pairs in results.items():
        _score(name, pairs)


if __name__ == "__main__":
    main()
