import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';

const root = `${import.meta.dirname}/../..`;

/** Whether the library is built: the playground runs its ESM bundle. */
export const isBuilt: boolean = existsSync(`${root}/dist/index.js`);

if (!isBuilt) {
  const cure = 'run npm run build';
  if (process.env['CI']) throw new Error(`The library is not built: ${cure}`);
  console.log(`The specs of the playground are skipped, because the library is not built: ${cure}.`);
}

/** A server of the playground alone, in a page without the rest of the site. */
export interface PlaygroundServer {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts a server on the loopback address. `?dark` is the dark theme. */
export async function startPlaygroundServer(): Promise<PlaygroundServer> {
  const script = await bundle();
  const style = readFileSync(`${root}/site/playground/view/style.css`, 'utf8');
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (pathname === '/')
      response.writeHead(200, { 'content-type': 'text/html' }).end(pageOf(style, searchParams.has('dark')));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The colours of the site's two themes. */
const colours = {
  light: '--vp-c-bg:#fff;--vp-c-bg-soft:#f6f6f7;--vp-c-text-1:#3c3c43;--vp-c-text-2:#67676c;--vp-c-divider:#e2e2e3',
  dark: '--vp-c-bg:#1b1b1f;--vp-c-bg-soft:#202127;--vp-c-text-1:#dfdfd6;--vp-c-text-2:#98989f;--vp-c-divider:#2e2e32',
} as const;

function pageOf(style: string, dark: boolean): string {
  const theme = dark ? 'dark' : 'light';
  return `<!doctype html><html lang="en" class="${theme}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>Playground</title>
<style>:root{${colours[theme]};color-scheme:${theme}} body{margin:0;padding:24px;background:var(--vp-c-bg);color:var(--vp-c-text-1);font-family:Inter,system-ui,sans-serif}
${style}</style><main><h1>Playground</h1><div id="host"></div></main><script type="module" src="/page.js"></script></html>`;
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/browser/pages/playground.ts`],
    bundle: true,
    absWorkingDir: root,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    alias: Object.fromEntries(
      ['', '/durable', '/http', '/otel', '/pricing', '/testing', '/toon'].map((entry) => [
        `rxllm${entry}`,
        `${root}/dist${entry || '/index'}.js`,
      ]),
    ),
    tsconfig: `${root}/site/tsconfig.json`,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
