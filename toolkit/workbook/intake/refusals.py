"""The reasons not to let a file in: a permanent code each, in the words of a clerk."""

from __future__ import annotations

from toolkit.model.codes import Code
from toolkit.model.finding import Statement
from toolkit.model.sentences import worded
from toolkit.text import shortened

_LONGEST = 100


class Refused(Exception):  # noqa: N818 - a verdict on a file, not a fault of ours
    """A file that is not let in: a permanent code, what is wrong, what to do.

    It travels between processes, so it is made of nothing but its arguments.
    """

    def __init__(self, code: Code, told: Statement, where: str = "") -> None:
        super().__init__(code, told, where)
        self.code, self.told, self.where = code, told, where
        self.message, self.remedy = told.message, told.remedy

    def __str__(self) -> str:
        """One line for a person."""
        return f"[{self.code}] {self.told.line}"


def refusal(code: Code, detail: str = "", remedy: str = "") -> Refused:
    """Word the refusal of a file, with where or what it is; ``remedy`` where that of its code does not fit.

    ``detail`` may hold text from the file, which is shown escaped and cut.
    """
    shown = shortened(detail, _LONGEST)
    told = worded(code, "detail", detail=shown) if shown else worded(code)
    return Refused(code, told._replace(remedy=remedy or told.remedy), detail)


def remedy_for_roster(refused: Refused) -> str:
    """What to do with a file that was refused, where it is not a return but a roster."""
    return worded(refused.code, "roster").remedy
