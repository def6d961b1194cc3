import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the pages of this folder with the data of a running server.
const server = 'http://127.0.0.1:8001';

// A form is answered by the server; the same address asked for with GET is one of our pages.
const formsOnly = {
  target: server,
  bypass: (request: { method?: string; url?: string }) =>
    request.method === 'POST' ? undefined : request.url,
};

export default defineConfig({
  // Every address in the build is relative, so that the server alone decides below which path it
  // lives, by rewriting `<base href>` in index.html.
  base: './',
  plugins: [svelte()],
  build: {
    // Inlined assets would be `data:` addresses, which the Content-Security-Policy refuses for all but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': server,
      '/logout': server,
      '/login': formsOnly,
      '/change_password': formsOnly,
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    env: { TZ: 'UTC' },
  },
});
