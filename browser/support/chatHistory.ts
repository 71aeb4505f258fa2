import type { Page } from 'playwright-core';

/** What the last answer showed at one moment. */
export interface Moment {
  readonly status: string;
  readonly text: string;
  /** Whether the panel of the reasoning was open. */
  readonly isThinking: boolean;
  readonly rows: number;
  /** The fields of the form that were filled. */
  readonly fields: number;
  readonly progress: string;
  readonly notice: string;
}

declare const chatMoments: readonly Moment[];

/** Records every change of the last answer in the page, because many are over before a spec looks. */
export async function recordHistory(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const moments: Moment[] = [];
    const record = (): void => {
      const answer = [...document.querySelectorAll('article[data-status]')].at(-1);
      if (!answer) return;
      const all = (selector: string): Element[] => [...answer.querySelectorAll(selector)];
      const textOf = (testId: string): string =>
        all(`[data-testid=${testId}]`)
          .map(({ textContent }) => textContent)
          .join('\n');
      moments.push({
        status: answer.getAttribute('data-status') ?? '',
        text: textOf('answer-text'),
        isThinking: all('details[open]').length > 0,
        rows: all('tbody tr').length,
        fields: all('input').filter((input) => 'value' in input && input.value !== '').length,
        progress: textOf('tool-progress'),
        notice: textOf('retry-notice'),
      });
    };
    const observer = new MutationObserver(record);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(globalThis, { chatMoments: moments });
  });
}

/** Every moment so far, since the page was loaded. */
export function historyOf(page: Page): Promise<readonly Moment[]> {
  return page.evaluate(() => chatMoments);
}
