
(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };
  var data = JSON.parse(byId("data").textContent);

  function filtering() {
    var list = byId("list"), body = list.tBodies[0], rows = Array.from(body.rows), heads = Array.from(list.tHead.rows[0].cells);
    var find = byId("find"), state = byId("state"), area = byId("area");
    byId("tools").hidden = false;
    function filter() {
      var words = find.value.trim().toLowerCase(), count = 0;
      rows.forEach(function (row) {
        var fits = row.textContent.toLowerCase().includes(words) && (!state.value || row.dataset.state === state.value) && (!area || !area.value || row.cells[2].textContent === area.value);
        row.hidden = !fits;
        count += fits ? 1 : 0;
      });
      byId("shown").textContent = "显示 " + count + " 个单位";
    }
    [find, state, area].forEach(function (one) { if (one) { one.addEventListener("input", filter); } });
    var order = new Intl.Collator("zh-CN", { numeric: true });
    function key(row, column) { return row.cells[column].dataset.v || row.cells[column].textContent; }
    heads.forEach(function (head, column) {
      // A real button is not printed again at the head of the next page.
      var button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); button.click(); }
      });
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
        heads.forEach(function (one) { one.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        rows.sort(function (a, b) { return sign * order.compare(key(a, column), key(b, column)); });
        body.append.apply(body, rows);
      });
    });
    filter();
  }

  function copying() {
    var button = byId("copy");
    if (!button) { return; }
    button.parentElement.hidden = false;
    button.addEventListener("click", function () {
      var range = document.createRange(), selection = window.getSelection();
      range.selectNodeContents(byId("reminder"));
      selection.removeAllRanges();
      selection.addRange(range);
      byId("copied").textContent = document.execCommand("copy") ? "已复制" : "已选中，请按 Ctrl+C 复制";
    });
  }

  function cell(row, text, kind) {
    var made = document.createElement(kind === "row" ? "th" : "td");
    if (kind === "row") { made.scope = "row"; } else if (kind) { made.className = kind; }
    made.textContent = text;
    row.append(made);
    return made;
  }

  function drilling() {
    var drill = byId("drill"), body = byId("drill-rows"), parts = [];
    if (!drill.showModal) { return; }
    function values(member) {
      // The packed line is cut only when a figure is asked for.
      if (typeof member[4] === "string") { member[4] = member[4].split(","); }
      return member[4];
    }
    function open(index) {
      var figure = data.figures[index], none = 0, zero = 0, total = Number(figure[3]);
      parts = [];
      data.members.forEach(function (member) {
        var value = values(member)[index] || "0";
        if (value === "-") { none += 1; } else if (Number(value) === 0) { zero += 1; } else { parts.push([member, value]); }
      });
      parts.sort(function (a, b) { return Math.abs(Number(b[1])) - Math.abs(Number(a[1])); });
      byId("drill-title").textContent = figure[0] + " " + figure[1];
      byId("drill-sum").textContent = "合计 " + figure[3] + "，汇总表 " + figure[2];
      byId("drill-rest").textContent = "来自 " + parts.length + " 个单位" + (zero ? "，另有 " + zero + " 个单位为 0" : "") + (none ? "，" + none + " 个单位没有数" : "");
      body.replaceChildren.apply(body, parts.map(function (part) {
        var row = document.createElement("tr"), member = part[0], name = cell(row, "", "row"), link = document.createElement(member[3] < 0 ? "span" : "a");
        link.textContent = member[0];
        if (member[3] >= 0) { link.href = "#r-" + member[3]; link.addEventListener("click", function () { drill.close(); }); }
        name.append(link);
        cell(row, part[1], "n");
        cell(row, total > 0 ? (100 * Number(part[1]) / total).toFixed(1) + "%" : "", "n");
        cell(row, member[1]);
        cell(row, member[2] || "", "n");
        cell(row, figure[2]);
        return row;
      }));
      drill.showModal();
    }
    document.addEventListener("click", function (event) {
      var link = event.target.closest("a[data-figure]");
      if (link) { event.preventDefault(); open(Number(link.dataset.figure)); }
    });
    byId("drill-close").addEventListener("click", function () { drill.close(); });
  }

  function reveal() {
    var target = byId(location.hash.slice(1)) || byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var one = target; one; one = one.parentElement) { if (one.tagName === "DETAILS") { one.open = true; } }
    target.hidden = false;
    target.scrollIntoView();
  }

  filtering();
  copying();
  drilling();
  window.addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }
})();
