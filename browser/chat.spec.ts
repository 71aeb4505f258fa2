import { describe, expect, it } from 'vitest';
import { historyOf } from './support/chatHistory.js';
import { chromiumPath } from './support/chromium.js';
import { openChat } from './support/openChat.js';

describe.skipIf(chromiumPath === undefined)('the chat of the examples', () => {
  const opened = openChat();

  for (const transport of ['fromWire', 'HttpClient']) {
    describe(`by ${transport}`, () => {
      it('shows reasoning, then a text that grows', async () => {
        const { page, chat } = opened;
        await page.getByRole('combobox', { name: 'Transport' }).selectOption(transport);
        await chat.ask('Explain streaming');
        await chat.hasStatus('done');
        const moments = await historyOf(page);
        const texts = [...new Set(moments.map(({ text }) => text))];
        expect(texts.length).toBeGreaterThan(30);
        expect(texts.map(({ length }) => length)).toEqual(texts.map(({ length }) => length).sort((a, b) => a - b));
        const whole = await chat.text();
        expect(texts.at(-1)).toBe(whole);
        expect(moments.some(({ isThinking, text }) => isThinking && text === '')).toBe(true);
        expect(moments.at(-1)?.isThinking).toBe(false);
        expect(whole).toContain('Streaming, in one minute');
        expect(whole).toContain('before the next attempt begins');
      });

      it('ends the request of the provider within a second of Stop, and keeps what came', async () => {
        const { page, chat, server } = opened;
        await page.getByRole('combobox', { name: 'Transport' }).selectOption(transport);
        await chat.ask('Explain streaming');
        await chat.hasText(100);
        expect((await server.counts()).open).toBe(1);
        const begun = performance.now();
        await chat.stop.click();
        await expect.poll(async () => (await server.counts()).open, { interval: 5 }).toBe(0);
        expect(performance.now() - begun).toBeLessThan(1_000);
        await chat.answer.getByTestId('stopped').waitFor();
        const kept = await chat.text();
        expect(kept.length).toBeGreaterThanOrEqual(100);
        await chat.retry.click();
        await chat.hasStatus('done');
        expect(await chat.text()).toContain('before the next attempt begins');
      });
    });
  }

  it('stays at the end of the conversation, until the user scrolls up', async () => {
    const { page, chat } = opened;
    await page.setViewportSize({ width: 1280, height: 500 });
    const log = page.getByRole('log');
    const fromEnd = () => log.evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);
    for (const question of ['Explain streaming', 'Show products as a table']) {
      await chat.ask(question);
      await chat.hasStatus('done');
      await expect.poll(fromEnd).toBeLessThanOrEqual(1);
    }
    await chat.ask('Explain streaming');
    await chat.hasText(300);
    await log.hover();
    await page.mouse.wheel(0, -400);
    await chat.hasStatus('done');
    expect(await fromEnd()).toBeGreaterThan(300);
    await log.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await chat.ask('Weather in Paris');
    await chat.hasStatus('done');
    await expect.poll(fromEnd).toBeLessThanOrEqual(1);
  });

  it('fills a table row by row', async () => {
    const { page, chat } = opened;
    await chat.ask('Show products as a table');
    await chat.hasStatus('done');
    const counts = (await historyOf(page)).map((moment) => moment.rows);
    expect(counts).toEqual([...counts].sort());
    // One frame may show two.
    expect(new Set(counts).size).toBeGreaterThan(3);
    const rows = chat.answer.getByRole('table', { name: 'Products' }).locator('tbody tr');
    expect(await rows.nth(2).textContent()).toContain('Monitor 27", 4K');
    expect(await page.getByText('only seven laptops left').count()).toBe(1);
  });

  it('fills a form while its JSON is not complete', async () => {
    const { page, chat } = opened;
    await chat.ask('Fill the customer form');
    await chat.hasStatus('done');
    const filled = (await historyOf(page)).filter(({ status }) => status === 'streaming').map(({ fields }) => fields);
    expect(new Set(filled).size).toBeGreaterThan(3);
    const form = chat.answer.getByRole('form', { name: 'Customer' });
    expect(await form.getByLabel('Email').inputValue()).toBe('ann.lee@example.com');
    expect(await form.getByLabel('City').inputValue()).toBe('Paris');
    expect(await form.getByRole('checkbox', { name: 'Newsletter' }).isChecked()).toBe(true);
  });

  it('shows the progress of a tool, then its result and the answer', async () => {
    const { page, chat } = opened;
    await chat.ask('What is the weather in Oslo?');
    await chat.hasStatus('done');
    const progress = (await historyOf(page)).map((moment) => moment.progress).join();
    for (const station of [1, 2, 3]) expect(progress).toContain(`Station ${station} of 3 in Oslo`);
    const tool = chat.answer.getByRole('group', { name: 'Tool get_weather' });
    expect(await tool.getByTestId('tool-output').textContent()).toContain('sunny');
    expect(await chat.text()).toContain('Take a light jacket');
  });

  it('places an order only after the user approved it', async () => {
    const { page, chat, server } = opened;
    await chat.ask('Order 2 laptops');
    await chat.hasStatus('waiting');
    const tool = chat.answer.getByRole('group', { name: 'Tool place_order' });
    expect(await tool.getByTestId('tool-input').textContent()).toContain('"quantity":2');
    expect((await server.counts()).open).toBe(0);
    await tool.getByRole('button', { name: 'Approve' }).click();
    await chat.hasStatus('done');
    expect((await historyOf(page)).some(({ progress }) => progress.includes('Reserving the item'))).toBe(true);
    expect(await tool.getByTestId('tool-output').textContent()).toContain('confirmed');
    expect(await chat.text()).toContain('Your order is placed');
  });

  it('does not place an order that the user declined', async () => {
    const { chat } = opened;
    await chat.ask('Order a laptop');
    await chat.answer.getByRole('button', { name: 'Decline' }).click();
    await chat.hasStatus('done');
    expect(await chat.text()).toContain('you declined it');
  });

  it('asks again after an edit', async () => {
    const { page, chat } = opened;
    await chat.ask('Weather in Paris');
    await chat.hasStatus('done');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Edit message' }).fill('Weather in Rome');
    await page.getByRole('button', { name: 'Save' }).click();
    await chat.answer.getByText('Rome').first().waitFor();
    await chat.hasStatus('done');
    expect(await page.getByRole('article', { name: 'You' }).count()).toBe(1);
  });

  it('meters tokens, cost, the first token and the rate', async () => {
    const { page, chat } = opened;
    await chat.ask('Show products as a table');
    await chat.hasStatus('done');
    expect(await page.getByTestId('meter-tokens').textContent()).toMatch(/\d/);
    expect(await page.getByTestId('meter-cost').textContent()).toMatch(/0\.\d+/);
    expect(await page.getByTestId('meter-first').textContent()).toMatch(/\d+\s*m?s/);
    expect(await page.getByTestId('meter-rate').textContent()).toMatch(/\d/);
    expect(await chat.marbles()).toEqual(expect.arrayContaining(['start', 'text-delta', 'usage', 'finish']));
  });
});
