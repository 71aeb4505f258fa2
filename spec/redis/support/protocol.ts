/** What a spec asks a worker to do. */
export type WorkerRequest =
  | {
      readonly kind: 'produce';
      readonly id: string;
      /** Goes into the texts, so that they tell producers apart. */
      readonly name: string;
      readonly events: number;
      readonly everyMs: number;
      readonly leaseMs: number;
      readonly retentionMs: number;
      /** The process kills itself when it emits this event. */
      readonly dieAt?: number;
    }
  | { readonly kind: 'read'; readonly id: string; readonly name: string; readonly after?: string }
  | { readonly kind: 'leave'; readonly name: string }
  | { readonly kind: 'cancel'; readonly id: string; readonly reason: string };

/** What a worker reports. */
export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'emitted'; readonly id: string; readonly seq: number }
  | { readonly kind: 'settled'; readonly id: string; readonly name: string; readonly outcome: string }
  | { readonly kind: 'entries'; readonly name: string; readonly entries: readonly SeenEntry[] }
  | { readonly kind: 'end'; readonly name: string; readonly end: string }
  | { readonly kind: 'cancelled'; readonly id: string; readonly outcome: string };

/** The id of an entry, and its event as text. */
export type SeenEntry = readonly [id: string, event: string];
