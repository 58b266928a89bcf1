import { scaleLinear } from "@visx/scale";
import { decimal, points as written, type Writing } from "~/ui/format";
import { ChartFrame, WIDE } from "./chart-frame";

const ROW = { narrow: 40, wide: 30 };
const BAR = 14;
const LABEL_WIDTH = 250;
const FIGURE_WIDTH = 52;

/** What took points off, in the order it is shown; `points` is what it took (negative: gave back). */
export interface WaterfallStep {
  code: string;
  title: string;
  points: number;
}

interface Row {
  key: string;
  title: string;
  figure: string;
  from: number;
  to: number;
  className: string;
}

/** From 100, effortless, down to the score: one bar a reason, each starting where the one before ended. */
export function PointsWaterfall(props: { label: string; score: number; steps: WaterfallStep[]; writing: Writing }) {
  const rows = rowsOf(props);
  return (
    <ChartFrame
      label={props.label}
      draw={(width) => {
        const narrow = width < WIDE;
        const rowHeight = narrow ? ROW.narrow : ROW.wide;
        const left = narrow ? 0 : LABEL_WIDTH;
        const x = scaleLinear({ domain: [0, 100], range: [left, width - FIGURE_WIDTH] });
        const barTop = narrow ? 20 : (rowHeight - BAR) / 2;
        const marks = rows.map((row, index) => (
          <g key={row.key} transform={`translate(0 ${index * rowHeight})`}>
            <text
              className={index === 0 || index === rows.length - 1 ? "ease-strong" : undefined}
              x={narrow ? 0 : left - 12}
              y={narrow ? 14 : rowHeight / 2 + 4}
              textAnchor={narrow ? "start" : "end"}
            >
              {row.title}
            </text>
            <rect
              className={row.className}
              x={x(Math.min(row.from, row.to))}
              width={Math.max(1.5, Math.abs(x(row.to) - x(row.from)))}
              y={barTop}
              height={BAR}
              rx={2}
            />
            {index < rows.length - 1 && (
              <line
                className="ease-link-step"
                x1={x(row.to)}
                x2={x(row.to)}
                y1={barTop + BAR}
                y2={rowHeight + barTop}
              />
            )}
            <text className="ease-strong" x={width} y={barTop + BAR / 2 + 4} textAnchor="end">
              {row.figure}
            </text>
          </g>
        ));
        return { height: rows.length * rowHeight, marks };
      }}
      table={
        <table className="ease-table">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col" className="ease-number">
                Points
              </th>
              <th scope="col" className="ease-number">
                Stands at
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.key}>
                <th scope="row">{row.title}</th>
                <td className="ease-number">{index === 0 || index === rows.length - 1 ? "" : row.figure}</td>
                <td className="ease-number">{decimal(row.to, 1, props.writing)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  );
}

function rowsOf(props: { score: number; steps: WaterfallStep[]; writing: Writing }): Row[] {
  const { score, steps, writing } = props;
  let standing = 100;
  const between = steps.map((step): Row => {
    const from = standing;
    standing -= step.points;
    return {
      key: step.code,
      title: step.title,
      figure: written(step.points, writing),
      from,
      to: standing,
      className: step.points >= 0 ? "ease-taken" : "ease-given",
    };
  });
  const end = (key: string, title: string, at: number): Row => ({
    key,
    title,
    figure: decimal(at, at === 100 ? 0 : 1, writing),
    from: 0,
    to: at,
    className: "ease-left",
  });
  return [end("effortless", "Effortless", 100), ...between, end("score", "Delivery score", score)];
}
