import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

const LANGUAGES = ['as', 'c', 'go', 'rust'] as const;

let machine: Machine;
beforeAll(async () => { machine = await Machine.boot(); });
afterAll(() => machine.dispose());

describe('a room of the bus', () => {
  const heard = (program: RunningProgram, text: string): Promise<unknown> => expect.poll(() => program.stdout, { timeout: 20_000 }).toContain(text);

  test('programs in four languages talk to each other, and nobody echoes an echo', async () => {
    const programs: RunningProgram[] = [];
    // One after the other: who is there already hears the newcomer, and the newcomer hears that.
    for (const language of LANGUAGES) {
      const newcomer = await startProgram(machine, `/bin/chat-echo-${language}`);
      for (const [index, program] of programs.entries()) {
        await heard(program, `${LANGUAGES[index]} heard: hello from ${language}\n`);
        await heard(newcomer, `${language} heard: ${LANGUAGES[index]} heard: hello from ${language}\n`);
      }
      programs.push(newcomer);
    }
    for (const program of programs) expect(await program.kill()).toMatchObject({ signal: 'KILL', stderr: '' });
  });

  test('without a grant it says so', async () => {
    expect(await machine.run('/bin/chat-echo-c', [], { permissions: NO_GRANTS })).toMatchObject({ code: 1, stderr: 'chat-echo-c: ENOTCAPABLE\n' });
  });
});
