import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type ParsedNode } from 'yaml';
import { NODES_MAX, NodeStore, type Fault, type Kind } from './store.ts';

export interface YamlTree {
  store: NodeStore;
  fault: Fault | null;
  /** Values that are not as they stand in the source: texts without their quotes, several documents. */
  texts: Map<number, string>;
  keys: Map<number, string>;
}

/** The library descends by recursion, and near the end of the stack the browser may end the whole page: what is nested deeper than this is not given to it. */
const DEPTH_MAX = 200;

/** A bound for how deep a text is nested: brackets that are open, levels of indentation, marks of lists within one line. Texts in quotes count too. */
export function nesting(text: string): number {
  let brackets = 0;
  let deepest = 0;
  const indents: number[] = [];
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    let indent = at;
    let marks = 0;
    while (indent < end && ' -?:\t'.includes(text[indent]!)) {
      if (text[indent] !== ' ' && text[indent] !== '\t') marks += 1;
      indent += 1;
    }
    while (indents.length > 0 && indents.at(-1)! >= indent - at) indents.pop();
    if (indent < end) indents.push(indent - at);
    for (let each = indent; each < end; each++) {
      const character = text.charCodeAt(each);
      if (character === 0x5b || character === 0x7b) brackets += 1;
      else if ((character === 0x5d || character === 0x7d) && brackets > 0) brackets -= 1;
      if (brackets > deepest) deepest = brackets;
    }
    deepest = Math.max(deepest, brackets + indents.length + marks);
    if (deepest > DEPTH_MAX) return deepest;
    at = end + 1;
  }
  return deepest;
}

interface Task {
  node: unknown;
  parent: number;
  key: string | null;
}

/** Reads YAML 1.2, one document or several. Aliases are shown as such and never put in, so none can multiply. */
export function readYaml(text: string): YamlTree {
  const tree: YamlTree = { store: new NodeStore(), fault: null, texts: new Map(), keys: new Map() };
  const counter = new LineCounter();
  if (nesting(text) > DEPTH_MAX) {
    tree.store.add('error', 0, 0);
    return { ...tree, fault: { message: `it is nested more than ${DEPTH_MAX} deep, which is not read as a tree`, offset: 0, line: 1, column: 1 } };
  }
  const parsed = parseAllDocuments(text, { lineCounter: counter, logLevel: 'silent', intAsBigInt: true, uniqueKeys: false, prettyErrors: false });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const wrong = documents.flatMap(({ errors }) => errors)[0];
  if (wrong) {
    const { line, col } = counter.linePos(wrong.pos[0]);
    tree.fault = { message: wrong.message.split('\n')[0]!, offset: wrong.pos[0], line, column: col };
  }
  const roots = documents.map(({ contents }) => contents);
  if (roots.length === 1) fill(tree, { node: roots[0], parent: 0, key: null });
  else {
    const root = tree.store.add('array', 0, 0);
    for (const node of roots) fill(tree, { node, parent: root, key: null });
    tree.store.close(root, text.length);
  }
  return tree;
}

type Step = Task | { close: number; end: number };

/** Adds a value and all below it, without recursion. */
function fill(tree: YamlTree, first: Task): void {
  const { store, keys } = tree;
  const steps: Step[] = [first];
  for (let step = steps.pop(); step; step = steps.pop()) {
    if ('close' in step) {
      store.close(step.close, step.end);
      continue;
    }
    if (store.length >= NODES_MAX) {
      store.full = true;
      continue;
    }
    const range = (step.node as ParsedNode | null)?.range ?? [0, 0, 0];
    const node = store.add(kindOf(step.node), step.parent, range[0]);
    if (step.key !== null) keys.set(node, step.key);
    if (!isMap(step.node) && !isSeq(step.node)) {
      describe(tree, node, step.node);
      store.close(node, range[1]);
      continue;
    }
    steps.push({ close: node, end: range[1] });
    for (const item of step.node.items.toReversed()) steps.push(isPair(item) ? { node: item.value, parent: node, key: keyText(item.key) } : { node: item, parent: node, key: null });
  }
}

function kindOf(node: unknown): Kind {
  if (isMap(node)) return 'object';
  if (isSeq(node)) return 'array';
  if (isAlias(node)) return 'alias';
  const value = isScalar(node) ? node.value : null;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' || typeof value === 'bigint' ? 'number' : 'string';
}

function describe({ texts }: YamlTree, node: number, of: unknown): void {
  if (isAlias(of)) texts.set(node, `*${of.source}`);
  else if (isScalar(of) && typeof of.value === 'string') texts.set(node, of.value);
  else if (!isScalar(of) || of.source === undefined || of.source === '') texts.set(node, isScalar(of) && of.value !== null ? String(of.value) : 'null');
  else texts.set(node, of.source);
}

function keyText(key: unknown): string {
  if (isScalar(key)) return key.source ?? String(key.value);
  if (isAlias(key)) return `*${key.source}`;
  return key === null ? '' : '(a key that is no text)';
}
