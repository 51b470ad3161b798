"""Small drawings for the board: inline SVG with a title for those who cannot see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 150, 34, 26


def timeline(events: Sequence[tuple[str, str]], deadline: str) -> Markup:
    """Returns taken in, day by day, as bars; the deadline as a line. Nothing where nothing came."""
    days = Counter(day for day, kind in events if kind == "received")
    if not days:
        return Markup("")
    names = sorted({*days, *([deadline] if deadline else [])})
    most, step = max(days.values()), (_WIDTH - _LEFT) / len(names)
    parts = [_bar(i, days[day], most, step, day) for i, day in enumerate(names)]
    parts += [
        _label(i, day, step) for i, day in enumerate(names) if i % max(1, len(names) // 9) == 0 or day == deadline
    ]
    if deadline:
        x = _LEFT + step * (names.index(deadline) + 1) - 2
        parts.append(
            Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="4" y2="{1}" class="due"/>').format(x, _HEIGHT - _BOTTOM)
        )
    title = Markup("<title>{}</title>").format(
        f"每天收到的份数，最多一天 {most} 份" + (f"；截止 {deadline}" if deadline else "")
    )
    axis = Markup('<text x="0" y="14">{}</text>').format(str(most))
    return Markup('<svg viewBox="0 0 {} {}" class="chart" role="img">{}{}{}</svg>').format(
        _WIDTH, _HEIGHT, title, axis, Markup("").join(parts)
    )


def _bar(i: int, count: int, most: int, step: float, day: str) -> Markup:
    height = (_HEIGHT - _BOTTOM - 6) * count / most
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="bar"><title>{}</title></rect>'
    ).format(
        _LEFT + i * step, _HEIGHT - _BOTTOM - height, min(46.0, max(2.0, step * 0.7)), height, f"{day}：{count} 份"
    )


def _label(i: int, day: str, step: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{}">{}</text>').format(_LEFT + i * step, _HEIGHT - 8, day[5:])


def shares(parts: Iterable[tuple[str, int]]) -> Markup:
    """A bar of all units by state; widths are counts."""
    told = [(kind, count) for kind, count in parts if count]
    total = sum(count for _, count in told) or 1
    x, out = 0.0, []
    for kind, count in told:
        width = 1000 * count / total
        out.append(Markup('<rect x="{:.1f}" y="0" width="{:.1f}" height="18" class="s-{}"/>').format(x, width, kind))
        x += width
    return Markup(
        '<svg viewBox="0 0 1000 18" preserveAspectRatio="none" class="shares" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(out))
