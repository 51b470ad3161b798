"""Linear terms with computed totals written out as their parts."""

from __future__ import annotations

from decimal import Decimal

from toolkit.instrument import Instrument
from toolkit.rules.terms import Key
from toolkit.rules.terms import Terms
from toolkit.rules.terms import added
from toolkit.rules.terms import scaled


def expanded(instrument: Instrument, overwritten: frozenset[str], terms: Terms | None) -> Terms | None:
    """Terms with every total that the template computes written out; those ``overwritten`` stay cells of their own."""
    if terms is None:
        return None
    out: Terms = {}
    for key, factor in terms.items():
        part = _parts(instrument, overwritten, key)
        inner = {key: Decimal(1)} if part is None else expanded(instrument, overwritten, part)
        if inner is None:
            return None
        out = added(out, scaled(inner, factor), Decimal(1))
    return out


def _parts(instrument: Instrument, overwritten: frozenset[str], key: Key | None) -> Terms | None:
    if key is None or key.name in overwritten or key.name not in instrument.rules.formulas:
        return None
    terms = instrument.rules.formulas[key.name].right.terms()
    if terms is None or not key.lag:
        return terms
    return {Key(k.name, lag=True) if k else None: factor for k, factor in terms.items()}
