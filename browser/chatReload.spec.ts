import { describe, expect, it } from 'vitest';
import { chatPage } from './support/chatPage.js';
import { chromiumPath } from './support/chromium.js';
import { openChat } from './support/openChat.js';

describe.skipIf(chromiumPath === undefined)('the chat of the examples, after a reload', () => {
  const opened = openChat(() => ({ everyMs: 12 }));

  it('goes on with the answer that was running, by the same request of the provider', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Explain streaming');
    const begun = await chat.hasText(150);
    const { requests } = await server.counts();
    await page.reload();
    await chat.hasText(begun.length + 150);
    await chat.hasStatus('done');
    const text = await chat.text();
    expect(text.match(/Streaming, in one minute/g)).toHaveLength(1);
    expect(text).toContain('before the next attempt begins');
    expect((await server.counts()).requests).toBe(requests);
    expect(await page.getByRole('article', { name: 'You' }).count()).toBe(1);
  });

  it('keeps a whole conversation', async () => {
    const { page, chat } = opened;
    await chat.ask('Weather in Oslo');
    await chat.hasStatus('done');
    const text = await chat.text();
    await page.waitForTimeout(600);
    await page.reload();
    await chat.answer.waitFor();
    expect(await chat.text()).toBe(text);
  });

  it('keeps the part that came as a stopped answer, where the server has it no more', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Explain streaming');
    const begun = await chat.hasText(150);
    await server.restart('SIGKILL');
    await page.reload();
    await chat.hasStatus('aborted');
    expect((await chat.text()).slice(0, 20)).toBe(begun.slice(0, 20));
    await chat.retry.click();
    await chat.hasStatus('done');
    expect(await chat.text()).toContain('before the next attempt begins');
  });

  it('shows the answer in another tab too, and stops it from there', async () => {
    const { page, chat, context, server } = opened;
    await chat.behave('slow');
    await chat.ask('Explain streaming');
    await chat.hasText(50);
    await page.waitForTimeout(600);
    const otherPage = await context.newPage();
    await otherPage.goto(server.url);
    const other = chatPage(otherPage);
    await other.stop.waitFor();
    expect((await server.counts()).open).toBe(1);
    const begun = performance.now();
    await other.stop.click();
    await expect.poll(async () => (await server.counts()).open, { interval: 5 }).toBe(0);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await other.hasStatus('aborted');
    await chat.hasStatus('aborted');
  });
});
