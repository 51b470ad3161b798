"""Whose return is it: signature, period and unit of a file that came in, held against the round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.checks.prior import with_context
from toolkit.collection.roster.read import Role, Unit
from toolkit.collection.signature import genuine, identity_as_issued, settled_identity
from toolkit.model.codes import GENUINE, Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Context, FiledVerdict, Identity, Return, Submission, Verdict
from toolkit.model.sentences import worded
from toolkit.pipeline.read_return import ReadResult, foreign
from toolkit.pipeline.round.open import Round
from toolkit.text import name_key, shortened

#: Characters of a name, and of a code or a period, in a message.
_NAME, _CODE = 40, 20
#: What the fields of an identity are called.
_FIELDS = {
    "form": "报表",
    "version": "表样版本",
    "code": "单位编码",
    "unit": "单位名称",
    "period": "统计期间",
    "fingerprint": "表样",
    "key": "收表单位",
    "signature": "签名",
}


def placed(round_: Round, found: ReadResult, name: str) -> ReadResult:
    """A return with what the round knows of its unit; a foreign verdict where it is none of this round.

    A file that cannot be understood is put down to the unit it is named for, so that somebody is asked about it.
    """
    if isinstance(found, Verdict):
        return named_for(round_, found, name)
    identity = settled_identity(round_.keyring, found.content.identity)
    identity = identity_as_issued(round_.keyring, identity, ((unit.code, unit.name) for unit in round_.roster.units))
    found = replace(found, content=replace(found.content, identity=identity))
    # Why a file is none of this round's returns, the most telling reason first.
    finding = next(_reasons(round_, found, name), None)
    if finding is not None:
        verdict = foreign(found.content.file, found.content.sha256, identity, [finding])
        # An identity that was tampered with accuses nobody.
        told = identity.code if finding.rule in GENUINE and identity.code in round_.roster.by_code else ""
        return replace(verdict, code=round_.names.unit_of(name) or told)
    unit = _unit(round_, identity)
    return found if unit is None else _known(round_, found, unit)


def named_for(round_: Round, verdict: Verdict, name: str) -> FiledVerdict:
    """A verdict put down to the unit that the file is named for."""
    return replace(FiledVerdict.of(verdict), code=round_.names.unit_of(name))


def _unit(round_: Round, identity: Identity) -> Unit | None:
    """The unit of the roster; one that got a new code during the round is found by its former one."""
    known = round_.roster.by_code.get(identity.code)
    if known is not None:
        return known
    heirs = [unit for unit in round_.roster.units if identity.code in unit.former]
    return heirs[0] if len(heirs) == 1 else None


def _reasons(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    identity = found.content.identity
    if identity.contradictions:
        yield Finding.at(worded(Code.SIGN_08, fields="、".join(_FIELDS[one] for one in identity.contradictions)))
    if not identity.signature:
        yield Finding.at(worded(Code.SIGN_01, "round"))
    right = genuine(round_.keyring, identity)
    if right is None:
        yield Finding.at(worded(Code.SIGN_02, "stranger"))
    if not right:
        yield Finding.at(worded(Code.SIGN_02, "altered", unit=shortened(identity.unit, _NAME)))
    if identity.period != str(round_.period):
        yield Finding.at(worded(Code.SIGN_05, found=shortened(identity.period, _CODE), period=round_.period))
    yield from _strange_unit(round_, identity)
    yield from _other_unit(round_, found, name)


def _strange_unit(round_: Round, identity: Identity) -> Iterator[Finding]:
    unit = _unit(round_, identity)
    who = {"unit": shortened(identity.unit, _NAME), "code": shortened(identity.code, _CODE)}
    if unit is None or unit.role is Role.NODE:
        yield Finding.at(worded(Code.SIGN_04, "unknown", **who))
    elif unit.code in round_.left_out:
        yield Finding.at(worded(Code.SIGN_04, "excluded", reason=round_.left_out[unit.code], **who))


def _other_unit(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    """The cover, or the file's name, speaks of another unit than the one the workbook was issued to."""
    own = _unit(round_, found.content.identity)
    if own is None:
        return
    if name_key(found.content.identity.unit) != name_key(own.name) and found.content.identity.code not in own.former:
        told = found.content.identity
        names = {"issued": shortened(told.unit, _NAME), "former": shortened(told.code, _CODE)}
        yield Finding.at(worded(Code.SIGN_06, "renamed", code=own.code, own=own.name, **names))
    cover = frozenset(round_.names.units.get(name_key(found.content.unit), ()))
    named = frozenset[str]() if round_.names.names(own, name) else round_.names.found(name)
    for where, codes in (("封面", cover), ("文件名", named)):
        others = codes.difference(round_.roster.above(own.code), {own.code})
        if others and own.code not in codes:
            other = round_.roster.by_code[min(others)].name
            yield Finding.at(worded(Code.SIGN_06, "other", where=where, other=other, own=own.name))


def _known(round_: Round, found: Submission, unit: Unit) -> Submission:
    content = replace(found.content, identity=replace(found.content.identity, code=unit.code))
    context = Context(
        prior=round_.figures(unit),
        prior_texts=round_.texts(unit),
        body=unit.body,
        named=_named(round_, content, unit),
    )
    return with_context(round_.kind, replace(found, content=content), context)


def _named(round_: Round, content: Return, unit: Unit) -> tuple[str, ...]:
    """The other units that a return's texts name; an area and its members may speak of each other."""
    near = {*round_.roster.above(unit.code), *(one.code for one in round_.roster.within(unit.code))}
    told = "\n".join(content.texts.values())
    others = (one.name for one in round_.roster.units if one.code not in near)
    return tuple(name for name in others if name in told and name not in unit.name)
