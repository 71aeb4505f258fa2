import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { historyOf } from './support/chatHistory.js';
import { chromiumPath } from './support/chromium.js';
import { type CuttableProxy, startCuttableProxy } from './support/cuttableProxy.js';
import { openChat } from './support/openChat.js';

/** Whether the beginning and the end of the explanation are there, once. */
function isWhole(text: string): boolean {
  return (
    /^Streaming, in one minute/.test(text.trim()) &&
    text.split('Streaming, in one minute').length === 2 &&
    text.split('before the next attempt begins').length === 2
  );
}

describe.skipIf(chromiumPath === undefined)('the chat of the examples, when something goes wrong', () => {
  const opened = openChat();

  for (const fault of ['cut', 'stall']) {
    it(`begins the text again, once, after a ${fault} of the provider`, async () => {
      const { page, chat, server } = opened;
      const before = (await server.counts()).requests;
      await chat.behave(fault);
      await chat.ask('Explain streaming');
      await chat.hasStatus('done');
      const moments = await historyOf(page);
      const failed = moments.findLastIndex(({ status }) => status === 'retrying');
      expect(moments[failed]?.notice).toContain('Attempt 2');
      expect(moments.slice(0, failed).some(({ text }) => text.length > 100)).toBe(true);
      expect(isWhole(await chat.text())).toBe(true);
      expect((await server.counts()).requests - before).toBe(2);
      expect((await chat.marbles()).filter((type) => type === 'reset')).toHaveLength(1);
    });
  }

  it('waits as long as the provider asks when it limits the rate', async () => {
    const { page, chat } = opened;
    await chat.behave('rate-limit');
    await chat.ask('Show products as a table');
    await chat.hasStatus('done');
    const { notice = '' } = (await historyOf(page)).findLast(({ status }) => status === 'retrying') ?? {};
    expect(Number(/in ([\d.]+) s/.exec(notice)?.[1])).toBeGreaterThanOrEqual(1);
    expect(await chat.text()).toContain('only seven laptops left');
  });

  it.each(['fromWire', 'HttpClient'])('shows a 401 by %s, and asks again when the user does', async (transport) => {
    const { page, chat, server } = opened;
    const before = (await server.counts()).requests;
    await page.getByRole('combobox', { name: 'Transport' }).selectOption(transport);
    await chat.behave('unauthorized');
    await chat.ask('Show products as a table');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.getAttribute('data-kind')).toBe('authentication');
    expect((await server.counts()).requests).toBe(before);
    await chat.behave('none');
    await chat.retry.click();
    await chat.hasStatus('done');
    expect(await alert.count()).toBe(0);
    expect(await chat.text()).toContain('only seven laptops left');
  });

  describe('of the connection', () => {
    let proxy: CuttableProxy;

    beforeEach(async () => {
      proxy = await startCuttableProxy(opened.server.url);
      await opened.page.goto(proxy.url);
    });
    afterEach(() => proxy.stop());

    it('goes on where it was after a cut', async () => {
      const { page, chat, server } = opened;
      await chat.ask('Explain streaming');
      await chat.hasText(100);
      const before = (await server.counts()).requests;
      proxy.cut();
      await chat.hasText(400);
      proxy.cut();
      await chat.hasStatus('done');
      expect(isWhole(await chat.text())).toBe(true);
      expect((await historyOf(page)).every(({ status }) => status !== 'error')).toBe(true);
      expect((await server.counts()).requests).toBe(before);
    });

    it('waits while the browser is offline, and goes on where it was when it is online again', async () => {
      const { context, page, chat, server } = opened;
      await chat.ask('Explain streaming');
      await chat.hasText(100);
      const before = (await server.counts()).requests;
      await context.setOffline(true);
      proxy.cut();
      await page.getByTestId('offline').filter({ hasText: 'offline' }).waitFor();
      const { length } = await chat.text();
      await page.waitForTimeout(500);
      expect((await chat.text()).length - length).toBeLessThan(50);
      await context.setOffline(false);
      await chat.hasStatus('done');
      expect(isWhole(await chat.text())).toBe(true);
      expect((await server.counts()).requests).toBe(before);
      expect(await page.getByTestId('offline').count()).toBe(0);
    });
  });

  it('reports an answer that cannot begin, because the server is gone', async () => {
    const { page, chat, context } = opened;
    await context.setOffline(true);
    await chat.ask('Explain streaming');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').getAttribute('data-kind')).toBe('connection');
    await context.setOffline(false);
    await chat.retry.click();
    await chat.hasStatus('done');
  });
});
