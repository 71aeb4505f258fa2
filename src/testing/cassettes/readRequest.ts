import type { JsonValue } from '../../events.js';
import type { CassetteRequest } from './cassetteFile.js';
import { createSecrets, noteHeaders, redactBody, redactForm, redactPath, type Secrets } from './redaction.js';

/** A request without secrets, and the secrets that it had. */
export interface ReadRequest {
  /** What is stored. */
  readonly request: CassetteRequest;
  /** What is compared: with what only its headers keep secret, because the keys of a test are others than those of the recording. */
  readonly asked: CassetteRequest;
  readonly secrets: Secrets;
}

/** @param known Texts that are secret too. */
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
    // First of all that is stored, because they may add to the secrets.
    const cleanBody = body instanceof URLSearchParams ? redactForm(body, secrets) : redactBody(body, secrets);
    for (const part of [url.username, url.password]) secrets.add(part);
    const path = redactPath(url, secrets);
    return { method, path, body: redactBody(cleanBody, secrets) };
  };
  const secrets = createSecrets(known);
  noteHeaders(headers, secrets);
  return { request: clean(secrets), asked: clean(createSecrets(known)), secrets };
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input;
}

async function textOf(given: Request | undefined, init: RequestInit | undefined): Promise<string | undefined> {
  const body = init?.body;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  // Others can be read only once, and that is the provider's part.
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
