/** An answer in the form of one wire. */
interface WireAnswer {
  readonly beginning: readonly string[];
  delta(text: string): string;
  readonly end: readonly string[];
  /** An error inside the stream. */
  readonly overloaded: string;
}

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const overloaded = { type: 'overloaded_error', message: 'Overloaded' };

/** The answers by the last part of the request's path. */
const answers: Readonly<Record<string, WireAnswer>> = {
  completions: {
    beginning: [],
    delta: (content) => data({ id: 'c', model: 'soak', choices: [{ index: 0, delta: { content } }] }),
    end: [
      data({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      data({ id: 'c', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
      'data: [DONE]\n\n',
    ],
    overloaded: data({ error: overloaded }),
  },
  responses: {
    beginning: [data({ type: 'response.created', response: { id: 'r', model: 'soak' } })],
    delta: (delta) => data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }),
    end: [
      data({
        type: 'response.completed',
        response: {
          id: 'r',
          status: 'completed',
          output: [],
          usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
        },
      }),
    ],
    overloaded: data({ type: 'error', error: overloaded }),
  },
  messages: {
    beginning: [
      data({ type: 'message_start', message: { id: 'm', model: 'soak', usage: { input_tokens: 10, output_tokens: 1 } } }),
      data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    delta: (text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    end: [
      data({ type: 'content_block_stop', index: 0 }),
      data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
      data({ type: 'message_stop' }),
    ],
    overloaded: `event: error\n${data({ type: 'error', error: overloaded })}`,
  },
};

/** @param path The path of the request, for instance `/v1/messages`. */
export function wireAnswer(path: string): WireAnswer {
  const [last = ''] = path.split('?')[0]?.split('/').slice(-1) ?? [];
  const answer = answers[last];
  if (!answer) throw new Error(`No answer for ${path}`);
  return answer;
}
