// Takes screenshots of a page at two widths in both themes.

import path from 'node:path';
import { expect, type Page } from '@playwright/test';

export const folder = process.env.MUSTER_SCREENSHOTS ?? 'screenshots/taken';
const widths = { '1440': { width: 1440, height: 900 }, '375': { width: 375, height: 812 } };
const themes = ['light', 'dark'] as const;

export async function takeScreenshots(page: Page, name: string): Promise<void> {
  for (const [width, viewport] of Object.entries(widths)) {
    for (const colorScheme of themes) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      const file = path.join(folder, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, animations: 'disabled' });
    }
  }
  await page.setViewportSize(widths['1440']);
}
