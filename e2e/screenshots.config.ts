// Saves screenshots of each page at two widths in both themes to the folder MUSTER_SCREENSHOTS, for review by eye.

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
