// Adding several computers at once; accounts, sessions and tokens.

import { addComputer, expect, signIn, test } from '../support/test.js';
import { takeScreenshots } from './capture.js';

test('adding several', async ({ page, muster }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  await addComputer(page, 'web-1', await muster.startAgent('web-1'));
  await page.goto('manage?add=several');
  await takeScreenshots(page, 'several-empty');
  const lines = [
    'web-1, http://127.0.0.1:8000, 3e1c9a5b7d2f4860, prod, the first',
    'web-2, http://127.0.0.1:8001, 9c8b7a6d5e4f3021, prod;web, second rack, third from the top',
    'db-1, http://127.0.0.1:8002, 0123456789abcdef, prod;db',
    'db-2, 127.0.0.1:port, 0123456789abcdef',
    'db-3, http://127.0.0.1:8003',
  ];
  await page.getByLabel('Lines').fill(lines.join('\n'));
  await takeScreenshots(page, 'several');
  await page.getByRole('button', { name: /^Add \d/ }).click();
  await expect(page.getByText('2 added')).toBeVisible();
  await takeScreenshots(page, 'several-done');
});

test('people and account', async ({ page, muster }) => {
  await muster.addViewer('eve', 'sees-all-of-it');
  await muster.addViewer('a-rather-long-name@example.org', 'sees-all-of-it');
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  await page.goto('people');
  await expect(page.getByText('eve', { exact: true })).toBeVisible();
  await takeScreenshots(page, 'people');
  await page.getByRole('button', { name: 'Change eve' }).click();
  await takeScreenshots(page, 'people-change');
  await page.goto('account');
  await page.getByLabel('Name').fill('backup script');
  await page.getByRole('button', { name: 'Create a token' }).click();
  await expect(page.getByText(/^muster_/)).toBeVisible();
  await takeScreenshots(page, 'account');
});
