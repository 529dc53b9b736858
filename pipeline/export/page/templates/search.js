/* The search: codes as they are written, or words. What words mean, and which answer is better, follows the rules of
   `crosswalk search`: everyday names first, valid codes before ended ones, whole words first, plain titles before long. */
const LOOKED_AT = 400, PLENTY = 100;
const SAY_LITTLE = new Set(["of", "the", "and", "or", "in", "with", "without", "to", "unspecified", "nos", "site"]);

function plainWords(text) {
  return text.toLowerCase().replace(/['\u2019]/g, "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").match(/[a-z0-9]+/g) ?? [];
}

function weightyWords(text) {
  const words = [...new Set(plainWords(text))], weighty = words.filter(each => !INDEX.light.includes(each));
  return weighty.length ? weighty : words;
}

function singular(word) { return /[a-z]{3}s$/.test(word) && !/[sui]s$/.test(word) ? word.slice(0, -1) : word; }

/* The words in stretches: the longest everyday names first, then single words. */
function segmentsOf(words) {
  const found = [];
  for (let at = 0; at < words.length;) {
    let length = Math.min(INDEX.longestName, words.length - at);
    while (length && !everydayNames.has(words.slice(at, at + length).map(singular).join(" "))) length--;
    const own = words.slice(at, at + (length || 1));
    found.push({ words: own, meanings: length ? everydayNames.get(own.map(singular).join(" ")) : [] });
    at += length || 1;
  }
  return found;
}

/* A wording has for each segment groups that must all be there; a group has alternatives, each some words. */
function asWritten(segment) { return segment.words.map(word => [[word], ...(sameWords.get(word) ?? [])]); }

function asMeant(segment, number) {
  const { meanings } = segment;
  return meanings.length ? meanings[Math.min(number, meanings.length - 1)].map(word => [[word]]) : asWritten(segment);
}

function wordingsOf(segments) {
  const most = Math.max(...segments.map(each => each.meanings.length));
  const meant = Array.from({ length: most }, (_, number) => ({ wanted: segments.map(each => asMeant(each, number)), reading: 0, further: 2 * number }));
  return [...meant, { wanted: segments.map(asWritten), reading: 1, further: 0 }];
}

const isLetter = code => code >= 97 && code <= 122 || code >= 48 && code <= 57;

/* How a word stands in a title: 0 whole (or in the plural), 1 at the start of a word, 2 within one, 3 not at all. */
function standing(title, word) {
  const stem = singular(word);
  let best = 3;
  for (let at = title.indexOf(stem); at >= 0 && best; at = title.indexOf(stem, at + 1)) {
    const end = at + stem.length, starts = !isLetter(title.charCodeAt(at - 1));
    const ends = !isLetter(title.charCodeAt(end)) || title[end] === "s" && !isLetter(title.charCodeAt(end + 1));
    best = Math.min(best, starts ? ends ? 0 : 1 : 2);
  }
  return best && stem.length < 3 ? 3 : best;
}

/* How the words of a segment stand in a title: the worst of its groups, of each its best alternative. */
function standingOfSegment(title, groups) {
  let worst = 0;
  for (const group of groups) {
    let best = 3;
    for (const words of group) best = Math.min(best, Math.max(...words.map(word => standing(title, word))));
    if ((worst = Math.max(worst, best)) === 3) return 3;
  }
  return worst;
}

/* The worst standing of the segments but for those that may lack; 3 where more do. */
function standingOfAll(title, wanted, mayLack) {
  let worst = 0, lacking = 0;
  for (const groups of wanted) {
    const own = standingOfSegment(title, groups);
    if (own < 3) worst = Math.max(worst, own); else if (++lacking > mayLack) return 3;
  }
  return worst;
}

function rowAt(text, at, from) {
  let low = from, step = 1;
  while (low + step < text.size && text.starts[low + step] <= at) { low += step; step *= 2; }
  let high = Math.min(low + step, text.size);
  while (low + 1 < high) { const middle = (low + high) >> 1; if (text.starts[middle] <= at) low = middle; else high = middle; }
  return low;
}

/* How often a word stands in the texts, and no further than that it is frequent; counted once. */
const FREQUENT = 400, frequencies = new Map();

function frequency(word) {
  if (!frequencies.has(word)) {
    let count = 0;
    for (const { small } of [...parts, terms]) for (let at = small.indexOf(word); at >= 0 && count < FREQUENT; at = small.indexOf(word, at + word.length)) count++;
    frequencies.set(word, count);
  }
  return frequencies.get(word);
}

/* The rarest group of a segment: the words that are sought for it, and how often there are such. */
function rarest(groups) {
  const counted = groups.map(group => ({ group, count: group.reduce((sum, words) => sum + Math.min(...words.map(word => frequency(singular(word)))), 0) }));
  return counted.reduce((a, b) => b.count < a.count ? b : a);
}

/* The groups one of which each text has that fits: of the rarest segment, and of the next where one may lack. None where
   too many segments have a word that no text has. */
function soughtFirst(wanted, mayLack) {
  if (wanted.length === 1) return [wanted[0].length === 1 ? wanted[0][0] : rarest(wanted[0]).group];
  const found = [];
  let absent = 0;
  for (const groups of wanted) {
    const own = rarest(groups);
    if (own.count) found.push(own); else if (++absent > mayLack) return [];
  }
  return found.sort((a, b) => a.count - b.count).slice(0, 1 + mayLack - absent).map(each => each.group);
}

const longestOf = words => words.reduce((a, b) => b.length > a.length ? b : a);

/* Each row of a text whose field of that number fits, with how its words stand; a word of one or two letters is sought
   where a word begins. */
function scan(text, sought, { wanted }, mayLack, field, take) {
  const seen = new Uint8Array(text.size);
  for (const stem of sought.flatMap(group => group.map(words => singular(longestOf(words))))) for (const start of stem.length < 3 ? [` ${stem}`, `\t${stem}`] : [stem]) {
    let row = 0;
    for (let at = text.small.indexOf(start); at >= 0; at = text.small.indexOf(start, text.starts[row] - 1)) {
      row = rowAt(text, at, row);
      if (!seen[row]) {
        seen[row] = 1;
        const [from, to] = fieldAt(text, row, field), worst = standingOfAll(text.small.slice(from, to), wanted, mayLack);
        if (worst < 3) take(row, worst, from, to);
      }
      if (++row >= text.size) break;
    }
  }
}

/* From where to where a field of a line goes, by its number. */
function fieldAt(text, row, number) {
  let from = text.starts[row];
  for (let each = 0; each < number; each++) from = text.small.indexOf("\t", from) + 1;
  const tab = text.small.indexOf("\t", from), end = text.starts[row + 1] - 1;
  return [from, tab < 0 || tab > end ? end : tab];
}

function costOf(title) {
  return (title.match(/[a-z0-9]+/g) ?? []).filter(each => !SAY_LITTLE.has(each)).length + (title.startsWith("other ") ? 1 : 0);
}

const TITLE = 2, ENDED = 3, TERM = 3, TAB = 9;

function hasEnded(part, row) { return part.small.charCodeAt(fieldAt(part, row, ENDED)[0]) !== TAB; }

const SIZE = 2 ** 20;  // more than there are codes

/* The best text of each code, by rank (valid before ended, then how the words were read) and length. */
class Hits {
  constructor() {
    let size = 0;
    this.first = new Map(parts.map(part => { const own = [part, size]; size += part.size; return own; }));
    this.keys = new Float64Array(size).fill(Infinity);
    this.terms = new Int32Array(size).fill(-1);
  }

  keep(part, row, rank, further, length, term) {
    const at = this.first.get(part) + row, key = (32 * rank + Math.min(further, 31)) * 2048 + Math.min(length, 2047);
    if (key < this.keys[at]) { this.keys[at] = key; this.terms[at] = term; }
  }

  hitAt(number) {
    const part = parts.findLast(each => this.first.get(each) <= number), row = number - this.first.get(part), key = this.keys[number] >> 11;
    const term = this.terms[number], [text, at, field] = term < 0 ? [part, row, TITLE] : [terms, term, TERM];
    return { part, row, rank: key >> 5, further: key & 31, term, title: text.small.slice(...fieldAt(text, at, field)), line: lineOf(part, row) };
  }

  /* The plainness of titles is looked at for those that may be shown first, the rest is by rank and length. */
  inOrder() {
    let count = 0;
    const order = new Float64Array(this.keys.length);
    this.keys.forEach((key, number) => { if (key < Infinity) order[count++] = key * SIZE + number; });
    const found = order.subarray(0, count).sort(), first = Array.from(found.subarray(0, LOOKED_AT), each => this.hitAt(each % SIZE));
    const cost = new Map(first.map(hit => [hit, costOf(hit.title) + hit.further + (hit.line.nature === "modifier" ? 2 : 0)]));
    first.sort((a, b) => a.rank - b.rank || cost.get(a) - cost.get(b) || a.line.code.length - b.line.code.length || parts.indexOf(a.part) - parts.indexOf(b.part) || a.row - b.row);
    return { length: count, at: number => asLine(first[number] ?? this.hitAt(found[number] % SIZE)) };
  }
}

/* Titles and terms that fit some wordings but for so many segments; where the first wordings have enough, the others are
   left. */
function findWordings(wordings, system, mayLack) {
  const hits = new Hits();
  let valid = 0;
  for (const wording of wordings) {
    if (valid >= PLENTY) break;
    const { reading, further } = wording, sought = soughtFirst(wording.wanted, mayLack), rankOf = (ended, worst) => 4 * ended + (worst ? 1 + worst : reading);
    for (const part of sought.length ? parts : []) if (!system || part.system === system)
      scan(part, sought, wording, mayLack, TITLE, (row, worst, from, to) => {
        const ended = part.small.charCodeAt(to + 1) !== TAB;
        if (!ended && !worst) valid++;
        hits.keep(part, row, rankOf(ended, worst), further, to - from, -1);
      });
    if (sought.length) scan(terms, sought, wording, mayLack, TERM, (row, worst, from, to) => {
      const { part, own, kind } = codeOfTerm(row);
      if (!system || part.system === system) hits.keep(part, own, rankOf(hasEnded(part, own), worst), further + (kind === "p" ? 1 : 0), to - from, row);
    });
  }
  return hits.inOrder();
}

/* Of which code a term is a name, and of which kind. */
function codeOfTerm(row) {
  const [of, number, kind, text] = terms.text.slice(terms.starts[row], terms.starts[row + 1] - 1).split("\t");
  const part = parts.find(each => each.system === of && each.number === Math.floor(number / INDEX.sizeOfTitles));
  return { part, own: number % INDEX.sizeOfTitles, kind, text };
}

function asLine({ line, part, row, term }) {
  const named = term >= 0 && codeOfTerm(term);
  return { ...(line ?? lineOf(part, row)), term: named ? `${named.kind === "p" ? "a product is" : "also called"} ${named.text}` : "" };
}

const NOTHING = { length: 0 };

function searchWords(asked, system) {
  const segments = segmentsOf(weightyWords(asked));
  if (!segments.length) return { hits: NOTHING, hasAllWords: true };
  const wordings = wordingsOf(segments), hits = findWordings(wordings, system, 0), hasAllWords = hits.length > 0 || segments.length < 2;
  return { hits: hasAllWords ? hits : findWordings(wordings, system, 1), hasAllWords };
}

const withoutSeparators = written => [...written].filter(each => !INDEX.separators.includes(each)).join("");

/* A code with one separator for all: E11-9 is written for E11.9. */
const withDots = written => [...written].map(each => INDEX.separators.includes(each) ? "." : each).join("");

/* The codes that start so: exact ones first, then valid ones, then those with a title; beyond the first of each part as
   they stand. */
function searchCodes(asked, system) {
  const written = asked.toUpperCase().replace(/\s/g, ""), bare = withoutSeparators(written);
  const first = [], rest = [];
  if (!bare) return [];
  for (const part of parts) if (!system || part.system === system) {
    const end = rowFrom(part, `${bare}\u007f`);
    for (let row = rowFrom(part, bare), at = 0; row < end; row++, at++) {
      const hit = { part, row, term: -1, line: at < LOOKED_AT || written !== bare ? lineOf(part, row) : undefined };
      if (written !== bare && !withDots(hit.line.dotted).startsWith(withDots(written))) continue;
      (hit.line ? first : rest).push(hit);
    }
  }
  const order = ({ line }) => (line.code === bare ? 0 : 4) + (line.ended ? 2 : 0) + (line.title ? 0 : 1);
  return [...first.sort((a, b) => order(a) - order(b)), ...rest];
}

/* What is found: how many, the lines from one to another of them, and whether texts have all words; or too many words. */
function search(asked, system) {
  const text = asked.trim(), isCode = /^\S*\d\S*$/.test(text), words = isCode ? 1 : weightyWords(text).length;
  if (words > INDEX.mostWords) return { count: 0, lines: () => [], tooMany: words };
  const codes = text && (/\d/.test(text) || text.length < 4) ? searchCodes(text, system) : [];
  const { hits, hasAllWords } = text.length < 2 || codes.length && isCode ? { hits: NOTHING, hasAllWords: true } : searchWords(text, system);
  const count = codes.length + hits.length, lineAt = at => at < codes.length ? asLine(codes[at]) : hits.at(at - codes.length);
  return { count, isCode, hasAllWords, lines: (from, to) => Array.from({ length: Math.max(Math.min(to, count) - from, 0) }, (_, at) => lineAt(from + at)) };
}
