// In the place of Pyodide's own module: its Python starts with the memory of one that has imported what lessons need.
import createPyodideModule from "./pyodide.asm.mjs";
import { loadPyodide as load, version } from "./loader.mjs";

/** @param {string} name */
const file = async (name) => {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok || !response.body) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response.body;
};
const head = file("./snapshot.head").then((body) => new Response(body).arrayBuffer());
const memory = file("./snapshot.gz").then((body) => body.pipeThrough(new DecompressionStream("gzip")).getReader());
for (const each of [head, memory]) each.catch(() => undefined); // whoever loads Python is told

// what is another in each tab than it was where the snapshot was made
const ARRIVE = `
import os, random
random.seed()
os.environ["LANG"] = language
`;

/** A module of Pyodide's that holds the snapshot's memory already: written as it comes, not kept twice.
 * @param {any} settings */
const remembering = async (settings) => {
  const module = await createPyodideModule(settings);
  // how C calls C: only by this browser's own way can stacks be switched
  const place = (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]) >> 2;
  const way = module.HEAP32[place];
  module.growMemory(new Uint32Array(await head)[3]); // a word that Pyodide leaves empty
  const reader = await memory;
  let end = 0;
  for (let part = await reader.read(); part.value; part = await reader.read()) {
    module.HEAPU8.set(part.value, end);
    end += part.value.length;
  }
  module.HEAP32[place] = way;
  return module;
};

/** @param {any} options */
export const loadPyodide = async (options) => {
  const python = await load({ ...options, _loadSnapshot: await head, createPyodideModule: remembering });
  const language = `${navigator.language.replace("-", "_")}.UTF-8`;
  python.runPython(ARRIVE, { globals: python.toPy({ language }) });
  return python;
};
export { version };
