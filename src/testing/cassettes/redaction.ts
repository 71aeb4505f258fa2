import { findKeys, hideKeys } from '../../codecs/text/secretForms.js';
import type { JsonObject, JsonValue } from '../../events.js';

const redacted = 'redacted';

/** Names of members with a secret value, in lower case without `-` and `_`. */
const secretNames =
  /^(token|headers|key|auth|bearer|pwd|passwd|sas|signature|session|connectionstring|subscriptionkey|accountkey|sharedkey)$|apikey|accesskey|privatekey|secret|password|passphrase|authorization|credential|cookie|(access|auth|bearer|id|refresh|security|session)token$/;

/** Headers without secrets. The values of all other headers are redacted everywhere in the request and the response. */
const plainHeaders =
  /^(accept(-.*)?|anthropic-(version|beta|dangerous-direct-browser-access)|cache-control|connection|content-(length|type|encoding)|host|idempotency-key|openai-beta|user-agent|x-stainless-.*)$/;

/** Query parameters without secrets. */
const plainParameters: ReadonlySet<string> = new Set(['alt', 'api-version', 'beta']);

/** In UTF-16 code units. A shorter text is hardly a secret, and likely to be part of another word. */
const shortestSecret = 6;

/** The secret texts of one request. */
export interface Secrets {
  add(text: string): void;
  list(): readonly string[];
}

export function createSecrets(known: readonly string[]): Secrets {
  const secrets = new Set(known);
  return {
    add(text) {
      if (text.length >= shortestSecret && text !== redacted) secrets.add(text);
    },
    // Longest first, because one secret may contain another.
    list: () =>
      [...new Set([...secrets].flatMap(writtenForms))].filter((secret) => secret !== '').sort((a, b) => b.length - a.length),
  };
}

/** A secret unchanged, and as it is escaped in JSON, in a query and in a form. */
function writtenForms(secret: string): readonly string[] {
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  return [secret, JSON.stringify(secret).slice(1, -1), inForm, inForm.replaceAll('+', '%20')];
}

/** Headers with several parts, each of which may be a secret. */
const secretHeaders = /auth|key|token|secret|cookie|credential|password|signature/;

/** Authentication schemes: ordinary words before a secret. */
const schemes = /^(bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)$/i;

/** Adds the secrets of request headers. The headers themselves are never stored. */
export function addHeaderSecrets(headers: Headers, secrets: Secrets): void {
  headers.forEach((value, name) => {
    if (plainHeaders.test(name)) return;
    secrets.add(value);
    if (!secretHeaders.test(name)) return;
    for (const part of value.split(/[\s;,]+/)) {
      if (!schemes.test(part)) secrets.add(part.replace(/^[\w-]+=(?=[^=])/, ''));
    }
    if (/^basic /i.test(value)) for (const part of decodedBasic(value.slice(6)).split(':')) secrets.add(part);
  });
}

/** The user and the password of the scheme `Basic`. */
function decodedBasic(encoded: string): string {
  try {
    return atob(encoded.trim());
  } catch {
    return '';
  }
}

/** Path and query, with the values of all parameters that may be secret redacted. */
export function redactPath({ pathname, searchParams }: URL, secrets: Secrets): string {
  const query = redactPairs(searchParams, (name) => !plainParameters.has(name.toLowerCase()), secrets);
  addKnownKeys(pathname, secrets);
  const path = redactText(pathname, secrets);
  return query === '' ? path : `${path}?${redactText(query, secrets)}`;
}

/** The text of a form, with the values of its secret fields redacted. */
export function redactForm(form: URLSearchParams, secrets: Secrets): string {
  return redactPairs(form, isSecretName, secrets);
}

function redactPairs(pairs: URLSearchParams, isSecret: (name: string) => boolean, secrets: Secrets): string {
  const clean = [...pairs].map(([name, value]) => {
    if (!isSecret(name)) return `${name}=${value}`;
    secrets.add(value);
    return `${name}=${redacted}`;
  });
  return clean.join('&');
}

function isSecretName(name: string): boolean {
  return secretNames.test(name.toLowerCase().replace(/[-_]/g, ''));
}

/** Whether a text equals a recorded one, in which redacted parts match any text. */
export function matchesRedacted(text: string, recorded: string): boolean {
  if (text === recorded) return true;
  const [first = '', ...others] = recorded.split(redacted);
  const last = others.pop();
  if (last === undefined || !text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const place = text.indexOf(part, from);
    if (place < 0) return false;
    from = place + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

/** Redacts members with the name of a secret, then every occurrence of all secrets in the body. */
export function redactBody(body: JsonValue, secrets: Secrets): JsonValue {
  const clean = redactMembers(body, false, secrets);
  // An answer may repeat a key that the request has in some text.
  mapTexts(clean, (text) => {
    addKnownKeys(text, secrets);
    return text;
  });
  return mapTexts(clean, (text) => redactText(text, secrets));
}

function addKnownKeys(text: string, secrets: Secrets): void {
  for (const [from, to] of findKeys(text)) secrets.add(text.slice(from, to));
}

function redactMembers(value: JsonValue, secret: boolean, secrets: Secrets): JsonValue {
  if (typeof value === 'string' && secret) {
    secrets.add(value);
    return redacted;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => redactMembers(item, secret, secrets));
  return mapMembers(value as JsonObject, (member, name) => redactMembers(member, secret || isSecretName(name), secrets));
}

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapTexts(item, change));
  return mapMembers(value as JsonObject, (member) => mapTexts(member, change));
}

/** Uses `fromEntries`, because a member may be named `__proto__`. */
function mapMembers(value: JsonObject, change: (member: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member ?? null, name)]));
}

export function redactText(text: string, secrets: Secrets): string {
  let clean = text;
  for (const secret of secrets.list()) clean = clean.replaceAll(secret, redacted);
  return hideKeys(clean, redacted);
}
