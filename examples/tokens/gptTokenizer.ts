/**
 * Counts with another tokenizer: here `gpt-tokenizer`, as a counter that is loaded once. The confidence is low, because no rule is published for
 * how the model `local` frames its prompt.
 */
import { filter, lastValueFrom } from 'rxjs';
import { aggregateUsage, ofEvent, type TokenCounter } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

let tokenizer: typeof import('gpt-tokenizer/encoding/o200k_base') | undefined;

const gptTokenizer: TokenCounter = {
  get ready() {
    return tokenizer !== undefined;
  },
  async load() {
    tokenizer = await import('gpt-tokenizer/encoding/o200k_base');
  },
  count: (text) => tokenizer?.countTokens(text) ?? 0,
  stream() {
    let whole = '';
    return {
      push(text) {
        whole += text;
        return gptTokenizer.count(whole);
      },
    };
  },
};

const question = 'What is the capital of France?';
const { events$, stop } = await localAnswer(question);
// Some compatible servers report no usage; this stream imitates one.
const silent$ = events$.pipe(filter(({ type }) => type !== 'usage'));

async function report(countTokens: TokenCounter | ((text: string) => number)): Promise<void> {
  const { usage } = await lastValueFrom(silent$.pipe(aggregateUsage({ countTokens, prompt: question }), ofEvent('usage')));
  console.log(usage.inputTokens, usage.outputTokens, usage.confidence);
}

await gptTokenizer.load();
await report(gptTokenizer);

// Without running totals, a function of a whole text is enough: it is called once per text, at the end.
await report(gptTokenizer.count);
await stop();

/* Prints:
7 7 low
7 7 low
*/
