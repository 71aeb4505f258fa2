import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalogue } from '../../site/playground/scene/catalogue.js';
import { chromiumPath, launchChromium } from '../support/chromium.js';
import { openPage, watchFaults } from '../support/sitePage.js';
import { isSiteBuilt, type SiteServer, startSiteServer } from '../support/siteServer.js';

const root = join(import.meta.dirname, '../..');
const { operators } = JSON.parse(readFileSync(join(root, 'site/playground/generated/catalogue.json'), 'utf8')) as Catalogue;

describe.skipIf(chromiumPath === undefined || !isSiteBuilt)('the playground of the site', () => {
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

  it.each(operators.map(({ id }) => id))('is linked from the page of %s, with its preset', (id) => {
    const html = readFileSync(join(root, `site/dist/operators/${id}.html`), 'utf8');
    expect(html).toMatch(new RegExp(`href="/playground(?:\\.html)?#1~${id}"[^>]*>Open in the playground`));
  });

  it.each([390, 1280])('opens and plays the preset of the page that it is opened from, at %i px', async (width) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults = watchFaults(page, server.origin);
    await openPage(page, `${server.origin}/operators/hedge.html`);
    await page.getByRole('link', { name: 'Open in the playground' }).click();
    await page.waitForFunction(() => /^Completed after/.test(document.querySelector('.pg-status')?.textContent ?? ''));
    expect(await page.getByLabel('Operator 1, code', { exact: true }).inputValue()).toBe('hedge(other, { afterMs: 4 })');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    // The page is gone when another is opened, and comes back with the same scene.
    await page.goBack();
    await page.getByRole('heading', { name: 'hedge' }).waitFor();
    await page.goForward();
    await page.waitForFunction(() => /^Completed after/.test(document.querySelector('.pg-status')?.textContent ?? ''));
    expect(faults).toEqual([]);
    await context.close();
  });
});
