import type { Reply } from './script.js';

/** The chunks of a chat completion, as JSON. Four characters count as a token. */
export function completionChunks({ reasoning = '', text = '', call }: Reply, promptChars: number): readonly string[] {
  const id = `chatcmpl-${crypto.randomUUID()}`;
  const argumentsText = call ? JSON.stringify(call.input) : '';
  const deltas: object[] = [{ role: 'assistant', content: '' }];
  for (const piece of pieces(reasoning)) deltas.push({ reasoning_content: piece });
  for (const piece of pieces(text)) deltas.push({ content: piece });
  if (call) {
    const begin = { index: 0, id: `call_${crypto.randomUUID()}`, type: 'function', function: { name: call.name, arguments: '' } };
    deltas.push({ tool_calls: [begin] });
    for (const piece of pieces(argumentsText)) deltas.push({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
  }
  const input = Math.ceil(promptChars / 4);
  const output = Math.ceil((reasoning.length + text.length + argumentsText.length) / 4);
  const choices = deltas.map((delta) => [{ index: 0, delta, finish_reason: null as string | null }]);
  choices.push([{ index: 0, delta: {}, finish_reason: call ? 'tool_calls' : 'stop' }]);
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    completion_tokens_details: { reasoning_tokens: Math.ceil(reasoning.length / 4) },
  };
  const head = { id, object: 'chat.completion.chunk', created: 0, model: 'local-script' };
  return [...choices.map((each) => ({ ...head, choices: each })), { ...head, choices: [], usage }].map((chunk) =>
    JSON.stringify(chunk),
  );
}

/** Words and marks with the space after them, as tokens are. */
function pieces(text: string): readonly string[] {
  return text.match(/\S{1,8}\s*|\s+/g) ?? [];
}
