import { readBounded } from './bodies.js';

type Fetch = (...request: Parameters<typeof fetch>) => Promise<Response>;

interface ConfigurableClient {
  readonly fetch: Fetch;
  withOptions(options: { readonly fetch: Fetch }): object;
}

const boundedClients = new WeakMap<object, object>();
const errorBodies = new WeakMap<Headers, string>();

/**
 * Returns a copy of an SDK client that reads error bodies up to a bound: the SDKs await the whole body of an error, for ever if it stalls.
 * A client that does not accept another `fetch` is returned unchanged.
 */
export function boundedClient<Client extends object>(client: Client): Client {
  const known = boundedClients.get(client) as Client | undefined;
  const bounded = known ?? createBounded(client);
  if (!known) boundedClients.set(client, bounded);
  if (bounded !== client) copyCredentials(client, bounded);
  return bounded;
}

/** The whole text of an error body, found by the headers of the SDK's error, which itself keeps only a part of the body. */
export function errorBodyOf(headers: Headers): string | undefined {
  return errorBodies.get(headers);
}

function createBounded<Client extends object>(client: Client): Client {
  if (!isConfigurable(client)) return client;
  const { fetch } = client;
  try {
    return client.withOptions({ fetch: async (...request) => boundErrorBody(await fetch(...request)) }) as Client;
  } catch {
    return client;
  }
}

function isConfigurable(client: object): client is ConfigurableClient {
  const { fetch, withOptions } = client as Partial<ConfigurableClient>;
  return typeof fetch === 'function' && typeof withOptions === 'function';
}

async function boundErrorBody(response: Response): Promise<Response> {
  if (response.status < 400 || response.status > 599 || typeof response.body?.getReader !== 'function') return response;
  const { status, statusText } = response;
  const text = await readBounded(response.body);
  const headers = new Headers(response.headers);
  // They describe the body as it was sent, not the text.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const rebuilt = new Response(text, { status, statusText, headers });
  errorBodies.set(rebuilt.headers, text);
  return rebuilt;
}

/** The caller may replace the credentials of a client at any time, so they are copied before each request. */
function copyCredentials(client: object, bounded: object): void {
  for (const key of ['apiKey', 'authToken']) {
    const current: unknown = Reflect.get(client, key);
    if (current !== Reflect.get(bounded, key)) Reflect.set(bounded, key, current);
  }
}
