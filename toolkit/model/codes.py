"""The built-in codes of findings: permanent, never renumbered or reused. A form's own rule ids stand beside them."""

from __future__ import annotations

import tomllib
from enum import EnumType, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Self

from toolkit.model.finding import Severity

_NOT_READ = "文件没有读取，也没有改动。请按提示处理后重新报送。"
_TOLD = tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))


class _Listed(EnumType):
    """Its members are listed in a file; a test looks for every one that the program names."""

    if TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Code: ...


class Code(StrEnum, metaclass=_Listed):
    """A code, with what ``xxgk explain`` prints of it and how bad its findings usually are, as ``codes.toml`` says.

    What its findings say is in `sentences.toml`, which also names those that are better or worse than usual.
    """

    heading: str
    meaning: str
    severity: Severity

    def __new__(cls, code: str) -> Self:
        """A member: its text, and beside it what is known of it."""
        member, told = str.__new__(cls, code), _TOLD[code]
        member._value_, member.heading = code, told["heading"]
        member.meaning, member.severity = told.get("meaning", _NOT_READ), Severity(told.get("severity", "fatal"))
        return member

    # What is put into the namespace of an Enum's body becomes a member.
    vars().update({code.replace("-", "_"): code for code in _TOLD})


#: The program failed on a file: our fault, never the unit's.
PROGRAM_FAILED = Code.FILE_99
#: Why a file is not let in.
REFUSALS = tuple(code for code in Code if code.startswith("FILE-") and code is not PROGRAM_FAILED)
#: What the next look may be able to read, and what may be only half of what is coming.
BUSY = frozenset({Code.FILE_05, Code.FILE_06, Code.FILE_07})
HALF = frozenset({Code.FILE_03, Code.FILE_19, Code.FILE_20})
#: What can only be found where the signature is right.
GENUINE = frozenset({Code.SIGN_04, Code.SIGN_05, Code.SIGN_06})
#: What became of a formula that somebody changed.
FORMULAS = frozenset({Code.FMLA_01, Code.FMLA_02})


def built_in(code: str) -> Code | None:
    """The built-in code that is written so; None for a rule of a form."""
    return Code(code) if code in _TOLD else None
