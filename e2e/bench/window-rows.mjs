import { measureFrames, measureMemory, measureOpening, measureScrolling } from './window.mjs';
import { median } from './rows.mjs';

const figures = (values) => ({ cold: values[0], steady: median(values), passes: values });
const LOAD = 'a program writes 5 000 files a second and another prints';

export async function frameRows({ context, oursUrl, passes }) {
  const { idle, busy, written } = await measureFrames(context, oursUrl, passes);
  const of = (key) => figures(busy.map((each) => each[key]));
  return [
    { id: 'window-frames', label: `${LOAD}: 95 of 100 frames of the page within`, unit: 'ms', ours: of('p95'), base: { name: 'nothing going on', value: idle.p95 } },
    { id: 'window-frames-longest', label: 'the longest of them', unit: 'ms', ours: of('longest'), base: { name: 'nothing going on', value: idle.longest } },
    { id: 'window-rate', label: 'frames a second meanwhile', unit: '/s', ours: of('rate'), base: { name: 'nothing going on', value: idle.rate } },
    { id: 'window-written', label: 'files a second that were written meanwhile', unit: '/s', ours: figures(written) },
  ];
}

/** Growth from half a minute on; the first sample stands beside it. */
export async function memoryRows({ context, oursUrl, minutes }) {
  const samples = await measureMemory(context, oursUrl, minutes);
  const row = (id, label, key) => {
    const values = samples.map((sample) => sample[key]);
    const grown = values.at(-1) - values[0];
    return { id, label: `${LOAD} for ${minutes} min: ${label}`, unit: 'MiB', ours: { cold: values[0], steady: grown, passes: values } };
  };
  return [
    row('window-heap', 'growth of the window’s JavaScript (cold: at the start)', 'heap'),
    ...(samples[0].resident === null ? [] : [row('window-resident', 'growth of its process (cold: at the start)', 'resident')]),
  ];
}

export async function openingRows({ context, oursUrl, passes }) {
  const { first, later } = await measureOpening(context, oursUrl, passes);
  const slowest = (times) => Object.entries(times).toSorted((a, b) => b[1] - a[1])[0];
  const steady = Object.fromEntries(Object.entries(later).map(([title, values]) => [title, median(values)]));
  const [firstTitle, firstTook] = slowest(first);
  const [title] = slowest(steady);
  return [
    { id: 'window-open-first', label: `the slowest pane from the key to its paint, the first time (${firstTitle})`, unit: 'ms', ours: { cold: firstTook, steady: firstTook, passes: Object.values(first) } },
    { id: 'window-open', label: `the same, later (${title})`, unit: 'ms', ours: { cold: first[title], steady: steady[title], passes: later[title] } },
  ];
}

export async function scrollingRows({ context, oursUrl, passes }) {
  const found = await measureScrolling(context, oursUrl, passes);
  return [
    { id: 'window-scroll', label: 'explorer with 100 000 entries, scrolled: 95 of 100 frames within', unit: 'ms', ours: figures(found.map(({ p95 }) => p95)) },
    { id: 'window-scroll-longest', label: 'the longest of them', unit: 'ms', ours: figures(found.map(({ longest }) => longest)) },
  ];
}
