// @ts-check
/**
 * The rules of imports. Files are named by their path from `src/`, with `/`.
 *
 * 1. A file imports from its own folder freely, and from any other folder only `index.ts` or a root.
 * 2. What it may reach is what the longest matching rule of `src/imports.json` lists: `a/b` is that folder and what is
 *    below, `a/*` all folders below `a`, `a/b.ts` one file. A rule's own folder is always allowed.
 * 3. npm packages and worker scripts (`new URL('x.ts', import.meta.url)`) are listed the same way.
 * 4. No cycles: neither of files nor of folders, types included.
 * 5. Tests, `testing/` and `conformance.ts` are free to import what they like; nothing else may import them.
 *
 * @typedef {{ imports: string[], packages?: string[], workers?: string[] }} Rule
 * @typedef {{ roots: string[], rules: Record<string, Rule> }} Rules
 * @typedef {{ specifier: string, worker: boolean }} Reference
 */
import { posix } from 'node:path';
import { parseSync } from 'vite';

const code = /\.(ts|tsx|mts|js|mjs)$/;
const forTests = /(\.test\.tsx?|\.test-worker\.ts|\.bench\.ts)$|(^|\/)conformance\.ts$|(^|\/)testing\//;

/**
 * @param {unknown} node
 * @param {(node: Record<string, any>) => void} visit
 */
function walk(node, visit) {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  else if (node !== null && typeof node === 'object') {
    const record = /** @type {Record<string, any>} */ (node);
    if (typeof record.type === 'string') visit(record);
    for (const value of Object.values(record)) walk(value, visit);
  }
}

/**
 * All that a file refers to: imports, re-exports, `import()` in code and in types, worker scripts.
 * @param {string} file for the language and the message
 * @param {string} text
 * @returns {Reference[]}
 */
export function references(file, text) {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  /** @type {Reference[]} */
  const found = [];
  walk(program, (node) => {
    if (node.type === 'NewExpression' && node.callee.name === 'URL' && node.arguments[1]?.object?.type === 'MetaProperty') {
      const value = node.arguments[0]?.value;
      if (typeof value === 'string' && value.startsWith('.')) found.push({ specifier: value, worker: true });
      return;
    }
    if (!/^(Import|Export|TSImportType)/.test(node.type)) return;
    const literal = node.source ?? node.argument;
    const value = literal?.value ?? literal?.literal?.value;
    if (typeof value !== 'string') return;
    const [specifier = '', query = ''] = value.split('?');
    found.push({ specifier, worker: /worker/.test(query) });
  });
  return found;
}

/**
 * @param {string} pattern
 * @param {string} target a file
 */
function covers(pattern, target) {
  if (code.test(pattern)) return pattern === target;
  return target.startsWith(pattern.endsWith('/*') ? pattern.slice(0, -1) : `${pattern}/`);
}

/**
 * @param {Rules} rules
 * @param {string} file
 */
function ruleFor(rules, file) {
  const [key] = Object.keys(rules.rules)
    .filter((candidate) => covers(candidate, file))
    .sort((a, b) => b.length - a.length);
  return key === undefined ? undefined : { key, .../** @type {Rule} */ (rules.rules[key]) };
}

/**
 * @param {string[] | undefined} allowed
 * @param {string} specifier
 */
function packageAllowed(allowed, specifier) {
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return (allowed ?? []).some((entry) => entry === name || (entry.endsWith('/*') && name.startsWith(entry.slice(0, -1))));
}

/**
 * Why `file` may not refer to `reference`; undefined if it may.
 * @param {Rules} rules
 * @param {string} file
 * @param {Reference} reference
 */
function refusal(rules, file, { specifier, worker }) {
  const rule = ruleFor(rules, file);
  if (!rule) return 'no rule covers this file';
  if (!specifier.startsWith('.')) {
    return packageAllowed(rule.packages, specifier) ? undefined : `the package is not listed for ${rule.key}`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith('..')) return 'outside of src/';
  if (worker) {
    if (!code.test(target) || (rule.workers ?? []).includes(target)) return undefined;
    return `the worker is not listed for ${rule.key}`;
  }
  if (forTests.test(target)) return 'it is for tests only';
  if (rules.roots.includes(target)) return rule.imports.includes(target) ? undefined : 'roots are not imported';
  if (posix.dirname(target) === posix.dirname(file)) return undefined;
  if (![rule.key, ...rule.imports].some((pattern) => covers(pattern, target))) return `${rule.key} may not reach it`;
  if (!code.test(target)) return undefined;
  return posix.basename(target) === 'index.ts' ? undefined : `go through ${posix.dirname(target)}/index.ts`;
}

/**
 * One cycle through each knot of the graph, as a path that ends where it began.
 * @param {Map<string, Set<string>>} graph
 * @returns {string[][]}
 */
export function cycles(graph) {
  /** @type {string[][]} */
  const found = [];
  /** @type {Map<string, 'open' | 'done'>} */
  const state = new Map();
  /** @type {string[]} */
  const path = [];
  /** @param {string} node */
  const enter = (node) => {
    state.set(node, 'open');
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === 'open') found.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next)) enter(next);
    }
    path.pop();
    state.set(node, 'done');
  };
  for (const node of graph.keys()) if (!state.has(node)) enter(node);
  return found;
}

/**
 * Every breach, one line each.
 * @param {Rules} rules
 * @param {Map<string, string>} files path from `src/` → text
 * @returns {string[]}
 */
export function checkImports(rules, files) {
  /** @type {string[]} */
  const breaches = [];
  /** @type {Map<string, Set<string>>} */
  const fileGraph = new Map();
  /** @type {Map<string, Set<string>>} */
  const folderGraph = new Map();
  for (const [file, text] of files) {
    if (forTests.test(file)) continue;
    for (const reference of references(file, text)) {
      const why = refusal(rules, file, reference);
      if (why) breaches.push(`${file} imports ${reference.specifier}: ${why}`);
      if (reference.worker || !reference.specifier.startsWith('.')) continue;
      const target = posix.join(posix.dirname(file), reference.specifier);
      add(fileGraph, file, target);
      if (posix.dirname(file) !== posix.dirname(target)) add(folderGraph, posix.dirname(file), posix.dirname(target));
    }
  }
  for (const cycle of [...cycles(fileGraph), ...cycles(folderGraph)]) breaches.push(`cycle: ${cycle.join(' → ')}`);
  return breaches;
}

/**
 * @param {Map<string, Set<string>>} graph
 * @param {string} from
 * @param {string} to
 */
function add(graph, from, to) {
  const known = graph.get(from);
  if (known) known.add(to);
  else graph.set(from, new Set([to]));
}
