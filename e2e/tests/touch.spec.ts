// Touch gestures on the charts of a computer's page.

import { addPast } from '../support/past.js';
import { addComputer, expect, test, openOverview } from '../support/test.js';

test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

test('fingers move the crosshair, zoom, and scroll the page', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  const chart = page.getByRole('img', { name: /^CPU,/ });
  await openOverview(page);
  await page.getByRole('link', { name: 'box' }).click();
  await expect(chart).toBeVisible();
  await addPast(muster, directory);
  await page.goto(`${page.url()}?span=day`);
  await expect(chart).toBeVisible();
  await expect(page.getByRole('list', { name: 'Outages' })).toBeVisible();
  const over = page.locator('.u-over').first();
  await over.scrollIntoViewIfNeeded();
  const client = await page.context().newCDPSession(page);
  const box = (await over.boundingBox())!;
  const y = box.y + box.height / 2;
  const at = (...parts: number[]) =>
    parts.map((part, id) => ({ x: box.x + part * box.width, y, id }));
  const touch = (type: string, touchPoints: { x: number; y: number }[]) =>
    client.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints });
  const moment = page.locator('figure .time');

  await test.step('one finger moves the crosshair', async () => {
    await touch('touchStart', at(0.2));
    await expect(moment).toContainText(/\d\d:\d\d/);
    const first = await moment.innerText();
    for (const part of [0.25, 0.3, 0.4, 0.5]) await touch('touchMove', at(part));
    await expect(moment).not.toHaveText(first);
    await touch('touchEnd', []);
  });

  await test.step('two fingers look closer', async () => {
    await touch('touchStart', at(0.4));
    await touch('touchStart', at(0.4, 0.6));
    for (const reach of [0.15, 0.25, 0.35]) await touch('touchMove', at(0.5 - reach, 0.5 + reach));
    await touch('touchEnd', []);
    await expect(page).toHaveURL(/from=\d+&to=\d+/);
    const query = new URL(page.url()).searchParams;
    const hours = (Number(query.get('to')) - Number(query.get('from'))) / 3600;
    expect(hours).toBeGreaterThan(5);
    expect(hours).toBeLessThan(9);
  });

  await test.step('a double tap leads back', async () => {
    await expect(chart).toBeVisible();
    // On a busy machine two taps may be too far apart to count as a double tap.
    await expect(async () => {
      for (let tap = 0; tap < 2; tap += 1) {
        await touch('touchStart', at(0.5));
        await touch('touchEnd', []);
      }
      await expect(page).toHaveURL(/span=day/, { timeout: 1_000 });
    }).toPass();
  });

  await test.step('up and down scrolls the page', async () => {
    const scrolled = () => page.evaluate(() => window.scrollY);
    const before = await scrolled();
    await client.send('Input.synthesizeScrollGesture', { x: box.x + 100, y, yDistance: -250 });
    await expect.poll(scrolled).toBeGreaterThan(before + 100);
  });
});
