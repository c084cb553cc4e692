/** Builds the embeddable scripts, each one classic script: `npm run build:widget`, or `buildWidget(folder)` and `buildPixel(folder)` from a program. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Writes `widget.js` into the folder, and a map beside it. An earlier one is replaced. */
export const buildWidget = (outDir: string = here('../dist/widget')): Promise<void> => buildScript('main.ts', 'widget.js', outDir, true);

/** Writes `pixel.js` beside it. */
export const buildPixel = (outDir: string = here('../dist/widget')): Promise<void> =>
  buildScript('pixel/main.ts', 'pixel.js', outDir, false);

async function buildScript(entry: string, fileName: string, outDir: string, emptyOutDir: boolean): Promise<void> {
  await build({
    configFile: false,
    root: here('.'),
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir,
      target: 'es2022',
      sourcemap: 'hidden',
      lib: { entry: here(`./${entry}`), formats: ['iife'], name: 'Beseda', fileName: () => fileName },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWidget();
  await buildPixel();
}
