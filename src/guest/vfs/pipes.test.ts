import { describe, expect, it } from 'vitest';
import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { Rig } from '../testing/rig.ts';

describe('copies of descriptors', () => {
  it('a process that is ended while what was there is closed leaves no reference behind: the pipe it copied ends', () => {
    const rig = new Rig({
      kernel: ({ op }) => {
        if (op === 'close') throw new Error('ended here');
        return undefined;
      },
    });
    const { process, pipes, fds } = rig.vfs;
    const pipe = pipes.create(10);
    if (typeof pipe === 'number') throw new Error(`no pipe: ${pipe}`);
    const ring = process.files.object(process.table.get(pipe.writer));
    const service = process.table.install(process.files.create(OfdKind.SERVICE, 1, OfdFlag.READ));
    expect(() => pipes.duplicateTo(pipe.writer, service)).toThrow('ended here');
    fds.close(pipe.writer);
    expect(fds.read(pipe.reader, process.table.get(pipe.reader), rig.context.memory, 0, 1, -1, false)).toBe(0);
    expect(ring).not.toBe(0);
  });
});
