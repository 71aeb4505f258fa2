import type { RequestFunction } from 'rxllm/openai';

/** Answers as an OpenAI server does: with server-sent events, one word in each. */
export const localModel: RequestFunction = async () => {
  const words = ['Paris ', 'is ', 'the ', 'capital ', 'of ', 'France.'];
  const payloads = [
    ...words.map((content) => ({ choices: [{ index: 0, delta: { content } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 8, completion_tokens: 6, total_tokens: 14 } },
  ];
  const data = [...payloads.map((payload) => JSON.stringify(payload)), '[DONE]'];
  return new Response(data.map((line) => `data: ${line}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } });
};
