// The audit log: who did what and from where, for administrators.

import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { addComputer, defaultPassword, expect, signIn, test } from '../support/test.js';

test('actions are listed, searched and exported', async ({ page, muster }) => {
  await signIn(page, 'not-the-password');
  await expect(page.getByRole('alert')).toBeVisible();
  await signIn(page);
  await addComputer(page, 'box', await muster.startAgent('box'));
  await page.getByRole('button', { name: 'Account of admin' }).click();
  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByRole('heading', { name: 'Audit log' })).toBeVisible();
  const rows = page.getByRole('row');
  // The newest entry comes first, below the column headings.
  await expect(rows).toHaveCount(5);
  await expect(rows.nth(1)).toContainText('added the computer box: address http://127.0.0.1:');
  await expect(rows.nth(2)).toContainText(/admin.*127\.0\.0\.1.*signed in/);
  await expect(rows.nth(3)).toContainText('failed to sign in as admin');
  await expect(rows.nth(4)).toContainText(/command line.*added the account admin/);
  await expect(page.getByText(defaultPassword)).toHaveCount(0);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^muster-audit-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile((await file.path())!, 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[1]).toContain('computer_added,box');

  const search = page.getByRole('searchbox', { name: 'Search the audit log' });
  await search.fill('FAILED');
  await expect(rows).toHaveCount(2);
  await search.fill('nothing says this');
  await expect(page.getByText('No entry says that.')).toBeVisible();
});

test('a failure is shown and can be retried', async ({ signedIn: page }) => {
  await page.route('**/api/audit?*', (route) =>
    route.fulfill({ status: 500, json: { error: 'The server failed. Its log says why.' } }),
  );
  await page.goto('audit');
  await expect(page.getByRole('alert')).toContainText('The server failed.');
  await page.unroute('**/api/audit?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row')).toHaveCount(3);
});

test('a viewer is told that the page is for administrators', async ({ page, muster }) => {
  await muster.addViewer('eve', 'long enough');
  await signIn(page, 'long enough', 'eve');
  await page.getByRole('button', { name: 'Account of eve' }).click();
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0);
  await page.goto('audit');
  await expect(page.getByText('Only administrators see the audit log.')).toBeVisible();
});

test('the audit log works on a phone in either theme', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 375, height: 700 });
  await page.goto('audit');
  await expect(page.getByText('signed in', { exact: true })).toBeVisible();
  const beyond = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(beyond).toBeLessThanOrEqual(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
});
