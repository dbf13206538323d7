/* Shows what the draft is after a save: errors at their fields, counts, the message, what discarding would lose. */
import { firstShown, form, inWords, isCited, say, textsOf, tidy, titleOf, words, write } from "./editor_form.js";

const atFirst = new Map(); // the version's texts by row, where the page did not state them

function savedTexts(row, opened) {
  if (row.dataset.saved) return JSON.parse(row.dataset.saved);
  if (!atFirst.has(row)) {
    const names = Object.keys(textsOf(row)).filter((name) => !isCited(name));
    atFirst.set(row, Object.fromEntries(names.map((name) => [name, opened[name] ?? ""])));
  }
  return atFirst.get(row);
}

/* Marks a row as changed or not; the first call for a row remembers what the version holds. */
export function showRow(row, opened) {
  const saved = savedTexts(row, opened);
  const isChanged = Object.entries(saved).some(([name, text]) => tidy(opened[name]) !== tidy(text));
  const { path } = row.dataset;
  const text = opened[path] ?? "";
  const shape = opened[`${path}~shape`] ?? "fixed";
  const isOwn = "default" in row.dataset && (shape !== "fixed" || (text !== "" && text !== row.dataset.default));
  row.toggleAttribute("data-is-changed", isChanged);
  row.toggleAttribute("data-is-own", isOwn);
  row.toggleAttribute("data-is-wrong", row.querySelector(".field-value > .error") !== null);
  showWas(row, isChanged ? saved : null);
}

function showWas(row, saved) {
  const held = row.querySelector(".field-was");
  if (!saved) return void held?.remove();
  if (held) return;
  const line = document.createElement("p");
  line.className = "field-was";
  line.append(`${words.was} ${inWords(row, saved)} `, resetButton("saved", words.putBack));
  row.querySelector(".field-inputs").after(line);
}

function resetButton(kind, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.dataset.reset = kind;
  button.textContent = text;
  return button;
}

/* Puts one input back, to what the version holds or to its default. */
export function reset(row, kind, opened) {
  const { path } = row.dataset;
  const saved = kind === "saved" ? savedTexts(row, opened) : { [path]: row.dataset.default, [`${path}~shape`]: "fixed" };
  write(saved);
}

function showErrors(row, messages) {
  const place = row.querySelector(".field-value");
  const held = [...place.querySelectorAll(":scope > .error")];
  if (held.map((one) => one.textContent).join("\n") === messages.join("\n")) return;
  for (const one of held) one.remove();
  const id = row.id.replace(/-row$/, "-error");
  const lines = messages.map((message, position) => {
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = message;
    if (position === 0) line.id = id;
    return line;
  });
  row.querySelector(".field-inputs").after(...lines);
  const isWrong = messages.length > 0;
  const help = row.id.replace(/-row$/, "-help");
  for (const control of row.querySelectorAll(".field-inputs :is(input, textarea, select)")) {
    if (isWrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    control.setAttribute("aria-describedby", isWrong ? `${help} ${id}` : help);
  }
}

/* `busy` are the rows somebody is typing in again: their errors wait for the next answer. */
export function showAnswer(said, opened, others, busy) {
  const byId = new Map();
  for (const { id, message } of said.problems) byId.set(id, [...(byId.get(id) ?? []), message]);
  for (const row of form.querySelectorAll(".editor-field")) {
    if (!busy.has(row)) showErrors(row, byId.get(row.id.replace(/-row$/, "")) ?? []);
    showRow(row, opened);
  }
  for (const section of form.querySelectorAll(".editor-section")) showCounts(section);
  const summary = document.querySelector("main > .error-summary");
  if (summary && said.problems.length === 0) summary.hidden = true;
  showBar(said);
  say(said.contests.length ? words.contested : said.saved);
  if (others.size) tellOthers(said.moved, [...others]);
  if (String(said.version) !== form.dataset.version) tell(words.newVersion);
}

function showCounts(section) {
  const marks = { own: "data-is-own", changed: "data-is-changed", wrong: "data-is-wrong" };
  for (const [name, mark] of Object.entries(marks)) {
    const place = section.querySelector(`:scope > summary [data-count=${name}]`);
    if (!place) continue;
    const count = section.querySelectorAll(`.editor-field[${mark}]`).length;
    place.hidden = count === 0;
    place.querySelector("b").textContent = count;
  }
}

function showBar(said) {
  const { message, suggested } = form.elements;
  if (message.value.trim() === suggested.value.trim() || message.value.trim() === "") message.value = said.message;
  suggested.value = said.message;
  form.querySelector("[data-save-label]").textContent = said.save_label;
  form.querySelector("[data-changes-words]").textContent = said.changes_words;
  form.querySelector(".discard").hidden = said.changes === 0;
  form.querySelector("[data-lost]").replaceChildren(
    ...said.lost.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
  );
}

function tellOthers(moved, rows) {
  const changed = rows.slice(0, 6).map((row) => `${titleOf(row)} ${inWords(row, textsOf(row))}`);
  tell(`${moved} ${words.alsoChanged} ${changed.join("; ")}${rows.length > 6 ? " …" : ""}`);
}

function tell(text) {
  const place = form.querySelector("[data-contests]");
  if (place.querySelector(".notice")?.textContent === text) return;
  place.querySelector(".notice")?.remove();
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  notice.textContent = text;
  place.prepend(notice);
}

form?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-reset], button[name=reset]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest(".editor-field");
  const kind = button.dataset.reset ?? button.value.split(" ")[0];
  reset(row, kind, {});
  firstShown(row)?.focus();
});
