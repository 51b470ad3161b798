"""One page that shows how a round stands. It fetches nothing and needs no script to be read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from toolkit.board import progress
from toolkit.board.figures import area_lines, board_figures, compositions, contributions, keys
from toolkit.board.progress import problems, rule_lines, title_of
from toolkit.collection.changes import News
from toolkit.collection.folder import BOARD
from toolkit.consolidation.aggregate import Consolidation, aggregate
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.workbook.book import SOURCES
from toolkit.instrument.instrument import Instrument
from toolkit.io.templates import pages
from toolkit.model.finding import Finding
from toolkit.model.grid import BREAK
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing
from toolkit.text import visible, written

#: The sums of so many areas stand side by side; of more, only their key figures.
_AREAS: Final = 24
#: So many units stand on one page, which then stays below 2 MB; a larger round has a page an area.
_UNITS: Final = 1000
#: What could end a block of data early or be taken for markup; JSON reads the escapes as the same characters.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What the page says of the round itself. ``deadline`` is a day or empty, ``made`` when the page was made.

    ``events`` are pairs of a day (2026-01-20) and what happened (received, returned, accepted).
    ``reminder`` is the message to all from whom something is still to come. ``is_part`` is set on a page of an area.
    """

    title: str
    period_label: str
    deadline: str
    made: str
    events: tuple[tuple[str, str], ...] = ()
    reminder: str = ""
    is_part: bool = False

    @property
    def days_left(self) -> str:
        """``距截止还有 6 天``, ``截止已过 2 天``; empty without a deadline."""
        if not self.deadline:
            return ""
        left = (date.fromisoformat(self.deadline) - date.fromisoformat(self.made[:10])).days
        return "今天截止" if left == 0 else f"距截止还有 {left} 天" if left > 0 else f"截止已过 {-left} 天"


#: A page of a large round: where it lies beside the index, its area, its units.
Page = tuple[str, str, Sequence[Standing]]
Sent = defaultdict[str, list[FiledVerdict]]


def board_pages(
    round_: PageFrame, standings: Sequence[Standing], total: Consolidation, whole: Callable[[Sequence[Page]], bytes]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The pages by the place of their file: the ``whole`` round on one, or a page an area of a large one, and an index.

    ``whole`` is `render_board` on the round; it is given what it is the index of.
    """
    parts = enumerate(_by_area(standings) if len(standings) > _UNITS else (), 1)
    pages = [(f"board/{number}.html", name, units) for number, (name, units) in parts]
    sent: Sent = defaultdict(list)
    for one in (*total.members, *(left.verdict for left in total.left)):
        sent[one.code].append(one)
    yield from ((page[0], partial(_area_page, round_, page, total, sent)) for page in pages)
    yield BOARD, partial(whole, pages)


def _by_area(standings: Sequence[Standing], depth: int = 1) -> Iterator[tuple[str, Sequence[Standing]]]:
    """The units of the highest areas that are small enough; by thousands where an area has no parts."""
    areas: defaultdict[tuple[str, ...], list[Standing]] = defaultdict(list)
    for one in standings:
        areas[one.path[:depth]].append(one)
    for path, units in areas.items():
        if len(units) > _UNITS and len(path) == depth:
            yield from _by_area(units, depth + 1)
            continue
        name = " / ".join(path) or "没有上级的单位"
        for at in range(0, len(units), _UNITS):
            yield f"{name}，第 {at + 1} 个起" if len(units) > _UNITS else name, units[at : at + _UNITS]


def _area_page(round_: PageFrame, page: Page, total: Consolidation, sent: Sent) -> bytes:
    _, name, standings = page
    known = total.expected or Expected(units={})
    mine = replace(known, units={one.code: known.units[one.code] for one in standings if one.code in known.units})
    given = [verdict for one in standings for verdict in sent[one.code]]
    mine = replace(mine, excluded=(), name=name)
    part = aggregate(total.instrument, given, everything=total.everything, period=total.period, expected=mine)
    frame = replace(round_, title=f"{name} {round_.period_label}", events=(), is_part=True)
    return render_board(frame, total.instrument, standings, part, ())


def render_board(  # noqa: PLR0913, PLR0917 - the parts of the page
    round_: PageFrame,
    instrument: Instrument,
    standings: Sequence[Standing],
    total: Consolidation,
    findings: Sequence[Finding],
    nodes: Sequence[tuple[str, Consolidation]] = (),
    news: News = News(),  # noqa: B008 - it cannot change
    pages: Sequence[Page] = (),
) -> bytes:
    """The page; the same bytes for the same round. ``findings`` are those on the sums, ``nodes`` the areas' sums.

    With ``pages`` it is their index, and lists no unit itself.
    """
    beside = nodes if len(nodes) <= _AREAS else ()
    figures, rows = board_figures(total), {one.code: i for i, one in enumerate(standings)}
    place, found = progress.areas_above(standings), problems(standings)
    page = (
        _environment()
        .get_template("board.html.j2")
        .render(
            round=round_,
            news=news,
            pages=pages,
            standings=standings,
            place=place,
            paths=list(dict.fromkeys(filter(None, map(place, standings)))),
            shares=progress.by_state(standings),
            days=progress.by_day(round_.events),
            groups=progress.reminders(instrument, standings),
            title_of=lambda code: title_of(instrument, code),
            problems=found,
            listed={one.standing.code for one in found if one.listed},
            rules=rule_lines(instrument, found),
            figures=figures,
            keys=keys(instrument, total, nodes),
            total=total,
            findings=findings,
            nodes=beside,
            area_lines=area_lines(total, beside),
            data=data_block({} if pages else contributions(total, figures.values(), rows)),
        )
    )
    return page.encode(errors="replace")


@cache
def _environment() -> Environment:
    environment = pages("toolkit.board", escaped_marks)
    environment.filters["written"] = written
    environment.filters["pieces"] = lambda text: str(text).split(BREAK)
    for helper in (progress.by_state, progress.weights, progress.superseding, compositions):
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
