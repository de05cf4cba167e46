// Makes the memory that the tab's Python starts with: one that has imported what a lesson's first cells need.
// node snapshot.mjs PYODIDE-FOLDER PACKAGES-FOLDER ENVIRONMENT-AS-JSON; writes snapshot.head and snapshot.gz, prints the modules that are in it, as JSON.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

// Pyodide notes in its memory whether there is stack switching; where there is none its JavaScript knows that, too.
// Nothing here uses it.
WebAssembly.Suspending ??= function (/** @type {unknown} */ given) {
  return given;
};
WebAssembly.promising ??= (/** @type {unknown} */ given) => given;

const [folder, packages, environment] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/loader.mjs`).href);

const python = async () => {
  const made = await loadPyodide({
    indexURL: folder,
    env: JSON.parse(environment),
    stdout: (/** @type {string} */ line) => console.error(line),
    _makeSnapshot: true,
  });
  made.mountNodeFS("/lib/python3.14/site-packages", packages);
  return made;
};

/** Overwrite what is free, which packs badly. @param {any} module */
const clear = (module) => {
  const found = [];
  for (const size of [1 << 20, 1 << 16, 1 << 12, 1 << 8, 1 << 5]) {
    const end = module._sbrk(0);
    while (module._sbrk(0) === end) {
      const place = module._malloc(size);
      module.HEAPU8.fill(0, place, place + size);
      found.push(place);
    }
  }
  found.forEach((place) => module._free(place));
};

const names = (await python()).runPython("import json; from podlab.site import first; json.dumps(first.modules())");
const fresh = await python();
fresh.runPython(`
import gc, importlib, io, json, sys, zipimport
from podlab.site import first
first.bring(json.loads(${JSON.stringify(names)}))
sys.modules.pop("podlab.site.first")
del first, json
importlib.invalidate_caches()
sys.path_importer_cache.clear()
zipimport._zip_directory_cache.clear()
gc.collect()
opened = [each for each in gc.get_objects() if isinstance(each, io.FileIO) and not each.closed and each.fileno() > 2]
assert not opened, opened  # in a tab there is no such file
del gc, importlib, io, opened, sys, zipimport
`);
clear(fresh._module);
const snapshot = fresh.makeMemorySnapshot();
const words = new Uint32Array(snapshot.buffer, 0, 4);
const head = snapshot.subarray(0, words[1]);
const memory = snapshot.subarray(words[1]);
words[3] = memory.length;
writeFileSync(`${folder}/snapshot.head`, head);
writeFileSync(`${folder}/snapshot.gz`, gzipSync(memory, { level: 9 }));
console.log(names);
process.exit();
