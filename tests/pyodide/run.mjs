// Runs a Python file in Pyodide, with the checkout and the pure Python packages of an environment mounted.
// node run.mjs PYODIDE-FOLDER CHECKOUT SITE-PACKAGES FILE.py
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, checkout, packages, file] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const say = (line) => console.log(line);
const python = await loadPyodide({ indexURL: folder, stdout: say, stderr: say, env: { HOME: "/home/pyodide", LANGUAGE: "en" } });
for (const [path, source] of [["/checkout", checkout], ["/packages", packages]]) {
  python.FS.mkdirTree(path);
  python.mountNodeFS(path, source);
}
python.FS.mkdirTree("/drive"); // where JupyterLite has the notebooks
python.runPython("import os, sys; sys.path[:0] = ['/checkout']; sys.path.append('/packages'); os.chdir('/drive')");
try {
  console.log(`told: ${await python.runPythonAsync(readFileSync(file, "utf8"))}`);
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
}
process.exit(); // the cluster would go on for ever
