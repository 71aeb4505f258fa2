import type { JsonValue } from '../events.js';
import type { CassetteRequest } from './cassetteFile.js';
import { createSecrets, noteHeaders, redactBody, redactPath, type Secrets } from './redaction.js';

/** A request without secrets, and the secrets that it had. */
export interface ReadRequest {
  readonly request: CassetteRequest;
  readonly secrets: Secrets;
}

/** @param known Texts that are secret too. */
export async function readRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
  known: readonly string[],
): Promise<ReadRequest> {
  const given = isRequest(input) ? input : undefined;
  const secrets = createSecrets(known);
  noteHeaders(new Headers(init?.headers ?? given?.headers), secrets);
  const body = parse(await textOf(given, init));
  // First of all that is stored, because it may add to the secrets.
  const clean = redactBody(body, secrets);
  const url = new URL(given?.url ?? String(input), 'http://localhost');
  for (const part of [url.username, url.password]) secrets.add(part);
  const path = redactPath(url, secrets);
  return {
    request: { method: (init?.method ?? given?.method ?? 'GET').toUpperCase(), path, body: redactBody(clean, secrets) },
    secrets,
  };
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
