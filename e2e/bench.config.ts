// Measures the first page, with the release binaries: `make bench-web` sets the environment.

import { defineConfig } from '@playwright/test';
import { browser } from './playwright.config.js';

export default defineConfig({
  testDir: 'bench',
  testMatch: '*.bench.ts',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: 'line',
  use: { ...browser, viewport: { width: 1440, height: 900 } },
});
