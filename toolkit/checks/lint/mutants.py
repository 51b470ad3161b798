"""Finds checks that can never fail: figures are made that break each check, and judged as those of returns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.checks.confront import outcome
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Outcome
from toolkit.model.returns import Identity, Return, Submission
from toolkit.rules.compile import Check, derive
from toolkit.rules.expression import Key

_LEVELS = (0, 1, 7)
_MOST_KEYS = 6


def never_fire(instrument: Instrument) -> list[Check]:
    """The checks that no planted error made fail."""
    return [
        check
        for check in instrument.rules.checks
        if all(outcome(instrument, one, check) is not Outcome.FAIL for one in plants(instrument, check))
    ]


def plants(instrument: Instrument, check: Check) -> Iterator[Submission]:
    """Returns that may break a check: even figures but for one, in steps that leap over any fixed limit."""
    formulas = instrument.rules.formulas
    if check.rule.derived:
        for level in _LEVELS:
            numbers, prior = _even(instrument, level)
            yield _return(
                instrument, {**numbers, check.target: Decimal(level * 3 + 1)}, prior, frozenset({check.target})
            )
        return
    for level in _LEVELS:
        for key in _inputs(instrument, check):
            kind = instrument.variables[key.name].type
            least = -kind.maximum if kind.minimum is None else kind.minimum
            for step in (Decimal(0), Decimal(level + 1), Decimal(10) ** 7, kind.maximum, least):
                numbers, prior = _even(instrument, level)
                (prior if key.prior else numbers)[key.name] = step
                before = derive(formulas, prior, {})
                yield _return(instrument, derive(formulas, numbers, before), before, frozenset())


def _inputs(instrument: Instrument, check: Check) -> Sequence[Key]:
    """The entered figures a check rests on, first from one side and then from the other."""
    sides = []
    for node in (check.left, check.right):
        terms = instrument.rules.expanded(node.terms())
        sides.append([key for key in (terms if terms is not None else node.keys()) if key is not None])
    mixed = [key for pair in zip(*(side[:_MOST_KEYS] for side in sides), strict=False) for key in pair]
    return list(dict.fromkeys([*mixed, *(key for side in sides for key in side[:_MOST_KEYS])]))


def _even(instrument: Instrument, level: int) -> tuple[dict[str, Decimal | None], dict[str, Decimal | None]]:
    """Every figure alike, totals computed, this year and last."""
    numbers: dict[str, Decimal | None] = dict.fromkeys(instrument.names, Decimal(level))
    full = derive(instrument.rules.formulas, numbers, {})
    return full, dict(full)


def _return(
    instrument: Instrument, numbers: dict[str, Decimal | None], prior: dict[str, Decimal | None], typed: frozenset[str]
) -> Submission:
    identity = Identity(form=instrument.form.id)
    content = Return(
        file="", sha256="", identity=identity, unit="", period="", numbers=numbers, prior=prior, overwritten=typed
    )
    return Submission(content=content)
