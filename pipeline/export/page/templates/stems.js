/* The stem of a word by the rules of Porter (1980), as the index of `crosswalk search` has it: hypertensive stands for
   hypertension. The measure of a stem is how often consonants stand behind vowels in it. */
const rulesOf = text => text.split(" ").map(each => each.split(">"));
const STEPS = [
  [1, rulesOf("ational>ate tional>tion enci>ence anci>ance izer>ize logi>log bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble")],
  [1, rulesOf("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>")],
  [2, rulesOf("al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>")],
];

/* Vowels and consonants of a word as letters; y is a vowel behind a consonant. */
function soundsOf(word) {
  let sounds = "";
  for (const letter of word) sounds += "aeiou".includes(letter) || letter === "y" && sounds.endsWith("c") ? "v" : "c";
  return sounds;
}

function measureOf(word) { return soundsOf(word).split("vc").length - 1; }

const hasVowel = word => /[aeiou]|.y/.test(word);
const isShort = word => /[^wxy]$/.test(word) && soundsOf(word).endsWith("cvc");

function withoutPlural(word) { return /.sses$|.ies$/.test(word) ? word.slice(0, -2) : word.replace(/([^s])s$/, "$1"); }

function withoutPast(word) {
  if (/.eed$/.test(word)) return measureOf(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const stem = word.replace(/(.)(?:ed|ing)$/, "$1");
  if (stem === word || !hasVowel(stem)) return word;
  if (/.(at|bl|iz)$/.test(stem)) return stem + "e";
  if (/([^aeioulsz])\1$/.test(stem)) return stem.slice(0, -1);
  return measureOf(stem) === 1 && isShort(stem) ? stem + "e" : stem;
}

function withoutEnding(word, [least, rules]) {
  const [end, into] = rules.find(([each]) => word.length > each.length && word.endsWith(each)) ?? [""], stem = word.slice(0, word.length - end.length);
  return end && measureOf(stem) >= least && (end !== "ion" || /[st]$/.test(stem)) ? stem + into : word;
}

function withoutLast(word) {
  const stem = word.slice(0, -1), measure = measureOf(stem);
  if (word.endsWith("e")) word = measure > 1 || measure === 1 && !isShort(stem) ? stem : word;
  return word.endsWith("ll") && measureOf(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word;
}

const stems = new Map();

function stemOf(word) {
  if (word.length < 3) return word;
  if (!stems.has(word)) {
    let stem = withoutPast(withoutPlural(word));
    if (stem.endsWith("y") && hasVowel(stem.slice(0, -1))) stem = stem.slice(0, -1) + "i";
    stems.set(word, withoutLast(STEPS.reduce(withoutEnding, stem)));
  }
  return stems.get(word);
}
