// Takes each page at two widths in both themes into the folder MUSTER_SCREENSHOTS: to be looked at.

import { defineConfig } from '@playwright/test';
import { browser } from './playwright.config.js';

export default defineConfig({
  testDir: 'screenshots',
  testMatch: '*.shots.ts',
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: browser,
});
