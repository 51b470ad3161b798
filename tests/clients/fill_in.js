// Fills in the form on the self-check page as a person would, by a plan in a JSON file: fill_in.js PLAN
// {browser: "chrome" | "firefox", program, page, outdir, steps}. A step is [what, argument]; prints what came of each:
//   type {name: text}   what stands in the cells afterwards     keys [name, ...keys]  the name of the cell one is in then
//   press words         presses the button of these words       card n                follows the nth finding to its cell
//   look {name, widths, axe}  pictures, axe-core, what sticks out, in each width       paste [name, text], explain text
//   reload              what stands in all cells afterwards, as shown                 take file, kept, cards
// `forgetful` is a browser that lets no page keep anything.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const open = async (tab, plan) => {
  await tab.goto(pathToFileURL(plan.page).href, { waitUntil: "domcontentloaded" });
  await tab.waitForFunction(() => window.selfcheckReady, { timeout: 200_000 });
  await tab.evaluate(() => {
    window.made = [];
    const whole = URL.createObjectURL;
    URL.createObjectURL = one => { window.last = one; return whole(one); };
    HTMLAnchorElement.prototype.click = function () { window.made.push([this.download, window.last]); };
  });
};

/** What a respondent sees of the sheets: every cell with what stands in it. */
const shown = tab => tab.evaluate(() => Object.fromEntries([...document.querySelectorAll("#sheets [name]")].map(one => {
  const below = one.parentNode.querySelector("td > small");
  return [one.name, [one.value || one.placeholder || "", one.disabled, below ? below.textContent : ""]];
})));

/** The cell of that name, on the sheet in front, with what stands in it selected. */
async function at(tab, name) {
  const node = await tab.$(`[name="${name}"]`);
  await node.evaluate(one => {
    const sheet = one.closest(".sheet"), front = document.querySelectorAll("#tabs button")[[...sheet.parentNode.children].indexOf(sheet)];
    if (sheet.hidden) front.click();
    one.focus();
    if (one.select) one.select();
  });
  return node;
}

/** Key by key; what an input method would write, all at once. */
const write = async (tab, text, long) => long || /[^\x20-\x7e]/.test(text)
  ? tab.evaluate(text => document.execCommand("insertText", false, text), text)
  : tab.keyboard.type(text);

const DOES = {
  type: async (tab, typed) => {
    for (const [name, text] of Object.entries(typed)) {
      const node = await at(tab, name), kind = await node.evaluate(one => one.localName);
      if (kind === "select") await node.select(text);
      else if (!text) await tab.keyboard.press("Delete");
      else await write(tab, text, kind === "textarea");
      await tab.keyboard.press("Tab");
    }
    return Object.fromEntries(Object.entries(await shown(tab)).filter(([name]) => name in typed));
  },
  keys: async (tab, [name, ...keys]) => {
    await at(tab, name);
    for (const key of keys) await (/^[A-Z]/.test(key) ? tab.keyboard.press(key) : write(tab, key));
    return tab.evaluate(() => [document.activeElement.name, document.getElementById("cell").textContent]);
  },
  paste: async (tab, [name, text]) => {
    await tab.$eval(`[name="${name}"]`, (one, text) => {
      // An event of a script's own carries no clipboard in Firefox.
      const event = Object.assign(new Event("paste", { bubbles: true, cancelable: true }), { clipboardData: { getData: () => text } });
      one.dispatchEvent(event);
    }, text);
    return shown(tab);
  },
  press: async (tab, words) => {
    await tab.evaluate(words => [...document.querySelectorAll("button")].find(one => one.textContent.startsWith(words)).focus(), words);
    await tab.keyboard.press("Enter");
    await new Promise(done => setTimeout(done, 300));
    await tab.waitForFunction(() => !document.getElementById("said").textContent.endsWith("……"), { timeout: 60_000 });
    return tab.evaluate(() => [document.getElementById("said").textContent, document.activeElement.textContent]);
  },
  cards: tab => tab.$$eval("#found li", found => found.map(one => one.innerText)),
  card: async (tab, n) => {
    await tab.$$eval("#found button.place", (found, n) => found[n].click(), n);
    return tab.evaluate(() => {
      const one = document.activeElement;
      const { top, bottom } = one.getBoundingClientRect(), bar = document.getElementById("bar").getBoundingClientRect().top;
      return { name: one.name, wrong: one.getAttribute("aria-invalid"), seen: top >= 0 && bottom <= bar, said: document.getElementById("cell").textContent };
    });
  },
  explain: async (tab, text) => {
    await (await tab.$("#found .explain textarea")).focus();
    await write(tab, text);
  },
  reload: async (tab, _, plan) => { await open(tab, plan); await DOES.press(tab, "在网页里填"); return shown(tab); },
  shown,
  kept: tab => tab.$eval("#kept", one => one.textContent),
  take: async (tab, file, plan) => {
    await DOES.press(tab, "下载填好的表");
    const [name, text] = await tab.evaluate(async () => {
      const [name, blob] = window.made.at(-1), bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return [name, btoa(text)];
    });
    fs.writeFileSync(path.join(plan.outdir, file), Buffer.from(text, "base64"));
    return name;
  },
  look: async (tab, { name, widths, axe }, { outdir, browser }) => {
    const out = {};
    for (const width of widths) {
      await tab.setViewport({ width, height: 900 });
      await new Promise(done => setTimeout(done, 300));
      if (axe) await tab.evaluate(fs.readFileSync(axe, "utf8") + "\n;0");
      const violations = !axe ? [] : await tab.evaluate(async () => {
        const found = await window.axe.run(document, { resultTypes: ["violations"] });
        return found.violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "));
      });
      const past = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await tab.screenshot({ path: path.join(outdir, `${browser}-${name}-${width}.png`), fullPage: false });
      out[width] = { violations, past };
    }
    return out;
  },
};

async function main(plan) {
  const { browser, program: executablePath } = plan;
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu"] : [];
  const driven = await puppeteer.launch({ browser, executablePath, args, headless: true, protocolTimeout: 240_000 });
  try {
    const tab = await driven.newPage(), errors = [], told = [];
    tab.on("pageerror", error => errors.push(String(error)));
    tab.on("console", one => { if (one.type() === "error") errors.push(one.text()); });
    tab.on("dialog", one => one.accept());
    if (plan.forgetful) {
      await tab.evaluateOnNewDocument(() => Object.defineProperty(window, "localStorage", { get() { throw new Error("not here"); } }));
    }
    await open(tab, plan);
    await tab.bringToFront();
    told.push(await DOES.press(tab, "在网页里填"));
    for (const [what, argument] of plan.steps) told.push(await DOES[what](tab, argument, plan) ?? null);
    process.stdout.write(JSON.stringify({ told, errors }));
  } finally {
    await driven.close();
  }
}

main(JSON.parse(fs.readFileSync(process.argv[2], "utf8"))).catch(error => {
  console.error(error);
  process.exit(1);
});
