/* A word of the glossary, a.term[data-term]: pressing it opens its meaning beside it; without this file it leads
   to the glossary. The note follows its word in the order of reading; Escape or a press elsewhere closes it. */
let notes = 0;

const noteOf = (word) => {
  if (word.nextElementSibling?.matches(".term-note")) return word.nextElementSibling;
  const note = document.createElement("span");
  note.className = "term-note";
  note.id = `term-note-${(notes += 1)}`;
  note.popover = "manual";
  note.setAttribute("role", "note");
  note.textContent = word.dataset.term;
  word.after(note);
  word.setAttribute("role", "button");
  word.setAttribute("aria-controls", note.id);
  note.addEventListener("toggle", ({ newState }) =>
    word.setAttribute("aria-expanded", String(newState === "open")),
  );
  return note;
};

const place = (note, word) => {
  const at = word.getBoundingClientRect();
  const room = document.documentElement.clientWidth - note.offsetWidth - 16;
  note.style.left = `${Math.max(16, Math.min(at.left, room)) + window.scrollX}px`;
  note.style.top = `${at.bottom + window.scrollY + 6}px`;
};

const toggle = (word) => {
  const note = noteOf(word);
  if (note.togglePopover()) place(note, word);
};

const closeAllBut = (kept) => {
  for (const note of document.querySelectorAll(".term-note:popover-open")) {
    if (note !== kept) note.hidePopover();
  }
};

if (HTMLElement.prototype.togglePopover) {
  document.addEventListener("click", (event) => {
    const word = event.target.closest("a.term");
    closeAllBut(word ? word.nextElementSibling : event.target.closest(".term-note"));
    if (!word || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(word);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeAllBut(null);
    if (event.key !== " " || !event.target.matches?.("a.term[role=button]")) return;
    event.preventDefault();
    toggle(event.target);
  });
}
