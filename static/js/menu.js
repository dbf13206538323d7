/* A menu opened from [data-closes-outside] closes on a click elsewhere and on Escape, and gives the focus back. */
const openMenus = () => document.querySelectorAll("details[data-closes-outside][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
