import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';
import { basename } from '../../../shared/base/index.ts';

export interface Language {
  /** As the user reads it. */
  name: string;
  load(): Promise<LanguageSupport>;
}

interface Known extends Language {
  /** Ends of names, without the dot. */
  ends: readonly string[];
  /** Whole names. */
  names?: RegExp;
  /** In the first line of a script. */
  script?: RegExp;
}

async function legacy(parser: Promise<StreamParser<unknown>>): Promise<LanguageSupport> {
  return new LanguageSupport(StreamLanguage.define(await parser));
}

const javascript = (options: { jsx?: boolean; typescript?: boolean }) => (): Promise<LanguageSupport> => import('@codemirror/lang-javascript').then((module) => module.javascript(options));

/** Each is a chunk of its own, fetched when a file first needs it. */
const LANGUAGES: readonly Known[] = [
  { name: 'C', ends: ['c', 'h'], load: () => import('@codemirror/lang-cpp').then((module) => module.cpp()) },
  { name: 'C++', ends: ['cc', 'cpp', 'cxx', 'hh', 'hpp', 'ino'], load: () => import('@codemirror/lang-cpp').then((module) => module.cpp()) },
  { name: 'CSS', ends: ['css'], load: () => import('@codemirror/lang-css').then((module) => module.css()) },
  { name: 'Diff', ends: ['diff', 'patch', 'rej'], load: () => legacy(import('@codemirror/legacy-modes/mode/diff').then(({ diff }) => diff)) },
  { name: 'Dockerfile', ends: ['dockerfile'], names: /^(Docker|Container)file/, load: () => legacy(import('@codemirror/legacy-modes/mode/dockerfile').then(({ dockerFile }) => dockerFile)) },
  { name: 'Go', ends: ['go'], load: () => import('@codemirror/lang-go').then((module) => module.go()) },
  { name: 'HTML', ends: ['html', 'htm', 'xhtml'], load: () => import('@codemirror/lang-html').then((module) => module.html()) },
  { name: 'INI', ends: ['ini', 'properties', 'conf', 'cfg', 'env'], load: () => legacy(import('@codemirror/legacy-modes/mode/properties').then(({ properties }) => properties)) },
  { name: 'Java', ends: ['java'], load: () => import('@codemirror/lang-java').then((module) => module.java()) },
  { name: 'JavaScript', ends: ['js', 'mjs', 'cjs', 'jsx'], script: /\bnode\b/, load: javascript({ jsx: true }) },
  { name: 'JSON', ends: ['json', 'geojson', 'ipynb', 'webmanifest', 'map', 'jsonl', 'ndjson'], load: () => import('@codemirror/lang-json').then((module) => module.json()) },
  { name: 'Lua', ends: ['lua'], script: /\blua/, load: () => legacy(import('@codemirror/legacy-modes/mode/lua').then(({ lua }) => lua)) },
  { name: 'Markdown', ends: ['md', 'markdown'], load: () => import('@codemirror/lang-markdown').then((module) => module.markdown()) },
  { name: 'Perl', ends: ['pl', 'pm'], script: /\bperl/, load: () => legacy(import('@codemirror/legacy-modes/mode/perl').then(({ perl }) => perl)) },
  { name: 'PHP', ends: ['php'], load: () => import('@codemirror/lang-php').then((module) => module.php()) },
  { name: 'Python', ends: ['py', 'pyi'], script: /\bpython/, load: () => import('@codemirror/lang-python').then((module) => module.python()) },
  { name: 'Ruby', ends: ['rb', 'gemspec'], names: /^(Rake|Gem)file$/, script: /\bruby/, load: () => legacy(import('@codemirror/legacy-modes/mode/ruby').then(({ ruby }) => ruby)) },
  { name: 'Rust', ends: ['rs'], load: () => import('@codemirror/lang-rust').then((module) => module.rust()) },
  { name: 'Shell', ends: ['sh', 'bash', 'zsh', 'ksh'], names: /^\.(bashrc|profile|zshrc)$/, script: /\b(sh|bash|zsh|ksh|dash)\b/, load: () => legacy(import('@codemirror/legacy-modes/mode/shell').then(({ shell }) => shell)) },
  { name: 'SQL', ends: ['sql'], load: () => import('@codemirror/lang-sql').then((module) => module.sql()) },
  { name: 'TOML', ends: ['toml'], names: /^Cargo\.lock$/, load: () => legacy(import('@codemirror/legacy-modes/mode/toml').then(({ toml }) => toml)) },
  { name: 'TypeScript', ends: ['ts', 'mts', 'cts'], load: javascript({ typescript: true }) },
  { name: 'TSX', ends: ['tsx'], load: javascript({ typescript: true, jsx: true }) },
  { name: 'WebAssembly text', ends: ['wat', 'wast'], load: () => import('@codemirror/lang-wast').then((module) => module.wast()) },
  { name: 'XML', ends: ['xml', 'svg', 'xsd', 'xsl', 'plist'], load: () => import('@codemirror/lang-xml').then((module) => module.xml()) },
  { name: 'YAML', ends: ['yaml', 'yml'], load: () => import('@codemirror/lang-yaml').then((module) => module.yaml()) },
];

/** By the name, else by what a script says it is for. */
export function languageFor(path: string, start: string): Language | undefined {
  const name = basename(path);
  const end = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  const named = LANGUAGES.find((each) => each.names?.test(name) === true || (end !== undefined && each.ends.includes(end)));
  if (named || !start.startsWith('#!')) return named;
  const line = start.slice(0, 200).split('\n', 1)[0] ?? '';
  return LANGUAGES.find(({ script }) => script?.test(line) === true);
}
