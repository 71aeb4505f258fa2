import type { Locator, Page } from 'playwright-core';

/** What a user sees and does in the chat. */
export interface ChatPage {
  readonly message: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly retry: Locator;
  /** The last answer. */
  readonly answer: Locator;
  readonly answerText: Locator;
  /** Sends a question, and waits until its answer is there, which is empty yet. */
  ask(question: string): Promise<void>;
  /** Chooses what the provider does from now on. */
  behave(fault: string): Promise<void>;
  /** Waits until the last answer has one of these. */
  hasStatus(...statuses: readonly string[]): Promise<void>;
  text(): Promise<string>;
  /** Waits until the last answer shows that many characters. */
  hasText(length: number): Promise<string>;
  /** The types of the events in the strip. */
  marbles(): Promise<readonly string[]>;
}

export function chatPage(page: Page): ChatPage {
  const message = page.getByRole('textbox', { name: 'Message' });
  const send = page.getByRole('button', { name: 'Send' });
  const answer = page.getByRole('article', { name: 'Assistant' }).last();
  const answerText = answer.getByTestId('answer-text');

  async function text(): Promise<string> {
    return (await answerText.allTextContents()).join('\n');
  }

  return {
    message,
    send,
    stop: page.getByRole('button', { name: 'Stop' }),
    retry: page.getByRole('button', { name: 'Retry' }),
    answer,
    answerText,
    async ask(question) {
      const answers = await page.getByRole('article', { name: 'Assistant' }).count();
      await message.fill(question);
      await send.click();
      await page.getByRole('article', { name: 'Assistant' }).nth(answers).waitFor({ state: 'attached' });
    },
    async behave(fault) {
      await page.getByRole('combobox', { name: 'Provider behaves' }).selectOption(fault);
    },
    async hasStatus(...statuses) {
      await page.waitForFunction(
        (expected) =>
          expected.includes([...document.querySelectorAll('article[data-status]')].at(-1)?.getAttribute('data-status') ?? ''),
        statuses,
      );
    },
    text,
    async hasText(length) {
      await page.waitForFunction((least) => {
        const last = [...document.querySelectorAll('article[data-status]')].at(-1);
        const shown = [...(last?.querySelectorAll('[data-testid=answer-text]') ?? [])].map(({ textContent }) => textContent);
        return shown.join('\n').length >= least;
      }, length);
      return text();
    },
    async marbles() {
      return page.getByTestId('marble').evaluateAll((all) => all.map((each) => each.getAttribute('data-type') ?? ''));
    },
  };
}
