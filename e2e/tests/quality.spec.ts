// Rules for every page: axe finds nothing in either theme, and the Content-Security-Policy holds
// (all tests check that; this one visits every page).

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  signIn,
  test,
  openOverview,
} from '../support/test.js';

async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const findings = violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
  expect(findings).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing on the monitoring pages', async ({ page, muster }) => {
      await page.goto('login');
      await expect(page.getByLabel('User name')).toBeVisible();
      await expectNoFindings(page);
      await signIn(page, 'not-the-password');
      await expect(page.getByRole('alert')).toBeVisible();
      await expectNoFindings(page);

      await signIn(page);
      await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      await expectNoFindings(page);

      await addComputer(page, 'box', await muster.startAgent('box'));
      await openOverview(page);
      await expect(computerRow(page, 'box')).toContainText('%');
      await expectNoFindings(page);
      await page.getByRole('button', { name: 'Account of admin' }).click();
      await expect(page.getByRole('link', { name: 'Sign out' })).toBeVisible();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: 'box' }).click();
      await expect(mainCharts(page)).toHaveCount(4);
      await expect(page.getByRole('table')).toBeVisible();
      await expectNoFindings(page);
      await page.goto('compare');
      await expect(page.getByRole('heading', { name: 'Compare' })).toBeVisible();
      await expectNoFindings(page);
    });

    test('axe finds nothing on the management pages', async ({ signedIn: page, muster }) => {
      const lost = await muster.startAgent('lost');
      await addComputer(page, 'box', await muster.startAgent('box'));
      await addComputer(page, 'lost', lost);
      await lost.stop();
      await expect(computerRow(page, 'lost')).toContainText('connection refused');
      await page.getByRole('button', { name: 'Change box' }).click();
      await expectNoFindings(page);
      await page.getByRole('button', { name: 'Remove box' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');
      await computerRow(page, 'box').getByRole('combobox', { name: 'Tags' }).fill('prod,');
      await page.getByRole('combobox', { name: 'Tags' }).first().fill('we');
      await expectNoFindings(page);
      await page.getByRole('link', { name: 'Add several at once' }).click();
      await page.getByLabel('Lines').fill('one x:1 T prod note\ntwo');
      await expect(page.getByRole('row')).toHaveCount(3);
      await expectNoFindings(page);
    });

    test('axe finds nothing on the account pages', async ({ signedIn: page }) => {
      await page.goto('people');
      await expect(page.getByRole('row')).toHaveCount(2);
      await expectNoFindings(page);
      await page.getByRole('button', { name: 'Change admin' }).click();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');
      await page.goto('account');
      await page.getByLabel('Name').fill('script');
      await page.getByRole('button', { name: 'Create a token' }).click();
      await expect(page.getByText(/^muster_/)).toBeVisible();
      await expectNoFindings(page);
      await page.getByRole('button', { name: 'Revoke script' }).click();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');
      await page.goto('change_password');
      await expect(page.getByRole('heading', { name: 'Change password' })).toBeVisible();
      await expectNoFindings(page);
      await page.goto('nowhere');
      await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
      await expectNoFindings(page);
    });
  });
}

test('a chosen theme persists and overrides the system', async ({ signedIn: page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible();
});

test('the first page is lighter than a photograph', async ({ signedIn: page }) => {
  await page.goto('.');
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  // Sizes on the wire: compressed, and with everything that the page requested itself.
  const bytes = await page.evaluate(() =>
    performance
      .getEntries()
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => !name.includes('/api/'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThanOrEqual(90_000);
});
