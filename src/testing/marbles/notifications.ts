import { isDeltaEvent } from '../../events.js';
import { describeError, describeValue } from './describeEvent.js';
import { type Difference, differencesOf } from './differences.js';

/** A record of RxJS's TestScheduler: a notification and its frame. */
export interface RecordedNotification {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}

export interface RecordedSubscription {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

function isNotification(value: unknown): value is RecordedNotification {
  return isRecord(value) && typeof value['frame'] === 'number' && isRecord(value['notification']);
}

function isSubscription(value: unknown): value is RecordedSubscription {
  return isRecord(value) && typeof value['subscribedFrame'] === 'number' && typeof value['unsubscribedFrame'] === 'number';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Describes a record in a few words, without its frame. */
export function describeRecord(record: unknown): string {
  if (isSubscription(record)) {
    const { unsubscribedFrame } = record;
    return `subscribed${unsubscribedFrame === Infinity ? ', never unsubscribed' : `, unsubscribed in frame ${unsubscribedFrame}`}`;
  }
  if (!isNotification(record)) return describeValue(record);
  const { kind, value, error } = record.notification;
  if (kind === 'C') return 'complete';
  return kind === 'E' ? `error ${describeError(error)}` : describeValue(value);
}

/** The frame of a record; `undefined` if it is not a notification or a subscription. */
export function frameOf(record: unknown): number | undefined {
  if (isSubscription(record)) return record.subscribedFrame;
  return isNotification(record) ? record.frame : undefined;
}

/** Lists the members in which two records differ. */
export function differencesOfRecords(actual: unknown, expected: unknown): readonly Difference[] {
  if (!isNotification(actual) || !isNotification(expected)) return differencesOf(actual, expected);
  const frames = differencesOf(actual.frame, expected.frame).map((difference) => ({ ...difference, path: 'frame' }));
  return [...frames, ...differencesOfNotifications(actual, expected)];
}

/** Whether two records are of one kind and event type, so that a list of different members helps. */
export function isAlike(actual: unknown, expected: unknown): boolean {
  if (!isNotification(actual) || !isNotification(expected)) return true;
  const [one, other] = [actual.notification, expected.notification];
  if (one.kind !== other.kind) return false;
  return !isDeltaEvent(one.value) || !isDeltaEvent(other.value) || one.value.type === other.value.type;
}

function differencesOfNotifications(
  { notification: actual }: RecordedNotification,
  { notification: expected }: RecordedNotification,
): readonly Difference[] {
  if (actual.kind !== expected.kind) return [{ path: 'kind', expected: expected.kind, actual: actual.kind }];
  if (actual.kind === 'E') return differencesOf(actual.error, expected.error);
  return differencesOf(actual.value, expected.value);
}
