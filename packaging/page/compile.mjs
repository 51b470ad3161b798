// node compile.mjs PYODIDE FOLDER ZIP
// The modules below FOLDER, compiled by the very Python that will load them, and all that lies beside them, in a ZIP
// that is not packed: the page packs it as a whole.
import fs from "fs";
import path from "path";
import { pathToFileURL } from "url";

const [home, folder, target] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.resolve(home, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: path.resolve(home) });
for (const name of fs.readdirSync(folder, { recursive: true })) {
  const from = path.join(folder, name), to = "/app/" + name.split(path.sep).join("/");
  if (fs.statSync(from).isDirectory()) continue;
  python.FS.mkdirTree(path.posix.dirname(to));
  python.FS.writeFile(to, new Uint8Array(fs.readFileSync(from)));
}
python.runPython(`
import py_compile, zipfile
from pathlib import Path

root, never = Path("/app"), py_compile.PycInvalidationMode.UNCHECKED_HASH
for source in root.rglob("*.py"):
    shown = "/checker/" + source.relative_to(root).as_posix()
    py_compile.compile(str(source), str(source.with_suffix(".pyc")), shown, doraise=True, optimize=2, invalidation_mode=never)
    source.unlink()
with zipfile.ZipFile("/app.zip", "w", zipfile.ZIP_STORED) as archive:
    for path in sorted(one for one in root.rglob("*") if one.is_file()):
        archive.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix(), (2026, 1, 1, 0, 0, 0)), path.read_bytes())
`);
fs.writeFileSync(target, python.FS.readFile("/app.zip"));
process.exit(0);
