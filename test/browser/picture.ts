import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { expect } from 'vitest';

/** What a picture in the documentation may weigh. */
const MOST_BYTES = 150_000;

interface Picture {
  /** Where who wants to look finds it, without the ending. */
  file: string;
  /** Where the documentation shows it, below `docs`: written there only when BESEDA_PICTURES is set. */
  kept?: string | undefined;
}

/** A picture of a page, or of a part of it, once everything on it has come; nothing on it may be wider than the screen. */
export async function takePicture(page: Page, { file, kept }: Picture, part: Page | Locator = page): Promise<void> {
  await settled(page);
  const shot = await part.screenshot({ animations: 'disabled', caret: 'hide', style: '[data-toasts] { visibility: hidden }' });
  mkdirSync(dirname(file), { recursive: true });
  const { size } = await sharp(shot).png({ palette: true, quality: 90, colours: 128, effort: 8 }).toFile(`${file}.png`);
  expect(size, `${file} weighs ${size} bytes`).toBeLessThan(MOST_BYTES);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${file} is wider than the screen`).toBeLessThan(2);
  if (process.env.BESEDA_PICTURES === undefined || kept === undefined) return;
  const target = join('docs', kept);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(`${file}.png`, target);
}

/** Pictures that a page of the documentation shows, as it names them. */
export function picturesOf(page: string): string[] {
  return [...readFileSync(join('docs', page), 'utf8').matchAll(/\]\((images\/[^)]+)\)/g)].map(([, path]) => path!);
}

/** Something is shown, nothing of it is loading, and what glides has arrived. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const shown = (selector: string) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
      return (
        shown('main, section').length > 0 &&
        shown('[aria-busy="true"], [class*="skeleton"]').length === 0 &&
        document.getAnimations().every(({ playState, effect }) => playState !== 'running' || effect?.getTiming().iterations === Infinity)
      );
    },
    undefined,
    { timeout: 20_000 },
  );
}
