import { expect, it } from 'vitest';
import type { HeldGrant, ProcessGrants } from '../../shared/abi/index.ts';
import { matching } from './matching.ts';

const grant = (id: number, summary: string): HeldGrant => ({ id, summary, action: { kind: 'clocks' }, origin: 'start', uses: 0, revoked: false });
const processes: ProcessGrants[] = [
  { pid: 7, program: 'chat.wasm', hash: '', trust: 'unknown', id: 'org.example.chat', grants: [grant(1, 'read /home/**'), grant(2, 'publish chat.>')], refused: 0 },
  { pid: 9, program: 'sh', hash: '', trust: 'trusted', grants: [grant(1, 'read /**')], refused: 0 },
];
const found = (filter: string): string[] => matching(processes, filter).map(({ pid, grants }) => `${pid}: ${grants.map(({ id }) => id).join()}`);

it('a filter finds programs whole, and single grants of others', () => {
  expect(found('  ')).toEqual(['7: 1,2', '9: 1']);
  expect(found('CHAT')).toEqual(['7: 1,2']);
  expect(found('publish')).toEqual(['7: 2']);
  expect(found('read /')).toEqual(['7: 1', '9: 1']);
  expect(found('9')).toEqual(['9: 1']);
  expect(found('nothing')).toEqual([]);
});
