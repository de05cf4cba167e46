// @ts-check
// The colours of a manifest: keys, strings, numbers, comments; what is none of them stays as it is.
/// <reference path="../live.js" />

const LINE = /^(\s*(?:-\s+)*)((?:"[^"]*"|'[^']*'|[^\s#'"[\]{}&*!|>%@`,-][^#]*?)(?=\s*:(?:\s|$)))?(\s*:)?(.*)$/;
const TOKEN =
  /(\s#.*$|^#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?<![\w./:-])(-?\d+(?:\.\d+)?|true|false|null|~)(?=\s*(?:$|[\s,\]}]))/g;
const BLOCK = /[|>][+-]?\d?\s*(?:#.*)?$/;

/** The lines of a text, each with its parts in spans. @param {string} text @returns {HTMLElement[]} */
function coloured(text) {
  let block = -1; // the indentation of the key whose text of several lines goes on
  return text.split("\n").map((line) => {
    const depth = line.search(/\S/);
    if (block >= 0 && (depth < 0 || depth > block)) return row(token(line, "string"));
    block = -1;
    const [, indent, key, colon, rest] = /** @type {RegExpMatchArray} */ (line.match(LINE));
    if (key === undefined) return row(indent, ...tokens((colon ?? "") + rest));
    if (BLOCK.test(rest)) block = depth;
    return row(indent, token(key, "key"), colon ?? "", ...tokens(rest));
  });
}

/** @param {...(string | HTMLElement)} parts */
function row(...parts) {
  return element("div", {}, ...parts, "\u200b"); // a line with nothing on it is as high as the others
}

/** @param {string} text @param {string} what */
function token(text, what) {
  return element("span", { class: `podlab-yaml-${what}` }, text);
}

/** A value with its parts coloured. @param {string} text @returns {(string | HTMLElement)[]} */
function tokens(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, comment, string] = found;
    parts.push(text.slice(at, found.index), token(whole, comment ? "comment" : string ? "string" : "number"));
    at = found.index + whole.length;
  }
  return [...parts, text.slice(at)];
}
