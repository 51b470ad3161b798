// Opens the self-check page in a real browser and hands it workbooks: self_check.js BROWSER PROGRAM PAGE OUTDIR FILE...
// BROWSER is chrome or firefox. Prints, as JSON, what the page said; what it made lies in OUTDIR.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const MADE = ["annotated", "sealed"];

async function main(browser, executablePath, page, outdir, files) {
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu"] : [];
  const driven = await puppeteer.launch({ browser, executablePath, args, headless: true, protocolTimeout: 240_000 });
  try {
    const tab = await driven.newPage(), requests = [], errors = [];
    tab.on("request", one => { if (!/^(file|blob|data|about):/.test(one.url())) requests.push(one.url()); });
    tab.on("pageerror", error => errors.push(String(error)));
    tab.on("console", one => { if (one.type() === "error") errors.push(one.text()); });
    if (browser === "chrome") await tab.setOfflineMode(true);
    const began = Date.now();
    await tab.goto(pathToFileURL(page).href);
    await tab.waitForFunction("window.selfcheckReady || !document.getElementById('old').hidden", { timeout: 200_000 });
    const ready = Date.now() - began, checked = [];
    for (const file of files) checked.push(await check(tab, file, outdir));
    const seen = await tab.evaluate(() => document.body.innerText);
    const times = await tab.evaluate(() => window.selfcheck && window.selfcheck.times);
    console.log(JSON.stringify({ version: await driven.version(), ready, times, requests, errors, seen, checked }));
  } finally {
    await driven.close();
  }
}

async function check(tab, file, outdir) {
  const name = path.basename(file), data = fs.readFileSync(file).toString("base64");
  const told = await tab.evaluate(async (name, data, made) => {
    const coded = bytes => {
      let text = "";
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(text);
    };
    const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
    const found = await window.selfcheck.check(name, bytes), files = {};
    for (const kind of made) {
      if (kind === "annotated" ? found.annotated : found.passed) {
        const [title, content] = await window.selfcheck[kind](found.number, "2026-01-05T09:30");
        files[kind] = typeof content === "string" ? { title, why: content } : { title, content: coded(content) };
      }
    }
    if (found.report) files.report = { title: name + ".html", text: await window.selfcheck.report(found.number) };
    return { ...found, files };
  }, name, data, MADE);
  for (const [kind, one] of Object.entries(told.files)) {
    const target = path.join(outdir, kind, one.title || name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (one.content) fs.writeFileSync(target, Buffer.from(one.content, "base64"));
    if (one.text) fs.writeFileSync(target, one.text);
    told.files[kind] = one.why || target;
  }
  return told;
}

const [browser, program, page, outdir, ...files] = process.argv.slice(2);
main(browser, program, page, outdir, files).catch(error => {
  console.error(error);
  process.exit(1);
});
