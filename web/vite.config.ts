import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the API listens while pages are developed; the built pages are served by the API itself. */
const api = 'http://127.0.0.1:3000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 400 },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/files', '/webchat', '/widget.js', '/shop'].map((path) => [path, { target: api, changeOrigin: false }]),
    ),
  },
});
