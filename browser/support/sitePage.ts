import type { BrowserContext, Page } from 'playwright-core';

/** What a page of the site did wrong: errors of its console, requests that failed, and those to another host. */
export function watchFaults(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`threw: ${String(error)}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)) faults.push(`another host: ${url}`);
  });
  return faults;
}

/** Opens a page of the site and waits until it is mounted, so that what it does then has happened. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => {
    const app: (Element & { __vue_app__?: unknown }) | null = document.querySelector('#app');
    return app?.__vue_app__ !== undefined;
  });
}

/** Does some work for each of many things, in a few pages at once. */
export async function inPages<T>(
  context: BrowserContext,
  count: number,
  things: readonly T[],
  work: (page: Page, thing: T) => Promise<void>,
): Promise<void> {
  const pending = things.values();
  const worker = async (): Promise<void> => {
    const page = await context.newPage();
    for (const thing of pending) await work(page, thing);
    await page.close();
  };
  await Promise.all(Array.from({ length: count }, worker));
}
