"""One page that shows how a round stands. It fetches nothing and needs no script to be read."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment
from jinja2 import PackageLoader
from jinja2 import StrictUndefined
from markupsafe import Markup

from toolkit.board.charts import shares
from toolkit.board.charts import timeline
from toolkit.board.view import Figures
from toolkit.board.view import counted
from toolkit.board.view import heat
from toolkit.board.view import keys
from toolkit.board.view import problems
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.exact import written
from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.standing import Standing
from toolkit.model.standing import State

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SIGN = "sha256-0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The frame of the page. ``deadline`` is a day or empty, ``made`` when the page was made.

    ``events`` are pairs of a day (2026-01-20) and what happened (received, returned, accepted).
    """

    title: str
    period_label: str
    deadline: str
    made: str
    events: tuple[tuple[str, str], ...] = ()

    @property
    def days_left(self) -> str:
        """``距截止还有 6 天``, ``截止已过 2 天``; empty without a deadline."""
        if not self.deadline:
            return ""
        left = (date.fromisoformat(self.deadline) - date.fromisoformat(self.made[:10])).days
        return "今天截止" if left == 0 else f"距截止还有 {left} 天" if left > 0 else f"截止已过 {-left} 天"


def render_board(  # noqa: PLR0913, PLR0917 - the parts of the page
    round_: Round,
    instrument: Instrument,
    standings: Sequence[Standing],
    total: Consolidation,
    findings: Sequence[Finding],
    nodes: Sequence[tuple[str, Consolidation]] = (),
) -> bytes:
    """The page; the same bytes for the same round. ``findings`` are those on the sums, ``nodes`` the areas' sums."""
    figures = Figures(instrument, total)
    found = problems(standings)
    page = (
        _environment()
        .get_template("board.html.j2")
        .render(
            round=round_,
            standings=standings,
            counts=counted(standings),
            bar=shares((state.value, count) for state, count in counted(standings)),
            chart=timeline(round_.events, round_.deadline),
            missing=[one for one in standings if one.state is State.MISSING],
            faulty=[one for one in standings if one.state in {State.RETURNED, State.UNUSABLE}],
            problems=found,
            heat=heat(instrument, found),
            figures=figures,
            keys=keys(instrument, total),
            total=total,
            findings=findings,
            nodes=nodes,
            areas=_areas(instrument, nodes),
            sign=_SIGN,
        )
    )
    return _signed(page).encode(errors="replace")


def _areas(instrument: Instrument, nodes: Sequence[tuple[str, Consolidation]]) -> list[tuple[str, list[str]]]:
    """For each computed figure that some area has: its label and the areas' sums."""
    out: list[tuple[str, list[str]]] = []
    for name in instrument.rules.formulas:
        values = [one.sums.get(name) for _, one in nodes]
        if any(values):
            variable = instrument.variables[name]
            label = f"{variable.row_label} {variable.column_label}"
            out.append((label, ["" if value is None else written(value) for value in values]))
    return out


def _signed(page: str) -> str:
    """Allow exactly this page's own script, by its hash."""
    match = _SCRIPT.search(page)
    digest = hashlib.sha256(match[1].encode()).digest() if match else b""
    return page.replace(_SIGN, "sha256-" + base64.b64encode(digest).decode(), 1)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("toolkit.board"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seen"] = _seen
    return environment


def _seen(text: object) -> Markup | str:
    """A stranger's text without marks that would hide or turn what stands beside it."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in str(text))
