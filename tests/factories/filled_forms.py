"""Small things that many tests need: a form at hand, a filled workbook, a return of zeros."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from factories.workbooks import written
from toolkit.checks.confront import confront
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.returns import NO_CONTEXT, Context, Identity, Return, Submission
from toolkit.rules.compile import derive
from toolkit.rules.expression import Key
from toolkit.workbook.template.cells import Prefill

Figures = Mapping[str, int | str | Decimal | None]

#: A table whose figures differ so much that no two cells can be taken for each other.
RIGHT: dict[str, int] = {
    "requests.new.natural": 631,
    "requests.carried_in.natural": 52,
    "requests.granted.natural": 408,
    "requests.partial.natural": 97,
    "requests.unavailable_not_held.natural": 133,
    "requests.carried_out.natural": 45,
    "requests.new.business": 74,
    "requests.granted.business": 61,
    "requests.partial.business": 13,
    "requests.new.legal": 9,
    "requests.granted.legal": 9,
}


@cache
def annual() -> Instrument:
    """The statutory form of 2021."""
    return load("zfxxgk-2021")


def figures(values: Figures) -> dict[str, Decimal | None]:
    """Whole numbers and texts of numbers as exact numbers; None stays no value."""
    return {name: None if value is None else Decimal(str(value)) for name, value in values.items()}


def inputs(instrument: Instrument) -> list[str]:
    """The variables that a person fills in."""
    return [variable.name for variable in instrument.variables.values() if not variable.derived]


def zero_return(
    instrument: Instrument,
    values: Figures | None = None,
    *,
    prior: Figures | None = None,
    explanations: Mapping[str, str] | None = None,
) -> Return:
    """A return with 0 everywhere but in ``values``; None is a blank, a value for a total overwrites its formula."""
    given = figures(values or {})
    unknown = given.keys() - set(instrument.names)
    assert not unknown, f"no such variable: {unknown}"
    before = figures(prior or {})
    typed = [name for name in instrument.rules.formulas if name in given]
    entered: dict[str, Decimal | None] = {name: Decimal(0) for name in inputs(instrument)}
    return Return(
        file="return.xlsx",
        sha256="0" * 64,
        identity=Identity(form=instrument.form.id, version=instrument.form.version, unit="某局", period="2025"),
        unit="某局",
        period="2025",
        numbers=derive(instrument.rules.formulas, {**entered, **given}, before, typed),
        prior=before,
        explanations=explanations or {},
        overwritten=frozenset(typed),
    )


def filled(  # noqa: PLR0913 - a workbook has as many sides
    instrument: Instrument,
    values: Mapping[str, int | str | Decimal] | None = None,
    *,
    unit: str = "某局",
    period: str = "2025",
    prior: Mapping[str, int | str | Decimal] | None = None,
    blank: Iterable[str] = (),
) -> bytes:
    """A workbook with 0 in every number cell and a word in every required text, but for ``values`` and ``blank``.

    A text stays a text, an ``int`` is a number; ``blank`` names cells that nobody filled.
    """
    entries: dict[str, Decimal | str] = {name: Decimal(0) for name in inputs(instrument)}
    entries |= {text.name: "已填写。" for text in instrument.form.texts.values() if text.required}
    entries |= {n: v if isinstance(v, str) else Decimal(v) for n, v in (values or {}).items()}
    for name in blank:
        del entries[name]
    before = {name: Decimal(value) for name, value in (prior or {}).items()}
    return written(instrument, Prefill(unit=unit, period=period, prior=before, values=entries))


def sent(content: Return, *findings: Finding, context: Context = NO_CONTEXT) -> Submission:
    """A return on its way to the rules: what was found in its workbook, and what is known beside it."""
    return Submission(content=content, context=context, findings=findings)


def judged(instrument: Instrument, content: Return, context: Context = NO_CONTEXT) -> list[Finding]:
    """What the rules find in one return."""
    return confront(instrument, sent(content, context=context))[0]


class Letters:
    """Addresses for reading formulas in a test: a variable is its last part, last year's has a dash."""

    def cell(self, key: Key) -> str:
        return key.name.rpartition(".")[2] + ("'" if key.prior else "")

    def area(self, keys: Iterable[Key]) -> str:
        names = [self.cell(key) for key in keys]
        return f"{names[0]}:{names[-1]}"
