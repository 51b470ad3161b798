"""Says in words which cell is probably wrong and what belongs there; never more than the figures bear out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal

from toolkit.checks.evidence import Case
from toolkit.checks.evidence import case_of
from toolkit.checks.evidence import lags_of
from toolkit.checks.evidence import parts
from toolkit.checks.localise import localise
from toolkit.checks.slips import Explanation
from toolkit.checks.slips import Move
from toolkit.instrument import Instrument
from toolkit.model.returns import Return
from toolkit.rules.compile import Check
from toolkit.rules.values import Exact
from toolkit.text import shown

#: The next explanation has to be dearer by so much, for the first to be called the likeliest.
CLEAR = 0.25
#: Up to this price an explanation is like a slip of typing; dearer ones are not offered among several.
_LIKELY = 1.2
_MOST = 3
_MOST_CELLS = 4
_WHY: Mapping[str, str] = {
    "sign": "多了负号",
    "transposed": "相邻两位数字颠倒",
    "missing": "漏了一位数字",
    "extra": "多了一位数字",
    "digit": "一位数字不对",
    "unit": "差了若干个 0",
    "swap": "与相邻的格填反",
    "exchange": "两格填反",
    "rows": "上下两行填反",
    "shift": "整段错开一格",
    "blank": "漏填",
    "carried": "填错一个数，合计也照错数加了",
    "other": "数值不符",
}
_NOTE = re.compile(r"(?<=.)（[^（）]*）$")
_ORDINALS = ("一", "二", "三")


def suggestions(instrument: Instrument, content: Return, failed: Sequence[Check]) -> dict[str, str]:
    """For failed equalities, by the key of the check: what probably has to be mended, told once for each root."""
    keys = {check.key for check in failed if check.op == "="}
    if not keys:
        return {}
    out: dict[str, str] = {}
    for part in parts(instrument, content.overwritten, lags_of(content)):
        mine = [check for check in part.checks if check.key in keys]
        case = case_of(part, instrument, content) if mine else None
        if case is not None:
            out |= _told(instrument, content, case, mine)
    return out


def _told(instrument: Instrument, content: Return, case: Case, failed: Sequence[Check]) -> dict[str, str]:
    found, _ = localise(case.part.system, case.values, case.right, case.steps)
    if found and (len(found) == 1 or found[1].price >= found[0].price + CLEAR):
        return _likeliest(instrument, case, found[0].moves, failed)
    likely = [one for one in found if one.price / len(one.moves) <= _LIKELY][:_MOST]
    if len(likely) > 1:
        sure = _in_all(found)
        rest = [[move for move in one.moves if move.cells not in sure] for one in likely]
        lines = [f"可能{n}：{_words(instrument, case, moves)}" for n, moves in zip(_ORDINALS, rest, strict=False)]
        told = _likeliest(instrument, case, [m for m in likely[0].moves if m.cells in sure], failed)
        text = ("另有一处，" if told else "") + "；".join(lines) + "。请对照台账核对"
        home = next((check for check in failed if check.key not in told), failed[0]).key
        return told | {home: f"{told[home]}。{text}" if home in told else text}
    return {check.key: hint for check in failed if (hint := _hint(instrument, content, check))}


def _in_all(found: Sequence[Explanation]) -> list[Mapping[int, int]]:
    """What every explanation has in common, as long as something is left of each."""
    common = [move.cells for move in found[0].moves if all(move.cells in [m.cells for m in one.moves] for one in found)]
    return common if all(len(one.moves) > len(common) for one in found) else []


def _likeliest(instrument: Instrument, case: Case, moves: Sequence[Move], failed: Sequence[Check]) -> dict[str, str]:
    """Each operation at the first failed check that it mends."""
    out: dict[str, str] = {}
    left = list(failed)
    for move in moves:
        mended = {case.part.checks[k].key for k in move.effect}
        home = next((check for check in left if check.key in mended), failed[0])
        text = f"最可能：{_move(instrument, case, move)}"
        out[home.key] = f"{out[home.key]}；{text}" if home.key in out else text
        left = [check for check in left if check is not home]
    return out


def _words(instrument: Instrument, case: Case, moves: Sequence[Move]) -> str:
    return "，且".join(_move(instrument, case, move) for move in moves)


def _move(instrument: Instrument, case: Case, move: Move) -> str:
    """``“……自然人”（申请情况!D7）应为 12，现为 21（相邻两位数字颠倒）``."""
    cells = sorted(move.cells.items())
    told = [_cell(instrument, case, cell, new) for cell, new in cells[:_MOST_CELLS]]
    more = f"等 {len(cells)} 格" if len(cells) > _MOST_CELLS else ""
    return f"{'，'.join(told)}{more}（{_WHY[move.kind]}）"


def _cell(instrument: Instrument, case: Case, cell: int, new: int) -> str:
    name = case.part.cells[cell]
    variable, spot = instrument.variables[name], instrument.layout.spots[name]
    labels = "／".join(_short(label) for label in (variable.row_label, variable.column_label))
    right, now = (shown(Decimal(value) / case.scale) for value in (new, case.values[cell]))
    return f"“{labels}”（{spot.sheet}!{spot.cell}）应为 {right}，现为 {now}"


def _short(label: str) -> str:
    """The innermost heading, without the note behind it."""
    last = label.rpartition(" ")[2]
    return _NOTE.sub("", last) or last


def _hint(instrument: Instrument, content: Return, check: Check) -> str:
    """The bookkeeper's rules of thumb about a difference."""
    values = Exact(content.numbers, content.prior)
    gap = abs(Decimal(check.left.value(values)) - Decimal(check.right.value(values)))
    return "；".join(_hints(instrument, content, check, gap))


def _hints(instrument: Instrument, content: Return, check: Check, gap: Decimal) -> Iterator[str]:
    held = {key.name: value for key in check.current if (value := content.numbers.get(key.name))}
    same = [name for name, value in held.items() if abs(value) == gap]
    half = [name for name, value in held.items() if 2 * abs(value) == gap]
    if same:
        yield f"差额 {shown(gap)} 正好等于{_places(instrument, same)}，可能漏加或重加"
    if half:
        yield f"差额 {shown(gap)} 正好是{_places(instrument, half)}的两倍，可能加减方向弄反"
    if gap and gap % 9 == 0 and gap == int(gap):
        yield f"差额 {shown(gap)} 能被 9 整除，可能是相邻两位数字颠倒，或多写、少写一个 0"


def _places(instrument: Instrument, names: Sequence[str]) -> str:
    spots = [instrument.layout.spots[name] for name in names[:_MOST]]
    return "、".join(f"{spot.sheet}!{spot.cell}" for spot in spots)
