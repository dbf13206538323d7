/* [data-chart="steps"]: the values a key has had: steps that stand, their range as a band, corrected ones dashed. */
import { colour, drawAll, frame } from "./chart_base.js";

const figure = (value) => value.toLocaleString("en", { maximumFractionDigits: 6 });

/** Points of a step line; null between two steps that do not meet leaves a gap. */
function points(steps) {
  const found = [];
  steps.forEach((step, place) => {
    if (place && steps[place - 1].end !== step.begin) found.push([step.begin, null]);
    found.push([step.begin, step.value], [step.end, step.value]);
  });
  return found;
}

/** The range of every step as a rectangle of its own. */
function ranges(steps, fill) {
  return {
    type: "custom",
    silent: true,
    clip: true,
    z: 1,
    encode: { x: [0, 1], y: [2, 3] },
    data: steps.filter((step) => step.low !== step.high).map((step) => [step.begin, step.end, step.low, step.high]),
    renderItem: (_params, api) => {
      const [left, top] = api.coord([api.value(0), api.value(3)]);
      const [right, bottom] = api.coord([api.value(1), api.value(2)]);
      return { type: "rect", shape: { x: left, y: top, width: right - left, height: bottom - top }, style: { fill } };
    },
  };
}

const line = (name, data, style) => ({ name, type: "line", data, showSymbol: false, z: 5, color: style.color, lineStyle: style });

drawAll("steps", (data, { narrow, description }) => {
  const { steps, corrected, words } = data;
  const strong = colour("provider");
  const at = (day, step) => step.begin <= day && day < step.end;
  const told = (step) =>
    `${figure(step.value)} ${data.unit}${step.low === step.high ? "" : ` (${figure(step.low)} to ${figure(step.high)})`}, ${words.known} ${step.known}`;
  const tooltip = ([{ axisValue }]) => {
    const day = new Date(axisValue).toISOString().slice(0, 10);
    const now = steps.filter((step) => at(day, step)).map(told);
    const was = corrected.filter((step) => at(day, step)).map((step) => `${words.corrected}: ${told(step)}`);
    return [day, ...now, ...was].join("\n");
  };
  const option = frame([], { narrow, description, tooltip, axis: { name: "", axisLabel: { formatter: figure }, min: 0 } });
  const { axisLabel } = option.xAxis;
  option.useUTC = true;
  option.grid.top = 12;
  option.xAxis = {
    type: "time",
    splitNumber: narrow ? 3 : 6,
    axisLine: option.xAxis.axisLine,
    axisLabel: {
      color: axisLabel.color,
      fontSize: 12,
      fontFamily: axisLabel.fontFamily,
      hideOverlap: true,
      formatter: (value) => new Date(value).toISOString().slice(0, 7),
    },
  };
  if (steps.some((step) => step.low < 0)) delete option.yAxis.min;
  option.series = [
    ranges(steps, colour("provider", 0.16)),
    line(words.value, points(steps), { color: strong, width: 2.25 }),
    ...corrected.map((step) => line(words.corrected, points([step]), { color: colour("quiet"), width: 1.5, type: [6, 4] })),
  ];
  return option;
});
