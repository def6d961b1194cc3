// Tabs as a browser has them: of which some are in sight, and which share what is theirs.

import type { BrowserContext, Page } from '@playwright/test';

/** As a browser tells a tab that it was put behind another, or before them again. */
export const setVisibility = (page: Page, visibility: 'visible' | 'hidden') =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    Object.defineProperty(document, 'hidden', {
      configurable: true,
      get: () => state === 'hidden',
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibility);

/** The event streams that are open in all tabs together, and the most there ever were. */
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
