import { defer, type Observable, throwError } from 'rxjs';
import {
  aggregateUsage,
  type ConcurrencyLimiter,
  createConcurrencyLimiter,
  type DeltaEvent,
  LimitError,
  limitConcurrency,
  type Price,
  takeWithinBudget,
} from 'rxllm';

export interface Budgets {
  /** Runs a stream for a user. It ends with the reason `budget` where the money of the user ends. */
  spend(user: string, events$: Observable<DeltaEvent>): Observable<DeltaEvent>;
  spent(user: string): number;
}

interface Account {
  spent: number;
  readonly limiter: ConcurrencyLimiter;
}

/** A budget for each user, in the currency of `price`. The streams of one user run one after the other, so that no two spend the same money. */
export function createBudgets({ perUser, price }: { readonly perUser: number; readonly price: Price }): Budgets {
  const accounts = new Map<string, Account>();

  function accountOf(user: string): Account {
    const account = accounts.get(user) ?? { spent: 0, limiter: createConcurrencyLimiter({ maxConcurrent: 1 }) };
    accounts.set(user, account);
    return account;
  }

  return {
    spend(user, events$) {
      const account = accountOf(user);
      const limited$ = defer(() => {
        const maxCost = perUser - account.spent;
        if (maxCost <= 0) return throwError(() => new LimitError('perUser', perUser));
        return events$.pipe(
          takeWithinBudget({ maxCost, price }),
          // Also for a stream that fails or is unsubscribed: those cost money too.
          aggregateUsage({ price, onSettled: ({ usage }) => (account.spent += usage.cost?.total ?? 0) }),
        );
      });
      return limited$.pipe(limitConcurrency(account.limiter));
    },
    spent: (user) => accounts.get(user)?.spent ?? 0,
  };
}
