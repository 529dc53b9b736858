/* What people do on the page: search, open a code, compare two systems, see what a release changed. */
const PER_PAGE = 10, PAGE_TITLE = document.title;
let newestSearch = 0;

async function answer() {
  const number = ++newestSearch, asked = $("query").value;
  if (!codes.length) $("status").textContent = asked ? "Reading the index ..." : "";
  try { await whenReady(); } catch (problem) { $("status").textContent = problem.message; return; }
  if (number !== newestSearch) return;
  const start = performance.now(), found = search(asked, $("only").value);
  showResults(found, 0);
  $("status").textContent = tell(asked, found);
  Object.assign(document.body.dataset, { asked, milliseconds: (performance.now() - start).toFixed(1) });
}

function tell(asked, { count, hasAllWords, isCode, tooMany }) {
  if (!asked.trim()) return "";
  if (tooMany) return `${tooMany} words are too many: name those that tell most, at most ${INDEX.mostWords}.`;
  const unlisted = Object.keys(INDEX.systems).filter(each => !INDEX.systems[each].codes).map(nameOf);
  if (!count && isCode && unlisted.length) return `Nothing found. No listing is here of ${asSeries(unlisted)}.`;
  if (!count) return "Nothing found: check the spelling, or try fewer words.";
  return `${count.toLocaleString("en")} found${hasAllWords ? "" : ": no title has all of these words, these lack one"}`;
}

function showResults(found, from) {
  const list = found.lines(from, from + PER_PAGE).map(drawHit), left = found.count - from - PER_PAGE;
  const more = left > 0 ? [make("button", { type: "button", className: "more", textContent: `${left.toLocaleString("en")} more`, onclick: event => { event.target.remove(); showResults(found, from + PER_PAGE); } })] : [];
  if (from) { $("results").append(...list, ...more); list[0]?.focus(); } else $("results").replaceChildren(...list, ...more);
  const untitled = Object.entries(INDEX.untitled).map(([system, why]) => `${nameOf(system)}: ${why}`);
  $("untitled").hidden = !found.count || !untitled.length;
  $("untitled").textContent = `Without titles here, so found by code only: ${untitled.join("; ")}.`;
  markOpen();
}

function drawHit(line) {
  const today = line.ended && line.today.length ? make("span", { className: "then", textContent: `today ${asSeries(line.today.map(each => { const [system, code] = each.split(":"); return `${findCode(system, code)?.dotted ?? code} (${nameOf(system)})`; }))}` }) : "";
  return make("a", { href: addressOf(line), className: "hit" },
    make("span", { className: "code", textContent: line.dotted }), " ", systemTag(line.system), " ", natureTag(line), " ",
    make("span", { className: "title", textContent: line.title || "(no title here)" }), line.term ? make("span", { className: "then", textContent: ` ${line.term}` }) : "", today ? " " : "", today);
}

function markOpen() {
  for (const each of $("results").querySelectorAll("a")) if (each.getAttribute("href") === location.hash) each.setAttribute("aria-current", "true"); else each.removeAttribute("aria-current");
}

/* The address says which code is open: to go from code to code is history, and Back stays on the page. */
async function openNamed() {
  const [, system, code] = /^#([A-Za-z0-9]+)\/(.+)$/.exec(location.hash) ?? [];
  markOpen();
  if (!system) { if (!location.hash) close(); return; }
  try {
    await whenReady();
    const line = findCode(system, withoutSeparators(code.toUpperCase()));
    if (line) { await show(line); return; }
    close();
    $("status").textContent = `No code ${code} of ${nameOf(system)} is in this build.`;
  } catch (problem) { $("status").textContent = problem.message; }
}

let newestShown = 0;

function close() { newestShown++; $("detail").hidden = true; document.title = PAGE_TITLE; }

async function show(line) {
  const number = ++newestShown, detail = await detailOf(line), box = $("detail");
  if (number !== newestShown) return;
  document.title = `${line.dotted} ${nameOf(line.system)} · ${PAGE_TITLE}`;
  box.replaceChildren(...drawCode(line, detail));
  box.dataset.code = `${line.system}/${line.code}`;
  box.dataset.system = line.system;
  box.hidden = false;
  box.focus({ preventScroll: true });
  const { top, bottom } = box.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2 || bottom < 0) box.scrollIntoView({ block: "start" });
}

/* Keys: down from the box into the list, up and down in it, Escape back to the box. */
function move(event) {
  const hits = [...$("results").children], at = hits.indexOf(document.activeElement), inBox = document.activeElement === $("query");
  if (event.key === "Escape") { $("query").focus(); $("query").select(); event.preventDefault(); return; }
  if (event.key === "ArrowDown" && (inBox || at >= 0) && hits[at + 1]) { hits[at + 1].focus(); event.preventDefault(); }
  if (event.key === "ArrowUp" && at >= 0) { (hits[at - 1] ?? $("query")).focus(); event.preventDefault(); }
}

async function openFirst(event) {
  event.preventDefault();
  await answer();
  const [first] = search($("query").value, $("only").value).lines(0, 1);
  if (!first) return;
  if (location.hash === addressOf(first)) openNamed(); else location.hash = addressOf(first);
}

function ask(text) { $("query").value = text; $("only").value = ""; $("query").focus({ preventScroll: true }); answer(); }

/* Two systems beside each other: of the paragraphs of all pairs the one that was picked, of the facts two columns. */
function compare() {
  const [one, other] = [$("one").value, $("other").value];
  for (const each of document.querySelectorAll("[data-pair]")) each.hidden = each.dataset.pair !== `${one} ${other}` && each.dataset.pair !== `${other} ${one}`;
  for (const each of document.querySelectorAll("[data-carries]")) each.hidden = ![one, other].every(system => each.dataset.carries.split(" ").includes(system));
  for (const cell of document.querySelectorAll("#facts [data-of]")) cell.hidden = ![one, other].includes(cell.dataset.of);
  $("same").hidden = one !== other;
}

function pick(one, other) { $("one").value = one; $("other").value = other; compare(); }

/* What a release changed: each kind of change with its codes. */
const CHANGES = [["added", "New codes"], ["removed", "Ended"], ["became_header", "Now headings, divided further"], ["became_billable", "Headings before, now used themselves"], ["replaced", "Replaced on another day"], ["description_revised", "Worded anew"]];

/* Headings are among the new codes of a listing: they are marked, as no claim carries them. */
function asHeading(system, code) { const line = findCode(system, code); return line?.nature === "heading" && !line.ended ? [" ", natureTag(line)] : []; }

async function showChanges() {
  const [system, release] = $("release").value.split(" "), box = $("changed");
  try { await whenReady(); } catch { return; }
  const rows = fieldsOf(await load("changes")).filter(each => each[0] === system && each[1] === release);
  const instead = new Map(rows.filter(each => each[2] === "replaced").map(each => [each[3], each[4].split(" ")]));
  const gone = new Set(rows.filter(each => ["removed", "became_header"].includes(each[2])).map(each => each[3]));
  const kinds = groupBy(rows.filter(each => each[2] !== "replaced" || !gone.has(each[3])), each => each[2]);
  const drawn = CHANGES.filter(([kind]) => kinds.has(kind)).map(([kind, title], first) => {
    const items = kinds.get(kind).map(([, , , code]) => make("li", {}, codeLink(system, code), ...asHeading(system, code), ...kind === "description_revised" ? [] : (instead.get(code) ?? []).flatMap((each, at) => [at ? ", " : " → ", codeLink(system, each)])));
    return make("details", { open: first === 0 }, make("summary", {}, `${title} `, make("span", { className: "tag", textContent: items.length.toLocaleString("en") })), make("ul", { className: "family" }, ...shortened(items)));
  });
  box.replaceChildren(...drawn.length ? drawn : [make("p", { textContent: "Nothing changed, or there is no earlier listing of the same publisher to compare it with." })]);
  box.dataset.release = $("release").value;
}

$("query").addEventListener("input", answer);
$("only").addEventListener("change", answer);
$("search").addEventListener("submit", openFirst);
$("explorer").addEventListener("keydown", move);
for (const each of document.querySelectorAll("[data-ask]")) each.addEventListener("click", () => ask(each.dataset.ask));
for (const each of document.querySelectorAll("[data-pick]")) each.addEventListener("click", () => pick(...each.dataset.pick.split(" ")));
for (const id of ["one", "other"]) $(id).addEventListener("change", compare);
$("release").addEventListener("change", showChanges);
window.addEventListener("hashchange", openNamed);
compare();
window.addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => whenReady().then(openNamed).then(showChanges).catch(problem => { $("status").textContent = problem.message; })));
