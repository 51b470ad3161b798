// Drives the self-check page in a real browser as a plan in a JSON file says: self_check.js PLAN
// {browser: "chrome" | "firefox", program, page, outdir, files, reported, dropped, axe, widths, reports}
// Hands it `files` by the page's own hook and `dropped` by its file field, as a person would;
// of those `reported` it keeps the report. Prints, as JSON, what the
// page said; what it made lies in OUTDIR.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const MADE = ["annotated", "sealed"], WHEN = "2026-01-05T09:30";

async function main(plan) {
  const { browser, program: executablePath } = plan;
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu"] : [];
  const driven = await puppeteer.launch({ browser, executablePath, args, headless: true, protocolTimeout: 240_000 });
  try {
    const tab = await driven.newPage(), requests = [], errors = [];
    tab.on("request", one => { if (!/^(file|blob|data|about):/.test(one.url())) requests.push(one.url()); });
    tab.on("pageerror", error => errors.push(String(error)));
    tab.on("console", one => { if (one.type() === "error") errors.push(one.text()); });
    if (browser === "chrome") await tab.setOfflineMode(true);
    const stages = [], began = Date.now();
    await tab.goto(pathToFileURL(plan.page).href, { waitUntil: "domcontentloaded" });
    const over = () => window.selfcheckReady || !document.getElementById("old").hidden;
    while (!(await tab.evaluate(over))) {
      const stage = await tab.$eval("#stage", one => one.textContent);
      if (!stages.includes(stage)) stages.push(stage);
      if (Date.now() - began > 200_000) throw new Error("not ready: " + stages);
      await new Promise(done => setTimeout(done, 20));
    }
    const ready = Date.now() - began, checked = [];
    for (const file of plan.files || []) checked.push(await check(tab, file, plan));
    const used = plan.dropped ? await use(tab, plan) : null;
    const seen = await tab.evaluate(() => document.body.innerText);
    const times = await tab.evaluate(() => window.selfcheck && window.selfcheck.times);
    const told = { version: await driven.version(), ready, stages, times, requests, errors, seen, checked, used };
    process.stdout.write(JSON.stringify(told));
  } finally {
    await driven.close();
  }
}

async function check(tab, file, { outdir, reported = [] }) {
  const name = path.basename(file), data = fs.readFileSync(file).toString("base64");
  const told = await tab.evaluate(async (name, data, made, when, reported) => {
    const coded = bytes => {
      let text = "";
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(text);
    };
    const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
    const found = await window.selfcheck.check(name, bytes), files = {};
    for (const kind of made) {
      if (kind === "annotated" ? found.annotated : found.passed) {
        const [title, content] = await window.selfcheck[kind](found.number, when);
        files[kind] = typeof content === "string" ? { title, why: content } : { title, content: coded(content) };
      }
    }
    if (found.report && reported) files.report = { title: name + ".html", text: await window.selfcheck.report(found.number) };
    return { ...found, files };
  }, name, data, MADE, WHEN, reported.includes(name));
  for (const [kind, one] of Object.entries(told.files)) {
    const target = path.join(outdir, kind, one.title || name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (one.content) fs.writeFileSync(target, Buffer.from(one.content, "base64"));
    if (one.text) fs.writeFileSync(target, one.text);
    told.files[kind] = one.why || target;
  }
  return told;
}

/** Choose files in the field, press what there is to press by keyboard, and look at the page in all widths. */
async function use(tab, { dropped, axe, widths, outdir, browser, reports: opened }) {
  await tab.evaluate(() => {
    window.downloads = [];
    HTMLAnchorElement.prototype.click = function () { window.downloads.push(this.download); };
  });
  await tab.bringToFront();
  await tab.keyboard.press("Tab");
  const first = await tab.evaluate(() => document.activeElement.id);
  await (await tab.$("#files")).uploadFile(...dropped);
  const count = dropped.length;
  await tab.waitForFunction(n => document.querySelectorAll("article").length === n, { timeout: 60_000 }, count);
  await tab.waitForFunction(() => document.activeElement.tagName === "H2", { timeout: 10_000 });
  const focused = await tab.evaluate(() => document.activeElement.textContent);
  const pressed = [];
  const buttons = await tab.$$eval("article button", found => found.length);
  for (let n = 0; n < buttons; n++) {
    // A report that is open is stepped through: how often, each browser decides.
    do await tab.keyboard.press("Tab"); while (await tab.evaluate(() => document.activeElement.tagName !== "BUTTON"));
    pressed.push(await tab.evaluate(() => document.activeElement.textContent));
    if (opened !== false || !pressed.at(-1).includes("报告")) await tab.keyboard.press("Enter");
  }
  const shown = {};
  for (const width of widths || []) {
    await tab.setViewport({ width, height: 900 });
    await new Promise(done => setTimeout(done, 300));
    if (axe) await tab.evaluate(fs.readFileSync(axe, "utf8") + "\n;0");
    const violations = !axe ? [] : await tab.evaluate(async () => {
      const found = await window.axe.run(document, { resultTypes: ["violations"] });
      return found.violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(" | "));
    });
    const past = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await tab.screenshot({ path: path.join(outdir, `${browser}-${width}.png`), fullPage: true });
    shown[width] = { violations, past };
  }
  const reports = await tab.$$eval("article iframe", found => found.map(one => [one.title, one.srcdoc.length]));
  const downloads = await tab.evaluate(() => window.downloads);
  const cards = await tab.$$eval("article li", found => found.map(one => one.innerText));
  return { first, focused, pressed, downloads, reports, shown, cards };
}

main(JSON.parse(fs.readFileSync(process.argv[2], "utf8"))).catch(error => {
  console.error(error);
  process.exit(1);
});
