"""The words of the built-in findings: every one can be said, is said somewhere, and with the fields it has."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from toolkit.instrument.catalogue import known_forms
from toolkit.model import sentences
from toolkit.model.codes import PROGRAM_FAILED, REFUSALS, Code, built_in
from toolkit.model.finding import Finding, Severity
from toolkit.model.sentences import Says, all_sentences, listed, worded
from toolkit.model.standing import State

ROOT = Path(__file__).parents[2] / "toolkit"
#: Said with the words of the rules that a form declares.
OF_A_FORM = {Code.CTL_01}
FAULTS = [(code, fault) for code, faults in all_sentences().items() for fault in faults]
Call = tuple[str, Code, str, frozenset[str] | None]


def fields(says: Says) -> frozenset[str]:
    """The names in braces."""
    told = (part for text in (says.message, says.remedy) for part in Formatter().parse(text))
    return frozenset(name for _, name, _, _ in told if name is not None)


def constants(node: ast.expr) -> list[str]:
    """The texts that an expression may be; those of a name are what the function gives it, or is called with."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def calls() -> Iterator[tuple[str, ast.Call, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "worded":
                yield f"{path.name}:{node.lineno}", node, tree


def test_every_code_has_its_words() -> None:
    assert {code for code in Code if code not in all_sentences()} == OF_A_FORM
    assert [code for code in Code if not (code.heading and code.meaning.endswith("。"))] == []
    assert len({code.heading for code in Code}) == len(Code)
    assert {code.severity for code in (*REFUSALS, PROGRAM_FAILED)} == {Severity.FATAL}


def test_the_catalogue_has_no_key_that_nobody_reads() -> None:
    data: dict[str, Any] = tomllib.loads((ROOT / "model" / "sentences.toml").read_text(encoding="utf-8"))
    refusals: list[dict[str, Any]] = data.pop("refusal")
    assert all(map(sentences.is_yes, data.pop("yes")))
    assert Counter(code for one in refusals for code in one["codes"]) == Counter(REFUSALS)
    assert [one for one in refusals if not one.keys() <= {"codes", "remedy", "roster"}] == []
    habits, to_units = data.pop("habit"), data.pop("to_unit")
    assert [kind for kind, text in data.pop("letter").items() if not (kind and isinstance(text, str) and text)] == []
    assert [one for one in habits if one.keys() != {"code", "faults", "say", "remedy"}] == []
    assert [
        one for one in to_units if not {"code", "remedy"} <= one.keys() <= {"code", "faults", "say", "remedy"}
    ] == []
    faults = [(one["code"], fault) for one in (*habits, *to_units) for fault in one.get("faults", [""])]
    assert [one for one in faults if one[1] not in all_sentences()[Code[one[0].replace("-", "_")]]] == []
    instead = {**sentences.told_instead("habit"), **sentences.told_instead("to_unit")}
    assert len(set(faults)) == len(faults) == len(instead)
    # A TOML table is written with one brace.
    assert all(isinstance(one, str) and "{{" not in one.replace("{{...}}", "") for one in data.pop("said").values())
    assert sorted(data.keys() - set(Code)) == []
    told = [(code, fault, one) for code, faults in data.items() for fault, one in faults.items()]
    sentences_of = [(code, fault, one) for code, fault, one in told if isinstance(one, dict) and fault != "clauses"]
    assert [one for one in sentences_of if not one[2].keys() <= {"say", "remedy", "severity"}] == []
    assert [one for one in told if one[1] == "severity"] == [], "a code's severity is in codes.toml"


def test_every_letter_is_written_by_somebody() -> None:
    letters: dict[str, str] = tomllib.loads((ROOT / "model" / "sentences.toml").read_text(encoding="utf-8"))["letter"]
    rooms = (ROOT / "pipeline", ROOT.parent / "packaging" / "page")
    code = "".join(path.read_text(encoding="utf-8") for room in rooms for path in room.rglob("*.py"))
    spoken = {f"call_{one.value}" for one in State} | {"call_to_confirm"}
    asked = {f"all_{one.value}" for one in State if one.open} | {"all_to_confirm"}
    named = {kind for kind in letters if f'"{kind}"' in code}
    assert letters.keys() - named - spoken - asked == set()
    assert asked <= letters.keys()
    for one in (State.MISSING, State.UNUSABLE, State.RETURNED, State.UNDECIDED):
        assert f"call_{one.value}" in letters


def test_a_code_is_found_by_its_text() -> None:
    assert [built_in(code.value) for code in Code] == list(Code)
    assert built_in("BAL-01") is None
    assert f"{Code.FORM_05}" == "FORM-05" == Code.FORM_05


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_every_sentence_can_be_said(code: Code, fault: str) -> None:
    says = all_sentences()[code][fault]
    given = {name: f"<{name}>" for name in fields(says)}
    told = worded(code, fault, **given)
    assert told.rule == code.value
    assert told.severity is (says.severity or code.severity)
    assert all(word in told.message + told.remedy for word in given.values())
    assert "{" not in told.message + told.remedy
    found = Finding.at(told)
    assert (type(found.rule), found.message, found.remedy) == (str, told.message, told.remedy)


def test_every_sentence_is_said_and_none_else() -> None:
    """The code of a call stands there as it is; its fault too, or is one of the texts in its module."""
    said: set[tuple[Code, str]] = set()
    unknown: list[str] = []
    for place, call, tree in calls():
        code = call.args[0]
        if not (isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name) and code.value.id == "Code"):
            whose = {"code": REFUSALS, "PROGRAM_FAILED": (PROGRAM_FAILED,)}.get(ast.unparse(code).split(".")[-1], ())
        else:
            whose = (Code[code.attr],)
        faults = constants(call.args[1]) if len(call.args) > 1 else [""]
        if not faults:
            texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            faults = [fault for fault in all_sentences()[whose[0]] if fault in texts]
        unknown += [f"{place}: {one} {fault}" for one in whose for fault in faults if fault not in all_sentences()[one]]
        unknown += [] if whose and faults else [place]
        said |= {(one, fault) for one in whose for fault in faults}
    assert unknown == []
    assert sorted(set(FAULTS) - said) == [], "nobody says it"


def test_a_sentence_is_given_the_fields_it_has() -> None:
    wrong = []
    for place, call, _ in calls():
        code = call.args[0]
        faults = constants(call.args[1]) if len(call.args) > 1 else [""]
        if not (isinstance(code, ast.Attribute) and ast.unparse(code).startswith("Code.") and faults):
            continue
        given = {keyword.arg for keyword in call.keywords}
        for fault in faults:
            due = fields(all_sentences()[Code[code.attr]][fault])
            if not due <= given and None not in given:
                wrong.append(f"{place}: {fault} lacks {sorted(due - given)}")
        useless = given - {None}.union(*(fields(all_sentences()[Code[code.attr]][fault]) for fault in faults))
        wrong += [f"{place}: {sorted(map(str, useless))} is not in the sentence"] if useless else []
    assert wrong == []


def test_every_code_that_is_named_is_listed() -> None:
    """The members come from a file, so that mypy knows none of them."""
    named = {
        node.attr
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }
    assert sorted(named - Code.__members__.keys()) == []
    assert {"FILE_19", "VAL_01"} <= named


def test_no_code_is_written_as_a_text() -> None:
    written = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and built_in(node.value)
    ]
    assert written == []


def test_a_long_list_says_how_many_there_are() -> None:
    cells = [f"A{i}" for i in range(1, 10)]
    assert listed(cells[:8]) == "A1、A2、A3、A4、A5、A6、A7、A8"
    assert listed(cells) == "A1、A2、A3、A4、A5、A6、A7、A8 等 9 格"
    assert listed(cells, 2, "；", "；") == "A1；A2；等 9 格"


def test_what_is_said_of_cells_names_them_and_their_difference() -> None:
    class Cell:
        def __init__(self, sheet: str, cell: str) -> None:
            self.sheet, self.cell, self.reference = sheet, cell, f"{sheet}!{cell}"

    told = worded(Code.FORM_06, sheets="草稿")
    found = Finding.at(told, [Cell("表", "B2"), Cell("上年", "C3")], ("x", "y"), row=("外", "内"), column=("甲",))
    assert (found.sheet, found.cell, found.cells) == ("表", "B2", ("B2", "上年!C3"))
    assert (found.row, found.column, found.difference) == ("外 内", "甲", None)
    assert Finding.at(told, sheet="草稿").sheet == "草稿"


def test_the_remedy_for_a_roster_asks_for_no_return() -> None:
    told = {code: worded(code, "roster").remedy for code in REFUSALS}
    assert {code: remedy for code, remedy in told.items() if "再报送" in remedy or "下发" in remedy} == {}
    assert told[Code.FILE_09] == "请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”后重试"
    assert told[Code.FILE_10] == "请把名册另存为 .xlsx 或 .csv 后重试"


#: Latin letters that a reader meets in his own programs and file names, in formulas, and codes of findings.
KNOWN = re.compile(
    r"Excel|WPS|Word|PPT|PDF|OFD|CSV|XML|Strict Open XML|Ctrl|Enter|MB|GB|\.(?:xlsx|xlsb|xls|et|ods|csv|json|sqlite)"
    r"|https?://\S+|www\.\S+|[A-Z]{3,4}-\d\d|TRUE|FALSE|xxgk [a-z]+|SmartArt|#[A-Z/0!?]+|XXX"
    r"|GB2312|台账/originals"
)
#: A cell or an area, alone or behind the name of its sheet; a formula.
CELLS = re.compile(r"“=[^”]*”|(?:\S+!)?\$?[A-Z]{1,2}\$?\d{1,4}(?::\$?[A-Z]{1,2}\$?\d{1,4})?")
#: Names of Python, exponents, zeros that say nothing.
PROGRAM = re.compile(r"None|True|False|[{}_]|\d[eE][+-]?\d|\d\.\d*0(?!\d)|\w+\(|=\'")


def strange(text: str) -> str:
    """What of a text a person without a programmer at hand would not understand."""
    bare = KNOWN.sub("", CELLS.sub("", text))
    return " ".join(re.findall(r"[A-Za-z]{2,}|[{}_]", bare)) + " ".join(PROGRAM.findall(bare))


def test_no_sentence_holds_a_word_of_programs() -> None:
    told: dict[object, str] = {
        f"{code} {fault}": re.sub(r"\{\w+\}", "某", f"{says.message}{says.remedy}")
        for code, faults in all_sentences().items()
        for fault, says in faults.items()
    }
    whose = {**sentences.told_instead("habit"), **sentences.told_instead("to_unit")}
    told |= {key: re.sub(r"\{\w+\}", "某", says.message + says.remedy) for key, says in whose.items()}
    told |= {code.value: f"{code.heading}{code.meaning}" for code in Code}
    notice = (ROOT / "pipeline" / "templates" / "notice.txt.j2").read_text(encoding="utf-8")
    told["notice"] = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "某", notice)
    for form in (kind.form for kind in known_forms()):
        told |= {rule.path: f"{rule.say}{rule.remedy}" for rule in form.rules}
        told |= {f"text {rule.id}": f"{rule.say}{rule.remedy}" for rule in form.text_rules}
        told |= {text.name: text.label + text.hint for text in form.texts.values()}
        told |= {line.name: line.label + line.hint for line in form.cover}
        told |= dict(enumerate(form.guide))
    assert {place: strange(text) for place, text in told.items() if strange(text)} == {}


def test_no_finding_as_printed_holds_one() -> None:
    page = (ROOT.parent / "docs" / "findings.md").read_text(encoding="utf-8")
    lines = [line.replace("（another）", "") for line in page.splitlines() if line.startswith("- `")]
    told = [line for line in lines if PROGRAM_FAILED not in line]
    assert len(told) == len(lines) - 1 > 60, "one is for those who mend the program, and says so"
    assert {line: strange(line) for line in told if strange(line)} == {}


@pytest.mark.parametrize(
    "text", ["CellError(code='#N/A')", "是 None", "1.23457e+06", "0.300000", "a_b", "{unit}", "the end"]
)
def test_what_a_reader_would_not_understand_is_seen(text: str) -> None:
    assert strange(text)


def test_what_is_said_besides_findings_is_given_its_fields_and_all_of_it_is_said() -> None:
    sentences_of = tomllib.loads((ROOT / "model" / "sentences.toml").read_text(encoding="utf-8"))["said"]
    used: set[str] = set()
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase"):
                continue
            name = node.args[0]
            if isinstance(name, ast.Constant):
                used.add(str(name.value))
                assert {one for _, one, _, _ in Formatter().parse(sentences_of[name.value]) if one} == {
                    keyword.arg for keyword in node.keywords
                }, f"{path.name}:{node.lineno}"
            else:
                begins = ast.unparse(name).split("{")[0].strip("f'")
                used |= {one for one in sentences_of if one.startswith(begins)}
    assert sorted(sentences_of.keys() - used) == [], "nobody says it"
