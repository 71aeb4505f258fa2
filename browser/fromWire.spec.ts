import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PageReader } from './pages/page.js';
import type { ReadingState } from './pages/reading.js';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { answer, type StreamServer, startStreamServer, words } from './support/streamServer.js';

declare const reader: PageReader;

describe.skipIf(chromiumPath === undefined)('fromWire in Chromium', () => {
  let browser: Browser;
  let server: StreamServer;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startStreamServer();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(server.origin);
    await page.waitForFunction('globalThis.reader');
  });
  afterEach(() => context.close());

  const statesOf = (): Promise<readonly ReadingState[]> => page.evaluate(() => reader.states);

  async function lastState(status: ReadingState['status']): Promise<ReadingState> {
    await page.waitForFunction((expected) => reader.states.at(-1)?.status === expected, status);
    const states = await statesOf();
    return states.at(-1) as ReadingState;
  }

  const someText = (length: number): Promise<unknown> =>
    page.waitForFunction((least) => (reader.states.at(-1)?.text.length ?? 0) >= least, length);

  for (const place of ['page', 'worker'] as const) {
    const read = (path: string): Promise<void> =>
      place === 'page' ? page.evaluate((url) => reader.read(url), path) : page.evaluate((url) => reader.readInWorker(url), path);

    describe(`in a ${place}`, () => {
      it('shows the text as it grows, and completes', async () => {
        await read('/answer');
        expect(await lastState('complete')).toEqual({ status: 'complete', text: answer, error: undefined });
        const texts = (await statesOf()).map(({ text }) => text);
        expect(new Set(texts).size).toBeGreaterThan(words.length / 2);
        expect(texts.every((text) => answer.startsWith(text))).toBe(true);
      });

      it('ends the request of the server within 100 ms of an unsubscribe', async () => {
        const before = server.abandoned.length;
        await read('/answer');
        await someText(20);
        const begun = Date.now();
        await page.evaluate(() => reader.stop());
        await expect.poll(() => server.abandoned.length, { interval: 5 }).toBe(before + 1);
        expect(Date.now() - begun).toBeLessThan(100);
        expect((await statesOf()).at(-1)?.status).toBe('reading');
      });

      it('gets an error in the middle of an answer with its kind and what came before', async () => {
        await read('/broken');
        const { error, text } = await lastState('error');
        expect(text).toBe(words.slice(0, 10).join(''));
        expect(error).toEqual({ name: 'TruncatedError', kind: 'truncated', partial: text });
      });

      it('gets an error before the first event with its kind', async () => {
        await read('/busy');
        expect((await lastState('error')).error).toEqual({ name: 'HttpError', kind: 'rate-limit', partial: '' });
      });

      it('reports a connection that breaks off, where frames have no ids', async () => {
        await read('/answer');
        await someText(20);
        server.cut();
        const { error, text } = await lastState('error');
        expect(error?.partial).toBe(text);
        expect(['connection', 'truncated']).toContain(error?.kind);
      });

      it('goes on after the connection broke off, where frames have ids: the whole text, once', async () => {
        await read('/kept');
        for (const length of [20, 100, 200]) {
          await someText(length);
          server.cut();
        }
        expect((await lastState('complete')).text).toBe(answer);
        expect((await statesOf()).every(({ text }) => answer.startsWith(text))).toBe(true);
      });

      it('waits while the browser is offline, and goes on when it is online', async () => {
        await read('/kept');
        await someText(20);
        await context.setOffline(true);
        server.cut();
        const begun = (await statesOf()).length;
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect((await statesOf()).slice(begun).every(({ status }) => status === 'reading')).toBe(true);
        await context.setOffline(false);
        expect((await lastState('complete')).text).toBe(answer);
      });
    });
  }

  it('is no harm to a page that is left and shown again', async () => {
    await page.evaluate(() => reader.read('/kept'));
    await someText(20);
    await page.goto(`${server.origin}/other`);
    await page.goBack();
    await page.waitForFunction('globalThis.reader');
    // A page that was kept goes on with its stream; one that was not begins again.
    if ((await statesOf()).length === 0) await page.evaluate(() => reader.read('/kept'));
    expect((await lastState('complete')).text).toBe(answer);
    expect((await statesOf()).every(({ text }) => answer.startsWith(text))).toBe(true);
  });
});
