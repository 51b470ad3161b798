"""One page that shows how a round stands. It fetches nothing and needs no script to be read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from toolkit.board import progress
from toolkit.board.breakdown import compositions
from toolkit.board.figures import Figures, area_lines, keys
from toolkit.board.problems import heat, problems, title_of
from toolkit.collection.changes import News
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.workbook.book import SOURCES
from toolkit.instrument.instrument import Instrument
from toolkit.io.templates import pages
from toolkit.model.finding import Finding
from toolkit.model.grid import BREAK
from toolkit.model.standing import Standing
from toolkit.text import visible

#: The sums of so many areas stand side by side; of more, only their key figures.
_AREAS: Final = 24
#: What could end a block of data early or be taken for markup; JSON reads the escapes as the same characters.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What the page says of the round itself. ``deadline`` is a day or empty, ``made`` when the page was made.

    ``events`` are pairs of a day (2026-01-20) and what happened (received, returned, accepted).
    ``reminder`` is the message to all from whom something is still to come.
    """

    title: str
    period_label: str
    deadline: str
    made: str
    events: tuple[tuple[str, str], ...] = ()
    reminder: str = ""

    @property
    def days_left(self) -> str:
        """``距截止还有 6 天``, ``截止已过 2 天``; empty without a deadline."""
        if not self.deadline:
            return ""
        left = (date.fromisoformat(self.deadline) - date.fromisoformat(self.made[:10])).days
        return "今天截止" if left == 0 else f"距截止还有 {left} 天" if left > 0 else f"截止已过 {-left} 天"


def render_board(  # noqa: PLR0913, PLR0917 - the parts of the page
    round_: PageFrame,
    instrument: Instrument,
    standings: Sequence[Standing],
    total: Consolidation,
    findings: Sequence[Finding],
    nodes: Sequence[tuple[str, Consolidation]] = (),
    news: News = News(),  # noqa: B008 - it cannot change
) -> bytes:
    """The page; the same bytes for the same round. ``findings`` are those on the sums, ``nodes`` the areas' sums."""
    beside = nodes if len(nodes) <= _AREAS else ()
    figures = Figures(total, {one.code: i for i, one in enumerate(standings)})
    place, found = progress.areas_above(standings), problems(standings)
    page = (
        _environment()
        .get_template("board.html.j2")
        .render(
            round=round_,
            news=news,
            standings=standings,
            place=place,
            paths=list(dict.fromkeys(filter(None, map(place, standings)))),
            shares=progress.by_state(standings),
            days=progress.by_day(round_.events),
            groups=progress.reminders(instrument, standings),
            title_of=lambda code: title_of(instrument, code),
            problems=found,
            listed={one.standing.code for one in found if one.listed},
            heat=heat(instrument, found),
            figures=figures,
            keys=keys(instrument, total, nodes),
            total=total,
            findings=findings,
            nodes=beside,
            area_lines=area_lines(total, beside),
            data=data_block(figures.document),
        )
    )
    return page.encode(errors="replace")


@cache
def _environment() -> Environment:
    environment = pages("toolkit.board", escaped_marks)
    environment.filters["pieces"] = lambda text: str(text).split(BREAK)
    for helper in (progress.weights, progress.superseding, compositions):
        environment.globals[helper.__name__] = helper
    environment.globals |= {"kinds": progress.KINDS, "sources": SOURCES}
    # A browser reads only plain line ends before it compares the hash by which it lets exactly this script run.
    script = (Path(__file__).with_name("templates") / "board.js").read_text(encoding="utf-8")
    script = script.replace("\r\n", "\n")
    mark = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals |= {"script": Markup(script), "sign": f"sha256-{mark}"}  # noqa: S704 - it is our own
    return environment


def escaped_marks(value: object) -> object:
    """A value as the page prints it: texts are made visible, our own markup stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def data_block(document: object) -> Markup:
    """JSON that may stand inside an element: no text of it can close the element or open another."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Nothing in it is markup any more.
    return Markup(text.translate(_ESCAPES))  # noqa: S704
