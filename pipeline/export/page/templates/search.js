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

/* A wording is a list of groups that must all be there; a group has alternatives, each some words. */
function asWritten(segments) {
  return segments.flatMap(each => each.words.map(word => [[word], ...(sameWords.get(word) ?? [])]));
}

function asMeant(segments, number) {
  return segments.flatMap(each => each.meanings.length ? each.meanings[Math.min(number, each.meanings.length - 1)].map(word => [[word]]) : asWritten([each]));
}

function wordingsOf(segments) {
  const most = Math.max(...segments.map(each => each.meanings.length));
  const meant = Array.from({ length: most }, (_, number) => ({ groups: asMeant(segments, number), reading: 0, further: 2 * number }));
  return [...meant, { groups: asWritten(segments), reading: 1, further: 0 }];
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

function standingOfGroup(title, group) {
  let best = 3;
  for (const words of group) best = Math.min(best, Math.max(...words.map(word => standing(title, word))));
  return best;
}

function rowAt(text, at, from) {
  let low = from, high = text.size;
  while (low + 1 < high) { const middle = (low + high) >> 1; if (text.starts[middle] <= at) low = middle; else high = middle; }
  return low;
}

/* How often a word stands in the titles, and no further than that it is frequent. */
const FREQUENT = 400;

function frequency(word) {
  let count = 0;
  for (const { small } of parts) for (let at = small.indexOf(word); at >= 0 && count < FREQUENT; at = small.indexOf(word, at + word.length)) count++;
  return count;
}

/* The group that is sought first: the one whose words are rarest. */
function rarest(groups) {
  if (groups.length === 1) return groups[0];
  const counts = groups.map(group => group.reduce((sum, words) => sum + Math.min(...words.map(word => frequency(singular(word)))), 0));
  return groups[counts.indexOf(Math.min(...counts))];
}

const longestOf = words => words.reduce((a, b) => b.length > a.length ? b : a);

/* Each row of a text whose field of that number has all groups, with the worst standing of them; a word of one or two
   letters is sought where a word begins. */
function scan(text, first, groups, field, take) {
  const seen = new Set();
  for (const stem of first.map(words => singular(longestOf(words)))) for (const sought of stem.length < 3 ? [` ${stem}`, `\t${stem}`] : [stem]) {
    let row = 0;
    for (let at = text.small.indexOf(sought); at >= 0; at = text.small.indexOf(sought, text.starts[row] - 1)) {
      row = rowAt(text, at, row);
      if (!seen.has(row)) {
        seen.add(row);
        const [from, to] = fieldAt(text, row, field), title = text.small.slice(from, to);
        let worst = 0;
        for (let group = 0; group < groups.length && worst < 3; group++) worst = Math.max(worst, standingOfGroup(title, groups[group]));
        if (worst < 3) take(row, worst, title, to);
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

/* The best text of each code: a rank (valid before ended, then how the words were read), and how plain the text is. */
class Hits {
  all = [];
  places = new Map(parts.map(part => [part, new Map()]));

  keep(part, row, rank, further, title, term) {
    const places = this.places.get(part), at = places.get(row), key = (8 * rank + further) * 2048 + Math.min(title.length, 2047);
    if (at === undefined) places.set(row, this.all.push({ part, row, rank, further, title, term, key }) - 1);
    else if (key < this.all[at].key) this.all[at] = { part, row, rank, further, title, term, key };
  }

  /* The plainness of titles is looked at for those that may be shown first, the rest is by rank and length. */
  inOrder() {
    const order = Float64Array.from(this.all, (hit, at) => hit.key * 2 ** 20 + at).sort();
    const found = Array.from(order, each => this.all[each % 2 ** 20]);
    const first = found.slice(0, LOOKED_AT);
    for (const hit of first) { hit.line = lineOf(hit.part, hit.row); hit.cost = costOf(hit.title) + hit.further + (hit.line.nature === "modifier" ? 2 : 0); }
    first.sort((a, b) => a.rank - b.rank || a.cost - b.cost || a.line.code.length - b.line.code.length || parts.indexOf(a.part) - parts.indexOf(b.part) || a.row - b.row);
    return [...first, ...found.slice(LOOKED_AT)];
  }
}

/* Titles and terms that fit some wordings; where the first wordings have enough, the others are left. */
function findWordings(wordings, system) {
  const hits = new Hits();
  let valid = 0;
  for (const { groups, reading, further } of wordings) {
    if (valid >= PLENTY) break;
    const first = rarest(groups), rankOf = (part, row, worst) => 4 * hasEnded(part, row) + (worst ? 1 + worst : reading);
    for (const part of parts) if (!system || part.system === system)
      scan(part, first, groups, TITLE, (row, worst, title, end) => {
        const ended = part.small.charCodeAt(end + 1) !== TAB;
        if (!ended && !worst) valid++;
        hits.keep(part, row, 4 * ended + (worst ? 1 + worst : reading), further, title, "");
      });
    scan(terms, first, groups, TERM, (row, worst, title) => {
      const [of, number, kind, term] = terms.text.slice(terms.starts[row], terms.starts[row + 1] - 1).split("\t");
      if (system && of !== system) return;
      const part = parts.find(each => each.system === of && each.number === Math.floor(number / INDEX.sizeOfTitles)), own = number % INDEX.sizeOfTitles;
      hits.keep(part, own, rankOf(part, own, worst), further + (kind === "p" ? 1 : 0), title, kind === "p" ? `a product is ${term}` : `also called ${term}`);
    });
  }
  return hits.inOrder();
}

const asLine = hit => ({ ...(hit.line ?? lineOf(hit.part, hit.row)), term: hit.term });

function searchWords(asked, system) {
  const segments = segmentsOf(weightyWords(asked));
  if (!segments.length) return { hits: [], hasAllWords: true };
  const found = findWordings(wordingsOf(segments), system);
  if (found.length || segments.length < 2) return { hits: found, hasAllWords: true };
  const fewer = segments.flatMap((_, without) => wordingsOf(segments.filter((_, at) => at !== without)));
  return { hits: findWordings(fewer, system), hasAllWords: false };
}

/* The codes that start so: exact ones first, then valid ones, then those with a title; beyond the first of each part as
   they stand. */
function searchCodes(asked, system) {
  const written = asked.toUpperCase().replace(/\s/g, ""), bare = [...written].filter(each => !INDEX.separators.includes(each)).join("");
  const first = [], rest = [];
  if (!bare) return [];
  for (const part of parts) if (!system || part.system === system) {
    const end = rowFrom(part, `${bare}\u007f`);
    for (let row = rowFrom(part, bare), at = 0; row < end; row++, at++) {
      const hit = { part, row, term: "", line: at < LOOKED_AT || written !== bare ? lineOf(part, row) : undefined };
      if (hit.line && !hit.line.dotted.startsWith(written) && written !== bare) continue;
      (hit.line ? first : rest).push(hit);
    }
  }
  const order = ({ line }) => (line.code === bare ? 0 : 4) + (line.ended ? 2 : 0) + (line.title ? 0 : 1);
  return [...first.sort((a, b) => order(a) - order(b)), ...rest];
}

/* What is found: how many, the lines from one to another of them, and whether texts have all words. */
function search(asked, system) {
  const text = asked.trim(), isCode = /^\S*\d\S*$/.test(text);
  const codes = text && (/\d/.test(text) || text.length < 4) ? searchCodes(text, system) : [];
  const { hits, hasAllWords } = text.length < 2 || codes.length && isCode ? { hits: [], hasAllWords: true } : searchWords(text, system);
  const all = [...codes, ...hits];
  return { count: all.length, lines: (from, to) => all.slice(from, to).map(asLine), hasAllWords };
}
