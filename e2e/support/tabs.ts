// Simulates several tabs of a browser: some are visible, and all share storage and channels.

import type { BrowserContext, Page } from '@playwright/test';

/** Makes a tab hidden or visible, as a browser does. */
export const setVisibility = (page: Page, visibility: 'visible' | 'hidden') =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    Object.defineProperty(document, 'hidden', {
      configurable: true,
      get: () => state === 'hidden',
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibility);

/** The number of open event streams in all tabs, and its maximum so far. */
export function countStreams(context: BrowserContext) {
  const open = new Set<object>();
  const streams = { now: () => open.size, most: 0, addresses: [] as string[] };
  context.on('request', (request) => {
    if (!request.url().includes('/api/live')) return;
    open.add(request);
    streams.addresses.push(request.url());
    streams.most = Math.max(streams.most, open.size);
  });
  context.on('requestfinished', (request) => open.delete(request));
  context.on('requestfailed', (request) => open.delete(request));
  return streams;
}
