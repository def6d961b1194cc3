// The page uses the reader's language, loads only that catalogue, and never flashes another theme.

import type { Page } from '@playwright/test';
import { addComputer, expect, computerRow, signIn, test } from '../support/test.js';

/** The catalogues of texts that the page requests. */
function catalogues(page: Page): Set<string> {
  const asked = new Set<string>();
  page.on('request', (request) => {
    const language = /\/assets\/(en|de)-[^/]+\.js$/.exec(request.url())?.[1];
    if (language) asked.add(language);
  });
  return asked;
}

test.describe('a browser that prefers German', () => {
  test.use({ locale: 'de-DE' });

  test('shows the whole page in German until English is chosen', async ({ page, muster }) => {
    const asked = catalogues(page);
    await page.goto('login');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await page.getByLabel('Benutzername').fill('admin');
    await page.getByLabel('Passwort').fill('falsch');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await expect(page.getByRole('alert')).toHaveText('Benutzername oder Passwort falsch.');
    await page.getByLabel('Passwort').fill('admin123');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await expect(page.getByRole('heading', { name: 'Noch keine Rechner' })).toBeVisible();
    await expect(page).toHaveTitle('Rechner · Muster');
    expect([...asked]).toEqual(['de']);

    const agent = await muster.startAgent('box');
    await page.getByRole('navigation').getByRole('link', { name: 'Verwalten' }).click();
    await page.getByLabel('Adresse').fill(agent.address);
    await page.getByLabel('Token').fill(agent.token);
    await page.getByLabel('Name').fill('box');
    await page.getByRole('button', { name: 'Hinzufügen', exact: true }).click();
    await expect(page.getByText('box ist hinzugefügt')).toBeVisible();
    await agent.stop();
    // The server's messages are translated where their code is known.
    await expect(computerRow(page, 'box')).toContainText('Verbindung abgelehnt');

    await page.getByRole('button', { name: 'Konto von admin' }).click();
    await page.getByLabel('Sprache').selectOption('English');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('heading', { name: 'Manage' })).toBeVisible();
    await expect(computerRow(page, 'box')).toContainText('connection refused');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Manage' })).toBeVisible();
    await page.getByRole('button', { name: 'Account of admin' }).click();
    await page.getByLabel('Language').selectOption('as the browser');
    await expect(page.getByRole('heading', { name: 'Verwalten' })).toBeVisible();
  });

  test('formats numbers for German', async ({ page }) => {
    await signInGerman(page);
    await page.goto('manage?add=several');
    const lines = Array.from({ length: 1_000 }, (_, n) => `c${n} http://192.0.2.1:8000 T`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'rechner.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(lines.join('\n')),
    });
    await expect(page.getByRole('button', { name: '1.000 Rechner hinzufügen' })).toBeVisible();
  });
});

async function signInGerman(page: Page): Promise<void> {
  await page.goto('login');
  await page.getByLabel('Benutzername').fill('admin');
  await page.getByLabel('Passwort').fill('admin123');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Noch keine Rechner' })).toBeVisible();
}

test.describe('a browser without a supported language', () => {
  test.use({ locale: 'fr-FR' });

  test('shows the page in English', async ({ page, muster }) => {
    const asked = catalogues(page);
    await signIn(page);
    await addComputer(page, 'box', await muster.startAgent('box'));
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    expect([...asked]).toEqual(['en']);
  });
});

test('the chosen theme applies before the first paint', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('login');
  await page.evaluate(() => localStorage.setItem('muster-theme', 'dark'));
  // Delays the page's scripts, as on a slow connection.
  await page.route(/\/assets\/(index|shared|en)-[^/]+\.js$/, () => undefined);
  await page.goto('login', { waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const lightness = () =>
    page.evaluate(() =>
      Number(
        /oklch\(([\d.]+)/.exec(getComputedStyle(document.documentElement).backgroundColor)?.[1],
      ),
    );
  await expect.poll(lightness).toBeLessThan(0.3);
  expect(await page.locator('#app').innerHTML()).toBe('');
});
