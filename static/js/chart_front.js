/* [data-chart="front"]: a chip's tokens a second against a user's; the front as a line, what it beats as dots. */
import { colour, drawAll, frame } from "./chart_base.js";

const figure = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });

drawAll("front", (data, { narrow, description }) => {
  const { words } = data;
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
  option.yAxis.nameGap = 28;
  const { axisLabel, axisLine } = option.xAxis;
  option.grid = { ...option.grid, top: 48, right: 24, bottom: 24 };
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
        data: data.limits.map((one) => ({ name: one.label, xAxis: one.speed })),
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
        position: "right",
        color: colour("ink"),
        fontSize: 12,
        formatter: ({ value }) => `${words.chosen}: ${value[2]}, ${figure(value[3])}`,
      },
    },
  ];
  return option;
});
