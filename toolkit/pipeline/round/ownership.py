"""Whose return is it: signature, period and unit of a file that came in, held against the round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.checks.prior import with_context
from toolkit.collection.roster.read import Role, Unit
from toolkit.collection.signature import genuine, settled_identity
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Context, FiledVerdict, Identity, Submission, Verdict
from toolkit.pipeline.read_return import ReadResult, foreign
from toolkit.pipeline.round.open import Round
from toolkit.text import name_key

#: What can only be found where the signature is right.
_GENUINE = frozenset({"SIGN-04", "SIGN-05", "SIGN-06"})
_AGAIN = "请用本轮发给本单位的模板填写后重新报送。"


def placed(round_: Round, found: ReadResult, name: str) -> ReadResult:
    """A return with what the round knows of its unit; a foreign verdict where it is none of this round.

    A file that cannot be understood is put down to the unit it is named for, so that somebody is asked about it.
    """
    if isinstance(found, Verdict):
        return named_for(round_, found, name)
    identity = settled_identity(round_.keyring, found.content.identity)
    found = replace(found, content=replace(found.content, identity=identity))
    finding = _stranger(round_, found, name)
    if finding is not None:
        verdict = foreign(found.content.file, found.content.sha256, identity, [finding])
        # An identity that was tampered with accuses nobody.
        told = identity.code if finding.rule in _GENUINE and identity.code in round_.roster.by_code else ""
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


def _stranger(round_: Round, found: Submission, name: str) -> Finding | None:
    """Why a file is none of this round's returns, the most telling reason first."""
    return next(iter(_reasons(round_, found, name)), None)


def _reasons(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    identity = found.content.identity
    if identity.contradictions:
        yield _fatal("SIGN-08", f"文件里两处标识互相矛盾（{'、'.join(identity.contradictions)}）", _AGAIN)
    if not identity.signature:
        yield _fatal("SIGN-01", "没有签名：不是由本轮发出的表", _AGAIN)
    right = genuine(round_.keyring, identity)
    if right is None:
        yield _fatal("SIGN-02", "签名不是本收表单位的：可能是别处发出的表", _AGAIN)
    if not right:
        yield _fatal("SIGN-02", f"签名不对：标识被改动过（标识写的是“{identity.unit[:40]}”）", _AGAIN)
    if identity.period != str(round_.period):
        yield _fatal("SIGN-05", f"是 {identity.period[:20]} 期的表，本轮收的是 {round_.period}", _AGAIN)
    yield from _strange_unit(round_, identity)
    yield from _other_unit(round_, found, name)


def _strange_unit(round_: Round, identity: Identity) -> Iterator[Finding]:
    unit = _unit(round_, identity)
    who = f"“{identity.unit[:40]}”（编码 {identity.code[:20]}）"
    if unit is None or unit.role is Role.NODE:
        yield _fatal("SIGN-04", f"{who}不在名册的报送单位里", "请核对名册；确应报送的，补进名册后重新收件。")
        return
    reasons = {left.code: reason for left, reason in round_.roster.excluded()}
    if unit.code in reasons:
        yield _fatal("SIGN-04", f"名册注明{who}不纳入（{reasons[unit.code]}）", "确应纳入的，请改名册后重新收件。")


def _other_unit(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    """The cover, or the file's name, speaks of another unit than the one the workbook was issued to."""
    own = _unit(round_, found.content.identity)
    if own is None:
        return
    if name_key(found.content.identity.unit) != name_key(own.name) and found.content.identity.code not in own.former:
        yield _fatal(
            "SIGN-06",
            f"表是发给“{found.content.identity.unit[:40]}”的，名册里编码 {own.code} 现在是“{own.name}”",
            f"单位确已更名的，请在名册该单位的“曾用编码”里写上 {found.content.identity.code[:20]}，再重新收件；"
            "编码给了别的单位的，请改回原来的编码。",
        )
    cover = frozenset(round_.names.units.get(name_key(found.content.unit), ()))
    named = frozenset[str]() if round_.names.names(own, name) else round_.names.found(name)
    for where, codes in (("封面", cover), ("文件名", named)):
        others = codes - round_.above(own) - {own.code}
        if others and own.code not in codes:
            other = round_.roster.by_code[min(others)].name
            yield _fatal(
                "SIGN-06",
                f"{where}写的是“{other}”，文件里的标识却是发给“{own.name}”的",
                f"请问清是谁的数据：是“{other}”的，请其用自己的模板填写；是“{own.name}”的，请改正{where}后重新收件。",
            )


def _known(round_: Round, found: Submission, unit: Unit) -> Submission:
    content = replace(found.content, identity=replace(found.content.identity, code=unit.code))
    context = Context(prior=round_.figures(unit), prior_texts=round_.texts(unit), body=unit.body)
    return with_context(round_.kind, replace(found, content=content), context)


def _fatal(code: str, message: str, remedy: str) -> Finding:
    return Finding(rule=code, severity=Severity.FATAL, message=message, remedy=remedy)
