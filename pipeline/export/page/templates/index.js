"use strict";
/* The index beside the page. A page from the file system cannot fetch; it can run scripts that lie beside it, and each
   part is one, which hands over compressed text. */
const waiting = new Map(), loaded = new Map();

function crosswalkPart(name, size, packed) { waiting.get(name).done({ size, packed }); }

/* A part as text, or as bytes. */
function load(name, kind = "text") {
  if (!loaded.has(name)) loaded.set(name, new Promise((done, failed) => {
    waiting.set(name, { done });
    const script = document.createElement("script");
    script.src = `parts/${name}.js`;
    script.onerror = () => failed(new Error(`parts/${name}.js does not lie beside this page`));
    document.head.append(script);
  }).then(unpack).then(response => response[kind]()));
  return loaded.get(name);
}

/* Fifteen bits stand in a character, from U+0800 on; what they make is compressed. */
function unpack({ size, packed }) {
  const bytes = new Uint8Array(size);
  for (let character = 0, at = 0, bits = 0, left = 0; at < size; character++) {
    bits = bits << 15 | packed.charCodeAt(character) - 0x800;
    for (left += 15; left >= 8 && at < size; at++) bytes[at] = bits >> (left -= 8);
    bits &= (1 << left) - 1;
  }
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")));
}

/* Codes by rows, in the order of systems and of codes; of each its line, and whether it has ended. */
const codes = [], systems = [];
let lines = "", lineStarts = null, ended = null, isModifier = null, levels = null;

function holdCodes(text) {
  let row = 0;
  for (const [system, { codes: own }] of Object.entries(INDEX.systems)) if (own) systems.push({ system, from: row, to: row += own });
  [lines, lineStarts, ended, isModifier, levels] = [text, new Int32Array(row + 1), new Uint8Array(row), new Uint8Array(row), new Uint8Array(row)];
  for (let at = 0, before = "", each = 0; each < row; each++) {
    const end = text.indexOf("\t", at), day = text.indexOf("\t", end + 1) + 1;
    codes.push(before = before.slice(0, text.charCodeAt(at) - A) + text.slice(at + 1, end));
    lineStarts[each] = end + 1;
    ended[each] = text.charCodeAt(day) !== TAB;
    isModifier[each] = text[day - 2] === "o";
    at = text.indexOf("\n", day) + 1;
  }
  lineStarts[row] = text.length + 1;
  for (const { from, to } of systems) for (let each = from, above = []; each < to; each++) {
    while (above.length && !codes[each].startsWith(above.at(-1))) above.pop();
    levels[each] = above.push(codes[each]);
  }
}

const A = 97, TAB = 9;

/* Texts as numbers of what stands between blanks in them: the titles of codes by rows, behind them further texts. Of each
   text where it starts and how far it is from the plainest one, and of what stands in texts those that have it, each as
   often as it does. */
let vocabulary = [], small = "", smallStarts = null, numbers = null, starts = null, costs = null, having = null, havingFrom = null;

function holdTexts(listed, buffer) {
  vocabulary = listed.split("\n");
  small = listed.toLowerCase().replace(/[\u00c0-\u024f]/g, letter => letter.normalize("NFD")[0]);
  numbers = vocabulary.length > 65536 ? new Uint32Array(buffer) : new Uint16Array(buffer);
  smallStarts = new Int32Array(vocabulary.length + 1);
  for (let each = 1, at = 0; each <= vocabulary.length; each++) { at = small.indexOf("\n", at) + 1 || small.length + 1; smallStarts[each] = at; }
  havingFrom = new Int32Array(vocabulary.length + 1);
  for (const number of numbers) havingFrom[number + 1]++;
  const texts = havingFrom[1], words = small.split("\n"), own = Uint8Array.from(words, costOf), isOther = Uint8Array.from(words, word => word === "other");
  [starts, costs] = [new Int32Array(texts + 1), new Uint16Array(texts)];
  for (let each = 1; each <= vocabulary.length; each++) havingFrom[each] += havingFrom[each - 1];
  having = new Int32Array(numbers.length);
  const next = havingFrom.slice();
  for (let at = 0, text = 0; at < numbers.length; at++) {
    const number = numbers[at];
    having[next[number]++] = text;
    if (number) costs[text] += own[number] + (at === starts[text] && isOther[number]); else starts[++text] = at + 1;
  }
}

/* How many words there are that tell something; a text that begins with "other" has one more. */
const SAY_LITTLE = new Set(["of", "the", "and", "or", "in", "with", "without", "to", "unspecified", "nos", "site"]);

function costOf(words) { return (words.replaceAll("'", "").match(/[a-z0-9]+/g) ?? []).filter(each => !SAY_LITTLE.has(each)).length; }

function textAt(text) { return Array.from(numbers.subarray(starts[text], starts[text + 1] - 1), number => vocabulary[number]).join(" "); }

function lineOf(row) {
  const { system } = systems.find(each => row < each.to), code = codes[row];
  const [mark, end, today] = lines.slice(lineStarts[row], lines.indexOf("\n", lineStarts[row]) >>> 0).split("\t");
  return { system, code, dotted: separated(code, mark), title: textAt(row), nature: natureOf(system, mark), ended: end, today: today ? today.split(",") : [], row };
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

/* The first row of some whose code is not before the one asked for. */
function rowFrom({ from, to }, code) {
  while (from < to) { const middle = (from + to) >> 1; if (codes[middle] < code) from = middle + 1; else to = middle; }
  return from;
}

const rowsOf = system => systems.filter(each => !system || each.system === system);

function findCode(system, code) {
  for (const rows of rowsOf(system)) { const row = rowFrom(rows, code); if (row < rows.to && codes[row] === code) return lineOf(row); }
  return null;
}

function* startingWith(prefix, system) {
  for (const rows of rowsOf(system)) for (let row = rowFrom(rows, prefix); row < rows.to && codes[row].startsWith(prefix); row++) yield lineOf(row);
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

/* What the page of a code shows: of records the fields that recur stand once, by their number. */
async function detailOf({ row }) {
  const parts = await Promise.all([load("recurring"), load(`details-${Math.floor(row / INDEX.sizeOfDetails)}`)]);
  const [recurring, columns] = parts.map(text => text.split("\x1d").map(each => each.split("\n")));
  const [nature, episodes, mapped, policies, rules] = columns.map((column, at) => recordsOf(column[row % INDEX.sizeOfDetails], recurring[at]));
  const [[kind, setting, flags, section, parent]] = nature, targets = mapped.map(([way, scenario, list, marks, day, target]) => [way, target, scenario, list, marks, day]);
  return { kind, setting, alone: !flags.includes("s"), section, parent, episodes, targets, policies, rules };
}

function recordsOf(line, recurring) {
  return line ? line.split("\x1e").map(record => { const [number, own] = record.split("\x1f"); return [...recurring[number].split("\x1f"), own]; }) : [];
}

/* Titles of sections, categories, policies and rules, until when policies are known; everyday names and words that mean
   the same; of the texts behind the titles the rows of their codes, their kinds, and how
   much further they are from the code. */
const names = new Map(), everydayNames = new Map(), sameWords = new Map(), terms = [];

const fieldsOf = text => text ? text.split("\n").map(line => line.split("\t")) : [];

async function loadTexts() {
  const [words, numbered] = await Promise.all([load("vocabulary"), load("texts", "arrayBuffer")]);
  holdTexts(words, numbered);
}

async function loadIndex() {
  await Promise.all([loadTexts(), load("codes").then(holdCodes),
    load("terms").then(text => { for (const [row, kind, further] of fieldsOf(text)) terms.push({ row: +row, kind, further: +further }); }),
    load("names").then(text => { for (const [kind, of, id, title] of fieldsOf(text)) names.set("prk".includes(kind) ? `${kind} ${id}` : `${kind} ${of} ${id}`, title); }),
    load("words").then(text => { for (const [kind, name, means] of fieldsOf(text)) (kind === "n" ? everydayNames : sameWords).set(name, means.split("|").map(each => each.split(" "))); })]);
}

let ready = null;
function whenReady() { return ready ??= loadIndex(); }
