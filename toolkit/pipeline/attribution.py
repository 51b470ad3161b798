"""One file of a round, from its bytes to its verdict: what it says, whose it is, what the rules say of it.

All that is known of the round is its background; there is no clock, no ledger and no disk: so the verdict is the same
in whatever process, on whatever machine it is given.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from toolkit.boundary import guarded
from toolkit.checks.prior import with_context
from toolkit.collection.file_names import Names
from toolkit.collection.roster.read import Role, Roster, Unit
from toolkit.collection.roster.roster import grouped
from toolkit.collection.signature import Keyring, genuine, identity_as_issued, plain, settled_identity
from toolkit.forms.layout import UNIT, prior_name
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed
from toolkit.io.workers import each
from toolkit.model.codes import GENUINE, Code
from toolkit.model.finding import Finding, Status
from toolkit.model.period import Period
from toolkit.model.returns import Context, FiledVerdict, Identity, ReadResult, Return, Submission, Verdict, foreign
from toolkit.model.rule import Policy
from toolkit.model.sentences import phrase, worded
from toolkit.text import cell_text, name_key, shortened
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.intake.read import read

#: Characters of a name, and of a code or a period, in a message.
_NAME, _CODE = 40, 20


class Packed(dict[str, Any]):
    """What is on file of many units, each packed until it is asked for: in one process only few are."""

    def __init__(self, filed: Mapping[str, Mapping[str, object]], made: Callable[[str], object]) -> None:
        told = {code: json.dumps({name: str(value) for name, value in one.items()}) for code, one in filed.items()}
        super().__init__({code: zlib.compress(text.encode(), 1) for code, text in told.items()})
        self._made = made

    def __getitem__(self, code: str) -> Mapping[str, Any]:
        return {name: self._made(text) for name, text in json.loads(zlib.decompress(super().__getitem__(code))).items()}


@dataclass(frozen=True, kw_only=True)
class Background:
    """All that a verdict depends on besides the file.

    ``form`` is what `load` finds the form by, ``kept`` the folder of the definitions that workbooks were issued by.
    ``prior`` and ``prior_texts``: last year on file, by unit and name.
    """

    form: str
    kept: Path
    period: Period
    roster: Roster
    keyring: Keyring
    policy: Policy
    prior: Mapping[str, Mapping[str, Decimal]]
    prior_texts: Mapping[str, Mapping[str, str]]

    @cached_property
    def kind(self) -> Instrument:
        """The form that is collected."""
        return load(self.form)

    @cached_property
    def names(self) -> Names:
        """Finds units in file names."""
        return Names.of(self.roster, (self.kind.form.title, self.period.label))

    @cached_property
    def left_out(self) -> Mapping[str, str]:
        """The units that the roster leaves out, and why."""
        return {unit.code: reason for unit, reason in self.roster.excluded()}

    def codes(self, unit: Unit) -> tuple[str, ...]:
        """The codes under which the ledger may hold what a unit sent: one that was recoded keeps its past."""
        free = (code for code in unit.former if code not in self.roster.by_code and not self.roster.is_split(code))
        return (unit.code, *free)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The code of today of every code under which a unit of the roster is known."""
        return {code: unit.code for unit in self.roster.units for code in self.codes(unit)}

    def figures(self, unit: Unit) -> Mapping[str, Decimal]:
        """Last year's figures of a unit that are on file."""
        return next((self.prior[code] for code in self.codes(unit) if code in self.prior), {})

    def texts(self, unit: Unit) -> Mapping[str, str]:
        """Last year's texts of a unit that are on file."""
        return next((self.prior_texts[code] for code in self.codes(unit) if code in self.prior_texts), {})

    @cached_property
    def alike(self) -> Mapping[tuple[str, str], Sequence[tuple[str, str]]]:
        """The codes and names of the roster, by what is `plain` of them."""
        return grouped((plain(unit.code, unit.name), (unit.code, unit.name)) for unit in self.roster.units)

    @cached_property
    def carried(self) -> Mapping[tuple[str, Decimal], Sequence[str]]:
        """The units, by each figure of last year that a workbook carries."""
        filed = ((unit.code, self.figures(unit)) for unit in self.roster.units)
        names = self.kind.layout.prior
        return grouped(((name, own[name]), code) for code, own in filed for name in names if name in own)

    @cached_property
    def spelled(self) -> Mapping[str, Sequence[int]]:
        """The places of units in the roster, by the two characters in their name that stand in the fewest names."""
        pairs = [_pairs(unit.name) for unit in self.roster.units]
        places = grouped((pair, place) for place, mine in enumerate(pairs) for pair in mine)
        return grouped((min(mine, key=lambda pair: (len(places[pair]), pair)), i) for i, mine in enumerate(pairs))

    def __reduce__(self) -> tuple[partial[Background], tuple[()]]:
        """It travels bare, also where it is a whole round: what is made of it is made anew where it arrives."""
        return self._bare, ()

    @cached_property
    def _bare(self) -> partial[Background]:
        told = {one.name: getattr(self, one.name) for one in fields(Background)}
        for name, made in (("prior", Decimal), ("prior_texts", str)):
            told[name] = told[name] if isinstance(told[name], Packed) else Packed(told[name], made)
        return partial(Background, **told)


def _pairs(text: str) -> set[str]:
    """Every two characters that stand side by side; a text of one is its own."""
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def check(name: str, data: bytes | Exception, known: Background) -> FiledVerdict:
    """The verdict on the file of that name, as `loaded`, put down to its unit as far as that is clear."""
    from toolkit.pipeline.read_return import judged, understand_bytes  # noqa: PLC0415 - a round is opened without

    found = guarded(
        lambda: _placed(known, understand_bytes(name, data, known.form, known.kept), name),
        lambda failure: named_for(known, failed(name, failure), name),
    )
    (verdict,) = judged([found], known.policy)
    filed = FiledVerdict.of(verdict)
    if filed.content is not None:
        return replace(filed, code=filed.content.identity.code)
    if isinstance(data, Exception) or filed.status is not Status.FOREIGN or filed.code:
        return filed
    return guarded(lambda: _guessed(known, filed, data), lambda _: filed)


def check_each(pairs: Sequence[tuple[str, bytes]], known: Background) -> list[FiledVerdict]:
    """The verdicts on some files, in order."""
    return [check(name, data, known) for name, data in each(pairs)]


def _placed(known: Background, found: ReadResult, name: str) -> ReadResult:
    """A return with what is known of its unit; a foreign verdict where it is none of this round.

    A file that cannot be understood is put down to the unit it is named for, so that somebody is asked about it.
    """
    if isinstance(found, Verdict):
        return named_for(known, found, name)
    identity = settled_identity(known.keyring, found.content.identity)
    identity = identity_as_issued(known.keyring, identity, known.alike)
    found = replace(found, content=replace(found.content, identity=identity))
    # Why a file is none of this round's returns, the most telling reason first.
    finding = next(_reasons(known, found, name), None)
    if finding is not None:
        verdict = foreign(found.content.file, found.content.sha256, identity, [finding])
        # An identity that was tampered with accuses nobody.
        told = identity.code if finding.rule in GENUINE and identity.code in known.roster.by_code else ""
        return replace(verdict, code=known.names.unit_of(name) or told)
    unit = _unit(known, identity)
    return found if unit is None else _beside(known, found, unit)


def named_for(known: Background, verdict: Verdict, name: str) -> FiledVerdict:
    """A verdict put down to the unit that the file is named for."""
    return replace(FiledVerdict.of(verdict), code=known.names.unit_of(name))


def _unit(known: Background, identity: Identity) -> Unit | None:
    """The unit of the roster; one that got a new code during the round is found by its former one."""
    heirs = known.roster.heirs.get(identity.code, ())
    return known.roster.by_code.get(identity.code) or (heirs[0] if len(heirs) == 1 else None)


def _reasons(known: Background, found: Submission, name: str) -> Iterator[Finding]:
    identity = found.content.identity
    if identity.contradictions:
        fields = "、".join(phrase(f"identity {one}") for one in identity.contradictions)
        yield Finding.at(worded(Code.SIGN_08, fields=fields))
    if not identity.signature:
        yield Finding.at(worded(Code.SIGN_01, "round"))
    right = genuine(known.keyring, identity)
    if right is None:
        yield Finding.at(worded(Code.SIGN_02, "stranger"))
    if not right:
        yield Finding.at(worded(Code.SIGN_02, "altered", unit=shortened(identity.unit, _NAME)))
    if identity.period != str(known.period):
        yield Finding.at(worded(Code.SIGN_05, found=shortened(identity.period, _CODE), period=known.period))
    unit = _unit(known, identity)
    who = {"unit": shortened(identity.unit, _NAME), "code": shortened(identity.code, _CODE)}
    if unit is None or unit.role is Role.NODE:
        yield Finding.at(worded(Code.SIGN_04, "unknown", **who))
    elif unit.code in known.left_out:
        yield Finding.at(worded(Code.SIGN_04, "excluded", reason=known.left_out[unit.code], **who))
    if unit is not None:
        yield from _other_unit(known, found, name, unit)


def _other_unit(known: Background, found: Submission, name: str, own: Unit) -> Iterator[Finding]:
    """The cover, or the file's name, speaks of another unit than the one the workbook was issued to."""
    told = found.content.identity
    if name_key(told.unit) != name_key(own.name) and told.code not in own.former:
        names = {"issued": shortened(told.unit, _NAME), "former": shortened(told.code, _CODE)}
        yield Finding.at(worded(Code.SIGN_06, "renamed", code=own.code, own=own.name, **names))
    cover = frozenset(known.names.units.get(name_key(found.content.unit), ()))
    named = frozenset[str]() if known.names.names(own, name) else known.names.found(name)
    for where, codes in (("封面", cover), ("文件名", named)):
        others = codes.difference(known.roster.above(own.code), {own.code})
        if others and own.code not in codes:
            other = known.roster.by_code[min(others)].name
            yield Finding.at(worded(Code.SIGN_06, "other", where=where, other=other, own=own.name))


def _beside(known: Background, found: Submission, unit: Unit) -> Submission:
    content = replace(found.content, identity=replace(found.content.identity, code=unit.code))
    context = Context(
        prior=known.figures(unit), prior_texts=known.texts(unit), body=unit.body, named=_named(known, content, unit)
    )
    return with_context(known.kind, replace(found, content=content), context)


def _named(known: Background, content: Return, unit: Unit) -> tuple[str, ...]:
    """The other units that a return's texts name; an area and its members may speak of each other."""
    told, roster = "\n".join(content.texts.values()), known.roster
    pairs = {*_pairs(told), *told}
    places = sorted(place for pair in pairs for place in known.spelled.get(pair, ()))
    others = (one for place in places if (one := roster.units[place]).name in told and one.name not in unit.name)
    near = {unit.code, *roster.above(unit.code)}
    return tuple(one.name for one in others if one.code not in near and unit.code not in roster.above(one.code))


def _guessed(known: Background, verdict: FiledVerdict, data: bytes) -> FiledVerdict:
    """A strange verdict with the units that its content points to: the name on the cover, and last year's figures."""
    layout, flat = known.kind.layout, read(admit_bytes(data))
    carried = {name: number_as_calculated(flat.at(*layout.cells[prior_name(name)]).value) for name in layout.prior}
    shown = {name: value for name, value in carried.items() if value is not None}
    named = known.names.units.get(name_key(cell_text(flat.at(*layout.cells[UNIT]).value)), ())
    holding = [set(known.carried.get(pair, ())) for pair in shown.items()] if any(shown.values()) else [set[str]()]
    same = set.intersection(*holding)
    return replace(verdict, likely=tuple(dict.fromkeys((*named, *(same if len(same) == 1 else ())))))
