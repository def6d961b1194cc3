// The screenshots of the README: simulated computers, and an administrator who has changed the
// default password.

import path from 'node:path';
import type { Page } from '@playwright/test';
import { madeUpFleet, serveMadeUp } from '../support/madeUp.js';
import { addPast } from '../support/past.js';
import { addComputer, expect, mainCharts, computerRow, signIn, test } from '../support/test.js';
import { folder } from './capture.js';

const picture = (page: Page, name: string) =>
  page.screenshot({ path: path.join(folder, `readme-${name}.png`) });

test.use({ viewport: { width: 1440, height: 900 } });

/** Passes the server's response through `change`. */
async function retouch(page: Page, address: string | RegExp, change: (answer: object) => object) {
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as object;
    await route.fulfill({ response, json: change(answer) });
  });
}

const withoutDefaultPassword = (page: Page) =>
  retouch(page, '**/api/session', (session) => ({ ...session, default_password: false }));

const programs = ['postgres', 'postgres', 'pgbouncer', 'node_exporter', 'sshd', 'cron', 'systemd'];
const processes = programs.map((name, index) => ({
  ...{ pid: 812 + 97 * index, name, uptime_hours: 288 },
  ...{ cpu_percent: 61.5 / (index + 1) ** 2, memory_percent: 9.2 / (index + 1) },
}));

/** Facts of a database server, in place of those of the computer that runs this. */
async function asDatabaseServer(page: Page) {
  const facts = { hostname: 'db-1', system: 'Linux', os: 'Debian GNU/Linux 13 (trixie)' };
  const more = { kernel: '6.12.57+deb13-amd64', agent_version: '0.1.0', boot_time_s: null };
  await retouch(page, /api\/computers\/\d+$/, (detail) => ({
    ...{ ...detail, url: 'http://db-1:8000', facts: { ...facts, ...more } },
    ...{ tags: ['db', 'prod'], note: 'Second rack. Ask before restarting.' },
  }));
  await page.route('**/api/now/*', (route) =>
    route.fulfill({ json: { state: 'reading', readings: [], processes } }),
  );
  await retouch(page, '**/api/computers/*/processes', (answer) => ({ ...answer, processes }));
}

for (const { name, query, colorScheme } of [
  { name: 'overview', query: '', colorScheme: 'light' },
  { name: 'cards', query: '?view=cards&show=needs_attention', colorScheme: 'dark' },
] as const) {
  test.describe(name, () => {
    test.use({ colorScheme });
    test('ten thousand computers', async ({ page }) => {
      await withoutDefaultPassword(page);
      await signIn(page);
      await serveMadeUp(page, madeUpFleet(10_000));
      await page.goto(query);
      await expect(page.locator('.spark path').first()).toHaveAttribute('d', /^M/);
      await picture(page, name);
    });
  });
}

test('one computer', async ({ page, muster, directory }) => {
  await withoutDefaultPassword(page);
  await signIn(page);
  await addComputer(page, 'db-1', await muster.startAgent('db-1'));
  await page.goto('.');
  await expect(computerRow(page, 'db-1')).toContainText('%');
  await addPast(muster, directory);
  await asDatabaseServer(page);
  const href = await page.getByRole('link', { name: 'db-1' }).getAttribute('href');
  await page.goto(`${href}?span=day`);
  await expect(mainCharts(page)).toHaveCount(4);
  await expect(page.getByText('longest gap')).toBeVisible();
  await picture(page, 'computer');
});
