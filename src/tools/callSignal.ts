/** The `AbortSignal` of a call or a request. It is created when it is read, because one costs more than all else that a waiting call holds. */
export interface CallSignal {
  read(): AbortSignal;
  abort(): void;
}

export function createCallSignal(): CallSignal {
  let controller: AbortController | undefined;
  let aborted = false;
  return {
    read() {
      controller ??= new AbortController();
      if (aborted) controller.abort();
      return controller.signal;
    },
    abort() {
      aborted = true;
      controller?.abort();
    },
  };
}
