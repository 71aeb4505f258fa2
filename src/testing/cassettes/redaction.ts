import type { JsonObject, JsonValue } from '../../events.js';

const redacted = 'redacted';

/** Members whose text is a secret, by their name in small letters without `-` and `_`. */
const secretNames =
  /^(token|headers)$|apikey|accesskey|privatekey|secret|password|passphrase|authorization|credential|cookie|(access|auth|bearer|id|refresh|security|session)token$/;

/** Keys of well-known services, wherever they stand. */
const knownKeys =
  /\b(?:Bearer\s+[\w.~+/=-]{8,}|(?:sk|pk|rk|gsk|xai|ghp|hf)[-_][\w-]{12,}|AIza[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;

/** Headers that never hold a secret: what stands in all others is kept out of the rest of the request and of the answer. */
const plainHeaders =
  /^(accept(-.*)?|anthropic-(version|beta|dangerous-direct-browser-access)|cache-control|connection|content-(length|type|encoding)|host|idempotency-key|openai-beta|user-agent|x-stainless-.*)$/;

/** Query parameters that are no secret. */
const plainParameters: ReadonlySet<string> = new Set(['alt', 'api-version', 'beta']);

/** Too short to be a secret, and likely to be a part of something else. */
const shortestSecret = 6;

/** Secret texts of one request. */
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
    // The longest first, because one may contain another.
    list: () =>
      [...new Set([...secrets].flatMap(writtenForms))].filter((secret) => secret !== '').sort((a, b) => b.length - a.length),
  };
}

/** A secret as it is, and as it stands in JSON, in a query and in a form. */
function writtenForms(secret: string): readonly string[] {
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  return [secret, JSON.stringify(secret).slice(1, -1), inForm, inForm.replaceAll('+', '%20')];
}

/** Headers of several parts, of which each may be the secret. */
const secretHeaders = /auth|key|token|secret|cookie|credential|password|signature/;

/** What stands before a secret, and is a word like any other. */
const schemes = /^(bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)$/i;

/** Notes what the headers of a request keep secret; none of them is ever stored. */
export function noteHeaders(headers: Headers, secrets: Secrets): void {
  headers.forEach((value, name) => {
    if (plainHeaders.test(name)) return;
    secrets.add(value);
    if (!secretHeaders.test(name)) return;
    for (const part of value.split(/[\s;,]+/)) {
      if (!schemes.test(part)) secrets.add(part.replace(/^[\w-]+=(?=[^=])/, ''));
    }
  });
}

/** Path and query without the values of parameters that may be secret. */
export function redactPath({ pathname, searchParams }: URL, secrets: Secrets): string {
  const query = redactPairs(searchParams, (name) => !plainParameters.has(name.toLowerCase()), secrets);
  const path = redactText(pathname, secrets);
  return query === '' ? path : `${path}?${redactText(query, secrets)}`;
}

/** The text of a form without the values of its secret fields. */
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

/** Whether a text may be what stood here before it was redacted: what was secret may be anything. */
export function fitsRedacted(text: string, recorded: string): boolean {
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

/** Notes and replaces what stands in members with a secret's name; then what was noted is replaced wherever it stands. */
export function redactBody(body: JsonValue, secrets: Secrets): JsonValue {
  return mapTexts(redactMembers(body, false, secrets), (text) => redactText(text, secrets));
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

/** `fromEntries`, because a member may be called `__proto__`. */
function mapMembers(value: JsonObject, change: (member: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member ?? null, name)]));
}

export function redactText(text: string, secrets: Secrets): string {
  let clean = text;
  for (const secret of secrets.list()) clean = clean.replaceAll(secret, redacted);
  return clean.replace(knownKeys, redacted);
}
