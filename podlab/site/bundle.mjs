// Compiles bundles with the Python that will load them: every .py in a zip becomes the .pyc that Python takes in its place.
// node bundle.mjs PYODIDE-FOLDER BUNDLE.zip=FOLDER-WHERE-PYTHON-HAS-IT …
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const COMPILE = `
import importlib._bootstrap_external as bytecode, io, warnings, zipfile

def compiled(place, source):
    # unchecked: its source is not there to check it with
    return bytecode._code_to_hash_pyc(compile(source, place, "exec", dont_inherit=True), bytes(8), False)

def bundle(packed, folder):
    warnings.simplefilter("ignore")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content, name = old.read(entry), entry.filename
            if name.endswith(".py") and not name.endswith("site/startup.py"):
                content, name = compiled(f"{folder}/{name}", content), name + "c"
            fresh = zipfile.ZipInfo(name, entry.date_time)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fresh, content, compresslevel=9)
    return made.getvalue()
`;
const [folder, ...bundles] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: folder });
python.runPython(COMPILE);
const bundle = python.globals.get("bundle");
for (const [path, place] of bundles.map((each) => each.split("="))) {
  const made = bundle(python.toPy(new Uint8Array(readFileSync(path))), place);
  writeFileSync(path, made.toJs());
  made.destroy();
}
process.exit();
