import type { Observable } from 'rxjs';
import type { DeltaEvent, Price, TimeoutLimits, Turn } from 'rxllm';
import type { Fault } from '../local/faults.js';
import type { LocalProvider } from '../local/localProvider.js';

/** The model that the chat asks. */
export interface Model {
  /** Its name, and where it runs, for the log. */
  readonly label: string;
  readonly price: Price;
  /** How long one request may be silent. */
  readonly limits: TimeoutLimits;
  /** Sends one request on subscribe. @param fault What the local provider does wrong; other providers ignore it. */
  ask(turns: readonly Turn[], fault: Fault): Observable<DeltaEvent>;
  /** The local provider, if that is asked. */
  readonly local?: LocalProvider;
}

/** The token by which NestJS injects the model. */
export const MODEL = Symbol('Model');
