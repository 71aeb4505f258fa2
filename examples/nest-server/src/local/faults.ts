/** What the local provider does wrong. */
export const faults = ['none', 'cut', 'stall', 'rate-limit', 'slow', 'unauthorized'] as const;

export type Fault = (typeof faults)[number];

/** The header by which a request asks the local provider for a fault. */
export const faultHeader = 'x-fault';

/** An error response of the provider. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The faults that answer with a status instead of a stream. */
export const refusals: Partial<Record<Fault, Refusal>> = {
  'rate-limit': { status: 429, headers: { 'retry-after': '1' }, message: 'Rate limit reached' },
  unauthorized: { status: 401, headers: {}, message: 'Incorrect API key provided' },
};

export function toFault(header: unknown): Fault {
  return faults.find((fault) => fault === header) ?? 'none';
}
