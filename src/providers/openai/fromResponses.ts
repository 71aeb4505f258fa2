import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { type ClientShape, checkClient } from '../http/checkClient.js';
import type { FunctionParams, MethodParams, OpenParams, SdkResource } from '../http/clientParams.js';
import { type RequestFunction, sendRequest } from '../http/sendRequest.js';
import { readEvents } from '../readEvents.js';
import type { SourceOptions } from '../wire/wireFormat.js';
import { responsesFormat } from './responses/format.js';
import { responseRequests } from './resume/responseRequests.js';
import { checkResume, type ResponseRequests, type ResumeOptions, resumeResponse } from './resume/resumeResponse.js';

export type { ResumeOptions } from './resume/resumeResponse.js';

/** An `OpenAI` client, or a client of the same shape, for instance for Azure. */
export interface ResponsesClient {
  readonly responses: SdkResource;
  /** Needed only for params with `betas`; it must then have `responses`. */
  readonly beta?: object;
}

export interface ResponsesOptions extends SourceOptions {
  /**
   * Read a response with `background: true` again where its connection is cut: after a {@link ConnectionError} or {@link TruncatedError} the events after
   * the last one are requested, which costs no tokens. The client needs `responses.retrieve`, or as a function a member `retrieve` with the same
   * arguments. @defaultValue none: the error is emitted
   */
  readonly resume?: ResumeOptions;
  /**
   * With `resume`, cancel the response when it is unsubscribed before its end, by `responses.cancel` of the client or `cancel` of the function. `false`
   * lets it go on in the background. @defaultValue true
   */
  readonly cancelOnUnsubscribe?: boolean;
}

/** The params of a function that declares none; `stream` is set for you. */
export type ResponsesParams = OpenParams<{ readonly stream?: true } & Betas>;

interface Betas {
  readonly betas?: readonly string[];
}

/** The params of `client.responses.create`, with the `betas` of its beta, or of the function. */
type ParamsFor<Client> = Client extends { readonly responses: { create: infer Create } }
  ? MethodParams<Create, ResponsesParams> & Betas
  : FunctionParams<Client, ResponsesParams>;

const ownOptions = { resume: checkResume, cancelOnUnsubscribe: undefined };

const shape: ClientShape = { source: 'fromResponses', client: 'an OpenAI', method: 'responses.create' };

/**
 * Streams a response of OpenAI, or of a server that is compatible with it.
 *
 *     response   c--d-d-i-d-o-e-----      c: created, d: output_text.delta, i: in_progress, o: output_item.done, e: completed
 *     result     s--t-t-p-t-b-(uf|)       s: start, t: text-delta, p: ping, b: block-end, u: usage, f: finish
 *
 * Cold: each subscription sends its own request, with `stream: true` and without the SDK's retries. Emits `finish` and completes at
 * `response.completed` or `response.incomplete`; a stream that ends without them is truncated. Params with `betas` are sent by the beta
 * resource.
 *
 * With `resume`, a response with `background: true` is read again where its connection is cut, and no event is emitted twice:
 *
 *     response   c--d--d-#               #: the connection is cut
 *     read again               d-d-e     after delayMs, from the event after the last whole one
 *     result     s--t--t-------t-t-(uf|)
 *
 * The error of the cut is emitted when `maxResumes` is used up, when the provider does not have the response any more, and when the id of the
 * response had not come.
 *
 * @param client Your own client, which is responsible for addresses, keys and headers; or a function for a gateway that needs no SDK.
 * @param params The params of `client.responses.create`.
 * @throws TypeError or RangeError at call time for a bad client or bad options.
 * @emitsError A {@link StreamError}, for instance {@link HttpError}, {@link ConnectionError}, {@link TruncatedError}, or
 * {@link ProviderError} for a response that failed or was cancelled.
 * @unsubscribe Aborts the request. With `resume`, cancels the response unless `cancelOnUnsubscribe` is false.
 * @reset Emits none: one subscription is one response.
 * @cost Holds the unread end of a chunk, with `resume` the last whole events, an incomplete event of at most `maxEventBytes`, and the message so far, for `error.partial`.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 * @example fromResponses(new OpenAI(), { model: 'gpt-5-mini', input: 'Hello' }).pipe(textDeltas())
 */
export function fromResponses<Client extends ResponsesClient | RequestFunction<ResponsesParams>>(
  client: Client,
  params: ParamsFor<Client>,
  options: ResponsesOptions = {},
): Observable<DeltaEvent> {
  checkClient(shape, client);
  if (typeof params !== 'object' || params === null) throw new TypeError('fromResponses: params must be an object');
  const { resume, cancelOnUnsubscribe = true } = options;
  const streaming = { ...(params as KnownParams), stream: true };
  const inBeta = streaming.betas !== undefined;
  if (inBeta && typeof client === 'object' && !betaResource(client)) {
    throw new TypeError('fromResponses: params with betas need a client whose beta resource has responses');
  }
  const resourceOf = (sdk: ResponsesClient): SdkResource => (inBeta ? betaResource(sdk) : undefined) ?? sdk.responses;
  const send = sendRequest<ResponsesClient, object>(client, streaming, (sdk, request) =>
    resourceOf(sdk).create(streaming as never, request as never),
  );
  const resumed = resume && resumeResponse(send, requestsAgain(), resume, options.maxEventBytes);
  return readEvents(responsesFormat, resumed ?? send, options, shape.source, ownOptions);

  function requestsAgain(): ResponseRequests {
    if (streaming.background !== true) throw new TypeError('fromResponses: resume needs params with background: true');
    return responseRequests(client, resourceOf, streaming.betas, cancelOnUnsubscribe);
  }
}

/** What this source reads of the params. */
interface KnownParams extends Betas {
  readonly background?: boolean | null;
}

/** Only newer SDKs have it, so its type cannot be named here. */
function betaResource({ beta }: ResponsesClient): SdkResource | undefined {
  return (beta as { readonly responses?: SdkResource } | undefined)?.responses;
}
