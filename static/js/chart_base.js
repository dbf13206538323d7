/* What all charts share: colours of the theme, axes in ledger style, drawing again when size or theme changes.
   A chart is [data-chart="kind"] whose data-source names a json_script element. */
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** The colour of a token as rgb, which the renderer can mix; tokens are OKLCH and differ by theme. */
export function colour(token, alpha = 1) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha})`;
}

/** USD billion as the tables write it: negative in parentheses, zero as a dash. */
export function billions(value, decimals = 1) {
  const shown = (Math.abs(value) / 1e9).toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  if (!/[1-9]/.test(shown)) return "–";
  return value < 0 ? `(${shown})` : shown;
}

export const percent = (share) => `${Math.round(share * 100)}%`;

const font = () => getComputedStyle(document.body).fontFamily;

/** Years under the first quarter of each, every second year where there is little room. */
function timeAxis(labels, narrow) {
  const years = labels.filter((label) => label.endsWith("Q1")).length;
  const every = narrow ? Math.ceil(years / 4) : Math.ceil(years / 11);
  const isShown = (label) => label.endsWith("Q1") && Number(label.slice(0, 4)) % every === 0;
  return {
    type: "category",
    data: labels,
    boundaryGap: false,
    axisLine: { onZero: false, lineStyle: { color: colour("edge") } },
    axisTick: { interval: (_index, label) => label.endsWith("Q1"), lineStyle: { color: colour("edge") } },
    axisLabel: {
      interval: years ? (_index, label) => isShown(label) : 0,
      formatter: (label) => (years ? label.slice(0, 4) : label),
      color: colour("quiet"),
      fontSize: 12,
      fontFamily: font(),
    },
  };
}

/** The parts of an option that are the same in every chart. */
export function frame(labels, { narrow, description, axis, tooltip }) {
  return {
    animation: false,
    aria: { enabled: true, label: { description } },
    textStyle: { fontFamily: font() },
    grid: { left: 4, right: 12, top: 26, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      // From the first setOption on: the HTML tooltip writes style attributes, which our policy refuses.
      renderMode: "richText",
      trigger: "axis",
      confine: true,
      backgroundColor: colour("raised"),
      borderColor: colour("edge"),
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: colour("ink"), fontSize: 12, lineHeight: 18, fontFamily: font() },
      axisPointer: { lineStyle: { color: colour("edge"), type: "solid" } },
      formatter: tooltip,
    },
    xAxis: timeAxis(labels, narrow),
    yAxis: {
      type: "value",
      nameTextStyle: { color: colour("quiet"), align: "left", padding: [0, 0, 0, -30], fontSize: 12 },
      splitNumber: narrow ? 4 : 5,
      splitLine: { lineStyle: { color: colour("hair") } },
      ...axis,
      axisLabel: { color: colour("quiet"), fontSize: 12, fontFamily: font(), ...axis.axisLabel },
    },
  };
}

/** Draws every chart of a kind now, and again when its size class or the theme changes. */
export function drawAll(kind, optionOf) {
  for (const place of document.querySelectorAll(`[data-chart="${kind}"]`)) {
    const data = JSON.parse(document.getElementById(place.dataset.source).textContent);
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    const draw = () => {
      const shown = { narrow: place.clientWidth < 560, description: place.dataset.finding, place };
      chart.setOption(optionOf(data, shown), { notMerge: true });
    };
    draw();
    new ResizeObserver(() => {
      chart.resize();
      draw();
    }).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    matchMedia("print").addEventListener("change", draw);
    document.querySelector(`[data-chart-switch="${place.id}"]`)?.addEventListener("change", draw);
  }
}

/** Whether the switch that belongs to a chart is on; a chart without a switch shows everything. */
export const isOn = (place) => document.querySelector(`[data-chart-switch="${place.id}"]`)?.checked ?? true;

/** An area between two series of values as a custom series. */
export function band(low, high, fill, z) {
  return {
    type: "custom",
    silent: true,
    clip: true,
    z,
    tooltip: { show: false },
    encode: { x: 0, y: [1, 2] },
    data: low.map((value, place) => [place, value, high[place]]),
    renderItem: (params, api) => {
      if (params.dataIndexInside !== 0) return null;
      const points = [
        ...high.map((value, place) => api.coord([place, value])),
        ...low.map((value, place) => api.coord([place, value])).reverse(),
      ];
      return { type: "polygon", shape: { points }, style: { fill } };
    },
  };
}
