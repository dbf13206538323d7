/* Finds inputs while one types: by title, what they belong to, section, unit and path. */
import { allRows, form, words } from "./editor_form.js";

const field = document.getElementById("input-search");
const sections = form ? [...form.querySelectorAll(".editor-section")] : [];
const index = new Map();
let wasOpen = null;

function textOf(row) {
  const group = row.closest("fieldset")?.querySelector("legend")?.textContent ?? "";
  const section = row.closest(".editor-section").querySelector("h2").textContent;
  const name = row.querySelector(".field-name").textContent;
  return `${name} ${group} ${section} ${row.dataset.unit} ${row.dataset.path}`.toLowerCase();
}

function find() {
  const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const isAsking = asked.length > 0;
  if (isAsking && !wasOpen) wasOpen = new Map(sections.map((section) => [section, section.open]));
  let found = 0;
  for (const row of allRows()) {
    if (!index.has(row)) index.set(row, textOf(row));
    row.hidden = !asked.every((word) => index.get(row).includes(word));
    if (!row.hidden) found += 1;
  }
  for (const group of form.querySelectorAll(".editor-group")) {
    group.hidden = !group.querySelector(".editor-field:not([hidden])");
  }
  for (const section of sections) {
    section.hidden = !section.querySelector(".editor-field:not([hidden])");
    if (isAsking) section.open = !section.hidden;
    else if (wasOpen) section.open = wasOpen.get(section);
  }
  if (!isAsking) wasOpen = null;
  const first = sections.find((section) => !section.hidden);
  if (isAsking && first?.getBoundingClientRect().top < 0) first.scrollIntoView();
  form.querySelector("[data-none-found]").hidden = found > 0;
  form.querySelector("[data-found]").textContent = isAsking ? `${found} ${words.inputs}` : "";
}

field?.addEventListener("input", find);
field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
  if (event.key !== "Escape" || field.value === "") return;
  event.preventDefault();
  field.value = "";
  find();
});
