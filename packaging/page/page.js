// Starts Python from the parts in this file, hands it the workbooks that are dropped, and shows what it says.
const get = id => document.getElementById(id);
const began = performance.now(), times = {};

const tick = () => new Promise(done => setTimeout(done));
async function stage(number, words) {
  get('progress').value = number;
  get('stage').textContent = words;
  times[number] = performance.now() - began;
  await tick();
}

async function part(name) {
  const node = get('part-' + name), text = atob(node.textContent), packed = new Uint8Array(text.length);
  node.remove();
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const script = async bytes => {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'text/javascript' }));
  try { return await import(url); } finally { URL.revokeObjectURL(url); }
};

async function python() {
  await stage(0, '正在准备：展开……');
  const [wasm, library, main, asm] = await Promise.all(['wasm', 'library', 'main', 'asm'].map(part));
  const held = { 'pyodide.asm.wasm': [wasm, 'application/wasm'], 'python_stdlib.zip': [library, 'application/zip'] };
  // Whatever Pyodide would load is here; there is no way to load anything else.
  globalThis.fetch = async address => {
    const found = held[String(address.url ?? address).split('/').pop()];
    if (!found) throw new Error('not in this page: ' + address);
    return new Response(found[0], { headers: { 'content-type': found[1] } });
  };
  await stage(1, '正在准备：启动……');
  const { loadPyodide } = await script(main);
  const createPyodideModule = (await script(asm)).default;
  const here = 'https://in.this.page.invalid/';
  const lockFileContents = { info: @@lock@@, packages: {} };
  const run = await loadPyodide({ indexURL: here, packageBaseUrl: here, createPyodideModule, lockFileContents });
  await stage(2, '正在准备：装入核对程序……');
  run.FS.writeFile('/checker.zip', await part('checker'));
  run.runPython("import sys, zipfile\nzipfile.ZipFile('/checker.zip').extractall('/checker')\nsys.path.insert(0, '/checker')");
  run.FS.unlink('/checker.zip');
  await stage(3, '正在准备：读入表样……');
  const { Desk } = run.pyimport('bridge');
  await stage(4, '正在准备：试查一份空白表……');
  return Desk(get('given').textContent);
}

const bytesOf = found => {
  const told = found.toJs();
  found.destroy();
  return told;
};

/** A file of [name, bytes], or the sentence why there is none. */
function offer([name, made]) {
  if (typeof made === 'string') { say(made); return; }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([made], { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say('已下载：' + name);
}

function say(words) { get('said').textContent = words; }

function make(tag, words, kind) {
  const made = document.createElement(tag);
  if (words) made.textContent = words;
  if (kind) made.className = kind;
  return made;
}

function button(words, kind, act) {
  const made = make('button', words, kind);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

const pad = number => String(number).padStart(2, '0');
function now() {
  const day = new Date();
  const date = [day.getFullYear(), pad(day.getMonth() + 1), pad(day.getDate())].join('-');
  return date + 'T' + pad(day.getHours()) + ':' + pad(day.getMinutes());
}

function verdict(found, typed) {
  const { unit, period, status } = found.verdict;
  const whose = [unit, period].filter(Boolean).join('，');
  if (found.passed && typed) return [whose, '自查通过。请点“下载填好的表”，把它发给收表单位。'];
  if (found.passed) return [whose, '自查通过。请下载“自查通过”的表，把它发给收表单位。'];
  if (status === 'returned' && typed) return [whose, `有 ${found.due} 处要改正或者说明。点格子的名字就到那一格；改好再点“检查”。`];
  if (status === 'returned') return [whose, `有 ${found.due} 处要改正或者说明。请在原来的文件里改好、保存，再选一次。`];
  return [whose, '这个文件查不了。请看下面的原因。'];
}

function report(desk, found, parent) {
  const old = parent.querySelector('iframe');
  if (old) { old.remove(); return; }
  const frame = make('iframe');
  frame.title = '报告：' + found.verdict.file;
  frame.setAttribute('sandbox', '');
  frame.srcdoc = desk.report(found.number);
  parent.append(frame);
}

function cardOf(card, filling) {
  const item = make('li', '', card.level), line = make('p'), name = card.at.find(one => filling?.entries.has(one));
  const place = name ? button(filling.called(name), 'place', () => filling.go(name)) : make('span', card.place, 'place');
  line.append(make('span', card.word, 'word'), place);
  item.append(line, make('p', card.what, 'what'));
  if (card.do) item.append(make('p', card.do, 'do'));
  if (card.blanks?.length) item.append(button('这些空格都填 0', 'plain', () => filling.zero(card.blanks)));
  if (filling && card.explain) item.append(filling.explanation(card.explain));
  return item;
}

/** What was found, of a file that was dropped or of what is typed in the page. */
function show(desk, found, parent, filling) {
  const article = make('article', '', found.passed ? 'passed' : ''), id = 'file-' + found.number;
  article.setAttribute('aria-labelledby', id);
  const head = make('h2', found.verdict.file);
  head.id = id;
  head.tabIndex = -1;
  const [whose, words] = verdict(found, filling), does = make('div', '', 'does');
  article.append(head, make('p', whose, 'soft'), make('p', words));
  if (found.passed && !filling) does.append(button('下载“自查通过”的表', '', () => offer(bytesOf(desk.sealed(found.number, now())))));
  if (found.annotated && !filling) does.append(button('下载标出错处的表', '', () => offer(bytesOf(desk.annotated(found.number)))));
  if (found.report) does.append(button('看写成的报告', 'plain', () => report(desk, found, article)));
  article.append(does);
  const list = make('ol');
  list.append(...found.cards.map(card => cardOf(card, filling)));
  if (found.cards.length) article.append(list);
  parent.prepend(article);
  return head;
}

function check(desk, name, bytes) {
  const started = performance.now(), found = JSON.parse(desk.check(name, bytes));
  return { ...found, milliseconds: performance.now() - started };
}

/** A file that brings Python down: nothing else of the page works any more, so it is opened anew. */
function broken(name, error) {
  console.error(error);
  get('drop').hidden = true;
  say(`“${name}”里有不正常的内容，查不了，这一页也停下了。请重新打开这一页再查别的文件；这一份请重新填写，或者与收表单位联系。`);
}

async function take(desk, files) {
  let last;
  for (const [n, file] of [...files].entries()) {
    say(`正在查第 ${n + 1} 份，共 ${files.length} 份……`);
    await tick();
    let bytes = new Uint8Array();
    try { bytes = new Uint8Array(await file.arrayBuffer()); } catch { say(`“${file.name}”读不出来。请先在表格软件里关掉它，再选一次。`); continue; }
    let found;
    try { found = check(desk, file.name, bytes); } catch (error) { broken(file.name, error); return; }
    last = show(desk, found, get('results'));
    say(`“${file.name}”：${verdict(found)[1]}`);
  }
  last?.focus();
}

async function main() {
  const desk = await python();
  const told = JSON.parse(desk.told());
  get('title').textContent = document.title = told.title;
  get('whose').textContent = [told.unit, told.period].filter(Boolean).join('，');
  get('preparing').hidden = true;
  get('drop').hidden = false;
  get('files').addEventListener('change', async event => {
    await take(desk, event.target.files);
    event.target.value = '';  // the same file, mended, is a change again
  });
  get('blank').addEventListener('click', () => offer(bytesOf(desk.blank())));
  get('fill-in').addEventListener('click', () => fillIn(desk));
  document.addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('over'); });
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('over'); });
  document.addEventListener('drop', async event => {
    event.preventDefault();
    document.body.classList.remove('over');
    await take(desk, event.dataTransfer.files);
  });
  window.selfcheckReady = true;
  times.ready = performance.now() - began;
  say('准备好了。');
  return desk;
}

const ready = main();
ready.catch(error => window.giveUp(error));

// For the tests, and for whoever wants the JSON that the command line gives.
window.selfcheck = {
  times,
  ready: ready.then(() => true),
  check: async (name, bytes) => check(await ready, name, bytes),
  annotated: async number => bytesOf((await ready).annotated(number)),
  sealed: async (number, when) => bytesOf((await ready).sealed(number, when ?? now())),
  report: async number => (await ready).report(number),
  typed: async (values, when) => bytesOf((await ready).typed(JSON.stringify(values), when ?? now())),
  blank: async () => bytesOf((await ready).blank()),
};
