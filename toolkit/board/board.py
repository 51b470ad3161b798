"""One page that shows how a round stands. It fetches nothing and needs no script to be read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolkit.board import progress
from toolkit.board.figures import Figures, area_lines, keys
from toolkit.board.problems import heat, problems, title_of
from toolkit.collection.changes import Change
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.workbook.book import SOURCES
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.grid import BREAK
from toolkit.model.standing import Standing, Unclaimed
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


class News(NamedTuple):
    """What is new about the round as a whole: changes of what counts, the roster's, and files that are nobody's."""

    changes: tuple[Change, ...] = ()
    told: tuple[str, ...] = ()
    unclaimed: tuple[Unclaimed, ...] = ()


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
    script = _script()
    beside = nodes if len(nodes) <= _AREAS else ()
    figures = Figures(total, {one.code: i for i, one in enumerate(standings)})
    template = _environment().get_template("board.html.j2")
    page = template.render(
        _of_units(round_, instrument, standings),
        news=news,
        timeline=progress.Timeline.of(round_.events, round_.deadline, round_.made),
        kinds=progress.KINDS,
        title_of=lambda code: title_of(instrument, code),
        figures=figures,
        keys=keys(instrument, total, nodes),
        total=total,
        findings=findings,
        nodes=beside,
        area_lines=area_lines(total, beside),
        sources=SOURCES,
        data=data_block(figures.document),
        script=script,
        sign=_signed(script),
    )
    return page.encode(errors="replace")


def _of_units(round_: PageFrame, instrument: Instrument, standings: Sequence[Standing]) -> dict[str, object]:
    """What the page tells of each unit: where it stands, what is expected of it, what was found."""
    place = progress.areas_above(standings)
    found, groups = problems(standings), progress.reminders(instrument, standings)
    return {
        "round": round_,
        "standings": standings,
        "shares": progress.by_state(standings),
        "groups": groups,
        "weights": progress.weights,
        "superseding": progress.superseding,
        "place": place,
        "paths": list(dict.fromkeys(filter(None, map(place, standings)))),
        "problems": found,
        "listed": {one.standing.code for one in found if one.listed},
        "heat": heat(instrument, found),
    }


def _signed(script: str) -> str:
    """The hash by which a browser lets exactly this script run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _script() -> Markup:
    """The page's own script; a browser reads only plain line ends before it compares the hash."""
    source = resources.files("toolkit.board").joinpath("templates", "board.js")
    return Markup(source.read_text(encoding="utf-8").replace("\r\n", "\n"))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("toolkit.board"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=escaped_marks,
    )
    environment.filters["pieces"] = lambda text: str(text).split(BREAK)
    return environment


def escaped_marks(value: object) -> object:
    """A value as the page prints it: texts are made visible, our own markup stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def data_block(document: object) -> Markup:
    """JSON that may stand inside an element: no text of it can close the element or open another."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Nothing in it is markup any more.
    return Markup(text.translate(_ESCAPES))  # noqa: S704
