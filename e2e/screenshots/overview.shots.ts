// The overview with five and with ten thousand computers, as a table and as cards, and when the
// list is empty.

import { expect, signIn, test } from '../support/test.js';
import { madeUpFleet, serveMadeUp } from '../support/madeUp.js';
import { takeScreenshots } from './capture.js';

for (const count of [5, 10_000]) {
  test(`${count} computers`, async ({ page }) => {
    await signIn(page);
    await serveMadeUp(page, madeUpFleet(count));
    for (const [name, query] of [
      ['table', ''],
      ['cards', '?view=cards'],
      ['groups', '?group=tag'],
      ['group-cards', '?group=tag&view=cards'],
      ['filling', '?show=filling&sort=full'],
    ] as const) {
      await page.goto(query);
      await expect(page.locator('.spark path').first()).toHaveAttribute('d', /^M/);
      await takeScreenshots(page, `overview-${count}-${name}`);
    }
    await page.goto('?search=nothing-like-it&tag=prod');
    await expect(page.getByText('No computer fits.')).toBeVisible();
    await takeScreenshots(page, `overview-${count}-nothing`);
    await page.goto('?tag=prod');
    await page.getByRole('button', { name: /^Tag/ }).click();
    await takeScreenshots(page, `overview-${count}-tags`);
  });
}

test('without an answer', async ({ page }) => {
  await signIn(page);
  await page.route('**/api/overview', () => undefined);
  await page.goto('');
  await expect(page.getByText('Loading the computers')).toBeAttached();
  await takeScreenshots(page, 'overview-loading');
  await page.goto('?view=cards');
  await takeScreenshots(page, 'overview-loading-cards');
  await page.unroute('**/api/overview');
  await page.route('**/api/overview', (route) => route.abort());
  await page.goto('');
  await expect(page.getByRole('alert')).toBeVisible();
  await takeScreenshots(page, 'overview-no-answer');
});
