/* Saves the draft while somebody types: only changed fields, one request at a time, never in the way of typing. */
import { allRows, controlsOf, form, isCited, rowOf, say, textsOf, tidy, words, write, tell } from "./editor_form.js";
import { showAnswer, showRow } from "./editor_state.js";
import { contested, isContested, showContests, theirs } from "./editor_contests.js";

const DELAY = 700;
const LONGEST_WAIT = 30_000;
const opened = form?.dataset.draft ? JSON.parse(form.elements.opened.value || "{}") : {};
const accepted = new Map(); // what was typed, by name, that the server has taken to mean what is in `opened`
const touched = new Set();
let timer = 0;
let running = null;
let wait = 2_000;
let trouble = ""; // "", "offline", "signed-out" or "refused"

const isDirty = (name, text) => tidy(text) !== tidy(opened[name]) && accepted.get(name) !== text;

function schedule(delay = DELAY) {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

/* Saves until nothing is left or something went wrong. */
export async function save() {
  clearTimeout(timer);
  while (running) await running;
  if (touched.size === 0) return;
  running = send(changedTexts());
  try {
    await running;
  } finally {
    running = null;
  }
  if (touched.size && !trouble) schedule();
}

function changedTexts() {
  const texts = {};
  for (const row of touched) {
    const held = Object.entries(textsOf(row)).filter(([name]) => !isContested(name));
    for (const cited of [true, false]) {
      const part = held.filter(([name]) => isCited(name) === cited);
      if (part.some(([name, text]) => isDirty(name, text))) Object.assign(texts, Object.fromEntries(part));
    }
  }
  return texts;
}

async function send(texts, { always = false } = {}) {
  const rows = [...touched];
  touched.clear();
  if (!always && Object.keys(texts).length === 0) return;
  if (!always && trouble !== "signed-out") say(words.saving);
  const base = Object.fromEntries(Object.keys(texts).map((name) => [name, opened[name] ?? ""]));
  let answer;
  try {
    answer = await fetch(form.dataset.draft, {
      method: "POST",
      redirect: "manual",
      keepalive: JSON.stringify(texts).length < 20_000,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ lock: form.elements.lock.value, texts, opened: base }),
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.status >= 500) throw new Error(String(answer.status));
  } catch (error) {
    for (const row of rows) touched.add(row);
    return tryAgain(error);
  }
  wait = 2_000;
  await taken(answer, texts, rows);
}

function tryAgain(error) {
  trouble = "offline";
  say(error instanceof TypeError ? words.offline : words.failed);
  schedule(wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

async function taken(answer, texts, rows) {
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const said = isJson ? await answer.json() : {};
  if (said.lock === undefined) {
    const before = trouble;
    trouble = said.message ? "refused" : answer.status === 404 ? "gone" : "signed-out";
    for (const row of rows) touched.add(row);
    if (trouble === "signed-out" && before === trouble) return; // the button stays: somebody may be pressing it
    say(said.message ?? (trouble === "gone" ? words.gone : words.signedOut));
    if (trouble === "signed-out") offerSignIn();
    return;
  }
  trouble = "";
  form.elements.lock.value = said.lock;
  const refused = new Set(said.refused);
  const held = new Set(said.contests.flatMap((contest) => Object.keys(contest.seen)));
  for (const [name, text] of Object.entries(texts)) {
    if (refused.has(name) || held.has(name) || !(name in said.texts)) continue;
    opened[name] = said.texts[name];
    accepted.set(name, text);
  }
  const others = takeTheirs(said, texts);
  for (const row of rows) settle(row);
  showContests(said);
  showAnswer(said, opened, others, touched);
  if (Object.keys(texts).length || said.moved) tell(document.body, "genka:draft-saved");
}

/* What others changed and we did not: shown at once. What we are typing over stays, and is contested when it is sent. */
function takeTheirs(said, sent) {
  const others = new Set();
  if (!said.moved) return others;
  const texts = {};
  for (const row of allRows()) {
    for (const { name, value } of controlsOf(row)) {
      const now = said.texts[name];
      if (now === undefined || name in sent || tidy(opened[name]) === tidy(now) || isDirty(name, value)) continue;
      if (isContested(name)) continue;
      opened[name] = now;
      texts[name] = now;
      if (!isCited(name)) others.add(row);
    }
  }
  write(texts, { recorded: false });
  return others;
}

/* Shows a typed "30" as the "30%" it was taken for, once nobody is typing there. */
function settle(row) {
  if (row.contains(document.activeElement)) return;
  const texts = {};
  for (const { name, value } of controlsOf(row)) {
    if (accepted.get(name) === value && tidy(opened[name]) !== tidy(value)) texts[name] = opened[name] ?? "";
  }
  write(texts, { recorded: false });
}

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

function offerSignIn() {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.signIn;
  button.addEventListener("click", () => submit(form.querySelector("button[name=do][value=draft]")));
  form.querySelector("[data-status]").append(" ", button);
}

let isReady = false;

function submit(button) {
  form.elements.opened.value = JSON.stringify(opened);
  form.elements.csrfmiddlewaretoken.value = token();
  setTimeout(() => {
    isReady = true; // a form that is just now submitting ignores being asked again
    form.requestSubmit(button);
  });
}

async function submitted(event) {
  if (isReady) return;
  event.preventDefault();
  if (form.dataset.pending) return;
  form.dataset.pending = "1";
  const button = event.submitter;
  await save();
  while (running) await running;
  delete form.dataset.pending;
  if (contested.size) return void form.querySelector(".contests")?.focus();
  if (trouble === "offline" || trouble === "gone") return;
  submit(button);
}

function start() {
  for (const hidden of form.querySelectorAll("[data-without-script]")) hidden.hidden = true;
  form.querySelector("[data-tools]").hidden = false;
  for (const row of allRows()) {
    if (controlsOf(row).some(({ name, value }) => isDirty(name, value))) touched.add(row);
    showRow(row, opened);
  }
  if (touched.size) schedule();
  const note = (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    touched.add(row);
    schedule();
  };
  form.addEventListener("input", note);
  form.addEventListener("genka:row-set", note);
  form.addEventListener("change", (event) => rowOf(event.target) && touched.size && schedule(0));
  form.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row && !row.contains(event.relatedTarget)) setTimeout(() => settle(row));
  });
  form.addEventListener("genka:save-now", save);
  form.addEventListener("genka:chosen", (event) => {
    Object.assign(opened, event.detail.seen);
    if (event.detail.choice === "theirs") theirs(event.detail.seen);
    touched.add(event.detail.row);
    schedule(0);
  });
  form.addEventListener("submit", submitted);
  document.addEventListener("visibilitychange", () => (document.hidden ? save() : look()));
  window.addEventListener("online", save);
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", (event) => {
    isReady = false;
    if (event.persisted) look();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isReady && touched.size && changedNames()) event.preventDefault();
  });
}

const changedNames = () => Object.keys(changedTexts()).length;
let looked = Date.now();

/* Asks whether somebody else changed the draft, when one comes back to the page. */
async function look() {
  if (running || document.hidden || Date.now() - looked < 3_000) return;
  looked = Date.now();
  running = send(changedTexts(), { always: true });
  await running;
  running = null;
}

if (form?.dataset.draft) start();
