import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleLinear, scalePoint } from "@visx/scale";
import { Area, LinePath } from "@visx/shape";
import { calendarDay, count, decimal, type Writing } from "~/ui/format";
import type { TrendPoint } from "~/views/score-trend";
import { ChartFrame, NARROW } from "./chart-frame";

const HEIGHT = 200;
/** With more points than this the dots would touch. */
const MOST_DOTS = 31;
const MARGIN = { top: 8, right: 12, bottom: 28, left: 40 };

interface DrawnPoint {
  at: string;
  mean: number;
  low: number;
  high: number;
}

/** The mean score over time with its 95 % interval as a band; days with too few orders are a gap, not a zero. */
export function TrendChart(props: { label: string; points: TrendPoint[]; before: number | null; writing: Writing }) {
  const { points, writing } = props;
  const runs = runsOf(points);
  const shown = runs.flat();
  const firstYoung = points.find((point) => point.young);
  const lows = [...shown.map((point) => point.low), ...(props.before === null ? [] : [props.before])];
  const floor = Math.max(0, Math.floor((Math.min(...lows, 90) - 2) / 10) * 10);

  return (
    <ChartFrame
      label={props.label}
      draw={(width) => {
        const [left, right] = [MARGIN.left, width - MARGIN.right];
        const x = scalePoint({ domain: points.map((point) => point.span.from), range: [left, right], padding: 0.3 });
        const y = scaleLinear({ domain: [floor, 100], range: [HEIGHT - MARGIN.bottom, MARGIN.top] });
        const xOf = (point: DrawnPoint) => x(point.at) ?? 0;
        const ticks = y.ticks(4);
        const marks = (
          <>
            {firstYoung && (
              <rect
                className="ease-young"
                x={(x(firstYoung.span.from) ?? right) - x.step() / 2}
                width={right - (x(firstYoung.span.from) ?? right) + x.step() / 2}
                y={MARGIN.top}
                height={HEIGHT - MARGIN.bottom - MARGIN.top}
              />
            )}
            {ticks.map((tick) => (
              <line key={tick} className="ease-rule" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
            ))}
            {props.before !== null && (
              <line className="ease-before" x1={left} x2={right} y1={y(props.before)} y2={y(props.before)} />
            )}
            {runs.map((run) => (
              <g key={run[0]?.at}>
                {run.length > 1 ? (
                  <>
                    <Area
                      className="ease-band"
                      data={run}
                      x={xOf}
                      y0={(point) => y(point.low)}
                      y1={(point) => y(point.high)}
                    />
                    <LinePath className="ease-line" data={run} x={xOf} y={(point) => y(point.mean)} />
                  </>
                ) : (
                  run.map((point) => (
                    <rect
                      key={point.at}
                      className="ease-band"
                      x={xOf(point) - 3}
                      width={6}
                      y={y(point.high)}
                      height={y(point.low) - y(point.high)}
                    />
                  ))
                )}
              </g>
            ))}
            {shown.length <= MOST_DOTS &&
              shown.map((point) => (
                <circle key={point.at} className="ease-dot" cx={xOf(point)} cy={y(point.mean)} r={2.5} />
              ))}
            <AxisLeft
              scale={y}
              left={left}
              tickValues={ticks}
              tickFormat={(tick) => count(Number(tick), writing)}
              hideAxisLine
              hideTicks
              tickLabelProps={{ textAnchor: "end", dx: -4, dy: 4 }}
            />
            <AxisBottom
              scale={x}
              top={HEIGHT - MARGIN.bottom}
              tickValues={labelled(points, width > NARROW ? 8 : 4)}
              tickFormat={(at) => calendarDay(String(at), writing)}
              axisLineClassName="ease-axis"
              hideTicks
              tickLabelProps={{ textAnchor: "middle", dy: 4 }}
            />
          </>
        );
        return { height: HEIGHT, marks };
      }}
      table={<TrendTable points={points} writing={writing} />}
    />
  );
}

function TrendTable({ points, writing }: { points: TrendPoint[]; writing: Writing }) {
  return (
    <table className="ease-table">
      <thead>
        <tr>
          <th scope="col">Ordered</th>
          <th scope="col" className="ease-number">
            Score
          </th>
          <th scope="col" className="ease-number">
            95 % range
          </th>
          <th scope="col" className="ease-number">
            Scored orders
          </th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ span, scored, young, mean }) => (
          <tr key={span.from}>
            <th scope="row">
              {calendarDay(span.from, writing)}
              {span.to !== span.from && ` – ${calendarDay(span.to, writing)}`}
            </th>
            <td className="ease-number">{mean ? decimal(mean.mean, 1, writing) : "too few"}</td>
            <td className="ease-number">
              {mean ? `${decimal(mean.low, 1, writing)}–${decimal(mean.high, 1, writing)}` : ""}
            </td>
            <td className="ease-number">{count(scored, writing)}</td>
            <td>{young ? "too young to judge" : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Stretches of points without a gap between them. */
function runsOf(points: TrendPoint[]): DrawnPoint[][] {
  const runs: DrawnPoint[][] = [];
  let run: DrawnPoint[] = [];
  for (const { span, mean } of points) {
    if (mean) run.push({ at: span.from, mean: mean.mean, low: mean.low, high: mean.high });
    else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  return run.length > 0 ? [...runs, run] : runs;
}

function labelled(points: TrendPoint[], most: number): string[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, index) => index % step === 0).map((point) => point.span.from);
}
