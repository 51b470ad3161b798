"""Three winters at one desk, batch by batch: for every file and every event how it is to end.

A story is told to a `Desk`; each step it yields is lived through before the story goes on. In the comments stands what
kind of mishap a file is; the functions are in `mishaps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from factories.filled_forms import inputs

from toolkit.instrument.catalogue import load
from toolkit.pipeline.round.open import open_round
from winter.district import Figures, entries, figures, filled, roster, unsigned
from winter.mishaps import (
    LITTER,
    PHOTO,
    SCAN,
    Cell,
    below_zero,
    confirmed,
    counted_in_pieces,
    half,
    in_word,
    odd_digits,
    old_excel,
    recoded,
    removed,
    renamed,
    row_inserted,
    sheets_copied,
    totals_typed,
    typed,
    with_cover_of,
    with_further_row,
    with_macro,
    with_severity,
    with_waiver,
    without_severities,
    words_over_formulas,
    zeros_left_blank,
    zeros_lost,
    zipped_by_windows,
)
from winter.season import (
    ACCEPTED,
    EXPLAINED,
    FOREIGN,
    MISSING,
    RETURNED,
    SKIPPED,
    UNDECIDED,
    UNREADABLE,
    UNUSABLE,
    Desk,
    Hand,
    Step,
)


def codes(first: int, last: int) -> list[str]:
    """`003`, `004`, ... both ends counted."""
    return [f"{number:03}" for number in range(first, last + 1)]


def more(desk: Desk, code: str, count: int) -> Figures:
    """So many further requests by natural persons, all granted: still a table that adds up."""
    told = figures(desk.year, code)
    return {name: told[name] + count for name in ("requests.new.natural", "requests.granted.natural")}


def spoilt(hand: Hand, data: bytes, end: str, name: str = "") -> Hand:
    """A right workbook after something happened to it."""
    return hand._replace(data=data, end=end, name=name or hand.name)


# ---------------------------------------------------------------- the first winter: everyday habits


def habits(desk: Desk) -> Iterator[Step]:
    """2023: blanks, pieces, typed totals; files of every kind but the right one; four are late, one never comes."""
    kind, year = load("zfxxgk-2021"), desk.year
    names = {code: f"区直一批.zip/{int(code)}号 最终版.xlsx" for code in codes(1, 6)}
    names |= {code: f"新建 Microsoft Excel 工作表 ({int(code)}).xlsx" for code in codes(7, 10)}
    names |= {"011": "人社局来信/年报.xlsx", **{code: f"{code}.xlsx" for code in [*codes(12, 16), "022"]}}
    right = {hand.unit: hand for hand in desk.good(names)}
    bad = {
        "012": zeros_left_blank(right["012"].data, kind, entries(kind, year, "012")),
        "013": counted_in_pieces(right["013"].data, kind, figures(year, "013")),
        "016": totals_typed(right["016"].data, kind, figures(year, "016"), 7),
    }
    yield Step(
        at="2024-01-12",
        command="consolidate",
        hands=[
            *[right[code] for code in (*codes(1, 11), "022")],
            *[spoilt(right[code], data, RETURNED) for code, data in bad.items()],
            spoilt(right["014"], sheets_copied(right["014"].data), FOREIGN, "住建局报表.xlsx"),
            spoilt(right["015"], totals_typed(right["015"].data, kind, figures(year, "015")), ACCEPTED),
            right["022"]._replace(name="再发一次/022 副本.xlsx", end=SKIPPED),  # the same file under another name
            Hand("发改委盖章件.pdf", SCAN, SKIPPED, "002"),  # beside its good workbook: nobody need look
            *[Hand(name, data, SKIPPED) for name, data in LITTER.items()],
        ],
        unclaimed={"住建局报表.xlsx": ["014"]},
        code=3,
    )
    late = {hand.unit: hand for hand in desk.good({code: f"{code}.xlsx" for code in codes(17, 39) if code != "022"})}
    yield Step(
        at="2024-01-18",
        hands=[
            *[right[code]._replace(name=f"改好/{code}.xlsx") for code in ("012", "013")],
            right["014"],
            Hand("016退回.xlsx", desk.annotated("016"), RETURNED, "016"),  # sent back as it was, never opened
            spoilt(late["017"], old_excel(late["017"].data), UNREADABLE, "水利局.xls"),
            Hand("农业农村局/IMG_0312.jpg", PHOTO, SKIPPED, "018"),  # only the folder of the mail has the name
            spoilt(late["019"], half(late["019"].data), UNREADABLE, "商务局.xlsx"),
            Hand("文旅局盖章.pdf", SCAN + b"%2\n", SKIPPED, "020"),
            Hand("卫健委年报.docx", in_word(figures(year, "021")), SKIPPED, "021"),
            Hand("微信图片_20240117.jpg", PHOTO[:-2] + b"\0\xff\xd9", SKIPPED),
        ],
        unclaimed={
            "水利局.xls": ["017"],
            "农业农村局/IMG_0312.jpg": ["018"],
            "商务局.xlsx": ["019"],
            "文旅局盖章.pdf": ["020"],
            "卫健委年报.docx": ["021"],
            "微信图片_20240117.jpg": [],
        },
        code=3,
    )
    desk.xxgk("claim", "微信图片_20240117.jpg", "024", str(desk.folder))
    in_time = [*codes(25, 38), "017", "019", "020", "023"]
    yield Step(
        at="2024-01-24",
        hands=[*[late[code] for code in in_time], right["016"]._replace(name="016新填.xlsx")],
        states={"024": UNUSABLE},
        unclaimed={"农业农村局/IMG_0312.jpg": ["018"], "卫健委年报.docx": ["021"]},
        either=["微信图片_20240117.jpg"],
        code=3,
    )
    yield Step(
        at="2024-01-30",
        command="consolidate",
        hands=[late[code] for code in ("018", "021", "024", "039")],
        code=1,
    )


# ---------------------------------------------------------------- the second: whose it is, what counts


def identities(desk: Desk, before: Path) -> Iterator[Step]:
    """2024: files of others, decisions of the clerk, a roster and settings that change under way."""
    kind, year = load("zfxxgk-2021"), desk.year
    right = {hand.unit: hand for hand in desk.good({code: f"{code}.xlsx" for code in codes(1, 40)})}
    names = {code: one.name for code, one in desk.people.items()}
    with open_round(before, alone=False) as old:
        last_year = filled(old, "005", year - 1)
    with open_round(desk.folder, alone=False) as round_:
        stranger = unsigned(kind, round_.roster.by_code["007"], year)
        excluded = filled(round_, "041", year)
    carried = figures(year, "018")
    shifted = {"requests.new.natural": carried["requests.new.natural"] - 1}
    shifted["requests.carried_in.natural"] = carried["requests.carried_in.natural"] + 1
    off = {"requests.new.natural": figures(year, "019")["requests.new.natural"] + 4}
    (against_last_year,), (unbalanced,) = desk.good({"018": "018.xlsx"}, shifted), desk.good({"019": "019.xlsx"}, off)
    (draft,), (second,) = (
        desk.good({c: n}, more(desk, c, 2)) for c, n in (("012", "012初稿.xlsx"), ("013", "013乙.xlsx"))
    )
    yield Step(
        at="2025-01-10",
        command="consolidate",
        hands=[
            spoilt(right["001"], with_cover_of(right["001"].data, names["002"]), FOREIGN, "报表.xlsx"),
            right["002"],
            spoilt(
                right["003"],
                totals_typed(right["004"].data, kind, figures(year, "004")),
                FOREIGN,
                f"{names['003']}.xlsx",
            ),
            right["004"],  # whose workbook the neighbour filled in
            Hand("005.xlsx", last_year, FOREIGN, "005"),
            spoilt(right["006"], with_macro(right["006"].data), UNREADABLE, f"{names['006']}.xlsm"),
            Hand("公安局年报.xlsx", stranger, FOREIGN, "007"),
            spoilt(right["008"], row_inserted(right["008"].data), FOREIGN, f"{names['008']}.xlsx"),
            spoilt(right["009"], words_over_formulas(right["009"].data, kind), RETURNED),
            spoilt(right["010"], below_zero(right["010"].data, kind), RETURNED),
            spoilt(right["011"], odd_digits(right["011"].data, kind, figures(year, "011")), ACCEPTED),
            draft._replace(saved="2025-01-08"),
            right["012"]._replace(name="012定稿.xlsx", saved="2025-01-09"),
            second._replace(saved="2025-01-09"),
            right["013"]._replace(name="013甲.xlsx", saved="2025-01-09"),
            *[right[code] for code in codes(14, 17)],
            against_last_year._replace(end=RETURNED),
            unbalanced._replace(end=RETURNED),
            *[right[code] for code in codes(20, 30) if code != "026"],
            right["027"]._replace(
                name=f"{names['026']}.xlsx", end=FOREIGN, unit="026"
            ),  # the very file of another unit
            Hand("供销合作社年报.xlsx", excluded, FOREIGN),
        ],
        states={"013": UNDECIDED},
        rivals=["012", "013"],
        unclaimed={"公安局年报.xlsx": ["007"]},
        either=[
            "报表.xlsx",
            f"{names['003']}.xlsx",
            "005.xlsx",
            f"{names['006']}.xlsm",
            f"{names['008']}.xlsx",
            "供销合作社年报.xlsx",
        ],
        code=3,
    )
    place = str(desk.folder)
    desk.xxgk("pin", "013", "1", "--reason", "来电确认", place, expect=0)
    desk.xxgk("withdraw", "017", "1", "--reason", "单位要求重报", place, expect=0)
    desk.xxgk("claim", "供销合作社年报.xlsx", "无关", place)
    with_severity(desk.settings, "YOY-01", "note")
    with_waiver(desk.settings, "019", "BAL-01", "2025-03-31")
    (older,), (better,), (worse,) = (
        desk.good({c: f"{c}{n}.xlsx"}, more(desk, c, k))
        for c, n, k in (("014", "旧稿", 3), ("015", "更正", 4), ("016", "更正", 5))
    )
    towns = {f"{code}.xlsx": right[code].data for code in codes(31, 40)}
    yield Step(
        at="2025-01-16",
        hands=[
            older._replace(saved="2024-12-30"),
            better,
            spoilt(worse, totals_typed(worse.data, kind, figures(year, "016"), 1), RETURNED),
            *[right[code]._replace(name=f"重报/{code}.xlsx") for code in ("001", "003", *codes(5, 10), "026")],
            Hand("乡镇一批.zip", half(zipped_by_windows(towns)), UNREADABLE),
        ],
        states={"013": ACCEPTED, "017": MISSING, "018": ACCEPTED, "019": EXPLAINED},
        ends={"018.xlsx": ACCEPTED, "019.xlsx": EXPLAINED},
        counted={"013": second.typed, "018": shifted, "019": off, "016": {}},
        changes=[
            *(("turned", code) for code in ("013", "017", "018", "019")),
            ("replaced", "014"),
            ("replaced", "015"),
        ],
        rivals=["012"],
        faulty=["016"],
        unclaimed={"乡镇一批.zip": []},
        code=3,
    )
    people = dict(desk.people)
    desk.xxgk("claim", "乡镇一批.zip", "无关", place)
    without_severities(desk.settings)
    (again,) = desk.good({"017": "017重报.xlsx"}, more(desk, "017", 1))
    desk.keep(recoded(renamed(removed(people, "020"), "021", "岚川区卫生健康局"), "022", "122"))
    yield Step(
        at="2025-01-20",
        hands=[again, *[right[code]._replace(name=f"乡镇一批（重发）.zip/{code}.xlsx") for code in codes(31, 40)]],
        states={"018": RETURNED, "020": None, "021": UNUSABLE, "022": None, "122": ACCEPTED},
        ends={"018.xlsx": RETURNED, "020.xlsx": FOREIGN, "021.xlsx": FOREIGN},
        counted={"122": figures(year, "022")},
        changes=[("left", "020"), ("turned", "021"), ("turned", "018")],
        rivals=["012"],
        faulty=["016"],
        either=["020.xlsx", "021.xlsx"],
        roster=True,
        held=["021"],
        code=3,
    )
    desk.keep(renamed(people, "021", "岚川区卫生健康局", "021"))
    yield Step(
        at="2025-01-24",
        command="consolidate",
        hands=[right["018"]._replace(name="018改.xlsx")],
        states={"020": ACCEPTED, "021": ACCEPTED, "022": ACCEPTED, "122": None},
        ends={"020.xlsx": ACCEPTED, "021.xlsx": ACCEPTED},
        counted={code: {} for code in ("020", "021", "022")},
        changes=[("back", "020"), ("turned", "021")],
        rivals=["012"],
        faulty=["016"],
        code=1,
    )
    (last,) = desk.good({"016": "016再更正.xlsx"}, more(desk, "016", 6))
    (desk.folder / "名册.csv").write_bytes(roster(zeros_lost(desk.people)))
    yield Step(
        at="2025-02-06",
        command="consolidate",
        hands=[last],
        changes=[("replaced", "016")],
        rivals=["012"],
        roster=True,
        code=0,
    )


# ---------------------------------------------------------------- the third: a form that changes, proposals


def change_of_form(desk: Desk, form: Path) -> Iterator[Step]:
    """2025: the form is changed when half of the district has reported on it."""
    kind, year = load(str(form)), desk.year
    right = {hand.unit: hand for hand in desk.good({code: f"{code}.xlsx" for code in codes(1, 25)})}
    contact = desk.people["018"].contact
    blank = zeros_left_blank(right["016"].data, kind, entries(kind, year, "016"))
    yield Step(
        at="2026-01-09",
        command="consolidate",
        hands=[
            *[right[code] for code in (*codes(1, 15), "017")],
            spoilt(right["016"], blank, RETURNED),
            Hand(f"{contact}来信/扫描件.pdf", SCAN, SKIPPED, "018"),  # only the contact's name
            spoilt(right["025"], old_excel(right["025"].data), UNREADABLE, "市监局.xls"),
        ],
        unclaimed={f"{contact}来信/扫描件.pdf": ["018"], "市监局.xls": ["025"]},
        code=3,
    )
    with_further_row(form)
    desk.distribute()
    later = {hand.unit: hand for hand in desk.good({code: f"{code}.xlsx" for code in codes(26, 40)})}
    desk.xxgk("claim", "市监局.xls", "025", str(desk.folder))
    yield Step(
        at="2026-01-14",
        command="consolidate",
        hands=[
            Hand("016退回.xlsx", desk.annotated("016"), RETURNED, "016"),  # zeros proposed, none confirmed
            *[right[code] for code in codes(19, 24)],  # on the workbook as it went out
            *[later[code] for code in codes(26, 33)],  # on the new one
        ],
        unclaimed={f"{contact}来信/扫描件.pdf": ["018"]},
        either=["市监局.xls"],
        code=3,
    )
    # Where there was something last year no zero is proposed: the unit types its own.
    asked = {name: 0 for name, value in figures(year, "016").items() if not value and figures(year - 1, "016")[name]}
    read_out, now = desk.proposals("025"), load(str(form))
    # What no table of the old file has, the unit types: its texts, and the further row.
    own: dict[str, Cell] = {n: text for n, text in entries(kind, year, "025").items() if isinstance(text, str)}
    own |= dict.fromkeys(set(inputs(now)) - set(inputs(kind)), 0)
    yield Step(
        at="2026-01-17",
        hands=[
            desk.agreed(right["016"], "016已确认.xlsx", confirmed(typed(desk.annotated("016"), kind, asked))),
            desk.agreed(right["025"], "025已确认.xlsx", read_out and confirmed(typed(read_out, now, own))),
        ],
        unclaimed={f"{contact}来信/扫描件.pdf": ["018"]},
        code=3,
    )
    yield Step(
        at="2026-01-20",
        command="consolidate",
        hands=[right["018"], *[later[code] for code in codes(34, 40)]],
        code=0,
    )
