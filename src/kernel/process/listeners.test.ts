import { expect, test } from 'vitest';
import { Arena, OfdFlag, OfdKind, OpenFiles } from '../../shared/arena/index.ts';
import { handOver } from './listeners.ts';

test('GS4 a mailbox is handed to no child, whatever its number', () => {
  const files = new OpenFiles(Arena.create({ pages: 32, journalBytes: 1 << 16 }), { releaseInode: () => {}, releaseHandle: () => {} });
  const [mailbox, file] = [OfdKind.MAILBOX, OfdKind.TTY].map((kind) => files.create(kind, 0, OfdFlag.READ)) as [number, number];
  expect(handOver(files, ['A=1'], [[0, mailbox], [1, file], [4, mailbox]])).toEqual({ env: ['A=1'], ofds: [[1, file]] });
});
