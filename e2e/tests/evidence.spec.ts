// Why a computer was down, and what was filled in since, on its page: made-up history next to a
// real agent. (outages.spec.ts stops a real agent.)

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { lateFields } from '../support/madeUp.js';
import { addPast } from '../support/past.js';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';

const filledIn = 'sample.filled_in';

interface History {
  from: number;
  step_s: number;
  series: Record<string, { min: unknown; avg: (number | null)[]; max: unknown; count: number[] }>;
}

/** Everything from six to four hours ago was filled in. */
async function makeUpFilledIn(page: Page, now_s: number): Promise<void> {
  await page.route('**/api/history/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as History;
    const { from, step_s, series } = answer;
    if (series[filledIn]) {
      const isIn = (bucket: number) => {
        const age_h = (now_s - from - bucket * step_s) / 3600;
        return age_h > 4 && age_h < 6;
      };
      const values = series[filledIn].avg.map((_, bucket) => (isIn(bucket) ? 1 : null));
      const count = values.map((value) => value ?? 0);
      series[filledIn] = { min: values, avg: values, max: values, count };
    }
    await route.fulfill({ json: answer });
  });
  await page.route('**/api/series/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { series: object[] };
    const entry = { name: filledIn, label: filledIn, labels: {}, unit: '', kind: 'gauge' };
    await route.fulfill({ json: { ...answer, series: [...answer.series, entry] } });
  });
}

async function makeUpOutages(page: Page, now_s: number): Promise<void> {
  const unanswered = { code: 'answer_timeout', params: { seconds: 10 } };
  const hours = (from_h: number, to_h: number, cause: string | null, cause_params = {}) => ({
    ...{ from: now_s - from_h * 3600, to: now_s - to_h * 3600 },
    ...{ reason: 'no answer within 10 s', reason_code: unanswered.code },
    reason_params: unanswered.params,
    ...{ cause, cause_code: cause, cause_params },
  });
  const before = { memory_percent: 97, busiest: 'java' };
  const gap = hours(3, 2, null);
  const outages = [
    ...Array.from({ length: 12 }, (_, index) => hours(22 - index, 21.9 - index, null)),
    { ...hours(7, 7, 'rebooted_cleanly'), reason: null, reason_code: null, reason_params: {} },
    hours(6, 4, 'network_failed', { reason: unanswered }),
    hours(2.99, 2, 'rebooted_uncleanly', before),
  ];
  await page.route('**/api/completeness/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...answer, gaps: [gap], outages } });
  });
}

test('outages show their evidence, and filled-in samples are marked', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('%');
  await addPast(muster, directory);
  const now_s = Math.floor(Date.now() / 1000);
  await makeUpFilledIn(page, now_s);
  await makeUpOutages(page, now_s);
  await page.route('**/api/computers/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as object;
    const late = lateFields(Date.now() - 3_000);
    await route.fulfill({ json: { ...answer, ...late, clock_ahead_s: -7_200 } });
  });
  const href = (await page.getByRole('link', { name: 'box' }).getAttribute('href'))!;
  await page.goto(`${href}?span=day`);
  await expect(mainCharts(page)).toHaveCount(4);
  const list = page.getByRole('list', { name: 'Outages' }).getByRole('button');

  await test.step('its head says that it is late, and that its clock is wrong', async () => {
    await expect(page.locator('.state')).toContainText('late: no answer within 10 s');
    await expect(page.getByText('2 hours behind this server’s')).toBeVisible();
  });

  await test.step('one sentence for each, the newest first, and more on request', async () => {
    await expect(list).toHaveCount(4);
    await expect(list.nth(0)).toContainText(
      /down .+: rebooted, uncleanly; memory was at 97 % before; busiest process java\s*1\sh/,
    );
    await expect(list.nth(1)).toContainText(/the network failed: .+; filled in since\s*2\sh/);
    await expect(list.nth(2)).toContainText(/[\d:]+: rebooted, cleanly/);
    await expect(list.nth(3)).toHaveText('… 12 more');
    await list.nth(3).click();
    await expect(list).toHaveCount(11);
    await list.nth(10).click();
    await expect(list).toHaveCount(15);
    await expect(page.getByText('down, filled in since')).toBeVisible();
    await expect(page.getByText('filled in afterwards', { exact: true })).toBeVisible();
  });

  await test.step('the crosshair tells what was filled in', async () => {
    const plot = page.locator('.u-over').first();
    const { width } = (await plot.boundingBox())!;
    const fiveHoursAgo = { x: (width * 19) / 24, y: 40 };
    await plot.hover({ position: fiveHoursAgo });
    const time = page.locator('figure .time').first();
    await expect(time).toContainText('filled in since');
    await page.unroute('**/api/completeness/*');
    await page.reload();
    await expect(mainCharts(page)).toHaveCount(4);
    await page.mouse.move(0, 0);
    await plot.hover({ position: fiveHoursAgo });
    await expect(time).toContainText('filled in afterwards');
    await expect(page.getByRole('img', { name: /filled/ })).toHaveCount(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });

  await test.step('one that is chosen is looked at, with what was around it', async () => {
    // A slow machine may have additional gaps before it.
    const other = list.filter({ hasText: '… ' });
    if (await other.isVisible()) await other.click();
    await list.filter({ hasText: 'connection refused' }).click();
    await expect(page).toHaveURL(/from=/);
    const query = new URL(page.url()).searchParams;
    const [from_s, to_s] = [Number(query.get('from')), Number(query.get('to'))];
    expect(to_s - from_s).toBeGreaterThan(5_000);
    expect(from_s).toBeLessThan(now_s - 9 * 3600);
    expect(to_s).toBeGreaterThan(now_s - 8 * 3600);
  });

  await test.step('it is no metric to compare by', async () => {
    await page.getByRole('link', { name: 'Compare with' }).click();
    const options = page.getByLabel('Metric').getByRole('option');
    await expect(options).not.toHaveCount(0);
    await expect(options.filter({ hasText: /filled/ })).toHaveCount(0);
  });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
