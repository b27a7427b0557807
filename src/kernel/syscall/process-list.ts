import type { ProcessInfo } from '../../shared/abi/index.ts';

/** UTF-16 units of a process's texts, at most. */
const TEXT_MAX = 1000;
/** Bytes of JSON of one reply, at most: less than what a call buffer has room for. */
const REPLY_MAX = 48 * 1024;

const encoder = new TextEncoder();

/** Of `all` those with pids above `after`, in their order, as many as fit into one reply: at least one, if there is any. */
export function listPart(all: readonly ProcessInfo[], after: number): ProcessInfo[] {
  const part: ProcessInfo[] = [];
  let bytes = 0;
  for (const info of all.filter(({ pid }) => pid > after).sort((a, b) => a.pid - b.pid)) {
    const short = shortened(info);
    bytes += encoder.encode(JSON.stringify(short)).length + 1;
    if (bytes > REPLY_MAX && part.length > 0) break;
    part.push(short);
  }
  return part;
}

function shortened(info: ProcessInfo): ProcessInfo {
  let room = TEXT_MAX;
  const cut = (text: string): string => {
    const kept = text.slice(0, room);
    room -= kept.length;
    return kept;
  };
  const args: string[] = [];
  const [name, cwd] = [cut(info.name), cut(info.cwd)];
  for (const arg of info.args) {
    if (room <= 0 || args.length === TEXT_MAX) break;
    args.push(cut(arg));
  }
  if (!info.exit) return { ...info, name, cwd, args };
  const { changes: _, ...exit } = info.exit;
  if (exit.message !== undefined) exit.message = exit.message.slice(0, TEXT_MAX);
  return { ...info, name, cwd, args, exit };
}
