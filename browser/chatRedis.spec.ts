import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage } from './support/chatPage.js';
import { chromiumPath } from './support/chromium.js';
import { openChat } from './support/openChat.js';
import { hasRedis, type RedisServer, startRedis } from './support/redisServer.js';

describe.skipIf(chromiumPath === undefined || !hasRedis)('the chat of the examples on Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  const opened = openChat(() => ({ everyMs: 15, environment: { REDIS_URL: redis.url } }));

  it('goes on while the server is deployed anew, without a word twice', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Explain streaming');
    await chat.hasText(150);
    await server.restart('SIGTERM');
    await chat.hasStatus('done');
    expect((await chat.text()).split('Streaming, in one minute')).toHaveLength(2);
    expect(await chat.text()).toContain('before the next attempt begins');
    expect((await chat.marbles()).filter((type) => type === 'reset' || type === 'error')).toEqual([]);
    // The new server asked for nothing.
    expect((await server.counts()).requests).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('goes on after a reload at another server', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Explain streaming');
    const begun = await chat.hasText(150);
    await server.restart('SIGTERM');
    await page.reload();
    await chat.hasText(begun.length + 100);
    await chat.hasStatus('done');
    expect((await chat.text()).split('Streaming, in one minute')).toHaveLength(2);
    expect((await server.counts()).requests).toBe(0);
  });

  it('ends an answer whose server was killed, keeps what came, and asks again when the user does', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Explain streaming');
    const begun = await chat.hasText(150);
    await server.restart('SIGKILL');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').getAttribute('data-kind')).toBe('truncated');
    expect(await chat.text()).toContain(begun.slice(0, 100));
    await chat.retry.click();
    await chat.hasStatus('done');
    expect(await chat.text()).toContain('before the next attempt begins');
  });

  it('stops from another tab an answer that another server produces', async () => {
    const { page, chat, context, server } = opened;
    await chat.behave('slow');
    await chat.ask('Explain streaming');
    await chat.hasText(50);
    await page.waitForTimeout(600);
    await server.restart('SIGTERM');
    const otherPage = await context.newPage();
    await otherPage.goto(server.url);
    const other = chatPage(otherPage);
    await other.stop.click();
    await other.hasStatus('aborted');
    await chat.hasStatus('aborted');
    expect(await chat.text()).not.toContain('What can go wrong');
  });
});
