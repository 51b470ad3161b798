"""The key figures that a form's outline names (``[[board]]``), of every unit and of a sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from toolkit.model.form import Form
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node

Numbers = Mapping[str, Decimal | None]


def key_figures(form: Form) -> list[tuple[str, Node]]:
    """Labels and what they show; the form's loader has seen to the expressions."""
    short, asked = form.raw_report.get("figures", {}), form.raw_report.get("board", ())
    names: Mapping[object, object] = short if isinstance(short, Mapping) else {}
    entries = [one for one in asked if isinstance(one, Mapping)] if isinstance(asked, list | tuple) else []
    return [
        (str(one["label"]), compile_expression(form, str(names.get(one["value"], one["value"])))) for one in entries
    ]
