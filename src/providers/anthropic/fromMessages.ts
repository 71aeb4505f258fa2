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

/** The params as they are sent. */
export type StreamingMessagesParams = Messages.MessageCreateParamsStreaming | Beta.MessageCreateParamsStreaming;

/** An `Anthropic` client, or one of its kin for Bedrock, Vertex and so on. */
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
 * Streams an answer of Anthropic's messages, or of a server that speaks the same.
 *
 *     response   m--t-t-[ping]-t-d-s-----      m: message_start, t: text_delta, d: message_delta, s: message_stop
 *     result     (su)t-t-p-----t-u-(f|)        s: start, u: usage, t: text-delta, p: ping, f: finish
 *
 * Cold: each subscription sends its own request. The answer is complete at `message_stop`; an end without it is truncation.
 * Params with `betas` go to the beta resource.
 *
 * @param client The SDK's client, whose retries are switched off, or a function that sends the params in its own way.
 * @param params The SDK's own params.
 * @throws TypeError or RangeError at call time for a bad client or bad options.
 * Emits error: `HttpError`, `ConnectionError`, `ProviderError`, `TruncatedError`, `EmptyStreamError`, `ContentTypeError`,
 * `MalformedEventError`, `LimitError` or `StreamAbortedError`. On unsubscribe: aborts the request.
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
