// Each page with the real server and three agents, one of them stopped.

import { addComputer, expect, mainCharts, computerRow, signIn, test } from '../support/test.js';
import { takeScreenshots } from './capture.js';

test('every page', async ({ page, muster }) => {
  await page.goto('login');
  await takeScreenshots(page, 'login');
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  await takeScreenshots(page, 'empty');

  const stopped = await muster.startAgent('web-2');
  await addComputer(page, 'db-1', await muster.startAgent('db-1'));
  await addComputer(page, 'web-1', await muster.startAgent('web-1'));
  await addComputer(page, 'web-2', stopped);
  await stopped.stop();
  await expect(computerRow(page, 'web-2')).toContainText('connection refused');
  await takeScreenshots(page, 'manage');
  await page.getByRole('button', { name: 'Change db-1' }).click();
  await takeScreenshots(page, 'manage-change');
  await page.getByRole('button', { name: 'Remove db-1' }).click();
  await takeScreenshots(page, 'manage-remove');
  await page.keyboard.press('Escape');

  await page.goto('');
  await expect(computerRow(page, 'db-1')).toContainText('%');
  await takeScreenshots(page, 'overview');
  await page.keyboard.press('?');
  await takeScreenshots(page, 'keys');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'db-1' }).click();
  await expect(mainCharts(page)).toHaveCount(4);
  await expect(page.getByRole('table')).toBeVisible();
  await takeScreenshots(page, 'computer');
  await page.goto(`compare?ids=1,2&span=quarter`);
  await expect(page.getByRole('row').nth(1)).toContainText('%');
  await takeScreenshots(page, 'compare');
  await page.goto('change_password');
  await takeScreenshots(page, 'change-password');
});
