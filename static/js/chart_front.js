/* [data-chart="front"]: a chip's tokens a second against a user's; the front as a line, what it beats as dots. */
import { colour, drawAll, frame } from "./chart_base.js";

const LETTER = 6.5; // pixels of a letter, about
const LEVEL = 15; // pixels between labels that stand above one another

/* How far to the right the axis will reach, and the pixels of one unit on it, about. */
function scaleOf(data, width) {
  const points = [...data.front, ...data.tried, ...(data.chosen ? [data.chosen] : [])];
  const most = Math.max(...points.map((one) => one[0]), ...data.limits.map((one) => one.speed));
  return { most, unit: (0.85 * width) / most };
}

/* Each limit with the level of its label: one up when it would touch the label before it. */
function staggered(limits, unit) {
  const ends = []; // of the last label on each level
  return [...limits]
    .sort((one, other) => one.speed - other.speed)
    .map((one) => {
      const half = (one.label.length * LETTER) / 2 + 4;
      const free = ends.findIndex((end) => end <= one.speed * unit - half);
      const level = free < 0 ? ends.length : free;
      ends[level] = one.speed * unit + half;
      return { name: one.label, xAxis: one.speed, level, label: { distance: 5 + level * LEVEL } };
    });
}

const figure = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });

drawAll("front", (data, { narrow, description, place }) => {
  const { words } = data;
  const { most, unit } = scaleOf(data, place.clientWidth);
  const limits = staggered(data.limits, unit);
  const raised = LEVEL * Math.max(...limits.map((one) => one.level), 0);
  const chosen = data.chosen && `${words.chosen}: ${data.chosen[2]}, ${figure(data.chosen[3])}`;
  const isNearEdge = data.chosen && (most - data.chosen[0]) * unit < chosen.length * LETTER;
  const tooltip = ({ value, seriesName }) =>
    [
      `${value[2]}, ${figure(value[3])} ${words.requests} (${seriesName})`,
      `${figure(value[0])} ${words.user}`,
      `${figure(value[1])} ${words.chip}`,
    ].join("\n");
  const axis = { name: words.chip, min: 0, axisLabel: { formatter: figure } };
  const option = frame([], { narrow, description, axis, tooltip });
  option.tooltip.trigger = "item";
  option.yAxis.nameTextStyle = { ...option.yAxis.nameTextStyle, padding: [0, 0, 0, 0] };
  option.yAxis.nameGap = 28 + raised;
  const { axisLabel, axisLine } = option.xAxis;
  option.grid = { ...option.grid, top: 48 + raised, right: 24, bottom: 24 };
  option.xAxis = {
    type: "value",
    min: 0,
    axisLine,
    name: words.user,
    nameLocation: "middle",
    nameGap: 26,
    nameTextStyle: { color: colour("quiet"), fontSize: 12 },
    splitLine: { show: false },
    splitNumber: narrow ? 3 : 8,
    axisLabel: { color: axisLabel.color, fontSize: 12, fontFamily: axisLabel.fontFamily, formatter: figure },
  };
  const strong = colour("provider");
  option.series = [
    {
      name: words.tried,
      type: "scatter",
      data: data.tried,
      symbolSize: 5,
      z: 2,
      itemStyle: { color: "transparent", borderColor: colour("faint"), borderWidth: 1 },
    },
    {
      name: words.front,
      type: "line",
      data: data.front,
      symbol: "circle",
      symbolSize: 6,
      z: 4,
      color: strong,
      lineStyle: { color: strong, width: 2 },
      markLine: {
        symbol: "none",
        silent: true,
        label: { color: colour("quiet"), fontSize: 12, formatter: "{b}" },
        lineStyle: { color: colour("third"), type: [6, 4], width: 1.5 },
        data: limits,
      },
    },
    {
      name: words.chosen,
      type: "scatter",
      data: data.chosen ? [data.chosen] : [],
      symbol: "diamond",
      symbolSize: 16,
      z: 6,
      itemStyle: { color: colour("lab"), borderColor: colour("paper"), borderWidth: 1.5 },
      label: {
        show: true,
        position: isNearEdge ? "left" : "right",
        color: colour("ink"),
        fontSize: 12,
        formatter: () => chosen,
      },
    },
  ];
  return option;
});
