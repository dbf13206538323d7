/* Draws a range as a small curve, and a list as a line. For the eye only: the engine has its own mathematics. */
import { allRows, form, rowOf } from "./editor_form.js";
import { read, readCells } from "./editor_read.js";
import { densityOf } from "./editor_density.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, STEPS] = [112, 32, 56];

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function drawing(row) {
  let held = row.querySelector(".curve");
  if (!held) {
    held = element("svg", { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT });
    held.setAttribute("aria-hidden", "true");
    row.querySelector(".field-inputs").append(held);
  }
  return held;
}

function line(points) {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/* “90% inside” beside the range, as it is typed. */
function sayInside(row, inside) {
  const place = row.querySelector(".inside-words");
  if (place && inside) place.textContent = place.textContent.replace(/\d[\d.]*\s*%/, `${inside}%`);
}

function drawRange(row) {
  const { path, unit } = row.dataset;
  const value = (part) => form.elements.namedItem(`${path}~${part}`)?.value ?? "";
  const [low, high, mode] = ["low", "high", "mode"].map((part) => read(value(part), unit));
  const inside = read(value("inside"), "share") ?? 0.9;
  sayInside(row, Number((inside * 100).toPrecision(6)));
  const found = densityOf(value("shape"), low, high, mode, inside);
  if (!found) return row.querySelector(".curve")?.remove();
  const { from, to, density } = found;
  const heights = Array.from({ length: STEPS + 1 }, (_, at) => density(from + ((to - from) * at) / STEPS));
  const most = Math.max(...heights.filter(Number.isFinite)) || 1;
  const x = (at) => ((at - from) / (to - from)) * WIDTH;
  const points = heights.map((height, at) => [
    (at / STEPS) * WIDTH,
    HEIGHT - 2 - (Math.min(height, most) / most) * (HEIGHT - 5),
  ]);
  const middle = points.filter(([at]) => at >= x(low) - 1 && at <= x(high) + 1);
  const base = HEIGHT - 2;
  const area = middle.length
    ? `${line([[middle[0][0], base], ...middle, [middle.at(-1)[0], base]])}Z`
    : "";
  drawing(row).replaceChildren(
    element("path", { class: "inside", d: area }),
    element("path", { class: "line", d: line(points) }),
  );
  return undefined;
}

function drawList(row) {
  const field = row.querySelector(".cells");
  const cells = readCells(field.value);
  const numbers = cells.map((cell) => read(cell, row.dataset.unit));
  const count = row.querySelector("[data-cells]");
  if (count) count.textContent = count.textContent.replace(/\d+/, cells.length);
  if (numbers.length < 2 || numbers.some((number) => number === null)) return row.querySelector(".curve")?.remove();
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const points = numbers.map((number, at) => [
    (at / (numbers.length - 1)) * WIDTH,
    HEIGHT - 3 - ((number - least) / (most - least || 1)) * (HEIGHT - 6),
  ]);
  drawing(row).replaceChildren(element("path", { class: "line", d: line(points) }));
  return undefined;
}

function draw(row) {
  if (row.dataset.kind === "quantity") drawRange(row);
  if (row.dataset.kind === "numbers") drawList(row);
}

if (form) {
  const again = (event) => rowOf(event.target) && draw(rowOf(event.target));
  for (const name of ["input", "change", "genka:row-set"]) form.addEventListener(name, again);
  for (const row of allRows()) draw(row);
}
