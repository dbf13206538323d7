/* Inputs that two people changed: each is chosen, theirs or yours, before it is saved. */
import { controlNamed, firstShown, form, rowOf, say, tell, words, write } from "./editor_form.js";

export const contested = new Map(); // the texts of theirs that were shown, by the contest's key

export const isContested = (name) => [...contested.values()].some((seen) => name in seen);

export const theirs = (seen) => write(seen);

/* Adds the panel of an answer; what was contested before and is not any more goes. */
export function showContests(said) {
  const place = form.querySelector("[data-contests]");
  if (said.contests.length === 0) return;
  for (const { key, seen } of said.contests) contested.set(key, seen);
  const fresh = document.createElement("div");
  fresh.innerHTML = said.panel; // drawn and escaped by the server
  hold(fresh);
  const held = place.querySelector(".contests");
  if (!held) place.replaceChildren(fresh.firstElementChild);
  else {
    for (const contest of fresh.querySelectorAll("[data-contest]")) {
      find(held, contest.dataset.contest)?.remove();
      held.append(contest);
    }
  }
  say(words.contested);
}

function hold(place) {
  for (const button of place.querySelectorAll("[data-without-script]")) button.hidden = true;
}

const find = (place, key) =>
  [...place.querySelectorAll("[data-contest]")].find((contest) => contest.dataset.contest === key);

function choose(event) {
  const contest = event.target.closest("[data-contest]");
  if (!contest) return;
  const key = contest.dataset.contest;
  const seen = contested.get(key) ?? {};
  const row = rowOf(controlNamed(Object.keys(seen)[0]));
  contested.delete(key);
  const panel = contest.closest(".contests");
  contest.remove();
  if (!panel.querySelector("[data-contest]")) {
    panel.remove();
    say("");
  }
  tell(form, "genka:chosen", { seen, row, choice: event.target.value });
  if (row) firstShown(row)?.focus();
}

if (form?.dataset.draft) {
  const place = form.querySelector("[data-contests]");
  for (const contest of place.querySelectorAll("[data-contest]")) {
    contested.set(contest.dataset.contest, JSON.parse(contest.querySelector("input[type=hidden]").value));
  }
  hold(place);
  place.addEventListener("change", choose);
}
