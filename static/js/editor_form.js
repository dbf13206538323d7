/* What the editor's modules share: the rows of fields, the texts in them, and how to set them. */
export const form = document.querySelector("form.editor");
export const words = document.getElementById("editor-words")?.dataset ?? {};

export const allRows = () => (form ? [...form.querySelectorAll(".editor-field")] : []);
export const rowOf = (control) => control.closest?.(".editor-field") ?? null;
export const titleOf = (row) => row.querySelector(".field-head").textContent.trim();

const CITED = /~(source|confidence|note)$/;
export const isCited = (name) => CITED.test(name);

export function controlsOf(row) {
  return [...row.querySelectorAll("input[name], select[name], textarea[name]")];
}

/* Every text of a row by its field's name. */
export function textsOf(row) {
  return Object.fromEntries(controlsOf(row).map((control) => [control.name, control.value]));
}

export function controlNamed(name) {
  const found = form.elements.namedItem(name);
  return found instanceof RadioNodeList ? null : found;
}

/* Sets fields by name and tells the other modules which rows changed. `recorded`: undo may take it back. */
export function write(texts, { recorded = true } = {}) {
  const touched = new Set();
  for (const [name, text] of Object.entries(texts)) {
    const control = controlNamed(name);
    if (!control || control.value === text) continue;
    if (control.tagName === "SELECT" && ![...control.options].some((option) => option.value === text)) {
      control.add(new Option(text, text));
    }
    control.value = text;
    const row = rowOf(control);
    if (row) touched.add(row);
  }
  for (const row of touched) tell(row, "genka:row-set", { recorded });
  return touched;
}

export function tell(target, name, detail = {}) {
  target.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/* Opens the sections a row stands in, and brings it into view. */
export function reveal(row) {
  for (let fold = row.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  row.scrollIntoView({ block: "nearest" });
}

/* What a row says, for a sentence: "25%", or "20% to 30%". */
export function inWords(row, texts) {
  const path = row.dataset.path;
  const shape = texts[`${path}~shape`] ?? "fixed";
  if (shape !== "fixed") return `${texts[`${path}~low`]} ${words.to} ${texts[`${path}~high`]}`;
  const control = controlNamed(path);
  const text = texts[path] ?? "";
  if (control?.tagName === "SELECT") {
    return [...control.options].find((option) => option.value === text)?.textContent ?? text;
  }
  const cells = row.dataset.kind === "numbers" ? text.split(/[\s;]+/).filter(Boolean) : [];
  if (cells.length > 6) return `${cells.length} ${words.values}`;
  return text || words.empty;
}

/* The first field of a row that can be seen: what to focus when the row is meant. */
export const firstShown = (row) => controlsOf(row).find((control) => control.offsetParent && control.type !== "hidden");

export const tidy = (text) => (text ?? "").trim().replaceAll("\r\n", "\n");
export const say = (text) => {
  const place = form.querySelector("[data-status]");
  if (place && place.textContent !== text) place.replaceChildren(text);
};
