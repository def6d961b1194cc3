// Measures the bytes on the wire and the time until the dashboard shows computers. Each run uses a new context with an
// empty cache.

import { appendFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { measureFirstRows_ms } from '../support/frames.js';
import type { Program } from '../support/process.js';
import { agents, startSwarm } from '../support/swarm.js';
import { expect, signIn, test } from '../support/test.js';

const runs = Number(process.env.RUNS ?? 5);

test.use({ interval_s: Number(process.env.INTERVAL ?? 30) });

/** In the format of the other parts of the benchmark: one name and value per line. */
function note(name: string, value: string | number) {
  const file = process.env.FIGURES;
  if (file) appendFileSync(file, `${name} ${value}\n`);
  else console.log(`    ${name} ${value}`);
}

interface Answer {
  url: string;
  bytes: number;
}

/** Records the size of each response on the wire, headers included. */
async function wire(page: Page): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const client = await page.context().newCDPSession(page);
  client.on('Network.requestWillBeSent', ({ requestId, request }) =>
    answers.set(requestId, { url: request.url, bytes: 0 }),
  );
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const answer = answers.get(requestId);
    if (answer) answer.bytes = encodedDataLength;
  });
  await client.send('Network.enable');
  return answers;
}

const isData = ({ url }: Answer) => new URL(url).pathname.startsWith('/api/');
const kind = ({ url }: Answer) => /\.(\w+)$/.exec(new URL(url).pathname)?.[1] ?? 'html';
const kilobytes = (answers: Answer[]) => answers.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;

async function measure(browser: Browser, address: string, signedIn: BrowserContext) {
  const storageState = await signedIn.storageState();
  const context = await browser.newContext({ storageState, baseURL: address });
  const page = await context.newPage();
  const answers = await wire(page);
  await page.goto('.', { waitUntil: 'commit' });
  const useful_ms = await measureFirstRows_ms(page);
  // Every request sent by then counts, even if its response has not arrived yet.
  const all = [...answers.values()];
  const [data, shown] = [all.filter(isData), all.filter((answer) => !isData(answer))];
  await expect.poll(() => shown.every(({ bytes }) => bytes > 0)).toBe(true);
  note('page.useful_ms', useful_ms.toFixed(1));
  note('page.first_paint_ms', (await firstPaint_ms(page)).toFixed(1));
  note('page.kb', kilobytes(shown).toFixed(3));
  note('page.data_kb', kilobytes(data).toFixed(3));
  note('page.requests', shown.length);
  note('page.kinds', [...new Set(shown.map(kind))].toSorted().join(', '));
  await context.close();
}

const firstPaint_ms = (page: Page) =>
  page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);

test('the first page', async ({ page, muster, directory, browser }) => {
  let fleet: Program | undefined;
  try {
    await muster.whileStopped(async () => {
      fleet = await startSwarm(directory);
    });
    note('browser', `Chromium ${browser.version()}`);
    await signIn(page);
    await page.goto('.');
    const online = `${agents.toLocaleString('en')} computers`;
    await expect(page.getByRole('status').filter({ hasText: online })).toBeAttached();
    await allAnswered(page);
    const context = page.context();
    await page.close();
    for (let run = 0; run < runs; run += 1) await measure(browser, muster.address, context);
  } finally {
    await fleet?.stop();
  }
});

/** Waits until each computer has values to show. */
const allAnswered = (page: Page) =>
  expect
    .poll(
      async () => {
        const answer = await page.request.get('api/overview');
        const { computers } = (await answer.json()) as { computers: { status: string }[] };
        return computers.filter(({ status }) => status === 'online').length;
      },
      { timeout: 180_000, intervals: [1_000] },
    )
    .toBe(agents);
