"""One file understood as a return, or the verdict that it cannot be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from toolkit.boundary import FailedError, guarded
from toolkit.checks.verdict import judge
from toolkit.collection.folder import RESULTS
from toolkit.errors import DefinitionError, UsageError
from toolkit.forms.read_form import DEFINITION
from toolkit.instrument.catalogue import form_of, load, reference
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Identity, ReadResult, Submission, Verdict, foreign
from toolkit.model.rule import NO_POLICY, Policy
from toolkit.model.sentences import worded
from toolkit.text import shortened
from toolkit.workbook.intake.extract import extract
from toolkit.workbook.intake.forensics import examine, sort_formulas, with_nils
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.refusals import refusal
from toolkit.workbook.intake.structure import check_structure, identify, not_ours, plan_for
from toolkit.workbook.proposals import unconfirmed
from toolkit.workbook.seal import seal_found
from toolkit.workbook.template.plan import blank_plan

#: Characters of a form's id in a message.
_QUOTED = 40
_SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv"})


def loaded(load: Callable[[], bytes]) -> bytes | Exception:
    """The bytes of a file, or why it cannot be read; that travels as they do."""

    def read_or_refused() -> bytes | Exception:
        try:
            return load()
        except Refused as refused:
            return refused

    return guarded(read_or_refused, FailedError)


def understand_bytes(file: str, data: bytes | Exception, form: str = "", kept: Path | None = None) -> ReadResult:
    """Read a file as `loaded`; ``form`` names the only one that is wanted, ``kept`` as of `as_issued`."""
    return guarded(lambda: _read(file, data, form, kept), partial(failed, file))


def as_issued(kind: Instrument, mark: str, kept: Path | None) -> Instrument:
    """The form as it was when templates of that fingerprint were issued, from the definitions ``kept``.

    It is the form as it is now where that is the same, is not at hand, or means something else to this program.
    """
    if kept is None or mark == blank_plan(kind).fingerprint:
        return kind
    if not mark.isalnum() or not (kept / mark / DEFINITION).is_file():
        return kind
    try:
        own = load(f"{kept / mark}{CONTROLS if kind.form.id != kind.form.base else ''}")
    except DefinitionError:
        return kind
    return own if blank_plan(own).fingerprint == mark else kind


def _read(file: str, data: bytes | Exception, form: str, kept: Path | None) -> ReadResult:
    only = load(form) if form else None
    try:
        if isinstance(data, Exception):
            raise data
        admitted = admit_bytes(data)
        flat = read(admitted)
    except Refused as refused:
        return unreadable(file, refused)
    identity = identify(flat)
    if identity is None:
        return foreign(file, admitted.sha256, None, [not_ours(flat)])
    kind = form_of(identity.form, only)
    if kind is None:
        return foreign(file, admitted.sha256, identity, [_other_form(identity, only)])
    own = as_issued(kind, identity.fingerprint, kept if identity.version in kind.form.accepts else None)
    plan = plan_for(own, identity)
    structure = check_structure(flat, own, plan, identity)
    if any(finding.severity is Severity.FATAL for finding in structure):
        return foreign(file, admitted.sha256, identity, structure)
    if flat.overlong:
        return unreadable(file, refusal(Code.FILE_41, flat.overlong))
    flat = with_nils(flat, own)
    formulas = sort_formulas(flat, plan)
    content, values = extract(flat, own, identity, formulas, (file, admitted.sha256))
    formal = (*examine(flat, own, plan, formulas), *seal_found(flat, content))
    findings = (*structure, *unconfirmed(flat, own.layout.names), *values, *formal)
    # Corrected rules hold for what is out already, as long as every cell stands where it did.
    rules = kind if own.layout.spots == kind.layout.spots else own
    if rules is not kind:
        content = replace(content, places={name: own.layout.cells[name] for name in own.names})
    return Submission(
        form=reference(rules.form, controls=rules.form.id != rules.form.base), content=content, findings=findings
    )


def judged(found: Sequence[ReadResult], policy: Policy = NO_POLICY) -> list[Verdict]:
    """The verdicts, in order: the rules of its form are applied to each return."""

    def verdict(one: Submission) -> Verdict:
        return guarded(
            lambda: judge(load(one.form), [one], policy)[0], lambda why: failed(one.content.file, why, one.content)
        )

    return [verdict(one) if isinstance(one, Submission) else one for one in found]


def unsigned(found: ReadResult) -> ReadResult:
    """Outside a round no key is at hand: a note says that the signature was not looked at, or that there is none."""
    if isinstance(found, Verdict):
        return found
    told = worded(Code.SIGN_03) if found.content.identity.signature else worded(Code.SIGN_01, "outside")
    return replace(found, findings=(*found.findings, Finding.at(told)))


def unreadable(file: str, refused: Refused) -> Verdict:
    """The verdict on a file that the gate or the reader refused."""
    return Verdict(file=file, status=Status.UNREADABLE, findings=(Finding.at(refused.told),))


def _other_form(identity: Identity, only: Instrument | None) -> Finding:
    known = form_of(identity.form, None)
    found = known.form.name if known else shortened(identity.form, _QUOTED)
    if only is None:
        return Finding.at(worded(Code.FORM_02, found=found))
    return Finding.at(worded(Code.FORM_02, "wanted", found=found, wanted=only.form.name))


def inputs(paths: Iterable[Path]) -> list[Path]:
    """Files as named, and the spreadsheets in folders as named; UsageError for what is not there.

    Lock files (``~$``), hidden files and the results of earlier runs are no input.
    """
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            out += [file for file in _in_folder(path) if file.suffix.lower() in _SPREADSHEETS]
        elif path.exists() or path.is_symlink():
            out.append(path)
        else:
            raise UsageError(f"{path}：没有这个文件或文件夹。请检查路径。")
    return list(dict.fromkeys(out))


def _in_folder(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != RESULTS)
        found += [Path(root) / name for name in files if not name.startswith((".", "~$"))]
    return sorted(found)


def not_spreadsheets(paths: Iterable[Path]) -> list[Path]:
    """What lies in the folders named and is no spreadsheet by its name: told, not read."""
    found = (file for path in paths if path.is_dir() for file in _in_folder(path))
    return [file for file in found if file.suffix.lower() not in _SPREADSHEETS]
