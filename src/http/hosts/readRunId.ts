/** What is used of a Fetch `Request`; a server on `node:http` can make one of its own. */
export interface ResumeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** Longer ones are not taken from a client. */
const longestRunId = 256;

/**
 * The id of a run that a request names: in the header `X-Run-Id`, which `fromWire` and TanStack's client send; in the query, as `runId`; or in a
 * path that ends with `/{id}/stream`, which the AI SDK's client asks for.
 *
 * A client chooses it. Before it becomes the id of a stream, put the account of the user in front of it, so that no user reads or stops the
 * stream of another one.
 *
 * @returns `undefined` if the request names none, or one of more than 256 characters.
 * @example const id = `${user.id}:${readRunId(request)}`;
 */
export function readRunId(request: Pick<ResumeRequest, 'url' | 'headers'>): string | undefined {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const runId = request.headers.get('x-run-id') ?? searchParams.get('runId') ?? pathId(pathname);
  return runId && runId.length <= longestRunId ? runId : undefined;
}

function pathId(pathname: string): string | undefined {
  const [last, id] = pathname.split('/').reverse();
  if (last !== 'stream' || !id) return undefined;
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
