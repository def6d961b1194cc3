// Why samples are missing or were filled in, on a computer's page, after a real outage and real
// stops of the server.

import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';

// With this interval, a poll that is a second late on a busy machine leaves no gap.
test.use({ interval_s: 2 });
/** More than two and a half intervals without a sample count as a gap. */
const gap_ms = 6_000;

test('gaps show their reason, and a past outage stays on the time line', async ({
  signedIn: page,
  muster,
}) => {
  test.setTimeout(180_000);
  const agent = await muster.startAgent('box');
  await addComputer(page, 'box', agent);
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('%');
  await page.getByRole('link', { name: 'box' }).click();
  await expect(mainCharts(page)).toHaveCount(4);
  const charts = page.getByRole('region', { name: 'Charts' });
  const crosshair = page.getByRole('slider', { name: 'Moment under the crosshair' });
  let again = agent;
  const says = (words: RegExp) =>
    expect(crosshair).toHaveAttribute('aria-valuetext', words, { timeout: 300 });
  const listed = charts.getByRole('list', { name: 'Outages' }).getByRole('button');

  await test.step('without an outage, all is there', async () => {
    await expect(charts).toContainText(/Up\s*100\s%/);
    await expect(charts).toContainText('no gaps');
  });

  await test.step('one that lasts says since when', async () => {
    await agent.stop();
    await expect(charts).toContainText(/longest gap \d+ seconds, since [\d:]+/, {
      timeout: 30_000,
    });
    await expect(listed.first()).toContainText(/down since [\d:]+: connection refused/);
    await expect(charts).toContainText('down');
  });

  await test.step('one that is over says from when to when', async () => {
    again = await muster.startAgent('box', agent.address);
    await expect(listed.first()).toContainText(
      /down [\d:]+–[\d:]+: the agent was stopped and started again/,
    );
    await expect(charts.getByRole('img', { name: /^Time line: \d outage/ })).toBeVisible();
  });

  await test.step('what the server missed while it was away alone is filled in', async () => {
    await muster.whileStopped(() => page.waitForTimeout(gap_ms));
    await expect(async () => {
      await crosshair.press('End');
      await expect(async () => {
        await crosshair.press('ArrowLeft');
        await says(/filled in afterwards, CPU/);
      }).toPass({ timeout: 10_000, intervals: [0] });
    }).toPass();
    await expect(listed.filter({ hasText: 'not running' })).toHaveCount(0, { timeout: 30_000 });
  });

  await test.step('the server says that it was away', async () => {
    await muster.whileStopped(async () => {
      await again.stop();
      await page.waitForTimeout(gap_ms);
      await muster.startAgent('box', agent.address);
    });
    await expect(listed.filter({ hasText: 'not running' })).toBeVisible();
    await expect(charts.locator('rect.unwatched').last()).toBeVisible();
    await expect(charts).toContainText('not watched');
  });

  await test.step('keys lead from one to the next', async () => {
    await expect(page.locator('.state')).not.toContainText('down');
    // The charts move on meanwhile; the crosshair stays at its moment.
    await expect(async () => {
      await crosshair.press('End');
      await crosshair.press('PageUp');
      await says(/the server was not running/);
      await crosshair.press('PageUp');
      await says(/down .+: the agent was stopped/);
      await expect(charts.locator('figure .time').first()).toContainText(
        /down .+: the agent was stopped/,
      );
      await crosshair.press('PageDown');
      await says(/the server was not running/);
    }).toPass();
  });
});
