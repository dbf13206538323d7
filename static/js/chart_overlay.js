/* [data-chart="overlay"]: the fans of several versions over each other, median and 90% band of each. */
import { band, billions, colour, drawAll, frame } from "./chart_base.js";

const DASHES = ["solid", [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2]];

drawAll("overlay", (data, { narrow, description }) => {
  const tooltip = ([{ dataIndex }]) =>
    [
      data.labels[dataIndex],
      ...data.series.filter((one) => dataIndex < one.p50.length).map(
        (one) =>
          `${one.label}: ${billions(one.p50[dataIndex])}  (${billions(one.p05[dataIndex])} to ${billions(one.p95[dataIndex])})`,
      ),
    ].join("\n");
  const axis = { name: "USD B", axisLabel: { formatter: (value) => billions(value, 0) } };
  const option = frame(data.labels, { narrow, description, axis, tooltip });
  option.series = data.series.flatMap((one, place) => [
    band(one.p05, one.p95, colour(one.role, 0.12), 1),
    {
      name: one.label,
      type: "line",
      data: one.p50,
      showSymbol: false,
      z: 5,
      color: colour(one.role),
      lineStyle: { color: colour(one.role), width: 2.25, type: DASHES[place] },
    },
  ]);
  return option;
});
