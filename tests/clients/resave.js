// Opens workbooks with one library after another and saves each again: resave.js OUTDIR FILE...
// Prints, as JSON, what each library said of each file: "" where it could open and save it.
"use strict";
const fs = require("fs");
const path = require("path");

const CLIENTS = {
  xlsx: async (file, target) => {
    const library = require("xlsx");
    const book = library.read(fs.readFileSync(file), { cellFormula: true, cellNF: true, cellStyles: true });
    fs.writeFileSync(target, library.write(book, { type: "buffer", bookType: "xlsx" }));
  },
  exceljs: async (file, target) => {
    const book = new (require("exceljs").Workbook)();
    await book.xlsx.readFile(file);
    await book.xlsx.writeFile(target);
  },
  "xlsx-populate": async (file, target) => {
    const book = await require("xlsx-populate").fromFileAsync(file);
    await book.toFileAsync(target);
  },
};

async function main(outdir, files) {
  const said = {};
  for (const [name, resave] of Object.entries(CLIENTS)) {
    said[name] = {};
    for (const file of files) {
      const target = path.join(outdir, name, path.basename(file));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      try {
        await resave(file, target);
        said[name][file] = "";
      } catch (error) {
        said[name][file] = String(error);
      }
    }
  }
  console.log(JSON.stringify(said));
}

main(process.argv[2], process.argv.slice(3));
