// The pages in German, whose words are longer than the English ones.

import { expect, computerRow, test } from '../support/test.js';
import { takeScreenshots } from './capture.js';

test.use({ locale: 'de-DE' });

test('the pages in German', async ({ page, muster }) => {
  await page.goto('login');
  await takeScreenshots(page, 'de-login');
  await page.getByLabel('Benutzername').fill('admin');
  await page.getByLabel('Passwort').fill('admin123');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Noch keine Rechner' })).toBeVisible();
  await page.goto('manage');
  await expect(page.getByText('Noch keine Rechner')).toBeVisible();
  await takeScreenshots(page, 'de-manage-empty');

  await page.goto('manage?add=several');
  const stopped = await muster.startAgent('web-2');
  const agents = [await muster.startAgent('db-1'), await muster.startAgent('web-1'), stopped];
  const lines = agents.map(
    ({ address, token }, index) =>
      `${['db-1', 'web-1', 'web-2'][index]}, ${address}, ${token}, prod;${['db', 'web', 'web'][index]}, zweiter Schrank`,
  );
  await page.getByLabel('Zeilen').fill([...lines, 'db-2, 127.0.0.1:port, x', 'db-3'].join('\n'));
  await takeScreenshots(page, 'de-several');
  await page.getByRole('button', { name: '3 Rechner hinzufügen' }).click();
  await expect(page.getByText('3 hinzugefügt')).toBeVisible();
  await stopped.stop();
  await page.goto('manage');
  await expect(computerRow(page, 'web-2')).toContainText('Verbindung abgelehnt');
  await page.getByRole('button', { name: 'db-1 ändern' }).click();
  await expect(computerRow(page, 'db-1').getByLabel('Notiz')).toHaveValue('zweiter Schrank');
  await takeScreenshots(page, 'de-manage');

  await page.goto('people');
  await expect(page.getByText('dieses hier')).toBeVisible();
  await takeScreenshots(page, 'de-people');
  await page.goto('account');
  await page.getByLabel('Name').fill('Sicherung');
  await page.getByRole('button', { name: 'Token anlegen' }).click();
  await expect(page.getByText(/^muster_/)).toBeVisible();
  await page.getByRole('button', { name: 'Konto von admin' }).click();
  await takeScreenshots(page, 'de-account');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await takeScreenshots(page, 'de-keys');
  await page.keyboard.press('Escape');

  await page.goto('.');
  await expect(computerRow(page, 'db-1')).toContainText('%');
  await takeScreenshots(page, 'de-overview');
  await page.getByRole('link', { name: 'db-1' }).click();
  await expect(page.locator('canvas').first()).toBeVisible();
  await takeScreenshots(page, 'de-computer');
});
