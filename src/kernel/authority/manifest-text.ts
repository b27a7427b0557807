import type { ComponentManifest } from '../../shared/abi/index.ts';
import { quoted } from './printable.ts';

function list(items: readonly (string | number)[]): string {
  return `[${items.map((item) => (typeof item === 'number' ? String(item) : quoted(item))).join(', ')}]`;
}

function section(name: string, pairs: readonly (readonly [string, string | undefined])[]): string {
  return `\n${name}\n${pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}\n`])).join('')}`;
}

const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : quoted(value));
const some = (items: readonly (string | number)[]): string | undefined => (items.length === 0 ? undefined : list(items));

/** A manifest as text that reads as this again, below comments. */
export function manifestText({ component, grants, limits }: ComponentManifest, comments: readonly string[] = []): string {
  const { id, name, version, module, trust } = component;
  const parts = [
    comments.map((line) => `# ${line.replace(/[\r\n]/g, ' ')}\n`).join(''),
    section('[component]', [['id', quoted(id)], ['name', text(name)], ['version', text(version)], ['module', text(module)], ['trust', quoted(trust)]]),
    section('[grants]', [
      ['clocks', String(grants.clocks)], ['entropy', String(grants.entropy)], ['listen', some(grants.listen)], ['connect', some(grants.connect)],
      ['publish', some(grants.publish)], ['subscribe', some(grants.subscribe)], ['kv', some(grants.kv)], ['spawn', some(grants.spawn)],
    ]),
    ...grants.files.map(({ path, rights, reason }) => section('[[grants.files]]', [['path', quoted(path)], ['rights', list(rights)], ['reason', text(reason)]])),
    ...grants.http.map(({ host, methods, insecure, reason }) => section('[[grants.http]]', [['host', quoted(host)], ['methods', list(methods)], ['insecure', insecure ? 'true' : undefined], ['reason', text(reason)]])),
    ...(Object.keys(limits).length === 0 ? [] : [section('[limits]', Object.entries(limits).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const])))]),
  ];
  return parts.join('').trimStart();
}
