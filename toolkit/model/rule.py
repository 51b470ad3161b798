"""Rules as written in a definition: about numbers, and about texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from toolkit.model.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as written: ``text`` such as ``total = sum(first:last)``.

    ``derived`` marks a formula of the template (its left side is computed there). ``typed_severity`` holds when last
    year's figure was not taken from an accepted return. ``free_bodies`` are the kinds of body it does not bind;
    ``unknown_severity`` holds while the body's kind is not known. A ``beta`` rule only notes, whatever its
    severity says; one that holds ``singly`` is about what one unit typed and says nothing of a sum.
    """

    id: str
    text: str
    path: str
    table: str = ""
    derived: bool = False
    say: str = ""
    remedy: str = ""
    severity: Severity = Severity.ERROR
    typed_severity: Severity | None = None
    free_bodies: tuple[str, ...] = ()
    unknown_severity: Severity | None = None
    beta: bool = False
    singly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """A rule about texts: ``kind`` names the way of reading that finds what is wrong.

    ``texts`` are the names of the texts it reads (none: all). ``doubtful`` is the severity where the reading is not
    certain; without one it is ``severity``. ``explained_at`` is the rule about texts whose line of the check sheet
    takes its explanation (none: a line of its own). ``options`` is the rest of its entry, for that way of reading
    alone.
    """

    id: str
    kind: str
    say: str
    path: str = ""
    remedy: str = ""
    severity: Severity = Severity.VERIFY
    doubtful: Severity | None = None
    texts: tuple[str, ...] = ()
    explained_at: str = ""
    beta: bool = False
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def takes_explanation(self) -> bool:
        """Whether it has a line of its own for an explanation that settles a finding of it."""
        return not self.explained_at and Severity.VERIFY in {self.severity, self.doubtful}

    @property
    def explanation(self) -> str:
        """The rule beside which an explanation of it stands."""
        return self.explained_at or self.id
