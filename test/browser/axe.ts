import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** What keeps people out: axe's two upper classes. */
const SERIOUS = ['serious', 'critical'];

/** Serious findings of an accessibility audit of what the page shows now, a line each: rule, where, and why. `within`: of one part of it (a selector). */
export async function audit(page: Page, within?: string): Promise<string[]> {
  await atRest(page);
  // Not a script element: the pages' own rules would refuse it.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run(${within === undefined ? 'document' : JSON.stringify(within)}, { resultTypes: ['violations'] })`,
  )) as AxeResults;
  return violations
    .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id} ${html.slice(0, 160)}: ${(failureSummary ?? '').split('\n')[1]?.trim() ?? ''}`),
    );
}

/** Colours are judged where they have arrived: while something glides or fades they are neither those before nor those after. What breathes for ever is let be. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What has just been drawn begins its transitions with the next frame.
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
    const gliding = document
      .getAnimations()
      .filter(({ playState, effect }) => playState === 'running' && effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(gliding.map(({ finished }) => finished));
  });
}
