import { useEffect, useRef, type ReactElement } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import './charts.css';

export interface Line {
  label: string;
  /** A colour of the tokens: `--blue`. */
  color: string;
  values: readonly number[];
}

interface ChartProps {
  title: string;
  /** Milliseconds since the epoch, ascending; as many as each line has values. */
  times: readonly number[];
  lines: readonly Line[];
  /** A value as text, in the title, the scale and for screen readers. */
  format: (value: number) => string;
  /** What the scale reaches at least; default 10. */
  least?: number;
  /** Milliseconds that the width stands for; default two minutes. */
  span?: number;
}

const HEIGHT = 88;
const SPAN = 120_000;

/** Lines over the last minutes; what they are now is said in words beside the title. Draws only when it is given new values, and nothing while it is not mounted. */
export function Chart({ title, times, lines, format, least = 10, span = SPAN }: ChartProps): ReactElement {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useStore(useApp().theme, (state) => state.choice);
  const look = lines.map(({ label, color }) => `${label} ${color}`).join();
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const made = new uPlot(optionsOf(element, lines, format), [[], ...lines.map(() => [])], element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
    // The lines' values come by the effect below; a chart is made anew where its lines or colours are others.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [look, format, theme]);
  useEffect(() => {
    const end = times.at(-1) ?? Date.now();
    plot.current?.batch((made: uPlot) => {
      made.setData([times.map((time) => time / 1000), ...lines.map(({ values }) => [...values])], false);
      made.setScale('x', { min: (end - span) / 1000, max: end / 1000 });
      made.setScale('y', { min: 0, max: Math.max(least, ...lines.flatMap(({ values }) => values)) * 1.1 });
    });
  }, [times, lines, least, span, look, format, theme]);
  return (
    <figure className="chart" aria-label={`${title}: ${lines.map((line) => spoken(line, format)).join('; ')}`}>
      <figcaption>
        <span>{title}</span>
        {lines.map((line) => (
          <span key={line.label} className="chart-now">
            {lines.length > 1 && <><i style={{ background: `var(${line.color})` }} aria-hidden="true" />{line.label} </>}
            <b>{line.values.length === 0 ? '–' : format(line.values.at(-1)!)}</b>
          </span>
        ))}
      </figcaption>
      <div ref={holder} className="chart-plot" aria-hidden="true" />
    </figure>
  );
}

function spoken({ label, values }: Line, format: (value: number) => string): string {
  if (values.length === 0) return `${label} not known yet`;
  return `${label} now ${format(values.at(-1)!)}, at most ${format(Math.max(...values))}`;
}

function optionsOf(element: HTMLElement, lines: readonly Line[], format: (value: number) => string): uPlot.Options {
  const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = `11px ${token('--sans')}`;
  const grid = { stroke: token('--line'), width: 1 };
  return {
    width: element.clientWidth, height: HEIGHT, padding: [8, 4, 6, 0],
    cursor: { show: false }, legend: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    axes: [
      { show: false },
      { stroke: token('--mute'), font, size: 64, space: 28, grid, ticks: { show: false }, values: (_plot, splits) => splits.map(format) },
    ],
    series: [{}, ...lines.map(({ label, color }) => ({ label, stroke: token(color), fill: `color-mix(in srgb, ${token(color)} 14%, transparent)`, width: 1.5, points: { show: false } }))],
  };
}
