import { describe, expect, it } from 'vitest';
import { historyOf } from './support/chatHistory.js';
import { chromiumPath } from './support/chromium.js';
import { openChat } from './support/openChat.js';

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
      const text = await chat.text();
      expect(text.match(/Streaming, in one minute/g)).toHaveLength(1);
      expect(text.match(/before the next attempt begins/g)).toHaveLength(1);
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

  it('shows a 401, and asks again when the user does', async () => {
    const { page, chat } = opened;
    await chat.behave('unauthorized');
    await chat.ask('Explain streaming');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.getAttribute('data-kind')).toBe('authentication');
    await chat.behave('none');
    await chat.retry.click();
    await chat.hasStatus('done');
    expect(await alert.count()).toBe(0);
    expect(await chat.text()).toContain('before the next attempt begins');
  });

  it('goes on where it was when the browser is online again', async () => {
    const { context, page, chat, server } = opened;
    await chat.ask('Explain streaming');
    const before = (await server.counts()).requests;
    await chat.hasText(100);
    await context.setOffline(true);
    await page.getByTestId('offline').filter({ hasText: 'offline' }).waitFor();
    await page.waitForTimeout(500);
    await context.setOffline(false);
    await chat.hasStatus('done');
    const text = await chat.text();
    expect(text.match(/Streaming, in one minute/g)).toHaveLength(1);
    expect(text).toContain('before the next attempt begins');
    expect((await server.counts()).requests).toBe(before);
    expect(await page.getByTestId('offline').count()).toBe(0);
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
