import { RightBit, type HostValues } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { literalBase } from '../authority/index.ts';
import { ALL_RIGHTS, TokenObject, Tokens, type DirectoryGrant } from '../capability/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import type { Descriptors, ProcessRecord, Processes } from '../process/index.ts';
import type { HostHandlers, HostRequestOf } from './host-calls.ts';

export interface TokenCallsOptions {
  descriptors: Descriptors;
  processes: Processes;
  clock: Clock;
  /** As `TokensOptions.mac`. */
  mac(bytes: Uint8Array): Uint8Array;
  /** Told of each use, for the audit. Default: nobody is. */
  note?(process: ProcessRecord, detail: string, allowed: boolean): void;
}

/** Milliseconds in which what was asked for can be taken up. */
const OFFER_TIME = 60_000;
/** Tokens that stand for directories and files of the tree: `token-create`, `token-redeem`, `token-revoke`, and what answers `cap-request`. */
export class TokenCalls {
  readonly #options: TokenCallsOptions;
  readonly tokens: Tokens;
  readonly handlers: HostHandlers = {
    'token-create': (process, request) => this.#noted(process, 'create', () => this.#create(process, request)),
    'token-redeem': (process, _, data) => this.#noted(process, 'redeem', () => this.#redeem(process, data)),
    'token-revoke': (process, _, data) => this.#noted(process, 'revoke', () => this.#revoke(process, data)),
  };

  constructor(options: TokenCallsOptions) {
    this.#options = options;
    const { descriptors, processes, clock, mac } = options;
    this.tokens = new Tokens({ mac, now: () => clock.monotonic(), release: (ofd) => void descriptors.files.release(ofd), openGrants: () => this.#openGrants() });
    processes.revocation.derived = (numbers) => this.tokens.derived(numbers);
    processes.revocation.unclaimed = () => this.tokens.unclaimed();
    processes.onEnd(({ pid }) => this.tokens.ended(pid));
  }

  #noted(process: ProcessRecord, what: string, action: () => CallReply | Promise<CallReply>): CallReply | Promise<CallReply> {
    try {
      const reply = action();
      this.#options.note?.(process, what, true);
      return reply;
    } catch (error) {
      if (error instanceof FsError) this.#options.note?.(process, `${what}: ${error.detail ?? error.code}`, false);
      throw error;
    }
  }

  #openGrants(): Set<number> {
    const { descriptors: { files }, processes } = this.#options;
    const grants = new Set<number>();
    for (const { fds } of processes.running()) fds.forEach((ofd) => grants.add(files.grant(ofd)));
    return grants;
  }

  /** @throws FsError EBADF, EINVAL, ENOTSUP, ENOTCAPABLE, ESRCH, EDQUOT, ENFILE */
  #create(process: ProcessRecord, { fd, holder: pid, rights, lifetime }: HostRequestOf<'token-create'>): CallReply {
    const { descriptors, processes } = this.#options;
    const { files } = descriptors;
    const ofd = descriptors.get(process.pcb, fd);
    if (files.isRevoked(ofd)) throw new FsError('ENOTCAPABLE', 'token', undefined, { detail: 'the grant of the handle was revoked' });
    if (!Number.isInteger(rights) || rights <= 0 || rights > ALL_RIGHTS) throw new FsError('EINVAL', 'token', undefined, { detail: 'the rights are bits from 1 to 15' });
    const has = this.#rightsOf(ofd);
    if (rights & ~has) throw new FsError('ENOTCAPABLE', 'token', undefined, { detail: 'a token gives at most what the handle has' });
    const holder = processes.get(pid);
    if (!holder) throw new FsError('ESRCH', 'token', String(pid));
    const kind = files.kind(ofd) === OfdKind.FILE ? TokenObject.FILE : TokenObject.DIRECTORY;
    return { data: this.tokens.create({ issuer: process, holder, kind, rights, lifetime, parents: [files.grant(ofd)], open: (number) => descriptors.copyOf(ofd, rights, number) }) };
  }

  /** What can be handed on of a description. @throws FsError EINVAL, ENOTSUP */
  #rightsOf(ofd: number): number {
    const { files } = this.#options.descriptors;
    const kind = files.kind(ofd);
    if (kind === OfdKind.DIRECTORY) return ALL_RIGHTS & ~files.withheld(ofd);
    if (kind === OfdKind.SERVICE) throw new FsError('ENOTSUP', 'token', undefined, { detail: 'files of services are not handed on' });
    if (kind !== OfdKind.FILE) throw new FsError('EINVAL', 'token', undefined, { detail: 'a token is for a directory or a file' });
    const flags = files.flags(ofd);
    return ((flags & OfdFlag.READ ? RightBit.read : 0) | (flags & OfdFlag.WRITE ? RightBit.write : 0)) & ~files.withheld(ofd);
  }

  /** @throws FsError EBADMSG, EACCES, ETIMEDOUT, ENOTCAPABLE, EALREADY */
  #redeem(process: ProcessRecord, token: Uint8Array): CallReply {
    const { files } = this.#options.descriptors;
    const ofd = this.tokens.redeem(process, token);
    if (!files.isRevoked(ofd)) return { value: ofd satisfies HostValues['token-redeem'] };
    files.release(ofd);
    throw new FsError('ENOTCAPABLE', 'token', undefined, { detail: 'what it came from was revoked' });
  }

  async #revoke(process: ProcessRecord, token: Uint8Array): Promise<CallReply> {
    await this.#options.processes.revocation.revoke([this.tokens.revoke(process, token)]);
    return {};
  }

  /**
   * A token of the kernel's for what a process was granted while it runs: `path` is an absolute glob, `rights` bits of `RightBit`, `grant` its number. One file that is
   * there is a handle of the file; all else one of the directory above the first wildcard, in which the glob holds. @throws FsError ENOENT, ENOTSUP, EDQUOT, ENFILE, ESRCH
   */
  async offer(process: ProcessRecord, path: string, rights: number, grant: number): Promise<Uint8Array> {
    const { descriptors, processes } = this.#options;
    const { directory, whole } = literalBase(path);
    const isLiteral = !/[*?]/.test(path);
    const file = isLiteral ? await descriptors.fileAt(process, path, rights) : 0;
    const limits: DirectoryGrant = { name: directory, path: directory, grant, ...(whole ? { rights } : { globs: [{ path, rights, grant }] }) };
    const ofd = file || (await descriptors.directoryAt(process, limits));
    try {
      // The world may have changed while the path was walked.
      if (processes.get(process.pid) !== process) throw new FsError('ESRCH', 'token', String(process.pid));
      return this.tokens.create({
        issuer: null, holder: process, kind: file ? TokenObject.FILE : TokenObject.DIRECTORY, rights, lifetime: OFFER_TIME, parents: [grant], open: (number) => descriptors.copyOf(ofd, rights, number),
      });
    } finally {
      descriptors.files.release(ofd);
    }
  }
}
