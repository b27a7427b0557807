import { describe, expect, it } from 'vitest';
import { decodeLink, encodeLink, LINK_MAX } from './archive-link.ts';
import { Machine } from '../../testing/machine.ts';

const PAGE = 'https://example.org/app/?x=1#old';

describe('a link that carries files', () => {
  it('holds a folder, and gives it back into a place of its own', async () => {
    const machine = await Machine.boot();
    await machine.api.mkdir('/home/notes');
    await machine.write('/home/notes/ü.txt', 'hello');
    const link = await encodeLink(machine.api, '/home/notes', PAGE);
    expect(link.startsWith('https://example.org/app/?x=1#w=')).toBe(true);
    expect(link.length).toBeLessThan(400);
    const archive = decodeLink(new URL(link).hash)!;
    expect(await machine.api.archiveInspect(archive)).toEqual({ files: 1, directories: 1, links: 0, bytes: 5, first: ['notes/', 'notes/ü.txt'] });
    const { id } = await machine.api.archiveImport({ source: archive, to: '/home/shared' });
    expect(await machine.api.archiveResult(id)).toMatchObject({ entries: 2, skipped: [] });
    expect(await machine.read('/home/shared/notes/ü.txt')).toBe('hello');
    await machine.write('/home/notes/big', crypto.getRandomValues(new Uint8Array(60_000)));
    await expect(encodeLink(machine.api, '/home/notes', PAGE)).rejects.toMatchObject({ code: 'EFBIG' });
    await machine.dispose();
  });

  it.each(['', '#', '#x=AAAA', '#w=', '#w=a b', '#w=<script>', '#w=A', `#w=${'A'.repeat(LINK_MAX)}`])('is nothing in %j', (hash) => {
    expect(decodeLink(hash)).toBeNull();
  });
});
