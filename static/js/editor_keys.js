/* The keyboard: a short list, opened with "?". Enter in a field saves and stays there. */
import { allRows, firstShown, form, rowOf, tell } from "./editor_form.js";

const list = form && document.querySelector("[data-keys]");
const isTyping = (target) => target.matches?.("input:not([type=radio]), textarea, select, [contenteditable]");

function openList() {
  if (!list.open) list.showModal();
}

function stepFrom(row, by) {
  const shown = allRows().filter((one) => one.offsetParent);
  const next = shown[shown.indexOf(row) + by];
  const control = next && firstShown(next);
  control?.focus();
  control?.select?.();
}

function pressed(event) {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "s") {
    event.preventDefault();
    return saveNow(target);
  }
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown") && rowOf(target)) {
    event.preventDefault();
    return stepFrom(rowOf(target), key === "ArrowUp" ? -1 : 1);
  }
  if (key === "Enter" && target.matches?.("form.editor input") && target.form === form) {
    event.preventDefault();
    return saveNow(target);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return undefined;
  if (key === "/") {
    event.preventDefault();
    document.getElementById("input-search").focus();
  }
  if (key === "?") openList();
  return undefined;
}

/* The change counts for undo as well, though the field keeps the focus. */
function saveNow(target) {
  if (rowOf(target)) target.dispatchEvent(new Event("change", { bubbles: true }));
  tell(form, "genka:save-now");
}

if (list) {
  document.addEventListener("keydown", pressed);
  form.querySelector("[data-keys-open]").addEventListener("click", openList);
  document.querySelector("main > .error-summary, .contests")?.focus();
}
