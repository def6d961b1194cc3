import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vitest/config';

// The server hands assets out as they lie in its binary: compressed here, once and as well as can be.
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir = 'dist' }) {
    const assets = join(dir, 'assets');
    for (const name of readdirSync(assets)) {
      const path = join(assets, name);
      const plain = readFileSync(path);
      const zipped = gzipSync(plain, { level: 9 });
      if (zipped.length < plain.length) writeFileSync(`${path}.gz`, zipped);
    }
  },
};

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
  plugins: [svelte(), compressed],
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
