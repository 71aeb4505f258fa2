/** What goes wrong when the page asks for it: in the local provider, but for `unauthorized`, which is this server's. */
export const faults = ['none', 'cut', 'stall', 'rate-limit', 'slow', 'unauthorized'] as const;

export type Fault = (typeof faults)[number];

/** The header by which a request asks the local provider for a fault. */
export const faultHeader = 'x-fault';

export function toFault(header: unknown): Fault {
  return faults.find((fault) => fault === header) ?? 'none';
}
