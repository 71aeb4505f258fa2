import type { JsonValue } from '../../events.js';
import type { CassetteRequest } from './cassetteFile.js';
import { addHeaderSecrets, createSecrets, redactBody, redactForm, redactPath, type Secrets } from './redaction.js';

/** A request without its secrets, in two forms, and those secrets. */
export interface ReadRequest {
  /** To be stored. */
  readonly stored: CassetteRequest;
  /** To be compared with a recording. Values of its headers are not redacted in it, because a test has other keys than the recording. */
  readonly compared: CassetteRequest;
  readonly secrets: Secrets;
}

/** @param known More secret texts. */
export async function readRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
  known: readonly string[],
): Promise<ReadRequest> {
  const given = isRequest(input) ? input : undefined;
  const method = (init?.method ?? given?.method ?? 'GET').toUpperCase();
  const url = new URL(given?.url ?? String(input), 'http://localhost');
  const headers = new Headers(init?.headers ?? given?.headers);
  const text = await textOf(given, init);
  const isForm = init?.body instanceof URLSearchParams || /x-www-form-urlencoded/i.test(headers.get('content-type') ?? '');
  const body = text !== undefined && isForm ? new URLSearchParams(text) : parse(text);
  const clean = (secrets: Secrets): CassetteRequest => {
    // The body and the URL first: they add secrets that may also be in the path.
    const cleanBody = body instanceof URLSearchParams ? redactForm(body, secrets) : redactBody(body, secrets);
    for (const part of [url.username, url.password]) secrets.add(part);
    const path = redactPath(url, secrets);
    return { method, path, body: redactBody(cleanBody, secrets) };
  };
  const secrets = createSecrets(known);
  addHeaderSecrets(headers, secrets);
  return { stored: clean(secrets), compared: clean(createSecrets(known)), secrets };
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input;
}

async function textOf(given: Request | undefined, init: RequestInit | undefined): Promise<string | undefined> {
  const body = init?.body;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  // A stream can be read only once, and the real fetch must read it.
  return body == null && given?.body ? given.clone().text() : undefined;
}

function parse(text: string | undefined): JsonValue {
  if (text === undefined || text === '') return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
