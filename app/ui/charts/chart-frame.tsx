import type { ReactNode } from "react";

/** Width of the drawing, in the units of its viewBox; text keeps its size because each width has its own drawing. */
export const NARROW = 340;
export const MIDDLE = 460;
export const WIDE = 720;

const DRAWINGS = [
  ["ease-narrow", NARROW],
  ["ease-middle", MIDDLE],
  ["ease-wide", WIDE],
] as const;

/**
 * A chart drawn for a narrow, a middling and a wide place; the style sheet shows the one that fits, so that it is right
 * in the first HTML and text never shrinks. Its figures stand in a table underneath for who would rather read.
 */
export function ChartFrame(props: {
  /** Says what the chart shows, in a sentence with its main figures. */
  label: string;
  draw: (width: number) => { height: number; marks: ReactNode };
  table: ReactNode;
}) {
  return (
    <div>
      <div className="ease-chart">
        {DRAWINGS.map(([className, width]) => {
          const { height, marks } = props.draw(width);
          return (
            <svg
              key={className}
              className={className}
              viewBox={`0 0 ${width} ${height}`}
              role="img"
              aria-label={props.label}
            >
              {marks}
            </svg>
          );
        })}
      </div>
      <details className="ease-disclosure">
        <summary>Show as table</summary>
        {props.table}
      </details>
    </div>
  );
}
