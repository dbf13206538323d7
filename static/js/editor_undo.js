/* Undo and redo of field changes, across saves. Inside a field Ctrl+Z stays the browser's. */
import { allRows, form, inWords, reveal, rowOf, say, textsOf, titleOf, words, write } from "./editor_form.js";

const MOST = 200;
const now = new Map(allRows().map((row) => [row, textsOf(row)]));
const done = [];
const undone = [];
const undo = form?.querySelector("[data-undo]");
const redo = form?.querySelector("[data-redo]");

function record(event) {
  const row = rowOf(event.target);
  if (!row) return;
  const before = now.get(row) ?? {};
  const after = textsOf(row);
  if (Object.keys(after).every((name) => after[name] === before[name])) return;
  now.set(row, after);
  if (event.detail?.recorded === false) return;
  done.push({ row, before, after });
  if (done.length > MOST) done.shift();
  undone.length = 0;
  show();
}

function show() {
  const name = (button, word, step) => {
    button.disabled = !step;
    button.title = step ? `${word}: ${titleOf(step.row)}` : word;
  };
  name(undo, words.undo, done.at(-1));
  name(redo, words.redo, undone.at(-1));
}

function step(from, to, side, word) {
  const taken = from.pop();
  if (!taken) return;
  to.push(taken);
  write(taken[side], { recorded: false });
  reveal(taken.row);
  say(`${word} ${titleOf(taken.row)}, ${inWords(taken.row, taken[side])}`);
  show();
}

if (undo) {
  form.addEventListener("change", record);
  form.addEventListener("genka:row-set", record);
  undo.addEventListener("click", () => step(done, undone, "before", words.undone));
  redo.addEventListener("click", () => step(undone, done, "after", words.redone));
  show();
}
