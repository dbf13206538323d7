/* [data-chart="shares"]: shares of futures over time, one line each, told apart by colour and by dash. */
import { colour, drawAll, frame, percent } from "./chart_base.js";

const DASHES = { solid: "solid", dashed: [7, 4], dotted: [2, 3] };

drawAll("shares", (data, { narrow, description }) => {
  const tooltip = ([{ dataIndex }]) =>
    [data.labels[dataIndex], ...data.series.map((one) => `${one.label}: ${percent(one.values[dataIndex])}`)].join("\n");
  const axis = { min: 0, max: 1, interval: narrow ? 0.25 : 0.2, axisLabel: { formatter: percent } };
  const option = frame(data.labels, { narrow, description, axis, tooltip });
  option.grid.top = 12;
  option.series = data.series.map((one) => ({
    name: one.label,
    type: "line",
    step: "end",
    data: one.values,
    showSymbol: false,
    color: colour(one.role),
    lineStyle: { color: colour(one.role), width: 2, type: DASHES[one.line] },
  }));
  return option;
});
