import { execFileSync } from 'node:child_process';

/** Whether this machine has a program that reads or writes archives independently of us. */
export function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}
