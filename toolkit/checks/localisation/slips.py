"""How likely it is that somebody who meant one figure typed another. The shares and words are in ``slips.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from math import pi
from pathlib import Path

_DATA = tomllib.loads(Path(__file__).with_name("slips.toml").read_text(encoding="utf-8"))
#: How often each kind of error over several cells happens, and each kind of slip in one cell.
KINDS: Mapping[str, float] = {kind: one["share"] for kind, one in _DATA["kinds"].items()}
SLIPS: Mapping[str, float] = {slip: one["share"] for slip, one in _DATA["cells"].items()}
#: What a kind of error is called; the kinds that are not here are told cell by cell. What a slip is called.
KIND_WORDS: Mapping[str, str] = {kind: one["words"] for kind, one in _DATA["kinds"].items() if "words" in one}
SLIP_WORDS: Mapping[str, str] = {slip: one["words"] for slip, one in _DATA["cells"].items()}
_YEARS = range(2015, 2040)
#: A figure that nothing is known of is as likely to be of any length.
_LENGTHS = 12


def unknown(figure: int) -> float:
    """The probability of a figure that nothing is known of: each length is as likely as another."""
    return 1 / ((abs(figure) + 1) * _LENGTHS)


@lru_cache(maxsize=65536)
def mistyped(printed: int, meant: int) -> Mapping[str, float]:
    """The probability of each slip by which somebody who meant ``meant`` types ``printed``; never empty.

    Both count in steps of the cell. ``missing``, ``extra``, ``digit`` and ``transposed`` are the four slips of F. J.
    Damerau (A technique for computer detection and correction of spelling errors, Communications of the ACM 7, 1964).
    """
    if printed < 0 or meant < 0:
        return {"sign": SLIPS["sign"]} if printed == -meant else {"open": 1e-6}
    out = dict(_digits(str(printed), str(meant)))
    if meant and printed:
        units = sum(meant // k == printed or printed == meant * k for k in (10, 100, 1000, 10000))
        rounded = sum(meant > k and printed % k == 0 and 2 * abs(meant - printed) <= k for k in (10, 100))
        out |= {"unit": SLIPS["unit"] / 4 * units, "rounded": SLIPS["rounded"] / 2 * rounded}
        out["reversed"] = SLIPS["reversed"] * (meant > 99 and int(str(meant)[::-1]) == printed)  # noqa: PLR2004
    elif meant:
        out["blank"] = SLIPS["blank"]
    out["year"] = SLIPS["year"] / 4 * (printed in _YEARS)
    # Half of the figures that are no slip of typing are anything, half are near what was meant.
    wide = 1 + 0.3 * meant
    near = 0.5 / (pi * wide * (1 + ((printed - meant) / wide) ** 2))
    out["open"] = SLIPS["open"] * (0.5 * unknown(printed) + near)
    return out


def _digits(printed: str, meant: str) -> Mapping[str, float]:
    """The slips of single digits."""
    less = len(meant) - len(printed)
    if less == 0:
        differ = [i for i, (a, b) in enumerate(zip(printed, meant, strict=True)) if a != b]
        if len(differ) == 1:
            return {"digit": SLIPS["digit"] / (9 * len(meant))}
        i, j = (differ[0], differ[-1]) if differ else (0, 0)
        if len(differ) == 2 and j == i + 1 and printed[i] == meant[j] and printed[j] == meant[i]:  # noqa: PLR2004
            return {"transposed": SLIPS["transposed"] / (len(meant) - 1)}
    elif abs(less) == 1:
        long, short = (meant, printed) if less > 0 else (printed, meant)
        if any(int(long[:i] + long[i + 1 :]) == int(short) for i in range(len(long))):
            slip, ways = ("missing", len(long)) if less > 0 else ("extra", 10 * len(long))
            return {slip: SLIPS[slip] / ways}
    elif less == 2 and all(digit in rest for rest in [iter(meant)] for digit in printed):  # noqa: PLR2004
        return {"two_missing": SLIPS["two_missing"] * 2 / (len(meant) * (len(meant) - 1))}
    return {}
