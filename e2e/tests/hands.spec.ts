// By keyboard alone, and on a phone.

import { addComputer, expect, rowOf, signIn, test, toOverview } from '../support/test.js';

test('everything goes by keyboard', async ({ page, muster }) => {
  const agent = await muster.startAgent('box');
  const keys = page.keyboard;

  await page.goto('login');
  await expect(page.getByLabel('User name')).toBeFocused();
  await keys.type('admin');
  await keys.press('Tab');
  await keys.type('admin123');
  await keys.press('Enter');
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();

  await page.getByRole('link', { name: 'Enter both under Manage' }).focus();
  await keys.press('Enter');
  await expect(page.getByRole('heading', { name: 'Manage' })).toBeVisible();
  await page.getByLabel('Address').focus();
  await keys.type(agent.address);
  await keys.press('Tab');
  await keys.type(agent.token);
  await keys.press('Tab');
  await keys.type('box');
  await keys.press('Enter');
  await expect(page.getByText('box was added')).toBeVisible();

  await keys.press('Escape');
  await page.getByRole('navigation').getByRole('link', { name: 'Computers' }).focus();
  await keys.press('Enter');
  await expect(rowOf(page, 'box')).toBeVisible();
  await keys.press('/');
  await expect(page.getByLabel('Search computers')).toBeFocused();
  await keys.type('box');
  await keys.press('Enter');
  await expect(page.getByRole('link', { name: 'box' })).toBeFocused();
  await keys.press('k');
  await keys.press('j');
  await expect(page.getByRole('link', { name: 'box' })).toBeFocused();
  await keys.press('Enter');
  await expect(page.getByRole('heading', { name: 'box', exact: true })).toBeVisible();

  await keys.press('?');
  const list = page.getByRole('dialog', { name: 'Keys' });
  await expect(list).toBeVisible();
  await keys.press('Escape');
  await expect(list).toBeHidden();
  const theme = () => page.locator('html').getAttribute('data-theme');
  const before = await theme();
  await expect(async () => {
    await keys.press('t');
    expect(await theme()).not.toBe(before);
  }).toPass();
  await keys.press('u');
  await expect(rowOf(page, 'box')).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

  test('nothing is cut off, and targets are large enough', async ({ page, muster }) => {
    await signIn(page);
    await addComputer(
      page,
      'a-computer-with-a-rather-long-name.example.org',
      await muster.startAgent('box'),
    );
    const fits = async () => {
      const excess_px = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(excess_px).toBeLessThanOrEqual(0);
      const targets = page.locator('header a, header button, main button, main input');
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        if (box) expect(box.height, await target.innerText()).toBeGreaterThanOrEqual(32);
      }
    };
    await fits();
    await toOverview(page);
    const row = page.getByRole('row').filter({ hasText: 'a-computer' });
    await expect(row).toContainText(/CPU/);
    await expect(row).toContainText(/Memory/);
    await expect(row).toContainText(/Disk/);
    await fits();
    await row.getByRole('link').click();
    await expect(page.locator('canvas')).toHaveCount(4);
    await fits();
    await page.goto('change_password');
    await fits();
  });
});
