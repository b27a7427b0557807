import { NO_GRANTS } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import { idOf } from './learning.ts';
import { manifestText } from './manifest-text.ts';
import { printable } from './printable.ts';

const NAMES_MAX = 40;

/** What an import lets a program do, by its name: the first that matches. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(path_|fd_readdir|fd_prestat)|^astrid_vfs/, 'files: grants.files'],
  [/^clock_/, 'the time: grants.clocks'],
  [/^random_/, 'random bytes: grants.entropy'],
  [/^sock_/, 'connections: grants.listen, grants.connect'],
  [/^astrid_http/, 'HTTP requests: grants.http'],
  [/^astrid_(publish|request|reply)/, 'messages that it sends: grants.publish'],
  [/^astrid_subscribe/, 'messages that it gets: grants.subscribe'],
  [/^astrid_kv/, 'key-value pairs (its own need no grant): grants.kv'],
  [/^astrid_spawn/, 'programs that it starts: grants.spawn'],
  [/^astrid_cap_request/, 'asking for more while it runs'],
  [/^thread-spawn/, 'threads: limits.processes'],
];

/** An empty manifest for a module, with what its imports are for in comments. Clocks and entropy are asked for where they are imported. */
export function manifestForImports(path: string, imports: readonly { module: string; name: string }[]): string {
  const found = WORDS.flatMap(([pattern, words]) => {
    const names = imports.filter(({ name }) => pattern.test(name)).map(({ name }) => printable(name, 60));
    return names.length === 0 ? [] : [`  ${words} (${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''})`];
  });
  const others = imports.filter(({ module }) => !/^(wasi_|astrid$|env$|wasi$)/.test(module)).map(({ module, name }) => printable(`${module}.${name}`, 60));
  const comments = [
    `What ${printable(basename(path), 80)} may do. Rights that are not here are not granted.`,
    ...(found.length > 0 ? ['Its imports are for:', ...found] : ['It imports nothing that leaves its sandbox.']),
    ...(others.length > 0 ? [`It also imports what this host does not know: ${others.slice(0, NAMES_MAX).join(', ')}`] : []),
  ];
  const has = (pattern: RegExp): boolean => imports.some(({ name }) => pattern.test(name));
  return manifestText({ component: { id: idOf(path), module: basename(path), trust: 'unknown' }, grants: { ...NO_GRANTS, clocks: has(/^clock_/), entropy: has(/^random_/) }, limits: {} }, comments);
}
