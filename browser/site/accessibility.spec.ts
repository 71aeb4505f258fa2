import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from '../support/chromium.js';
import { openPage } from '../support/sitePage.js';
import { isSiteBuilt, type SiteServer, sitePages, startSiteServer } from '../support/siteServer.js';

declare const axe: { run(options: object): Promise<AxeResults> };

const screenshots = join(import.meta.dirname, '../../site/build/screenshots');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One page of each kind, whose screenshots are for people to look at. */
const looks = [
  '/index.html',
  '/guides/getting-started.html',
  '/operators/retryStream.html',
  '/api/rxllm/interfaces/RetryContext.html',
];

/** One page of each kind, and each page that is written by hand. The playground has a spec of its own. */
const pages = [
  ...sitePages().filter((path) => /^\/(?:guides\/)?(?!playground)[\w-]+\.html$/.test(path)),
  '/operators/index.html',
  '/operators/retryStream.html',
  '/sources/fromWire.html',
  '/handles/createBreaker.html',
  '/wires/sse.html',
  '/functions/toonPrompt.html',
  '/api/index.html',
  '/api/rxllm/testing/index.html',
  '/api/rxllm/functions/retryStream.html',
  '/api/rxllm/classes/HttpError.html',
  '/api/rxllm/interfaces/RetryContext.html',
  '/api/rxllm/type-aliases/DeltaEvent.html',
  '/source/examples/operators/retryStream.ts.html',
];

describe.skipIf(chromiumPath === undefined || !isSiteBuilt)('the site', () => {
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

  async function findings(page: Page): Promise<readonly string[]> {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`));
  }

  describe.each(['light', 'dark'] as const)('in its %s theme', (theme) => {
    describe.each([390, 1280])('at %i px', (width) => {
      async function shownPage(path: string): Promise<Page> {
        const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme: theme });
        const page = await context.newPage();
        await openPage(page, server.origin + path);
        return page;
      }

      async function check(page: Page, name: string): Promise<void> {
        await page.screenshot({ path: join(screenshots, `${name}-${width}-${theme}.png`) });
        expect(await findings(page)).toEqual([]);
        await page.context().close();
      }

      it.each(width === 390 ? looks : pages)('has no serious finding of axe on %s', async (path) => {
        await check(await shownPage(path), path.slice(1, -'.html'.length).replaceAll('/', '-'));
      });

      it('has none on its search', async () => {
        const page = await shownPage('/index.html');
        await page.click('.VPNavBarSearch button');
        await page.fill('.VPLocalSearchBox input', 'retryStream');
        await page.waitForSelector('.VPLocalSearchBox .results a');
        await check(page, 'search');
      });
    });
  });
});
