import { hideKeys } from '../../codecs/text/secretForms.js';
import { isStreamError, type StreamError } from '../../errors.js';

const shortestSecret = 6;
const mark = '…';

/** The members of SDK clients that hold what the caller authenticates with. */
const credentials = ['apiKey', 'authToken', 'adminAPIKey', 'awsAccessKey', 'awsSecretKey', 'awsSessionToken'];

/** The caller's own keys, where the client has them. Read when an error needs them, because the caller may replace them. */
export function secretsOf(client: object): readonly string[] {
  return credentials
    .map((name): unknown => Reflect.get(client, name))
    .filter((value) => typeof value === 'string' && value.length >= shortestSecret) as string[];
}

/** A text without the caller's keys, and without what looks like a key. */
export function hideSecrets(text: string, secrets: readonly string[] = []): string {
  const own = secrets.reduce((rest, secret) => rest.replaceAll(secret, mark).replaceAll(encodeURIComponent(secret), mark), text);
  return hideKeys(own, mark);
}

const deepestCause = 5;

/**
 * Hides keys in the printed form of an error and of its causes, which keep their identity: messages, stacks, codes, and the body in an SDK's
 * error.
 */
export function hideInError(error: StreamError, secrets: readonly string[]): StreamError {
  let current: unknown = error;
  for (let depth = 0; depth < deepestCause && typeof current === 'object' && current !== null; depth++) {
    for (const name of ['message', 'stack', 'code', 'snippet']) hideMember(current, name, secrets);
    if (!isStreamError(current)) for (const name of Object.keys(current)) if (name !== 'cause') hideBody(current, name, secrets);
    current = Reflect.get(current, 'cause');
  }
  return error;
}

function hideMember(target: object, name: string, secrets: readonly string[]): void {
  const value: unknown = Reflect.get(target, name);
  if (typeof value !== 'string') return;
  const hidden = hideSecrets(value, secrets);
  if (hidden !== value) Reflect.set(target, name, hidden);
}

/** The SDKs keep the parsed body, and parts of it beside, under several names. */
function hideBody(target: object, name: string, secrets: readonly string[]): void {
  const body: unknown = Reflect.get(target, name);
  if (typeof body !== 'object' || body === null) return hideMember(target, name, secrets);
  try {
    const written = JSON.stringify(body);
    const hidden = hideSecrets(written, secrets);
    if (hidden !== written) Reflect.set(target, name, JSON.parse(hidden));
  } catch {
    // Nested too deeply, or no JSON any more without its keys: then it is not shown.
    Reflect.set(target, name, undefined);
  }
}
