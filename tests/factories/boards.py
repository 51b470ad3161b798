"""A small round to be shown: what units sent, where they stand, the sum of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import html

from factories.filled_forms import annual, judged, zero_return
from toolkit.board.board import PageFrame, render_board
from toolkit.consolidation.aggregate import Consolidation, aggregate
from toolkit.consolidation.choice import Expected
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing, State

EVIL = "<script>alert(1)</script>{{ 7*7 }}&\u202e😀鄠='"
ROUND = PageFrame(
    title="云岭区 2025年",
    period_label="2025年",
    deadline="2026-01-26",
    made="2026-01-28 10:00",
    events=(
        ("2026-01-20", "received"),
        ("2026-01-20", "received"),
        ("2026-01-28", "received"),
        ("2026-01-28", "returned"),
    ),
)


def member(code: str, count: int, name: str = "") -> FiledVerdict:
    content = zero_return(annual(), {"requests.new.natural": count, "requests.granted.natural": count})
    content = replace(content, unit=name or f"第{code}局", sha256=code * 8)
    found = tuple(judged(annual(), content))
    return FiledVerdict(
        file=f"{code}.xlsx",
        status=Status.ACCEPTED,
        findings=found,
        sha256=code * 8,
        unit=content.unit,
        period="2025",
        form=annual().form.id,
        version=1,
        content=content,
        code=code,
        revision=2,
        received="2026-01-20 10:00",
    )


def standing(verdict: FiledVerdict, state: State = State.ACCEPTED) -> Standing:
    return Standing(
        code=verdict.code,
        name=verdict.unit,
        short=verdict.unit,
        state=state,
        path=("云岭区",),
        contact="陈晓岚",
        received=verdict.received,
        revision=2,
        revisions=2,
        file=verdict.file,
        verdict=verdict,
        newest=verdict,
    )


def total(verdicts: list[FiledVerdict]) -> Consolidation:
    expected = Expected(units={one.code: one.unit for one in verdicts}, name="云岭区")
    return aggregate(annual(), verdicts, period="2025", expected=expected)


def page(verdicts: list[FiledVerdict], more: tuple[Standing, ...] = ()) -> bytes:
    found = [*(standing(one) for one in verdicts), *more]
    return render_board(ROUND, annual(), found, total(verdicts), [])


def parsed(data: bytes | str) -> Any:
    """The page as a tree."""
    return html.fromstring(data)
