/* The page of a code. Every text goes in as text, never as markup. */
const $ = id => document.getElementById(id);
const SHOWN = 12;

function make(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside.filter(each => each !== null && each !== undefined && each !== ""));
  return element;
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) { if (!groups.has(key(row))) groups.set(key(row), []); groups.get(key(row)).push(row); }
  return groups;
}

const addressOf = line => `#${line.system}/${line.code}`;
const nameOf = system => INDEX.systems[system]?.name ?? system;
const asSeries = words => words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");

function systemTag(system) { const tag = make("span", { className: "system", textContent: nameOf(system) }); tag.dataset.system = system; return tag; }

function natureTag(line) {
  return make("span", { className: `tag ${line.ended ? "ended" : line.nature}`, textContent: line.ended ? `ended ${line.ended}` : line.nature });
}

/* A code as a link to its page; one that has none, as a category, with the title that is known of it. */
function codeLink(system, code) {
  const line = findCode(system, code);
  if (!line) return make("span", {}, make("span", { className: "code", textContent: code }), ` ${names.get(`c ${system} ${code}`) ?? ""}`);
  return make("a", { href: addressOf(line), className: "to-code" }, make("span", { className: "code", textContent: line.dotted }), ` ${line.title}`);
}

/* A long list shows its beginning, and the rest when asked for. */
function shortened(items, shown = SHOWN) {
  if (items.length <= shown) return items;
  const more = make("button", { type: "button", className: "more", textContent: `${(items.length - shown).toLocaleString("en")} more` });
  const place = items[0].tagName === "LI" ? make("li", { className: "further" }, more) : more;
  more.onclick = () => place.replaceWith(...items.slice(shown));
  return [...items.slice(0, shown), place];
}

function drawCode(line, detail) {
  return [head(line, detail), ...todayOf(line), ...drawMaps(line, detail), ...drawGroupings(detail), ...drawPolicies(detail), ...drawRules(line, detail), ...drawHistory(line, detail), ...drawFamily(line, detail)];
}

function head(line, detail) {
  const { name, claims, whyNoText } = INDEX.systems[line.system];
  const title = make("h2", { textContent: line.title || "No title here" });
  const tools = make("div", { className: "tools" }, copyButton("Copy code", () => line.dotted), copyButton("Copy link", () => location.href),
    make("button", { type: "button", className: "tool", textContent: "Download mappings (CSV)", onclick: () => download(line, detail) }));
  const section = detail.section && names.get(`s ${line.system} ${detail.section}`);
  const facts = [daysOf(line, detail), detail.kind.replaceAll("_", " "), line.nature !== "heading" && claims && `on ${claims}`, line.nature === "reportable" && "to measure performance, as a rule not paid", detail.alone ? "" : "never alone or principal"];
  return make("header", {},
    make("p", { className: "which" }, make("span", { className: "code", textContent: line.dotted }), " ", systemTag(line.system), " ", natureTag(line)), title,
    line.title ? "" : make("p", { className: "note", textContent: `${name}: ${whyNoText}.` }),
    make("p", { className: "facts", textContent: facts.filter(Boolean).join(" · ") }),
    section ? make("p", { className: "facts", textContent: `Section ${detail.section}, ${section}` }) : "", tools);
}

/* The days of the last life of a code, as one phrase. */
function daysOf(line, detail) {
  let at = detail.episodes.length - 1;
  while (at > 0 && !detail.episodes[at - 1][3].includes("p") && detail.episodes[at - 1][1] === dayBefore(detail.episodes[at][0]) && detail.episodes[at - 1][3].includes("b") === detail.episodes[at][3].includes("b")) at--;
  if (at < 0) return "";
  const [from, , basis] = detail.episodes[at], first = basis === "left_censored" ? `before ${from}` : from;
  return line.ended ? `from ${first} to ${line.ended}` : `since ${first}, known through ${INDEX.systems[line.system].knownThrough}`;
}

function dayBefore(day) { return new Date(Date.parse(day) - 864e5).toISOString().slice(0, 10); }

function copyButton(label, text) {
  return make("button", { type: "button", className: "tool", textContent: label, onclick: async event => {
    const button = event.currentTarget;
    await copy(text());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1200);
  } });
}

/* Where the browser keeps its clipboard from pages of the file system, through a field that is selected. */
async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const field = make("textarea", { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

function todayOf(line) {
  if (!line.ended) return [];
  if (!line.today.length) return [make("p", { className: "today", textContent: "No code that stands for it today is named here." })];
  const codes = line.today.map(each => make("li", {}, codeLink(...each.split(":")), " ", systemTag(each.split(":")[0])));
  return [make("div", { className: "today" }, make("strong", { textContent: codes.length > 2 ? "Today, among others" : "Today" }), make("ul", {}, ...codes))];
}

/* What the targets of a crosswalk are to a code, by its relation. */
const RELATIONS = { equivalence: "Maps to", succession: "From year to year in", same_category: "Shares a category with", coverage: "Listed by a policy with", packaging: "Billed by" };

/* The answers of all maps that lead to one system: those that agree stand once, with the maps that give them. */
function drawMaps(line, detail) {
  const ways = detail.targets.filter(each => INDEX.crosswalks[each[0]][3] !== "grouping");
  return [...groupBy(ways, each => `${INDEX.crosswalks[each[0]][3]} ${INDEX.crosswalks[each[0]][1]}`).values()].flatMap(targets => {
    const [, system, , relation] = INDEX.crosswalks[targets[0][0]];
    const answers = [...groupBy(targets, each => each[0])].flatMap(([number, rows]) => answersOf(rows).map(each => ({ ...each, number })));
    const merged = [...groupBy(answers, each => each.key).values()].sort((a, b) => b.length - a.length);
    if (merged.every(([each]) => each.key === line.code && system === line.system)) return [];
    const lists = [...groupBy(merged, mapsOf)].flatMap(([maps, alike]) => [make("p", { className: "maps", textContent: `${maps}:` }),
      make("ul", { className: "answers" }, ...shortened(alike.map(own => make("li", { className: "answer" }, ...drawAnswer(own[0].lists, system)))))]);
    return [make("h3", {}, `${RELATIONS[relation] ?? relation} `, systemTag(system)), ...lists];
  });
}

/* Scenario 0: each row is an answer. Another: one answer with a part for each choice list, all together. */
function answersOf(rows) {
  const single = rows.filter(each => each[2] === "0").map(each => ({ key: each[1], lists: [[each]], flags: each[4], day: each[5] }));
  const sets = [...groupBy(rows.filter(each => each[2] !== "0"), each => each[2]).values()].map(own => {
    const lists = [...groupBy(own, each => each[3]).values()];
    return { key: lists.map(list => list.map(each => each[1]).sort().join("/")).join("+"), lists, flags: own[0][4], day: own[0][5] };
  });
  return [...single, ...sets];
}

function drawAnswer(lists, system) {
  if (lists.length === 1) return [drawTarget(lists[0][0], system)];
  const parts = lists.map(list => make("div", { className: "part" }, ...shortened(list.flatMap((each, at) => at ? [make("span", { className: "or", textContent: "or" }), drawTarget(each, system)] : [drawTarget(each, system)]))));
  return [make("span", { className: "or", textContent: "together:" }), ...parts.flatMap((each, at) => at ? [make("span", { className: "and", textContent: "+" }), each] : [each])];
}

function drawTarget([, code, , , flags], system) {
  return code ? codeLink(system, code) : make("span", { textContent: flags.includes("n") ? "no equivalent, says the publisher" : "not known" });
}

/* The maps that give an answer, in words: "GEM, current (approximate)". */
function mapsOf(own) {
  const words = own.map(({ number, flags, lists, day }) => {
    const extra = [lists[0][0][1] && flags.includes("a") ? "approximate" : "", day && `${INDEX.crosswalks[number][3] === "succession" ? "from" : "to"} ${day}`].filter(Boolean).join(", ");
    return { name: INDEX.crosswalks[number][4] || INDEX.crosswalks[number][0], extra };
  });
  const alike = [...groupBy(words, each => each.extra)].map(([extra, each]) => each.map(one => one.name).join(", ") + (extra ? ` (${extra})` : ""));
  return alike.join("; ");
}

/* Groupings and, apart from them, the models of risk adjustment, a row for each category. */
function drawGroupings(detail) {
  const rows = detail.targets.filter(each => INDEX.crosswalks[each[0]][3] === "grouping" && each[1]);
  const [models, others] = [rows.filter(each => INDEX.crosswalks[each[0]][4] === "HCC"), rows.filter(each => INDEX.crosswalks[each[0]][4] !== "HCC")];
  return [...table("Belongs to", ["grouping", "category", "title", "days", "origin"], others.map(asCategory)), ...table("Risk adjustment (HCC)", ["model", "category", "title", "days", "origin"], models.map(asCategory))];
}

/* A category of a code by what it once meant has its last day. One that is carried to a code, as its grouping is older
   than it, is ours and said to be. */
function asCategory([number, category, , , flags, until]) {
  const [, grouping, , , , name] = INDEX.crosswalks[number];
  return [name, category, names.get(`c ${grouping} ${category}`) ?? "", until && `to ${until}`, flags.includes("d") ? "derived: newer than the grouping, carried from what it was before" : ""];
}

const ANSWERS = { covered: "supports it", denied: "is denied by it", not_supporting: "does not support it" };

/* From when to when a policy names a code; where that goes on, until when the policy is known. */
function daysNamed(policy, from, to) {
  return [from && `from ${from}`, to ? `to ${to}` : `known through ${names.get(`k ${policy}`)}`].filter(Boolean).join(to ? " " : ", ");
}

function drawPolicies(detail) {
  const rows = detail.policies.map(([policy, role, answer, from, to]) => [policy, names.get(`p ${policy}`) ?? "", role === "procedure" ? "a procedure of it" : ANSWERS[answer] ?? answer, daysNamed(policy, from, to)]);
  return table("Coverage", ["policy", "title", "this code", "days"], rows);
}

/* A rule that is a note says at which place above the code it stands: a code, a section, or a chapter by its number. */
const NOTES = ["code_first", "use_additional_code"];

function ruleSays(rule, value, system) {
  if (!NOTES.includes(rule)) return value.replaceAll("_", " ");
  return `noted at ${/^\d\d?$/.test(value) && system !== "ICD9Proc" ? "chapter " : ""}${value}`;
}

function drawRules(line, detail) {
  const rows = detail.rules.map(([rule, value, from, to]) => [names.get(`r ${rule}`) ?? rule, ruleSays(rule, value, line.system), `${from} to ${to}`]);
  return table("Rules of use, by the newest list of each", ["rule", "this code", "days of the list"], rows);
}

function table(title, allHeads, allRows) {
  if (!allRows.length) return [];
  const filled = allHeads.map((_, at) => allRows.some(row => row[at])), only = row => row.filter((_, at) => filled[at]);
  const heads = only(allHeads), rows = allRows.map(only);
  const asRow = cells => make("tr", {}, ...cells.map((cell, at) => at ? make("td", { textContent: cell, className: /^((from|to) )?\d{4}-\d\d-\d\d/.test(cell) ? "day" : "" }) : make("th", { scope: "row", textContent: cell })));
  const body = make("tbody", {}, ...shortened(rows.map(asRow)).map(each => each.tagName === "BUTTON" ? make("tr", {}, make("td", { colSpan: heads.length }, each)) : each));
  body.querySelector("button")?.addEventListener("click", event => event.target.closest("tr").replaceWith(...rows.slice(SHOWN).map(asRow)));
  const drawn = make("table", { className: "small" }, make("thead", {}, make("tr", {}, ...heads.map(head => make("th", { scope: "col", textContent: head })))), body);
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: title }, drawn);
  return [make("h3", { textContent: title }), scroll];
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
  const use = line.nature === "heading" ? "billable" : line.nature;
  const items = detail.episodes.map(([from, to, basis, flags, title], at) => {
    const left = 100 * (starts[at] - first) / (last - first), right = 100 * ((to ? ends[at] : last) - first) / (last - first);
    const nature = flags.includes("p") ? "listed before use" : flags.includes("b") ? use : "heading", bar = make("i", { className: flags.includes("b") && !flags.includes("p") ? "" : "heading" });
    bar.style.left = `${Math.min(left, 99)}%`; bar.style.width = `${Math.max(right - left, 1)}%`;
    const words = `${basis === "left_censored" ? "before " : ""}${from} ${to ? `to ${to}` : `on, known through ${INDEX.systems[line.system].knownThrough}`}: ${nature}${title ? `, ${title}` : flags.includes("u") ? `, ${unknownWording(detail, at)}` : ""}`;
    const time = make("div", { className: "time", ariaHidden: "true" }, bar);
    time.dataset.system = line.system;
    return make("li", {}, time, words);
  });
  return [make("h3", { textContent: "History" }), make("ul", { className: "history" }, ...items)];
}

function drawFamily(line, detail) {
  const chain = detail.parent ? above(line) : [], children = below(line);
  const list = lines => make("ul", { className: "family" }, ...shortened(lines.map(each => make("li", {}, codeLink(each.system, each.code)))));
  return [...chain.length ? [make("h3", { textContent: "Above it" }), list(chain)] : [], ...children.length ? [make("h3", { textContent: "Below it" }), list(children)] : []];
}

const COLUMNS = ["crosswalk", "relation", "origin", "source_system", "source_code", "target_system", "target_code", "target_title", "scenario", "choice_list", "approximate", "no_map"];

/* The mappings of a code as text of columns, as the table `mappings` has them. */
function mappingsAsCsv(line, detail) {
  const rows = detail.targets.map(([number, target, scenario, list, flags]) => {
    const [crosswalk, system, , relation] = INDEX.crosswalks[number], origin = flags.includes("d") ? "derived" : "published";
    const title = target && (findCode(system, target)?.title ?? names.get(`c ${system} ${target}`) ?? "");
    return [crosswalk, relation, origin, line.system, line.code, system, target, title, scenario, list, flags.includes("a"), flags.includes("n")];
  });
  const quoted = cell => /[",\r\n]/.test(`${cell}`) ? `"${`${cell}`.replaceAll('"', '""')}"` : `${cell}`;
  return [COLUMNS, ...rows].map(row => row.map(quoted).join(",") + "\r\n").join("");
}

function download(line, detail) {
  const address = URL.createObjectURL(new Blob([mappingsAsCsv(line, detail)], { type: "text/csv" }));
  make("a", { href: address, download: `${line.system}_${line.code}_mappings.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
