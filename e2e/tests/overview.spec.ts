// The choices on the overview: filters, tags, groups, cards and order, all kept in the address. The
// computers are made up, since a disk takes weeks to fill.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { madeUpFleet, serveMadeUp } from '../support/madeUp.js';
import { expect, computerRow, signIn, test } from '../support/test.js';

const names = (page: Page) => page.getByRole('table').getByRole('link');
const sortMenu = (page: Page) => page.getByRole('combobox', { name: 'Sort by' });
const filter = (page: Page, name: RegExp | string) =>
  page.getByRole('group', { name: 'Show only' }).getByRole('button', { name });

async function open(page: Page, query = '', count = 10): Promise<void> {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  await serveMadeUp(page, madeUpFleet(count));
  await page.goto(query || '.');
  await expect(filter(page, /healthy/)).toBeVisible();
}

test('the summary filters and sorts, by the disk full soonest or the latest reboot', async ({
  page,
}) => {
  await open(page);
  await expect(names(page).first()).toHaveText('build-1');
  await expect(computerRow(page, 'build-1')).toContainText('down for 8 min: connection refused');
  await expect(computerRow(page, 'cache-1')).toContainText(
    'needs attention: disk full in about 2 days',
  );

  await filter(page, '2 disks filling').click();
  await expect(names(page)).toHaveText(['cache-1', 'db-1']);
  await expect(sortMenu(page)).toHaveValue('full');
  await expect(page).toHaveURL(/show=filling&sort=full/);
  await expect(computerRow(page, 'db-1')).toContainText('9 days');
  await computerRow(page, 'db-1').getByRole('link').hover();
  await expect(page.getByTitle(/\/var is full about .+ 20\d\d/)).toBeVisible();

  await filter(page, '1 rebooted in 24 h').click();
  await expect(names(page)).toHaveText(['laptop-1']);
  await filter(page, '1 rebooted').click();
  await expect(page).not.toHaveURL(/show|sort/);
  await expect(names(page)).toHaveCount(10);
});

test('every column sorts, and the menu says each order in words', async ({ page }) => {
  await open(page);
  for (const head of ['CPU', 'Memory', 'Disk', 'Full in', 'Network', 'Load', 'Up', 'Seen']) {
    const column = page.getByRole('columnheader', { name: head, exact: true });
    await column.getByRole('button').click();
    const first = await column.getAttribute('aria-sort');
    await column.getByRole('button').click();
    expect(await column.getAttribute('aria-sort')).not.toBe(first);
    await column.getByRole('button').click();
    await expect(column).toHaveAttribute('aria-sort', 'none');
  }
  await sortMenu(page).selectOption('Disk full soonest');
  await expect(names(page).first()).toHaveText('cache-1');
  await sortMenu(page).selectOption('Rebooted last');
  await expect(names(page).first()).toHaveText('laptop-1');
  await sortMenu(page).selectOption('Name, Z to A');
  await expect(names(page).first()).toHaveText('web-2');
  await expect(page).toHaveURL(/sort=name&reversed=1/);
  await page.reload();
  await expect(names(page).first()).toHaveText('web-2');
});

test('tags filter and group, by pointer and by keyboard', async ({ page }) => {
  await open(page);
  const keys = page.keyboard;
  await computerRow(page, 'db-1').getByRole('button', { name: 'db', exact: true }).click();
  await expect(names(page)).toHaveText(['db-1', 'db-2']);
  await expect(page).toHaveURL(/tag=db/);

  const menu = page.getByRole('button', { name: 'Tag: db' });
  await menu.focus();
  await keys.press('Enter');
  const list = page.getByRole('group', { name: 'Tags' });
  await expect(list.getByRole('button', { name: 'Group by tag' })).toBeFocused();
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await keys.press(key);
  await expect(page).not.toHaveURL(/tag=/);
  await keys.press('Escape');
  await expect(list).toBeHidden();
  await expect(page.getByRole('button', { name: 'Tag', exact: true })).toBeFocused();

  await keys.press('g');
  await expect(page).toHaveURL(/group=tag/);
  const headings = page.getByRole('heading', { level: 2 });
  await expect(headings).toHaveText([
    /^ci\s+2 computers\s+1\s+down/,
    /^db\s+2 computers/,
    /^prod\s+6 computers\s+1\s+needs attention/,
    /^web\s+2 computers/,
    /^No tag\s+2 computers/,
  ]);
  // It appears in both of its groups.
  await expect(computerRow(page, 'db-1')).toHaveCount(2);
  // Moving from computer to computer goes through all groups.
  const visited = new Set<string | null>();
  for (let step = 0; step < 14; step += 1) {
    await keys.press('j');
    await expect(page.locator(':focus')).toHaveAttribute('href', /computer/);
    visited.add(await page.locator(':focus').getAttribute('id'));
  }
  expect(visited.size).toBe(14);
});

test('cards show the same content and have the same keys', async ({ page }) => {
  await open(page, '?view=cards&tag=prod');
  const cards = page.getByRole('listitem');
  await expect(cards).toHaveCount(6);
  await expect(cards.first()).toContainText('disk full in about 2 days');
  await expect(cards.first()).toContainText(/CPU.*Memory.*Disk/s);
  await page.keyboard.press('j');
  await expect(cards.first().getByRole('link')).toBeFocused();
  await page.keyboard.press('j');
  await expect(cards.nth(1).getByRole('link')).toBeFocused();
  await page.keyboard.press('v');
  await expect(page.getByRole('table')).toBeVisible();
  await expect(page).not.toHaveURL(/view=/);
  await page.getByRole('button', { name: 'Cards' }).click();
  await expect(cards).toHaveCount(6);
  await cards.first().getByRole('link').click();
  await expect(page).toHaveURL(/computer\/4$/);
});

test('the card of a computer that is down shows its last values and their age', async ({
  page,
}) => {
  await open(page, '?view=cards&show=down');
  const card = page.getByRole('listitem');
  await expect(card).toContainText('down for 8 min: connection refused');
  await expect(card).toContainText(/last values, \d\d:\d\d.*CPU.*%.*Memory.*%.*Disk.*%/s);
});

test('Escape returns from the search to the list and clears the search', async ({ page }) => {
  await open(page, '?sort=name');
  const search = page.getByLabel('Search computers');
  await page.keyboard.press('/');
  await page.keyboard.type('web');
  await expect(page).toHaveURL(/search=web/);
  await page.keyboard.press('Escape');
  await expect(search).toHaveValue('');
  await expect(search).not.toBeFocused();
  await page.keyboard.press('j');
  await expect(names(page).first()).toBeFocused();
});

test('pressed filters stay within the page margin', async ({ page }) => {
  await open(page, '?show=down');
  const pressed = (await filter(page, /down/).boundingBox())!;
  const table = (await page.getByRole('table').boundingBox())!;
  expect(pressed.x).toBe(table.x);
  const window_px = await page.evaluate(() => window.innerWidth);
  expect(window_px - table.x - table.width).toBeCloseTo(table.x, 0);
});

test('the address determines the list, and an empty result explains itself', async ({ page }) => {
  await open(page, '?show=healthy&tag=prod&search=web&sort=name&group=tag');
  await expect(filter(page, /healthy/)).toHaveAttribute('aria-pressed', 'true');
  await expect(computerRow(page, 'web-1')).toHaveCount(2);
  await expect(page.getByLabel('Search computers')).toHaveValue('web');
  await page.getByLabel('Search computers').fill('nowhere');
  await expect(
    page.getByText('None is healthy and tagged prod and found by “nowhere”.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page).toHaveURL(/\?sort=name&group=tag$/);
});

test('the sparklines of visible computers load in one request', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('sparklines')) asked.push(request.url());
  });
  await open(page, '', 2_000);
  await expect(page.locator('.spark path[d^=M]').first()).toBeVisible();
  expect(asked).toHaveLength(1);
  await page.evaluate(() => window.scrollTo(0, 40_000));
  await expect.poll(() => asked.length).toBe(2);
  await expect(page.locator('.spark path[d^=M]').first()).toBeVisible();
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(computerRow(page, 'build-1')).toBeVisible();
  await expect(page.locator('.spark path[d^=M]').first()).toBeVisible();
  expect(asked).toHaveLength(2);
});

test('focus stays on a computer while its row is filled with others', async ({ page }) => {
  await open(page, '?sort=name', 2_000);
  await page.getByLabel('Search computers').focus();
  await page.keyboard.press('Enter');
  const first = page.getByRole('link', { name: 'build-1', exact: true });
  await expect(first).toBeFocused();
  await page.evaluate(() => window.scrollTo(0, 30_000));
  await expect(first).toHaveCount(0);
  await expect(page.locator('[role=row] a:focus')).toHaveCount(0);
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(first).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: 'build-2', exact: true })).toBeFocused();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing in any view', async ({ page }) => {
      await open(page);
      for (const query of ['.', '?group=tag', '?view=cards&group=tag', '?search=nowhere&tag=x']) {
        await page.goto(query);
        await expect(filter(page, /healthy/)).toBeVisible();
        await page.getByRole('button', { name: /^Tag/ }).click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => ({
          id,
          at: nodes.map(({ html }) => html),
        }));
        expect(found, query).toEqual([]);
      }
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

  test('nothing is cut off, and touch targets do not overlap', async ({ page }) => {
    await open(page, '?group=tag');
    for (const query of ['?group=tag', '?view=cards', '?show=filling&sort=full']) {
      await page.goto(query);
      await expect(filter(page, /healthy/)).toBeVisible();
      const excess_px = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(excess_px, query).toBeLessThanOrEqual(0);
      const tools = page.locator('main .deck').locator('button, select, input');
      for (const target of await tools.all())
        expect((await target.boundingBox())!.height, query).toBeGreaterThanOrEqual(44);
    }
    const full = computerRow(page, 'cache-1').locator('.full');
    await expect(full).toHaveText(/^full in 2\sd$/, { useInnerText: true });
    const right = (await full.boundingBox())!;
    expect(right.x + right.width).toBeLessThanOrEqual(375 - 16);
    await computerRow(page, 'cache-1').tap();
    await expect(page).toHaveURL(/computer\/4$/);
  });

  test('a row shows the value that the list is sorted by', async ({ page }) => {
    await open(page);
    const shown = { uptime: /^Up\s*5\sh$/, load: /^Load\s*\d\.\d$/, network: /B\/s$/ };
    for (const [key, words] of Object.entries(shown)) {
      await page.goto(`?sort=${key}`);
      const value = computerRow(page, 'laptop-1').locator(`.${key}`);
      await expect(value).toHaveText(words, { useInnerText: true });
      const { x, width } = (await value.boundingBox())!;
      expect(x + width, key).toBeLessThanOrEqual(375 - 16);
    }
    await page.goto('.');
    await expect(computerRow(page, 'laptop-1').locator('.uptime')).toBeHidden();
  });
});
