const DIGITS = 3;

const show = (value) => {
  if (value === undefined || value === null) return '–';
  if (value >= 1000) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
  return String(Number(value.toPrecision(DIGITS)));
};

const withUnit = (value, unit) => (value === undefined || value === null ? '–' : `${show(value)} ${unit}`);

/**
 * Compares a row with its target.
 * A target is `{atLeast | atMost, of, tolerance}`: a factor of the row's base, or an absolute figure if `of` is a unit.
 * `missed` is true only beyond the tolerance.
 */
export function judge(result, target) {
  if (target === undefined) return { target: '', verdict: '', missed: false };
  const sign = target.atLeast !== undefined ? '≥' : '≤';
  const limit = target.atLeast ?? target.atMost;
  const absolute = target.of === result.unit;
  const text = absolute ? `${sign} ${limit} ${target.of}` : `${sign} ${limit} × ${target.of}`;
  const value = absolute ? result.ours?.steady : ratioOf(result);
  if (value === undefined) return { target: text, verdict: 'not measured', missed: true };
  const off = target.atLeast !== undefined ? limit / value : value / limit;
  return { target: text, verdict: off <= 1 ? 'pass' : 'fail', missed: off > 1 + target.tolerance };
}

/** Ours against the row's base (the best peer, or what the row names); undefined where one is missing. */
export function ratioOf({ ours, base }) {
  return ours?.steady === undefined || !base?.value ? undefined : ours.steady / base.value;
}

const headings = ['what', 'ours, cold', 'ours, steady', 'compared with', 'its figure', 'ratio', 'target', 'result'];

function line(result) {
  const { ours, base, unit } = result;
  const cells = [
    result.label,
    withUnit(ours?.cold, unit),
    ours?.error ? `fails: ${ours.error}` : withUnit(ours?.steady, unit),
    base?.name ?? '–',
    withUnit(base?.value, unit),
    ratioOf(result) === undefined ? '–' : `${show(ratioOf(result))} ×`,
    result.target,
    result.verdict,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @returns {string} the table of all rows in Markdown */
export function table(results) {
  return [`| ${headings.join(' | ')} |`, `|${headings.map(() => '---').join('|')}|`, ...results.map(line)].join('\n');
}

const cell = (figures, unit) => (figures.error ? `fails: ${figures.error}` : `${show(figures.steady)} (cold ${show(figures.cold)}) ${unit}`);

function othersOf(result) {
  return Object.entries({ ...result.peers, ...result.floors }).map(([name, figures]) => `  * ${name}: ${cell(figures, result.unit)}`);
}

/** @returns {string} every peer and floor of every row, failures included */
export function details(results) {
  return results.flatMap((result) => [`* ${result.label}`, ...othersOf(result)]).join('\n');
}
