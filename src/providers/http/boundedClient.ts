import { readBounded } from './readBounded.js';

type Fetch = (...request: Parameters<typeof fetch>) => Promise<Response>;

interface ConfigurableClient {
  readonly fetch: Fetch;
  withOptions(options: { readonly fetch: Fetch }): object;
}

const boundedClients = new WeakMap<object, object>();
const errorBodies = new WeakMap<Headers, string>();

/**
 * The same SDK client, whose error bodies are bounded: the SDKs await the whole body of an error, for ever if it stalls. A client that
 * cannot be told to use another `fetch` is given back as it is.
 */
export function boundedClient<Client extends object>(client: Client): Client {
  const known = boundedClients.get(client) as Client | undefined;
  const bounded = known ?? bound(client);
  if (!known) boundedClients.set(client, bounded);
  if (bounded !== client) followCredentials(client, bounded);
  return bounded;
}

/** The text of an error body, by the headers that the SDK's error has: the SDKs keep only a part of the body. */
export function errorBodyOf(headers: Headers): string | undefined {
  return errorBodies.get(headers);
}

function bound<Client extends object>(client: Client): Client {
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
  // They describe the body as it came, not as it is now.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const rebuilt = new Response(text, { status, statusText, headers });
  errorBodies.set(rebuilt.headers, text);
  return rebuilt;
}

/** Credentials may be exchanged on the caller's client at any time, so the copy takes them over before each request. */
function followCredentials(client: object, bounded: object): void {
  for (const key of ['apiKey', 'authToken']) {
    const current: unknown = Reflect.get(client, key);
    if (current !== Reflect.get(bounded, key)) Reflect.set(bounded, key, current);
  }
}
