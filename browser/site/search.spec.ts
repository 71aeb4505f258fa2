import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from '../support/chromium.js';
import { publicNames } from '../support/publicNames.js';
import { inPages, openPage } from '../support/sitePage.js';
import { isSiteBuilt, type SiteServer, sitePages, startSiteServer } from '../support/siteServer.js';

const entryPoints = [...publicNames()];
const names = [...new Set(entryPoints.flatMap(([, exported]) => exported))];

describe.skipIf(chromiumPath === undefined || !isSiteBuilt)('the search of the site', () => {
  let browser: Browser;
  let server: SiteServer;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startSiteServer();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it.each(entryPoints)('has a page for every public name of %s', (entryPoint, exported) => {
    // A type that several entry points export has one page, which the index of each links to.
    const pages = sitePages().filter((page) => page.startsWith('/api/'));
    const hasPage = (name: string): boolean => pages.some((page) => page.endsWith(`/${name}.html`));
    expect(pages).toContain(`/api/${entryPoint}/index.html`);
    expect(exported.filter((name) => !hasPage(name))).toEqual([]);
  });

  it('finds every public name: its page is one of the first five results', async () => {
    const context = await browser.newContext();
    const missed: string[] = [];
    const isOpen = new Set<Page>();
    await inPages(context, 4, names, async (page, name) => {
      if (!isOpen.has(page)) {
        await openPage(page, server.origin);
        await page.keyboard.press('Control+k');
        isOpen.add(page);
      }
      await page.fill('.VPLocalSearchBox input', name);
      const ends = [`/${name}.html`, `/${name}-openai.html`, `/${name}-anthropic.html`];
      const found = page.waitForFunction(
        (endings) => {
          const results = document.querySelectorAll<HTMLAnchorElement>('.VPLocalSearchBox .results a');
          return Array.from(results, ({ pathname }) => pathname)
            .slice(0, 5)
            .some((path) => endings.some((end) => path.endsWith(end)));
        },
        ends,
        { timeout: 5_000, polling: 25 },
      );
      await found.catch(async () => {
        const results = await page.locator('.VPLocalSearchBox .results a').allTextContents();
        missed.push(`${name}: ${results.slice(0, 5).join(', ')}`);
      });
    });
    expect(missed).toEqual([]);
  }, 300_000);
});
