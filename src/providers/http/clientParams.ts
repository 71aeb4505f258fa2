import type { RequestFunction, SdkResponse } from './sendRequest.js';

// The declarations of this package name no SDK, so that they compile without one: params are those of the client's own method.

/** A resource of an SDK client, by the method that sends the request. */
export interface SdkResource {
  create(params: never, options?: never): SdkResponse | Promise<Response>;
}

/** The params of an SDK's method; of one with several forms those of the last, which the others narrow. */
type ParamsOf<Method> = Method extends (params: infer Params, ...options: never[]) => unknown ? Params : never;

/** The params of a method, of which `stream` is set for you. */
export type MethodParams<Method, Own> = [ParamsOf<Method>] extends [never]
  ? Own
  : unknown extends ParamsOf<Method>
    ? Own
    : Streamed<ParamsOf<Method>>;

/** The params of a function: its own if it declares some, else those that the source knows. */
export type FunctionParams<Client, Own> =
  Client extends RequestFunction<infer Params> ? (Own extends Params ? Own : Streamed<Params>) : Own;

type Streamed<Params> = Omit<Params, 'stream'> & { readonly stream?: true };

/** Params that have these members at least. The second form is for objects whose other members are known, and the first for interfaces. */
export type OpenParams<Params> = Params | (Params & { readonly [name: string]: unknown });
