import { describe, expect, it } from 'vitest';
import { BufferWindow, ProcessHandle, type Tty } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { Rig, type RigOptions } from '../testing/rig.ts';
import { OWN_POSITION } from './descriptors.ts';

const OTHER_GROUP = 99;

/** A process whose descriptor 0 is a terminal that another group has in its foreground. */
function behind(kernel: NonNullable<RigOptions['kernel']>): { rig: Rig; tty: Tty; read(mayWait?: boolean): number; type(text: string): void } {
  const rig = new Rig({ kernel });
  const tty = rig.terminal(0);
  tty.foreground = OTHER_GROUP;
  const bytes = new Uint8Array(100);
  const window = new BufferWindow(rig.arena).wrap(bytes);
  const { fds } = rig.vfs;
  return {
    rig, tty,
    read: (mayWait = true) => fds.read(0, fds.reader(0), window, 0, 100, OWN_POSITION, mayWait),
    type: (text) => void tty.input.tryWrite(new BufferWindow(rig.arena).wrap(new TextEncoder().encode(text)), 0, text.length),
  };
}

const TTIN = { op: 'kill', pid: 0, signal: 'TTIN' };

describe('reading a terminal in the background', () => {
  it('JC2 asks the kernel, and reads once the group is in the foreground again', () => {
    const { rig, tty, read, type } = behind(() => {
      // Stopped and let go on meanwhile.
      tty.foreground = rig.vfs.process.handle.group;
      return {};
    });
    type('typed');
    expect(read()).toBe(5);
    expect(rig.requests).toEqual([TTIN]);
  });

  it('JC2 takes nothing that is not its own, and says so where the kernel refuses', () => {
    const { tty, read, type } = behind(() => ({ errno: Errno.EIO }));
    type('for another');
    expect([read(), read(false), tty.input.readable()]).toEqual([-Errno.EIO, -Errno.EAGAIN, 11]);
  });

  it('JC2 who leads the session waits, and asks once', () => {
    const { rig, tty, read, type } = behind(() => ({ errno: Errno.EAGAIN }));
    const { handle } = rig.vfs.process;
    const { wait } = ProcessHandle.prototype;
    let waits = 0;
    handle.wait = function waiting(seen, milliseconds) {
      waits++;
      tty.foreground = handle.group;
      type('x');
      return wait.call(this, seen, milliseconds);
    };
    expect([read(), waits]).toEqual([1, 1]);
    expect(rig.requests).toEqual([TTIN]);
  });

  it('SG2 a caught signal ends a read that waits, in the background and in the foreground; what is there is read first', () => {
    const { rig, tty, read, type } = behind(() => ({}));
    const { handle } = rig.vfs.process;
    handle.raise(1 << 1);
    expect(read()).toBe(-Errno.EINTR);
    tty.foreground = handle.group;
    expect(read()).toBe(-Errno.EINTR);
    type('y');
    expect(read()).toBe(1);
    handle.takeSignals();
    tty.markEnd();
    expect(read()).toBe(0);
  });

  it('SG2 a caught signal ends a write that waits for room', () => {
    const rig = new Rig({ pipeBytes: 256 });
    const window = new BufferWindow(rig.arena).wrap(new Uint8Array(300));
    const { fds } = rig.vfs;
    const write = (length: number): number => fds.write(1, fds.writer(1), window, 0, length, OWN_POSITION);
    expect(write(256)).toBe(256);
    rig.vfs.process.handle.raise(1 << 1);
    expect(write(1)).toBe(-Errno.EINTR);
  });
});
