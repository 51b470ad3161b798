"""Returns that are added up: filed with their verdicts, of a small form or the statutory one, and who is expected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import Expected
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Status
from toolkit.model.returns import Context, FiledVerdict, Identity, Return
from toolkit.rules.compile import derive

SMALL = """
[form]
id = "small"
version = 2
accepts = [1, 2]
title = "小表"
name = "小表"
period = "year"

[[table]]
id = "t"
title = "一张小表"
sheet = "小表"
type = { kind = "decimal", decimals = 6, unit = "万元" }
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "total", label = "合计" }]
rows = [{ id = "x", label = "金额" }]

[table.formulas]
SUM-01 = { rule = "total = a + b", say = "合计，应等于甲乙之和" }

[table.rules]
YOY-01 = { rule = "a >= a[上年]", say = "不应减少" }
"""


LISTED = (
    SMALL
    + """
[[list]]
id = "kinds"
title = "构成"
sheet = "构成"
label = "类别"
count = "条数"
size = 3
"""
)


def small() -> Instrument:
    """A form of two figures and their total."""
    return loads(SMALL)


def listed() -> Instrument:
    """The small form with an open list besides."""
    return loads(LISTED)


def filed(  # noqa: PLR0913 - a return has as many sides
    instrument: Instrument,
    unit: str,
    values: Mapping[str, object] | None = None,
    *,
    status: Status = Status.ACCEPTED,
    period: str = "2025",
    prior: Mapping[str, str] | None = None,
    file: str = "",
    blank: tuple[str, ...] = (),
    code: str = "",
    revision: int = 0,
    received: str = "",
) -> FiledVerdict:
    """A verdict with content: what is not in ``values`` is 0, what is in ``blank`` has no value."""
    given = {name: Decimal(str(value)) for name, value in (values or {}).items()}
    inputs: dict[str, Decimal | None] = {name: given.get(name, Decimal(0)) for name in instrument.names}
    for name in blank:
        inputs[name] = None
    before = {name: Decimal(value) for name, value in (prior or {}).items()}
    typed = [name for name in instrument.rules.formulas if name in given or name in blank]
    form = instrument.form
    name = file or f"{unit}.xlsx"
    digest = hashlib.sha256(f"{name} {sorted(given.items())}".encode(errors="replace")).hexdigest()
    content = Return(
        file=name,
        sha256=digest,
        identity=Identity(form=form.id, version=form.version, unit=unit, period=period),
        unit=unit,
        period=period,
        numbers=derive(instrument.rules.formulas, inputs, before, typed),
    )
    return FiledVerdict(
        file=name,
        status=status,
        findings=(),
        sha256=digest,
        form=form.id,
        version=form.version,
        unit=unit,
        period=period,
        content=content,
        context=Context(prior=before),
        code=code,
        revision=revision,
        received=received,
    )


def unread(file: str, status: Status = Status.UNREADABLE, code: str = "", revision: int = 0) -> FiledVerdict:
    """A verdict on a file that gave no content."""
    return FiledVerdict(file=file, status=status, findings=(), code=code, revision=revision)


def expecting(*names: str, excluded: tuple[tuple[str, str], ...] = (), name: str = "某县") -> Expected:
    """Units with the codes 01, 02, ... in this order."""
    return Expected(units={f"{i:02}": one for i, one in enumerate(names, 1)}, excluded=excluded, name=name)


def items(verdict: FiledVerdict, *lines: tuple[str, int], name: str = "kinds") -> FiledVerdict:
    """The same with an open list filled in."""
    assert verdict.content is not None
    lists = {name: tuple((label, Decimal(count)) for label, count in lines)}
    return replace(verdict, content=replace(verdict.content, items=lists))


def reasons(made: Consolidation) -> dict[str, str]:
    """Why files are left out of a sum, by their names."""
    return {one.verdict.file: one.reason for one in made.left}
