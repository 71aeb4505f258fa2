import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const dist = join(import.meta.dirname, '../../site/dist');

/** Whether the site is built. In CI a site that is not is an error. */
export const isSiteBuilt: boolean = existsSync(join(dist, 'index.html'));

if (!isSiteBuilt) {
  if (process.env['CI']) throw new Error('The site is not built: npm run site');
  console.log('The specs of the site are skipped, because it is not built: npm run site.');
}

/** A server of the built site. */
export interface SiteServer {
  readonly origin: string;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The paths of all pages. */
export function sitePages(): readonly string[] {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  return files.map((file) => `/${file}`).filter((path) => path !== '/404.html');
}

/** The path of the file that a path of the site is answered with; undefined if there is none. */
export function siteFile(path: string): string | undefined {
  const decoded = decodeURIComponent(path);
  const file = decoded.endsWith('/') ? `${decoded}index.html` : decoded;
  return existsSync(join(dist, file)) && statSync(join(dist, file)).isFile() ? file : undefined;
}

/** Starts a server of files on the loopback address, as a static host is one. */
export async function startSiteServer(): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = siteFile(pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': types[extname(file ?? '/404.html')] ?? 'text/plain',
      // The names of assets change with their contents.
      ...(file?.startsWith('/assets/') ? { 'cache-control': 'max-age=3600, immutable' } : {}),
    });
    response.end(readFileSync(join(dist, file ?? '404.html')));
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
