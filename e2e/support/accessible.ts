import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect } from '../fixtures.ts';
import { root } from '../tools/project.mjs';

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** Fails with what axe finds wrong in the parts of the page that the selectors name; default: all of it. */
export async function expectAccessible(page: Page, ...selectors: string[]): Promise<void> {
  expect(await accessibleFaults(page, ...selectors)).toEqual([]);
}

/** What axe finds wrong, a line each. */
export async function accessibleFaults(page: Page, ...selectors: string[]): Promise<string[]> {
  // Evaluated by the debugger, so that the page's policy for scripts stays as it is.
  await page.evaluate(readFileSync(join(root, 'e2e/node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async (where) => {
    // Colours are what they will be once what appears has appeared.
    await Promise.allSettled(document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished));
    const { axe } = globalThis as unknown as { axe: { run(context: string[], options: object): Promise<{ violations: Violation[] }> } };
    // A row says in words what it shows by marks and figures.
    const { violations } = await axe.run(where, { resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary ?? ''}`));
  }, selectors);
}
