import type * as Beta from '@anthropic-ai/sdk/resources/beta/messages';
import type * as Messages from '@anthropic-ai/sdk/resources/messages';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { type RequestFunction, type SdkRequestOptions, type SdkResponse, sendRequest } from '../http/sendRequest.js';
import { readEvents } from '../readEvents.js';
import type { SourceOptions } from '../wire/wireFormat.js';
import { messagesFormat } from './format.js';

/** The SDK's own params, of the messages resource or of its beta; `stream` is set for you. */
export type MessagesParams = Messages.MessageCreateParams | Beta.MessageCreateParams;

/** The params of the request, with `stream: true`. */
export type StreamingMessagesParams = Messages.MessageCreateParamsStreaming | Beta.MessageCreateParamsStreaming;

/** An `Anthropic` client, or a client of the same shape, for instance for Bedrock or Vertex. */
export interface MessagesClient {
  readonly messages: {
    create(params: Messages.MessageCreateParamsStreaming, options?: SdkRequestOptions): SdkResponse;
  };
  /** Needed only for params with `betas`. */
  readonly beta?: {
    readonly messages: {
      create(params: Beta.MessageCreateParamsStreaming, options?: SdkRequestOptions): SdkResponse;
    };
  };
}

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
export function fromMessages(
  client: MessagesClient | RequestFunction<StreamingMessagesParams>,
  params: MessagesParams,
  options: SourceOptions = {},
): Observable<DeltaEvent> {
  const streaming: StreamingMessagesParams = { ...params, stream: true };
  if (isBeta(streaming) && typeof client === 'object') betaOf(client);
  const send = sendRequest(client, streaming, (sdk, request) => create(sdk, streaming, request));
  return readEvents(messagesFormat, send, options, 'fromMessages');
}

function create(client: MessagesClient, params: StreamingMessagesParams, request: SdkRequestOptions): SdkResponse {
  return isBeta(params) ? betaOf(client).messages.create(params, request) : client.messages.create(params, request);
}

function isBeta(params: StreamingMessagesParams): params is Beta.MessageCreateParamsStreaming {
  return 'betas' in params && params.betas !== undefined;
}

function betaOf({ beta }: MessagesClient): NonNullable<MessagesClient['beta']> {
  if (beta === undefined) throw new TypeError('fromMessages: params with betas need a client with a beta resource');
  return beta;
}
