/* The search: codes as they are written, or words. What words mean, and which answer is better, follows the rules of
   `crosswalk search`: everyday names first, valid codes before ended ones, whole words first, plain titles before long. */
const LOOKED_AT = 400;

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

/* How a word stands in a text, the better the more: WHOLE (or in the plural), at the START of a word, WITHIN one, ABSENT. */
const WHOLE = 3, START = 2, WITHIN = 1, ABSENT = 0;

/* How a word stands at a place of what stands between blanks. */
function standingAt(at, length) {
  const end = at + length, starts = !isLetter(small.charCodeAt(at - 1));
  const ends = !isLetter(small.charCodeAt(end)) || small[end] === "s" && !isLetter(small.charCodeAt(end + 1));
  return starts ? ends ? WHOLE : START : WITHIN;
}

/* The first number whose text in small letters is not before a place, sought from one on. */
function numberAt(at, from) {
  let low = from, step = 1;
  while (low + step < vocabulary.length && smallStarts[low + step] <= at) { low += step; step *= 2; }
  let high = Math.min(low + step, vocabulary.length);
  while (low + 1 < high) { const middle = (low + high) >> 1; if (smallStarts[middle] <= at) low = middle; else high = middle; }
  return low;
}

/* How a word stands in each text: it is sought in the vocabulary, and so a word that stands in all of them takes no
   longer. One of one or two letters stands whole or not at all; one of the same stem stands for it. A word and its stem
   begin with the same letters but for two at the end. */
function standingOfWord(word) {
  const single = singular(word), stem = stemOf(word), found = new Uint8Array(costs.length), least = single.length < 3 ? WHOLE : WITHIN;
  const keep = (number, standing) => { for (let each = havingFrom[number], end = havingFrom[number + 1]; each < end; each++) if (found[having[each]] < standing) found[having[each]] = standing; };
  for (let at = small.indexOf(single), number = 0; at >= 0; at = small.indexOf(single, at + 1)) {
    const standing = standingAt(at, single.length);
    if (standing >= least) keep(number = numberAt(at, number), standing);
  }
  const begins = stem.slice(0, Math.max(stem.length - 2, 3));
  if (begins.length > 2) for (let at = small.indexOf(begins), number = 0; at >= 0; at = small.indexOf(begins, at + 1)) {
    if (!isLetter(small.charCodeAt(at - 1)) && stemOf(wordAt(at)) === stem) keep(number = numberAt(at, number), WHOLE);
  }
  return found;
}

function wordAt(from) {
  let to = from;
  while (isLetter(small.charCodeAt(to))) to++;
  return small.slice(from, to);
}

/* Of several standings in each text the worst, or the best. */
function worstOf(several) {
  return several.length === 1 ? several[0] : several.reduce((worst, own) => { for (let at = 0; at < own.length; at++) if (own[at] < worst[at]) worst[at] = own[at]; return worst; }, several[0].slice());
}

function bestOf(several) {
  return several.length === 1 ? several[0] : several.reduce((best, own) => { for (let at = 0; at < own.length; at++) if (own[at] > best[at]) best[at] = own[at]; return best; }, several[0].slice());
}

/* The worst standing of segments but for those that may lack; ABSENT where more do. */
function worstOfSegments(segments, mayLack) {
  if (!mayLack) return worstOf(segments);
  const worst = new Uint8Array(costs.length);
  for (let at = 0; at < worst.length; at++) {
    let lacking = 0, least = WHOLE;
    for (const own of segments) if (own[at] === ABSENT) lacking++; else if (own[at] < least) least = own[at];
    worst[at] = lacking > mayLack ? ABSENT : least;
  }
  return worst;
}

const SIZE = 2 ** 20, DEEPEST = 15, COSTLIEST = 127;  // more than there are codes; levels; words

/* The best text of each code: by rank (valid before ended, then how the words were read), by how plain it is with what
   a further meaning adds, and without; among equals the codes that are above others first. */
class Hits {
  constructor() {
    this.keys = new Float64Array(codes.length).fill(Infinity);
    this.texts = new Int32Array(codes.length);
  }

  keep(row, rank, cost, further, text) {
    const own = Math.min(cost + 2 * isModifier[row], COSTLIEST), key = (rank * (COSTLIEST + 1) + Math.min(own + further, COSTLIEST)) * (COSTLIEST + 1) + own;
    if (key < this.keys[row]) { this.keys[row] = key; this.texts[row] = text; }
  }

  inOrder() {
    let count = 0;
    const order = new Float64Array(this.keys.length);
    for (let row = 0; row < order.length; row++) if (this.keys[row] < Infinity) order[count++] = (this.keys[row] * (DEEPEST + 1) + Math.min(levels[row], DEEPEST)) * SIZE + row;
    const found = order.subarray(0, count).sort();
    return { length: count, at: number => asLine({ row: found[number] % SIZE, text: this.texts[found[number] % SIZE] }) };
  }
}

/* Texts that fit some wordings but for so many segments. */
function findWordings(wordings, system, mayLack) {
  const hits = new Hits(), known = new Map();
  const standing = word => { if (!known.has(word)) known.set(word, standingOfWord(word)); return known.get(word); };
  for (const { wanted, reading, further } of wordings) {
    const segments = wanted.map(groups => worstOf(groups.map(group => bestOf(group.map(words => worstOf(words.map(standing)))))));
    const worst = worstOfSegments(segments, mayLack), rankOf = (row, own) => 4 * ended[row] + (own === WHOLE ? reading : 1 + WHOLE - own);
    for (const { from, to } of rowsOf(system)) {
      for (let row = from; row < to; row++) if (worst[row]) hits.keep(row, rankOf(row, worst[row]), costs[row], further, row);
      for (let at = 0, text = codes.length; at < terms.length; at++, text++) if (worst[text]) {
        const { row, further: own } = terms[at];
        if (row >= from && row < to) hits.keep(row, rankOf(row, worst[text]), costs[text] + own, further, text);
      }
    }
  }
  return hits.inOrder();
}

const FOUND_BY = { "inclusion term": "also called", product: "a product is", "former title": "formerly", includes: "includes", note: "another code's note says" };

/* A code that is found as it is shown: by which further text it was. */
function asLine({ line, row, text }) {
  const kind = text >= codes.length && terms[text - codes.length].kind;
  return { ...(line ?? lineOf(row)), term: kind ? `${FOUND_BY[kind]} ${textAt(text)}` : "" };
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

/* The codes that start so: exact ones first, then valid ones, then those with a title; beyond the first of each system as
   they stand. */
function searchCodes(asked, system) {
  const written = asked.toUpperCase().replace(/\s/g, ""), bare = withoutSeparators(written);
  const first = [], rest = [];
  if (!bare) return [];
  for (const rows of rowsOf(system)) {
    const end = rowFrom(rows, `${bare}\u007f`);
    for (let row = rowFrom(rows, bare), at = 0; row < end; row++, at++) {
      const hit = { row, text: row, line: at < LOOKED_AT || written !== bare ? lineOf(row) : undefined };
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
