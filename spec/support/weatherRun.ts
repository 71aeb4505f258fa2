import OpenAI from 'openai';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { DeltaEvent } from '../../src/events.js';
import { chatMessages } from '../../src/providers/openai/chatMessages.js';
import { chatTools } from '../../src/providers/openai/chatTools.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import type { Fetch } from '../../src/testing/index.js';
import { runTools } from '../../src/tools/runTools.js';

/** The run of the cassette with two rounds. `examples/localProvider.ts` answered when it was recorded. */
export function weatherRun(baseURL: string, fetch: Fetch, run: (input: { city: string }) => unknown): Observable<DeltaEvent> {
  const client = new OpenAI({ baseURL, apiKey: 'local', fetch });
  const tools = { get_weather: { description: 'The weather of a city', input: z.object({ city: z.string() }), run } };
  return runTools(
    (turns) => fromChatCompletions(client, { model: 'gpt-4o-mini', messages: chatMessages(turns), tools: chatTools(tools) }),
    { turns: [{ role: 'user', parts: [{ type: 'text', text: 'What is the weather in Paris?' }] }], tools },
  );
}
