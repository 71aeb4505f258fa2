/** A part of a text. */
export interface Part {
  readonly text: string;
  /** The number of lines before it. */
  readonly linesBefore: number;
  /** Whether its end is missing. */
  readonly cut: boolean;
}
