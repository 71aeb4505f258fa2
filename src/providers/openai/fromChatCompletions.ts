import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { type ClientShape, checkClient } from '../http/checkClient.js';
import type { FunctionParams, MethodParams, OpenParams, SdkResource } from '../http/clientParams.js';
import { type RequestFunction, sendRequest } from '../http/sendRequest.js';
import { readEvents } from '../readEvents.js';
import type { SourceOptions } from '../wire/wireFormat.js';
import { chatFormat } from './chat/format.js';

/** An `OpenAI` client, also for Azure or a compatible server, or a client of the same shape. */
export interface ChatClient {
  readonly chat: { readonly completions: SdkResource };
}

/** The params of a function that declares none; `stream` is set for you. */
export type ChatParams = OpenParams<{ readonly model: string; readonly messages: readonly object[]; readonly stream?: true }>;

/** The params of `client.chat.completions.create`, or of the function. */
type ParamsFor<Client> = Client extends { readonly chat: { readonly completions: { create: infer Create } } }
  ? MethodParams<Create, ChatParams>
  : FunctionParams<Client, ChatParams>;

const shape: ClientShape = { source: 'fromChatCompletions', client: 'an OpenAI', method: 'chat.completions.create' };

/**
 * Streams a chat completion of OpenAI, or of a server that is compatible with it.
 *
 *     subscribe  ^ request
 *     result     --s-a-b-c-e-u-(f|)      s: start, a–c: deltas, e: block-end, u: usage, f: finish
 *
 * Cold: each subscription sends its own request, with `stream: true` and without the SDK's retries. The request asks for usage unless
 * `params.stream_options.include_usage` is set.
 *
 * @param client Your own client, which is responsible for addresses, keys and headers; or a function for a gateway that needs no SDK.
 * @param params The params of `client.chat.completions.create`.
 * @throws TypeError or RangeError at call time for a bad client or bad options.
 * @emitsError A {@link StreamError}, for instance {@link HttpError}, {@link ProviderError}, {@link ConnectionError}, or
 * {@link TruncatedError} for a stream that ends without `[DONE]` and without a finish reason for every choice.
 * @unsubscribe Aborts the request.
 * @reset Emits none: one subscription is one request.
 * @cost Holds the unread end of a chunk, an incomplete event of at most `maxEventBytes`, and the message so far, for `error.partial`.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 * @example fromChatCompletions(new OpenAI(), { model: 'gpt-4o-mini', messages }).pipe(textDeltas())
 */
export function fromChatCompletions<Client extends ChatClient | RequestFunction<ChatParams>>(
  client: Client,
  params: ParamsFor<Client>,
  options: SourceOptions = {},
): Observable<DeltaEvent> {
  checkClient(shape, client);
  const body = streamingParams(params);
  const send = sendRequest<ChatClient, object>(client, body, (sdk, request) =>
    sdk.chat.completions.create(body as never, request as never),
  );
  return readEvents(chatFormat(audioType(body)), send, options, shape.source);
}

/** What this source reads and sets of the params. */
interface KnownParams {
  readonly stream: true;
  readonly stream_options: object | null;
  readonly audio?: { readonly format?: string } | null;
}

function streamingParams(params: object): KnownParams {
  if (typeof params !== 'object' || params === null) throw new TypeError('fromChatCompletions: params must be an object');
  const { stream_options: given } = params as Partial<KnownParams>;
  const streamOptions = given === null ? null : { include_usage: true, ...given };
  return { ...params, stream: true, stream_options: streamOptions };
}

/** OpenAI's format names are file types. Their media types: https://www.iana.org/assignments/media-types */
const audioTypes: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['pcm16', 'audio/pcm'],
]);

function audioType({ audio }: KnownParams): string | undefined {
  const format = audio?.format;
  return format && (audioTypes.get(format) ?? `audio/${format}`);
}
