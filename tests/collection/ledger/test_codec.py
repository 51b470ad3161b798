"""A verdict kept in the ledger comes out as it went in."""

from __future__ import annotations

import json
import sys
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.collection.ledger.codec import decode_verdict, encode_verdict
from toolkit.model.finding import Candidate, Finding, Outcome, Severity, Status
from toolkit.model.returns import Context, FiledVerdict
from toolkit.pipeline.verify import verify

SAMPLES = Path(__file__).parents[3] / "samples"


def candidate(
    *, option: int, variable: str, value: Decimal, found: Decimal, probability: float | None = None
) -> Candidate:
    return Candidate(
        option=option,
        variable=variable,
        sheet="表",
        cell="A1",
        value=value,
        found=found,
        reason="漏填",
        probability=probability,
    )


@pytest.mark.parametrize("name", ["自然资源局", "农业农村局", "区政府办", "公安分局", "说明", "坏文件"])
def test_a_verdict_comes_back_as_it_was(name: str) -> None:
    (verdict,) = verify([SAMPLES / "yunling-2025" / f"{name}.xlsx"])
    filed = FiledVerdict.of(verdict)
    assert decode_verdict(encode_verdict(filed)) == filed


def test_what_many_returns_say_is_kept_once() -> None:
    """A province stands in memory: 10,000 returns, of which each repeats the names and most of the figures."""
    (verdict,) = map(FiledVerdict.of, verify([SAMPLES / "yunling-2025" / "公安分局.xlsx"]))
    one, other = (decode_verdict(encode_verdict(verdict)).content for _ in range(2))
    assert one is not None
    assert other is not None
    assert all(mine is theirs for mine, theirs in zip(one.numbers.values(), other.numbers.values(), strict=True))
    assert all(mine is theirs for mine, theirs in zip(one.numbers, other.numbers, strict=True))
    assert sum(map(sys.getsizeof, (one.numbers, *vars_of(one.numbers)))) < 10 * len(one.numbers)


def vars_of(one: object) -> list[object]:
    """What only this object holds: not the names that all share."""
    return [getattr(one, name) for name in getattr(type(one), "__slots__", ()) if name != "_places"]


def test_figures_keep_every_digit_and_texts_that_look_like_figures_stay_texts() -> None:
    content = zero_return(annual(), {"proactive.fees.amount": "59237.24490"}, prior={"requests.new.natural": None})
    content = replace(
        content,
        unit="#12",
        texts={"a.b": "##3", "a.c": ""},
        items={"items": (("#1", Decimal("3.10")), ("=x", Decimal(0)))},
        overwritten=frozenset({"b", "a"}),
    )
    finding = Finding(
        rule="BAL-01",
        severity=Severity.ERROR,
        outcome=Outcome.UNDETERMINED,
        left=Decimal("1.50"),
        right="#text",
        difference=Decimal("-0"),
        message="\u202e",
        cells=("A1", "A2"),
        candidates=(
            candidate(option=1, variable="#a", value=Decimal("1.20"), found=Decimal("-2.10")),
            candidate(option=2, variable="b", value=Decimal(0), found=Decimal(12345678901234567890), probability=0.1),
        ),
        certain=True,
    )
    verdict = FiledVerdict(
        file="#a.xlsx",
        status=Status.EXPLAINED,
        findings=(finding,),
        content=content,
        context=Context(prior={"requests.new.total": Decimal("2.50")}, prior_texts={"a.b": "#"}, body="县级政府"),
        code="003",
        revision=2,
        unit="#12",
    )
    back = decode_verdict(encode_verdict(verdict))
    assert back == verdict
    assert back.content is not None
    assert str(back.content.numbers["proactive.fees.amount"]) == "59237.24490"
    assert back.findings[0].fingerprint == finding.fingerprint


def test_a_finding_that_an_earlier_version_kept_has_no_candidates() -> None:
    finding = Finding(rule="BAL-01", severity=Severity.ERROR, message="不平", suggestion="最可能：…", certain=True)
    finding = replace(finding, candidates=(candidate(option=1, variable="a", value=Decimal(1), found=Decimal(2)),))
    verdict = FiledVerdict(file="a.xlsx", status=Status.RETURNED, findings=(finding,))
    kept = json.loads(zlib.decompress(encode_verdict(verdict)))
    for key in ("candidates", "certain"):
        del kept["findings"][0][key]
    (read,) = decode_verdict(zlib.compress(json.dumps(kept).encode())).findings
    assert read == replace(finding, candidates=(), certain=False)


@pytest.mark.parametrize("on_file", [True, False])
def test_a_verdict_that_an_earlier_version_kept_is_read(*, on_file: bool) -> None:
    """Before a context stood beside a return, the return held it, last year's figures merged in."""
    figures = {"requests.new.natural": Decimal("4.50"), "requests.new.total": Decimal(9)}
    content = replace(zero_return(annual()), prior={**figures, "requests.new.legal": None})
    context = Context(prior=figures if on_file else {}, prior_texts={"a.b": "#去年"}, body="县级政府")
    verdict = FiledVerdict(file="a.xlsx", status=Status.ACCEPTED, findings=(), content=content, context=context)
    kept = json.loads(zlib.decompress(encode_verdict(verdict)))
    beside = kept.pop("context")
    kept["content"] |= {"prior_on_file": on_file, "prior_texts": beside["prior_texts"], "body": beside["body"]}
    assert decode_verdict(zlib.compress(json.dumps(kept).encode())) == verdict


def test_a_verdict_on_no_return_that_an_earlier_version_kept_is_read() -> None:
    verdict = FiledVerdict(file="a.xlsx", status=Status.FOREIGN, findings=())
    kept = json.loads(zlib.decompress(encode_verdict(verdict)))
    del kept["context"]
    assert decode_verdict(zlib.compress(json.dumps(kept).encode())) == replace(verdict, context=Context())
