// Ten thousand computers: those that need attention are easy to find, and the page scrolls
// smoothly. Smoothness is printed and not asserted, since it depends on the machine as much as on
// the page.

import type { Page } from '@playwright/test';
import { measureFirstRows_ms, measureIdleShare, measureSmoothness } from '../support/frames.js';
import type { Program } from '../support/process.js';
import { agents, filling, rebooted, startSwarm } from '../support/swarm.js';
import { expect, computerRow, signIn, test } from '../support/test.js';

test.use({ interval_s: 20 });

const say = (what: string, value: string) => console.log(`    ${what.padEnd(36)} ${value}`);

async function saySmoothness(page: Page, what: string, action: () => Promise<void>) {
  const { frames, median_ms, longest_ms, longestTask_ms } = await measureSmoothness(page, action);
  say(
    what,
    `${frames} frames, median ${median_ms.toFixed(0)} ms, longest ${longest_ms.toFixed(0)} ms; ` +
      `longest task ${longestTask_ms.toFixed(0)} ms of a processor`,
  );
}

/** Scrolls from the top by this many pixels in each frame. */
const scroll = (page: Page, step_px: number, frames: number) =>
  page.evaluate(
    async ([step_px, frames]) => {
      for (let frame = 0; frame < frames!; frame += 1) {
        window.scrollTo(0, frame * step_px!);
        await new Promise(requestAnimationFrame);
      }
      window.scrollTo(0, 0);
    },
    [step_px, frames],
  );

// Runs alone: other tests would compete for the CPU.
test('ten thousand computers', { tag: '@alone' }, async ({ page, muster, directory }) => {
  test.setTimeout(150_000);
  let fleet: Program | undefined;
  try {
    // Before anything reads the history of the computer that has some, so that it is complete when
    // read.
    await muster.whileStopped(async () => {
      fleet = await startSwarm(directory);
    });
    await signIn(page);
    const all = page
      .getByRole('status')
      .filter({ hasText: `${agents.toLocaleString('en')} computers` });
    await expect(all).toBeAttached();
    const first = page.getByRole('row').nth(1);

    await test.step('the one that rebooted last night is found by its order', async () => {
      await expect(page.getByRole('button', { name: '1 rebooted' })).toBeVisible({
        timeout: 60_000,
      });
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Rebooted last');
      await expect(first.getByRole('link')).toHaveText(rebooted);
      await expect(first).toContainText(/[67]\sh/);
    });

    await test.step('the one whose disk is full first is found by the summary', async () => {
      // Computed by the server from the stored week.
      const summary = page.getByRole('button', { name: '1 disk filling' });
      await expect(summary).toBeVisible({ timeout: 60_000 });
      await summary.click();
      await expect(page.getByRole('table').getByRole('link')).toHaveText([filling]);
      await expect(computerRow(page, filling)).toContainText(/[45] days/);
      await summary.click();
      await page.getByRole('columnheader', { name: 'Full in' }).getByRole('button').click();
      await expect(first.getByRole('link')).toHaveText(filling);
    });

    await test.step('any is found by its name, and groups are counted', async () => {
      await page.getByLabel('Search computers').fill('swarm-009876');
      await expect(page.getByRole('table').getByRole('link')).toHaveText(['swarm-009876']);
      await page.keyboard.press('Escape');
      await page.goto('?group=tag&tag=rack-3&sort=name');
      await expect(page.getByRole('heading', { level: 2 }).first()).toContainText(
        'prod 300 computers',
      );
    });

    await test.step('how smooth it is', async () => {
      await page.goto('.');
      say('first rows painted after', `${(await measureFirstRows_ms(page)).toFixed(0)} ms`);
      await saySmoothness(page, 'scrolling by 100 px a frame', () => scroll(page, 100, 60));
      await saySmoothness(page, 'scrolling by 1,500 px a frame', () => scroll(page, 1_500, 60));
      await saySmoothness(page, 'sorting by each column', async () => {
        for (const head of await page.getByRole('columnheader').getByRole('button').all())
          await head.click();
      });
      await saySmoothness(page, 'searching', () =>
        page.getByLabel('Search computers').pressSequentially('swarm-00', { delay: 30 }),
      );
      await page.goto('?view=cards');
      await expect(page.getByRole('listitem').first()).toBeVisible();
      await saySmoothness(page, 'cards by 1,500 px a frame', () => scroll(page, 1_500, 60));
      await page.goto('.');
      await expect(first).toBeVisible();
      const share = await measureIdleShare(page, 5);
      say(`live, ${agents / 20} updates a second`, `${(share * 100).toFixed(1)} % of a processor`);
    });
  } finally {
    await fleet?.stop();
  }
});
