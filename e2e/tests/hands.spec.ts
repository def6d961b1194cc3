// Use by keyboard alone, and on a phone.

import type { Locator } from '@playwright/test';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  signIn,
  test,
  openOverview,
} from '../support/test.js';

test('everything works by keyboard', async ({ page, muster }) => {
  const agent = await muster.startAgent('box');
  const keys = page.keyboard;

  await page.goto('login');
  await expect(page.getByLabel('User name')).toBeFocused();
  await keys.type('admin');
  await keys.press('Tab');
  await keys.type('admin123');
  await keys.press('Enter');
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();

  await page.getByRole('link', { name: 'Paste it under Manage' }).focus();
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
  await expect(computerRow(page, 'box')).toBeVisible();
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
  await expect(computerRow(page, 'box')).toBeVisible();
});

test('focus is never lost in the forms of Manage', async ({ signedIn: page, muster }) => {
  const agent = await muster.startAgent('box');
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();

  await button('Add').click();
  await expect(page.getByText('Enter the address')).toBeVisible();
  await expect(page.getByLabel('Address')).toBeFocused();
  await page.getByLabel('Address').fill(agent.address);
  await button('Add').click();
  await expect(page.getByLabel('Token')).toBeFocused();
  await page.getByLabel('Token').fill(agent.token);
  await button('Test connection').click();
  await expect(page.getByText(/^Found /)).toBeVisible();
  await expect(button('Test connection')).toBeFocused();
  const hostname = await page.getByLabel('Name').inputValue();
  await button('Add').click();
  await expect(page.getByText(`${hostname} was added`)).toBeVisible();
  await expect(button('Add')).toBeFocused();

  // The proposed name is free.
  await expect(computerRow(page, hostname)).toBeVisible();
  await page.getByLabel('Address').fill(agent.address);
  await page.getByLabel('Token').fill(agent.token);
  await button('Test connection').click();
  await expect(page.getByLabel('Name')).toHaveValue(`${hostname} 2`);

  // A stored token is only for its own host: the form asks for the token of another one.
  await button(`Change ${hostname}`).click();
  const row = computerRow(page, hostname);
  await row.getByLabel('Address').fill('http://192.0.2.1:8000');
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByText(/token/)).toBeVisible();
  await expect(row.getByLabel('Token')).toBeFocused();
  await row.getByLabel('Address').fill(agent.address);
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(button(`Change ${hostname}`)).toBeFocused();

  await button(`Remove ${hostname}`).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(computerRow(page, hostname)).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Computers' })).toBeFocused();
});

test('headings align with their columns at every width', async ({ signedIn: page, muster }) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await openOverview(page);
  const cells = computerRow(page, 'box').getByRole('cell');
  const heads = page.getByRole('columnheader');
  const edges = (all: Locator) =>
    all.evaluateAll((elements) =>
      elements
        .map((element) => element.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ left, right }) => [Math.round(left), Math.round(right)]),
    );
  await expect(cells.nth(2)).toHaveText(/%/);
  for (const width of [1440, 1280, 1101, 1100, 1024, 900, 768, 721]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await edges(heads), `${width} px`).toEqual(await edges(cells));
  }
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
      const targets = page.locator('header a, header button, main button, main .input');
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        if (box) expect(box.height, await target.innerText()).toBeGreaterThanOrEqual(32);
      }
    };
    await fits();
    await openOverview(page);
    const row = page.getByRole('row').filter({ hasText: 'a-computer' });
    await expect(row).toContainText(/CPU/);
    await expect(row).toContainText(/Memory/);
    await expect(row).toContainText(/Disk/);
    await fits();
    await row.getByRole('link').click();
    // Elements further down exist only when they are near the visible area.
    await expect(mainCharts(page).first()).toBeVisible();
    await fits();
    for (const address of ['change_password', 'people', 'account', 'manage?add=several']) {
      await page.goto(address);
      await expect(page.getByRole('heading').first()).toBeVisible();
      await fits();
    }
  });
});
