// A computer's page with three weeks of history.

import path from 'node:path';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';
import { addPast } from '../support/past.js';
import { folder, takeScreenshots } from './capture.js';

test('a computer with a past', async ({ signedIn: page, muster, directory }) => {
  await addComputer(page, 'db-1', await muster.startAgent('db-1'));
  await openOverview(page);
  await expect(computerRow(page, 'db-1')).toContainText('%');
  await addPast(muster, directory);
  const href = await page.getByRole('link', { name: 'db-1' }).getAttribute('href');
  for (const span of ['day', 'week', 'all']) {
    await page.goto(`${href}?span=${span}`);
    await expect(mainCharts(page)).toHaveCount(4);
    await expect(page.getByText('longest gap')).toBeVisible();
    await takeScreenshots(page, `history-${span}`);
  }
  await page.goto(`${href}?span=day`);
  await page.getByRole('slider', { name: 'Moment under the crosshair' }).press('PageUp');
  await page.screenshot({ path: path.join(folder, 'history-crosshair.png') });
});
