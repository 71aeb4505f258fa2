/** The sources, by their wire. */
export type WireName = 'chat' | 'responses' | 'messages';

export const sourceNames: Readonly<Record<WireName, string>> = {
  chat: 'fromChatCompletions',
  responses: 'fromResponses',
  messages: 'fromMessages',
};

/** Input and output tokens; `undefined` if they are not reported. */
export type Figures = readonly [input: number | undefined, output: number] | undefined;

/** The forms in which a provider reports an error inside a stream; `word` is its own name for the fault. */
export type ErrorForm = 'nested' | 'flat' | 'text' | 'named';

/** The same answer, "Hello", as each provider sends it. */
export interface Wire {
  /** Its beginning, before any content. */
  readonly opening: string;
  /** The text "Hello". */
  readonly hello: string;
  /** The end of the text, but not of the answer. */
  readonly ending: string;
  /** The definite end. */
  readonly terminal: string;
  /** The usage reported by the end of `hello`, and by the end of the answer. */
  readonly usageSoFar: Figures;
  readonly usage: Figures;
  /** A piece of text. */
  says(text: string): string;
  error(form: ErrorForm, word: string): string;
}

/** One event, by default without a name. */
export const event = (payload: object | string, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;

/** One event with its type as its name. */
export const typed = (payload: { readonly type: string; readonly [field: string]: unknown }): string =>
  event(payload, payload.type);

export const chatChunk = (choices: readonly object[], rest: object = {}): string =>
  event({ id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'model-1', choices, ...rest });

/** A chunk of choice 0. */
export const chatDelta = (delta: object, finish_reason: string | null = null, rest: object = {}): string =>
  chatChunk([{ index: 0, delta, finish_reason }], rest);

export const chatUsage = (prompt_tokens: number, completion_tokens: number): object => ({
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
});

const message = 'Something went wrong';

const chat: Wire = {
  opening: chatDelta({ role: 'assistant', content: '' }),
  hello: chatDelta({ content: 'Hel' }) + chatDelta({ content: 'lo' }, null, chatUsage(10, 2)),
  ending: chatDelta({}, 'stop') + chatChunk([], chatUsage(10, 5)),
  terminal: event('[DONE]'),
  usageSoFar: [10, 2],
  usage: [10, 5],
  says: (content) => chatDelta({ content }),
  error: (form, word) => {
    if (form === 'nested') return event({ error: { message, type: word, param: null, code: word } });
    if (form === 'flat') return event({ object: 'error', message, type: word });
    return form === 'text' ? event({ error: word }) : event({ message, type: word }, 'error');
  },
};

export const response = (status: string, rest: object = {}): object => ({
  id: 'resp-1',
  object: 'response',
  model: 'model-1',
  status,
  output: [],
  error: null,
  incomplete_details: null,
  ...rest,
});

export const responsesUsage = (input_tokens: number, output_tokens: number): object => ({
  usage: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
});

const textPart = { output_index: 0, item_id: 'msg-1', content_index: 0 };
const says = (delta: string): string => typed({ type: 'response.output_text.delta', ...textPart, delta });
const item = (status: string, content: readonly object[]): object => ({
  output_index: 0,
  item: { id: 'msg-1', type: 'message', role: 'assistant', status, content },
});

const responses: Wire = {
  opening: typed({ type: 'response.created', response: response('in_progress') }),
  hello: typed({ type: 'response.output_item.added', ...item('in_progress', []) }) + says('Hel') + says('lo'),
  ending:
    typed({ type: 'response.output_text.done', ...textPart, text: 'Hello' }) +
    typed({ type: 'response.output_item.done', ...item('completed', [{ type: 'output_text', text: 'Hello' }]) }),
  terminal: typed({ type: 'response.completed', response: response('completed', responsesUsage(10, 5)) }),
  usageSoFar: undefined,
  usage: [10, 5],
  says,
  error: (form, word) => {
    if (form === 'nested') return typed({ type: 'error', error: { type: word, code: word, message, param: null } });
    if (form === 'flat') return typed({ type: 'error', code: word, message, param: null });
    return form === 'text' ? typed({ type: 'error', error: word }) : event({ code: word, message }, 'error');
  },
};

export const messageStart = (usage: object = { input_tokens: 10, output_tokens: 1 }): string =>
  typed({
    type: 'message_start',
    message: { id: 'msg-1', type: 'message', role: 'assistant', model: 'model-1', content: [], usage },
  });
export const blockStart = (index: number, content_block: object): string =>
  typed({ type: 'content_block_start', index, content_block });
export const blockDelta = (index: number, delta: object): string => typed({ type: 'content_block_delta', index, delta });
export const blockStop = (index: number): string => typed({ type: 'content_block_stop', index });
export const messageDelta = (stop_reason: string, usage: object | undefined = { output_tokens: 5 }, rest: object = {}): string =>
  typed({ type: 'message_delta', delta: { stop_reason, ...rest }, usage });

const messages: Wire = {
  opening: messageStart(),
  hello:
    blockStart(0, { type: 'text', text: '' }) +
    blockDelta(0, { type: 'text_delta', text: 'Hel' }) +
    blockDelta(0, { type: 'text_delta', text: 'lo' }),
  ending: blockStop(0) + messageDelta('end_turn'),
  terminal: typed({ type: 'message_stop' }),
  usageSoFar: [10, 1],
  usage: [10, 5],
  says: (text) => blockDelta(0, { type: 'text_delta', text }),
  error: (form, word) => {
    if (form === 'nested') return typed({ type: 'error', error: { type: word, message } });
    if (form === 'flat') return event({ type: 'error', code: word, message }, 'error');
    return form === 'text' ? event({ type: 'error', error: word }, 'error') : event({ error: { type: word, message } }, 'error');
  },
};

export const wires: Readonly<Record<WireName, Wire>> = { chat, responses, messages };
