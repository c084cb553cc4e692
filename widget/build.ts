/** Builds the embeddable widget into one classic script: `npm run build:widget`, or `buildWidget(folder)` from a program. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Writes `widget.js` into the folder, and a map beside it. An earlier one is replaced. */
export async function buildWidget(outDir: string = here('../dist/widget')): Promise<void> {
  await build({
    configFile: false,
    root: here('.'),
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      sourcemap: 'hidden',
      lib: { entry: here('./main.ts'), formats: ['iife'], name: 'Beseda', fileName: () => 'widget.js' },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWidget();
