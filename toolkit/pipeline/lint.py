"""Forms held to what makes sense, beyond being readable."""

from __future__ import annotations

from toolkit.checks.lint import Advice
from toolkit.checks.lint import lint
from toolkit.pipeline.instruments import instrument
from toolkit.pipeline.instruments import known_forms


def lint_forms(form: str = "") -> dict[str, list[Advice]]:
    """What there is to say of a form, or of every installed one; DefinitionError where one cannot be loaded."""
    kinds = [instrument(form)] if form else known_forms()
    return {kind.form.id: lint(kind) for kind in kinds}
