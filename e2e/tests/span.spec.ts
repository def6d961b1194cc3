// The period that the charts show: chosen, dragged, moved, and kept in the address.

import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';
import { addPast } from '../support/past.js';

test('dragging zooms the charts, and the address keeps the stretch', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('%');
  await addPast(muster, directory);
  const link = page.getByRole('link', { name: 'box' });
  await page.goto(`${await link.getAttribute('href')}?span=day`);
  await expect(mainCharts(page)).toHaveCount(4);
  await expect(page.getByRole('list', { name: 'Outages' })).toBeVisible();
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const stretch = () => {
    const query = new URL(page.url()).searchParams;
    return [Number(query.get('from')), Number(query.get('to'))] as const;
  };

  await test.step('dragging shows what was dragged over, in all charts', async () => {
    const box = (await page.locator('.u-over').nth(1).boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, y, { steps: 5 });
    await page.mouse.up();
    await expect(page).toHaveURL(/from=\d+&to=\d+/);
    const [from_s, to_s] = stretch();
    expect((to_s - from_s) / 3600).toBeCloseTo(6, 0);
    expect(Math.abs(Date.now() / 1000 - from_s - 18 * 3600)).toBeLessThan(900);
    await expect(button('24 h')).toHaveAttribute('aria-pressed', 'false');
  });

  await test.step('a link to it shows the same', async () => {
    await page.reload();
    await expect(mainCharts(page)).toHaveCount(4);
    await expect(page.locator('.note')).toContainText(/\d\d:\d\d/);
  });

  await test.step('keys and buttons move by one length', async () => {
    const [from_s, to_s] = stretch();
    await page.keyboard.press('[');
    await expect.poll(stretch).toEqual([2 * from_s - to_s, from_s]);
    await page.keyboard.press(']');
    await expect.poll(stretch).toEqual([from_s, to_s]);
    await button('Earlier').click();
    await expect.poll(stretch).toEqual([2 * from_s - to_s, from_s]);
    await page.goBack();
    await expect.poll(stretch).toEqual([from_s, to_s]);
  });

  await test.step('Escape and a double-click lead back', async () => {
    await button('7 d').click();
    await expect(page).toHaveURL(/span=week/);
    await expect(button('Later')).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('+');
    await expect(page).toHaveURL(/from=/);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/span=week/);
    await expect(button('7 d')).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('+');
    await expect(page).toHaveURL(/from=/);
    await page.locator('.u-over').first().dblclick();
    await expect(page).toHaveURL(/span=week/);
  });

  await test.step('a span that was left and taken up again ends now', async () => {
    await button('1 h').click();
    await page.keyboard.press('[');
    await expect(page).toHaveURL(/from=/);
    await expect(button('Later')).toHaveAttribute('aria-disabled', 'false');
    await button('30 d').click();
    await expect(page).toHaveURL(/span=month$/);
    await expect(mainCharts(page)).toHaveCount(4);
  });

  await test.step('a stretch that is one outage says why, instead of charts', async () => {
    const now_s = Math.round(Date.now() / 1000);
    const { pathname } = new URL(page.url());
    await page.goto(`${pathname}?from=${now_s - 31_200}&to=${now_s - 30_000}`);
    await expect(page.getByText('No history for this span.')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Charts' })).toContainText(
      /down .+: connection refused/,
    );
  });
});
