// Comparing one metric of several computers in one chart: selection by keyboard, state in the
// address.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addComputer, expect, test, type Muster } from '../support/test.js';

async function addThree(page: Page, muster: Muster): Promise<void> {
  for (const name of ['web-1', 'web-2', 'db-1'])
    await addComputer(page, name, await muster.startAgent(name));
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const box = (page: Page) => page.getByRole('combobox', { name: /^Add a computer/ });

test('computers are chosen by keyboard, and the address keeps them', async ({
  signedIn: page,
  muster,
}) => {
  await addThree(page, muster);
  await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
  await expect(page.getByText('Choose computers above')).toBeVisible();

  await test.step('typed, moved to, entered', async () => {
    await page.keyboard.press('/');
    await expect(box(page)).toBeFocused();
    await page.keyboard.type('web');
    await expect(page.getByRole('option')).toHaveCount(2);
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option', { name: 'web-2' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await page.keyboard.press('Enter');
    await expect(row(page, 'web-2')).toContainText('%');
    await page.keyboard.type('db');
    await expect(page.getByRole('option', { name: 'db-1' })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(row(page, 'db-1')).toContainText('%');
    await page.keyboard.type('nonesuch');
    await expect(page.getByText('No computer fits.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/ids=\d+%2C\d+$/);
  });

  await test.step('another metric and span', async () => {
    const metric = page.getByLabel('Metric');
    await expect(metric.getByRole('option')).not.toHaveCount(0);
    await metric.selectOption({ label: 'Memory' });
    await expect(page).toHaveURL(/metric=memory_percent/);
    // There are only a few seconds of history yet.
    await expect(page.getByRole('img', { name: /^Memory, the last 15 minutes/ })).toBeVisible();
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    await expect(page).toHaveURL(/span=hour/);
    await expect(page.getByRole('img', { name: /^Memory, the last hour/ })).toBeVisible();
    await expect(metric.locator('optgroup').first()).toHaveAttribute('label', 'CPU');
    await expect(metric.getByRole('option', { name: 'CPU core: 0' })).toHaveCount(1);
    await metric.selectOption({ label: 'Load, 1 minute' });
    await expect(row(page, 'db-1').getByRole('cell').nth(1)).toHaveText(/^\d+\.?\d*$/);
  });

  await test.step('a link to it shows the same', async () => {
    await page.reload();
    for (const name of ['web-2', 'db-1']) await expect(row(page, name)).toContainText(/\d/);
    await expect(page.getByRole('img', { name: /^Load, 1 minute, the last hour/ })).toBeVisible();
    await page.goBack();
    await expect(page).not.toHaveURL(/span=hour/);
    await expect(page.getByRole('img', { name: /the last 15 minutes/ })).toBeVisible();
  });

  await test.step('one can be taken out again', async () => {
    await page.getByRole('button', { name: 'Remove web-2 from the comparison' }).click();
    await expect(row(page, 'web-2')).toHaveCount(0);
    await box(page).focus();
    await page.keyboard.press('Backspace');
    await expect(page.getByText('Choose computers above')).toBeVisible();
  });
});

test('the crosshair shows each value, and missing data are explained', async ({
  signedIn: page,
  muster,
}) => {
  await addThree(page, muster);
  await page.clock.install();
  // The order does not change while the list is clicked.
  await page.goto('?sort=name');
  await page.getByRole('link', { name: 'web-1' }).click();
  await page.getByRole('link', { name: 'Compare with …' }).click();
  await expect(page).toHaveURL(/compare\?ids=\d+/);
  await expect(row(page, 'web-1')).toContainText('%');
  const pointed = page.getByRole('columnheader', { name: /\d\d:\d\d$/ });

  await test.step('while the span is the one that fits, too', async () => {
    await page.getByRole('slider').press('End');
    await page.getByRole('slider').press('ArrowLeft');
    await expect(pointed).toBeVisible();
    // The page's clock ticks every five seconds.
    await page.clock.fastForward(6_000);
    await expect(pointed).toBeVisible();
  });
  const { searchParams } = new URL(page.url());
  await page.goto(`compare?ids=${searchParams.get('ids')},4711&span=quarter`);
  await expect(row(page, 'computer 4711')).toContainText('There is no computer 4711.');

  const slider = page.getByRole('slider', { name: 'Moment under the crosshair' });
  await expect(async () => {
    await slider.press('End');
    await slider.press('ArrowLeft');
    await expect(slider).toHaveAttribute('aria-valuetext', /web-1 \d+\s%/, { timeout: 500 });
  }).toPass();
  await expect(pointed).toBeVisible();
  await slider.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Last' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing', async ({ signedIn: page, muster }) => {
      await addThree(page, muster);
      await page.goto('compare');
      const expectNoFindings = async () => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      };
      await expect(page.getByText('Choose computers above')).toBeVisible();
      await expectNoFindings();
      for (const name of ['web-1', 'web-2', 'db-1']) {
        await box(page).fill(name);
        await expect(page.getByRole('option', { name })).toBeVisible();
        await page.keyboard.press('Enter');
        await expect(row(page, name)).toContainText('%');
      }
      await expectNoFindings();
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

  test('nothing is cut off', async ({ signedIn: page, muster }) => {
    await addComputer(page, 'a-computer-with-a-long-name', await muster.startAgent('box'));
    await page.goto('compare');
    await box(page).fill('long');
    await page.getByRole('option').click();
    await expect(row(page, 'a-computer')).toContainText('%');
    const excess_px = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(excess_px).toBeLessThanOrEqual(0);
  });
});
