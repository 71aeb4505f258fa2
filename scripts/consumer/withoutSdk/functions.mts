import type { Observable } from 'rxjs';
import { bufferToText, type DeltaEvent, isStreamError } from 'rxllm';
import { fromAiSdk, modelMessages } from 'rxllm/ai-sdk';
import { assistantTurn as anthropicTurn, fromMessages } from 'rxllm/anthropic';
import { fromServerSentEvents, type ProviderFormat } from 'rxllm/http';
import { assistantTurn, fromChatCompletions, fromResponses, type RequestFunction } from 'rxllm/openai';

// A project without an SDK: functions send the requests.
const messages = [{ role: 'user', content: 'Hello' }];
const ask: RequestFunction = (params, { signal }) => fetch('/api/chat', { method: 'POST', body: JSON.stringify(params), signal });

export const events$: Observable<DeltaEvent> = fromChatCompletions(ask, { model: 'gpt-4o-mini', messages });
export const text$: Observable<string> = events$.pipe(bufferToText());
export const responses$: Observable<DeltaEvent> = fromResponses(ask, { model: 'gpt-5-mini', input: 'Hello' });
export const messages$: Observable<DeltaEvent> = fromMessages(ask, { model: 'claude-haiku-4-5', max_tokens: 100, messages });
export const turns = { assistantTurn, anthropicTurn, isStreamError };

const format: ProviderFormat = {
  provider: 'own',
  decode({ word }, write) {
    if (typeof word === 'string') write.text(word);
  },
};
export const own$: Observable<DeltaEvent> = fromServerSentEvents(new URL('https://a.example'), format);
export const sdk$: Observable<DeltaEvent> = fromAiSdk(async function* () {
  yield { type: 'finish' };
});
export const input = modelMessages([]);

// @ts-expect-error: `messages` is missing
fromChatCompletions(ask, { model: 'gpt-4o-mini' });
// @ts-expect-error: the source streams
fromChatCompletions(ask, { model: 'gpt-4o-mini', messages, stream: false });
