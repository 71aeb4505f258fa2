import { type SdkResponse, type Send, sendRequest } from '../../http/sendRequest.js';
import type { ResponseRequests } from './resumeResponse.js';

/** A method for a response that exists. */
type Method = (id: string, ...more: readonly object[]) => SdkResponse | Promise<Response>;

/** The resource of an SDK client, or the members of a function. */
type Methods = { readonly [name in 'retrieve' | 'cancel']?: Method };

/**
 * The requests for a response that exists, by the methods of the client's resource, or by those of the same name that a function has.
 *
 * @throws TypeError at call time if the client cannot read a response again.
 */
export function responseRequests<Client extends object>(
  client: Client | ((...request: never[]) => unknown),
  resourceOf: (sdk: Client) => object,
  betas: readonly string[] | undefined,
  cancels: boolean,
): ResponseRequests {
  const methodsOf = (target: Client): Methods => (typeof target === 'function' ? target : resourceOf(target));
  const methods = methodsOf(client as Client);
  const request = (name: 'retrieve' | 'cancel', id: string, ...params: readonly object[]): Send => {
    // Not as a function, which would be called with params.
    const holder = typeof client === 'function' ? { sdk: undefined } : client;
    return sendRequest<object, object>(holder, {}, (sdk, options) => {
      const target = typeof client === 'function' ? methods : methodsOf(sdk as Client);
      return (target[name] as Method).call(target, id, ...params, options);
    });
  };
  if (typeof methods.retrieve !== 'function') {
    throw new TypeError('fromResponses: resume needs a client with responses.retrieve, or a function with a member retrieve');
  }
  const beta = betas && { betas };
  const canCancel = cancels && typeof methods.cancel === 'function';
  return {
    reread: (id, after) =>
      request('retrieve', id, { stream: true, ...(after !== undefined && { starting_after: after }), ...beta }),
    // Without betas it has no params.
    cancel: canCancel ? (id) => request('cancel', id, ...(beta ? [beta] : [])) : undefined,
  };
}
