import { FsError } from '../../shared/base/index.ts';
import type { Awaitable } from '../contract/index.ts';
import type { Location } from '../namespace/index.ts';

/** A file whose contents belong to who opened it (`/dev/consctl`, `/bus/<subject>`). */
export interface HandleControl {
  /** The whole text, as it is now. */
  read(): Uint8Array;
  /** By process `caller`. Returns the bytes taken. @throws FsError */
  write(data: Uint8Array, caller: number): Awaitable<number>;
  /** Once, when the last descriptor has gone. */
  close(): void;
}

/** An open file of a kernel service, as a descriptor of kind SERVICE refers to it. */
export interface OpenHandle {
  readonly location: Location;
  /** The directory that `..` from here may not pass. */
  confine: Location;
  /** Offset of streams, whose descriptors have none. */
  position: number;
  /** Reads and writes go to it instead of the service. */
  readonly control?: HandleControl;
  /** Of a directory: where it lies below what its description's globs are of. */
  readonly below?: string;
}

/** Handles of all processes, at most. */
const HANDLES_MAX = 65536;

/** Numbers for open files of kernel services; each is closed by `close`, once. */
export class HandleTable {
  readonly #handles = new Map<number, OpenHandle>();
  #last = 0;

  get size(): number {
    return this.#handles.size;
  }

  /** @throws FsError ENFILE */
  open(location: Location, confine: Location, control?: HandleControl, below?: string): number {
    if (this.#handles.size >= HANDLES_MAX) throw new FsError('ENFILE', 'open', location.path);
    const { service } = location.mount;
    service.retain?.(location.node);
    const handle = ++this.#last;
    this.#handles.set(handle, { location, confine, position: 0, ...(control && { control }), ...(below !== undefined && { below }) });
    return handle;
  }

  /** @throws FsError EBADF */
  get(handle: number): OpenHandle {
    const found = this.#handles.get(handle);
    if (!found) throw new FsError('EBADF', 'handle');
    return found;
  }

  /** `..` from the directory goes no further than itself any more. */
  confineToItself(handle: number): void {
    const found = this.#handles.get(handle);
    if (found) found.confine = found.location;
  }

  close(handle: number): void {
    const found = this.#handles.get(handle);
    if (!found) return;
    this.#handles.delete(handle);
    found.control?.close();
    found.location.mount.service.release?.(found.location.node);
  }
}
