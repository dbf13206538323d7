/* Reads typed numbers for drawing: 25%, 15 B, 1,234. The server reads them for keeps (`figures.py`). */
const SCALES = { "": 1, k: 1e3, m: 1e6, mn: 1e6, million: 1e6, b: 1e9, bn: 1e9, billion: 1e9, t: 1e12, trillion: 1e12 };
const NUMBER = /^([-+(]?)\s*\$?\s*(\d[\d,\s']*\.?\d*(?:e[-+]?\d{1,3})?|\.\d+)\s*([a-z]*|%)\s*\)?$/i;

/* The number, or null. */
export function read(text, unit = "") {
  const found = NUMBER.exec((text ?? "").trim());
  if (!found) return null;
  const [, sign, digits, suffix] = found;
  const isShare = unit === "share" || unit.startsWith("share ");
  const scale = suffix === "%" || (isShare && !suffix) ? 0.01 : SCALES[suffix.toLowerCase()];
  if (scale === undefined) return null;
  const number = Number(digits.replace(/[,\s']/g, "")) * scale;
  return Number.isFinite(number) ? (sign === "-" || sign === "(" ? -number : number) : null;
}

/* The cells of a list, as the server parts them. */
export function readCells(text) {
  const tidy = text.trim();
  if (!tidy) return [];
  if (/[\t\n;]/.test(tidy)) return tidy.split(/[\t\n;]/);
  return /\s/.test(tidy) ? tidy.split(/,?\s+/) : tidy.split(",");
}
