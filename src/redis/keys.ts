/** The keys of one stream: of one hash tag, so that a cluster keeps both on one node. */
export interface StreamKeys {
  readonly log: string;
  readonly meta: string;
}

/** Ids may have any characters: a brace in one would end the tag early, and two ids could have the same keys. */
export function streamKeys(prefix: string, id: string): StreamKeys {
  const tag = `${prefix}:{${id.replace(/[%{}]/g, encodeURIComponent)}}`;
  return { log: `${tag}:log`, meta: `${tag}:meta` };
}
