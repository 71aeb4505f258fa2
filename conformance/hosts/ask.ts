import type { Observable } from 'rxjs';
import type { DeltaEvent, Demand } from 'rxllm';

/** Asks a provider, for instance by `fromChatCompletions(client, params, { demand })`. */
export type Ask = (demand?: Demand) => Observable<DeltaEvent>;

export interface Running {
  /** The address of the route. */
  readonly url: string;
  close(): Promise<void>;
}
