/* [data-chart="fan"]: bands that hold 50% and 90%, the median, and hatched what an IPO adds to it. */
import { band, billions, colour, drawAll, frame, isOn } from "./chart_base.js";

const STEP = 7;

/** The next 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten, so that an axis ends on a round figure. */
function roundedUp(value) {
  if (!(value > 0)) return value;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) * power;
}

/** Diagonal lines between two series of values, clipped to the area between them. */
function hatch(lower, upper, stroke) {
  return {
    type: "custom",
    silent: true,
    clip: true,
    z: 3,
    encode: { x: 0, y: [1, 2] },
    data: lower.map((value, place) => [place, value, upper[place]]),
    renderItem: (params, api) => {
      if (params.dataIndexInside !== 0) return null;
      const there = upper.map((value, place) => api.coord([place, value]));
      const back = lower.map((value, place) => api.coord([place, value])).reverse();
      const { x, y, width, height } = params.coordSys;
      const lines = [];
      for (let start = x - height; start < x + width; start += STEP) {
        lines.push({
          type: "line",
          shape: { x1: start, y1: y + height, x2: start + height, y2: y },
          style: { stroke, lineWidth: 1 },
        });
      }
      return {
        type: "group",
        children: lines,
        clipPath: { type: "polygon", shape: { points: [...there, ...back] } },
      };
    },
  };
}

const line = (name, data, style) => ({ name, type: "line", data, showSymbol: false, z: 5, lineStyle: style, color: style.color });

drawAll("fan", (data, { narrow, description, place }) => {
  const { fan, labels, words } = data;
  const added = data.added && isOn(place) ? data.added : null;
  const strong = colour(data.role);
  const tooltip = ([{ dataIndex }]) => {
    const rows = [
      labels[dataIndex],
      `${words.median}: ${billions(fan.p50[dataIndex])}`,
      `${words.band50}: ${billions(fan.p25[dataIndex])} to ${billions(fan.p75[dataIndex])}`,
      `${words.band90}: ${billions(fan.p05[dataIndex])} to ${billions(fan.p95[dataIndex])}`,
    ];
    if (added) rows.push(`${words.added}: ${billions(added[dataIndex])}`);
    return rows.join("\n");
  };
  const axis = { name: "USD B", axisLabel: { formatter: (value) => billions(value, 0) } };
  if (data.top) axis.max = (extent) => roundedUp(Math.min(extent.max, data.top));
  const option = frame(labels, { narrow, description, axis, tooltip });
  option.series = [
    band(fan.p05, fan.p95, colour(data.role, 0.13), 1),
    band(fan.p25, fan.p75, colour(data.role, 0.24), 2),
    line(words.median, fan.p50, { color: strong, width: 2.25 }),
  ];
  option.series[2].markLine = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: colour("quiet"), type: "solid", width: 1 },
    data: [{ yAxis: 0 }],
  };
  if (added) {
    option.series.push(hatch(fan.p50, added, colour(data.role, 0.55)));
    option.series.push(line(words.added, added, { color: strong, width: 1.5, type: [6, 4] }));
  }
  return option;
});
