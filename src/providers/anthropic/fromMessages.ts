import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { type ClientShape, checkClient } from '../http/checkClient.js';
import type { FunctionParams, MethodParams, OpenParams, SdkResource } from '../http/clientParams.js';
import { type RequestFunction, sendRequest } from '../http/sendRequest.js';
import { readEvents } from '../readEvents.js';
import type { SourceOptions } from '../wire/wireFormat.js';
import { messagesFormat } from './format.js';

/** An `Anthropic` client, or a client of the same shape, for instance for Bedrock or Vertex. */
export interface MessagesClient {
  readonly messages: SdkResource;
  /** Needed only for params with `betas`. */
  readonly beta?: { readonly messages: SdkResource };
}

/** The params of a function that declares none; `stream` is set for you. */
export type MessagesParams = OpenParams<{
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly object[];
  readonly stream?: true;
}>;

/** The params of `client.messages.create`, of its beta if they have `betas`, or of the function. */
type ParamsFor<Client> = Client extends { readonly messages: { create: infer Create } }
  ? MethodParams<Create, MessagesParams> | BetaParams<Client>
  : FunctionParams<Client, MessagesParams>;

type BetaParams<Client> = Client extends { readonly beta: { readonly messages: { create: infer Create } } }
  ? MethodParams<Create, MessagesParams>
  : never;

const shape: ClientShape = { source: 'fromMessages', client: 'an Anthropic', method: 'messages.create' };

/**
 * Streams an answer of Anthropic's messages API, or of a server that is compatible with it.
 *
 *     response   m--t-t-[ping]-t-d-s-----      m: message_start, t: text_delta, d: message_delta, s: message_stop
 *     result     (su)t-t-p-----t-u-(f|)        s: start, u: usage, t: text-delta, p: ping, f: finish
 *
 * Cold: each subscription sends its own request, with `stream: true` and without the SDK's retries. Emits `finish` and completes at
 * `message_stop`; a stream that ends without it is truncated. Params with `betas` are sent by the beta resource.
 *
 * @param client Your own client, which is responsible for addresses, keys and headers; or a function for a gateway that needs no SDK.
 * @param params The params of `client.messages.create`, or of `client.beta.messages.create`.
 * @throws TypeError or RangeError at call time for a bad client or bad options.
 * @emitsError `HttpError`, `ConnectionError`, `ProviderError`, `TruncatedError`, `EmptyStreamError`, `ContentTypeError`,
 * `MalformedEventError`, `LimitError` or `StreamAbortedError`.
 * @unsubscribe Aborts the request.
 * @reset Emits none: one subscription is one request.
 * @cost Holds the unread end of a chunk, an incomplete event of at most `maxEventBytes`, and the message so far, for `error.partial`.
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 * @example fromMessages(new Anthropic(), { model: 'claude-haiku-4-5', max_tokens: 1_000, messages }).pipe(textDeltas())
 */
export function fromMessages<Client extends MessagesClient | RequestFunction<MessagesParams>>(
  client: Client,
  params: ParamsFor<Client>,
  options: SourceOptions = {},
): Observable<DeltaEvent> {
  checkClient(shape, client);
  if (typeof params !== 'object' || params === null) throw new TypeError('fromMessages: params must be an object');
  const streaming: object = { ...params, stream: true };
  const inBeta = 'betas' in streaming && streaming.betas !== undefined;
  if (inBeta && typeof client === 'object') betaOf(client);
  const send = sendRequest<MessagesClient, object>(client, streaming, (sdk, request) =>
    (inBeta ? betaOf(sdk) : sdk).messages.create(streaming as never, request as never),
  );
  return readEvents(messagesFormat, send, options, shape.source);
}

function betaOf({ beta }: MessagesClient): NonNullable<MessagesClient['beta']> {
  if (beta === undefined) throw new TypeError('fromMessages: params with betas need a client with a beta resource');
  return beta;
}
