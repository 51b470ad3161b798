"""No text stalls the readers, and none makes them fail: the work is counted, not timed.

What is counted: every call, every string that a method searches, and every string that a pattern looks at. What the
module ``re`` does inside cannot be counted; so no pattern may have an unbounded width. Then a start costs a bounded
number of steps, and the work of a pattern is bounded by what it looks at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import FrameType, ModuleType
from typing import Any, cast

import pytest
from factories.filled_forms import annual, sent, zero_return
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.checks.narrative import arithmetic as breakdown
from toolkit.checks.narrative import chinese, claims, proofread, years
from toolkit.checks.narrative import citations as wording_rules
from toolkit.checks.narrative import similarity as likeness
from toolkit.checks.narrative.clauses import clause, figures, meaning, tokens
from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import Remark
from toolkit.checks.narrative.similarity import nearly_same, shingles
from toolkit.instrument import language, vocabulary

pytestmark = pytest.mark.runs

CLAUSES: tuple[ModuleType, ...] = (clause, figures, meaning, tokens)
MODULES: tuple[ModuleType, ...] = (
    *(breakdown, claims, chinese, language, likeness, proofread, vocabulary, wording_rules, years),
    *CLAUSES,
)
SHORT, LONG = 4_096, 32_767
#: The widest match of any pattern. More than that and a start costs too much.
WIDEST = 400
#: The most times the work of the short text that the long one, eight times as long, may take.
MOST = 10
LONGEST_MESSAGE = 600


def numbered(make: Callable[[int], str]) -> Callable[[int], str]:
    """A text of so many characters, from pieces that differ."""

    def build(length: int) -> str:
        pieces: list[str] = []
        size = 0
        while size < length:
            pieces.append(make(len(pieces)))
            size += len(pieces[-1])
        return "".join(pieces)[:length]

    return build


def again(piece: str) -> Callable[[int], str]:
    """A text of so many characters, of one piece again and again."""
    return numbered(lambda _: piece)


TEXTS: Mapping[str, Callable[[int], str]] = {
    "percentages": numbered(lambda i: f"予以公开{i % 97 + 1}件，占{i % 89}.{i % 10}%，"),
    "percentages of few figures": numbered(lambda i: f"{i % 30 + 2}件占{i * 7 % 100}.{i % 9973}%"),
    "a percentage a sentence": numbered(lambda i: f"{i % 9}件占{i}%。"),
    "numerals": again("一"),
    "numerals behind words": again("收到申请" + "一" * 15),
    "written figures": again("一件"),
    "breakdowns": again("共9件，其中1件、2件，"),
    "brackets that never close": again("9件（1件"),
    "breakdowns of two units": again("9件，其中1条，其中1条，"),
    "breakdowns of all units": again("9件含1条含2次含3项含4起含5份含6个含7篇含8期含9宗含1封含2例含"),
    "one breakdown": lambda n: "共9件，其中" + again("1件、")(n - 6),
    "digits": again("1"),
    "digits and points": again("1."),
    "figures of many digits": again("收到申请" + "9" * 5000 + "件"),
    "blanks": lambda n: "中" + " " * (n - 1),
    "stops": again("。"),
    "claims in one sentence": again("收到申请1件，"),
    "claims in sentences": again("收到申请1件。"),
    "verbs": again("办理" * 8 + "申请" * 8),
    "verbs and nouns": again("受理收到办理答复申请依申请公开"),
    "labels": again("予以公开1件部分公开2件其他处理3件属于国家秘密4件。"),
    "denials": again("没有收到政府信息公开申请"),
    "denials in sentences": again("未发生因政府信息公开申请引发的行政复议、行政诉讼。"),
    "titles": numbered(lambda i: f"《中华人民共和国政府信息公开条{chr(0x4E00 + i % 9000)}》"),
    "links": numbered(lambda i: f"本报告见http://a.b/{i}/2023.html，"),
    "notices": numbered(lambda i: f"《关于年度报告的{2000 + i % 30}年通知》"),
    "dated clauses": again("2024年1月1日至12月31日，"),
    "open titles": again("《"),
    # With a figure behind them: what tells of none is not read.
    "names of bodies": lambda n: numbered(lambda i: f"云岭区{chr(0x4E00 + i % 9000)}育局，")(n - 6) + "收到申请1件",
    "doubled": again("室"),
    "phrases": again("政府信息公开办法"),
    "marks": again("，"),
    "numbering": again("（一）(二)。"),
    "words": again("收到政府信息公开申请"),
    "words apart": again("收到、"),
    "denials in one clause": again("没有收到没有申请"),
    "objects in one clause": again("政府信息公开申请行政复议和"),
    "years": again("收到申请1件2024年"),
    "plans": again("下一步2024年。"),
    "changes": again("收到申请12件，同比增长20%，"),
    "a change far behind": lambda n: again("收到申请1件，")(n - 7) + "同比增长5%",
    "of which": again("其中1件。"),
    "amounts": again("1元"),
    "every character": numbered(lambda i: chr(1 + i * 37 % 0xD7FF)),
    "wide ligatures": again("\ufdfa"),
}


def remarks(text: str) -> list[Remark]:
    """What the rules say of a return that has this text where most rules read it."""
    values = {"requests.new.natural": 3, "disputes.review.upheld": 1, "disputes.direct.upheld": 1}
    content = zero_return(annual(), values, prior={"requests.new.total": 9})
    return list(read_texts(annual(), sent(replace(content, texts={"others.fee": text}, unit="云岭区教育局"))))


def near(text: str, start: int = 0, end: int = sys.maxsize) -> tuple[str, int, int]:
    """The same place, no longer than any pattern is wide: what begins at a place is not looked for behind it."""
    return text, start, min(end, start + WIDEST)


@dataclass
class Counted:
    """A pattern that adds up the lengths of what it looks at."""

    inner: re.Pattern[str]
    work: list[int]

    def looks(self, text: str, start: int = 0, end: int = sys.maxsize) -> tuple[str, int, int]:
        """Count what is looked at."""
        self.work[0] += max(1, min(end, len(text)) - start)
        return text, start, end

    def search(self, *place: Any) -> re.Match[str] | None:
        return self.inner.search(*self.looks(*place))

    def match(self, *place: Any) -> re.Match[str] | None:
        text, start, end = self.looks(*near(*place))
        return self.inner.match(text, start, end)

    def fullmatch(self, *place: Any) -> re.Match[str] | None:
        return self.inner.fullmatch(*self.looks(*place))

    def finditer(self, *place: Any) -> Iterator[re.Match[str]]:
        return self.inner.finditer(*self.looks(*place))

    def findall(self, *place: Any) -> list[Any]:
        return self.inner.findall(*self.looks(*place))

    def split(self, text: str, maxsplit: int = 0) -> list[str | Any]:
        return self.inner.split(self.looks(text)[0], maxsplit)

    def sub(self, with_: str, text: str) -> str:
        return self.inner.sub(with_, self.looks(text)[0])


def forget() -> None:
    """Empty every cache, so that no text has been read before and none keeps a counted pattern."""
    for module in MODULES:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def work_of(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How much work the readers have with a text."""
    work = [0]

    def seen(_frame: FrameType, event: str, what: object) -> None:
        if event in {"call", "c_call"}:
            owner = getattr(what, "__self__", None) if event == "c_call" else None
            work[0] += 1 + (len(owner) // 8 if isinstance(owner, str) else 0)

    forget()
    known = tokens.dictionary(annual())
    several = {name: cast("Any", Counted(getattr(known, name), work)) for name in ("phrases", "number")}
    counted = known._replace(**several)
    with monkeypatch.context() as patch:
        for module in MODULES:
            for name, value in vars(module).copy().items():
                if isinstance(value, re.Pattern):
                    patch.setattr(module, name, Counted(value, work))
        patch.setattr(tokens, "dictionary", lambda _: counted)
        sys.setprofile(seen)
        try:
            remarks(text)
        finally:
            sys.setprofile(None)
    forget()
    return work[0]


@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS)
def test_a_text_eight_times_as_long_takes_no_more_than_eight_times_the_work(
    make: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short, long = (work_of(make(length), monkeypatch) for length in (SHORT, LONG))
    assert long <= MOST * short


def looked_with() -> Iterator[re.Pattern[str]]:
    """Every pattern that the readers of texts look with."""
    for module in MODULES:
        for value in vars(module).values():
            several = value.values() if isinstance(value, Mapping) else (value,)
            yield from (one for one in several if isinstance(one, re.Pattern))
    yield tokens.dictionary(annual()).phrases
    yield tokens.dictionary(annual()).number


def test_no_pattern_has_an_unbounded_width() -> None:
    known = list(looked_with())
    assert len(known) > len(MODULES)
    parse = re._parser.parse  # type: ignore[attr-defined]
    wide = [one.pattern for one in known if parse(one.pattern, one.flags).getwidth()[1] > WIDEST]
    assert wide == []


PIECES = st.sampled_from(
    [
        *("收到", "申请", "政府信息公开", "其中", "占", "%", "件", "条", "共", "一百", "十", "万", "二〇", "12", "3.5"),
        *(
            "99999999",
            "，",
            "、",
            "。",
            "（",
            "）",
            "未收到",
            "没有发生",
            "行政复议",
            "行政诉讼",
            "同比增长",
            "余",
            "近",
        ),
        *("2024年", "2025年", "《", "》", "元", "\n", " ", "下一步", "（一）", "未收取", "局"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    piece=st.lists(st.one_of(PIECES, st.text(max_size=6)), min_size=1, max_size=25).map("".join),
    length=st.integers(0, LONG),
)
def test_any_text_is_read_to_its_end_and_every_message_stays_short(piece: str, length: int) -> None:
    text = (piece * (length // max(1, len(piece)) + 1))[:length]
    for remark in remarks(text):
        assert len(remark.message) <= LONGEST_MESSAGE
    nearly_same(shingles(text), shingles(text[::-1]))


def test_a_figure_of_five_thousand_digits_is_no_figure() -> None:
    assert remarks("收到政府信息公开申请" + "9" * 5000 + "件，占" + "3" * 5000 + "%。") == []


def test_of_very_many_remarks_the_first_are_told_with_the_number_of_the_others() -> None:
    found = [one.message for one in remarks("收到政府信息公开申请15件，" * 500) if one.rule == "NAR-01"]
    assert len(found) == 20
    assert found[-1].endswith("；同类的还有 480 处，不再列出")


@pytest.mark.parametrize(
    ("percent", "right"),
    [
        ("28.571428571428571428571428571429", True),  # as a calculator of 32 digits shows it
        ("28.57142857142857", True),
        ("28.57", True),
        ("29", True),
        ("33.333333333333333333333333333333", False),
        ("28.571428571528571428571428571429", False),
        ("28.58", False),
    ],
)
def test_a_percentage_of_any_length_is_recomputed(percent: str, right: bool) -> None:  # noqa: FBT001 - a column of the table
    found = [one for one in remarks(f"全年收到申请7件，其中予以公开2件，占{percent}%。") if one.rule == "NAR-08"]
    assert (found == []) is right


def test_a_change_of_any_length_is_recomputed() -> None:
    text = "收到政府信息公开申请12件，同比增长33.3333333333333333333333333333{}%。"
    assert [one for one in remarks(text.format("3")) if one.rule == "NAR-08"] == []  # 9 last year
    (found,) = [one for one in remarks(text.format("3").replace("增长3", "增长4")) if one.rule == "NAR-08"]
    assert "应为增长 33.3333%" in found.message
