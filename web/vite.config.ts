import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { defineConfig, type Plugin } from 'vitest/config';

// The server sends assets exactly as they are in its binary: this compresses them once, as well as
// possible.
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

/** Builds src/boot.ts as one classic script, which the browser runs before the first paint. */
async function bootScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: 'src/boot.ts', formats: ['iife'], name: 'boot' } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('src/boot.ts was not built');
  return output.output[0].code;
}

// index.html has a place for it, below <base> and above all visible content.
const boot: Plugin = {
  name: 'boot',
  async buildStart() {
    if (this.meta.watchMode || this.environment.mode !== 'build') return;
    this.emitFile({ type: 'asset', name: 'boot.js', source: await bootScript() });
  },
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const files = Object.values(bundle ?? {});
      const script = files.find((file) => file.type === 'asset' && file.names.includes('boot.js'));
      const catalogues = files.flatMap((file) => {
        const module = file.type === 'chunk' ? (file.facadeModuleId ?? '') : '';
        const language = /\/src\/text\/([a-z]{2})\.ts$/.exec(module)?.[1];
        return language ? [`data-${language}="./${file.fileName}"`] : [];
      });
      const tag = script
        ? `<script src="./${script.fileName}" ${catalogues.join(' ')}></script>`
        : '<script type="module" src="/src/boot.ts"></script>';
      return html.replace('<!-- boot -->', tag);
    },
  },
};

/** Charts and forms are not part of the first page, even if several later pages share them. */
const shared = /\/src\/(api|app|fleet|live|parts|text)\/|\/src\/format|\/node_modules\/svelte\//;

// `npm run dev` serves the pages of this folder with the data of a running server.
const server = 'http://127.0.0.1:8001';

// The server handles form posts; a GET of the same address is one of our pages.
const formsOnly = {
  target: server,
  bypass: (request: { method?: string; url?: string }) =>
    request.method === 'POST' ? undefined : request.url,
};

export default defineConfig({
  // Every address in the build is relative, so that the server alone decides the path that it is
  // served below, by rewriting `<base href>` in index.html.
  base: './',
  plugins: [svelte(), boot, compressed],
  build: {
    // Inlined assets would be `data:` URLs, which the Content-Security-Policy allows only for
    // images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Code that the first page shares with later ones is one file, and not one for each pair of
        // pages.
        codeSplitting: { groups: [{ name: 'shared', test: shared, minShareCount: 2 }] },
      },
    },
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
