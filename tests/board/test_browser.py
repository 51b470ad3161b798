"""The board in a real browser: its script sorts, filters and opens sources; nobody else's runs; it fits a telephone."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories.boards import ROUND, member, page, standing, total
from factories.browser import answer, answer_in_frame
from factories.filled_forms import annual

from toolkit.board.board import render_board
from toolkit.model.standing import Standing, State

pytestmark = pytest.mark.browser

MISSING = Standing(code="009", name="文旅局", short="文旅局", state=State.MISSING, path=("乙",))
EVIL = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


def digest(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def asking(folder: Path, data: bytes, ask: str) -> Path:
    """The page with one more script, which its policy is made to allow."""
    text = data.decode()
    assert text.count("script-src ") == 1
    text = text.replace("script-src ", f"script-src {digest(ask)} ")
    path = folder / "board.html"
    path.write_text(text.replace("</body>", f"<script>{ask}</script></body>"), encoding="utf-8")
    return path


def seen(folder: Path, data: bytes, question: str) -> Any:
    """What ``question``, the body of a function, answers when the page's own script has run."""
    ask = (
        "var made=document.createElement('pre');made.id='answer';"
        f"made.textContent=JSON.stringify((function(){{{question}}})());document.body.append(made);"
    )
    return answer(asking(folder, data, ask))


def seen_in_frame(folder: Path, data: bytes, width: int, question: str) -> Any:
    """The same in a frame of that width."""
    ask = f"parent.postMessage(JSON.stringify((function(){{{question}}})()),'*')"
    return answer_in_frame(asking(folder, data, ask), width)


def test_rows_are_sorted_by_number_with_the_mouse_and_back_with_the_keyboard(tmp_path: Path) -> None:
    names = ("第10局", "第9局", "第100局")
    data = page([member(f"00{i}", i, name) for i, name in enumerate(names)])
    question = """
      var button = document.querySelectorAll('#list thead [role=button]')[1], told = [];
      function names() {
        return Array.from(document.querySelectorAll('#list tbody tr')).map(r => r.cells[1].textContent);
      }
      button.click(); told.push(names(), button.parentElement.getAttribute('aria-sort'));
      button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
      told.push(names(), button.parentElement.getAttribute('aria-sort'));
      return told;
    """
    up = ["第9局", "第10局", "第100局"]
    assert seen(tmp_path, data, question) == [up, "ascending", up[::-1], "descending"]


def test_rows_are_filtered_by_word_state_and_area(tmp_path: Path) -> None:
    data = page([member("001", 3), member("002", 4)], (MISSING,))
    question = """
      function shown() {
        return Array.from(document.querySelectorAll('#list tbody tr:not([hidden])')).map(r => r.cells[0].textContent);
      }
      function set(id, value) {
        var one = document.getElementById(id);
        one.value = value;
        one.dispatchEvent(new Event('input'));
      }
      var told = [shown()];
      set('find', '文旅'); told.push(shown(), document.getElementById('shown').textContent);
      set('find', ''); set('state', 'accepted'); told.push(shown());
      set('state', ''); set('area', '乙'); told.push(shown());
      return told;
    """
    told = [["001", "002", "009"], ["009"], "显示 1 个单位", ["001", "002"], ["009"]]
    assert seen(tmp_path, data, question) == told


def test_a_total_opens_all_its_units_with_file_revision_and_cell(tmp_path: Path) -> None:
    verdicts = [member(f"{i:03}", i) for i in range(150)]
    question = """
      document.querySelector('a[href="#v-requests.new.total"]').click();
      var rows = Array.from(document.querySelectorAll('#drill-rows tr'))
        .map(row => Array.from(row.cells).map(one => one.textContent));
      return [document.getElementById('drill').open, document.getElementById('drill-sum').textContent,
              document.getElementById('drill-rest').textContent, rows.length, rows[0],
              rows.reduce((sum, row) => sum + Number(row[1]), 0)];
    """
    sums = total(verdicts).sums
    spot = annual().layout.spot("requests.new.total")
    place = f"{spot.sheet}!{spot.cell}"
    assert seen(tmp_path, page(verdicts), question) == [
        True,
        f"合计 {sums['requests.new.total']}，汇总表 {place}",
        "来自 149 个单位，另有 1 个单位为 0",
        149,
        ["第149局", "149", "1.3%", "149.xlsx", "2", place],
        int(sums["requests.new.total"]),
    ]


def test_a_link_into_a_closed_part_opens_it(tmp_path: Path) -> None:
    question = """
      location.hash = '#v-requests.new.total';
      window.dispatchEvent(new Event('hashchange'));
      return document.getElementById('v-requests.new.total').parentElement.closest('details').open;
    """
    assert seen(tmp_path, page([member("001", 3)]), question) is True


def test_hostile_names_run_nothing_even_in_the_opened_sources(tmp_path: Path) -> None:
    verdicts = [replace(member("001", 3, EVIL), file=f"{EVIL}.xlsx")]
    found = [replace(standing(verdicts[0]), contact=EVIL, path=(EVIL,), file=EVIL, code=EVIL)]
    data = render_board(ROUND, annual(), found, total(verdicts), [], [(EVIL, total(verdicts))])
    question = """
      document.querySelector('a[data-figure]').click();
      return [document.title, document.querySelectorAll('img').length, document.scripts.length,
              document.querySelector('#drill-rows th').textContent];
    """
    # The third script is the question itself.
    assert seen(tmp_path, data, question) == ["云岭区 2025年 收报看板", 0, 3, EVIL]


def test_what_is_not_the_pages_own_script_is_refused(tmp_path: Path) -> None:
    data = page([member("001", 3)]).replace(b"</main>", b"<script>document.title='run'</script></main>")
    assert seen(tmp_path, data, "return document.title") == "云岭区 2025年 收报看板"


@pytest.mark.parametrize("width", [360, 1300])
def test_only_tables_scroll_sideways(tmp_path: Path, width: int) -> None:
    data = page([member("001", 3), member("002", 4, "云岭区" * 12)], (MISSING,))
    question = """
      document.querySelectorAll('details').forEach(one => { one.open = true; });
      var root = document.documentElement;
      return [window.innerWidth, root.scrollWidth - root.clientWidth];
    """
    assert seen_in_frame(tmp_path, data, width, question) == [width, 0]
