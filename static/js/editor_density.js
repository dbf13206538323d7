/* Densities of the six shapes, near enough to draw. `inside` is the chance between low and high. */

/* How many standard deviations enclose half of `inside` on each side (Abramowitz and Stegun 26.2.23). */
function deviations(inside) {
  const tail = Math.sqrt(-2 * Math.log((1 - inside) / 2));
  const above = 2.515517 + 0.802853 * tail + 0.010328 * tail ** 2;
  return tail - above / (1 + 1.432788 * tail + 0.189269 * tail ** 2 + 0.001308 * tail ** 3);
}

const bell = (middle, spread) => (x) => Math.exp(-0.5 * ((x - middle) / spread) ** 2);

function betaBetween(a, b, start, end) {
  return (x) => {
    const at = (x - start) / (end - start);
    return at <= 0 || at >= 1 ? 0 : at ** (a - 1) * (1 - at) ** (b - 1);
  };
}

function beta(low, high, inside) {
  const mean = (low + high) / 2;
  const variance = ((high - low) / (2 * deviations(inside))) ** 2;
  const size = Math.max((mean * (1 - mean)) / variance - 1, 0.2);
  return betaBetween(mean * size, (1 - mean) * size, 0, 1);
}

function triangle(start, mode, end) {
  return (x) => (x < mode ? (x - start) / (mode - start || 1) : (end - x) / (end - mode || 1));
}

/* {from, to, density}; null when these ends do not make this shape. */
export function densityOf(shape, low, high, mode, inside) {
  if (low === null || high === null || !(low < high) || !(inside > 0)) return null;
  const width = high - low;
  const [from, to] = [low - 0.4 * width, high + 0.4 * width];
  const [start, end] = [low - (width * (1 / inside - 1)) / 2, high + (width * (1 / inside - 1)) / 2];
  const bounded = Math.min(inside, 0.999);
  const spread = width / (2 * deviations(bounded));
  if (shape === "normal") return { from, to, density: bell((low + high) / 2, spread) };
  if (shape === "uniform") return { from, to, density: (x) => (x >= start && x <= end ? 0.8 : 0) };
  if (shape === "lognormal") {
    if (low <= 0) return null;
    const [bottom, top] = [Math.log(low), Math.log(high)];
    const log = bell((bottom + top) / 2, (top - bottom) / (2 * deviations(bounded)));
    return { from: Math.max(from, 0), to, density: (x) => (x > 0 ? log(Math.log(x)) / x : 0) };
  }
  if (shape === "beta") {
    if (low <= 0 || high >= 1) return null;
    return { from: Math.max(from, 0), to: Math.min(to, 1), density: beta(low, high, bounded) };
  }
  if (mode === null || mode < low || mode > high) return null;
  if (shape === "triangular") return { from, to, density: (x) => Math.max(triangle(start, mode, end)(x), 0) };
  if (shape !== "pert") return null;
  const share = (mode - start) / (end - start);
  return { from, to, density: betaBetween(1 + 4 * share, 5 - 4 * share, start, end) };
}
