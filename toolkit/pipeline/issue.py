"""What a unit's own workbook is given: who it is, for when, last year's figures, the office's signature."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.collection.identity import signed
from toolkit.collection.roster import Role
from toolkit.collection.roster import Unit
from toolkit.model.returns import Identity
from toolkit.pipeline.rounds import Round
from toolkit.workbook.plan import blank_plan
from toolkit.workbook.planned import Prefill


def reporters(round_: Round) -> Iterator[Unit]:
    """The units that get a workbook: those whose figures are added up, and areas that report their own sum."""
    left = {unit.code for unit, _ in round_.roster.excluded()}
    return (unit for unit in round_.roster.units if unit.role is not Role.NODE and unit.code not in left)


def issue(round_: Round, unit: Unit) -> Prefill:
    """What the unit's workbook is given, signed with the office's key."""
    kind = round_.issued
    identity = signed(
        round_.keyring.current,
        Identity(
            form=kind.form.id,
            version=kind.form.version,
            code=unit.code,
            unit=unit.name,
            period=str(round_.period),
            fingerprint=blank_plan(kind).fingerprint,
        ),
    )
    figures = round_.figures(unit)
    return Prefill(
        unit=unit.name,
        period=str(round_.period),
        code=unit.code,
        key=identity.key,
        signature=identity.signature,
        prior={name: figures[name] for name in kind.layout.prior if name in figures},
    )
