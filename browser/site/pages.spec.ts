import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from '../support/chromium.js';
import { inPages, openPage, watchFaults } from '../support/sitePage.js';
import { isSiteBuilt, type SiteServer, siteFile, sitePages, startSiteServer } from '../support/siteServer.js';

interface Opened {
  readonly faults: readonly string[];
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly string[];
  readonly overflow: number;
}

describe.skipIf(chromiumPath === undefined || !isSiteBuilt)('the pages of the site, on a phone', () => {
  const opened = new Map<string, Opened>();
  let browser: Browser;
  let server: SiteServer;
  let context: BrowserContext;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startSiteServer();
    context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    await inPages(context, 3, sitePages(), async (page, path) => {
      page.removeAllListeners();
      const faults = watchFaults(page, server.origin);
      await openPage(page, server.origin + path);
      const found = await page.evaluate(() => ({
        anchors: Array.from(document.querySelectorAll('[id]'), ({ id }) => id),
        links: Array.from(document.querySelectorAll('a[href]'), (link) => (link as HTMLAnchorElement).href),
        overflow: document.documentElement.scrollWidth - window.innerWidth,
      }));
      opened.set(path, { ...found, anchors: new Set(found.anchors), faults });
    });
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const listed = <T>(select: (page: Opened) => readonly T[]): readonly string[] =>
    [...opened].flatMap(([path, page]) => select(page).map((each) => `${path}: ${String(each)}`));

  it('are more than five hundred', () => {
    expect(opened.size).toBeGreaterThan(500);
  });

  it('open without an error or a warning, and request nothing of another host', () => {
    expect(listed(({ faults }) => faults)).toEqual([]);
  });

  it('do not scroll sideways', () => {
    expect(listed(({ overflow }) => (overflow > 0 ? [overflow] : []))).toEqual([]);
  });

  it('have links whose pages and anchors are there', () => {
    const isBroken = (link: string): boolean => {
      const { origin, pathname, hash } = new URL(link);
      if (origin !== server.origin) return false;
      const file = siteFile(pathname);
      // The hash of the playground is a scene.
      if (file === '/playground.html') return false;
      return file === undefined || (hash !== '' && opened.get(file)?.anchors.has(decodeURIComponent(hash.slice(1))) === false);
    };
    expect(listed(({ links }) => [...new Set(links)].filter(isBroken))).toEqual([]);
  });

  it('have one for what is not there', async () => {
    const page = await context.newPage();
    const response = await page.goto(`${server.origin}/not-there.html`);
    expect(response?.status()).toBe(404);
    await expect.poll(() => page.textContent('h1')).toContain('NOT FOUND');
  });
});
