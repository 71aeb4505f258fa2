/** What a provider's response says before its body, of a success or of an error. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}
