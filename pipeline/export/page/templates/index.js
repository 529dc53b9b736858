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

/* Texts to search in: the lines as they are, the same in small letters without accents, and where each line starts. */
function searchable(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  starts.push(text.length + 1);
  const small = text.toLowerCase().replace(/[\u00c0-\u024f]/g, letter => letter.normalize("NFD")[0]);
  return { text, small, starts: Int32Array.from(starts), size: starts.length - 1 };
}

/* Titles by system, in the order of their codes. */
const parts = [];

function addTitles(system, number, text) {
  parts.push({ system, number, ...searchable(text) });
  parts.sort((a, b) => a.system < b.system ? -1 : a.system > b.system ? 1 : a.number - b.number);
}

function lineOf(part, row) {
  const [code, mark, title, ended, today] = part.text.slice(part.starts[row], part.starts[row + 1] - 1).split("\t");
  const number = part.number * INDEX.sizeOfTitles + row;
  return { system: part.system, code, dotted: separated(code, mark), title, nature: natureOf(part.system, mark), ended, today: today ? today.split(",") : [], number };
}

/* What a code is for: a cause of death is not billed, a measure is reported and as a rule not paid. */
function natureOf(system, mark) {
  if (mark.endsWith("h")) return "heading";
  if (INDEX.systems[system].ofDeaths) return "valid";
  return mark.endsWith("m") ? "reportable" : mark.endsWith("o") ? "modifier" : "billable";
}

/* The code as it is written: each separator stands in its mark, behind the number of characters before it. */
function separated(code, mark) {
  let written = "", from = 0;
  for (const [, at, separator] of mark.matchAll(/(\d+)([^\da-z])/g)) { written += code.slice(from, at) + separator; from = +at; }
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
  return { kind: fields[1], setting: fields[2], alone: !fields[3].includes("s"), section: fields[4], parent: fields[5],
    episodes: lists(fields[6]), targets: lists(fields[7]), policies: lists(fields[8]), rules: lists(fields[9]) };
}

/* Titles of sections, categories, policies and rules, until when policies are known; everyday names and words that mean the same; further names of codes. */
const names = new Map(), everydayNames = new Map(), sameWords = new Map();
let terms = null;

async function loadTitles() {
  const jobs = [];
  for (const [system, { codes }] of Object.entries(INDEX.systems))
    for (let number = 0; number * INDEX.sizeOfTitles < codes; number++)
      jobs.push(load(`titles-${system}-${number}`).then(text => addTitles(system, number, text)));
  jobs.push(load("names").then(text => { for (const line of text.split("\n")) { const [kind, of, id, title] = line.split("\t"); names.set("prk".includes(kind) ? `${kind} ${id}` : `${kind} ${of} ${id}`, title); } }));
  jobs.push(load("terms").then(text => { terms = searchable(text); }));
  jobs.push(load("words").then(text => { for (const line of text.split("\n")) { const [kind, name, means] = line.split("\t"); (kind === "n" ? everydayNames : sameWords).set(name, means.split("|").map(each => each.split(" "))); } }));
  await Promise.all(jobs);
}

let ready = null;
function whenReady() { return ready ??= loadTitles(); }
