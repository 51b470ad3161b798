// Filling in without a spreadsheet: draws the sheets that Python tells, keeps what is typed, asks Python what follows.
const WAIT = 150;  // milliseconds without a key before totals are computed again

/** What is typed, by the name of its cell, in this browser if it lets a page keep anything. */
class Draft {
  constructor(key) {
    this.key = key;
    this.typed = {};
    try { this.typed = JSON.parse(localStorage.getItem(key) ?? '{}'); this.save(); } catch { this.kept = false; }
  }

  set(name, text) {
    if (text === '') delete this.typed[name]; else this.typed[name] = text;
    this.save();
  }

  save() {
    try {
      if (this.empty) localStorage.removeItem(this.key); else localStorage.setItem(this.key, this.text);
      this.kept = true;
    } catch { this.kept = false; }
  }

  get text() { return JSON.stringify(this.typed); }
  get empty() { return Object.keys(this.typed).length === 0; }
}

class Filling {
  constructor(desk) {
    const { key, sheets } = JSON.parse(desk.sheets());
    this.desk = desk;
    this.draft = new Draft(key);
    this.entries = new Map();  // name of a cell: {cell, sheet, node, below}
    this.sheets = new Map();   // name of a sheet: {panel, tab}
    this.found = {};           // what was found, by the name of the cell
    for (const one of sheets) this.addSheet(one);
    get('check-typed').addEventListener('click', () => this.check());
    get('take-typed').addEventListener('click', () => this.take());
    get('clear-typed').addEventListener('click', () => this.clear());
    window.addEventListener('beforeunload', event => { if (!this.draft.kept && !this.draft.empty) event.preventDefault(); });
    this.turn(sheets[0].sheet);
    this.compute();
  }

  addSheet(told) {
    const panel = make('div', '', 'sheet'), tab = button(told.sheet, 'plain', () => this.turn(told.sheet));
    panel.append(make('h3', told.title));
    if (told.help) panel.append(make('p', told.help, 'soft'));
    panel.hidden = true;
    tab.append(make('small'));
    this.sheets.set(told.sheet, { panel, tab });
    panel.append(told.fields ? this.fields(told) : this.table(told));
    get('tabs').append(tab);
    get('sheets').append(panel);
  }

  fields({ sheet, fields }) {
    const all = make('div', '', 'fields');
    for (const [n, cell] of fields.entries()) {
      const row = make('div'), label = make(cell.name ? 'label' : 'strong', cell.label);
      row.append(label);
      if (cell.name) {
        const node = this.entry(sheet, cell), hint = make('p', cell.hint, 'soft');
        node.id = label.htmlFor = `field-${sheet}-${n}`;
        hint.id = node.id + '-hint';
        if (cell.hint) node.setAttribute('aria-describedby', hint.id);
        row.append(node, ...cell.hint ? [hint] : []);
      } else row.append(make('span', cell.text));
      all.append(row);
    }
    return all;
  }

  table({ sheet, title, rows, widths }) {
    const frame = make('div', '', 'scroll'), table = make('table'), columns = make('colgroup');
    const column = new Map(rows.flat().map(cell => [cell.col, 'stub']));
    for (const cell of rows.flat()) if (cell.name && column.get(cell.col) !== 'cell') column.set(cell.col, cell.role === 'text' ? 'words' : 'cell');
    const lengths = widths.map((characters, n) => `min(${characters} * var(--${column.get(n) ?? 'stub'}), var(--widest))`);
    for (const length of lengths) {
      const one = make('col');
      one.style.width = length;
      columns.append(one);
    }
    table.style.minWidth = `calc(${lengths.join(' + ')})`;
    table.setAttribute('aria-label', title);
    table.append(columns);
    for (const row of rows) {
      const line = make('tr');
      line.append(...row.map(cell => this.place(sheet, cell)));
      table.append(line);
    }
    frame.append(table);
    return frame;
  }

  place(sheet, cell) {
    const head = { head: 'col', band: 'colgroup', stub: 'row' }[cell.role], named = head && cell.text !== '';
    const made = make(named ? 'th' : 'td', cell.name ? '' : String(cell.text), cell.role);
    if (named && cell.role !== 'band') made.scope = head;
    made.rowSpan = cell.rows;
    made.colSpan = cell.cols;
    if (cell.name) {
      const node = this.entry(sheet, cell), below = make('small');
      node.setAttribute('aria-label', cell.label);
      made.append(node, below);
      this.entries.get(cell.name).below = below;
    }
    return made;
  }

  /** The node in which a cell is typed, or chosen, or shown. */
  entry(sheet, cell) {
    const { name, role, choices, kind, long } = cell, total = role === 'total';
    const node = make(total ? 'output' : choices.length ? 'select' : long ? 'textarea' : 'input');
    node.name = name;
    if (total) node.tabIndex = -1;
    else if (choices.length) {
      for (const one of new Set(['', ...choices, this.draft.typed[name] ?? ''])) node.append(new Option(one, one));
    } else if (long) node.rows = cell.due ? 8 : 4;
    else {
      node.type = 'text';
      node.autocomplete = 'off';
      node.inputMode = { whole: 'numeric', decimal: 'decimal', url: 'url' }[kind] ?? 'text';
      if (role === 'number') node.className = 'number';
    }
    node.value = this.draft.typed[name] ?? '';
    if (!total) node.addEventListener('input', () => this.typed(name, node.value));
    node.addEventListener('focus', () => this.focused(name));
    node.addEventListener('keydown', event => this.key(event, name));
    node.addEventListener('paste', event => this.paste(event, name));
    this.entries.set(name, { cell, sheet, node });
    return node;
  }

  typed(name, text) {
    this.draft.set(name, text);
    this.mark(name, '');
    clearTimeout(this.waiting);
    if (this.entries.get(name).cell.kind === 'choice') this.compute(); else this.waiting = setTimeout(() => this.compute(), WAIT);
  }

  /** Totals, what a tick fills, last year's figures, cells that are not due, and how many are still blank. */
  compute() {
    clearTimeout(this.waiting);
    this.waiting = 0;
    const { shown, prior, idle } = JSON.parse(this.desk.now(this.draft.text)), off = new Set(idle), blank = {};
    for (const [name, { cell, sheet, node, below }] of this.entries) {
      const total = cell.role === 'total', kept = prior[name.replace(/^last_year\./, '')] ?? '';
      if (total) node.value = (name in shown ? shown[name] : kept) || '';
      else if (node.localName === 'input') node.placeholder = shown[name] ?? '';
      if (below && prior[name]) below.textContent = '上年 ' + prior[name];
      node.disabled = off.has(name) && node.value === '';
      if (off.has(name)) node.title = '不用填'; else node.removeAttribute('title');
      blank[sheet] ??= 0;
      if (cell.due && !off.has(name) && !node.value.trim() && !(name in shown)) blank[sheet] += 1;
    }
    for (const [sheet, { tab }] of this.sheets) tab.lastChild.textContent = blank[sheet] ? `还差 ${blank[sheet]}` : '';
    get('kept').textContent = this.draft.kept
      ? '填的内容随时存在这个浏览器里，关掉再打开还在；只在这台电脑上，不会发出去。公用的电脑，下载以后请点“清空”。'
      : '这个浏览器不让网页存东西：关掉这一页，填的就没有了。请填完马上下载。';
  }

  turn(sheet) {
    for (const [name, { panel, tab }] of this.sheets) {
      panel.hidden = name !== sheet;
      if (name === sheet) tab.setAttribute('aria-current', 'true'); else tab.removeAttribute('aria-current');
    }
  }

  /** Which cell it is, in words: where a finding leads to, and where one is. */
  called(name) {
    const { cell, sheet } = this.entries.get(name);
    return `${sheet}!${cell.at} ${cell.label}`;
  }

  /** Say of the cell one is in what its place does not say, and what was found there. */
  focused(name) {
    const { cell, node } = this.entries.get(name), found = this.found[name];
    get('cell').textContent = found ? `${cell.at} ${found}` : `${cell.at} ${cell.label}${cell.hint ? `：${cell.hint}` : ''}`;
    get('cell').className = found ? 'bad' : '';
    say('');
    if (cell.role === 'number') node.select();
  }

  go(name) {
    const one = this.entries.get(name);
    if (!one) return;
    this.turn(one.sheet);
    one.node.disabled = false;
    one.node.focus();
    one.node.scrollIntoView({ block: 'center', inline: 'center' });
  }

  /** From cell to cell as in a spreadsheet: arrows in a table, Enter downwards. */
  key(event, name) {
    const { sheet, cell, node } = this.entries.get(name), { key } = event;
    if (this.waiting && /^(Tab|Enter|Arrow)/.test(key)) this.compute();  // which cell is next depends on it
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || cell.long || cell.row === undefined) return;
    const list = node.localName === 'select', [from, to] = [node.selectionStart, node.selectionEnd];
    let step;
    if (key === 'Enter') step = [event.shiftKey ? -1 : 1, 0];
    else if (list || event.shiftKey) return;
    else if (key === 'ArrowDown' || key === 'ArrowUp') step = [key === 'ArrowDown' ? 1 : -1, 0];
    else if (key === 'ArrowRight' && (to ?? 0) === (node.value ?? '').length) step = [0, 1];
    else if (key === 'ArrowLeft' && !from) step = [0, -1];
    else return;
    const next = this.neighbour(sheet, cell, step);
    event.preventDefault();
    next?.node.focus();
  }

  /** The nearest cell to type in, in that direction. */
  neighbour(sheet, { row, col }, [down, right]) {
    const there = [...this.entries.values()].filter(one => one.sheet === sheet && one.cell.role !== 'total' && !one.node.disabled
      && (down ? one.cell.col === col && (one.cell.row - row) * down > 0 : one.cell.row === row && (one.cell.col - col) * right > 0));
    const far = one => Math.abs(one.cell.row - row) + Math.abs(one.cell.col - col);
    return there.sort((one, other) => far(one) - far(other))[0];
  }

  /** Cells copied from a spreadsheet or a table go where they would go there; totals stay computed. */
  paste(event, name) {
    const { sheet, cell } = this.entries.get(name), text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '');
    if (cell.long || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const at = new Map([...this.entries.values()].filter(one => one.sheet === sheet).map(one => [one.cell.row + ',' + one.cell.col, one]));
    text.split(/\r?\n/).forEach((line, down) => line.split('\t').forEach((words, right) => {
      const one = at.get((cell.row + down) + ',' + (cell.col + right));
      if (!one || one.cell.role === 'total' || one.node.disabled) return;
      one.node.value = words.trim();
      this.draft.set(one.cell.name, one.node.value);
      this.mark(one.cell.name, '');
    }));
    this.compute();
  }

  mark(name, level) {
    if (!level) delete this.found[name];
    const one = this.entries.get(name);
    if (!one) return;
    one.node.classList.remove('error', 'verify', 'blank');
    one.node.removeAttribute('aria-invalid');
    if (level) one.node.classList.add(level);
    if (level && level !== 'verify' && one.cell.role !== 'total') one.node.setAttribute('aria-invalid', 'true');
  }

  async check() {
    say('正在查……');
    await tick();
    this.compute();
    let found;
    try { found = JSON.parse(this.desk.check_typed(this.draft.text)); } catch (error) { broken('网页里填的表', error); return; }
    for (const name of this.entries.keys()) this.mark(name, '');
    get('cell').textContent = '';
    for (const card of [...found.cards].reverse()) {
      card.blanks = card.blank ? this.blanks(card.at) : [];
      if (card.blanks.length) card.do = '没有发生的填 0，有数的填实际的数。';
      for (const name of card.at) {
        this.found[name] = `${card.word}：${card.what}${card.do}`;
        if (card.level === 'error' || card.level === 'verify') this.mark(name, card.blanks.length ? 'blank' : card.level);
      }
    }
    get('found').replaceChildren();
    show(this.desk, found, get('found'), this);
    say(verdict(found, true)[1]);
    get('found').querySelector('h2').focus();
  }

  /** Room for an explanation, on the card that asks for one. */
  explanation(name) {
    const label = make('label', '情况说明', 'explain'), node = make('textarea');
    node.rows = 2;
    node.value = this.draft.typed[name] ?? '';
    node.addEventListener('input', () => this.draft.set(name, node.value));
    label.append(node);
    return label;
  }

  /** Blank cells for numbers among those of a finding. */
  blanks(names) {
    const known = names.map(name => this.entries.get(name)).filter(one => one?.cell.role === 'number');
    return known.length === names.length ? known.filter(({ node }) => !node.disabled && !node.value.trim()) : [];
  }

  /** Nothing happened there: what a spreadsheet does by Ctrl+Enter. */
  zero(blanks) {
    for (const { cell, node } of blanks) {
      node.value = '0';
      this.draft.set(cell.name, '0');
      this.mark(cell.name, '');
    }
    this.compute();
    get('cell').textContent = '';
    say(`${blanks.length} 格填了 0。`);
  }

  async take() {
    say('正在写……');
    await tick();
    offer(bytesOf(this.desk.typed(this.draft.text, now())));
  }

  clear() {
    if (!confirm('把这里填的都清掉？清掉就找不回来了。')) return;
    this.draft.typed = {};
    this.draft.save();
    for (const [name, { node }] of this.entries) { node.value = ''; this.mark(name, ''); }
    get('found').replaceChildren();
    get('cell').textContent = '';
    this.compute();
    say('已清空。');
  }
}

let filling;
function fillIn(desk) {
  get('fill').hidden = false;
  document.body.classList.add('filling');
  get('told').append(get('said'));  // what is said is said where one looks
  filling ??= new Filling(desk);
  get('t-fill').focus();
  get('t-fill').scrollIntoView();
  say('');
}

