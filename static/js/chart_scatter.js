/* [data-chart="scatter"]: predicted against measured on two like logarithmic axes, with the line of agreement. */
import { colour, drawAll, frame } from "./chart_base.js";

const figure = (value) => value.toLocaleString("en", { maximumSignificantDigits: value < 100 ? 3 : 6 });

/** A straight line over the whole drawing at a constant ratio of predicted to measured, cut at its edges. */
function ratioLine(ratio, [low, high], style, z) {
  const from = ratio < 1 ? low / ratio : low;
  const to = ratio < 1 ? high : high / ratio;
  return {
    type: "line",
    silent: true,
    symbol: "none",
    z,
    tooltip: { show: false },
    data: [
      [from, from * ratio],
      [to, to * ratio],
    ],
    lineStyle: style,
  };
}

function logAxis(ticks, name, { axisLabel, axisLine }) {
  return {
    type: "log",
    min: ticks[0],
    max: ticks.at(-1),
    name,
    nameLocation: "middle",
    nameTextStyle: { color: colour("quiet"), fontSize: 12 },
    axisLine: { show: true, lineStyle: axisLine.lineStyle },
    axisTick: { customValues: ticks, lineStyle: axisLine.lineStyle },
    splitLine: { lineStyle: { color: colour("hair") } },
    axisLabel: {
      ...axisLabel,
      interval: undefined,
      customValues: ticks.length > 8 ? ticks.filter((tick) => Number.isInteger(Math.log10(tick))) : ticks,
      formatter: figure,
    },
  };
}

drawAll("scatter", (data, { narrow, description }) => {
  const { words, ticks } = data;
  const tooltip = ({ value, seriesName }) =>
    [
      `${value[2]}, ${value[3]} (${seriesName})`,
      `${figure(value[0])} ${words.measured}`,
      `${figure(value[1])} ${words.predicted}`,
    ].join("\n");
  const option = frame([], { narrow, description, axis: {}, tooltip });
  option.tooltip.trigger = "item";
  option.grid = { left: 52, right: 14, top: 8, bottom: 44 };
  const across = logAxis(ticks, words.measured, option.xAxis);
  option.yAxis = { ...logAxis(ticks, words.predicted, option.xAxis), nameGap: 40 };
  option.xAxis = { ...across, nameGap: 26 };
  const ends = [ticks[0], ticks.at(-1)];
  const quiet = { color: colour("quiet"), width: 1.2 };
  option.series = [
    ratioLine(1, ends, quiet, 1),
    ratioLine(data.band, ends, { ...quiet, type: [5, 4] }, 1),
    ratioLine(1 / data.band, ends, { ...quiet, type: [5, 4] }, 1),
    ...data.series.map((one) => ({
      name: one.label,
      type: "scatter",
      symbol: `path://${one.path}`,
      symbolSize: 8,
      symbolKeepAspect: true,
      z: 3,
      itemStyle: { color: colour(one.role, 0.75), borderColor: colour("paper"), borderWidth: 0.4 },
      data: one.points,
    })),
  ];
  return option;
});
