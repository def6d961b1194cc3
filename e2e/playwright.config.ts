import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';

/** The system's Chromium, configured not to contact its vendor during a test. */
export const browser = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
} satisfies PlaywrightTestConfig['use'];

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    ...browser,
    viewport: { width: 1440, height: 900 },
    // A trace costs each test about a quarter of its time: TRACE=1 npm test -- -g "the one that fails"
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
  },
});
