// States that look like outages but are not: a blind server, and a computer that is late.

import AxeBuilder from '@axe-core/playwright';
import { lateFields, madeUpFleet, serveMadeUp, madeUpRow, sendUpdate } from '../support/madeUp.js';
import { expect, computerRow, signIn, test } from '../support/test.js';

const words = 'looks like this server’s own network';
const wordsOfAll = 'This server has been unable to see its computers since';

test('a blind server says so above every list until it recovers', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  const fleet = madeUpFleet(10);
  const blind = { since_ms: Date.now() - 600_000, failing: 6, of: 20 };
  await serveMadeUp(page, fleet, blind);
  const told = page.getByRole('status').filter({ hasText: words });
  for (const address of ['.', 'compare', 'manage']) {
    await page.goto(address);
    await expect(told).toContainText(
      /^\s*6 of 20 computers failed at once, at (\w+ \d+, )?[\d:]+\./,
    );
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await sendUpdate(page, 2, []);
  await expect(told).toHaveCount(0);
  await sendUpdate(page, 3, [], { ...blind, failing: 7 });
  await expect(told).toContainText('7 of 20');
  const failing = fleet.map((row) => ({ ...row, ...lateFields(blind.since_ms) }));
  await sendUpdate(page, 4, failing, { ...blind, failing: 7 });
  await expect(told).toHaveCount(0);
  const toldOfAll = page.getByRole('status').filter({ hasText: wordsOfAll });
  await expect(toldOfAll).toContainText(/since (\w+ \d+, )?[\d:]+: 7 of 20 failed at once/);
});

test('a late computer shows that and why, unobtrusively', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  const now_ms = Date.now();
  const row = { ...madeUpRow(0, now_ms), ...lateFields(now_ms - 12_000) };
  await serveMadeUp(page, [row]);
  await page.goto('.');
  await expect(computerRow(page, 'web-1')).toContainText('late');
  await expect(page.getByRole('button', { name: '1 late' })).toBeVisible();
  await computerRow(page, 'web-1').getByRole('link').hover();
  await expect(page.getByTitle('late: no answer within 10 s')).toBeVisible();
  await page.goto('?view=cards');
  await expect(page.getByRole('listitem').first()).toContainText('late');
  await page.goto('manage');
  await expect(computerRow(page, 'web-1')).toContainText('late: no answer within 10 s');
  await sendUpdate(page, 2, [{ ...row, condition: 'healthy', late: null }]);
  await expect(computerRow(page, 'web-1')).not.toContainText('late');
});

test('a computer that waits for its new token says so beside its name', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  const now_ms = Date.now();
  const row = { ...madeUpRow(0, now_ms), token_renewed: true };
  await serveMadeUp(page, [row, madeUpRow(1, now_ms)]);
  for (const address of ['.', '?view=cards']) {
    await page.goto(address);
    await expect(page.getByText('new token', { exact: true })).toHaveCount(1);
    await page.getByRole('link', { name: 'web-1' }).hover();
    await expect(page.getByTitle('healthy; waits for its new token')).toBeVisible();
  }
  await sendUpdate(page, 2, [{ ...row, token_renewed: false }]);
  await expect(page.getByText('new token', { exact: true })).toHaveCount(0);
});
