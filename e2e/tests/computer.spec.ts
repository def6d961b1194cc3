// A computer's page: all its series, the week before, and values by the second.

import type { Page } from '@playwright/test';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';
import { addPast } from '../support/past.js';
import { setVisibility } from '../support/tabs.js';

const chart = (page: Page, title: string) =>
  page.getByRole('img', { name: new RegExp(`^${title},`) });
const figure = (page: Page, title: string) =>
  page.locator('figure').filter({ has: chart(page, title) });

/** A day of the past that `addPast` created. */
async function openDay(page: Page, href: string): Promise<void> {
  await page.goto(`${href}?span=day`);
  await expectDay(page);
}

async function expectDay(page: Page): Promise<void> {
  await expect(mainCharts(page)).toHaveCount(4);
  // The outage line above the charts must be there first: it moves the charts when it appears.
  await expect(page.getByRole('list', { name: 'Outages' })).toBeVisible();
}

/** Opens the page of a newly added computer. */
async function open(page: Page): Promise<string> {
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('%');
  const href = (await page.getByRole('link', { name: 'box' }).getAttribute('href'))!;
  await page.goto(href);
  await expect(mainCharts(page)).toHaveCount(4);
  return href;
}

test('all series of an agent are drawn, and loaded when they come near', async ({
  signedIn: page,
  muster,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  const asked = new Set<string>();
  page.on('request', (request) => {
    const names = new URL(request.url()).searchParams.get('series');
    for (const name of names?.split(',') ?? []) asked.add(name);
  });
  await page.setViewportSize({ width: 1440, height: 400 });
  await open(page);
  expect([...asked].filter((name) => name.startsWith('network.'))).toEqual([]);

  for (const title of ['Load', 'Received by interface', 'Sent by interface']) {
    await page.mouse.wheel(0, 700);
    await expect(chart(page, title)).toBeVisible();
  }
  await expect(figure(page, 'Received by interface')).toContainText(/B\/s/);
  expect([...asked].some((name) => name.startsWith('network.recv_bytes:'))).toBe(true);
});

test('128 cores share one strip', async ({ signedIn: page, muster }) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  const names = Array.from({ length: 128 }, (_, core) => `cpu.core.percent:${core}`);
  await page.route('**/api/series/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { series: { name: string }[] };
    const others = answer.series.filter(({ name }) => !name.startsWith('cpu.core'));
    const cores = names.map((name) => ({
      name,
      label: name,
      labels: {},
      unit: '%',
      kind: 'gauge',
    }));
    await route.fulfill({ json: { ...answer, series: [...others, ...cores] } });
  });
  let most = 0;
  await page.route('**/api/history/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as {
      series: Record<string, { avg: (number | null)[] }>;
    };
    const wanted = Object.keys(answer.series);
    most = Math.max(most, wanted.length);
    for (const name of wanted.filter((each) => each.startsWith('cpu.core'))) {
      const core = Number(name.split(':')[1]);
      answer.series[name]!.avg = answer.series[name]!.avg.map(() => core / 2);
    }
    await route.fulfill({ json: answer });
  });
  await open(page);
  const strip = figure(page, 'Each core');
  await strip.scrollIntoViewIfNeeded();
  await expect(strip).toContainText('128 lines');
  await strip.locator('.u-over').hover({ position: { x: 200, y: 100 } });
  await expect(strip).toContainText(/highest 127: 64\s%/);
  expect(most).toBeLessThanOrEqual(32);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('the week before is drawn behind the charts, or reported as unknown', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await open(page);
  await addPast(muster, directory);
  await openDay(page, page.url());
  const toggle = page.getByRole('button', { name: 'Week before' });

  await test.step('by key, and kept in the address', async () => {
    await page.keyboard.press('w');
    await expect(page).toHaveURL(/w=1/);
    await expect(toggle).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await expectDay(page);
    await chart(page, 'CPU').hover({ position: { x: 300, y: 50 } });
    await expect(figure(page, 'CPU')).toContainText(/a week before \d+\s%/);
    await toggle.click();
    await expect(page).not.toHaveURL(/w=1/);
    await chart(page, 'CPU').hover({ position: { x: 310, y: 50 } });
    await expect(figure(page, 'CPU')).not.toContainText('week before');
  });

  await test.step('where that week is not known', async () => {
    const day_s = 86_400;
    const now_s = Math.round(Date.now() / 1000);
    await page.goto(
      `${new URL(page.url()).pathname}?from=${now_s - 20 * day_s}&to=${now_s - 19 * day_s}&w=1`,
    );
    await expect(page.getByText('no history of the week before')).toBeVisible();
    // Next to the switches, which share a line with the spans.
    const [spans, week] = [page.getByRole('group', { name: 'Span of the charts' }), toggle];
    expect((await week.boundingBox())!.y).toBeCloseTo((await spans.boundingBox())!.y, 0);
  });

  await test.step('nor for more than a week', async () => {
    await page.getByRole('button', { name: '30 d' }).click();
    await expect(toggle).toHaveAttribute('aria-disabled', 'true');
  });
});

test('a reboot appears on the time line', async ({ signedIn: page, muster, directory }) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await open(page);
  await addPast(muster, directory);
  const boot_s = Math.round(Date.now() / 1000) - 2 * 3600;
  await page.route('**/api/computers/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { facts: object };
    const facts = { ...answer.facts, boot_time_s: boot_s };
    await route.fulfill({
      json: { ...answer, facts, tags: ['prod', 'db'], note: 'Ask Ada first' },
    });
  });
  await page.goto(`${page.url()}?span=sixHours`);
  await expect(page.getByRole('img', { name: /^Time line: .+, 1 reboot$/ })).toBeVisible();
  await page.getByRole('slider').press('PageUp');
  await expect(page.locator('figure .time').first()).toContainText(
    /rebooted|down|no answer|not running/,
  );
  await expect(page.getByRole('list', { name: 'Tags' })).toContainText('prod');
  await expect(page.getByText('Ask Ada first')).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('without history, the page links to a period that has some', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  const href = await open(page);
  await addPast(muster, directory);
  const day_s = 86_400;
  const now_s = Math.round(Date.now() / 1000);
  await page.goto(`${href}?from=${now_s - 40 * day_s}&to=${now_s - 39 * day_s}`);
  await expect(page.getByText('No history for this span.')).toBeVisible();
  await page.getByRole('link', { name: 'Show the last 15 minutes' }).click();
  await expect(page).toHaveURL(/span=quarter/);
  await expect(mainCharts(page)).toHaveCount(4);

  await page.goto('computer/4711');
  await expect(page.getByText('There is no computer 4711.')).toBeVisible();
  await page.getByRole('link', { name: 'See what was removed' }).click();
  await expect(page.getByRole('heading', { name: 'Manage' })).toBeVisible();

  // Another account removes it while its page is open.
  await page.goto(href);
  await expect(chart(page, 'CPU')).toBeVisible();
  const id = /\d+$/.exec(href)![0];
  await page.request.delete(`api/computers/${id}`);
  await expect(page.getByText('box has just been removed.')).toBeVisible();
});

test('a computer that never answered says so', async ({ signedIn: page, muster }) => {
  const agent = await muster.startAgent('box');
  await agent.stop();
  await addComputer(page, 'box', agent);
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('never answered: connection refused');
  await page.getByRole('link', { name: 'box' }).click();
  await expect(page.getByText('No history yet.')).toBeVisible();
  await expect(page.getByText('It has not answered yet.')).toBeVisible();
});

test('the time is shown at the crosshair, within the chart', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  const href = await open(page);
  await addPast(muster, directory);
  await openDay(page, href);
  const time = page.locator('figure .time');
  const memory = figure(page, 'Memory');
  const { width } = (await memory.locator('.u-over').boundingBox())!;
  for (const x of [2, width / 2, width - 2]) {
    await memory.locator('.u-over').hover({ position: { x, y: 50 } });
    await expect(memory.locator('.time')).toHaveText(/\d\d:\d\d:\d\d|:.+/);
    await expect(time).toHaveCount(1);
    // After its text changes, it moves to its new place one frame later.
    await expect(async () => {
      const [chart, told] = [(await memory.boundingBox())!, (await time.boundingBox())!];
      expect(told.x).toBeGreaterThanOrEqual(chart.x - 1);
      expect(told.x + told.width).toBeLessThanOrEqual(chart.x + chart.width + 1);
      const line = (await memory.locator('.u-cursor-x').boundingBox())!;
      expect(told.x).toBeLessThanOrEqual(line.x + line.width);
      expect(told.x + told.width).toBeGreaterThanOrEqual(line.x - 1);
    }).toPass();
  }
  await page.getByRole('slider').press('ArrowLeft');
  await expect(figure(page, 'CPU').locator('.time')).toBeVisible();

  // Content that appears above the charts moves them under a resting mouse: the keys keep the
  // crosshair.
  for (const sign of ['', '-']) {
    await page.locator('.charts').evaluate((charts, sign) => {
      charts.style.translate = `0 ${sign}400px`;
    }, sign);
    await page.waitForTimeout(300);
    await expect(figure(page, 'CPU').locator('.time')).toBeVisible();
  }
  await page.locator('.charts').evaluate((charts) => (charts.style.translate = ''));
  await memory.locator('.u-over').hover({ position: { x: width / 3, y: 50 } });
  await expect(memory.locator('.time')).toBeVisible();
});

interface Watched {
  state: string;
  asked: (string | null)[];
}

/** Simulates a server that polls each second: CPU counts up by one each second. */
async function answerSeconds(page: Page): Promise<Watched> {
  const watched: Watched = { state: 'reading', asked: [] };
  await page.route('**/api/now/*', async (route) => {
    watched.asked.push(new URL(route.request().url()).searchParams.get('after'));
    const second = watched.asked.length;
    const reading = {
      // Later than the values that the server itself has read since.
      timestamp_ms: Date.now() + 1_500,
      ...{ cpu_percent: second, memory_percent: 40, disk_percent: 50 },
      ...{ memory_used: 1024 ** 3, memory_total: 4 * 1024 ** 3, disk_used: 1, disk_total: 2 },
      ...{ network_sent_per_sec: 1000, network_recv_per_sec: 2000 },
      ...{ network_bytes_sent: 0, network_bytes_recv: 0 },
      series: { 'load.1m': second / 10 },
    };
    const of = { pid: 7, memory_percent: 1, uptime_hours: 1 };
    const processes = [{ ...of, name: `second-${second}`, cpu_percent: 1 }];
    const isReading = watched.state === 'reading';
    await route.fulfill({
      json: {
        state: watched.state,
        readings: isReading ? [reading] : [],
        processes: isReading ? processes : null,
      },
    });
  });
  return watched;
}

test('the open page of a computer polls it every second', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  test.setTimeout(120_000);
  await addComputer(page, 'box', await muster.startAgent('box'));
  const watched = await answerSeconds(page);
  const href = await open(page);
  await addPast(muster, directory);
  watched.asked.length = 0;
  await page.goto(`${href}?span=quarter`);

  await test.step('numbers, processes and charts follow', async () => {
    await expect(page.getByText('each second', { exact: true })).toBeVisible();
    await expect(figure(page, 'CPU')).toContainText(/CPU\s*\d\s%/);
    await expect(page.getByRole('cell', { name: /^second-\d/ })).toBeVisible();
    await expect(page.getByText('1.0 of 4.0 GiB used')).toBeVisible();
    expect(watched.asked).toContain(null);
    await expect.poll(() => Number(watched.asked.at(-1))).toBeGreaterThan(0);
  });

  await test.step('the crosshair keeps its moment while the charts move on', async () => {
    const box = (await page.locator('.u-over').first().boundingBox())!;
    const moment = page.locator('figure .time');
    await expect(async () => {
      await page.mouse.move(box.x + box.width - 5, box.y + 20);
      await page.mouse.move(box.x + box.width - 4, box.y + 20);
      // After the next request to the server, the newest seconds are not part of the week before.
      await expect(moment).toHaveText(/^\d\d:\d\d:\d\d$/, { timeout: 1000 });
    }).toPass();
    const said = await moment.innerText();
    const left = async () => (await page.locator('.u-cursor-x').first().boundingBox())!.x;
    const before_px = await left();
    await expect.poll(left).toBeLessThan(before_px - 1);
    expect(await moment.innerText()).toBe(said);
    await page.mouse.move(5, 5);
  });

  await test.step('it says why it is not', async () => {
    watched.state = 'old_agent';
    await expect(page.getByText('its agent is an older one')).toBeVisible();
    watched.state = 'busy';
    await expect(page.getByText('50 others are being watched')).toBeVisible();
    watched.state = 'reading';
    await expect(page.getByText('each second', { exact: true })).toBeVisible();
  });

  const asksWithin = async (time_ms: number) => {
    const before = watched.asked.length;
    // There is no event to wait for: the test checks that nothing happens.
    await page.waitForTimeout(time_ms);
    return watched.asked.length - before;
  };
  await test.step('once a second, and not while out of sight', async () => {
    const began_ms = Date.now();
    const asks = await asksWithin(2000);
    expect(asks).toBeLessThanOrEqual(Math.ceil((Date.now() - began_ms) / 1000) + 1);
    await setVisibility(page, 'hidden');
    // A request sent just before may be counted after.
    await expect.poll(() => asksWithin(1500)).toBe(0);
    await setVisibility(page, 'visible');
    await expect.poll(() => asksWithin(500)).toBeGreaterThan(0);
  });

  await test.step('also where its charts show a day, for the numbers over them', async () => {
    await openDay(page, href);
    await expect.poll(() => asksWithin(500)).toBeGreaterThan(0);
  });
});
