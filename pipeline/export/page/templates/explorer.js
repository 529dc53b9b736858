/* What is seen of the explorer. Every text goes in as text, never as markup. */
const $ = id => document.getElementById(id);
const names = new Map();
let newestSearch = 0;

function make(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside.filter(each => each !== null && each !== ""));
  return element;
}

async function loadTitles() {
  const jobs = [];
  for (const [system, codes] of Object.entries(INDEX.systems))
    for (let number = 0; number * INDEX.sizeOfTitles < codes; number++)
      jobs.push(load(`titles-${system}-${number}`).then(text => addTitles(system, number, text)));
  jobs.push(load("names").then(text => { for (const line of text.split("\n")) { const [kind, of, id, title] = line.split("\t"); names.set(`${kind} ${of} ${id}`, title); } }));
  await Promise.all(jobs);
}

let ready = null;
function whenReady() { return ready ??= loadTitles(); }

async function answer() {
  const number = ++newestSearch, asked = $("query").value;
  if (!ready || !parts.length) $("status").textContent = asked ? "Reading the index ..." : "";
  try { await whenReady(); } catch (problem) { $("status").textContent = problem.message; return; }
  if (number !== newestSearch) return;
  const start = performance.now(), found = search(asked, $("only").value);
  showResults(found);
  Object.assign(document.body.dataset, { asked, milliseconds: (performance.now() - start).toFixed(1) });
  const count = found.length >= COUNTED ? `${COUNTED.toLocaleString("en")} and more` : found.length.toLocaleString("en");
  $("status").textContent = !asked.trim() ? "" : found.length ? `${count} found${found.length > SHOWN ? `, ${SHOWN} shown` : ""}` : "Nothing found: check the spelling, or try fewer words";
}

function showResults(found) {
  const list = found.slice(0, SHOWN).map(line => make("button", { type: "button", onclick: () => show(line) },
    make("span", { className: "code", textContent: line.dotted }), " ", make("span", { className: "tag", textContent: line.system + (line.ended ? ", ended" : "") }), " ",
    line.title || "(no text here)"));
  $("results").replaceChildren(...list);
}

async function show(line) {
  const detail = await detailOf(line);
  for (const button of $("results").children) button.setAttribute("aria-current", button.firstChild.textContent === line.dotted && button.children[1].textContent.startsWith(line.system));
  const box = $("detail");
  box.replaceChildren(...head(line, detail), ...drawHistory(line, detail), ...family(line, detail), ...maps(line, detail));
  box.hidden = false;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", `#${line.system}/${line.code}`);
}

function head(line, detail) {
  const section = detail.section && `section ${detail.section} ${names.get(`s ${line.system} ${detail.section}`) ?? ""}`;
  const ended = detail.episodes.at(-1)?.[1], use = detail.kind === "cause_of_death" ? "valid" : "billable";
  const facts = [detail.kind.replaceAll("_", " "), detail.billable ? `${use}${ended ? ` through ${ended}` : ""}${INDEX.claims[line.system] ? ` on ${INDEX.claims[line.system]}` : ""}` : "heading", detail.alone ? "" : "never alone or principal", section];
  return [make("h3", {}, make("span", { className: "code", textContent: line.dotted }), " ", make("span", { className: "tag", textContent: line.system })),
    make("p", { textContent: line.title || `no text here: ${INDEX.whyNoText[line.system]}` }), make("p", { className: "facts", textContent: facts.filter(Boolean).join("; ") })];
}

/* Why an episode has no title of its own though the code has one. */
function unknownWording(detail, at) {
  const worded = detail.episodes.slice(at).find(each => !each[3].includes("u"));
  return worded ? `wording before ${worded[0]} is not known` : "wording is not known";
}

/* Each episode as a bar on one line of time; an end that is not there reaches the right edge. */
function drawHistory(line, detail) {
  const day = text => Date.parse(text), starts = detail.episodes.map(each => day(each[0]));
  const ends = detail.episodes.map(each => each[1] ? day(each[1]) : NaN), first = Math.min(...starts);
  const last = Math.max(...ends.filter(end => end === end), ...starts.map(start => start + 3e10), detail.episodes.some(each => !each[1]) ? day(INDEX.newest) : 0);
  const items = detail.episodes.map(([from, to, basis, flags, title], at) => {
    const left = 100 * (starts[at] - first) / (last - first), right = 100 * ((to ? ends[at] : last) - first) / (last - first);
    const nature = flags.includes("p") ? "listed before use" : flags.includes("b") ? "billable" : "heading", bar = make("i", { className: nature === "billable" ? "" : "heading" });
    bar.style.left = `${Math.min(left, 99)}%`; bar.style.width = `${Math.max(right - left, 1)}%`;
    const words = `${basis === "left_censored" ? "before " : ""}${from} ${to ? `to ${to}` : `on, known through ${INDEX.knownThrough[line.system]}`}: ${nature}${title ? `, ${title}` : flags.includes("u") ? `, ${unknownWording(detail, at)}` : ""}`;
    return make("li", {}, make("div", { className: "time", ariaHidden: "true" }, bar), words);
  });
  return [make("h4", { textContent: "History" }), make("ul", { className: "history" }, ...items)];
}

function link(line, system, code) {
  const known = line ?? findCode(system, code);
  if (!known) return make("span", {}, make("span", { className: "code", textContent: code }), ` ${names.get(`c ${system} ${code}`) ?? ""}`);
  return make("button", { type: "button", onclick: () => show(known) }, make("span", { className: "code", textContent: known.dotted }), ` ${known.title}`);
}

function family(line, detail) {
  const chain = detail.parent ? above(line) : [], children = below(line), list = lines => make("ul", {}, ...lines.map(each => make("li", {}, link(each))));
  const more = children.length > SHOWN ? [make("p", { textContent: `and ${(children.length - SHOWN).toLocaleString("en")} more` })] : [];
  return [...chain.length ? [make("h4", { textContent: "Above it" }), list(chain)] : [],
    ...children.length ? [make("h4", { textContent: "Below it" }), list(children.slice(0, SHOWN)), ...more] : []];
}

/* What the targets of a crosswalk are to a code, by its relation, and the word between two of them. */
const RELATIONS = { equivalence: ["Maps to", "or"], succession: ["Maps to", "or"], grouping: ["Belongs to", "and"], same_category: ["Shares a category with", "and"], coverage: ["Listed by a policy with", "and"], packaging: ["Billed by", "or"] };

/* Targets by crosswalk. Scenario 0: each alone. Another: a set with one part for each choice list, all together. */
function maps(line, detail) {
  const byCrosswalk = Map.groupBy ? Map.groupBy(detail.targets, each => each[0]) : groupBy(detail.targets, each => each[0]);
  return [...byCrosswalk].flatMap(([number, targets]) => {
    const [crosswalk, , system, origin, relation] = INDEX.crosswalks[number], [verb, join] = RELATIONS[relation];
    const title = make("h4", { textContent: `${verb} ${system} ` }, make("span", { className: "tag", textContent: `${crosswalk}, ${origin}` }));
    const sets = [...groupBy(targets.filter(each => each[2] !== "0"), each => each[2]).values()].map(rows => combination(rows, system));
    const single = targets.filter(each => each[2] === "0").map(each => alternative(each, system));
    const all = [...single, ...sets];
    const drawn = all.slice(0, SHOWN).flatMap((each, at) => at ? [make("span", { className: "or", textContent: join }), each] : [each]);
    return [title, make("div", { className: "sets" }, ...drawn), all.length > SHOWN ? make("p", { textContent: `and ${(all.length - SHOWN).toLocaleString("en")} more: see the table mappings` }) : null].filter(Boolean);
  });
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) { if (!groups.has(key(row))) groups.set(key(row), []); groups.get(key(row)).push(row); }
  return groups;
}

function alternative([, code, , , flags, day], system) {
  const words = [code ? "" : flags.includes("n") ? "no equivalent, says the publisher" : "not known", code && flags.includes("a") ? "approximate" : "", day && `from ${day}`].filter(Boolean).join(", ");
  return make("div", { className: "set" }, code ? link(null, system, code) : "", words ? make("span", { className: "or", textContent: words }) : "");
}

function combination(rows, system) {
  const lists = [...groupBy(rows, each => each[3]).values()].map(list => {
    const codes = list.slice(0, SHOWN).flatMap((each, at) => at ? [make("span", { className: "or", textContent: "or" }), link(null, system, each[1])] : [link(null, system, each[1])]);
    if (list.length > SHOWN) codes.push(make("span", { className: "or", textContent: `and ${list.length - SHOWN} more` }));
    return make("div", { className: "set part" }, ...codes);
  });
  return make("div", { className: "set" }, make("div", { className: "or", textContent: "together:" }), ...lists.flatMap((each, at) => at ? [make("span", { className: "and", textContent: "+" }), each] : [each]));
}

/* Keys: down from the box into the list, up and down in it, Escape back to the box. */
function move(event) {
  const buttons = [...$("results").children], at = buttons.indexOf(document.activeElement), inBox = document.activeElement === $("query");
  if (event.key === "Escape") { $("query").focus(); $("query").select(); event.preventDefault(); return; }
  if (event.key === "ArrowDown" && (inBox || at >= 0) && buttons[at + 1]) { buttons[at + 1].focus(); event.preventDefault(); }
  if (event.key === "ArrowUp" && at >= 0) { (buttons[at - 1] ?? $("query")).focus(); event.preventDefault(); }
}

async function openFirst(event) {
  event.preventDefault();
  await answer();
  const [first] = search($("query").value, $("only").value);
  if (first) show(first);
}

async function openNamed() {
  const [, system, code] = /^#([A-Za-z0-9]+)\/([A-Z0-9]+)$/.exec(location.hash) ?? [];
  if (!system) return;
  await whenReady();
  const line = findCode(system, code);
  if (line) show(line);
}

$("query").addEventListener("input", answer);
$("only").addEventListener("change", answer);
$("search").addEventListener("submit", openFirst);
$("explorer").addEventListener("keydown", move);
window.addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => whenReady().then(openNamed).catch(problem => { $("status").textContent = problem.message; })));
