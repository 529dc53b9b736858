"use strict";
/* The index beside the page. A page from the file system cannot fetch; it can run scripts that lie beside it, and each
   part is one, which hands over compressed text. */
const waiting = new Map(), loaded = new Map();

function crosswalkPart(name, packed) { waiting.get(name).done(packed); }

function load(name) {
  if (!loaded.has(name)) loaded.set(name, new Promise((done, failed) => {
    waiting.set(name, { done });
    const script = document.createElement("script");
    script.src = `parts/${name}.js`;
    script.onerror = () => failed(new Error(`parts/${name}.js does not lie beside this page`));
    document.head.append(script);
  }).then(unpack));
  return loaded.get(name);
}

async function unpack(packed) {
  const text = atob(packed), bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/* Titles: for each part the text, the same in small letters, and where each line starts. */
const parts = [];

function addTitles(system, number, text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  starts.push(text.length + 1);
  parts.push({ system, number, text, small: text.toLowerCase(), starts, size: starts.length - 1 });
  parts.sort((a, b) => a.system < b.system ? -1 : a.system > b.system ? 1 : a.number - b.number);
}

function lineOf(part, row) {
  const [code, mark, title] = part.text.slice(part.starts[row], part.starts[row + 1] - 1).split("\t");
  const number = part.number * INDEX.sizeOfTitles + row;
  return { system: part.system, code, dotted: separated(code, mark), title, ended: mark.endsWith("x"), number };
}

/* The code as it is written: each separator stands in its mark, behind the number of characters before it. */
function separated(code, mark) {
  let written = "", from = 0;
  for (const [, at, separator] of mark.matchAll(/(\d+)([^\dx])/g)) { written += code.slice(from, at) + separator; from = +at; }
  return written + code.slice(from);
}

function codeAt(part, row) { const start = part.starts[row]; return part.text.slice(start, part.text.indexOf("\t", start)); }

/* The first row of a part whose code is not before the one asked for. */
function rowFrom(part, code) {
  let low = 0, high = part.size;
  while (low < high) { const middle = (low + high) >> 1; if (codeAt(part, middle) < code) low = middle + 1; else high = middle; }
  return low;
}

function findCode(system, code) {
  for (const part of parts) if (part.system === system) {
    const row = rowFrom(part, code);
    if (row < part.size && codeAt(part, row) === code) return lineOf(part, row);
  }
  return null;
}

function* startingWith(prefix, system) {
  for (const part of parts) if (!system || part.system === system)
    for (let row = rowFrom(part, prefix); row < part.size && codeAt(part, row).startsWith(prefix); row++) yield lineOf(part, row);
}

const SHOWN = 60, COUNTED = 3000;

function searchCodes(asked, system) {
  const written = asked.toUpperCase().replace(/\s/g, ""), bare = [...written].filter(each => !INDEX.separators.includes(each)).join("");
  const found = [];
  for (const line of startingWith(bare, system)) {
    if (written !== bare && !line.dotted.startsWith(written)) continue;
    found.push(line);
    if (found.length >= COUNTED) break;
  }
  return found.sort((a, b) => (b.code === bare) - (a.code === bare) || (a.title === "") - (b.title === ""));
}

/* Looks for the longest word in all titles at once, then for the others in the lines that have it. */
function searchWords(asked, system) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean).sort((a, b) => b.length - a.length);
  const found = [];
  for (const part of parts) if (!system || part.system === system) {
    let row = 0;
    for (let at = part.small.indexOf(words[0]); at >= 0 && found.length < COUNTED; at = part.small.indexOf(words[0], part.starts[row] - 1)) {
      row = rowAt(part, at, row);
      const line = part.small.slice(part.starts[row], part.starts[row + 1] - 1), title = line.slice(line.indexOf("\t", line.indexOf("\t") + 1) + 1);
      if (words.every(word => title.includes(word))) found.push({ part, row, rank: rankOf(title, words) });
      if (++row >= part.size) break;
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(each => lineOf(each.part, each.row));
}

function rowAt(part, at, from) {
  let low = from, high = part.size;
  while (low + 1 < high) { const middle = (low + high) >> 1; if (part.starts[middle] <= at) low = middle; else high = middle; }
  return low;
}

/* Whole words come first, short titles before long ones. */
function rankOf(title, words) {
  const padded = ` ${title.replace(/[^a-z0-9]+/g, " ")} `;
  return title.length + 1000 * words.filter(word => !padded.includes(` ${word} `)).length;
}

function search(asked, system) {
  const text = asked.trim();
  if (!text) return [];
  const codes = /\d/.test(text) || text.length < 4 ? searchCodes(text, system) : [];
  return codes.length ? codes : searchWords(text, system);
}

/* Codes above one (all that it starts with), and those directly below it. */
function above(line) {
  const found = [];
  for (let length = 1; length < line.code.length; length++) { const each = findCode(line.system, line.code.slice(0, length)); if (each) found.push(each); }
  return found;
}

function below(line) {
  const found = [];
  let last = null;
  for (const each of startingWith(line.code, line.system)) {
    if (each.code === line.code || (last && each.code.startsWith(last.code))) continue;
    found.push(last = each);
  }
  return found;
}

async function detailOf(line) {
  const text = await load(`details-${line.system}-${Math.floor(line.number / INDEX.sizeOfDetails)}`);
  const fields = text.split("\n")[line.number % INDEX.sizeOfDetails].split("\t");
  const lists = list => list ? list.split("\x1e").map(record => record.split("\x1f")) : [];
  return { kind: fields[1], setting: fields[2], billable: fields[3].includes("b"), alone: !fields[3].includes("s"),
    section: fields[4], parent: fields[5], episodes: lists(fields[6]), targets: lists(fields[7]) };
}
